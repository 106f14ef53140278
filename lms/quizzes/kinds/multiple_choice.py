"""Multiple choice: any number of several, whose weights add up."""

from decimal import Decimal
from typing import Final

from lms.kernel.messages import Message
from lms.quizzes.kinds.drafts import Draft, Fields, shown_share, text_fields, ticked
from lms.quizzes.kinds.kind import Form, SpeaksForItself, body_of, own, refused, unknown_choice
from lms.quizzes.values import (
    NO_TEXT,
    ONE,
    ZERO,
    Choice,
    Grade,
    Interaction,
    MultipleChoice,
    MultipleChoiceResponse,
    PartGrade,
    Question,
    QuestionType,
    Response,
    ReviewLine,
)

SHARE_PLACES: Final = Decimal("0.0000001")
"""As many as Moodle writes thirds with (33.33333 %)."""


class MultipleChoiceKind(SpeaksForItself):
    """Grades by the sum of the weights of what was ticked."""

    type = QuestionType.MULTIPLE_CHOICE

    def grade(self, question: Question, response: Response) -> Grade:
        """Return the sum, from -1 to 1; exactly 1 for all that is right and nothing else, whatever thirds add up to."""
        ticked = self._ticked(question, response)
        parts = tuple(PartGrade(choice.key, choice.weight, choice.feedback) for choice in ticked)
        if ticked and {choice.key for choice in ticked} == {choice.key for choice in self._right(question)}:
            return Grade(ONE, parts)
        total = sum((choice.weight for choice in ticked), ZERO)
        return Grade(max(-ONE, min(ONE, total)), parts)

    def parse_response(self, question: Question, form: Form, name: str = "answer") -> MultipleChoiceResponse:
        """Read any number of keys."""
        sent = {key for key in form.get(name, ()) if key}
        keys = [choice.key for choice in body_of(question, MultipleChoice).choices]
        if not sent <= set(keys):
            raise refused(name, unknown_choice())
        return MultipleChoiceResponse(tuple(key for key in keys if key in sent))

    def is_complete(self, question: Question, response: Response) -> bool:
        """Return whether anything was ticked."""
        return bool(self._ticked(question, response))

    def correct_answer(self, question: Question) -> MultipleChoiceResponse:
        """Return every choice that earns something."""
        return MultipleChoiceResponse(tuple(choice.key for choice in self._right(question)))

    def describe_response(self, question: Question, response: Response) -> tuple[ReviewLine, ...]:
        """Return a line for each choice that was ticked or should have been."""
        ticked = {choice.key for choice in self._ticked(question, response)}
        return tuple(
            ReviewLine(
                NO_TEXT,
                choice.text if choice.key in ticked else NO_TEXT,
                choice.text if choice.weight > ZERO else NO_TEXT,
                choice.weight if choice.key in ticked else ZERO,
                choice.feedback if choice.key in ticked else NO_TEXT,
            )
            for choice in body_of(question, MultipleChoice).choices
            if choice.key in ticked or choice.weight > ZERO
        )

    def interaction(self, question: Question, response: Response) -> Interaction:
        """Return the keys ticked, among the choices."""
        choices = tuple((choice.key, choice.text) for choice in body_of(question, MultipleChoice).choices)
        ticked_keys = own(response, MultipleChoiceResponse).keys
        return Interaction("choice", "[,]".join(ticked_keys), {"choices": choices})

    def blank_fields(self) -> Fields:
        """Return four spare choices; a wrong tick costs, or ticking everything would earn everything."""
        blank = {f"choice-{row}-text": "" for row in range(4)}
        return {**blank, **ticked("costs", holds=True), **ticked("shuffle", holds=True)}

    def fields_of(self, question: Question) -> Fields:
        """Return a row for each choice; credit is shown where it is not the even share."""
        body, right = body_of(question, MultipleChoice), self._right(question)
        share = _share(len(right))
        wrong = [choice for choice in body.choices if choice.weight <= ZERO]
        costs = bool(wrong) and all(choice.weight == -share for choice in wrong)
        fields = {**ticked("costs", holds=costs), **ticked("shuffle", holds=body.shuffle)}
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
        share = _share(len(right))
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
        return draft.whole("choices", lambda: MultipleChoice(choices, draft.is_ticked("shuffle")))

    def _ticked(self, question: Question, response: Response) -> list[Choice]:
        keys = set(own(response, MultipleChoiceResponse).keys)
        return [choice for choice in body_of(question, MultipleChoice).choices if choice.key in keys]

    def _right(self, question: Question) -> list[Choice]:
        return [choice for choice in body_of(question, MultipleChoice).choices if choice.weight > ZERO]


def _share(count: int) -> Decimal:
    """Return what each of so many right choices earns."""
    return (ONE / count).quantize(SHARE_PLACES).normalize() if count else ZERO
