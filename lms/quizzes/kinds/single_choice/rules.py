"""Single choice: one of several, each with its weight."""

from lms.quizzes.kinds.choices import Choice
from lms.quizzes.kinds.kind import (
    Form,
    Rules,
    body_of,
    one_of,
    own,
)
from lms.quizzes.kinds.single_choice.values import SingleChoice, SingleChoiceResponse
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
)


class SingleChoiceRules(Rules):
    """Grades by the weight of the choice that was picked."""

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
        return SingleChoiceResponse(body_of(question, SingleChoice).right.key)

    def describe_response(self, question: Question, response: Response) -> tuple[ReviewLine, ...]:
        """Return one line: the choice picked and the right one."""
        picked = self._picked(question, response)
        right = body_of(question, SingleChoice).right.text
        if picked is None:
            return (ReviewLine(NO_TEXT, NO_TEXT, right, ZERO),)
        expected = picked.text if picked.weight == ONE else right
        return (ReviewLine(NO_TEXT, picked.text, expected, picked.weight, picked.feedback),)

    def interaction(self, question: Question, response: Response) -> Interaction:
        """Return the key picked, among the choices."""
        choices = tuple((choice.key, choice.text) for choice in body_of(question, SingleChoice).choices)
        return Interaction("choice", own(response, SingleChoiceResponse).key, {"choices": choices})

    def _picked(self, question: Question, response: Response) -> Choice | None:
        key = own(response, SingleChoiceResponse).key
        return next((choice for choice in body_of(question, SingleChoice).choices if choice.key == key), None)
