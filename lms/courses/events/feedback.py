"""What people say of courses: that they did, and never what, for the trail names them and their trainers are not to."""

from dataclasses import dataclass
from typing import ClassVar

from lms.courses.values import CourseId, EnrolmentId
from lms.identity.values import PersonId
from lms.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class CourseRated(Event):
    """Somebody rated a course that they completed, or changed what they said of it."""

    SUBJECT: ClassVar[str] = "enrolment_id"
    enrolment_id: EnrolmentId
    person_id: PersonId
    course_id: CourseId
