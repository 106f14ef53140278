"""How an author writes it: fields in, body out."""

from decimal import Decimal
from typing import Final

from lms.kernel.messages import Message
from lms.quizzes.kinds.choices import Choice
from lms.quizzes.kinds.drafts import Draft, Fields, shown_share, text_fields, ticked
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

SHARE_PLACES: Final = Decimal("0.0000001")

"""As many as Moodle writes thirds with (33.33333 %)."""


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
        }
        for row, choice in enumerate(body.choices):
            even = share if choice.weight > ZERO else -share if costs else ZERO
            fields |= {
                f"choice-{row}-key": choice.key,
                **text_fields(f"choice-{row}-text", choice.text),
                **text_fields(f"choice-{row}-feedback", choice.feedback),
                **ticked(f"choice-{row}-right", holds=choice.weight > ZERO),
                f"choice-{row}-credit": shown_share(choice.weight, blank=even),
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
        return draft.whole("choices", lambda: MultipleChoice(choices, draft.is_ticked("shuffle"), grading))


def even_share(count: int) -> Decimal:
    """Return what each of so many right choices earns."""
    return (ONE / count).quantize(SHARE_PLACES).normalize() if count else ZERO
