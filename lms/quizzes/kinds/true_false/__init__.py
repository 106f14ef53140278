"""True or false."""

from lms.kernel.messages import Message
from lms.quizzes.kinds.kind import Kind
from lms.quizzes.kinds.true_false.asking import TrueFalseAsking
from lms.quizzes.kinds.true_false.editing import TrueFalseEditing
from lms.quizzes.kinds.true_false.gift import TrueFalseGift
from lms.quizzes.kinds.true_false.moodle_xml import TrueFalseMoodleXml
from lms.quizzes.kinds.true_false.qti import TrueFalseQti
from lms.quizzes.kinds.true_false.rules import TrueFalseRules
from lms.quizzes.kinds.true_false.table import TrueFalseTable
from lms.quizzes.kinds.true_false.values import TRUE_FALSE, TrueFalse, TrueFalseResponse

__all__ = ["TrueFalse", "TrueFalseKind", "TrueFalseResponse"]


class TrueFalseKind(TrueFalseRules, TrueFalseEditing, TrueFalseAsking, Kind):
    """True or false."""

    type = TRUE_FALSE
    title = Message("True or false")
    lead = Message("A statement that holds or does not.")
    icon = "valid"
    body = TrueFalse
    response = TrueFalseResponse
    gift = TrueFalseGift()
    moodle_xml = TrueFalseMoodleXml()
    qti = TrueFalseQti()
    table = TrueFalseTable()
