"""The forms of sittings: how an exam is sat, and extra time; they ask nothing of the database."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from wtforms import BooleanField, DateTimeLocalField, IntegerField, PasswordField, SelectMultipleField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from lms.quizzes.sittings import rules
from lms.quizzes.values import GRACE_MOST, TOLD_DURING, Extra, Phase, ReviewPolicy, Shown, SittingRules
from lms.web.forms import Choice, CreateForm, Form, LineField, SensibleDay, TextField, VersionField
from lms.web.words import lazy as _l

PASSWORD_LEAST, PASSWORD_MOST = 4, 100
TO_THE_MINUTE = "%Y-%m-%dT%H:%M"


AS_USUAL: Final = ReviewPolicy(
    during=(Shown.FEEDBACK,),
    right_after=(Shown.SCORE, Shown.MARKS, Shown.ANSWERS),
    while_open=(Shown.SCORE, Shown.MARKS, Shown.ANSWERS),
    after_close=tuple(Shown),
)
"""What the form offers first."""


class SensibleMoment(SensibleDay):
    """Refuses moments on days that nobody means."""

    def __call__(self, form: Any, field: Any) -> None:
        """Raise ValidationError for such a moment."""
        if field.data is not None:
            super().__call__(form, _OnDay(field.data))


class _OnDay:
    def __init__(self, moment: datetime) -> None:
        self.data = moment.date()


SHOWN_WORDS: Final = {
    Shown.SCORE: _l("The points together"),
    Shown.MARKS: _l("What each answer earned"),
    Shown.ANSWERS: _l("The own answers"),
    Shown.RIGHT: _l("The right answers"),
    Shown.FEEDBACK: _l("Feedback"),
}


class ShownField(SelectMultipleField):
    """What is shown in one phase."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, label: Any, offered: Iterable[Shown], **kwargs: Any) -> None:
        super().__init__(label, choices=[Choice(one.value, SHOWN_WORDS[one]) for one in offered], **kwargs)

    @property
    def shown(self) -> tuple[Shown, ...]:
        """Return what is chosen, in the order it is offered."""
        return tuple(one for one in Shown if one.value in (self.data or ()))


