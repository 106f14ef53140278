"""Single choice: one of several, each with its weight."""

from lms.kernel.messages import Message
from lms.quizzes.kinds.drafts import Draft, Fields, shown_share, text_fields, ticked
from lms.quizzes.kinds.kind import Form, SpeaksForItself, body_of, one_of, own
from lms.quizzes.values import (
    NO_TEXT,
    ONE,
    ZERO,
    Choice,
    Grade,
    Interaction,
    PartGrade,
    Question,
    QuestionType,
    Response,
    ReviewLine,
    SingleChoice,
    SingleChoiceResponse,
)


class SingleChoiceKind(SpeaksForItself):
    """Grades by the weight of the choice that was picked."""

    type = QuestionType.SINGLE_CHOICE

    def grade(self, question: Question, response: Response) -> Grade:
        """Return the weight of the choice."""
        picked = self._picked(question, response)
        if picked is None:
            return Grade(ZERO)
        return Grade(picked.weight, (PartGrade(picked.key, picked.weight, picked.feedback),))

    def parse_response(self, question: Question, form: Form, name: str = "answer") -> SingleChoiceResponse:
        """Read one key."""
        keys = [choice.key for choice in body_of(question, SingleChoice).choices]
        return SingleChoiceResponse(one_of(form, name, keys))

    def is_complete(self, question: Question, response: Response) -> bool:
        """Return whether a choice was picked."""
        return self._picked(question, response) is not None

    def correct_answer(self, question: Question) -> SingleChoiceResponse:
        """Return the first choice that is worth everything."""
        return SingleChoiceResponse(self._right(question).key)

    def describe_response(self, question: Question, response: Response) -> tuple[ReviewLine, ...]:
        """Return one line: the choice picked and the right one."""
        picked = self._picked(question, response)
        right = self._right(question).text
        if picked is None:
            return (ReviewLine(NO_TEXT, NO_TEXT, right, ZERO),)
        expected = picked.text if picked.weight == ONE else right
        return (ReviewLine(NO_TEXT, picked.text, expected, picked.weight, picked.feedback),)

    def interaction(self, question: Question, response: Response) -> Interaction:
        """Return the key picked, among the choices."""
        choices = tuple((choice.key, choice.text) for choice in body_of(question, SingleChoice).choices)
        return Interaction("choice", own(response, SingleChoiceResponse).key, {"choices": choices})

    def blank_fields(self) -> Fields:
        """Return four spare choices."""
        return {**{f"choice-{row}-text": "" for row in range(4)}, **ticked("shuffle", holds=True)}

    def fields_of(self, question: Question) -> Fields:
        """Return a row for each choice; the first that is worth everything is the one marked right."""
        body, right = body_of(question, SingleChoice), self._right(question)
        fields = {"right": str(body.choices.index(right)), **ticked("shuffle", holds=body.shuffle)}
        for row, choice in enumerate(body.choices):
            fields |= {
                f"choice-{row}-key": choice.key,
                **text_fields(f"choice-{row}-text", choice.text),
                **text_fields(f"choice-{row}-feedback", choice.feedback),
                f"choice-{row}-credit": "" if choice is right else shown_share(choice.weight, blank=ZERO),
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
        return draft.whole("choices", lambda: SingleChoice(choices, draft.is_ticked("shuffle")))

    def _picked(self, question: Question, response: Response) -> Choice | None:
        key = own(response, SingleChoiceResponse).key
        return next((choice for choice in body_of(question, SingleChoice).choices if choice.key == key), None)

    def _right(self, question: Question) -> Choice:
        return next(choice for choice in body_of(question, SingleChoice).choices if choice.weight == ONE)
