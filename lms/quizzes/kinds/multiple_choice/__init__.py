"""Multiple choice: any number of several, whose weights add up."""

from lms.kernel.messages import Message
from lms.quizzes.kinds.choices import Choice
from lms.quizzes.kinds.kind import Kind
from lms.quizzes.kinds.multiple_choice.asking import MultipleChoiceAsking
from lms.quizzes.kinds.multiple_choice.editing import MultipleChoiceEditing
from lms.quizzes.kinds.multiple_choice.gift import MultipleChoiceGift
from lms.quizzes.kinds.multiple_choice.moodle_xml import MultipleChoiceMoodleXml
from lms.quizzes.kinds.multiple_choice.qti import MultipleChoiceQti
from lms.quizzes.kinds.multiple_choice.rules import MultipleChoiceRules
from lms.quizzes.kinds.multiple_choice.table import MultipleChoiceTable
from lms.quizzes.kinds.multiple_choice.values import (
    MULTIPLE_CHOICE,
    ChoiceGrading,
    MultipleChoice,
    MultipleChoiceResponse,
)

__all__ = ["Choice", "ChoiceGrading", "MultipleChoice", "MultipleChoiceKind", "MultipleChoiceResponse"]


class MultipleChoiceKind(MultipleChoiceRules, MultipleChoiceEditing, MultipleChoiceAsking, Kind):
    """Multiple choice: any number of several, whose weights add up."""

    type = MULTIPLE_CHOICE
    title = Message("Multiple choice")
    lead = Message("Any number of the choices are right.")
    icon = "quiz"
    body = MultipleChoice
    response = MultipleChoiceResponse
    gift = MultipleChoiceGift()
    moodle_xml = MultipleChoiceMoodleXml()
    qti = MultipleChoiceQti()
    table = MultipleChoiceTable()
