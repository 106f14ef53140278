"""The marking queue: putting work in, taking it, deciding about it. Of two who mark at once, one does.

Work may come from any feature that offers a MarkingSource; what was decided goes back to it in the same transaction.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _

from lms.courses import policy
from lms.courses.assignments import rules
from lms.courses.assignments.models import MarkRow, MarkWords, WorkMarker, WorkRow
from lms.courses.assignments.queries import work as queue
from lms.courses.assignments.values import Given
from lms.courses.errors import NotToMark
from lms.courses.events import WorkMarked, WorkMarkedAnew
from lms.courses.kinds import marking
from lms.courses.values.marking import Judgement, MarkingSource, Outcome, Rubric, Work, WorkId
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel import events
from lms.kernel.actor import Actor
from lms.kernel.db import db, new_id
from lms.kernel.errors import Forbidden, Invalid, NotFound
from lms.kernel.lines import is_blank

COMMENT_LENGTH = 10_000


def wait(work: Work) -> WorkId:
    """Put work into the queue; what is in it already stays as it is."""
    found = queue.find_work(work.source, work.ref)
    if found is not None:
        return found.id
    row = WorkRow(
        id=WorkId(new_id()),
        source=work.source,
        ref=work.ref,
        title=work.title,
        course_id=work.course_id,
        activity_id=work.activity_id,
        enrolment_id=work.enrolment_id,
        person_id=work.person_id,
        waiting_since=work.waiting_since,
        is_late=work.is_late,
        is_named=bool(work.markers),
        is_blind=work.is_blind,
        marks=0,
    )
    db.session.add(row)
    db.session.flush()
    db.session.add_all(
        WorkMarker(work_id=row.id, person_id=person_id) for person_id in sorted(set(work.markers))
    )
    db.session.flush()
    return row.id


def take(*, work_id: WorkId, actor: Actor, now: datetime) -> None:
    """Take work to mark it, so that nobody else does meanwhile; NotToMark if somebody has it."""
    row = _held(work_id, actor)
    if row.ended_at is not None:
        raise NotToMark(_("This was marked meanwhile."))
    _check_claim(row, actor, now)
    row.claimed_by, row.claimed_until = _me(actor), now + rules.CLAIM_LASTS


def give_back(*, work_id: WorkId, actor: Actor, now: datetime) -> None:
    """Let go of work that `actor` had taken."""
    row = _held(work_id, actor)
    if row.claimed_by == actor.person_id and rules.holds_claim(row.claimed_until, now):
        row.claimed_by = row.claimed_until = None


def mark(
    *,
    work_id: WorkId,
    seen: int,
    given: Given,
    actor: Actor,
    now: datetime,
) -> Outcome:
    """Decide about work, by the levels of its rubric; `seen` is how often it was marked before, as the marker saw it.

    Marking anew needs a reason, stays on record beside what was, and takes no completion away. NotToMark if somebody
    else has it or marked it meanwhile; a second click changes nothing. Invalid names the criterion that has no level,
    or the comment that work is returned without.
    """
    row = _held(work_id, actor)
    work, source = queue.work_of(row), _source(row)
    rubric = source.rubric(work)
    outcome = _decide(rubric, given.levels, is_returned=given.is_returned and source.may_return(work))
    if row.marks != seen:
        return _second_click(row, seen, given.levels, outcome, actor)
    if outcome is Outcome.RETURNED and all(is_blank(one) for one in (given.comment, *given.comments)):
        message = _("Say what is asked for: the person reads it.")
        raise Invalid(message, fields={"comment": message})
    if row.ended_at is None:
        _check_claim(row, actor, now)
    elif is_blank(given.reason):
        message = _("Say why: it stays on record.")
        raise Invalid(message, fields={"reason": message})
    was = row.outcome
    judgement, mark_id = _keep(row, rubric, given.levels, outcome, actor, now)
    comments = [one.strip()[:COMMENT_LENGTH] for one in given.comments]
    db.session.add(
        MarkWords(
            mark_id=mark_id,
            comments={"criteria": [*comments, *[""] * (len(given.levels) - len(comments))]},
            comment=given.comment.strip()[:COMMENT_LENGTH],
            reason=given.reason.strip()[:COMMENT_LENGTH] if was is not None else "",
        )
    )
    db.session.flush()
    source.record(work, judgement)
    _say(row, judgement, was, given.reason)
    return outcome


def _decide(rubric: Rubric, levels: Sequence[int | None], *, is_returned: bool) -> Outcome:
    if not rules.is_choice(rubric, levels):
        raise Invalid(_("Reload this page and try again."), fields={"do": _("Reload this page.")})
    outcome = rules.outcome_of(rubric, levels, is_returned=is_returned)
    if outcome is None:
        missing = _("Choose a level.")
        raise Invalid(missing, fields={f"level-{n}": missing for n, one in enumerate(levels) if one is None})
    return outcome


def _second_click(
    row: WorkRow, seen: int, levels: Sequence[int | None], outcome: Outcome, actor: Actor
) -> Outcome:
    found = queue.find_mark(row.id, seen + 1)
    if (
        found is not None
        and row.marks == seen + 1
        and (found[0].marked_by, found[0].outcome, found[0].judged["levels"])
        == (actor.person_id, outcome, list(levels))
    ):
        return outcome
    raise NotToMark(_("Somebody marked this meanwhile. Nothing of yours was stored; it stands below."))


def _keep(
    row: WorkRow,
    rubric: Rubric,
    levels: Sequence[int | None],
    outcome: Outcome,
    actor: Actor,
    now: datetime,
) -> tuple[Judgement, UUID]:
    points = rules.points_of(rubric, levels)
    judgement = Judgement(
        work_id=row.id,
        number=row.marks + 1,
        outcome=outcome,
        levels=tuple(levels),
        points=points,
        score=rules.score_of(rubric, points),
        marked_by=_me(actor),
        marked_at=now,
    )
    mark_id = new_id()
    db.session.add(
        MarkRow(
            id=mark_id,
            work_id=row.id,
            number=judgement.number,
            outcome=outcome,
            judged={"levels": list(levels), "most": rubric.most, "pass_percent": rubric.pass_percent},
            points=points,
            score=judgement.score,
            marked_by=judgement.marked_by,
            marked_at=now,
        )
    )
    row.marks, row.outcome = judgement.number, outcome
    row.ended_at = row.ended_at or now
    row.claimed_by = row.claimed_until = None
    db.session.flush()
    return judgement, mark_id


def _say(row: WorkRow, judgement: Judgement, was: Outcome | None, reason: str) -> None:
    if was is None:
        events.record(
            WorkMarked(
                work_id=row.id,
                person_id=row.person_id,
                course_id=row.course_id,
                marked_by=judgement.marked_by,
                outcome=judgement.outcome,
                score=judgement.score,
            )
        )
        return
    events.record(
        WorkMarkedAnew(
            work_id=row.id,
            person_id=row.person_id,
            course_id=row.course_id,
            marked_by=judgement.marked_by,
            was=was,
            outcome=judgement.outcome,
            score=judgement.score,
            reason=reason.strip(),
        )
    )


def _held(work_id: WorkId, actor: Actor) -> WorkRow:
    """Return work that `actor` may mark, locked: nobody marks their own, and auditors mark nothing."""
    if not actor.may(policy.MARK_WORK):
        raise Forbidden
    row = queue.lock_work(work_id, actor)
    if row.person_id == actor.person_id:
        raise Forbidden(_("Nobody marks their own work."))
    return row


def _source(row: WorkRow) -> MarkingSource:
    source = marking.source_of(row.source)
    if source is None:
        raise NotFound
    return source


def _check_claim(row: WorkRow, actor: Actor, now: datetime) -> None:
    if rules.holds_claim(row.claimed_until, now) and row.claimed_by != actor.person_id:
        person = identity.find_person(row.claimed_by) if row.claimed_by else None
        raise NotToMark(_("%(name)s is marking this.", name=person.name if person else "–"))


def _me(actor: Actor) -> PersonId | None:
    return PersonId(actor.person_id) if actor.person_id else None
