"""Curricula for tests: written and published as a trainer does, followed as a learner does."""

from collections.abc import Sequence
from datetime import date

from lms.app.portal import Portal
from lms.courses.curricula.queries import authored, paths
from lms.courses.curricula.service import editing, following
from lms.courses.curricula.values import CurriculumFacts, Path, Stage
from lms.courses.values import CourseId, CurriculumId, EquivalenceId, FollowingId, StageKey
from lms.identity.values import PersonId
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import new_id
from lms.kernel.uow import unit_of_work
from tests.courses.courses import activities_of, complete, enrol, write_course
from tests.courses.sessions import actor_of


def stage(
    title: str, *courses: CourseId, needed: int | None = None, after: Sequence[Stage] | None = None
) -> Stage:
    """Return a stage of these courses."""
    return Stage(
        key=StageKey(new_id()),
        title=title,
        courses=courses,
        needed=needed,
        after=None if after is None else tuple(one.key for one in after),
    )


def write_path(
    *stages: Stage, slug: str = "loops", title: str = "Loops", publish: bool = True, is_strict: bool = False
) -> CurriculumId:
    """Return a new curriculum of these stages, published unless told otherwise."""
    now = clock.now()
    with unit_of_work(), acting_as(SYSTEM):
        curriculum_id = editing.create(
            curriculum_id=CurriculumId(new_id()),
            facts=CurriculumFacts(title=title, slug=slug, is_strict=is_strict),
            actor=SYSTEM,
            now=now,
        )
    for one in stages:
        put_stage(curriculum_id, one)
    if publish:
        publish_path(curriculum_id)
    return curriculum_id


def put_stage(curriculum_id: CurriculumId, one: Stage) -> None:
    """Add a stage to the draft, or save it over the one that is there."""
    now = clock.now()
    with unit_of_work(), acting_as(SYSTEM):
        editing.add_stage(curriculum_id=curriculum_id, key=one.key, title=one.title, actor=SYSTEM, now=now)
        seen = authored.get_authored(curriculum_id).revision
        editing.save_stage(curriculum_id=curriculum_id, stage=one, seen=seen, actor=SYSTEM, now=now)


def publish_path(curriculum_id: CurriculumId, *, moves: bool = False) -> None:
    """Publish the draft."""
    with unit_of_work(), acting_as(SYSTEM):
        editing.publish(curriculum_id=curriculum_id, moves=moves, actor=SYSTEM, now=clock.now())


def write_small(slug: str, minutes: int = 1) -> CourseId:
    """Return a published course of so many lessons, five minutes each, named after its address."""
    return write_course(slug, [[f"{slug} {number}" for number in range(minutes)]], title=slug.capitalize())


def follow(portal: Portal, curriculum_id: CurriculumId, person_id: PersonId) -> FollowingId:
    """Let a person follow a curriculum, by themselves."""
    actor = actor_of(portal, person_id)
    with unit_of_work(), acting_as(actor):
        return following.start(curriculum_id=curriculum_id, actor=actor, now=clock.now())


def finish(person_id: PersonId, course_id: CourseId) -> None:
    """Let a person complete a whole course."""
    enrolment_id = enrol(person_id, course_id)
    for activity in activities_of(course_id):
        complete(enrolment_id, activity)


def let_count(
    old: CourseId,
    new: CourseId,
    *,
    is_mutual: bool = False,
    from_on: date | None = None,
    until_on: date | None = None,
) -> EquivalenceId:
    """Let completions of a course count for another."""
    with unit_of_work(), acting_as(SYSTEM):
        return editing.add_equivalence(
            equivalence_id=EquivalenceId(new_id()),
            course_id=old,
            counts_for_id=new,
            is_mutual=is_mutual,
            note="",
            from_on=from_on,
            until_on=until_on,
            actor=SYSTEM,
            now=clock.now(),
        )


def see_path(slug: str, person_id: PersonId) -> Path:
    """Return a path as a person meets it."""
    with unit_of_work(read_only=True):
        found = paths.find_path(slug, person_id)
    assert found is not None
    return found
