"""Asking a second trainer to read a draft, and what they say."""

from collections.abc import Mapping
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from lms.courses.authoring import queries
from lms.courses.authoring.models import CourseReviewRow, CourseRow
from lms.courses.authoring.rules import reviewing
from lms.courses.authoring.service.drafts import held_course, note_change
from lms.courses.authoring.values import Verdict
from lms.courses.events import ReviewAsked, ReviewDecided
from lms.courses.values import CourseId, DraftChange, ReviewId
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel import events
from lms.kernel.actor import Actor, Role
from lms.kernel.db import db
from lms.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from lms.kernel.lines import is_blank

REASON_LENGTH = 2000


def require_review(*, course_id: CourseId, is_needed: bool, actor: Actor, now: datetime) -> None:
    """Let a course ask for a second trainer's approval, or no longer.

    Any author may ask for it; only an administrator may lift it, or nobody would be held by it.
    """
    course = held_course(course_id, actor)
    if course.needs_review is is_needed:
        return
    if not is_needed and Role.ADMINISTRATOR not in actor.roles:
        raise Forbidden(
            _("An administrator can lift this: whoever could lift it alone would not be held by it.")
        )
    course.needs_review = is_needed
    note_change(
        course,
        DraftChange.REVIEW_ASKED_OF_ALL if is_needed else DraftChange.REVIEW_LIFTED,
        now,
        is_edit=False,
    )


def ask_review(
    *,
    course_id: CourseId,
    review_id: ReviewId,
    reviewer_id: PersonId | None,
    note: str,
    actor: Actor,
    now: datetime,
) -> ReviewId:
    """Ask that the draft is read: by one person, or by any other trainer. Twice is once.

    Conflict while another request waits or without a draft; Invalid for somebody who cannot be the second.
    """
    course = held_course(course_id, actor)
    if db.session.get(CourseReviewRow, review_id) is not None:
        return review_id
    if course.draft_id is None:
        raise Conflict(_("There is no draft: nothing waits to be published."))
    if _find_open(course) is not None:
        raise Conflict(_("A request for review waits already. Take it back before you ask somebody else."))
    if reviewer_id is not None and reviewer_id not in _list_eligible(course, actor):
        message = _("Choose somebody who writes courses and has not changed this draft.")
        raise Invalid(message, fields={"reviewer": message})
    published = queries.published_number(course)
    row = CourseReviewRow(
        id=review_id,
        course_id=course.id,
        number=published + 1,
        changes=course.changes,
        asked_at=now,
        asked_by=PersonId(actor.person_id) if actor.person_id else None,
        reviewer_id=reviewer_id,
        note=note.strip()[:REASON_LENGTH],
    )
    db.session.add(row)
    db.session.flush()
    events.record(
        ReviewAsked(course_id=course.id, review_id=row.id, asked_by=row.asked_by, reviewer_id=reviewer_id)
    )
    return row.id


def decide_review(
    *,
    course_id: CourseId,
    review_id: ReviewId,
    verdict: Verdict,
    reason: str,
    seen_changes: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Approve a draft as it was read, or return it with a reason; the asker may take the request back.

    Conflict if it was edited since it was read, or decided; Invalid for a return without a reason; Forbidden for
    whoever asked or wrote some of it.
    """
    course = held_course(course_id, actor)
    row = db.session.get(CourseReviewRow, review_id, with_for_update=True, populate_existing=True)
    if row is None or row.course_id != course.id:
        raise NotFound
    if row.decided_at is not None:
        if row.verdict is verdict and row.decided_by == actor.person_id:
            return
        raise Stale(_("This request was answered already."))
    if verdict is Verdict.TAKEN_BACK:
        if actor.person_id != row.asked_by and Role.ADMINISTRATOR not in actor.roles:
            raise Forbidden(_("Whoever asked can take the request back."))
    else:
        _check_second(course, row, actor)
        if verdict is Verdict.RETURNED and is_blank(reason):
            message = _("Say what has to change.")
            raise Invalid(message, fields={"reason": message})
        if verdict is Verdict.APPROVED and seen_changes != course.changes:
            raise Stale(_("The draft was edited while you read it. Look at what changed, then decide."))
    row.decided_at, row.verdict, row.reason = now, verdict, reason.strip()[:REASON_LENGTH]
    row.decided_by = PersonId(actor.person_id) if actor.person_id else None
    row.changes = course.changes
    db.session.flush()
    events.record(
        ReviewDecided(
            course_id=course.id,
            review_id=row.id,
            verdict=verdict.value,
            asked_by=row.asked_by,
            decided_by=row.decided_by,
            reason=row.reason,
        )
    )


def _check_second(course: CourseRow, row: CourseReviewRow, actor: Actor) -> None:
    person_id = PersonId(actor.person_id) if actor.person_id else None
    if not reviewing.may_decide(person_id, queries.review_of(row), queries.writers_of(course)):
        raise Forbidden(
            _(
                "A second trainer decides: somebody who was asked, and neither asked nor wrote any of the draft."
            )
        )


def close_review(course: CourseRow, now: datetime) -> None:
    """Take back what waits, because its draft is gone."""
    row = _find_open(course)
    if row is not None:
        row.decided_at, row.verdict = now, Verdict.TAKEN_BACK
        db.session.flush()


def list_eligible(course_id: CourseId, actor: Actor) -> Mapping[PersonId, str]:
    """Return who can be asked, with their names: authors but the asker and those who changed the draft."""
    course = db.session.get(CourseRow, course_id)
    if course is None:
        raise NotFound
    return _list_eligible(course, actor)


def _list_eligible(course: CourseRow, actor: Actor) -> Mapping[PersonId, str]:
    writers = queries.writers_of(course)
    authors = identity.list_holders(roles={Role.TRAINER, Role.ADMINISTRATOR})
    return {one: name for one, name in authors.items() if one not in writers and one != actor.person_id}


def _find_open(course: CourseRow) -> CourseReviewRow | None:
    return db.session.scalars(
        select(CourseReviewRow).where(
            CourseReviewRow.course_id == course.id, CourseReviewRow.decided_at.is_(None)
        )
    ).first()
