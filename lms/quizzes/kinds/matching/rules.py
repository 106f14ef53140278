"""Matching: an option for each stem, and what each stem counts."""

from decimal import Decimal

from lms.kernel.messages import Message
from lms.quizzes.kinds.kind import (
    Form,
    Rules,
    body_of,
    one_of,
    own,
)
from lms.quizzes.kinds.matching.values import Matching, MatchingResponse
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
    TextFormat,
)


class MatchingRules(Rules):
    """Grades by the share of stems that have their option."""

    def grade(self, question: Question, response: Response) -> Grade:
        """Return the share, exactly 1 when all are right."""
        body, chosen = body_of(question, Matching), dict(own(response, MatchingResponse).pairs)
        right = [stem for stem in body.stems if chosen.get(stem.key) == stem.option_key]
        shares, weights = body.shares, body.weights or (1,) * len(body.stems)
        parts = tuple(
            PartGrade(stem.key, shares[stem.key] if stem in right else ZERO)
            for stem in body.stems
            if stem.key in chosen
        )
        earned = sum(weight for stem, weight in zip(body.stems, weights, strict=True) if stem in right)
        return Grade(Decimal(earned) / sum(weights), parts)

    def parse_response(self, question: Question, form: Form, name: str = "answer") -> MatchingResponse:
        """Read one field per stem, ``answer-STEM``, with the key of an option or nothing."""
        body = body_of(question, Matching)
        keys = [option.key for option in body.options]
        chosen = [(stem.key, one_of(form, f"{name}-{stem.key}", keys)) for stem in body.stems]
        return MatchingResponse(tuple((stem, option) for stem, option in chosen if option))

    def is_complete(self, question: Question, response: Response) -> bool:
        """Return whether every stem has an option."""
        chosen = dict(own(response, MatchingResponse).pairs)
        return all(stem.key in chosen for stem in body_of(question, Matching).stems)

    def remark(self, question: Question, response: Response) -> Message | None:
        """Say how many stems are still open, once any is not."""
        chosen = dict(own(response, MatchingResponse).pairs)
        left = sum(stem.key not in chosen for stem in body_of(question, Matching).stems)
        if not chosen or not left:
            return None
        return Message("Still open: %(left)s.", left=left)

    def correct_answer(self, question: Question) -> MatchingResponse:
        """Return every stem with its option."""
        return MatchingResponse(
            tuple((stem.key, stem.option_key) for stem in body_of(question, Matching).stems)
        )

    def describe_response(self, question: Question, response: Response) -> tuple[ReviewLine, ...]:
        """Return a line per stem."""
        body, chosen = body_of(question, Matching), dict(own(response, MatchingResponse).pairs)
        texts = {option.key: Text(option.text, TextFormat.PLAIN) for option in body.options}
        earned = {part.key: part.fraction for part in self.grade(question, response).parts}
        return tuple(
            ReviewLine(
                stem.text,
                texts.get(chosen.get(stem.key, ""), NO_TEXT),
                texts[stem.option_key],
                earned.get(stem.key, ZERO),
            )
            for stem in body.stems
        )

    def interaction(self, question: Question, response: Response) -> Interaction:
        """Return the pairs, among the stems and the options."""
        body, pairs = body_of(question, Matching), own(response, MatchingResponse).pairs
        return Interaction(
            "matching",
            "[,]".join(f"{stem}[.]{option}" for stem, option in pairs),
            {
                "source": tuple((stem.key, stem.text) for stem in body.stems),
                "target": tuple((option.key, Text(option.text, TextFormat.PLAIN)) for option in body.options),
            },
        )
