"""Words in a text: those that are to be found among the ones an author marked."""

from lms.kernel.messages import Message
from lms.quizzes.kinds.kind import Kind
from lms.quizzes.kinds.marked_words.asking import MarkedWordsAsking
from lms.quizzes.kinds.marked_words.editing import MarkedWordsEditing
from lms.quizzes.kinds.marked_words.qti import MarkedWordsQti
from lms.quizzes.kinds.marked_words.rules import MarkedWordsRules
from lms.quizzes.kinds.marked_words.values import (
    MARKED_WORDS,
    MarkedWord,
    MarkedWords,
    MarkedWordsResponse,
)

__all__ = ["MarkedWord", "MarkedWords", "MarkedWordsKind", "MarkedWordsResponse"]


class MarkedWordsKind(MarkedWordsRules, MarkedWordsEditing, MarkedWordsAsking, Kind):
    """Words in a text: those that are to be found among the ones an author marked."""

    type = MARKED_WORDS
    title = Message("Words in a text")
    lead = Message("Words to be found within a text, such as the mistake in it.")
    icon = "search"
    body = MarkedWords
    response = MarkedWordsResponse
    qti = MarkedWordsQti()
