"""Numeric: a number within a tolerance, in a unit if one is asked for."""

from lms.kernel.messages import Message
from lms.quizzes.kinds.amounts import NumericAnswer, ToleranceRule, Unit, UnitRule
from lms.quizzes.kinds.kind import Kind
from lms.quizzes.kinds.numeric.asking import NumericAsking
from lms.quizzes.kinds.numeric.editing import NumericEditing
from lms.quizzes.kinds.numeric.gift import NumericGift
from lms.quizzes.kinds.numeric.moodle_xml import NumericMoodleXml
from lms.quizzes.kinds.numeric.qti import NumericQti
from lms.quizzes.kinds.numeric.rules import NumericRules
from lms.quizzes.kinds.numeric.table import NumericTable
from lms.quizzes.kinds.numeric.values import NUMERIC, Numeric, NumericResponse, Slider

__all__ = [
    "Numeric",
    "NumericAnswer",
    "NumericKind",
    "NumericResponse",
    "Slider",
    "ToleranceRule",
    "Unit",
    "UnitRule",
]


class NumericKind(NumericRules, NumericEditing, NumericAsking, Kind):
    """Numeric: a number within a tolerance, in a unit if one is asked for."""

    type = NUMERIC
    title = Message("Number")
    lead = Message("A number within a tolerance, in a unit or with a slider if you like.")
    icon = "gauge"
    body = Numeric
    response = NumericResponse
    gift = NumericGift()
    moodle_xml = NumericMoodleXml()
    qti = NumericQti()
    table = NumericTable()
