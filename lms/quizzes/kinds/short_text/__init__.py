"""Short text: a word or a phrase, held against patterns."""

from lms.kernel.messages import Message
from lms.quizzes.kinds.kind import Kind
from lms.quizzes.kinds.short_text.asking import ShortTextAsking
from lms.quizzes.kinds.short_text.editing import ShortTextEditing
from lms.quizzes.kinds.short_text.gift import ShortTextGift
from lms.quizzes.kinds.short_text.moodle_xml import ShortTextMoodleXml
from lms.quizzes.kinds.short_text.qti import ShortTextQti
from lms.quizzes.kinds.short_text.rules import ShortTextRules
from lms.quizzes.kinds.short_text.table import ShortTextTable
from lms.quizzes.kinds.short_text.values import SHORT_TEXT, ShortText, ShortTextResponse
from lms.quizzes.kinds.words import TextAnswer

__all__ = ["ShortText", "ShortTextKind", "ShortTextResponse", "TextAnswer"]


class ShortTextKind(ShortTextRules, ShortTextEditing, ShortTextAsking, Kind):
    """Short text: a word or a phrase, held against patterns."""

    type = SHORT_TEXT
    title = Message("Short text")
    lead = Message("A word or a phrase, typed; you list what is accepted.")
    icon = "edit"
    body = ShortText
    response = ShortTextResponse
    gift = ShortTextGift()
    moodle_xml = ShortTextMoodleXml()
    qti = ShortTextQti()
    table = ShortTextTable()
