"""Every SELECT of SCORM 2004: manifests, where learners stand, and what packages of an enrolment share."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, func, select

from lms.courses.values import ActivityId, EnrolmentId, Launch
from lms.kernel.db import db, new_id
from lms.kernel.errors import NotFound
from lms.packages.models import (
    PackageRevision,
    PastAttemptRow,
    SequencingRow,
    SharedObjectivesRow,
    TrackingRow,
)
from lms.packages.values import PackageStandard, RevisionId
from lms.packages.values.scorm2004 import SequencedManifest
from lms.packages.values.sequencing import CourseState

KEPT_IN_MEMORY = 64
PAST_AT_MOST = 200


def manifest_of(row: PackageRevision) -> SequencedManifest:
    """Return what the manifest of a SCORM 2004 package said; NotFound if it is none."""
    if row.standard is not PackageStandard.SCORM_2004:
        raise NotFound
    return _manifest(row.id)


@lru_cache(maxsize=KEPT_IN_MEMORY)
def _manifest(revision_id: RevisionId) -> SequencedManifest:
    """Return a revision's manifest: it never changes, and every commit needs it."""
    row = db.session.get(PackageRevision, revision_id)
    if row is None:
        raise NotFound
    return msgspec.convert(row.manifest, SequencedManifest)


def find_row(enrolment_id: EnrolmentId, activity_id: ActivityId) -> SequencingRow | None:
    """Return where a learner stands in the package of an activity, None if it was never opened."""
    return db.session.get(SequencingRow, (enrolment_id, activity_id))


def hold_row(enrolment_id: EnrolmentId, activity_id: ActivityId) -> SequencingRow | None:
    """Return where a learner stands, and let nobody else change it."""
    return db.session.get(
        SequencingRow, (enrolment_id, activity_id), with_for_update=True, populate_existing=True
    )


def hold_shared(enrolment_id: EnrolmentId) -> SharedObjectivesRow | None:
    """Return what the packages of an enrolment know together, and let nobody else change it."""
    return db.session.get(SharedObjectivesRow, enrolment_id, with_for_update=True, populate_existing=True)


def find_shared(enrolment_id: EnrolmentId) -> SharedObjectivesRow | None:
    """Return what the packages of an enrolment know together, None if nothing."""
    return db.session.get(SharedObjectivesRow, enrolment_id)


def state_of(
    manifest: SequencedManifest, row: SequencingRow | None, shared: SharedObjectivesRow | None
) -> CourseState:
    """Return where a learner stands, with what other packages of the enrolment left in what is the system's."""
    state = msgspec.convert(row.state, CourseState) if row else CourseState()
    if shared is None:
        return state
    known: dict[str, Any] = {}
    if manifest.scope.keeps_objectives:
        known["objectives"] = shared.objectives
    if manifest.scope.keeps_stores:
        known["stores"] = shared.stores
    return msgspec.convert({**msgspec.to_builtins(state), **known}, CourseState)


def as_stored(state: CourseState) -> dict[str, Any]:
    """Return a state as it is kept: what has its default is not in it, since packages have hundreds of items."""
    kept: dict[str, Any] = msgspec.to_builtins(state)
    kept["objectives"] = {name: _known(facts) for name, facts in kept["objectives"].items()}
    kept["activities"] = {
        name: {
            key: {one: _known(facts) for one, facts in value.items()} if key == "objectives" else value
            for key, value in activity.items()
            if value
        }
        for name, activity in kept["activities"].items()
    }
    return kept


def _known(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value is not None}


def state_for(launch: Launch, manifest: SequencedManifest) -> CourseState:
    """Return where a learner stands, for a page: a preview stands nowhere."""
    if launch.enrolment_id is None:
        return CourseState()
    row = find_row(launch.enrolment_id, launch.activity.id)
    return state_of(manifest, row, find_shared(launch.enrolment_id))


