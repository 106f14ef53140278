"""How certificates react to what is learned, and to their own facts."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from lms.audiences.events import PeopleJoinedAudience
from lms.audiences.values import AudienceId
from lms.certificates.cycles.queries import certifications, deeds, ledger, renewals, requests
from lms.certificates.cycles.service import crediting, issuing, merging, reminding, weighing
from lms.certificates.documents import queries as documents
from lms.certificates.documents.service import designs as designing
from lms.certificates.documents.service import joining, waiting
from lms.certificates.documents.service import setting as press
from lms.certificates.events import (
    CertificateIssued,
    CertificateReinstated,
    CertificateRevoked,
    CertificationDefined,
    CertificationDescribed,
    CycleAssigned,
    EquivalenceDeclared,
    ExemptionAsked,
    ExemptionDecided,
    ItemTakenBack,
    PersonExempted,
    PracticeDecided,
    RulesChanged,
)
from lms.certificates.values import CertificateId
from lms.courses import facade as courses
from lms.courses.events import ActivityResultRecorded, AttendanceCorrected, CourseCompleted, SheetClosed
from lms.identity import facade as identity
from lms.identity.events import AccountsMerged
from lms.identity.values import PersonId
from lms.kernel import clock, uow
from lms.kernel.actor import EVERYTHING, Role, current
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
REINSTATED = NoticeKind(
    key="certificates.reinstated",
    subject=_l("Your certificate %(code)s counts again"),
    body=_l("%(title)s counts from now on and through %(through)s, as before. The reason given: %(reason)s"),
    icon="award",
    group=NoticeGroup.CERTIFICATION,
    state="valid",
    is_mandatory=True,
)
RENEWAL_OPEN = NoticeKind(
    key="certificates.renewal_open",
    subject=_l("You can renew %(title)s now"),
    body=_l("Your certificate is valid through %(through)s. You are enrolled in what is to be done by then."),
    icon="refresh",
    group=NoticeGroup.CERTIFICATION,
    state="soon",
)
EXEMPTED = NoticeKind(
    key="certificates.exempted",
    subject=_l("You are exempt from %(title)s"),
    body=_l("Nothing is asked of you for it any more. You do not count as holding it."),
    icon="award",
    group=NoticeGroup.CERTIFICATION,
    state="none",
)
ASKED = NoticeKind(
    key="certificates.exemption_asked",
    subject=_l("To decide: %(title)s for %(person)s"),
    body=_l(
        "%(asker)s asked for an exemption or a recognition, with reasons. Somebody of the programme decides."
    ),
    icon="inbox",
    group=NoticeGroup.TEAM,
    state="progress",
)
APPROVED = NoticeKind(
    key="certificates.exemption_approved",
    subject=_l("Approved: %(title)s for %(person)s"),
    body=_l("What you asked for holds from now on. %(answer)s"),
    icon="award",
    group=NoticeGroup.TEAM,
    state="valid",
)
REFUSED = NoticeKind(
    key="certificates.exemption_refused",
    subject=_l("Refused: %(title)s for %(person)s"),
    body=_l("Nothing changes. The answer: %(answer)s"),
    icon="award",
    group=NoticeGroup.TEAM,
    state="danger",
)
PRACTICE_APPROVED = NoticeKind(
    key="certificates.practice_approved",
    subject=_l("Your practice counts: %(title)s"),
    body=_l("A trainer approved what was done on %(day)s. %(answer)s"),
    icon="clock",
    group=NoticeGroup.CERTIFICATION,
    state="valid",
)
PRACTICE_RETURNED = NoticeKind(
    key="certificates.practice_returned",
    subject=_l("Your practice came back: %(title)s"),
    body=_l("What was logged for %(day)s does not count. The reason given: %(answer)s"),
    icon="clock",
    group=NoticeGroup.CERTIFICATION,
    state="danger",
)
TAKEN_BACK = NoticeKind(
    key="certificates.item_taken_back",
    subject=_l("Taken back: %(title)s"),
    body=_l("It counts for no certificate to come; those you hold stay. The reason given: %(reason)s"),
    icon="handshake",
    group=NoticeGroup.CERTIFICATION,
    state="danger",
)
NOTICES = (
    *(PRACTICE_APPROVED, PRACTICE_RETURNED, TAKEN_BACK),
    *(ISSUED, ASSIGNED, REVOKED, REINSTATED, RENEWAL_OPEN, EXEMPTED, ASKED, APPROVED, REFUSED),
    *reminding.NOTICES,
)
PAGE = "/certificates"
REQUESTS_PAGE = "/team/exemptions"
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
    """Weigh, once for all audiences of this transaction, what people did and hold who may hold certifications now."""
    uow.gather(_weigh_joined, [(event.audience_id, person_id) for person_id in event.person_ids])


def _weigh_joined(found: set[tuple[AudienceId, PersonId]]) -> None:
    now, joined = clock.now(), dict[AudienceId, set[PersonId]]()
    for audience_id, person_id in found:
        joined.setdefault(audience_id, set()).add(person_id)
    meant = [
        (one, joined[one.rule.audience_id])
        for one in certifications.list_meant_for(joined)
        if one.rule.audience_id is not None
    ]
    if meant:
        issuing.reconsider_joined(meant, now)
        crediting.credit_joined(meant, now)


def on_certificate_changed(event: CertificateIssued | CertificateRevoked | CertificateReinstated) -> None:
    """Weigh, within the transaction, every certification that asks for this one, and credit what it counts for."""
    now = clock.now()
    issuing.reconsider(person_id=event.person_id, subject_id=event.certification_id, now=now)
    if isinstance(event, CertificateRevoked):
        crediting.follow_revocation(certificate_id=event.certificate_id, actor=current(), now=now)
        return
    if isinstance(event, CertificateReinstated):
        crediting.follow_reinstatement(certificate_id=event.certificate_id, actor=current(), now=now)
    crediting.credit(person_id=event.person_id, certification_id=event.certification_id, now=now)


def on_accounts_merged(event: AccountsMerged) -> None:
    """Let both ledgers be one person's, within the transaction and before anything else is weighed for them."""
    merging.join_accounts(kept_id=event.kept_id, merged_id=event.merged_id, actor=current(), now=clock.now())
    joining.join_accounts(kept_id=event.kept_id, merged_id=event.merged_id, now=clock.now())


