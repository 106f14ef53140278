"""The form with which two accounts are joined."""

from uuid import UUID

from wtforms import BooleanField, HiddenField
from wtforms.validators import InputRequired, Length

from lms.identity.values import PersonId
from lms.kernel.errors import NotFound
from lms.web.forms import Form, TextField
from lms.web.words import lazy as _l


class MergeForm(Form):
    """Why both are one person, and whether roles come along."""

    other = HiddenField()
    reason = TextField(
        _l("How do you know that both are the same person?"),
        [InputRequired(_l("Say how you know that both are the same person.")), Length(max=1000)],
        description=_l("Stays on record with your name. Auditors read it."),
    )
    takes_roles = BooleanField(_l("Take over the roles of the other account too"))

    @property
    def chosen(self) -> PersonId:
        """Return the account that is joined; NotFound for what is no id."""
        try:
            return PersonId(UUID(str(self.other.data)))
        except ValueError as error:
            raise NotFound from error
