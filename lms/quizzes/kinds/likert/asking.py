"""How a page asks it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from markupsafe import Markup

from lms.quizzes.kinds.kind import Asking, body_of
from lms.quizzes.kinds.likert.values import ELSEWHERE, Likert, LikertPoint, LikertResponse
from lms.quizzes.values import Question, Response, Text

SHORT: Final = 3
"""So many characters stand side by side on any screen."""


@dataclass(frozen=True, slots=True)
class AskedStatement:
    """One statement, with the key picked for it, empty before."""

    key: str
    words: Markup
    picked: str


@dataclass(frozen=True, slots=True)
class AskedLikert:
    """Statements and their scale; `is_short` where its points are numbers or the like, `elsewhere` beside it."""

    statements: tuple[AskedStatement, ...]
    points: tuple[LikertPoint, ...]
    elsewhere: LikertPoint | None
    is_short: bool


class LikertAsking(Asking):
    """Statement after statement, each with the scale below it."""

    def shown_texts(self, question: Question) -> Mapping[str, Text]:
        """Return the statements."""
        return {one.key: one.text for one in body_of(question, Likert).statements}

    def order(self, question: Question, random: Random, *, shuffle: bool) -> list[str]:
        """Return the statements, shuffled where both the quiz and the question allow it; a scale keeps its order."""
        body = body_of(question, Likert)
        keys = [one.key for one in body.statements]
        if body.shuffle and shuffle:
            random.shuffle(keys)
        return keys

    def asked(
        self, question: Question, words: Mapping[str, Markup], order: Sequence[str], given: Response | None
    ) -> AskedLikert:
        """Return statements and scale."""
        body = body_of(question, Likert)
        picks = dict(given.picks) if isinstance(given, LikertResponse) else {}
        keys = order or [one.key for one in body.statements]
        return AskedLikert(
            tuple(AskedStatement(key, words[key], picks.get(key, "")) for key in keys),
            body.points,
            ELSEWHERE if body.not_applicable else None,
            all(len(point.text) <= SHORT for point in body.points),
        )

    def secrets(self, question: Question) -> tuple[str, ...]:
        """Return nothing: nothing of it is right."""
        body_of(question, Likert)
        return ()
