"""The rows of accepted numbers and their units in an author's form."""

from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import Final, TypeVar

from lms.kernel.messages import Message
from lms.quizzes.kinds.amounts import Numbers, NumericAnswer, ToleranceRule, Unit, UnitRule
from lms.quizzes.kinds.drafts import Draft, Fields, shown_number, shown_share, text_fields
from lms.quizzes.values import ONE, ZERO

HUNDRED: Final = Decimal(100)
ANY_NUMBER: Final = "*"
"""What stands for every number, as in Moodle."""

_Numbers = TypeVar("_Numbers", bound=Numbers)


def fields_of_numbers(numbers: Numbers, at: str = "") -> Fields:
    """Return a row for each answer and for each unit; `at` is what the names of the fields begin with."""
    fields = {
        f"{at}unit-rule": numbers.unit_rule.value,
        f"{at}tolerance-rule": numbers.tolerance_rule.value,
        f"{at}unit-penalty": shown_share(numbers.unit_penalty, blank=ONE),
    }
    shown = HUNDRED if numbers.tolerance_rule is ToleranceRule.RELATIVE else ONE
    for row, answer in enumerate(numbers.answers):
        name = f"{at}answer-{row}"
        fields |= {
            f"{name}-key": answer.key,
            f"{name}-value": ANY_NUMBER if answer.value is None else shown_number(answer.value),
            f"{name}-tolerance": shown_number(answer.tolerance * shown) if answer.tolerance else "",
            f"{name}-credit": shown_share(answer.weight, blank=ONE),
            **text_fields(f"{name}-feedback", answer.feedback),
        }
    for row, unit in enumerate(numbers.units):
        fields |= {
            f"{at}unit-{row}-name": unit.name,
            f"{at}unit-{row}-multiplier": shown_number(unit.multiplier),
        }
    return fields


def numbers_in(draft: Draft, kind: type[_Numbers], at: str = "") -> _Numbers | None:
    """Return the accepted numbers of a form; None, with what is wrong by field, where they make none.

    Without a unit rule, units that stand there still are left out.
    """
    before = len(draft.faults)
    rule = next((one for one in UnitRule if one.value == draft.word(f"{at}unit-rule")), UnitRule.NONE)
    tolerance = next(
        (one for one in ToleranceRule if one.value == draft.word(f"{at}tolerance-rule")),
        ToleranceRule.ABSOLUTE,
    )
    answers = _answers(draft, at, HUNDRED if tolerance is ToleranceRule.RELATIVE else ONE)
    units = _units(draft, at) if rule is not UnitRule.NONE else ()
    if rule is not UnitRule.NONE and not units:
        draft.refuse(f"{at}units", Message("Name the units, or ask for none."))
    penalty = draft.share(f"{at}unit-penalty", blank=ONE) if rule is UnitRule.REQUIRED else ONE
    if len(draft.faults) > before:
        return None
    return draft.part(f"{at}answers", lambda: kind(answers, units, rule, penalty, tolerance))


def number_addresses(fields: Fields, at: str = "", path: str = "") -> Mapping[str, str]:
    """Return where the numbers and tolerances of a form stand in the body, by field, for those that a formula may give.

    A tolerance in per cent is none of them: what is typed is not what is kept.
    """
    draft = Draft(fields)
    rows = draft.rows(f"{at}answer", "value", "tolerance", "feedback", "credit")
    keys = draft.keys(f"{at}answer", rows)
    parts = (
        ["value"] if draft.word(f"{at}tolerance-rule") == ToleranceRule.RELATIVE else ["value", "tolerance"]
    )
    return {f"{at}answer-{row}-{part}": f"{path}answers.{keys[row]}.{part}" for row in rows for part in parts}


def _answers(draft: Draft, at: str, shown: Decimal) -> tuple[NumericAnswer, ...]:
    rows = draft.rows(f"{at}answer", "value", "tolerance", "feedback", "credit")
    keys = draft.keys(f"{at}answer", rows)
    if not rows:
        draft.refuse(f"{at}answers", Message("Give the number that is right."))
    made = [
        draft.part(f"{at}answer-{row}-value", partial(_answer, draft, f"{at}answer-{row}", keys[row], shown))
        for row in rows
    ]
    return tuple(one for one in made if one is not None)


def _answer(draft: Draft, name: str, key: str, shown: Decimal) -> NumericAnswer:
    is_any = draft.word(f"{name}-value") == ANY_NUMBER
    return NumericAnswer(
        key,
        None if is_any else draft.number(f"{name}-value"),
        draft.number(f"{name}-tolerance", blank=ZERO) / shown,
        draft.share(f"{name}-credit", blank=ONE),
        draft.text(f"{name}-feedback"),
    )


def _units(draft: Draft, at: str) -> tuple[Unit, ...]:
    made = [
        draft.part(
            f"{at}unit-{row}-name",
            partial(
                Unit,
                draft.word(f"{at}unit-{row}-name"),
                draft.number(f"{at}unit-{row}-multiplier", blank=ONE),
            ),
        )
        for row in draft.rows(f"{at}unit", "name", "multiplier")
    ]
    return tuple(one for one in made if one is not None)
