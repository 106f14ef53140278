"""Points on a picture: marked anywhere on it, right within areas that nobody sees."""

from lms.kernel.messages import Message
from lms.quizzes.kinds.kind import Kind
from lms.quizzes.kinds.picture_points.asking import PicturePointsAsking
from lms.quizzes.kinds.picture_points.editing import PicturePointsEditing
from lms.quizzes.kinds.picture_points.qti import PicturePointsQti
from lms.quizzes.kinds.picture_points.rules import PicturePointsRules
from lms.quizzes.kinds.picture_points.values import (
    PICTURE_POINTS,
    Area,
    PicturePoints,
    PicturePointsResponse,
)

__all__ = ["Area", "PicturePoints", "PicturePointsKind", "PicturePointsResponse"]


class PicturePointsKind(PicturePointsRules, PicturePointsEditing, PicturePointsAsking, Kind):
    """Points on a picture: marked anywhere on it, right within areas that nobody sees."""

    type = PICTURE_POINTS
    title = Message("Points on a picture")
    lead = Message("Points are marked anywhere on a picture, with no places to choose from.")
    icon = "pin"
    body = PicturePoints
    response = PicturePointsResponse
    qti = PicturePointsQti()
