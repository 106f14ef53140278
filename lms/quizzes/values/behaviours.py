"""How a quiz goes about its questions, whatever their kind: when a learner is told, and what a further try costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from lms.kernel.messages import Message
from lms.quizzes.values.questions import ONE, ZERO

A_THIRD: Final = Decimal("0.3333333")
"""What Moodle takes for a further try unless an author says otherwise."""


class Telling(StrEnum):
    """When a learner hears what is right: at the end, after each question, or after each of several tries."""

    AT_END = "at_end"
    AT_ONCE = "at_once"
    TRIES = "tries"


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How questions are gone about; `penalty` is the share of a grade that each further try costs."""

    telling: Telling = Telling.AT_END
    penalty: Decimal = A_THIRD

    def __post_init__(self) -> None:
        """Refuse a penalty that would give something."""
        if not ZERO <= self.penalty <= ONE:
            raise ValueError(Message("The penalty for a try lies between 0 and 100%%."))

    def fraction(self, tries: Sequence[Decimal]) -> Decimal:
        """Return what a question earns whose tries were graded so, the last one counting.

        Try n earns its grade × (1 - penalty × (n - 1)), and never less than the worst of them was graded: trying
        again costs nobody what they would have kept by stopping at their worst. What is below nothing is not made
        better by a penalty.
        """
        if not tries:
            return ZERO
        last = tries[-1]
        if self.telling is not Telling.TRIES or last <= ZERO:
            return last
        return max(last * (ONE - self.penalty * (len(tries) - 1)), min(tries))
