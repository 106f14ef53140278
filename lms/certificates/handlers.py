"""How certificates react to what is learned, and to their own facts."""

from lms.certificates.cycles.service import issuing
from lms.certificates.events import CertificateIssued, RulesChanged
from lms.courses.events import ActivityResultRecorded, CourseCompleted
from lms.identity.values import PersonId
from lms.kernel import clock


def on_course_completed(event: CourseCompleted) -> None:
    """Weigh, within the transaction, every certification that asks for the course."""
    issuing.reconsider(person_id=event.person_id, subject_id=event.course_id, now=clock.now())


def on_activity_result_recorded(event: ActivityResultRecorded) -> None:
    """Weigh, within the transaction, every certification that asks for a score in the activity."""
    if event.score is not None:
        issuing.reconsider(person_id=event.person_id, subject_id=event.activity_key, now=clock.now())


def on_certificate_issued(event: CertificateIssued) -> None:
    """Weigh, within the transaction, every certification that asks for this one."""
    issuing.reconsider(person_id=event.person_id, subject_id=event.certification_id, now=clock.now())


def on_rules_changed(event: RulesChanged) -> None:
    """Weigh everybody on the way to a certification whose rule changed."""
    last: PersonId | None = None
    while (
        last := issuing.reconsider_all(certification_id=event.certification_id, after=last, now=clock.now())
    ) is not None:
        pass
