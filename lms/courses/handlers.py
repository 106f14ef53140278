"""How courses react to their own facts: who is put into a course by somebody else is told."""

from lms.courses.authoring import queries
from lms.courses.events import CoursePublished, EnrolmentMade
from lms.courses.learning import service as learning
from lms.kernel import clock
from lms.notifications import facade as notifications
from lms.notifications.values import NoticeKind
from lms.web.words import lazy as _l

ASSIGNED = NoticeKind(
    key="courses.assigned",
    subject=_l("You are to take the course %(course)s"),
    body=_l("It stands on your home page; where you stop, you go on from there."),
    icon="book",
    state="progress",
)
NOTICES = (ASSIGNED,)


def move_learners(event: CoursePublished) -> None:
    """Let those whom the trainer chose go on in the version that was published."""
    learning.move_to_version(
        course_id=event.course_id, version_id=event.version_id, groups=event.moves, now=clock.now()
    )


def tell_assigned(event: EnrolmentMade) -> None:
    """Tell a person that another one enrolled them; what the system does is told by the feature that asked."""
    if event.enrolled_by is None or event.enrolled_by == event.person_id:
        return
    course = queries.list_courses([event.course_id])[event.course_id]
    notifications.notify(
        ASSIGNED, to=[event.person_id], values={"course": course.title}, url=f"/learn/{course.slug}"
    )
