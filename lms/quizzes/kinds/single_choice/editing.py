"""How an author writes it: fields in, body out."""

from lms.kernel.messages import Message
from lms.quizzes.kinds.choices import Choice
from lms.quizzes.kinds.drafts import Draft, Fields, shown_share, text_fields, ticked
from lms.quizzes.kinds.kind import (
    Editing,
    body_of,
)
from lms.quizzes.kinds.single_choice.values import SingleChoice
from lms.quizzes.values import (
    ONE,
    ZERO,
    Question,
)


class SingleChoiceEditing(Editing):
    """The fields of its form."""

    def blank_fields(self) -> Fields:
        """Return four spare choices."""
        return {**{f"choice-{row}-text": "" for row in range(4)}, **ticked("shuffle", holds=True)}

    def fields_of(self, question: Question) -> Fields:
        """Return a row for each choice; the first that is worth everything is the one marked right."""
        body, right = body_of(question, SingleChoice), body_of(question, SingleChoice).right
        fields = {"right": str(body.choices.index(right)), **ticked("shuffle", holds=body.shuffle)}
        for row, choice in enumerate(body.choices):
            fields |= {
                f"choice-{row}-key": choice.key,
                **text_fields(f"choice-{row}-text", choice.text),
                **text_fields(f"choice-{row}-feedback", choice.feedback),
                f"choice-{row}-credit": "" if choice is right else shown_share(choice.weight, blank=ZERO),
                **ticked(f"choice-{row}-fixed", holds=choice.key in body.fixed),
            }
        return fields

    def parse_body(self, fields: Fields) -> SingleChoice:
        """Read the rows; the one marked right is worth everything, whatever credit stands beside it."""
        draft = Draft(fields)
        rows = draft.rows("choice", "text", "feedback")
        keys = draft.keys("choice", rows)
        choices = tuple(
            Choice(
                keys[row],
                draft.text(f"choice-{row}-text", required=Message("Write the choice, or remove it.")),
                ONE if draft.word("right") == str(row) else draft.share(f"choice-{row}-credit", blank=ZERO),
                draft.text(f"choice-{row}-feedback"),
            )
            for row in rows
        )
        if len(rows) >= 2 and all(choice.weight != ONE for choice in choices):  # noqa: PLR2004  as the body asks
            draft.refuse("choices", Message("Mark the choice that is right."))
        fixed = tuple(keys[row] for row in rows if draft.is_ticked(f"choice-{row}-fixed"))
        return draft.whole("choices", lambda: SingleChoice(choices, draft.is_ticked("shuffle"), fixed))
