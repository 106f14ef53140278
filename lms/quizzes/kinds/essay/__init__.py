"""Essay: an answer in one's own words, which a person marks by a rubric."""

from lms.kernel.messages import Message
from lms.quizzes.kinds.essay.asking import EssayAsking
from lms.quizzes.kinds.essay.editing import EssayEditing
from lms.quizzes.kinds.essay.gift import EssayGift
from lms.quizzes.kinds.essay.moodle_xml import EssayMoodleXml
from lms.quizzes.kinds.essay.qti import EssayQti
from lms.quizzes.kinds.essay.rules import EssayRules
from lms.quizzes.kinds.essay.values import ESSAY, Essay, EssayResponse, words_in
from lms.quizzes.kinds.kind import Kind

__all__ = ["Essay", "EssayKind", "EssayResponse", "words_in"]


class EssayKind(EssayRules, EssayEditing, EssayAsking, Kind):
    """Essay: an answer in one's own words, which a person marks by a rubric."""

    type = ESSAY
    title = Message("Essay")
    lead = Message(
        "An answer in one’s own words. A trainer marks it by a rubric; the result waits until then."
    )
    icon = "file-text"
    body = Essay
    response = EssayResponse
    gift = EssayGift()
    moodle_xml = EssayMoodleXml()
    qti = EssayQti()
