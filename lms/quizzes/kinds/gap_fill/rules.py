"""Gap fill: each gap by the rules of its way, and all of them by their weights."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from lms.kernel.messages import Message
from lms.quizzes.kinds.gap_fill.values import Gap, GapFill, GapFillResponse, GapWay
from lms.quizzes.kinds.kind import (
    Form,
    Rules,
    body_of,
    one_of,
    one_value,
    own,
)
from lms.quizzes.values import (
    NO_TEXT,
    ONE,
    ZERO,
    Grade,
    Interaction,
    PartGrade,
    Question,
    Response,
    ReviewLine,
    Text,
    TextFormat,
)


@dataclass(frozen=True, slots=True)
class _Filled:
    """What a gap was filled with, in words, what of the gap that earns, and what is said of it."""

    words: str
    fraction: Decimal = ZERO
    feedback: Text = NO_TEXT


class GapFillRules(Rules):
    """Grades by the share that the filled gaps earn of all weights."""

    def grade(self, question: Question, response: Response) -> Grade:
        """Return the share, exactly 1 when all are right."""
        body, given = body_of(question, GapFill), dict(own(response, GapFillResponse).filled)
        total = sum(gap.weight for gap in body.gaps)
        earned = {
            gap: filled
            for gap in body.gaps
            if (filled := _filled(body, gap, given.get(gap.key, ""))) is not None
        }
        wrong = {gap for gap, filled in earned.items() if filled.fraction == ZERO}
        parts = tuple(
            PartGrade(
                gap.key,
                -body.wrong_costs if gap in wrong else filled.fraction * gap.weight / total,
                filled.feedback,
            )
            for gap, filled in earned.items()
        )
        share = sum((filled.fraction * gap.weight for gap, filled in earned.items()), ZERO) / total
        least = ZERO if body.wrong_costs else -ONE
        return Grade(max(least, min(ONE, share - body.wrong_costs * len(wrong))), parts)

    def parse_response(self, question: Question, form: Form, name: str = "answer") -> GapFillResponse:
        """Read one field per gap, ``answer-GAP``: the key of a choice or a word, or what was typed."""
        body = body_of(question, GapFill)
        given = [(gap.key, _read(body, gap, form, f"{name}-{gap.key}")) for gap in body.gaps]
        return GapFillResponse(tuple((key, value) for key, value in given if value.strip()))

    def is_complete(self, question: Question, response: Response) -> bool:
        """Return whether every gap is filled with what can be read."""
        return not self._open(question, response) and self._fault(question, response) is None

    def remark(self, question: Question, response: Response) -> Message | None:
        """Say what cannot be read, or which gaps are still open once any is not."""
        if fault := self._fault(question, response):
            return fault
        left = self._open(question, response)
        if not left or len(left) == len(body_of(question, GapFill).gaps):
            return None
        return Message("Still open: gap %(gaps)s.", gaps=", ".join(left))

    def correct_answer(self, question: Question) -> GapFillResponse:
        """Return every gap with what fills it."""
        return GapFillResponse(tuple((gap.key, _right(gap)) for gap in body_of(question, GapFill).gaps))

    def describe_response(self, question: Question, response: Response) -> tuple[ReviewLine, ...]:
        """Return a line per gap."""
        body, given = body_of(question, GapFill), dict(own(response, GapFillResponse).filled)
        return tuple(self._line(body, gap, given.get(gap.key, "")) for gap in body.gaps)

    def interaction(self, question: Question, response: Response) -> Interaction:
        """Return what stands in the gaps, in their order (xAPI 1.0.3, fill-in: parts separated by ``[,]``)."""
        body, given = body_of(question, GapFill), dict(own(response, GapFillResponse).filled)
        if not given:
            return Interaction("fill-in", "")
        words = [_filled(body, gap, given.get(gap.key, "")) for gap in body.gaps]
        return Interaction("fill-in", "[,]".join(one.words if one else "" for one in words))

    def answer_keys(self, question: Question) -> frozenset[tuple[str, ...]]:
        """Return the gaps, how each is filled, and what it may be filled with."""
        body = body_of(question, GapFill)
        gaps = {(gap.key, gap.way.value) for gap in body.gaps}
        words = {("", "bank", word.key) for word in body.bank}
        return frozenset(
            {*gaps, *words, *((gap.key, "choice", one.key) for gap in body.gaps for one in gap.choices)}
        )

    def _line(self, body: GapFill, gap: Gap, given: str) -> ReviewLine:
        filled = _filled(body, gap, given)
        right = _filled(body, gap, _right(gap))
        return ReviewLine(
            Text(Message("Gap %(number)s", number=gap.key), TextFormat.PLAIN),
            Text(filled.words, TextFormat.PLAIN) if filled else NO_TEXT,
            Text(right.words, TextFormat.PLAIN) if right else NO_TEXT,
            filled.fraction if filled else ZERO,
            filled.feedback if filled else NO_TEXT,
        )

    def _open(self, question: Question, response: Response) -> list[str]:
        given = dict(own(response, GapFillResponse).filled)
        return [gap.key for gap in body_of(question, GapFill).gaps if not given.get(gap.key, "").strip()]

    def _fault(self, question: Question, response: Response) -> Message | None:
        body, given = body_of(question, GapFill), dict(own(response, GapFillResponse).filled)
        for gap in body.gaps:
            if gap.numbers and (said := gap.numbers.remark(given.get(gap.key, ""))):
                return Message("Gap %(number)s: %(said)s", number=gap.key, said=said)
        if body.reuse:
            return None
        used = Counter(given[gap.key] for gap in body.gaps if gap.way is GapWay.DRAG and gap.key in given)
        twice = next((word for word in body.bank if used[word.key] > 1), None)
        return Message("“%(word)s” stands in more than one gap.", word=twice.text) if twice else None


def _read(body: GapFill, gap: Gap, form: Form, field: str) -> str:
    match gap.way:
        case GapWay.PICK:
            return one_of(form, field, [choice.key for choice in gap.choices])
        case GapWay.DRAG:
            return one_of(form, field, [word.key for word in body.bank])
        case GapWay.TYPE | GapWay.NUMBER:
            return one_value(form, field)


def _right(gap: Gap) -> str:
    """Return what fills a gap rightly, as a response holds it."""
    if gap.words:
        return gap.words.right()
    if gap.numbers:
        return gap.numbers.right()
    return gap.word or next(choice.key for choice in gap.choices if choice.weight == ONE)


def _filled(body: GapFill, gap: Gap, given: str) -> _Filled | None:
    """Return what fills a gap; None while nothing does."""
    if not given.strip():
        return None
    if gap.words:
        answer = gap.words.matched(given)
        return _Filled(given, answer.weight if answer else ZERO, (answer and answer.feedback) or gap.feedback)
    if gap.numbers:
        earned, number = gap.numbers.matched(given) or (ZERO, None)
        return _Filled(given, earned, (number and number.feedback) or gap.feedback)
    if gap.way is GapWay.PICK:
        choice = next((one for one in gap.choices if one.key == given), None)
        return _Filled(choice.text, choice.weight, choice.feedback or gap.feedback) if choice else None
    word = next((one for one in body.bank if one.key == given), None)
    return _Filled(word.text, ONE if word.key == gap.word else ZERO, gap.feedback) if word else None
