"""Figures of acts on 10,000 among 100,000 people: a course for an audience, another date for all of them, their end.

What is timed is the whole of it: what lists them, and every batch of the job until the last has committed, with its
events, audit and outbox. Telling people comes after, through the outbox, and is not in it.
"""

import time
from collections.abc import Callable, Iterator

from sqlalchemy import func, insert, select

from bench import meant
from bench.data import thrown_away
from bench.figures import Figure, is_wanted
from bench.world import NOW
from lms.audiences import facade as audiences
from lms.audiences.models import AudienceMember
from lms.audiences.values import AudienceId
from lms.courses import facade as courses
from lms.courses.authoring.values import CourseAccess, CourseFacts
from lms.courses.learning import queries, service
from lms.courses.learning.models import EnrolmentRow
from lms.courses.learning.values import (
    DONE_OUTCOMES,
    ActKind,
    ActState,
    ActWay,
    Ask,
    EnrolmentActId,
    Whom,
)
from lms.courses.values import ActivityKey, CourseId, DueRule, SectionKey
from lms.identity import facade as identity
from lms.identity.values import OrganisationKind, PersonId
from lms.kernel import clock, uow
from lms.kernel.actor import EVERYTHING, SYSTEM, Role, acting_as
from lms.kernel.db import db, new_id
from lms.kernel.uow import unit_of_work

ENROLLED, GOAL_S = 10_000, 5


def figures(suffix: str) -> Iterator[Figure]:
    """Yield every figure of acts on many; `suffix` names the database where it is not SQLite."""
    yield Figure(f"enrol_{ENROLLED}_by_audience.s{suffix}", "s", GOAL_S)
    yield Figure(f"acts.extend_{ENROLLED}_s{suffix}", "s")
    yield Figure(f"acts.withdraw_{ENROLLED}_s{suffix}", "s")


def measure(pattern: str | None, database_url: str | None, suffix: str) -> dict[str, float]:
    """Return the figures if `pattern` asks for any: each is measured on what the one before has left."""
    named = [figure.name for figure in figures(suffix)]
    if not any(is_wanted(name, pattern) for name in named):
        return {}
    with thrown_away(database_url, name="guildhall_bench_enrolling"):
        course_id, audience_id, trainer = _build()
        spent = [
            _enrol(course_id, audience_id),
            _done(_ask(ActKind.EXTEND, course_id, audience_id, DueRule(days=30)), trainer),
            _done(_ask(ActKind.WITHDRAW, course_id, audience_id, DueRule()), trainer),
        ]
    return dict(zip(named, spent, strict=True))


def _build() -> tuple[CourseId, AudienceId, PersonId]:
    world = meant.write(meant.PEOPLE)
    with unit_of_work(), acting_as(SYSTEM):
        audience_id = audiences.list_audiences()[0].id
        db.session.execute(
            insert(AudienceMember),
            [
                {"audience_id": audience_id, "person_id": one, "since": NOW}
                for one in world.people[:: meant.PEOPLE // ENROLLED]
            ],
        )
        return write_course(), audience_id, _trainer()


def _trainer() -> PersonId:
    oem = identity.add_organisation(
        name="Maker",
        kind=OrganisationKind.OEM,
        model=None,
        parent_id=None,
        region_id=None,
        country="NO",
        domain="",
        now=NOW,
    )
    person_id: PersonId = identity.add_person(
        email="trainer@bench.example", name="Trainer", showcase_line="Enrols many", now=NOW
    )
    identity.employ(person_id=person_id, organisation_id=oem, position_id=None, region_id=None, now=NOW)
    identity.grant_role(person_id=person_id, role=Role.TRAINER, scope=EVERYTHING, actor=SYSTEM, now=NOW)
    return person_id


def write_course() -> CourseId:
    """Publish a course of one page."""
    course_id = courses.create_course(
        course_id=CourseId(new_id()), facts=CourseFacts(title="Cold", slug="cold"), actor=SYSTEM, now=NOW
    )
    section, key = SectionKey(new_id()), ActivityKey(new_id())
    courses.add_section(course_id=course_id, key=section, title="Part", actor=SYSTEM, now=NOW)
    courses.add_activity(
        course_id=course_id, section_key=section, key=key, kind="page", title="One", actor=SYSTEM, now=NOW
    )
    courses.edit_activity(
        course_id=course_id,
        key=key,
        title="One",
        minutes=5,
        is_required=True,
        body="All about it.",
        revision=1,
        actor=SYSTEM,
        now=NOW,
    )
    courses.publish(course_id=course_id, actor=SYSTEM, now=NOW)
    return course_id


def _enrol(course_id: CourseId, audience_id: AudienceId) -> float:
    access = CourseAccess(enrolled=frozenset({audience_id}), due=DueRule(days=30))
    with acting_as(SYSTEM):
        spent = _timed(lambda: courses.set_access(course_id=course_id, access=access, actor=SYSTEM, now=NOW))
    with unit_of_work(read_only=True):
        enrolled = db.session.scalar(select(func.count()).select_from(EnrolmentRow))
    if enrolled != ENROLLED:
        raise AssertionError(f"{enrolled} people were enrolled, not {ENROLLED}")
    return spent


def _ask(kind: ActKind, course_id: CourseId, audience_id: AudienceId, due: DueRule) -> Ask:
    whom = Whom(way=ActWay.AUDIENCE, audience_id=audience_id)
    return Ask(
        id=EnrolmentActId(new_id()),
        course_id=course_id,
        kind=kind,
        whom=whom,
        due=due,
        reason="The hall is rebuilt",
    )


def _done(ask: Ask, trainer: PersonId) -> float:
    """Return what it takes to look at whom an act is about, to begin it, and to do it."""
    with unit_of_work(read_only=True):
        actor = identity.actor_of(trainer)

    def begin() -> None:
        service.look(ask=ask, actor=actor, now=NOW)
        service.begin(act_id=ask.id, actor=actor, now=NOW)

    with acting_as(actor):
        spent = _timed(begin)
    with unit_of_work(read_only=True):
        act = queries.get_act(ask.id, actor)
    if act.state is not ActState.DONE or act.done != ENROLLED or set(act.counts) - DONE_OUTCOMES:
        raise AssertionError(f"not everybody's: {act}")
    return spent


def _timed(begin: Callable[[], object]) -> float:
    began = time.perf_counter()
    with unit_of_work():
        begin()
    with acting_as(SYSTEM):
        while uow.run(lambda: service.do_next(clock.now())):
            pass
    return time.perf_counter() - began
