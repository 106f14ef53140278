"""Authoring's forms."""

from collections.abc import Iterable
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
)
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import AnyOf, InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from lms.audiences.values import AudienceId
from lms.courses.authoring.values import CourseAccess, Outline, Verdict
from lms.courses.kinds.locks import AFTER, FROM, value_of
from lms.courses.values import (
    ActivityKey,
    CompletionRule,
    DueRule,
    LearnerGroup,
    Lock,
    RuleKind,
    SectionKey,
)
from lms.courses.values.counting import LEAST
from lms.identity.values import PersonId
from lms.web.forms import (
    CreateForm,
    DocumentField,
    Form,
    LineField,
    NameField,
    SensibleDay,
    TextField,
    VersionField,
)
from lms.web.words import lazy as _l

TITLE = [InputRequired(_l("Give it a title.")), Length(max=200)]
LEVELS = [
    SelectChoice("", _l("Any level")),
    SelectChoice("foundation", _l("Foundation")),
    SelectChoice("intermediate", _l("Intermediate")),
    SelectChoice("advanced", _l("Advanced")),
]


class CourseForm(CreateForm):
    """What a course says of itself. The view fills the choices of brand, positions and language."""

    title = NameField(_l("Title"), TITLE)
    slug = LineField(
        _l("Address"),
        [Optional(), Length(max=80)],
        description=_l("The last part of its link. Empty: made of the title."),
    )
    summary = TextField(
        _l("Summary"),
        [Length(max=600)],
        description=_l("One or two sentences, as they stand in the catalogue."),
    )
    brand = SelectField(_l("Brand"), [Optional()])
    level = SelectField(_l("Level"), [Optional()], choices=LEVELS)
    positions = SelectMultipleField(
        _l("Whom it is meant for"),
        [Optional()],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        description=_l("Nobody chosen: every position. It helps people find it and keeps nobody out."),
    )
    language = SelectField(_l("Language"), [InputRequired(_l("Choose a language."))])


class AccessForm(Form):
    """Which audiences see a course and which are enrolled on it. The view fills the audiences."""

    sees = SelectMultipleField(
        _l("Who sees it"),
        [Optional()],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        description=_l("Nobody chosen: everybody sees it."),
    )
    enrolled = SelectMultipleField(
        _l("Who is enrolled"),
        [Optional()],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        description=_l("Everybody in them now, and whoever joins later."),
    )
    due_on = DateField(_l("On a day"), [Optional(), SensibleDay()])
    due_days = IntegerField(_l("Or so many days after they are enrolled"), [Optional(), NumberRange(1, 3650)])
    places = IntegerField(
        _l("Places"),
        [Optional(), NumberRange(1, 1_000_000)],
        description=_l("How many may be in it at once; who comes later waits and moves up. Empty: no limit."),
    )
    withdraws_leavers = BooleanField(
        _l("Withdraw who leaves these audiences and has not begun"),
        description=_l("What somebody has begun stays theirs in any case."),
    )

    def access(self) -> CourseAccess:
        """Return what was chosen."""
        return CourseAccess(
            sees=frozenset(AudienceId(UUID(one)) for one in self.sees.data or ()),
            enrolled=frozenset(AudienceId(UUID(one)) for one in self.enrolled.data or ()),
            due=DueRule(on=self.due_on.data, days=self.due_days.data),
            withdraws_leavers=bool(self.withdraws_leavers.data),
            places=self.places.data,
        )


class IntroForm(Form):
    """The introduction on the course's page."""

    intro = DocumentField(
        _l("Introduction"), [Length(max=100_000)], description=_l("Markdown. It stands on the course's page.")
    )
    objectives = TextField(
        _l("What a learner will be able to do"), [Length(max=4000)], description=_l("One per line.")
    )


class ImportForm(CreateForm):
    """A zip of Markdown and pictures."""

    file = FileField(_l("Zip file"), [FileRequired(_l("Choose a zip file."))])


class SectionForm(CreateForm):
    """A section's title."""

    title = NameField(_l("Section title"), TITLE)


class AddActivityForm(CreateForm):
    """A new activity of a section. The view fills the kinds."""

    title = NameField(_l("Title"), TITLE)
    kind = SelectField(_l("Kind"), [InputRequired(_l("Choose what to add."))])


