"""The partners' form."""

from wtforms import DateField, SelectField
from wtforms.validators import InputRequired, Length, Optional

from lms.portal.partners.values import AGREEMENT_WORDS
from lms.web.forms import Choice, Form, SensibleDay, TextField, VersionField
from lms.web.words import lazy as _l


class RecordForm(Form):
    """A partner's commercial record; the choices of people are set by the view."""

    seen = VersionField()
    channel_manager_id = SelectField(_l("Channel manager"), validators=[Optional()])
    joined_on = DateField(_l("Partner since"), validators=[Optional(), SensibleDay()])
    agreement = SelectField(
        _l("Agreement"),
        validators=[InputRequired()],
        choices=[Choice(state.value, word) for state, word in AGREEMENT_WORDS.items()],
    )
    note = TextField(
        _l("Note"), validators=[Optional(), Length(max=4000)], description=_l("Only your company reads this.")
    )