def weigh_accounts_merged(event: AccountsMerged) -> None:
    """Weigh what both accounts have done, within the transaction and once all of it is one person's."""
    merging.weigh_joined(kept_id=event.kept_id, merged_id=event.merged_id, actor=current(), now=clock.now())


def dress_certificate(event: CertificateIssued) -> None:
    """Give the certificate, within the transaction, the design of its brand in its holder's language."""
    designing.dress(
        certificate_id=event.certificate_id,
        brand_id=certifications.get_certification(event.certification_id).brand_id,
        locale=identity.get_person(event.person_id).locale,
    )


def credit_holders(event: EquivalenceDeclared) -> None:
    """Credit everybody who holds what was declared to count for people."""
    if event.is_for_company:
        return
    last: PersonId | None = None
    while (
        last := crediting.credit_holders(equivalence_id=event.equivalence_id, after=last, now=clock.now())
    ) is not None:
        pass


def set_document(event: CertificateIssued) -> None:
    """Set the PDF before anybody asks for it; what cannot be set waits, and its page says for what."""
    try:
        press.set_certificate(documents.get_proof(event.certificate_id))
    except Unavailable as refusal:
        waiting.note(event.certificate_id, refusal.message, clock.now())


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
    """Tell whoever is asked; whose renewal opened by itself, that it did."""
    certification = certifications.get_certification(event.certification_id)
    through = renewals.find_opened(event.cycle_id)
    kind, values = ASSIGNED, {"title": certification.title}
    if through is not None:
        kind, values = RENEWAL_OPEN, values | {"through": through.isoformat()}
    notifications.notify(kind, to=[event.person_id], values=values, url=PAGE)


