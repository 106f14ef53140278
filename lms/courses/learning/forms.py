"""Learning's forms."""

import math
import re
from datetime import date
from typing import Any, Final

from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateField,
    FloatField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import HiddenInput

from lms.courses.learning.rules.watching import LONGEST_SECONDS, Part
from lms.courses.learning.values import ActKind, ActState, Outcome
from lms.courses.learning.values.feedback import COMMENT_AT_MOST, Feedback
from lms.courses.values import DueRule
from lms.web.forms import (
    Choice,
    CreateForm,
    DocumentField,
    Form,
    LineField,
    SensibleDay,
    TextField,
    VersionField,
)
from lms.web.words import lazy as _l

ACT_STATES = {
    ActState.LOOKED_AT: ("soon", _l("Not begun")),
    ActState.RUNNING: ("progress", _l("Under way")),
    ActState.DONE: ("valid", _l("Done")),
    ActState.CANCELLED: ("none", _l("Stopped")),
}
OUTCOMES = {
    Outcome.ENROLLED: ("valid", _l("Enrolled")),
    Outcome.EXTENDED: ("valid", _l("Extended")),
    Outcome.WITHDRAWN: ("valid", _l("Withdrawn")),
    Outcome.WAITING: ("soon", _l("On the waiting list")),
    Outcome.ALREADY: ("none", _l("Enrolled already")),
    Outcome.COMPLETED: ("none", _l("Completed already")),
    Outcome.NOT_ENROLLED: ("none", _l("Not enrolled")),
    Outcome.NOT_SEEN: ("danger", _l("The course is not for them")),
    Outcome.BEYOND_REACH: ("danger", _l("Not found among your people")),
    Outcome.REPEATED: ("none", _l("Repeated")),
    Outcome.CANCELLED: ("soon", _l("Not done: stopped before")),
}
"""How each outcome looks (a state of the design system) and its word."""
NO_LATER = ("none", _l("Not due earlier"))
"""What `ALREADY` is where dates are moved."""
TO_DO = {
    ActKind.ENROL: ("progress", _l("To be enrolled")),
    ActKind.EXTEND: ("progress", _l("To be extended")),
    ActKind.WITHDRAW: ("progress", _l("To be withdrawn")),
}

RATING_WORDS: Final = {
    1: _l("Poor"),
    2: _l("Weak"),
    3: _l("Fair"),
    4: _l("Good"),
    5: _l("Very good"),
}
"""What each rating of a course is called."""

PART: Final = re.compile(r"([0-9]{1,5}(?:\.[0-9]{1,3})?)-([0-9]{1,5}(?:\.[0-9]{1,3})?)")
PARTS_AT_MOST: Final = 200


class SeenDayField(DateField):
    """The day that somebody had before them when they opened a form, empty for none; a form must bring it."""

    widget = HiddenInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the day as it was written."""
        self.data = None
        if not valuelist:
            raise ValueError(_l("Reload this page and try again."))
        if valuelist[0]:
            try:
                self.data = date.fromisoformat(valuelist[0])
            except ValueError as error:
                raise ValueError(_l("Reload this page and try again.")) from error

    def _value(self) -> str:
        return self.data.isoformat() if self.data else ""


class ExtendForm(Form):
    """Another date for somebody's enrolment, and why; `seen` is the one that it has."""

    seen = SeenDayField()
    due_on = DateField(_l("Due"), [Optional(), SensibleDay()], description=_l("Empty: it is due no longer."))
    reason = TextField(
        _l("Reason"),
        [InputRequired(_l("Say why: the learner reads it.")), Length(max=600)],
        description=_l("The learner reads it."),
    )
    may_be_earlier = BooleanField(_l("Also if that is earlier than it was, or past"))


class WithdrawForm(Form):
    """Why somebody's enrolment ends."""

    why = TextField(
        _l("Reason"),
        [InputRequired(_l("Say why: the learner reads it.")), Length(max=600)],
        description=_l("The learner reads it."),
    )


class ManyForm(CreateForm):
    """Something done to many people at once; the forms below say to whom. The service judges what is missing."""

    whom = HiddenField()
    due_on = DateField(_l("On a day"), [Optional(), SensibleDay()])
    due_days = IntegerField(_l("Or so many days"), [Optional(), NumberRange(1, 3650)])
    reason = TextField(_l("Reason"), [Length(max=600)], description=_l("The learner reads it."))

    @property
    def due(self) -> DueRule:
        """Return when they shall be due."""
        return DueRule(on=self.due_on.data, days=self.due_days.data)


class ListForm(ManyForm):
    """People named by a table, or by what is pasted."""

    file = FileField(_l("Table"), [Optional()])
    pasted = DocumentField(
        _l("Or paste addresses or external ids"),
        [Length(max=2_000_000)],
        description=_l("One per line, or separated by commas or semicolons."),
    )


class AudienceForm(ManyForm):
    """Everybody in an audience today. The view fills the audiences."""

    audience = SelectField(
        _l("Audience"),
        [InputRequired(_l("Choose an audience."))],
        description=_l("Who is in it today. To enrol who joins it later too, say so under “Who takes it”."),
    )


class PeopleForm(ManyForm):
    """People ticked in a list, or all whom its filter leaves."""

    everybody = BooleanField(_l("All who match"))


class FeedbackForm(Form):
    """How a course was."""

    rating = RadioField(
        _l("How was this course?"),
        [InputRequired(_l("Choose a rating from 1 to 5."))],
        choices=[Choice(rating, word) for rating, word in RATING_WORDS.items()],
        coerce=int,
    )
    comment = TextField(
        _l("What was good, what was missing?"),
        [Length(max=COMMENT_AT_MOST, message=_l("Use at most %(max)d characters."))],
    )
    revision = VersionField()

    @classmethod
    def of(cls, said: Feedback | None) -> "FeedbackForm":
        """Return the form with what was said already."""
        known = said or Feedback(None, "", 0)
        return cls(rating=known.rating, comment=known.comment, revision=known.revision)


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
