"""How assignments react: a learner is told what was decided, and bytes that nobody holds any more go."""

from lms.courses.assignments.service import erasing, joining, telling
from lms.courses.events import WorkErased, WorkMarked, WorkMarkedAnew
from lms.identity.events import AccountsMerged
from lms.kernel import clock

NOTICES = telling.NOTICES


def on_accounts_merged(event: AccountsMerged) -> None:
    """Let the work of both accounts be that of one, within the transaction."""
    joining.join_accounts(kept_id=event.kept_id, merged_id=event.merged_id, now=clock.now())


def tell_marked(event: WorkMarked) -> None:
    """Tell whose work it is."""
    telling.tell_learner(event)


def tell_marked_anew(event: WorkMarkedAnew) -> None:
    """Tell whose work it is."""
    telling.tell_learner(event)


def drop_blobs(event: WorkErased) -> None:
    """Delete the bytes of files that were erased."""
    erasing.drop_blobs(event.hashes)