class SittingForm(Form):
    """How an exam is sat. Times are by the manufacturer's clocks: `zone` says where they hang."""

    seen = VersionField()
    opens_at = DateTimeLocalField(_l("Opens"), [Optional(), SensibleMoment()], format=[TO_THE_MINUTE])
    closes_at = DateTimeLocalField(_l("Closes"), [Optional(), SensibleMoment()], format=[TO_THE_MINUTE])
    keeps_time = BooleanField(
        _l("Who has begun keeps their whole time"),
        description=_l("Otherwise an attempt ends when the exam closes"),
    )

    grace_minutes = IntegerField(
        _l("Keep late answers for"),
        [InputRequired(_l("Give a number.")), NumberRange(0, GRACE_MOST)],
        description=_l(
            "Answers that a device gave in time and could not send: a person decides whether they count"
        ),
    )
    one_device = BooleanField(
        _l("On one device at a time"),
        description=_l("Another takes over with a code that the first shows, or that you give"),
    )
    has_password = BooleanField(_l("Begins with a password"))
    password = PasswordField(
        _l("Password of the exam"),
        [Optional(), Length(PASSWORD_LEAST, PASSWORD_MOST)],
        description=_l("Empty leaves the one that is set"),
        render_kw={"autocomplete": "new-password"},
    )
    needs_supervisor = BooleanField(
        _l("Begins with a code of the day"),
        description=_l("Whoever watches over the exam makes it, on the page “Under way”, and says it"),
    )
    discourages_copying = BooleanField(
        _l("Make copying and printing harder"),
        description=_l(
            "Text cannot be selected and paper stays blank. It keeps nobody from taking a picture"
        ),
    )
    logs_focus = BooleanField(
        _l("Note when the page is left"),
        description=_l("Learners are told before they begin; who marks reads the times. They prove nothing"),
    )
    by_phase = BooleanField(
        _l("Say it phase by phase, instead of the one choice on the exam’s page"),
    )
    during = ShownField(_l("During the attempt"), TOLD_DURING)
    right_after = ShownField(_l("Right after it"), Shown)
    while_open = ShownField(_l("Later, while the exam is open"), Shown)
    after_close = ShownField(_l("After it has closed"), Shown)

    def __init__(self, *args: Any, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone

    def hold(self, sitting: SittingRules, revision: int) -> None:
        """Hold what is so of an exam."""
        self.seen.data = str(revision)
        self.opens_at.data, self.closes_at.data = (
            self._shown(sitting.opens_at),
            self._shown(sitting.closes_at),
        )
        self.keeps_time.data = sitting.keeps_time
        self.has_password.data, self.needs_supervisor.data = sitting.has_password, sitting.needs_supervisor
        self.discourages_copying.data, self.logs_focus.data = sitting.discourages_copying, sitting.logs_focus
        self.one_device.data = sitting.one_device
        self.grace_minutes.data = sitting.grace_minutes
        self.by_phase.data = sitting.review is not None
        for phase, field in self._phases().items():
            field.data = [one.value for one in getattr(sitting.review or AS_USUAL, phase)]

    def sitting(self) -> SittingRules:
        """Return what it asks for; only of a valid form."""
        return SittingRules(
            opens_at=self._instant(self.opens_at),
            closes_at=self._instant(self.closes_at),
            keeps_time=self.keeps_time.data,
            has_password=self.has_password.data,
            needs_supervisor=self.needs_supervisor.data,
            discourages_copying=self.discourages_copying.data,
            logs_focus=self.logs_focus.data,
            one_device=self.one_device.data,
            grace_minutes=self.grace_minutes.data or 0,
            review=ReviewPolicy(**{phase: field.shown for phase, field in self._phases().items()})
            if self.by_phase.data
            else None,
        )

    def _phases(self) -> dict[str, ShownField]:
        return {phase.value: self[phase.value] for phase in Phase}

    def validate_opens_at(self, field: DateTimeLocalField) -> None:
        """Refuse an hour that clocks never show."""
        self._check_hour(field)

    def validate_closes_at(self, field: DateTimeLocalField) -> None:
        """Refuse an hour that clocks never show."""
        self._check_hour(field)

    def _check_hour(self, field: DateTimeLocalField) -> None:
        if field.data is not None and self._instant(field) is None:
            raise ValidationError(_("On this day clocks go forward, and this hour does not exist."))

    def _instant(self, field: DateTimeLocalField) -> datetime | None:
        return rules.instant_of(field.data, self.zone) if field.data is not None else None

    def _shown(self, at: datetime | None) -> datetime | None:
        return at.astimezone(self.zone).replace(tzinfo=None) if at is not None else None


class ExtraTimeForm(CreateForm):
    """Extra time for a person."""

    email = LineField(
        _l("E-mail address"),
        [InputRequired(_l("Give the person’s e-mail address.")), Length(max=254)],
    )
    everywhere = BooleanField(_l("In every exam, not only in this one"))
    percent = IntegerField(
        _l("Share of the time limit"), [Optional(), NumberRange(0, rules.PERCENT_MOST)], default=25
    )
    minutes = IntegerField(_l("And minutes"), [Optional(), NumberRange(0, rules.MINUTES_MOST)])
    reason = TextField(
        _l("Reason"),
        [InputRequired(_l("Say why.")), Length(max=rules.REASON_CHARACTERS)],
        description=_l(
            "Read by trainers, administrators and auditors alone, and by the person in their own data"
        ),
    )

    @property
    def extra(self) -> Extra:
        """Return how much it is."""
        return Extra(self.percent.data or 0, self.minutes.data or 0)
