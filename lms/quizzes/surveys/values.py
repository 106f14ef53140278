"""What a survey was told, as pages show it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from lms.quizzes.values import NO_TEXT, QuestionVersionId, Text

FEWEST: Final = 5
"""From how many answers on they are shown where nobody shall know who gave which."""
NUMBER_ANSWERED: Final = ""
"""The answer under which is counted how many answered a part at all."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one person said to one question: the answers to its parts that are counted, and what they wrote."""

    counted: tuple[tuple[str, str], ...] = ()
    written: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SurveyPart:
    """A part of a question that is answered by itself: its words, if it has any, and the answers to choose from.

    Without answers, people write their own.
    """

    key: str
    asked: Text = NO_TEXT
    answers: tuple[tuple[str, Text], ...] = ()


@dataclass(frozen=True, slots=True)
class Counts:
    """How often each answer was given, by question version, part and answer; how many texts each part has."""

    by_answer: Mapping[tuple[QuestionVersionId, str, str], int] = field(default_factory=dict)
    texts: Mapping[tuple[QuestionVersionId, str], int] = field(default_factory=dict)

    @property
    def versions(self) -> Sequence[QuestionVersionId]:
        """Return the versions that anything was said to."""
        found = [*(one[0] for one in self.by_answer), *(one[0] for one in self.texts)]
        return list(dict.fromkeys(found))

    def answered(self, version_id: QuestionVersionId, part: str) -> int:
        """Return how many answered a part."""
        counted = self.by_answer.get((version_id, part, NUMBER_ANSWERED), 0)
        return counted or self.texts.get((version_id, part), 0)


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody wrote."""

    id: UUID
    text: str
