"""Two accounts of one person: what they were told comes together, and one way of being told holds."""

from datetime import datetime

from lms.identity.values import PersonId
from lms.kernel.handing import Owned, hand_over

ACCOUNT_ROWS = (
    Owned("notices"),
    Owned("waiting_notices"),
    Owned("notice_choices", once_per=()),
    Owned("letter_rounds", once_per=()),
)


def join_accounts(*, kept_id: PersonId, merged_id: PersonId, now: datetime) -> None:
    """Let the notices of one account be the other's, and the letters that wait go by the clocks of that."""
    hand_over(ACCOUNT_ROWS, kept=kept_id, merged=merged_id, now=now)
