"""What packages do when something happens elsewhere."""

from lms.courses.events import LearnersMoved
from lms.packages.service import revisions


def on_learners_moved(event: LearnersMoved) -> None:
    """Bring along what learners did in packages."""
    revisions.carry(event.course_id, event.version_id)
