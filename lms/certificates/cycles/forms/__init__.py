"""The forms of cycles: defining a certification, its evidence, assigning, revoking, exempting."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from wtforms import (
    DateField,
    DecimalField,
    FileField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from lms.certificates.cycles.rules import drafting
from lms.certificates.cycles.rules.requirements import LINES_AT_MOST
from lms.certificates.cycles.values.defining import NUMBERED, Line, Piece
from lms.certificates.values import Certification, ExpiryMode
from lms.web.forms import Choice, CreateForm, Form, LineField, NameField, Row, Rows, SensibleDay, TextField
from lms.web.numbers import whole_number
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


NUMBER_MAX = 5_000
TYPED_LENGTH = 40
"""How much of what is typed for a number stays on the page where it is none."""
GROUPS = (
    (Piece.ALL.value, _l("All of these")),
    (Piece.ANY.value, _l("One of these")),
    (Piece.AT_LEAST.value, _l("Some of these")),
)


class LineRow(Row):
    """One line of a tree; `number` is a count, percent or hours, as its piece says."""

    depth = HiddenField()
    piece = SelectField(_l("Asks for"), choices=[Choice(*one) for one in GROUPS], validate_choice=False)
    subject = HiddenField()
    title = HiddenField(validators=[Length(max=120)])
    former = HiddenField(validators=[Length(max=40 * drafting.FORMER_AT_MOST)])
    instead = SelectField(_l("In its place"), validate_choice=False)
    number = IntegerField(
        _l("Number"),
        [
            Optional(),
            NumberRange(min=0, max=NUMBER_MAX, message=_l("Give a number from 0 to %(max)s.")),
        ],
    )


def _line_name(number: int) -> str:
    return _("Line %(number)s", number=str(number))


def line_of(row: Any) -> Line | None:
    """Return a row as the line it says; None for one that no page of ours wrote."""
    depth = whole_number(str(row.depth.data or ""), most=LINES_AT_MOST)
    if depth is None or row.piece.data not in set(Piece):
        return None
    piece = Piece(row.piece.data)
    if not piece.is_group and not _is_id(row.subject.data):
        return None
    # A group that is no choice now may be one again: its number waits.
    number = row.number.data if piece in NUMBERED or piece.is_group else None
    typed = str((row.number.raw_data or [""])[0]) if number is None else ""
    if number is None and piece is Piece.AT_LEAST:
        number = 1
    former = tuple(one for one in str(row.former.data or "").split() if _is_id(one))
    subject, title, instead = (str(row[name].data or "") for name in ("subject", "title", "instead"))
    return Line(depth, piece, subject, title, number, former, typed[:TYPED_LENGTH], instead)


def _is_id(text: str | None) -> bool:
    try:
        UUID(str(text))
    except ValueError:
        return False
    return True


class CertificationForm(CreateForm):
    """What a certification is called and what it asks for; the view gives the brands, positions and audiences."""

    seen = HiddenField()
    """The mark of the rule whose consequences the page has shown."""
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
    tree = Rows(LineRow, _l("What it asks for"), called=_line_name, max_entries=LINES_AT_MOST)
    tree_find = LineField(_l("Find a course, exam, live session or certification"), [Length(max=100)])
    tree_new = NameField(_l("Something else: what is practised, or given by hand"), [Length(max=120)])
    tree_into = SelectField(_l("Where the next line goes"), validate_choice=False)
    renewal = Rows(LineRow, _l("What renewing asks for"), called=_line_name, max_entries=LINES_AT_MOST)
    renewal_find = LineField(_l("Find a course, exam, live session or certification"), [Length(max=100)])
    renewal_new = NameField(_l("Something else: what is practised, or given by hand"), [Length(max=120)])
    renewal_into = SelectField(_l("Where the next line goes"), validate_choice=False)
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
    due_days = IntegerField(
        _l("Due after"),
        [Optional(), NumberRange(min=1, max=1825)],
        description=_l("Days after somebody is asked, where nobody gives a date. Empty for no date."),
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
    audience_id = SelectField(
        _l("Who may hold it"),
        [Optional()],
        description=_l(
            "Whoever is not in the audience can do all of it, and is certified as soon as they are."
        ),
    )

    def lines(self, name: str) -> tuple[Line, ...]:
        """Return the lines of `tree` or `renewal`, as a tree has them."""
        found = [line for row in self[name] if (line := line_of(row.form)) is not None]
        return drafting.tidied(found)

    def draw(self, name: str, lines: Sequence[Line]) -> None:
        """Let `tree` or `renewal` have these lines."""
        rows = self[name]
        while rows.entries:
            rows.pop_entry()
        # Numbered anew from 0, as the page reads them.
        rows.last_index = -1
        for line in lines:
            entry = rows.append_entry(
                {
                    "depth": str(line.depth),
                    "piece": line.piece.value,
                    "subject": line.subject,
                    "title": line.title,
                    "number": line.number,
                    "former": " ".join(line.former),
                    "instead": line.instead,
                }
            )
            if line.typed:
                entry.form.number.raw_data = [line.typed]
            entry.form.piece.flags.required = entry.form.number.flags.required = True

    def show(self, certification: Certification) -> None:
        """Fill the form with a certification."""
        self.key.data = str(certification.id)
        for name in ("title", "code", "glyph", "description"):
            self[name].data = getattr(certification, name)
        self.brand_id.data = str(certification.brand_id)
        self.needed_by.data = [str(position_id) for position_id in certification.needed_by]
        rule = certification.rule
        for name in ("active_months", "renewal_window_days", "grace_days", "base_on", "due_days"):
            self[name].data = getattr(rule, name)
        self.mode.data = rule.mode.value
        self.minimum_active_days.data = rule.minimum_active_days or None
        self.audience_id.data = str(rule.audience_id or "")
        self.draw("tree", drafting.lines_of(rule.requirement))
        self.draw("renewal", drafting.lines_of(rule.renewal))

    def offer(self, *, brands: Pairs, positions: Pairs, audiences: Pairs) -> None:
        """Give the fields their choices."""
        self.brand_id.choices = _choices(brands)
        self.needed_by.choices = _choices(positions)
        self.audience_id.choices = [Choice("", _("Everybody")), *_choices(audiences)]


class PracticeForm(CreateForm):
    """Hours of practice with their evidence."""

    hours = DecimalField(
        _l("Hours"),
        [
            InputRequired(_l("Give the hours, in quarters: 1.5.")),
            NumberRange(min=Decimal("0.25"), max=744, message=_l("Give 0.25 to 744 hours.")),
        ],
        places=2,
    )
    done_on = DateField(_l("Day"), [InputRequired(_l("Give the day.")), SensibleDay(years=0)])
    words = TextField(
        _l("What was done, where, and who saw it"),
        [InputRequired(_l("Say what was done, where, and who saw it.")), Length(max=2000)],
    )
    file = FileField(_l("Evidence"), description=_l("A photo, a protocol or a signed sheet, at most 20 MB."))

    def minutes(self) -> int:
        """Return how long it was."""
        return int((self.hours.data or 0) * 60)


class VerdictForm(Form):
    """A trainer's word on practice; turning it down needs a reason."""

    reason = TextField(_l("Reason"), [Optional(), Length(max=1000)])


