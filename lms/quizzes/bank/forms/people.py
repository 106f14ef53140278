"""The form by which a person is named for a folder or a bank."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from wtforms import SelectField
from wtforms.validators import InputRequired

from lms.identity.values import PersonId
from lms.web.forms import Choice, Form
from lms.web.words import lazy as _l

CHANGES: Final = "change"
LEVELS: Final = [Choice("see", _l("sees it")), Choice(CHANGES, _l("sees it and changes in it"))]


class NamingForm(Form):
    """Who is named, and for what. The view fills the people."""

    person = SelectField(_l("Person"), [InputRequired(_l("Choose a person."))], choices=[])
    level = SelectField(_l("What they may do"), [InputRequired()], choices=LEVELS, default=CHANGES)

    def offer(self, people: Mapping[PersonId, str]) -> None:
        """Offer these people."""
        self.person.choices = [
            Choice("", _l("Choose a person")),
            *(Choice(str(person_id), name) for person_id, name in people.items()),
        ]

    @property
    def person_id(self) -> PersonId:
        """Return who was chosen; only of a valid form."""
        return PersonId(UUID(self.person.data))
