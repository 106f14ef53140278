"""A question as a page asks it, and an answer as a page reviews it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final
from uuid import UUID, uuid4

from flask_babel import gettext as _
from markupsafe import Markup

from lms.courses.values.marking import Mark, Rubric
from lms.kernel.messages import Message
from lms.quizzes.attempts import rules
from lms.quizzes.attempts.values import AnswerFile, Slot, Standing
from lms.quizzes.bank.service import as_asked
from lms.quizzes.kinds import KINDS, kind_of, question_from_json, response_from_json
from lms.quizzes.kinds.kind import STEM
from lms.quizzes.marking import facade as marking
from lms.quizzes.marking.values import ShownFile
from lms.quizzes.syntax.phrases import phrase_of
from lms.quizzes.syntax.texts import text_to_html
from lms.quizzes.values import (
    NO_TEXT,
    ZERO,
    Phase,
    Question,
    QuestionType,
    QuizRules,
    Response,
    ReviewLine,
    Shown,
    StoredQuestion,
    Telling,
    Text,
    TextFormat,
    response_to_json,
)
from lms.web.asked import asked_choice
from lms.web.words import said

NO_FILES: Final[Mapping[UUID, AnswerFile]] = {}
PLAIN: Final = QuizRules(title="")
"""The rules of no quiz in particular, for a question that is looked at by itself."""


def type_words() -> Mapping[QuestionType, str]:
    """Return what each kind of question is called, in the reader's language."""
    return {name: said(kind.title) for name, kind in KINDS.items()}


def unscored() -> Collection[QuestionType]:
    """Return the kinds of question that earn nothing."""
    return {name for name, kind in KINDS.items() if not kind.is_scored}


def not_marked_at_once() -> Collection[QuestionType]:
    """Return the kinds of question to which no page can say what an answer earns."""
    return {name for name, kind in KINDS.items() if not kind.is_scored or kind.is_graded_by_person}