class ItemForm(CreateForm):
    """An item that is given by hand; the view gives those that the rule asks for."""

    item = SelectField(_l("What is given"), [InputRequired(_l("Choose what you give."))])
    reason = TextField(_l("Reason"), [InputRequired(_l("Say why: it stays on record.")), Length(max=1000)])
    file = FileField(_l("Evidence"), description=_l("A protocol or a photo, at most 20 MB."))

    def offer(self, items: Pairs) -> None:
        """Give the items to choose from."""
        self.item.choices = _choices(items)


class AssignForm(Form):
    """By when somebody is to earn a certificate."""

    due_on = DateField(_l("Due"), [Optional(), SensibleDay()], description=_l("Leave empty for no date."))


class AssignManyForm(AssignForm):
    """The same for several people and certifications; the view gives the latter.

    `seen` is the mark of what was shown before it is done.
    """

    certification = Checks(_l("Certifications"), [InputRequired(_l("Choose a certification."))])
    seen = HiddenField()

    def offer(self, certifications: Pairs) -> None:
        """Give the certifications to choose from."""
        self.certification.choices = _choices(certifications)


class ReasonForm(Form):
    """Why something is taken back or let off."""

    reason = TextField(_l("Reason"), [InputRequired(_l("Say why.")), Length(max=500)])
