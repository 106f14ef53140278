"""Numeric: a number within a tolerance, in a unit if one is asked for."""

from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import partial
from typing import Final

from lms.kernel.messages import Message
from lms.quizzes.kinds.drafts import Draft, Fields, shown_number, shown_share, text_fields
from lms.quizzes.kinds.kind import Form, body_of, one_value, own
from lms.quizzes.kinds.numbers import find_unit, read_number
from lms.quizzes.values import (
    NO_TEXT,
    ONE,
    ZERO,
    Grade,
    Interaction,
    Numeric,
    NumericAnswer,
    NumericResponse,
    PartGrade,
    Question,
    QuestionType,
    Response,
    ReviewLine,
    Text,
    TextFormat,
    Unit,
    UnitRule,
)

# Enough for the product of any number that can be typed and any multiplier: comparisons are exact.
PRECISION: Final = 400

ANY_NUMBER: Final = "*"
"""What stands for every number, as in Moodle."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """A response as numbers; ``unit_cost`` is the share of the grade that its unit costs."""

    numbers: tuple[Decimal, ...]
    unit: Unit | None
    unit_cost: Decimal = ZERO


class NumericKind:
    """Grades by the first answer whose range, ends included, holds the number."""

    type = QuestionType.NUMERIC

    def grade(self, question: Question, response: Response) -> Grade:
        """Return the weight of the answer, less what a unit that is missing or unknown costs."""
        body, reading = body_of(question, Numeric), self._read(question, response)
        if reading is None:
            return Grade(ZERO)
        matched = [found for number in reading.numbers if (found := _answer_for(body, number, reading.unit))]
        if not matched:
            return Grade(ZERO)
        best = max(matched, key=lambda answer: answer.weight)
        earned = best.weight
        if earned > ZERO:
            earned -= earned * reading.unit_cost
        return Grade(earned, (PartGrade(best.key, earned, best.feedback),))

    def parse_response(self, question: Question, form: Form, name: str = "answer") -> NumericResponse:
        """Read the number as it was typed, be it one or not."""
        body_of(question, Numeric)
        return NumericResponse(one_value(form, name))

    def is_complete(self, question: Question, response: Response) -> bool:
        """Return whether a number was typed, with what may stand beside it."""
        return bool(own(response, NumericResponse).text.strip()) and self.remark(question, response) is None

    def remark(self, question: Question, response: Response) -> Message | None:
        """Say that it cannot be read, or that the unit is missing or unknown; never whether it is right."""
        body, text = body_of(question, Numeric), own(response, NumericResponse).text
        if not text.strip():
            return None
        typed = read_number(text)
        if typed is None or (typed.rest and body.unit_rule is UnitRule.NONE):
            return Message("This cannot be read as a number.")
        names = ", ".join(unit.name for unit in body.units)
        if typed.rest and find_unit(typed.rest, body.units) is None:
            return Message("The unit is not one of these: %(units)s.", units=names)
        if not typed.rest and body.unit_rule is UnitRule.REQUIRED:
            return Message("Give the unit too: %(units)s.", units=names)
        return None

    def correct_answer(self, question: Question) -> NumericResponse:
        """Return the first number worth everything, in the base unit if one is asked for."""
        body = body_of(question, Numeric)
        base = next((f" {unit.name}" for unit in body.units if unit.multiplier == ONE), "")
        candidates = [
            NumericResponse(f"{answer.value:f}{base}")
            for answer in body.answers
            if answer.weight == ONE and answer.value is not None
        ]
        return next(
            (found for found in candidates if self.grade(question, found).fraction == ONE), candidates[0]
        )

    def describe_response(self, question: Question, response: Response) -> tuple[ReviewLine, ...]:
        """Return one line."""
        graded, given = self.grade(question, response), own(response, NumericResponse).text
        return (
            ReviewLine(
                NO_TEXT,
                Text(given, TextFormat.PLAIN) if given.strip() else NO_TEXT,
                Text(self.correct_answer(question).text, TextFormat.PLAIN),
                graded.fraction,
                graded.parts[0].feedback if graded.parts else NO_TEXT,
            ),
        )

    def interaction(self, question: Question, response: Response) -> Interaction:
        """Return the number; what is none, or is one of two, as it was typed."""
        body_of(question, Numeric)
        typed = own(response, NumericResponse).text
        read = read_number(typed)
        if read is None or len(read.readings) != 1 or read.rest:
            return Interaction("fill-in", typed)
        return Interaction("numeric", str(read.readings[0]))

    def blank_fields(self) -> Fields:
        """Return one spare answer, and no unit."""
        return {"answer-0-value": "", "unit-rule": UnitRule.NONE.value}

    def fields_of(self, question: Question) -> Fields:
        """Return a row for each answer and for each unit."""
        body = body_of(question, Numeric)
        fields = {
            "unit-rule": body.unit_rule.value,
            "unit-penalty": shown_share(body.unit_penalty, blank=ONE),
        }
        for row, answer in enumerate(body.answers):
            fields |= {
                f"answer-{row}-key": answer.key,
                f"answer-{row}-value": ANY_NUMBER if answer.value is None else shown_number(answer.value),
                f"answer-{row}-tolerance": shown_number(answer.tolerance) if answer.tolerance else "",
                f"answer-{row}-credit": shown_share(answer.weight, blank=ONE),
                **text_fields(f"answer-{row}-feedback", answer.feedback),
            }
        for row, unit in enumerate(body.units):
            fields |= {f"unit-{row}-name": unit.name, f"unit-{row}-multiplier": shown_number(unit.multiplier)}
        return fields

    def parse_body(self, fields: Fields) -> Numeric:
        """Read the rows; without a unit rule, units that stand there still are left out."""
        draft = Draft(fields)
        rule = next((one for one in UnitRule if one.value == draft.word("unit-rule")), UnitRule.NONE)
        answers, units = self._answers(draft), self._units(draft) if rule is not UnitRule.NONE else ()
        if rule is not UnitRule.NONE and not units:
            draft.refuse("units", Message("Name the units, or ask for none."))
        penalty = draft.share("unit-penalty", blank=ONE) if rule is UnitRule.REQUIRED else ONE
        return draft.whole("answers", lambda: Numeric(answers, units, rule, penalty))

    def _answers(self, draft: Draft) -> tuple[NumericAnswer, ...]:
        rows = draft.rows("answer", "value", "tolerance", "feedback", "credit")
        keys = draft.keys("answer", rows)
        if not rows:
            draft.refuse("answers", Message("Give the number that is right."))
        made = [
            draft.part(f"answer-{row}-value", partial(self._answer, draft, row, keys[row])) for row in rows
        ]
        return tuple(one for one in made if one is not None)

    def _answer(self, draft: Draft, row: int, key: str) -> NumericAnswer:
        name = f"answer-{row}"
        is_any = draft.word(f"{name}-value") == ANY_NUMBER
        return NumericAnswer(
            key,
            None if is_any else draft.number(f"{name}-value"),
            draft.number(f"{name}-tolerance", blank=ZERO),
            draft.share(f"{name}-credit", blank=ONE),
            draft.text(f"{name}-feedback"),
        )

    def _units(self, draft: Draft) -> tuple[Unit, ...]:
        made = [
            draft.part(
                f"unit-{row}-name",
                partial(
                    Unit, draft.word(f"unit-{row}-name"), draft.number(f"unit-{row}-multiplier", blank=ONE)
                ),
            )
            for row in draft.rows("unit", "name", "multiplier")
        ]
        return tuple(one for one in made if one is not None)

    def _read(self, question: Question, response: Response) -> _Reading | None:
        """Return the response as numbers, or None if nothing can be earned with it."""
        body, typed = body_of(question, Numeric), read_number(own(response, NumericResponse).text)
        if typed is None:
            return None
        unit = find_unit(typed.rest, body.units) if typed.rest else None
        if unit is not None or (not typed.rest and body.unit_rule is not UnitRule.REQUIRED):
            return _Reading(typed.readings, unit)
        if body.unit_rule is UnitRule.REQUIRED:
            return _Reading(typed.readings, None, body.unit_penalty)
        return None


def _answer_for(body: Numeric, number: Decimal, unit: Unit | None) -> NumericAnswer | None:
    """Return the first answer that holds a number of this unit; multiplied out, since a division could round."""
    multiplier = unit.multiplier if unit else ONE
    with localcontext(prec=PRECISION):
        for answer in body.answers:
            if answer.value is None:
                return answer
            if abs(number - answer.value * multiplier) <= answer.tolerance * abs(multiplier):
                return answer
    return None
