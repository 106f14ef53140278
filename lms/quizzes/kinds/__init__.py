"""The question types: one module each behind one Protocol. A new one is a module here and a line in KINDS."""

from collections.abc import Mapping
from typing import Final

from lms.quizzes.kinds.drafts import Fields
from lms.quizzes.kinds.kind import Form, Kind
from lms.quizzes.kinds.matching import MatchingKind
from lms.quizzes.kinds.multiple_choice import MultipleChoiceKind
from lms.quizzes.kinds.numeric import NumericKind
from lms.quizzes.kinds.short_text import ShortTextKind
from lms.quizzes.kinds.single_choice import SingleChoiceKind
from lms.quizzes.kinds.true_false import TrueFalseKind
from lms.quizzes.values import Question, QuestionType

__all__ = ["KINDS", "Fields", "Form", "Kind", "kind_of"]

_ALL: Final[tuple[Kind, ...]] = (
    SingleChoiceKind(),
    MultipleChoiceKind(),
    TrueFalseKind(),
    ShortTextKind(),
    NumericKind(),
    MatchingKind(),
)
KINDS: Final[Mapping[QuestionType, Kind]] = {kind.type: kind for kind in _ALL}


def kind_of(question: Question) -> Kind:
    """Return the rules of the question's type."""
    return KINDS[question.type]
