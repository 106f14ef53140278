"""Two accounts of one person: the paths they are on come together."""

from datetime import datetime

from lms.courses.curricula.queries import paths
from lms.courses.curricula.service import following
from lms.identity.values import PersonId
from lms.kernel.handing import Owned, Twice, hand_over

ACCOUNT_ROWS = (
    Owned("curriculum_followings", once_per=("curriculum_id",), open="left_at", twice=Twice.ENDS),
    # One for each person: of two completions of a path the other stays where it is, for the ledger deletes nothing.
    Owned("curriculum_completions", once_per=("curriculum_id",), twice=Twice.STAYS),
)
ACCOUNT_LEFT = dict.fromkeys(
    ("curricula.created_by", "curriculum_versions.published_by", "course_equivalences.created_by"),
    "it says by which account it was done",
)


def join_accounts(*, kept_id: PersonId, merged_id: PersonId, now: datetime) -> None:
    """Let the paths of one account be the other's, and complete those that both together make whole."""
    hand_over(ACCOUNT_ROWS, kept=kept_id, merged=merged_id, now=now)
    following.settle(paths.hold_of_person(kept_id), now)
