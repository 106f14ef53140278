"""Gap fill: a text whose gaps are picked, typed, counted or dragged into."""

from lms.kernel.messages import Message
from lms.quizzes.kinds.gap_fill.asking import GapFillAsking
from lms.quizzes.kinds.gap_fill.editing import GapFillEditing
from lms.quizzes.kinds.gap_fill.moodle_xml import GapFillMoodleXml
from lms.quizzes.kinds.gap_fill.qti import GapFillQti
from lms.quizzes.kinds.gap_fill.rules import GapFillRules
from lms.quizzes.kinds.gap_fill.values import (
    GAP_FILL,
    BankWord,
    Gap,
    GapChoice,
    GapFill,
    GapFillResponse,
    GapWay,
)
from lms.quizzes.kinds.kind import Kind

__all__ = ["BankWord", "Gap", "GapChoice", "GapFill", "GapFillKind", "GapFillResponse", "GapWay"]


class GapFillKind(GapFillRules, GapFillEditing, GapFillAsking, Kind):
    """Gap fill: a text whose gaps are picked, typed, counted or dragged into."""

    type = GAP_FILL
    title = Message("Gaps in a text")
    lead = Message("Words or numbers are missing in a text: picked, typed or dragged.")
    icon = "markdown"
    body = GapFill
    response = GapFillResponse
    moodle_xml = GapFillMoodleXml()
    qti = GapFillQti()
