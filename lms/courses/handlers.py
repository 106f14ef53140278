"""How courses react to their own facts: who is put into a course, or asked to read one, is told."""

from collections.abc import Sequence
from typing import Final

from lms.audiences import facade as audiences
from lms.audiences.events import PeopleJoinedAudience, PeopleLeftAudience
from lms.courses.authoring import queries
from lms.courses.authoring import service as authoring
from lms.courses.authoring.values import Verdict
from lms.courses.events import (
    ActEnded,
    CourseAccessChanged,
    CourseFileKept,
    CoursePrintAsked,
    CoursePublished,
    DueDateExtended,
    EnrolmentMade,
    EnrolmentWithdrawn,
    PeopleEnrolled,
    PlaceFound,
    ReviewAsked,
    ReviewDecided,
    WaitBegun,
    WaitEnded,
)
from lms.courses.learning import service as learning
from lms.courses.learning.service import joining, reminding, stating
from lms.courses.learning.values import WaitEnd
from lms.courses.notes import service as notes
from lms.courses.values import CourseId, Ending
from lms.identity import facade as identity
from lms.identity.events import AccountsMerged, EmploymentEnded, PersonEmployed
from lms.identity.values import PersonId
from lms.kernel import clock
from lms.kernel.actor import Role
from lms.kernel.errors import Unavailable
from lms.kernel.events import Past, in_batches, in_sets
from lms.notifications import facade as notifications
from lms.notifications.values import NoticeGroup, NoticeKind
from lms.web.words import lazy as _l

STATED_AT_ONCE: Final = 200
ASSIGNED = NoticeKind(
    key="courses.assigned",
    subject=_l("You are to take the course %(course)s"),
    body=_l("It stands on your home page; where you stop, you go on from there."),
    icon="book",
    group=NoticeGroup.LEARNING,
    state="progress",
)
REVIEW_ASKED = NoticeKind(
    key="courses.review_asked",
    subject=_l("%(name)s asks you to read %(course)s before it is published"),
    body=_l("Look at what changed, then approve it or return it with a reason."),
    icon="eye",
    group=NoticeGroup.AUTHORING,
    state="progress",
)
REVIEW_APPROVED = NoticeKind(
    key="courses.review_approved",
    subject=_l("%(name)s approved %(course)s: it can be published"),
    body=_l("Any further edit asks for another look."),
    icon="check",
    group=NoticeGroup.AUTHORING,
    state="valid",
)
REVIEW_RETURNED = NoticeKind(
    key="courses.review_returned",
    subject=_l("%(name)s returned %(course)s"),
    body=_l("What has to change: %(reason)s"),
    icon="undo",
    group=NoticeGroup.AUTHORING,
    state="soon",
)
PRINTED = NoticeKind(
    key="courses.printed",
    subject=_l("The PDF of %(course)s is ready"),
    body=_l("It stays until the course changes."),
    icon="file-text",
    group=NoticeGroup.AUTHORING,
    state="valid",
)
NOT_PRINTED = NoticeKind(
    key="courses.not_printed",
    subject=_l("The PDF of %(course)s could not be made"),
    body=_l("%(reason)s"),
    icon="alert",
    group=NoticeGroup.AUTHORING,
    state="danger",
)
DUE_MOVED = NoticeKind(
    key="courses.due_moved",
    subject=_l("%(course)s is due on another day: %(day)s"),
    body=_l("The reason: %(reason)s"),
    icon="calendar",
    group=NoticeGroup.LEARNING,
    state="progress",
)
NOT_DUE = NoticeKind(
    key="courses.not_due",
    subject=_l("%(course)s is due no longer"),
    body=_l("The reason: %(reason)s"),
    icon="calendar",
    group=NoticeGroup.LEARNING,
    state="progress",
)
WITHDRAWN = NoticeKind(
    key="courses.withdrawn",
    subject=_l("You were withdrawn from %(course)s"),
    body=_l("The reason: %(reason)s What you did in it stays on record."),
    icon="book",
    group=NoticeGroup.LEARNING,
    state="soon",
)
WAITING = NoticeKind(
    key="courses.waiting",
    subject=_l("You are on the waiting list of %(course)s"),
    body=_l("All places are taken. You move up by yourself as soon as one is free, and are told."),
    icon="clock",
    group=NoticeGroup.LEARNING,
    state="soon",
)
PLACE_FOUND = NoticeKind(
    key="courses.place_found",
    subject=_l("You have a place in %(course)s"),
    body=_l("You moved up from the waiting list: you can begin."),
    icon="book",
    group=NoticeGroup.LEARNING,
    state="valid",
)
TAKEN_OFF = NoticeKind(
    key="courses.taken_off",
    subject=_l("You are no longer on the waiting list of %(course)s"),
    body=_l("Somebody who looks after you took you off it."),
    icon="book",
    group=NoticeGroup.LEARNING,
    state="soon",
)
ACT_DONE = NoticeKind(
    key="courses.act_done",
    subject=_l("%(course)s: what you asked for many people is done"),
    body=_l("Done for %(done)s, not for %(left_out)s. The report says why, line by line."),
    icon="users",
    group=NoticeGroup.TEAM,
    state="valid",
)
ACT_STOPPED = NoticeKind(
    key="courses.act_stopped",
    subject=_l("%(course)s: what you asked for many people was stopped"),
    body=_l("Done for %(done)s, not for %(left_out)s. The report says who they are."),
    icon="users",
    group=NoticeGroup.TEAM,
    state="soon",
)
NOTICES = (
    WAITING,
    PLACE_FOUND,
    TAKEN_OFF,
    ACT_DONE,
    ACT_STOPPED,
    ASSIGNED,
    DUE_MOVED,
    NOT_DUE,
    WITHDRAWN,
    PRINTED,
    NOT_PRINTED,
    REVIEW_ASKED,
    REVIEW_APPROVED,
    REVIEW_RETURNED,
    *reminding.NOTICES,
)


