"""Revisions of a package: what became of items that the next one no longer has, and learners who go on in it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import Uuid, case, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from lms.courses import facade as courses
from lms.courses.values import Activity, CourseId, CourseVersionId, EnrolmentId
from lms.identity.values import PersonId
from lms.kernel import events
from lms.kernel.actor import Actor
from lms.kernel.db import db, new_id
from lms.kernel.errors import Conflict, Forbidden, Invalid
from lms.kernel.inserting import insert_all
from lms.kernel.messages import Message
from lms.packages import policy, queries
from lms.packages.events import ItemsMapped
from lms.packages.models import (
    ItemFateRow,
    PackageRevision,
    PastAttemptRow,
    RegistrationRow,
    SequencingRow,
    TrackingRow,
)
from lms.packages.queries import revisions
from lms.packages.queries import scorm2004 as sequenced
from lms.packages.rules import lineage
from lms.packages.rules.lineage import Fates
from lms.packages.values import KIND, PackageStandard, RevisionId
from lms.packages.values.findings import PackageItem
from lms.packages.values.sequencing import CourseState

AT_ONCE: Final = 200


def note_vanished(
    revision: PackageRevision,
    before: PackageRevision,
    *,
    fates: Fates | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Keep what a revision no longer has, with the answers that came along; without any it is to be said later.

    Invalid names each item about which the answers are none.
    """
    items = revisions.items_of(revision)
    gone, fresh = changes(revisions.items_of(before), items)
    if not gone:
        return
    db.session.add_all(
        ItemFateRow(revision_id=revision.id, item=one.identifier, title=one.title or one.identifier)
        for one in gone
    )
    db.session.flush()
    if fates is not None:
        decide(revision.id, fates=fates, actor=actor, now=now)
    elif not fresh:
        # Nothing new is there that they could be.
        decide(revision.id, fates={one.identifier: None for one in gone}, actor=actor, now=now)


def check_fates(before: PackageRevision, items: Sequence[PackageItem], fates: Fates) -> None:
    """Raise Invalid, which names the items about which the answers are none."""
    wrong = lineage.faults(fates, *changes(revisions.items_of(before), items))
    if wrong:
        raise Invalid(Message("Say of each item what became of it."), fields=dict(wrong))


def changes(
    before: Sequence[PackageItem], now: Sequence[PackageItem]
) -> tuple[Sequence[PackageItem], Sequence[PackageItem]]:
    """Return the items that are gone, and those that are new."""
    return lineage.vanished(before, now), lineage.vanished(now, before)


def decide(revision_id: RevisionId, *, fates: Fates, actor: Actor, now: datetime) -> None:
    """Say what became of the items that a revision no longer has; Invalid names those about which nothing fits.

    Conflict once somebody has said it: learners may have gone on by it.
    """
    if not actor.may(policy.ADD_PACKAGES):
        raise Forbidden
    revision = queries.get_revision(revision_id)
    before = revisions.find_revision_before(revision)
    rows = revisions.list_fates(revision_id)
    if before is None or not rows:
        return
    if all(row.decided_at is not None for row in rows):
        raise Conflict(Message("What became of these items was said already."))
    check_fates(before, revisions.items_of(revision), fates)
    for row in rows:
        row.became, row.decided_at = fates[row.item], now
        row.decided_by = PersonId(actor.person_id) if actor.person_id else None
    db.session.flush()
    events.record(
        ItemsMapped(
            package_id=revision.package_id,
            revision_id=revision_id,
            mapped={row.item: row.became for row in rows},
        )
    )


def question(
    revision: PackageRevision,
) -> tuple[Sequence[PackageItem], Sequence[PackageItem], Mapping[str, str]]:
    """Return the items that are gone and of which nobody said what became of them, the new ones, and guesses."""
    before = revisions.find_revision_before(revision)
    undecided = {row.item for row in revisions.list_fates(revision.id) if row.decided_at is None}
    if before is None or not undecided:
        return (), (), {}
    gone, fresh = changes(revisions.items_of(before), revisions.items_of(revision))
    gone = [one for one in gone if one.identifier in undecided]
    return gone, fresh, lineage.suggest(gone, fresh)


def carry(course_id: CourseId, version_id: CourseVersionId) -> None:
    """Let learners who go on in a version find what they did in its packages, whatever the items are called now.

    What they left behind in the older version stays as it was. A cmi5 or xAPI registration goes along: it is one.
    """
    for activity, older in courses.list_earlier(course_id, version_id, KIND):
        _carry_one(version_id, activity, older)


