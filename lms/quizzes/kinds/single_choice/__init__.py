"""Single choice: one of several, each with its weight."""

from lms.kernel.messages import Message
from lms.quizzes.kinds.choices import Choice
from lms.quizzes.kinds.kind import Kind
from lms.quizzes.kinds.single_choice.asking import SingleChoiceAsking
from lms.quizzes.kinds.single_choice.editing import SingleChoiceEditing
from lms.quizzes.kinds.single_choice.gift import SingleChoiceGift
from lms.quizzes.kinds.single_choice.moodle_xml import SingleChoiceMoodleXml
from lms.quizzes.kinds.single_choice.qti import SingleChoiceQti
from lms.quizzes.kinds.single_choice.rules import SingleChoiceRules
from lms.quizzes.kinds.single_choice.table import SingleChoiceTable
from lms.quizzes.kinds.single_choice.values import SINGLE_CHOICE, SingleChoice, SingleChoiceResponse

__all__ = ["Choice", "SingleChoice", "SingleChoiceKind", "SingleChoiceResponse"]


class SingleChoiceKind(SingleChoiceRules, SingleChoiceEditing, SingleChoiceAsking, Kind):
    """Single choice: one of several, each with its weight."""

    type = SINGLE_CHOICE
    title = Message("Single choice")
    lead = Message("One of several choices is right.")
    icon = "circle"
    body = SingleChoice
    response = SingleChoiceResponse
    gift = SingleChoiceGift()
    moodle_xml = SingleChoiceMoodleXml()
    qti = SingleChoiceQti()
    table = SingleChoiceTable()