def count_attempts(enrolment_id: EnrolmentId, activity_id: ActivityId, item: str) -> int:
    """Return how many attempts on an item are over and kept."""
    query = select(func.count()).where(
        PastAttemptRow.enrolment_id == enrolment_id,
        PastAttemptRow.activity_id == activity_id,
        PastAttemptRow.item == item,
    )
    return db.session.scalar(query) or 0


def past_attempt_of(row: TrackingRow) -> PastAttemptRow:
    """Return what an item has set in the attempt that is over, to be kept beside those before."""
    return PastAttemptRow(
        id=new_id(),
        enrolment_id=row.enrolment_id,
        activity_id=row.activity_id,
        item=row.item,
        number=count_attempts(row.enrolment_id, row.activity_id, row.item) + 1,
        elements=row.elements,
        total_seconds=row.total_seconds,
        ended_at=row.changed_at,
    )


def list_attempts(enrolments: Select[EnrolmentId]) -> Sequence[PastAttemptRow]:
    """Return the attempts of these enrolments that are over, oldest first."""
    query = (
        select(PastAttemptRow)
        .where(PastAttemptRow.enrolment_id.in_(enrolments))
        .order_by(PastAttemptRow.id)
        .limit(2000)
    )
    return db.session.scalars(query).all()


def page_states(
    activity_id: ActivityId, enrolments: Select[EnrolmentId], *, after: EnrolmentId | None, size: int
) -> Sequence[SequencingRow]:
    """Return the next `size` of those who stand in the package of an activity, by enrolment."""
    query = select(SequencingRow).where(
        SequencingRow.activity_id == activity_id, SequencingRow.enrolment_id.in_(enrolments)
    )
    if after is not None:
        query = query.where(SequencingRow.enrolment_id > after)
    return db.session.scalars(query.order_by(SequencingRow.enrolment_id).limit(size)).all()


def list_past(enrolment_id: EnrolmentId, activity_id: ActivityId) -> Sequence[PastAttemptRow]:
    """Return the latest attempts of somebody on the items of a package that are over, the newest first."""
    query = (
        select(PastAttemptRow)
        .where(PastAttemptRow.enrolment_id == enrolment_id, PastAttemptRow.activity_id == activity_id)
        .order_by(PastAttemptRow.ended_at.desc(), PastAttemptRow.id.desc())
        .limit(PAST_AT_MOST)
    )
    return db.session.scalars(query).all()


def page_attempts(
    activity_id: ActivityId, enrolments: Select[EnrolmentId], *, after: UUID | None, size: int
) -> Sequence[PastAttemptRow]:
    """Return the next `size` of the attempts on an activity that are over, by id."""
    query = select(PastAttemptRow).where(
        PastAttemptRow.activity_id == activity_id, PastAttemptRow.enrolment_id.in_(enrolments)
    )
    if after is not None:
        query = query.where(PastAttemptRow.id > after)
    return db.session.scalars(query.order_by(PastAttemptRow.id).limit(size)).all()


def export_enrolments(enrolments: Select[EnrolmentId]) -> Mapping[str, Any]:
    """Return what SCORM 2004 holds of these enrolments, as JSON values."""
    states = db.session.scalars(
        select(SequencingRow).where(SequencingRow.enrolment_id.in_(enrolments)).limit(2000)
    )
    shared = db.session.scalars(
        select(SharedObjectivesRow).where(SharedObjectivesRow.enrolment_id.in_(enrolments)).limit(2000)
    )
    return {
        "standings": [
            {
                "activity_id": str(row.activity_id),
                "state": row.state,
                "changed_at": row.changed_at.isoformat(),
            }
            for row in states
        ],
        "shared": [{"objectives": row.objectives, "stores": row.stores} for row in shared],
        "earlier_attempts": [
            {
                "activity_id": str(row.activity_id),
                "item": row.item,
                "number": row.number,
                "elements": row.elements,
                "seconds": str(row.total_seconds),
                "ended_at": row.ended_at.isoformat(),
            }
            for row in list_attempts(enrolments)
        ],
    }
