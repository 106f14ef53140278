"""What packages do when something happens elsewhere."""

from lms.courses.events import LearnersMoved
from lms.identity.events import AccountsMerged
from lms.kernel import clock
from lms.packages.service import joining, revisions


def on_learners_moved(event: LearnersMoved) -> None:
    """Bring along what learners did in packages."""
    revisions.carry(event.course_id, event.version_id)


def on_accounts_merged(event: AccountsMerged) -> None:
    """Let the ways through packages of both accounts be those of one, within the transaction."""
    joining.join_accounts(kept_id=event.kept_id, merged_id=event.merged_id, now=clock.now())