class ActivityForm(Form):
    """What an author edits of an activity; `body` is there for pages alone."""

    title = NameField(_l("Title"), TITLE)
    body = DocumentField(_l("Text"), [Length(max=400_000)], description=_l("Markdown."))
    minutes = IntegerField(
        _l("Minutes"), [InputRequired(_l("Give minutes as a whole number.")), NumberRange(0, 10_000)]
    )
    is_required = BooleanField(
        _l("Required"), description=_l("The course is complete when everything required is done.")
    )
    revision = HiddenField()
    asks = HiddenField()
    """Sent where the fields below are: without it what they say stays as it is."""
    rule = SelectField(_l("It is done"), [Optional()], validate_choice=False)
    least = IntegerField(
        _l("At least"),
        [Optional(), NumberRange(0, max(counted[-1] for counted in LEAST.values()))],
        description=_l("Minutes, or per cent of the points or of the film."),
    )
    after = SelectMultipleField(
        _l("Locked until these are done"),
        [Optional()],
        validate_choice=False,
        description=_l("Hold Ctrl or ⌘ to choose several, or to take one away."),
    )
    opens = DateTimeLocalField(
        _l("Locked until"),
        [Optional(), SensibleDay(years=20)],
        format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
    )
    others = SelectMultipleField(_l("Only for"), [Optional()], validate_choice=False)

    def chosen_rule(self) -> CompletionRule | None:
        """Return the rule that was chosen; None where none was asked."""
        asked = str(self.rule.data or "")
        if not self.asks.data or asked not in set(RuleKind):
            return None
        return CompletionRule(RuleKind(asked), int(self.least.data or 0))

    def chosen_locks(self, zone: ZoneInfo) -> tuple[Lock, ...] | None:
        """Return the locks that were chosen, instants as `zone` has them; None where none were asked."""
        if not self.asks.data:
            return None
        found = [Lock(AFTER, str(UUID(value))) for value in self.after.data or ()]
        if self.opens.data is not None:
            found.append(Lock(FROM, value_of(self.opens.data.replace(tzinfo=zone))))
        parted = [str(value).partition(":") for value in self.others.data or ()]
        return (*found, *(Lock(kind, value) for kind, _colon, value in parted if kind not in {AFTER, FROM}))

    def validate_after(self, field: SelectMultipleField) -> None:
        """Refuse what names no activity."""
        try:
            [UUID(value) for value in field.data or ()]
        except ValueError as error:
            raise ValidationError(_l("Reload this page and try again.")) from error


class PictureForm(Form):
    """A picture, film or file for a page."""

    file = FileField(_l("File"), [FileRequired(_l("Choose a file."))])


FATES = [
    SelectChoice("finish", _l("finish on the version they are on")),
    SelectChoice("move", _l("go on in the new version, with the progress of every activity it still has")),
]


class PublishForm(Form):
    """What becomes of those who are on an older version."""

    not_started = RadioField(_l("Who has not begun"), choices=FATES, default="move")
    in_progress = RadioField(_l("Who is in the middle of it"), choices=FATES, default="finish")

    def moves(self) -> tuple[LearnerGroup, ...]:
        """Return the groups that go on in the new version."""
        return tuple(group for group in LearnerGroup if self[group.value].data == "move")


class RequireReviewForm(Form):
    """Whether a course asks for a second trainer."""

    is_needed = BooleanField(_l("A second trainer approves each version before it is published"))


class ReviewForm(CreateForm):
    """Who is asked to read the draft. The view fills the people."""

    reviewer = SelectField(_l("Who reads it"), [Optional()])
    note = TextField(
        _l("What to look at"), [Length(max=2000)], description=_l("For the one who reads it. May stay empty.")
    )

    def reviewer_id(self) -> PersonId | None:
        """Return who is asked, None for any other trainer."""
        return PersonId(UUID(self.reviewer.data)) if self.reviewer.data else None


class DecideForm(Form):
    """What the second trainer says."""

    changes = VersionField()
    verdict = HiddenField(validators=[AnyOf([one.value for one in Verdict])])
    reason = TextField(
        _l("What has to change"), [Length(max=2000)], description=_l("Needed when you return it.")
    )


class OrderForm(Form):
    """Where each activity lies after it was dragged: sections with their activities, as JSON."""

    order = HiddenField(validators=[InputRequired()])

    def validate_order(self, field: HiddenField) -> None:
        """Refuse what is no outline."""
        try:
            self.outline()
        except msgspec.DecodeError as error:
            raise ValidationError(_l("Reload this page and try again.")) from error
        del field

    def outline(self) -> Outline:
        """Return the order that was sent."""
        sections = msgspec.json.decode(str(self.order.data), type=list[_Dragged])
        return tuple(
            (SectionKey(one.section), tuple(ActivityKey(key) for key in one.activities)) for one in sections
        )


class _Dragged(msgspec.Struct):
    section: UUID
    activities: list[UUID]


def choices(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    """Return pairs of value and label as a select field's choices."""
    return [SelectChoice(value, label) for value, label in pairs]
