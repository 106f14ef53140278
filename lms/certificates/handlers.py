"""How certificates react to what is learned, and to their own facts."""

import contextlib
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from lms.audiences.events import PeopleJoinedAudience
from lms.certificates.cycles.queries import certifications, ledger
from lms.certificates.cycles.service import issuing
from lms.certificates.documents import queries as documents
from lms.certificates.documents import service as press
from lms.certificates.events import (
    CertificateIssued,
    CertificateRevoked,
    CertificationDefined,
    CertificationDescribed,
    CycleAssigned,
    RulesChanged,
)
from lms.certificates.values import CertificateId
from lms.courses import facade as courses
from lms.courses.events import ActivityResultRecorded, AttendanceCorrected, CourseCompleted, SheetClosed
from lms.identity.values import PersonId
from lms.kernel import clock
from lms.kernel.errors import Unavailable
from lms.kernel.events import Past, in_batches
from lms.lrs import facade as lrs
from lms.lrs.values import Fact, Thing, Verb, Withdrawn
from lms.notifications import facade as notifications
from lms.notifications.values import NoticeGroup, NoticeKind
from lms.web.words import lazy as _l

ISSUED = NoticeKind(
    key="certificates.issued",
    subject=_l("You hold the certification %(title)s"),
    body=_l(
        "It is entered as %(code)s and valid through %(through)s. Your certificate is ready to download."
    ),
    icon="award",
    group=NoticeGroup.CERTIFICATION,
    state="valid",
)
ASSIGNED = NoticeKind(
    key="certificates.assigned",
    subject=_l("You are to earn the certification %(title)s"),
    body=_l("Your certificates page names what is still to do, and how long it takes."),
    icon="award",
    group=NoticeGroup.CERTIFICATION,
    state="progress",
)
REVOKED = NoticeKind(
    key="certificates.revoked",
    subject=_l("Your certificate %(code)s was revoked"),
    body=_l("%(title)s counts no more from today. The reason given: %(reason)s"),
    icon="revoked",
    group=NoticeGroup.CERTIFICATION,
    state="danger",
    is_mandatory=True,
)
NOTICES = (ISSUED, ASSIGNED, REVOKED)
PAGE = "/certificates"
BADGE: Final = "http://activitystrea.ms/schema/1.0/badge"


def on_course_completed(event: CourseCompleted) -> None:
    """Weigh, within the transaction, every certification that asks for the course."""
    issuing.reconsider(person_id=event.person_id, subject_id=event.course_id, now=clock.now())


def on_activity_result_recorded(event: ActivityResultRecorded) -> None:
    """Weigh, within the transaction, every certification that asks for a score in the activity."""
    if event.score is not None:
        issuing.reconsider(person_id=event.person_id, subject_id=event.activity_key, now=clock.now())


def on_attendance(event: SheetClosed | AttendanceCorrected) -> None:
    """Weigh, within the transaction, every certification that asks for having been at this session."""
    concerned = event.person_id if isinstance(event, AttendanceCorrected) else None
    for person_id, activity_key in courses.list_present(event.session_id):
        if concerned in {None, person_id}:
            issuing.reconsider(person_id=person_id, subject_id=activity_key, now=clock.now())


def on_joins(event: PeopleJoinedAudience) -> None:
    """Weigh, within the transaction, what people did who may hold certifications from now on."""
    issuing.reconsider_joined(person_ids=event.person_ids, audience_id=event.audience_id, now=clock.now())


def on_certificate_issued(event: CertificateIssued) -> None:
    """Weigh, within the transaction, every certification that asks for this one."""
    issuing.reconsider(person_id=event.person_id, subject_id=event.certification_id, now=clock.now())


def set_document(event: CertificateIssued) -> None:
    """Set the PDF before anybody asks for it; without Pango there is none, and its page says so."""
    with contextlib.suppress(Unavailable):
        press.set_certificate(documents.get_proof(event.certificate_id))


def tell_holder(event: CertificateIssued) -> None:
    """Tell the holder."""
    certificate = ledger.get_certificate(event.certificate_id)
    values = {
        "title": certificate.title,
        "code": event.code,
        "through": event.valid_through.isoformat(),
    }
    notifications.notify(ISSUED, to=[event.person_id], values=values, url=PAGE)


def tell_assigned(event: CycleAssigned) -> None:
    """Tell whoever is asked."""
    certification = certifications.get_certification(event.certification_id)
    notifications.notify(ASSIGNED, to=[event.person_id], values={"title": certification.title}, url=PAGE)


def tell_revoked(event: CertificateRevoked) -> None:
    """Tell whoever held it."""
    certificate = ledger.get_certificate(event.certificate_id)
    values = {"title": certificate.title, "code": certificate.code, "reason": event.reason}
    notifications.notify(REVOKED, to=[event.person_id], values=values, url=PAGE)


def on_certification_changed(event: CertificationDefined | CertificationDescribed | RulesChanged) -> None:
    """Let the catalogue say anew which courses lead to a certification: those its rule names, or ever named."""
    courses.shelve_again(certifications.list_courses_ever_named(event.certification_id))


def on_rules_changed(event: RulesChanged) -> None:
    """Weigh everybody on the way to a certification whose rule changed."""
    last: PersonId | None = None
    while (
        last := issuing.reconsider_all(certification_id=event.certification_id, after=last, now=clock.now())
    ) is not None:
        pass


@in_batches(100)
def state_issued(past: Sequence[Past]) -> None:
    """Tell the record store who earned a certificate; its response is the certificate's number."""
    known = certifications.titles_of({one.fact.certification_id for one in past})
    lrs.tell(
        [
            Fact(
                id=_earned(one.fact.certificate_id),
                at=one.at,
                person_id=one.fact.person_id,
                verb=Verb.EARNED,
                thing=Thing(
                    "certification", one.fact.certification_id, known[one.fact.certification_id], BADGE
                ),
                response=one.fact.code,
            )
            for one in past
        ],
        now=clock.now(),
    )


@in_batches(100)
def state_revoked(past: Sequence[Past]) -> None:
    """Void what was said of certificates that were taken back."""
    said = [Withdrawn(one.id, one.at, _earned(one.fact.certificate_id)) for one in past]
    lrs.tell(said, now=clock.now())


def _earned(certificate_id: CertificateId) -> UUID:
    return lrs.statement_id_of("earned", certificate_id)
