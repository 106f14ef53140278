"""Ordering: things to be put in their right order."""

from lms.kernel.messages import Message
from lms.quizzes.kinds.kind import Kind
from lms.quizzes.kinds.ordering.asking import OrderingAsking
from lms.quizzes.kinds.ordering.editing import OrderingEditing
from lms.quizzes.kinds.ordering.gift import OrderingGift
from lms.quizzes.kinds.ordering.moodle_xml import OrderingMoodleXml
from lms.quizzes.kinds.ordering.qti import OrderingQti
from lms.quizzes.kinds.ordering.rules import OrderingRules
from lms.quizzes.kinds.ordering.table import OrderingTable
from lms.quizzes.kinds.ordering.values import ORDERING, OrderGrading, Ordering, OrderingResponse, OrderItem

__all__ = ["OrderGrading", "OrderItem", "Ordering", "OrderingKind", "OrderingResponse"]


class OrderingKind(OrderingRules, OrderingEditing, OrderingAsking, Kind):
    """Ordering: things to be put in their right order."""

    type = ORDERING
    title = Message("Ordering")
    lead = Message("Steps or things to be put in their right order.")
    icon = "sort"
    body = Ordering
    response = OrderingResponse
    gift = OrderingGift()
    moodle_xml = OrderingMoodleXml()
    qti = OrderingQti()
    table = OrderingTable()
