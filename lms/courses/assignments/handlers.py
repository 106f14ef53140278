"""How assignments react: a learner is told what was decided, and bytes that nobody holds any more go."""

from lms.courses.assignments.service import erasing, telling
from lms.courses.events import WorkErased, WorkMarked, WorkMarkedAnew

NOTICES = telling.NOTICES


def tell_marked(event: WorkMarked) -> None:
    """Tell whose work it is."""
    telling.tell_learner(event)


def tell_marked_anew(event: WorkMarkedAnew) -> None:
    """Tell whose work it is."""
    telling.tell_learner(event)


def drop_blobs(event: WorkErased) -> None:
    """Delete the bytes of files that were erased."""
    erasing.drop_blobs(event.hashes)
