"""Two accounts of one person: what they handed in, and what they are to mark, comes together."""

from datetime import datetime

from lms.identity.values import PersonId
from lms.kernel.handing import Owned, hand_over

ACCOUNT_ROWS = (
    Owned("hand_ins"),
    Owned("hand_in_drafts"),
    Owned("hand_in_draft_files"),
    Owned("marking_work"),
    Owned("marking_work", "claimed_by"),
    Owned("marking_markers", once_per=("work_id",)),
    Owned("marking_told", once_per=()),
)
ACCOUNT_LEFT = {"marks.marked_by": "it says by which account it was done"}


def join_accounts(*, kept_id: PersonId, merged_id: PersonId, now: datetime) -> None:
    """Let all work of one account be the other's."""
    hand_over(ACCOUNT_ROWS, kept=kept_id, merged=merged_id, now=now)
