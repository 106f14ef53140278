"""The forms of cycles: defining a certification, assigning, revoking, exempting."""

from collections.abc import Iterable
from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import ngettext
from wtforms import (
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from lms.certificates.cycles.values import Outline
from lms.certificates.values import Certification, ExpiryMode, Rule
from lms.web.forms import Choice, CreateForm, Form, LineField, NameField, SensibleDay, TextField
from lms.web.words import lazy as _l

GLYPHS = (
    ("shield", _l("Shield")),
    ("safety", _l("Warning shield")),
    ("gauge", _l("Gauge")),
    ("cold", _l("Snowflake")),
    ("bolt", _l("Lightning")),
    ("base", _l("Building blocks")),
    ("wrench", _l("Wrench")),
    ("cpu", _l("Processor")),
    ("flame", _l("Flame")),
    ("wind", _l("Wind")),
    ("leaf", _l("Leaf")),
    ("drop", _l("Drop")),
    ("hammer", _l("Hammer")),
    ("cog", _l("Cog wheel")),
    ("tag", _l("Price tag")),
    ("handshake", _l("Handshake")),
    ("scale", _l("Scales")),
    ("medal", _l("Medal")),
)
MODES = (
    (ExpiryMode.COMPLETION.value, _l("From the day it was earned")),
    (ExpiryMode.EXPIRY.value, _l("From the end of the certificate before: an early renewal loses no day")),
    (ExpiryMode.FIXED.value, _l("On common dates: everybody’s ends on the same day")),
)


Pairs = Iterable[tuple[object, str]]
"""Ids and what they are called."""


def _choices(pairs: Pairs) -> list[Choice]:
    return [Choice(str(value), label) for value, label in pairs]


class Checks(SelectMultipleField):
    """Several of some choices, as boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class CertificationForm(CreateForm):
    """What a certification is called and what it asks for; the view gives courses, exams, brands and positions."""

    title = NameField(_l("Title"), [InputRequired(_l("Give it a title.")), Length(max=120)])
    code = LineField(
        _l("Code"),
        [
            InputRequired(_l("Give it a short code.")),
            Length(max=20),
            Regexp(
                r"^[A-Za-z0-9][A-Za-z0-9._-]*$", message=_l("Letters, digits, dash and dot, such as HC-SP.")
            ),
        ],
        description=_l("Short, as in reports and imports: HC-SP."),
    )
    brand_id = SelectField(_l("Brand"), [InputRequired()])
    glyph = SelectField(
        _l("Glyph"),
        [InputRequired()],
        choices=[Choice(*one) for one in GLYPHS],
        description=_l("Struck into its seal."),
    )
    description = TextField(
        _l("What it proves"),
        [InputRequired(_l("Say in a sentence or two what its holder can do.")), Length(max=1000)],
    )
    courses = Checks(_l("Courses to complete"))
    course_count = IntegerField(
        _l("At least how many of them"),
        [Optional(), NumberRange(min=1, message=_l("Give 1 or more, or leave it empty for all of them."))],
        description=_l("Leave empty for all."),
    )
    exam = SelectField(_l("Exam to pass"), [Optional()])
    minimum_percent = IntegerField(
        _l("Least score"), [Optional(), NumberRange(min=0, max=100, message=_l("Give 0 to 100."))]
    )
    certifications = Checks(_l("Other certifications to hold"))
    active_months = IntegerField(
        _l("Valid for"), [InputRequired(_l("Give the number of months.")), NumberRange(min=1, max=240)]
    )
    renewal_window_days = IntegerField(
        _l("Renewal opens"),
        [InputRequired(_l("Give the number of days, 0 for none.")), NumberRange(min=0, max=720)],
        description=_l("Days before the end."),
    )
    grace_days = IntegerField(
        _l("Still counts after the end"),
        [InputRequired(_l("Give the number of days, 0 for none.")), NumberRange(min=0, max=366)],
        description=_l("For gates and tiers, while the holder renews."),
    )
    mode = RadioField(
        _l("The months are counted"),
        [InputRequired()],
        choices=[Choice(*one) for one in MODES],
        default="completion",
    )
    base_on = DateField(
        _l("First common date"), [Optional(), SensibleDay()], description=_l("Only for common dates.")
    )
    minimum_active_days = IntegerField(
        _l("At least valid for"),
        [Optional(), NumberRange(min=0, max=720)],
        description=_l("Only for common dates: with fewer days left it runs to the next one."),
    )
    needed_by = Checks(_l("Positions that need it"))

    def validate_course_count(self, field: IntegerField) -> None:
        """Refuse to ask for more courses than are ticked."""
        ticked = len(self.courses.data or ())
        if (field.data or 0) > ticked:
            raise ValidationError(
                ngettext("Only %(num)s course is ticked.", "Only %(num)s courses are ticked.", ticked)
                if ticked
                else _("No course is ticked.")
            )

    def minimum(self) -> Decimal:
        """Return the least score from 0 to 1."""
        return Decimal(self.minimum_percent.data or 0) / 100

    def show(self, certification: Certification, outline: Outline | None) -> None:
        """Fill the form with a certification; without an outline its requirements are left to stand."""
        self.key.data = str(certification.id)
        for name in ("title", "code", "glyph", "description"):
            self[name].data = getattr(certification, name)
        self.brand_id.data = str(certification.brand_id)
        self.needed_by.data = [str(position_id) for position_id in certification.needed_by]
        self._show_rule(certification.rule)
        if outline is not None:
            self.courses.data = [str(course_id) for course_id in outline.course_ids]
            self.course_count.data = outline.course_count
            self.exam.data = str(outline.exam_key or "")
            self.minimum_percent.data = None if outline.minimum is None else int(outline.minimum * 100)
            self.certifications.data = [str(one) for one in outline.certification_ids]

    def _show_rule(self, rule: Rule) -> None:
        for name in ("active_months", "renewal_window_days", "grace_days", "base_on"):
            self[name].data = getattr(rule, name)
        self.mode.data = rule.mode.value
        self.minimum_active_days.data = rule.minimum_active_days or None

    def offer(
        self,
        *,
        brands: Pairs,
        courses: Pairs,
        exams: Pairs,
        certifications: Pairs,
        positions: Pairs,
    ) -> None:
        """Give the fields their choices."""
        self.brand_id.choices = _choices(brands)
        self.courses.choices = _choices(courses)
        self.exam.choices = [Choice("", _l("None")), *_choices(exams)]
        self.certifications.choices = _choices(certifications)
        self.needed_by.choices = _choices(positions)


class AssignForm(Form):
    """By when somebody is to earn a certificate."""

    due_on = DateField(_l("Due"), [Optional(), SensibleDay()], description=_l("Leave empty for no date."))


class AssignManyForm(AssignForm):
    """The same for several people; the view gives the certifications."""

    certification_id = SelectField(_l("Certification"), [InputRequired(_l("Choose a certification."))])

    def offer(self, certifications: Pairs) -> None:
        """Give the certifications to choose from."""
        self.certification_id.choices = _choices(certifications)


class ReasonForm(Form):
    """Why something is taken back or let off."""

    reason = TextField(_l("Reason"), [InputRequired(_l("Say why.")), Length(max=500)])