def move_learners(event: CoursePublished) -> None:
    """Let those whom the trainer chose go on in the version that was published."""
    learning.move_to_version(
        course_id=event.course_id, version_id=event.version_id, groups=event.moves, now=clock.now()
    )


def enrol_published(event: CoursePublished) -> None:
    """Enrol a course's audiences once there is something to take; who was in it before is left alone."""
    audiences.hold_memberships()
    learning.enrol_audiences(event.course_id, clock.now())


def on_course_access_changed(event: CourseAccessChanged) -> None:
    """Enrol the people of the audiences that a course is for now, within the transaction, or in a job if many.

    Who waits for a place goes before them, if there are more places now.
    """
    learning.fill(event.course_id, clock.now())
    learning.enrol_audiences(event.course_id, clock.now())


def on_people_joined(event: PeopleJoinedAudience) -> None:
    """Enrol who joined an audience on its courses, within the transaction that made them join."""
    learning.enrol_joined(event.audience_id, event.person_ids, clock.now())


def on_people_left(event: PeopleLeftAudience) -> None:
    """End what leavers have not begun, where the trainer chose that; what they began stays theirs."""
    learning.withdraw_left(event.audience_id, event.person_ids, clock.now())


@in_sets
def on_people_employed(facts: Sequence[PersonEmployed]) -> None:
    """Count what people have learnt where they work now, within the transaction that hires them."""
    learning.count_elsewhere((fact.person_id, fact.left_id) for fact in facts)


@in_sets
def on_employments_ended(facts: Sequence[EmploymentEnded]) -> None:
    """Count what people have learnt no more where they worked."""
    learning.count_elsewhere((fact.person_id, fact.organisation_id) for fact in facts)


def make_sizes(event: CourseFileKept) -> None:
    """Make smaller copies of a picture that a course was given, for smaller screens."""
    authoring.make_sizes(event.file_id)


def measure_film(event: CourseFileKept) -> None:
    """Read how long a film is, so that nobody has to believe a player."""
    authoring.measure_film(event.file_id)


def print_course(event: CoursePrintAsked) -> None:
    """Set a version as a PDF and tell who asked, also if this machine cannot."""
    kind, reason = PRINTED, ""
    try:
        authoring.make_print(event.course_id, event.version_id)
    except Unavailable as refusal:
        kind, reason = NOT_PRINTED, str(refusal)
    course = queries.list_courses([event.course_id])[event.course_id]
    if event.asked_by is not None:
        notifications.notify(
            kind,
            to=[event.asked_by],
            values={"course": course.title, "reason": reason},
            url=f"/author/courses/{event.course_id}/print/{event.version_id}",
        )


def tell_review_asked(event: ReviewAsked) -> None:
    """Tell who was asked to read a draft: one person, or every author who neither asked nor wrote any of it."""
    desk = queries.get_review_desk(event.course_id)
    if event.reviewer_id is not None:
        to = [event.reviewer_id]
    else:
        authors = identity.list_holders(roles={Role.TRAINER})
        to = [one for one in authors if one != event.asked_by and one not in desk.writers]
    _tell_of_review(REVIEW_ASKED, to, event.course_id, by=event.asked_by)