def tell_revoked(event: CertificateRevoked) -> None:
    """Tell whoever held it."""
    certificate = ledger.get_certificate(event.certificate_id)
    values = {"title": certificate.title, "code": certificate.code, "reason": event.reason}
    notifications.notify(REVOKED, to=[event.person_id], values=values, url=PAGE)


def tell_reinstated(event: CertificateReinstated) -> None:
    """Tell whoever holds it again."""
    certificate = ledger.get_certificate(event.certificate_id)
    values = {
        "title": certificate.title,
        "code": certificate.code,
        "through": certificate.term.valid_through.isoformat(),
        "reason": event.reason,
    }
    notifications.notify(REINSTATED, to=[event.person_id], values=values, url=PAGE)


def tell_practice(event: PracticeDecided) -> None:
    """Tell whose practice it is what a trainer said of it."""
    one = deeds.get_practice(event.practice_id, EVERYTHING)
    values = {"title": one.title, "day": one.done_on.isoformat(), "answer": one.verdict}
    kind = PRACTICE_APPROVED if event.is_approved else PRACTICE_RETURNED
    notifications.notify(
        kind, to=[event.person_id], values=values, url=f"{PAGE}/{one.certification_id}/practice"
    )


def tell_taken_back(event: ItemTakenBack) -> None:
    """Tell from whom an item was taken back, and why."""
    values = {"title": event.title, "reason": event.reason}
    notifications.notify(
        TAKEN_BACK, to=[event.person_id], values=values, url=f"{PAGE}/{event.certification_id}/practice"
    )


def tell_exempted(event: PersonExempted) -> None:
    """Tell who is let off."""
    certification = certifications.get_certification(event.certification_id)
    notifications.notify(EXEMPTED, to=[event.person_id], values={"title": certification.title}, url=PAGE)


def tell_asked(event: ExemptionAsked) -> None:
    """Tell those who decide."""
    asked = requests.get_request(event.request_id)
    deciders = identity.list_holders(roles={Role.PROGRAMME_MANAGER})
    to = [one for one in deciders if one not in {asked.asked_by, asked.person_id}]
    values = {"title": asked.title, "person": asked.person_name, "asker": asked.asker_name}
    notifications.notify(ASKED, to=to, values=values, url=f"{REQUESTS_PAGE}/{asked.id}")


def tell_decided(event: ExemptionDecided) -> None:
    """Tell who asked, unless they decided it themselves; the person hears of what came of it."""
    asked = requests.get_request(event.request_id)
    if asked.asked_by is None or asked.asked_by == asked.decided_by:
        return
    values = {"title": asked.title, "person": asked.person_name, "answer": asked.answer}
    kind = APPROVED if event.is_approved else REFUSED
    notifications.notify(kind, to=[asked.asked_by], values=values, url=f"{REQUESTS_PAGE}/{asked.id}")


def on_certification_changed(event: CertificationDefined | CertificationDescribed | RulesChanged) -> None:
    """Let the catalogue say anew which courses lead to a certification: those its rule names, or ever named."""
    courses.shelve_again(certifications.list_courses_ever_named(event.certification_id))


def on_rules_changed(event: RulesChanged) -> None:
    """Let everybody on the way to a certification whose rule changed be weighed by it."""
    weighing.begin(certification_id=event.certification_id, version=event.version, now=clock.now())


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


@in_batches(100)
def state_reinstated(past: Sequence[Past]) -> None:
    """Say again who earned a certificate that counts again: what was voided stays so."""
    known = certifications.titles_of({one.fact.certification_id for one in past})
    lrs.tell(
        [
            Fact(
                id=lrs.statement_id_of("reinstated", one.id),
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


def _earned(certificate_id: CertificateId) -> UUID:
    return lrs.statement_id_of("earned", certificate_id)
