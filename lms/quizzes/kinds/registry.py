"""The question types there are. A new one is a folder beside this module and a line here."""

from collections.abc import Mapping
from typing import Final

from lms.quizzes.kinds.essay import EssayKind
from lms.quizzes.kinds.file_hand_in import FileHandInKind
from lms.quizzes.kinds.free_text import FreeTextKind
from lms.quizzes.kinds.gap_fill import GapFillKind
from lms.quizzes.kinds.hotspot import HotspotKind
from lms.quizzes.kinds.kind import Kind
from lms.quizzes.kinds.likert import LikertKind
from lms.quizzes.kinds.marked_words import MarkedWordsKind
from lms.quizzes.kinds.matching import MatchingKind
from lms.quizzes.kinds.matrix import MatrixKind
from lms.quizzes.kinds.multiple_choice import MultipleChoiceKind
from lms.quizzes.kinds.numeric import NumericKind
from lms.quizzes.kinds.ordering import OrderingKind
from lms.quizzes.kinds.picture_labels import PictureLabelsKind
from lms.quizzes.kinds.picture_order import PictureOrderKind
from lms.quizzes.kinds.picture_pairs import PicturePairsKind
from lms.quizzes.kinds.picture_points import PicturePointsKind
from lms.quizzes.kinds.short_text import ShortTextKind
from lms.quizzes.kinds.single_choice import SingleChoiceKind
from lms.quizzes.kinds.true_false import TrueFalseKind
from lms.quizzes.values import Question, QuestionType

_ALL: Final[tuple[Kind, ...]] = (
    SingleChoiceKind(),
    MultipleChoiceKind(),
    TrueFalseKind(),
    ShortTextKind(),
    NumericKind(),
    MatchingKind(),
    OrderingKind(),
    MatrixKind(),
    GapFillKind(),
    MarkedWordsKind(),
    HotspotKind(),
    PictureLabelsKind(),
    PicturePointsKind(),
    PictureOrderKind(),
    PicturePairsKind(),
    EssayKind(),
    FileHandInKind(),
    LikertKind(),
    FreeTextKind(),
)
KINDS: Final[Mapping[QuestionType, Kind]] = {kind.type: kind for kind in _ALL}
"""In the order in which authors choose among them."""


def kind_of(question: Question) -> Kind:
    """Return the rules of the question's type."""
    return KINDS[question.type]
