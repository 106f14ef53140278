"""Learning's forms."""

import math
import re
from typing import Any, Final

from wtforms import BooleanField, DateField, FloatField, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from lms.courses.learning.rules.watching import LONGEST_SECONDS, Part
from lms.web.forms import Form, LineField, SensibleDay
from lms.web.words import lazy as _l

PART: Final = re.compile(r"([0-9]{1,5}(?:\.[0-9]{1,3})?)-([0-9]{1,5}(?:\.[0-9]{1,3})?)")
PARTS_AT_MOST: Final = 200


class ExtendForm(Form):
    """Another date for somebody's enrolment, and why."""

    due_on = DateField(_l("Due"), [Optional(), SensibleDay()], description=_l("Empty: it is due no longer."))
    reason = TextAreaField(
        _l("Reason"),
        [InputRequired(_l("Say why: the learner reads it.")), Length(max=600)],
        description=_l("The learner reads it."),
    )
    may_be_earlier = BooleanField(_l("Also if that is earlier than it was"))


class WithdrawForm(Form):
    """Why somebody's enrolment ends."""

    why = TextAreaField(
        _l("Reason"),
        [InputRequired(_l("Say why: the learner reads it.")), Length(max=600)],
        description=_l("The learner reads it."),
    )


class ReadingForm(Form):
    """What an open page tells: seconds read since it last did, and how far down it is (0 to 1)."""

    seconds = IntegerField(validators=[InputRequired(), NumberRange(0, 86_400)])
    y = FloatField(validators=[Optional(), NumberRange(0, 1)])


def _finite(_form: Any, field: FloatField) -> None:
    """Refuse what is no number, which every comparison lets through."""
    if field.data is not None and not math.isfinite(field.data):
        raise ValidationError


class WatchingForm(Form):
    """What a player tells of one film: its file, how long it is, where it stands, and what was shown of it.

    `parts` are pairs of seconds: `0-12.5,30-41`.
    """

    film = LineField(validators=[InputRequired(), Length(max=36)])
    seconds = FloatField(validators=[InputRequired(), _finite, NumberRange(0, LONGEST_SECONDS)])
    at = FloatField(validators=[InputRequired(), _finite, NumberRange(0, LONGEST_SECONDS)])
    parts = LineField(validators=[Optional(), Length(max=4000)])

    def validate_parts(self, field: StringField) -> None:
        """Refuse what is no list of parts."""
        parts = str(field.data or "").split(",") if field.data else []
        if len(parts) > PARTS_AT_MOST or not all(PART.fullmatch(part) for part in parts):
            raise ValidationError

    def shown(self) -> list[Part]:
        """Return the parts that were shown."""
        return [(float(found[1]), float(found[2])) for found in PART.finditer(str(self.parts.data or ""))]
