"""Two accounts of one person: their ways through packages come together."""

from datetime import datetime

from lms.identity.values import PersonId
from lms.kernel.handing import Owned, Twice, hand_over

ACCOUNT_ROWS = (
    # Of two looks at a package before it is published the other's stays where it is; all else hangs on enrolments.
    Owned("cmi5_registrations", once_per=("activity_id",), open="enrolment_id", twice=Twice.STAYS),
)
ACCOUNT_LEFT = dict.fromkeys(
    ("package_item_fates.decided_by", "package_revisions.stored_by", "package_uploads.uploaded_by"),
    "it says by which account it was done",
)


def join_accounts(*, kept_id: PersonId, merged_id: PersonId, now: datetime) -> None:
    """Let the registrations of one account be the other's."""
    hand_over(ACCOUNT_ROWS, kept=kept_id, merged=merged_id, now=now)
