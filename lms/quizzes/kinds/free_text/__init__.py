"""Free text: an open answer in one's own words, which nobody marks."""

from lms.kernel.messages import Message
from lms.quizzes.kinds.free_text.asking import FreeTextAsking
from lms.quizzes.kinds.free_text.editing import FreeTextEditing
from lms.quizzes.kinds.free_text.qti import FreeTextQti
from lms.quizzes.kinds.free_text.rules import FreeTextRules
from lms.quizzes.kinds.free_text.values import FREE_TEXT, FreeText, FreeTextResponse
from lms.quizzes.kinds.kind import Kind

__all__ = ["FreeText", "FreeTextKind", "FreeTextResponse"]


class FreeTextKind(FreeTextRules, FreeTextEditing, FreeTextAsking, Kind):
    """Free text: an open answer in one's own words, which nobody marks."""

    type = FREE_TEXT
    title = Message("Free text")
    lead = Message("An opinion or an idea in one’s own words. Nobody marks it; it earns no points.")
    icon = "chat"
    body = FreeText
    response = FreeTextResponse
    qti = FreeTextQti()