def tell_review_decided(event: ReviewDecided) -> None:
    """Tell who asked what the second trainer says."""
    kind = {Verdict.APPROVED.value: REVIEW_APPROVED, Verdict.RETURNED.value: REVIEW_RETURNED}.get(
        event.verdict
    )
    if kind is not None and event.asked_by is not None:
        _tell_of_review(kind, [event.asked_by], event.course_id, by=event.decided_by, reason=event.reason)


def _tell_of_review(
    kind: NoticeKind, to: Sequence[PersonId], course_id: CourseId, *, by: PersonId | None, reason: str = ""
) -> None:
    course = queries.list_courses([course_id])[course_id]
    person = identity.find_person(by) if by is not None else None
    notifications.notify(
        kind,
        to=to,
        values={"course": course.title, "name": person.name if person else "Guildhall", "reason": reason},
        url=f"/author/courses/{course_id}/publish",
    )


def tell_enrolled(event: PeopleEnrolled) -> None:
    """Tell people that they were enrolled together with others."""
    course = queries.list_courses([event.course_id])[event.course_id]
    notifications.notify(
        ASSIGNED, to=event.person_ids, values={"course": course.title}, url=f"/learn/{course.slug}"
    )


def tell_act_ended(event: ActEnded) -> None:
    """Tell who asked something for many people that it is over, unless they stopped it themselves."""
    if event.asked_by is None or event.asked_by == event.stopped_by:
        return
    course = queries.list_courses([event.course_id])[event.course_id]
    notifications.notify(
        ACT_STOPPED if event.stopped_by else ACT_DONE,
        to=[event.asked_by],
        values={"course": course.title, "done": str(event.done), "left_out": str(event.left_out)},
        url=f"/team/enrolments/acts/{event.act_id}",
    )


def tell_waiting(event: WaitBegun) -> None:
    """Tell who was put on a waiting list by another or by an audience; who asked themselves has just read it."""
    if event.asked_by != event.person_id:
        _tell(WAITING, event.person_id, event.course_id)


def tell_wait_ended(event: WaitEnded) -> None:
    """Tell whom others took off a waiting list."""
    if event.why in {WaitEnd.BY_OTHERS, WaitEnd.LEFT_AUDIENCE}:
        _tell(TAKEN_OFF, event.person_id, event.course_id)


def tell_place_found(event: PlaceFound) -> None:
    """Tell who moved up."""
    _tell(PLACE_FOUND, event.person_id, event.course_id)


def _tell(kind: NoticeKind, person_id: PersonId, course_id: CourseId) -> None:
    course = queries.list_courses([course_id])[course_id]
    notifications.notify(kind, to=[person_id], values={"course": course.title}, url=f"/learn/{course.slug}")


def tell_extended(event: DueDateExtended) -> None:
    """Tell a learner that their date was moved, and why."""
    course = queries.list_courses([event.course_id])[event.course_id]
    kind = NOT_DUE if event.due_on is None else DUE_MOVED
    due = event.due_on.isoformat() if event.due_on else ""
    notifications.notify(
        kind,
        to=[event.person_id],
        values={"course": course.title, "day": due, "reason": event.reason},
        url=f"/learn/{course.slug}",
    )


def on_accounts_merged(event: AccountsMerged) -> None:
    """Let all that was learned in both accounts be one person's, within the transaction."""
    now = clock.now()
    joining.join_accounts(kept_id=event.kept_id, merged_id=event.merged_id, now=now)
    notes.join_accounts(kept_id=event.kept_id, merged_id=event.merged_id, now=now)


def tell_withdrawn(event: EnrolmentWithdrawn) -> None:
    """Tell a learner whom others withdrew, and why."""
    if event.ending != Ending.BY_OTHERS:
        return
    course = queries.list_courses([event.course_id])[event.course_id]
    notifications.notify(
        WITHDRAWN, to=[event.person_id], values={"course": course.title, "reason": event.reason}, url="/learn"
    )


def tell_assigned(event: EnrolmentMade) -> None:
    """Tell a person that another one enrolled them; what the system does is told by the feature that asked."""
    if event.enrolled_by is None or event.enrolled_by == event.person_id:
        return
    course = queries.list_courses([event.course_id])[event.course_id]
    notifications.notify(
        ASSIGNED, to=[event.person_id], values={"course": course.title}, url=f"/learn/{course.slug}"
    )


@in_batches(STATED_AT_ONCE)
def state_activities(past: Sequence[Past]) -> None:
    """Tell the record store which activities were completed."""
    stating.state_activities(past)


@in_batches(STATED_AT_ONCE)
def state_courses(past: Sequence[Past]) -> None:
    """Tell the record store which courses were completed."""
    stating.state_courses(past)
