"""Two accounts of one person: the bundles of documents that either asked for are in one place."""

from datetime import datetime

from lms.identity.values import PersonId
from lms.kernel.handing import Owned, hand_over

ACCOUNT_ROWS = (Owned("certificate_bundles", "asked_by"),)
ACCOUNT_LEFT = dict.fromkeys(
    ("certificate_designs.changed_by", "certificate_design_versions.published_by"),
    "it says by which account it was done",
)


def join_accounts(*, kept_id: PersonId, merged_id: PersonId, now: datetime) -> None:
    """Let the bundles of one account be the other's."""
    hand_over(ACCOUNT_ROWS, kept=kept_id, merged=merged_id, now=now)