def _carry_one(version_id: CourseVersionId, activity: Activity, older: Sequence[Activity]) -> None:
    ids = {one.id: queries.revision_id_of(one) for one in (activity, *older)}
    known = revisions.get_revisions([found for found in ids.values() if found is not None])
    target = known.get(ids[activity.id] or RevisionId(activity.id))
    if target is None:
        return
    steps = revisions.steps_of(target.package_id)
    for old in older:
        source = known.get(ids[old.id] or RevisionId(old.id))
        if source is None or source.package_id != target.package_id:
            continue
        moves = _moves(source, target, steps)
        _copy_trackings(version_id, old, activity, moves)
        if target.standard is PackageStandard.SCORM_2004:
            _copy_states(version_id, old, activity, moves)
            _copy_attempts(version_id, old, activity, moves)
        _take_registrations(version_id, old, activity)


def _moves(
    source: PackageRevision, target: PackageRevision, steps: Mapping[int, Fates]
) -> Mapping[str, str | None]:
    """Return the items that are called otherwise in the target, or are not there."""
    there = {one.identifier for one in revisions.items_of(target)}
    here = {one.identifier for one in revisions.items_of(source)}
    found = {
        item: lineage.became(item, steps, start=source.number, end=target.number, there=there)
        for item in here
    }
    return {item: now for item, now in found.items() if now != item}


def _copy_trackings(
    version_id: CourseVersionId, old: Activity, new: Activity, moves: Mapping[str, str | None]
) -> None:
    table = TrackingRow.__table__
    renamed = {item: now for item, now in moves.items() if now is not None}
    removed = [item for item, now in moves.items() if now is None]
    item = case(renamed, value=table.c.item, else_=table.c.item) if renamed else table.c.item
    changed = {"activity_id": literal(new.id, Uuid()), "item": item}
    columns = [column.key for column in table.c]
    source = select(*(changed.get(name, table.c[name]) for name in columns)).where(
        table.c.activity_id == old.id,
        table.c.enrolment_id.in_(courses.enrolments_on(version_id)),
        table.c.item.not_in(removed),
    )
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    db.session.execute(insert(TrackingRow).from_select(columns, source).on_conflict_do_nothing())


def _copy_states(version_id: CourseVersionId, old: Activity, new: Activity, moves: Fates) -> None:
    """Let who stands somewhere in a SCORM 2004 package stand there in the new revision, a batch at a time."""
    last: EnrolmentId | None = None
    while rows := sequenced.page_states(old.id, courses.enrolments_on(version_id), after=last, size=AT_ONCE):
        insert_all(
            SequencingRow,
            [
                {
                    "enrolment_id": row.enrolment_id,
                    "activity_id": new.id,
                    "state": sequenced.as_stored(
                        lineage.renamed(msgspec.convert(row.state, CourseState), moves)
                    ),
                    "session_id": row.session_id,
                    "sequence": row.sequence,
                    "changed_at": row.changed_at,
                }
                for row in rows
            ],
            unless_there=True,
        )
        last = rows[-1].enrolment_id


def _copy_attempts(version_id: CourseVersionId, old: Activity, new: Activity, moves: Fates) -> None:
    """Let attempts that are over stand beside them, a batch at a time."""
    last: UUID | None = None
    while rows := sequenced.page_attempts(
        old.id, courses.enrolments_on(version_id), after=last, size=AT_ONCE
    ):
        insert_all(
            PastAttemptRow,
            [
                {
                    "id": new_id(),
                    "enrolment_id": row.enrolment_id,
                    "activity_id": new.id,
                    "item": item,
                    "number": row.number,
                    "elements": row.elements,
                    "total_seconds": row.total_seconds,
                    "ended_at": row.ended_at,
                }
                for row in rows
                if (item := moves.get(row.item, row.item)) is not None
            ],
            unless_there=True,
        )
        last = rows[-1].id


def _take_registrations(version_id: CourseVersionId, old: Activity, new: Activity) -> None:
    there = select(RegistrationRow.enrolment_id).where(
        RegistrationRow.activity_id == new.id, RegistrationRow.enrolment_id.is_not(None)
    )
    db.session.execute(
        update(RegistrationRow)
        .where(
            RegistrationRow.activity_id == old.id,
            RegistrationRow.enrolment_id.in_(courses.enrolments_on(version_id)),
            RegistrationRow.enrolment_id.not_in(there),
        )
        .values(activity_id=new.id)
        .execution_options(synchronize_session=False)
    )
