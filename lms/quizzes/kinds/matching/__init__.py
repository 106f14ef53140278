"""Matching: an option for each stem, all stems counting the same."""

from lms.kernel.messages import Message
from lms.quizzes.kinds.kind import Kind
from lms.quizzes.kinds.matching.asking import MatchingAsking
from lms.quizzes.kinds.matching.editing import MatchingEditing
from lms.quizzes.kinds.matching.gift import MatchingGift
from lms.quizzes.kinds.matching.moodle_xml import MatchingMoodleXml
from lms.quizzes.kinds.matching.qti import MatchingQti
from lms.quizzes.kinds.matching.rules import MatchingRules
from lms.quizzes.kinds.matching.table import MatchingTable
from lms.quizzes.kinds.matching.values import MATCHING, Matching, MatchingResponse, MatchOption, MatchStem

__all__ = ["MatchOption", "MatchStem", "Matching", "MatchingKind", "MatchingResponse"]


class MatchingKind(MatchingRules, MatchingEditing, MatchingAsking, Kind):
    """Matching: an option for each stem, all stems counting the same."""

    type = MATCHING
    title = Message("Matching")
    lead = Message("Each thing on the left belongs to one on the right.")
    icon = "route"
    body = Matching
    response = MatchingResponse
    gift = MatchingGift()
    moodle_xml = MatchingMoodleXml()
    qti = MatchingQti()
    table = MatchingTable()
