"""What chosen words earn: the weight of the one, or the sum of several."""

from collections.abc import Mapping

from lms.kernel.messages import Message
from lms.quizzes.kinds.kind import Form, Rules, body_of, own, refused, unknown_choice
from lms.quizzes.kinds.marked_words.values import MarkedWord, MarkedWords, MarkedWordsResponse, marked_in
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


class MarkedWordsRules(Rules):
    """Grades by the weights of what was chosen."""

    def grade(self, question: Question, response: Response) -> Grade:
        """Return the sum, from 0 to 1 of several and as it is of one; exactly 1 for all that is right and no other."""
        body, chosen = body_of(question, MarkedWords), self._chosen(question, response)
        parts = tuple(PartGrade(word.key, word.weight, word.feedback) for word in chosen)
        if body.takes_several and chosen and tuple(chosen) == body.right:
            return Grade(ONE, parts)
        total = sum((word.weight for word in chosen), ZERO)
        return Grade(max(ZERO if body.takes_several else -ONE, min(ONE, total)), parts)

    def parse_response(self, question: Question, form: Form, name: str = "answer") -> MarkedWordsResponse:
        """Read the keys: one, or any number where several may be chosen."""
        body = body_of(question, MarkedWords)
        sent = {key for key in form.get(name, ()) if key}
        if not sent <= {word.key for word in body.words}:
            raise refused(name, unknown_choice())
        if len(sent) > 1 and not body.takes_several:
            raise refused(name, Message("The answer was sent more than once."))
        return MarkedWordsResponse(tuple(word.key for word in body.words if word.key in sent))

    def is_complete(self, question: Question, response: Response) -> bool:
        """Return whether anything was chosen."""
        return bool(self._chosen(question, response))

    def correct_answer(self, question: Question) -> MarkedWordsResponse:
        """Return every word that earns something; where but one may be chosen, the first that is worth everything."""
        body = body_of(question, MarkedWords)
        if body.takes_several:
            return MarkedWordsResponse(tuple(word.key for word in body.right))
        return MarkedWordsResponse((next(word.key for word in body.words if word.weight == ONE),))

    def describe_response(self, question: Question, response: Response) -> tuple[ReviewLine, ...]:
        """Return a line for each word that was chosen or should have been; of one, that one beside the right one."""
        body, texts = body_of(question, MarkedWords), self._texts(question)
        chosen = self._chosen(question, response)
        if not body.takes_several:
            right = texts[self.correct_answer(question).keys[0]]
            if not chosen:
                return (ReviewLine(NO_TEXT, NO_TEXT, right, ZERO),)
            picked = chosen[0]
            expected = texts[picked.key] if picked.weight == ONE else right
            return (ReviewLine(NO_TEXT, texts[picked.key], expected, picked.weight, picked.feedback),)
        return tuple(
            ReviewLine(
                NO_TEXT,
                texts[word.key] if word in chosen else NO_TEXT,
                texts[word.key] if word in body.right else NO_TEXT,
                word.weight if word in chosen else ZERO,
                word.feedback if word in chosen else NO_TEXT,
            )
            for word in body.words
            if word in chosen or word in body.right
        )

    def interaction(self, question: Question, response: Response) -> Interaction:
        """Return the keys chosen, among the words."""
        keys = own(response, MarkedWordsResponse).keys
        return Interaction("choice", "[,]".join(keys), {"choices": tuple(self._texts(question).items())})

    def _chosen(self, question: Question, response: Response) -> list[MarkedWord]:
        keys = set(own(response, MarkedWordsResponse).keys)
        return [word for word in body_of(question, MarkedWords).words if word.key in keys]

    def _texts(self, question: Question) -> Mapping[str, Text]:
        words = zip(body_of(question, MarkedWords).words, marked_in(question.stem), strict=True)
        return {word.key: Text(said, TextFormat.PLAIN) for word, said in words}
