"""The forms of assignments: a draft, the settings, and what a marker decides."""

from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

from flask import request
from flask_babel import gettext as _
from flask_wtf.file import FileField
from wtforms import (
    DateField,
    IntegerField,
    RadioField,
    SelectMultipleField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, StopValidation
from wtforms.widgets import CheckboxInput, ListWidget

from lms.courses.assignments import rules
from lms.courses.assignments.values import Assignment, Given, Takes
from lms.courses.values.marking import (
    CRITERIA_AT_MOST,
    FILE_WORDS,
    Criterion,
    FileKind,
    Rubric,
    fault_of_criterion,
    read_levels,
    write_levels,
)
from lms.identity.values import PersonId
from lms.kernel.lines import is_blank, with_plain_breaks
from lms.web.forms import (
    Choice,
    DocumentField,
    Form,
    LineField,
    Row,
    Rows,
    SensibleDay,
    TextField,
    VersionField,
    blame,
)
from lms.web.numbers import whole_number
from lms.web.words import lazy as _l
from lms.web.words import said

MB: Final = 1_000_000
MOST_MB: Final = 100


class DraftForm(Form):
    """What a learner prepares; `revision` is the draft they had before them."""

    text = DocumentField()
    revision = VersionField()
    file = FileField()


class CriterionForm(Row):
    """A criterion of the rubric; one without a title asks for nothing."""

    title = LineField(_l("Criterion"), [Optional(), Length(max=200)])
    levels = TextField(_l("Levels"), [Optional(), Length(max=4000)])


class AssignmentForm(Form):
    """What an assignment asks for; `seen` is the revision that is being changed."""

    seen = VersionField()
    task = DocumentField(
        _l("Task"),
        [InputRequired(_l("Say what is to be done.")), Length(max=50_000)],
        description=_l("Markdown, as in lessons, without pictures."),
    )
    takes = RadioField(
        _l("Handed in"),
        [InputRequired()],
        choices=[
            Choice(Takes.TEXT.value, _l("Text")),
            Choice(Takes.FILES.value, _l("Files")),
            Choice(Takes.BOTH.value, _l("Text, files, or both")),
        ],
    )
    kinds = SelectMultipleField(
        _l("Which files"),
        choices=[Choice(kind.value, _l(word)) for kind, word in FILE_WORDS.items()],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    most_files = IntegerField(_l("Files at most"), [InputRequired(), NumberRange(1, 20)])
    most_mb = IntegerField(_l("Each at most"), [InputRequired(), NumberRange(1, MOST_MB)])
    criteria = Rows(
        CriterionForm,
        _l("Rubric"),
        called=lambda number: _("Criterion %(number)s", number=number),
        min_entries=3,
        max_entries=CRITERIA_AT_MOST,
    )
    pass_percent = IntegerField(_l("Pass mark"), [InputRequired(), NumberRange(1, 100)])
    again = IntegerField(
        _l("May be handed in again"),
        [Optional(), NumberRange(0, 20)],
        description=_l("After it was returned or not passed. Empty: as often as needed"),
    )
    due_days = IntegerField(
        _l("Due after"), [Optional(), NumberRange(1, 3650)], description=_l("From the day of enrolment")
    )
    due_on = DateField(
        _l("Or due on"),
        [Optional(), SensibleDay()],
        description=_l("What comes later is taken all the same, and marked as late"),
    )
    markers = SelectMultipleField(
        _l("Who marks"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=_l("Nobody chosen: every trainer"),
    )

    def offer(self, markers: Iterable[tuple[PersonId, str]]) -> "AssignmentForm":
        """Give the form its choices."""
        self.markers.choices = [Choice(str(person_id), name) for person_id, name in markers]
        return self

    def validate_kinds(self, field: Any) -> None:
        """Refuse files of no kind."""
        if self.takes.data != Takes.TEXT.value and not field.data:
            raise StopValidation(_("Choose one kind at least."))

    def validate_criteria(self, field: Any) -> None:
        """Refuse a criterion by which nothing could be judged."""
        for row in field:
            fault = fault_of_criterion(row.form.title.data or "", row.form.levels.data or "")
            if fault is not None:
                blame(row.form[fault[0]], said(fault[1]))

    def assignment(self) -> Assignment:
        """Return the assignment as it was written; only of a valid form."""
        return Assignment(
            task=str(self.task.data),
            task_html="",
            takes=Takes(self.takes.data),
            kinds=tuple(FileKind(kind) for kind in self.kinds.data or ()),
            most_files=int(self.most_files.data or 1),
            most_bytes=min(int(self.most_mb.data or 1) * MB, rules.FILE_BYTES),
            rubric=Rubric(tuple(self._criteria()), int(self.pass_percent.data or 0)),
            again=self.again.data,
            due_days=self.due_days.data,
            due_on=self.due_on.data,
            markers=tuple(PersonId(UUID(one)) for one in self.markers.data or ()),
        )

    def _criteria(self) -> Iterable[Criterion]:
        for row in self.criteria:
            levels = read_levels(row.form.levels.data or "")
            if row.form.title.data and levels:
                yield Criterion(row.form.title.data.strip(), levels)


def form_of(assignment: Assignment, revision: int) -> AssignmentForm:
    """Return the form of an assignment as it is."""
    return AssignmentForm(
        formdata=None,
        seen=str(revision),
        task=assignment.task,
        takes=assignment.takes.value,
        kinds=[kind.value for kind in assignment.kinds],
        most_files=assignment.most_files,
        most_mb=assignment.most_bytes // MB,
        criteria=[
            {"title": one.title, "levels": write_levels(one.levels)} for one in assignment.rubric.criteria
        ],
        pass_percent=assignment.rubric.pass_percent,
        again=assignment.again,
        due_days=assignment.due_days,
        due_on=assignment.due_on,
        markers=[str(one) for one in assignment.markers],
    )


class MarkForm(Form):
    """What a marker decides: a level and perhaps a comment for each criterion, and words for all of it.

    `seen` is how often the work was marked before. Levels and comments come in fields named by the criterion's place.
    """

    seen = VersionField()
    comment = TextField(_l("Comment on all of it"), [Optional(), Length(max=10_000)])
    reason = LineField(_l("Why it is marked anew"), [Optional(), Length(max=500)])

    def levels(self, rubric: Rubric) -> Sequence[int | None]:
        """Return the level chosen for each criterion, None where none was."""
        return [whole_number(request.form.get(f"level-{number}")) for number in range(len(rubric.criteria))]

    def given(self, rubric: Rubric) -> Given:
        """Return what the marker decided; the button says whether the work is returned."""
        return Given(
            levels=tuple(self.levels(rubric)),
            comments=tuple(self.comments(rubric)),
            comment=str(self.comment.data or ""),
            is_returned=request.form.get("do") == "return",
            reason=str(self.reason.data or ""),
        )

    def comments(self, rubric: Rubric) -> Sequence[str]:
        """Return what was written about each criterion."""
        typed = (request.form.get(f"comment-{number}", "") for number in range(len(rubric.criteria)))
        return ["" if is_blank(comment) else with_plain_breaks(comment) for comment in typed]
