"""Order on a picture: its places are numbered in their right order."""

from lms.kernel.messages import Message
from lms.quizzes.kinds.kind import Kind
from lms.quizzes.kinds.picture_order.asking import PictureOrderAsking
from lms.quizzes.kinds.picture_order.editing import PictureOrderEditing
from lms.quizzes.kinds.picture_order.qti import PictureOrderQti
from lms.quizzes.kinds.picture_order.rules import PictureOrderRules
from lms.quizzes.kinds.picture_order.values import (
    PICTURE_ORDER,
    OrderPlace,
    PictureOrder,
    PictureOrderResponse,
)

__all__ = ["OrderPlace", "PictureOrder", "PictureOrderKind", "PictureOrderResponse"]


class PictureOrderKind(PictureOrderRules, PictureOrderEditing, PictureOrderAsking, Kind):
    """Order on a picture: its places are numbered in their right order."""

    type = PICTURE_ORDER
    title = Message("Order on a picture")
    lead = Message("Places on a picture are numbered in their right order.")
    icon = "route"
    body = PictureOrder
    response = PictureOrderResponse
    qti = PictureOrderQti()
