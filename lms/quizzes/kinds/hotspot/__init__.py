"""Hotspot: places on a picture, any number of them right."""

from lms.kernel.messages import Message
from lms.quizzes.kinds.hotspot.asking import HotspotAsking
from lms.quizzes.kinds.hotspot.editing import HotspotEditing
from lms.quizzes.kinds.hotspot.qti import HotspotQti
from lms.quizzes.kinds.hotspot.rules import HotspotRules
from lms.quizzes.kinds.hotspot.values import (
    HOTSPOT,
    Hotspot,
    HotspotResponse,
    Place,
    PlaceGrading,
)
from lms.quizzes.kinds.kind import Kind
from lms.quizzes.kinds.places import PlaceShape

__all__ = ["Hotspot", "HotspotKind", "HotspotResponse", "Place", "PlaceGrading", "PlaceShape"]


class HotspotKind(HotspotRules, HotspotEditing, HotspotAsking, Kind):
    """Hotspot: places on a picture, any number of them right. No file format has such a question."""

    type = HOTSPOT
    title = Message("Places on a picture")
    lead = Message("Some places on a picture are right: pointed at, or ticked by what they are called.")
    icon = "target"
    body = Hotspot
    response = HotspotResponse
    qti = HotspotQti()
