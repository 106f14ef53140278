"""Labels on a picture: words or pictures are put where they belong."""

from lms.kernel.messages import Message
from lms.quizzes.kinds.kind import Kind
from lms.quizzes.kinds.picture_labels.asking import PictureLabelsAsking
from lms.quizzes.kinds.picture_labels.editing import PictureLabelsEditing
from lms.quizzes.kinds.picture_labels.qti import PictureLabelsQti
from lms.quizzes.kinds.picture_labels.rules import PictureLabelsRules
from lms.quizzes.kinds.picture_labels.values import (
    PICTURE_LABELS,
    Label,
    LabelPlace,
    PictureLabels,
    PictureLabelsResponse,
)

__all__ = ["Label", "LabelPlace", "PictureLabels", "PictureLabelsKind", "PictureLabelsResponse"]


class PictureLabelsKind(PictureLabelsRules, PictureLabelsEditing, PictureLabelsAsking, Kind):
    """Labels on a picture: words or pictures are put where they belong."""

    type = PICTURE_LABELS
    title = Message("Labels on a picture")
    lead = Message("Words or small pictures are put onto the places of a picture where they belong.")
    icon = "tag"
    body = PictureLabels
    response = PictureLabelsResponse
    qti = PictureLabelsQti()
