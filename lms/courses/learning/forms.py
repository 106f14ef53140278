"""Learning's forms."""

from wtforms import FloatField, IntegerField
from wtforms.validators import InputRequired, NumberRange, Optional

from lms.web.forms import Form


class ReadingForm(Form):
    """What an open page tells: seconds read since it last did, and how far down it is (0 to 1)."""

    seconds = IntegerField(validators=[InputRequired(), NumberRange(0, 86_400)])
    y = FloatField(validators=[Optional(), NumberRange(0, 1)])