def asked_type() -> QuestionType | None:
    """Return the kind of question that an address asks for, None without one."""
    return QuestionType(word) if (word := asked_choice("type", KINDS)) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A question on a page. Its fields are called `name`; `asked` is what its kind shows them with."""

    number: int
    name: str
    type: QuestionType
    marks: Decimal
    is_scored: bool
    is_graded_by_person: bool
    stem: Markup
    is_plain: bool
    holds_stem: bool
    hint: str
    asked: object
    is_flagged: bool = False
    remark: str = ""
    takes_files: bool = False
    """Whether files can be sent from this page: in an attempt, and where the question asks for some."""
    files: Sequence[ShownFile] = ()
    check: "Checking | None" = None
    has_points: bool = True
    """Whether points are spoken of at all: not in a survey."""

    @property
    def is_settled(self) -> bool:
        """Return whether its answer was checked and stays as it is."""
        return self.check is not None and self.check.stands.is_settled


@dataclass(frozen=True, slots=True, kw_only=True)
class Checking:
    """How a question stands that is checked before the end: as much of it as its learner may know by now.

    `button` is what its button sends: slot, number of the try, and a name for this click. `reviewed` comes once the
    answer is settled, `hints` while it is not.
    """

    stands: Standing
    button: str
    penalty: Decimal
    state: str = ""
    verdict: str = ""
    hints: Sequence[Markup] = ()
    reviewed: "Reviewed | None" = None
    note: str = ""


def checking_of(slot: Slot, stored: StoredQuestion, quiz_rules: QuizRules, note: str = "") -> Checking | None:
    """Return how the question of a slot stands, None where nothing of it is checked before the end."""
    behaviour = quiz_rules.behaviour
    if behaviour.telling is Telling.AT_END:
        return None
    stored = as_asked(stored, slot.drawn)
    question = question_from_json(stored.content)
    stands = rules.standing(behaviour, question, slot.tries)
    if not stands.allowed:
        return None
    state, verdict = _verdict(slot.tries[-1].fraction, is_blank=False) if slot.tries else ("", "")
    shown = _shown_whole(stored)
    return Checking(
        stands=stands,
        button=f"{slot.number}:{stands.made + 1}:{uuid4()}",
        penalty=behaviour.penalty,
        state=state,
        verdict=verdict,
        hints=() if stands.is_settled else [shown(hint) for hint in question.hints[: stands.hints]],
        reviewed=review_of(
            replace(slot, fraction=rules.fraction_by_tries(behaviour, question, slot.tries, None)),
            stored,
            shows=rules.shown(quiz_rules, Phase.DURING),
            quiz_rules=quiz_rules,
        )
        if stands.is_settled
        else None,
        note=note,
    )


def asking_of(
    stored: StoredQuestion,
    *,
    slot: Slot | None = None,
    number: int = 1,
    given: Response | None = None,
    check: Checking | None = None,
    quiz_rules: QuizRules | None = None,
) -> Asking:
    """Return a question to ask: as a slot holds it, or for a preview with a response given before."""
    stored = as_asked(stored, slot.drawn if slot else None)
    question = question_from_json(stored.content)
    if slot is not None:
        number = slot.number
        given = response_from_json(slot.given) if slot.given is not None else None
    kind = kind_of(question)
    remark = kind.remark(question, given) if given is not None else None
    hint = kind.hint(question)
    parts = {**stored.parts, STEM: stored.stem}
    words = {key: Markup(html) for key, html in parts.items()}  # noqa: S704  made safe when it was saved
    return Asking(
        number=number,
        name=f"q{number}",
        type=question.type,
        marks=rules.marks_of(question),
        is_scored=kind.is_scored,
        is_graded_by_person=kind.is_graded_by_person,
        stem=Markup(stored.stem),  # noqa: S704  made safe when the question was saved
        is_plain=stored.is_plain,
        holds_stem=kind.holds_stem,
        hint=said(hint) if hint else "",
        asked=kind.asked(question, words, slot.order if slot else (), given),
        is_flagged=bool(slot and slot.is_flagged),
        remark=said(remark) if remark else "",
        check=check,
        has_points=quiz_rules is None or not quiz_rules.is_survey,
    )


def with_files(
    asking: Asking, stored: StoredQuestion, slot: Slot, files: Mapping[UUID, AnswerFile]
) -> Asking:
    """Return a question of an attempt with the files that came for it."""
    question = question_from_json(stored.content)
    if kind_of(question).files_asked(question) is None:
        return asking
    given = response_from_json(slot.given) if slot.given is not None else None
    held = [files[one] for one in (given.file_ids if given else ()) if one in files]
    return replace(asking, takes_files=True, files=marking.files_shown(held))


def files_in(slots: Sequence[Slot]) -> Collection[UUID]:
    """Return the ids of the files that answers consist of."""
    given = [response_from_json(slot.given) for slot in slots if slot.given is not None]
    return [one for response in given for one in response.file_ids]


def answered_slot(
    stored: StoredQuestion,
    *,
    given: Response | None,
    number: int = 1,
    order: Sequence[str] = (),
    drawn: Mapping[str, Any] | None = None,
) -> Slot:
    """Return the slot that an attempt would hold of this answer, marked, for pages that store none."""
    question = question_from_json(as_asked(stored, drawn).content)
    if given == _blank(question):
        given = None
    return Slot(
        number=number,
        question_id=stored.question_id,
        version_id=stored.id,
        order=tuple(order),
        is_flagged=False,
        is_answered=given is not None and kind_of(question).is_complete(question, given),
        given=response_to_json(given) if given is not None else None,
        saved_at=None,
        fraction=rules.fraction_of(question, given),
        drawn=drawn,
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a review, as safe HTML; empty where there is nothing to say."""

    asked: Markup
    given: Markup
    expected: Markup
    feedback: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """A question after the exam: what was given, what it earned, and (if it may be shown) what was right."""

    number: int
    stem: Markup
    state: str
    verdict: str
    earned: Decimal
    marks: Decimal
    is_scored: bool
    lines: Sequence[Line]
    feedback: Sequence[Markup]
    tries: Sequence[tuple[str, str]]
    is_awaiting: bool = False
    shows_given: bool = True
    files: Sequence[ShownFile] = ()
    rubric: Rubric | None = None
    marks_given: Sequence[Mark] = ()


