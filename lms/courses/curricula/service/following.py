"""Following a path: starting and leaving it, taking its courses in order, and completing it once."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite

from lms.courses import policy
from lms.courses.curricula import rules
from lms.courses.curricula.models import CurriculumCompletionRow, CurriculumRow, FollowingRow
from lms.courses.curricula.queries import paths
from lms.courses.curricula.queries.known import know
from lms.courses.curricula.values import Done, Place, Stage, StagePlace, StageState
from lms.courses.errors import Locked
from lms.courses.events import CurriculumCompleted, PathLeft, PathStarted
from lms.courses.learning import facade as learning
from lms.courses.values import (
    CourseId,
    CurriculumCompletionId,
    CurriculumId,
    CurriculumVersionId,
    EnrolmentSource,
    FollowingId,
)
from lms.identity.values import PersonId
from lms.kernel import events
from lms.kernel.actor import Actor
from lms.kernel.db import db, new_id
from lms.kernel.errors import Forbidden, NotFound

AT_ONCE: Final = 500
"""How many people are judged with one set of questions."""
BEFORE_ALL: Final = UUID(int=0)


def start(*, curriculum_id: CurriculumId, actor: Actor, now: datetime) -> FollowingId:
    """Let `actor` follow the published version, and enrol them in the courses that are open first.

    A second click changes nothing. Who has done it all already has completed it at once.
    """
    person_id = _learner(actor)
    curriculum = db.session.get(CurriculumRow, curriculum_id)
    if curriculum is None or curriculum.published_id is None:
        raise NotFound
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    made = db.session.scalar(
        insert(FollowingRow)
        .values(
            id=FollowingId(new_id()),
            person_id=person_id,
            curriculum_id=curriculum_id,
            version_id=curriculum.published_id,
            started_at=now,
        )
        .on_conflict_do_nothing()
        .returning(FollowingRow.id)
    )
    row = paths.find_following(person_id, curriculum_id)
    if row is None:
        raise NotFound
    if made is None:
        return row.id
    events.record(PathStarted(following_id=row.id, person_id=person_id, curriculum_id=curriculum_id))
    settle([row], now)
    if row.completed_at is None:
        for course_id in _open_first(_place(row)):
            _enrol(person_id, course_id, actor, now)
    return row.id


def _open_first(place: Place) -> Sequence[CourseId]:
    """Return the courses to be enrolled in at once: those of open stages that leave no choice."""
    return [
        course_id
        for one in place.stages
        if one.state is StageState.OPEN and one.stage.least == len(one.stage.courses)
        for course_id in one.stage.courses
        if course_id not in one.done
    ]


def _place(row: FollowingRow) -> Place:
    stages = paths.stages_by_version([row.version_id])[row.version_id]
    return know([row.person_id], rules.courses_of(stages)).place_of(row.person_id, stages)


def _enrol(person_id: PersonId, course_id: CourseId, actor: Actor, now: datetime) -> None:
    learning.enrol(
        person_id=person_id,
        course_id=course_id,
        source=EnrolmentSource.SELF,
        due_on=None,
        actor=actor,
        now=now,
    )


def take(*, curriculum_id: CurriculumId, course_id: CourseId, actor: Actor, now: datetime) -> None:
    """Enrol `actor` in a course of the path that they follow. Locked says which stage comes first."""
    person_id = _learner(actor)
    row = paths.find_following(person_id, curriculum_id)
    if row is None:
        raise NotFound
    stage = _place(row).stage_of(course_id)
    if stage is None:
        raise NotFound
    if stage.state is StageState.LOCKED:
        raise Locked(why_locked(stage))
    if course_id not in stage.done:
        _enrol(person_id, course_id, actor, now)


def why_locked(stage: StagePlace) -> str:
    """Return what a locked stage waits for, in a sentence."""
    names = ", ".join(f"“{one.title}”" for one in stage.waits_for)
    return _("Opens when you have finished %(stages)s.", stages=names)


def leave(*, curriculum_id: CurriculumId, actor: Actor, now: datetime) -> None:
    """End following a path; its courses go on, and what is completed stays. Twice is once."""
    person_id = _learner(actor)
    row = paths.find_following(person_id, curriculum_id)
    if row is None or row.completed_at is not None:
        return
    row.left_at = now
    events.record(PathLeft(following_id=row.id, person_id=person_id, curriculum_id=curriculum_id))


def leave_all(person_id: PersonId, now: datetime) -> None:
    """End every path of a person who leaves for good; what they completed stays under their bare id."""
    for row in paths.hold_of_person(person_id):
        row.left_at = now
        events.record(PathLeft(following_id=row.id, person_id=person_id, curriculum_id=row.curriculum_id))


def settle(rows: Sequence[FollowingRow], now: datetime) -> int:
    """Complete those of these paths, held, that are whole now; return how many. Four queries for all of them.

    Each person completes a curriculum once: who left and came back keeps the first completion.
    """
    if not rows:
        return 0
    stages = paths.stages_by_version({row.version_id for row in rows})
    wanted = frozenset(course_id for held in stages.values() for course_id in rules.courses_of(held))
    known = know({row.person_id for row in rows}, wanted)
    whole = [row for row in rows if known.place_of(row.person_id, stages[row.version_id]).is_done]
    made = _insert(
        [
            {
                "id": CurriculumCompletionId(new_id()),
                "person_id": row.person_id,
                "curriculum_id": row.curriculum_id,
                "version_id": row.version_id,
                "completed_at": now,
                "evidence": {"stages": _evidence(stages[row.version_id], known.counted(row.person_id))},
            }
            for row in whole
        ]
    )
    for row in whole:
        row.completed_at = now
    db.session.flush()
    for one in made:
        events.record(
            CurriculumCompleted(
                curriculum_completion_id=one.id,
                person_id=one.person_id,
                curriculum_id=one.curriculum_id,
                curriculum_version_id=one.version_id,
            )
        )
    return len(whole)


def _insert(values: Sequence[dict[str, object]]) -> Sequence[CurriculumCompletionRow]:
    if not values:
        return ()
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    return db.session.scalars(
        insert(CurriculumCompletionRow).on_conflict_do_nothing().returning(CurriculumCompletionRow), values
    ).all()


def _evidence(stages: Sequence[Stage], found: Mapping[CourseId, Done]) -> list[dict[str, object]]:
    return [
        {
            "stage": str(one.key),
            "courses": [
                {
                    "course_id": str(course_id),
                    "completion_id": str(found[course_id].id),
                    "of_course_id": str(found[course_id].course_id),
                    "completed_at": found[course_id].completed_at.isoformat(),
                }
                for course_id in one.courses
                if course_id in found
            ],
        }
        for one in stages
    ]


def settle_all(
    now: datetime, *, curriculum_id: CurriculumId | None = None, counting: Collection[CourseId] = ()
) -> int:
    """Complete every path that a change has made whole, in batches: of a curriculum, or of who has what counts now."""
    settled, after = 0, BEFORE_ALL
    while rows := paths.hold_batch(after, AT_ONCE, curriculum_id=curriculum_id, counting=counting):
        settled += settle(rows, now)
        after = rows[-1].id
    return settled


def move_to_version(curriculum_id: CurriculumId, version_id: CurriculumVersionId) -> None:
    """Let everybody under way go on in this version."""
    db.session.execute(
        update(FollowingRow)
        .where(
            FollowingRow.curriculum_id == curriculum_id,
            FollowingRow.left_at.is_(None),
            FollowingRow.completed_at.is_(None),
            FollowingRow.version_id != version_id,
        )
        .values(version_id=version_id)
        .execution_options(synchronize_session=False)
    )


def _learner(actor: Actor) -> PersonId:
    if actor.person_id is None or not policy.may_learn(actor):
        raise Forbidden(_("Auditors read everything and change nothing."))
    return PersonId(actor.person_id)
