"""A question as a page asks it, and an answer as a page reviews it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _
from markupsafe import Markup

from lms.kernel.messages import Message
from lms.quizzes.attempts import rules
from lms.quizzes.attempts.values import Slot
from lms.quizzes.formats.phrases import phrase_of
from lms.quizzes.formats.texts import text_to_html
from lms.quizzes.kinds import KINDS, kind_of
from lms.quizzes.values import (
    NO_TEXT,
    ZERO,
    Matching,
    MatchingResponse,
    MultipleChoice,
    MultipleChoiceResponse,
    Numeric,
    NumericResponse,
    Question,
    QuestionType,
    Response,
    ReviewLine,
    ShortTextResponse,
    SingleChoice,
    SingleChoiceResponse,
    StoredQuestion,
    Text,
    TextFormat,
    TrueFalse,
    TrueFalseResponse,
    UnitRule,
    question_from_json,
    response_from_json,
    response_to_json,
)
from lms.web.words import lazy as _l
from lms.web.words import said

TYPE_WORDS: Mapping[QuestionType, str] = {
    QuestionType.SINGLE_CHOICE: _l("Single choice"),
    QuestionType.MULTIPLE_CHOICE: _l("Multiple choice"),
    QuestionType.TRUE_FALSE: _l("True or false"),
    QuestionType.SHORT_TEXT: _l("Short text"),
    QuestionType.NUMERIC: _l("Number"),
    QuestionType.MATCHING: _l("Matching"),
}
TYPE_LEADS: Mapping[QuestionType, str] = {
    QuestionType.SINGLE_CHOICE: _l("One of several choices is right."),
    QuestionType.MULTIPLE_CHOICE: _l("Any number of the choices are right."),
    QuestionType.TRUE_FALSE: _l("A statement that holds or does not."),
    QuestionType.SHORT_TEXT: _l("A word or a phrase, typed; you list what is accepted."),
    QuestionType.NUMERIC: _l("A number within a tolerance, in a unit if you like."),
    QuestionType.MATCHING: _l("Each thing on the left belongs to one on the right."),
}


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose: its key, its words as safe HTML, whether it is chosen."""

    key: str
    words: Markup
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Stem:
    """The left side of a pair, with the key of the option chosen for it, or nothing."""

    key: str
    words: Markup
    chosen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A question on a page. Its fields are called `name`; choices, stems and text are what its type needs."""

    number: int
    name: str
    type: QuestionType
    marks: Decimal
    stem: Markup
    is_plain: bool
    hint: str
    options: Sequence[Option] = ()
    stems: Sequence[Stem] = ()
    text: str = ""
    is_flagged: bool = False
    remark: str = ""


def asking_of(
    stored: StoredQuestion, *, slot: Slot | None = None, number: int = 1, given: Response | None = None
) -> Asking:
    """Return a question to ask: as a slot holds it, or for a preview with a response given before."""
    question = question_from_json(stored.content)
    if slot is not None:
        number = slot.number
        given = response_from_json(slot.given) if slot.given is not None else None
    remark = kind_of(question).remark(question, given) if given is not None else None
    options, stems, text = _parts(question, stored, slot.order if slot else (), given)
    return Asking(
        number=number,
        name=f"q{number}",
        type=question.type,
        marks=question.marks,
        stem=Markup(stored.stem),  # noqa: S704  made safe when the question was saved
        is_plain=stored.is_plain,
        hint=_hint(question),
        options=options,
        stems=stems,
        text=text,
        is_flagged=bool(slot and slot.is_flagged),
        remark=said(remark) if remark else "",
    )


def _parts(
    question: Question, stored: StoredQuestion, order: Sequence[str], given: Response | None
) -> tuple[Sequence[Option], Sequence[Stem], str]:
    words = {key: Markup(html) for key, html in stored.parts.items()}  # noqa: S704  as the stem
    match question.body, given:
        case SingleChoice(choices=choices), _:
            chosen = given.key if isinstance(given, SingleChoiceResponse) else ""
            keys = order or [one.key for one in choices]
            return [Option(key, words[key], key == chosen) for key in keys], (), ""
        case MultipleChoice(choices=choices), _:
            ticked = given.keys if isinstance(given, MultipleChoiceResponse) else ()
            keys = order or [one.key for one in choices]
            return [Option(key, words[key], key in ticked) for key in keys], (), ""
        case TrueFalse(), _:
            answer = given.answer if isinstance(given, TrueFalseResponse) else None
            both = (("true", _("True"), True), ("false", _("False"), False))
            return [Option(key, Markup.escape(word), answer is held) for key, word, held in both], (), ""
        case Matching(stems=lefts, options=rights), _:
            pairs = dict(given.pairs) if isinstance(given, MatchingResponse) else {}
            texts = {one.key: one.text for one in rights}
            options = [Option(key, Markup.escape(texts[key])) for key in order or texts]
            return options, [Stem(one.key, words[one.key], pairs.get(one.key, "")) for one in lefts], ""
        case _:
            return (), (), given.text if isinstance(given, ShortTextResponse | NumericResponse) else ""


def _hint(question: Question) -> str:
    match question.body:
        case MultipleChoice():
            return _("Choose all that apply.")
        case Numeric(unit_rule=UnitRule.REQUIRED, units=units):
            return _("Give the unit too: %(units)s.", units=", ".join(unit.name for unit in units))
        case Numeric(unit_rule=UnitRule.OPTIONAL, units=units):
            return _("You may give a unit: %(units)s.", units=", ".join(unit.name for unit in units))
        case Numeric():
            return _("Answer with a number.")
        case Matching():
            return _("Choose what belongs to each line.")
        case _:
            return ""


def answered_slot(
    stored: StoredQuestion, *, given: Response | None, number: int = 1, order: Sequence[str] = ()
) -> Slot:
    """Return the slot that an attempt would hold of this answer, marked, for pages that store none."""
    question = question_from_json(stored.content)
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
    lines: Sequence[Line]
    feedback: Sequence[Markup]


def review_of(slot: Slot, stored: StoredQuestion, *, with_answers: bool) -> Reviewed:
    """Return one question of a finished attempt; without `with_answers` nothing gives the right one away."""
    question = question_from_json(stored.content)
    kind = KINDS[question.type]
    given = response_from_json(slot.given) if slot.given is not None else None
    fraction = slot.fraction or ZERO
    shown = _shown(stored)
    blank = given is None
    lines = kind.describe_response(question, given or _blank(question))
    overall = _overall(question, fraction) if with_answers else ()
    state, verdict = _verdict(fraction, is_blank=blank)
    return Reviewed(
        number=slot.number,
        stem=Markup(stored.stem),  # noqa: S704  made safe when the question was saved
        state=state,
        verdict=verdict,
        earned=question.marks * fraction,
        marks=question.marks,
        lines=[
            _line(line, shown, with_answers=with_answers) for line in _told(lines, with_answers=with_answers)
        ],
        feedback=[Markup(text_to_html(text, attachment=stored.pictures.get)) for text in overall if text],  # noqa: S704
    )


def _told(lines: Sequence[ReviewLine], *, with_answers: bool) -> Sequence[ReviewLine]:
    # A line that only says what was right and not given would give it away.
    return lines if with_answers else [line for line in lines if line.given or line.asked]


def _line(line: ReviewLine, shown: Callable[[Text], Markup], *, with_answers: bool) -> Line:
    return Line(
        asked=shown(line.asked),
        given=shown(line.given),
        expected=shown(line.expected) if with_answers else Markup(),
        feedback=shown(line.feedback) if with_answers else Markup(),
    )


def _shown(stored: StoredQuestion) -> Callable[[Text], Markup]:
    def show(text: Text) -> Markup:
        if not text:
            return Markup()
        source = said(text.source) if isinstance(text.source, Message) else text.source
        html = text_to_html(Text(source, text.format), attachment=stored.pictures.get)
        return Markup(phrase_of(html) if text.format is not TextFormat.PLAIN else html)  # noqa: S704  sanitised

    return show


def _blank(question: Question) -> Response:
    return KINDS[question.type].parse_response(question, {})


def _overall(question: Question, fraction: Decimal) -> Sequence[Text]:
    by_result = (
        question.feedback_correct
        if fraction == 1
        else question.feedback_partial
        if fraction > ZERO
        else question.feedback_incorrect
    )
    return [text for text in (by_result, question.general_feedback) if text != NO_TEXT]


def _verdict(fraction: Decimal, *, is_blank: bool) -> tuple[str, str]:
    if is_blank:
        return "none", _("Not answered")
    if fraction == 1:
        return "valid", _("Right")
    if fraction > ZERO:
        return "soon", _("Partly right")
    return "danger", _("Wrong")
