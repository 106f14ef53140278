"""The form of an equivalence: what counts for what, and until when."""

from collections.abc import Iterable

from flask_babel import gettext as _
from wtforms import DateField, HiddenField, IntegerField, RadioField, SelectField
from wtforms.validators import InputRequired, NumberRange, Optional

from lms.certificates.cycles.values.equivalences import Credited
from lms.web.forms import Choice, CreateForm, SensibleDay
from lms.web.words import lazy as _l


class EquivalenceForm(CreateForm):
    """Who holds the one is credited the other; the view gives the certifications."""

    from_id = SelectField(_l("Who holds"), [InputRequired(_l("Choose a certification."))])
    up_to_version = IntegerField(
        _l("Earned up to version"),
        [Optional(), NumberRange(min=1, message=_l("Give 1 or more, or leave it empty for all."))],
        description=_l("Of its rule. Leave empty for all."),
    )
    to_id = SelectField(_l("Is credited"), [InputRequired(_l("Choose a certification."))])
    credited = RadioField(
        _l("Who is credited"),
        choices=[
            Choice(Credited.PERSON, _l("The person: they are issued a certificate")),
            Choice(
                Credited.COMPANY, _l("Only the partner: they count for it as holders, and hold nothing more")
            ),
        ],
        default=Credited.PERSON,
    )
    seen = HiddenField()
    """What was shown of whom it concerns."""
    through = DateField(
        _l("Through"), [Optional(), SensibleDay()], description=_l("Leave empty for no end of its own.")
    )

    @property
    def mark(self) -> str:
        """Return what is said to count for what, as one word: whoever was shown whom that concerns sends it back."""
        fields = (self.from_id, self.to_id, self.up_to_version, self.credited)
        return "|".join(str(field.data or "") for field in fields)

    def offer(self, held: Iterable[tuple[object, str]], given: Iterable[tuple[object, str]]) -> None:
        """Give the certifications that may be held, and those that may be given."""
        # Nothing is chosen by itself: the first two certifications have nothing to do with each other.
        none = Choice("", _("Choose …"))
        self.from_id.choices = [none, *(Choice(str(value), label) for value, label in held)]
        self.to_id.choices = [none, *(Choice(str(value), label) for value, label in given)]
