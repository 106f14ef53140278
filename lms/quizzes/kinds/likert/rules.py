"""What was said of each statement; nothing of it is right or wrong."""

from dataclasses import replace

from lms.kernel.messages import Message
from lms.quizzes.kinds.kind import NO_REMARK, Form, Rules, body_of, one_of, own
from lms.quizzes.kinds.likert.values import Likert, LikertResponse
from lms.quizzes.values import NO_TEXT, ZERO, Interaction, Question, Response, ReviewLine, Text, TextFormat


class LikertRules(Rules):
    """Keeps an opinion; it earns nothing."""

    @property
    def is_scored(self) -> bool:
        """Return that it earns nothing."""
        return False

    def parse_response(self, question: Question, form: Form, name: str = "answer") -> LikertResponse:
        """Read one field per statement, ``answer-STATEMENT``, with the key of a point or nothing."""
        body = body_of(question, Likert)
        keys = [point.key for point in body.answers]
        picked = ((one.key, one_of(form, f"{name}-{one.key}", keys)) for one in body.statements)
        return LikertResponse(tuple((key, pick) for key, pick in picked if pick))

    def is_complete(self, question: Question, response: Response) -> bool:
        """Return whether every statement has its answer."""
        return len(own(response, LikertResponse).picks) == len(body_of(question, Likert).statements)

    def remark(self, question: Question, response: Response) -> Message | None:
        """Say how many statements are still open, once any is not."""
        done = len(own(response, LikertResponse).picks)
        left = len(body_of(question, Likert).statements) - done
        return Message("Still open: %(left)s.", left=left) if done and left else NO_REMARK

    def correct_answer(self, question: Question) -> LikertResponse:
        """Return a blank one: there is none."""
        body_of(question, Likert)
        return LikertResponse()

    def describe_response(self, question: Question, response: Response) -> tuple[ReviewLine, ...]:
        """Return a line per statement."""
        body, picks = body_of(question, Likert), dict(own(response, LikertResponse).picks)
        words = {point.key: Text(point.label, TextFormat.PLAIN) for point in body.answers}
        return tuple(
            ReviewLine(one.text, words.get(picks.get(one.key, ""), NO_TEXT), NO_TEXT, ZERO)
            for one in body.statements
        )

    def interactions(self, question: Question, response: Response) -> tuple[Interaction, ...]:
        """Return one for each statement that was answered: a Likert response of xAPI is one point of a scale."""
        picks = dict(own(response, LikertResponse).picks)
        return tuple(
            replace(one, response=picks[one.part]) for one in self.parts(question) if one.part in picks
        )

    def parts(self, question: Question) -> tuple[Interaction, ...]:
        """Return each statement, with its scale."""
        body = body_of(question, Likert)
        scale = tuple((point.key, Text(point.label, TextFormat.PLAIN)) for point in body.answers)
        return tuple(
            Interaction("likert", "", {"scale": scale}, part=one.key, asked=one.text)
            for one in body.statements
        )
