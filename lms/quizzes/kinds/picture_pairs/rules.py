"""Pairs on a picture: those that were made, against those that are right."""

from lms.kernel.messages import Message
from lms.quizzes.kinds.kind import NO_REMARK, Form, Rules, body_of, own, refused, unknown_choice
from lms.quizzes.kinds.picture_pairs.values import PicturePairs, PicturePairsResponse
from lms.quizzes.kinds.places import Outline, part_of, plain, share_of
from lms.quizzes.values import (
    NO_TEXT,
    ZERO,
    Grade,
    Interaction,
    PartGrade,
    Question,
    Response,
    ReviewLine,
    Text,
)


class PicturePairsRules(Rules):
    """Grades by the share of right pairs, and what a wrong one costs."""

    def grade(self, question: Question, response: Response) -> Grade:
        """Return the share, exactly 1 for the right pairs and no other."""
        body, made = body_of(question, PicturePairs), own(response, PicturePairsResponse).keys
        right, whole = body.right, len(body.pairs)
        hits = sum(key in right for key in made)
        parts = tuple(
            PartGrade(
                key,
                part_of(int(key in right), int(key not in right), whole, body.grading),
                right[key].feedback if key in right else NO_TEXT,
            )
            for key in made
        )
        return Grade(share_of(hits, len(made) - hits, whole, body.grading), parts)

    def parse_response(self, question: Question, form: Form, name: str = "answer") -> PicturePairsResponse:
        """Read any number of pairs."""
        sent = {key for key in form.get(name, ()) if key}
        keys = body_of(question, PicturePairs).all_pairs
        if not sent <= keys.keys():
            raise refused(name, unknown_choice())
        return PicturePairsResponse(tuple(key for key in keys if key in sent))

    def is_complete(self, question: Question, response: Response) -> bool:
        """Return whether any pair was made, and not too many."""
        made = own(response, PicturePairsResponse).keys
        return bool(made) and self.remark(question, response) is NO_REMARK

    def remark(self, question: Question, response: Response) -> Message | None:
        """Say that too many pairs were made."""
        body, made = body_of(question, PicturePairs), own(response, PicturePairsResponse).keys
        if body.most and len(made) > body.most:
            return Message("%(count)s pairs at most: take some back.", count=body.most)
        return NO_REMARK

    def correct_answer(self, question: Question) -> PicturePairsResponse:
        """Return every pair that is right."""
        body = body_of(question, PicturePairs)
        return PicturePairsResponse(tuple(key for key in body.all_pairs if key in body.right))

    def describe_response(self, question: Question, response: Response) -> tuple[ReviewLine, ...]:
        """Return a line for each pair that was made or should have been."""
        body, made = body_of(question, PicturePairs), own(response, PicturePairsResponse).keys
        earned = {part.key: part for part in self.grade(question, response).parts}
        return tuple(
            ReviewLine(
                NO_TEXT,
                words_of(pair) if key in made else NO_TEXT,
                words_of(pair) if key in body.right else NO_TEXT,
                earned[key].fraction if key in earned else ZERO,
                earned[key].feedback if key in earned else NO_TEXT,
            )
            for key, pair in body.all_pairs.items()
            if key in made or key in body.right
        )

    def interaction(self, question: Question, response: Response) -> Interaction:
        """Return the pairs made, among all that could be."""
        pairs = body_of(question, PicturePairs).all_pairs
        choices = tuple((key, words_of(pair)) for key, pair in pairs.items())
        return Interaction(
            "choice", "[,]".join(own(response, PicturePairsResponse).keys), {"choices": choices}
        )


def words_of(pair: tuple[Outline, Outline]) -> Text:
    """Return a pair in words."""
    return plain(f"{pair[0].called} – {pair[1].called}")
