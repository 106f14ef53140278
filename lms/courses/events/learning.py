"""What learners did, as facts that come by the thousand: kept in learning's own tables and told to the record store."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from lms.courses.values import ActivityId, CourseId, EnrolmentId
from lms.identity.values import PersonId
from lms.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class ActivityCompleted(Event):
    """An activity of an enrolment is done, by its rule and for the first time. `seconds` is what it took."""

    SUBJECT: ClassVar[str] = "enrolment_id"
    AUDITED: ClassVar[bool] = False
    enrolment_id: EnrolmentId
    person_id: PersonId
    course_id: CourseId
    activity_id: ActivityId
    passed: bool | None
    score: Decimal | None
    seconds: int