def review_of(
    slot: Slot,
    stored: StoredQuestion,
    *,
    shows: Collection[Shown] = tuple(Shown),
    quiz_rules: QuizRules = PLAIN,
    files: Mapping[UUID, AnswerFile] = NO_FILES,
    marks: Sequence[Mark] = (),
) -> Reviewed:
    """Return one question that is over, as much of it as `shows` says; without Shown.RIGHT nothing gives that away.

    What was checked under a behaviour that tells was told, and is told again: its feedback. In a survey nothing is
    right, and what is said to everyone is all there is to say. `files` are those of the attempt by id, `marks` what
    people decided of this answer.
    """
    stored = as_asked(stored, slot.drawn)
    question = question_from_json(stored.content)
    kind = KINDS[question.type]
    given = response_from_json(slot.given) if slot.given is not None else None
    fraction = slot.fraction or ZERO
    behaviour, is_scored = quiz_rules.behaviour, kind.is_scored and not quiz_rules.is_survey
    with_right, with_marks = Shown.RIGHT in shows, Shown.MARKS in shows
    grades = rules.grades_of(behaviour, question, slot.tries, given)
    # A right answer is right, whatever it earns after so many tries.
    grade = grades[-1] if grades else fraction
    was_told = rules.standing(behaviour, question, slot.tries).is_settled and Shown.FEEDBACK in rules.shown(
        quiz_rules, Phase.DURING
    )
    with_feedback = was_told or Shown.FEEDBACK in shows
    shown = _shown(stored)
    blank = given is None
    lines = kind.describe_response(question, given or _blank(question))
    waits = rules.is_awaiting(quiz_rules, question, slot.fraction)
    told = quiz_rules.is_survey or (with_feedback and not waits)
    overall = _overall(question, grade, is_scored=is_scored) if told else ()
    if waits:
        state, verdict = "progress", _("Waits to be marked")
    elif is_scored and with_marks:
        state, verdict = _verdict(grade, is_blank=blank)
        if marks and fraction < 1:
            state, verdict = "soon", _("Marked")
    else:
        state, verdict = _said_verdict(is_blank=blank)
    return Reviewed(
        number=slot.number,
        stem=Markup(kind.told(stored.stem)),  # noqa: S704  made safe when the question was saved
        state=state,
        verdict=verdict,
        earned=rules.marks_of(question) * fraction,
        marks=rules.marks_of(question),
        is_scored=is_scored and with_marks,
        lines=[
            _line(
                line,
                shown,
                with_given=Shown.ANSWERS in shows,
                with_right=with_right,
                with_feedback=with_feedback,
            )
            for line in _told(lines, with_right=with_right)
        ],
        shows_given=Shown.ANSWERS in shows,
        feedback=[_shown_whole(stored)(text) for text in overall if text],
        tries=[_verdict(one, is_blank=False) for one in grades] if with_marks else (),
        is_awaiting=waits,
        files=marking.files_shown(
            files[one] for one in (given.file_ids if given and Shown.ANSWERS in shows else ()) if one in files
        ),
        rubric=marking.in_words(kind.rubric(question)) if marks else None,
        marks_given=marks if with_marks else (),
    )


def _told(lines: Sequence[ReviewLine], *, with_right: bool) -> Sequence[ReviewLine]:
    # A line that only says what was right and not given would give it away.
    return lines if with_right else [line for line in lines if line.given or line.asked]


def _line(
    line: ReviewLine,
    shown: Callable[[Text], Markup],
    *,
    with_given: bool,
    with_right: bool,
    with_feedback: bool,
) -> Line:
    return Line(
        asked=shown(line.asked),
        given=shown(line.given) if with_given else Markup(),
        expected=shown(line.expected) if with_right else Markup(),
        feedback=shown(line.feedback) if with_feedback else Markup(),
    )


def _shown(stored: StoredQuestion) -> Callable[[Text], Markup]:
    def show(text: Text) -> Markup:
        if not text:
            return Markup()
        source = said(text.source) if isinstance(text.source, Message) else text.source
        html = text_to_html(Text(source, text.format), attachment=stored.pictures.get)
        return Markup(phrase_of(html) if text.format is not TextFormat.PLAIN else html)  # noqa: S704  sanitised

    return show


def _shown_whole(stored: StoredQuestion) -> Callable[[Text], Markup]:
    def show(text: Text) -> Markup:
        return Markup(text_to_html(text, attachment=stored.pictures.get))  # noqa: S704  sanitised

    return show


def _blank(question: Question) -> Response:
    return KINDS[question.type].parse_response(question, {})


def _overall(question: Question, fraction: Decimal, *, is_scored: bool) -> Sequence[Text]:
    if not is_scored:
        return [text for text in (question.general_feedback,) if text]
    by_result = (
        question.feedback_correct
        if fraction == 1
        else question.feedback_partial
        if fraction > ZERO
        else question.feedback_incorrect
    )
    return [text for text in (by_result, question.general_feedback) if text != NO_TEXT]


def _said_verdict(*, is_blank: bool) -> tuple[str, str]:
    """Return what to say of an opinion: whether there is one, never whether it is right."""
    return ("none", _("Not answered")) if is_blank else ("progress", _("Answered"))


def _verdict(fraction: Decimal, *, is_blank: bool) -> tuple[str, str]:
    if is_blank:
        return "none", _("Not answered")
    if fraction == 1:
        return "valid", _("Right")
    if fraction > ZERO:
        return "soon", _("Partly right")
    return "danger", _("Wrong")
