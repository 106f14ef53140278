"""How an author writes it: fields in, body out."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from lms.kernel.messages import Message
from lms.quizzes.kinds.choices import Choice
from lms.quizzes.kinds.drafts import Draft, Fields, rows_of, shown_share, text_fields, ticked
from lms.quizzes.kinds.kind import (
    Editing,
    body_of,
)
from lms.quizzes.kinds.multiple_choice.values import ChoiceGrading, MultipleChoice
from lms.quizzes.values import (
    ONE,
    ZERO,
    Question,
)
from lms.web.numbers import whole_number

SHARE_PLACES: Final = Decimal("0.0000001")
"""As many as Moodle writes thirds with (33.33333 %)."""
NUMBER: Final = re.compile(r"[1-9][0-9]{0,3}", re.ASCII)


class MultipleChoiceEditing(Editing):
    """The fields of its form."""

    def blank_fields(self) -> Fields:
        """Return four spare choices; a wrong tick costs, or ticking everything would earn everything."""
        blank = {f"choice-{row}-text": "" for row in range(4)}
        return {
            **blank,
            **ticked("costs", holds=True),
            "grading": ChoiceGrading.SUM.value,
            **ticked("shuffle", holds=True),
        }

    def fields_of(self, question: Question) -> Fields:
        """Return a row for each choice; credit is shown where it is not the even share."""
        body, right = body_of(question, MultipleChoice), body_of(question, MultipleChoice).right
        share = even_share(len(right))
        wrong = [choice for choice in body.choices if choice.weight <= ZERO]
        costs = bool(wrong) and all(choice.weight == -share for choice in wrong)
        fields = {
            **ticked("costs", holds=costs),
            "grading": body.grading.value,
            **ticked("shuffle", holds=body.shuffle),
            "most": str(body.most or ""),
            "also": _shown_sets(body),
        }
        for row, choice in enumerate(body.choices):
            even = share if choice.weight > ZERO else -share if costs else ZERO
            fields |= {
                f"choice-{row}-key": choice.key,
                **text_fields(f"choice-{row}-text", choice.text),
                **text_fields(f"choice-{row}-feedback", choice.feedback),
                **ticked(f"choice-{row}-right", holds=choice.weight > ZERO),
                f"choice-{row}-credit": shown_share(choice.weight, blank=even),
                **ticked(f"choice-{row}-fixed", holds=choice.key in body.fixed),
            }
        return fields

    def parse_body(self, fields: Fields) -> MultipleChoice:
        """Read the rows; those without a credit of their own share evenly, and cost as much when they are wrong."""
        draft = Draft(fields)
        rows = draft.rows("choice", "text", "feedback")
        keys = draft.keys("choice", rows)
        right = {row for row in rows if draft.is_ticked(f"choice-{row}-right")}
        share = even_share(len(right))
        wrong = -share if draft.is_ticked("costs") else ZERO
        choices = tuple(
            Choice(
                keys[row],
                draft.text(f"choice-{row}-text", required=Message("Write the choice, or remove it.")),
                draft.share(f"choice-{row}-credit", blank=share if row in right else wrong),
                draft.text(f"choice-{row}-feedback"),
            )
            for row in rows
        )
        for row, choice in zip(rows, choices, strict=True):
            if (choice.weight > ZERO) != (row in right) and f"choice-{row}-credit" not in draft.faults:
                draft.refuse(
                    f"choice-{row}-credit",
                    Message("A right choice earns something, and a wrong one nothing or less."),
                )
        if len(rows) >= 2 and not right:  # noqa: PLR2004  as the body asks
            draft.refuse("choices", Message("Tick the choices that are right."))
        grading = next(
            (one for one in ChoiceGrading if one.value == draft.word("grading")), ChoiceGrading.SUM
        )
        fixed = tuple(keys[row] for row in rows if draft.is_ticked(f"choice-{row}-fixed"))
        most, also = whole_number(draft.word("most") or "0"), _sets_in(draft, keys)
        if most is None:
            draft.refuse("most", Message("Give a whole number."))
        return draft.whole(
            "choices",
            lambda: MultipleChoice(choices, draft.is_ticked("shuffle"), grading, fixed, most or 0, also),
        )

    def acted(self, fields: Fields, verb: str, group: str, row: int) -> Fields:
        """Return the fields with the other right combinations counted anew, once a choice was removed."""
        if (verb, group) != ("remove", "choice"):
            return fields
        gone = sum(one < row for one in rows_of(fields, "choice")) + 1

        def counted(found: re.Match[str]) -> str:
            number = int(found[0])
            return "" if number == gone else str(number - (number > gone))

        lines = [NUMBER.sub(counted, line) for line in fields.get("also", "").splitlines()]
        tidy = (", ".join(NUMBER.findall(line)) for line in lines)
        return {**fields, "also": "\n".join(line for line in tidy if line)}


def _shown_sets(body: MultipleChoice) -> str:
    """Return the other right combinations as their field shows them: a line each, with the numbers of its choices."""
    numbers = {choice.key: str(number) for number, choice in enumerate(body.choices, 1)}
    return "\n".join(", ".join(numbers[key] for key in keys) for keys in body.also)


def _sets_in(draft: Draft, keys: Mapping[int, str]) -> tuple[tuple[str, ...], ...]:
    """Return the other right combinations of a form."""
    rows, made = rows_of(draft.fields, "choice"), []
    for line in filter(str.strip, draft.fields.get("also", "").splitlines()):
        numbers = sorted({int(word) for word in NUMBER.findall(line)})
        found = [
            keys[rows[number - 1]] for number in numbers if number <= len(rows) and rows[number - 1] in keys
        ]
        if NUMBER.sub("", line).strip(" ,;\t") or not found or len(found) != len(numbers):
            draft.refuse("also", Message("Write the numbers of choices in each line, such as 1, 3."))
        made.append(tuple(found))
    return tuple(made)


def even_share(count: int) -> Decimal:
    """Return what each of so many right choices earns."""
    return (ONE / count).quantize(SHARE_PLACES).normalize() if count else ZERO
