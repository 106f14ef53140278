"""Multiple choice: any number of several, whose weights add up."""

from collections.abc import Collection

from lms.kernel.messages import Message
from lms.quizzes.kinds.choices import Choice
from lms.quizzes.kinds.kind import (
    Form,
    Rules,
    body_of,
    own,
    refused,
    unknown_choice,
)
from lms.quizzes.kinds.multiple_choice.values import ChoiceGrading, MultipleChoice, MultipleChoiceResponse
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


class MultipleChoiceRules(Rules):
    """Grades by the sum of the weights of what was ticked."""

    def grade(self, question: Question, response: Response) -> Grade:
        """Return the sum, from -1 to 1; exactly 1 for all that is right and nothing else, whatever thirds add up to.

        Where only all of it earns, anything else is 0.
        """
        ticked = self._ticked(question, response)
        parts = tuple(PartGrade(choice.key, choice.weight, choice.feedback) for choice in ticked)
        keys = {choice.key for choice in ticked}
        if ticked and keys == {choice.key for choice in body_of(question, MultipleChoice).right}:
            return Grade(ONE, parts)
        if self._is_also_right(question, keys):
            share = ONE / len(ticked)
            return Grade(ONE, tuple(PartGrade(part.key, share, part.feedback) for part in parts))
        grading = body_of(question, MultipleChoice).grading
        if grading is ChoiceGrading.ALL:
            return Grade(ZERO, tuple(PartGrade(part.key, ZERO, part.feedback) for part in parts))
        total = sum((choice.weight for choice in ticked), ZERO)
        least = ZERO if grading is ChoiceGrading.NEVER_BELOW else -ONE
        return Grade(max(least, min(ONE, total)), parts)

    def parse_response(self, question: Question, form: Form, name: str = "answer") -> MultipleChoiceResponse:
        """Read any number of keys."""
        sent = {key for key in form.get(name, ()) if key}
        body = body_of(question, MultipleChoice)
        keys = [choice.key for choice in body.choices]
        if not sent <= set(keys):
            raise refused(name, unknown_choice())
        if body.most and len(sent) > body.most:
            raise refused(name, Message("Choose at most %(most)s.", most=body.most))
        return MultipleChoiceResponse(tuple(key for key in keys if key in sent))

    def is_complete(self, question: Question, response: Response) -> bool:
        """Return whether anything was ticked."""
        return bool(self._ticked(question, response))

    def correct_answer(self, question: Question) -> MultipleChoiceResponse:
        """Return every choice that earns something."""
        return MultipleChoiceResponse(tuple(choice.key for choice in body_of(question, MultipleChoice).right))

    def describe_response(self, question: Question, response: Response) -> tuple[ReviewLine, ...]:
        """Return a line for each choice that was ticked or should have been."""
        body, graded = body_of(question, MultipleChoice), self.grade(question, response)
        ticked = {choice.key for choice in self._ticked(question, response)}
        is_other = self._is_also_right(question, ticked)
        right = ticked if is_other else {choice.key for choice in body.right}
        earned = {part.key: part.fraction for part in graded.parts} if is_other else {}
        return tuple(
            ReviewLine(
                NO_TEXT,
                choice.text if choice.key in ticked else NO_TEXT,
                choice.text if choice.key in right else NO_TEXT,
                earned.get(choice.key, choice.weight) if choice.key in ticked else ZERO,
                choice.feedback if choice.key in ticked else NO_TEXT,
            )
            for choice in body.choices
            if choice.key in ticked or choice.key in right
        )

    def interaction(self, question: Question, response: Response) -> Interaction:
        """Return the keys ticked, among the choices."""
        choices = tuple((choice.key, choice.text) for choice in body_of(question, MultipleChoice).choices)
        ticked_keys = own(response, MultipleChoiceResponse).keys
        return Interaction("choice", "[,]".join(ticked_keys), {"choices": choices})

    def _is_also_right(self, question: Question, keys: Collection[str]) -> bool:
        return any(set(one) == set(keys) for one in body_of(question, MultipleChoice).also)

    def _ticked(self, question: Question, response: Response) -> list[Choice]:
        keys = set(own(response, MultipleChoiceResponse).keys)
        return [choice for choice in body_of(question, MultipleChoice).choices if choice.key in keys]
