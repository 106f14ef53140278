"""Pairs on a picture: its places are joined that belong together."""

from lms.kernel.messages import Message
from lms.quizzes.kinds.kind import Kind
from lms.quizzes.kinds.picture_pairs.asking import PicturePairsAsking
from lms.quizzes.kinds.picture_pairs.editing import PicturePairsEditing
from lms.quizzes.kinds.picture_pairs.qti import PicturePairsQti
from lms.quizzes.kinds.picture_pairs.rules import PicturePairsRules
from lms.quizzes.kinds.picture_pairs.values import (
    PICTURE_PAIRS,
    Pair,
    PicturePairs,
    PicturePairsResponse,
)

__all__ = ["Pair", "PicturePairs", "PicturePairsKind", "PicturePairsResponse"]


class PicturePairsKind(PicturePairsRules, PicturePairsEditing, PicturePairsAsking, Kind):
    """Pairs on a picture: its places are joined that belong together."""

    type = PICTURE_PAIRS
    title = Message("Pairs on a picture")
    lead = Message("Places on a picture that belong together are joined, such as the ends of a line.")
    icon = "network"
    body = PicturePairs
    response = PicturePairsResponse
    qti = PicturePairsQti()
