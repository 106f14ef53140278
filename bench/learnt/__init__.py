"""One data set for catalogue, reports and learners' pages: 100,000 people, 2,000 courses, 3 million completions.

People, organisations and audiences are those of the figures of audiences, the courses say what the demo's say.
Everybody has completed thirty courses but for one that everybody is in, at every stage of it, and has three more open.
What is done of activities is written for two courses: the one that everybody is in, and an ordinary one. No other
course's rows are read for their reports. It takes minutes to make, and is kept beside the other data of the bench.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
from sqlalchemy import func, select, text

from bench import meant
from bench.data import database_url_of, fingerprint, make_empty, settings_of
from bench.learnt.courses import COURSES, Courses
from bench.learnt.learning import DONE_EACH, write_learning
from bench.world import NOW
from lms.app.factory import create_app
from lms.app.portal import Portal
from lms.audiences import service as audiences
from lms.courses.authoring import jobs
from lms.courses.authoring.models import ActivityRow, CourseRow
from lms.courses.learning import facade as learning
from lms.courses.learning.models import CompletionRow, EnrolmentRow
from lms.identity import facade as identity
from lms.identity import service as people
from lms.identity.values import OrganisationId, OrganisationKind, PersonId
from lms.kernel import clock
from lms.kernel.actor import EVERYTHING, SYSTEM, Role, Scope, acting_as
from lms.kernel.db import Base, db
from lms.kernel.uow import unit_of_work

READERS = 20


@dataclass(frozen=True, slots=True)
class Built:
    """What the figures need to know of the data.

    Two courses, who reads reports by their tokens, learners with a lesson that each is in, and a first figure.
    """

    everybodys: str
    ordinary: str
    tokens: Mapping[str, str]
    learners: tuple[tuple[str, str], ...]
    """A token and the path of a lesson, all over the ordinary organisations."""
    count_s: float


@dataclass(frozen=True, slots=True)
class Opened:
    """The data set, with where it lies for processes that open it themselves."""

    portal: Portal
    built: Built
    folder: Path
    url: str


@contextmanager
def opened(data_dir: Path, database_url: str | None) -> Iterator[Opened]:
    """Yield the data set, made now unless it lies there already; the clock stands at NOW."""
    mark = fingerprint(Path(meant.__file__), *sorted(Path(__file__).parent.glob("*.py")))
    folder = data_dir / "bench" / f"{mark}-learnt"
    url = database_url_of(folder, database_url, name=f"guildhall_bench_{mark}_learnt")
    written = url.render_as_string(hide_password=False)
    kept = folder / f"learnt.{url.get_backend_name()}.json"
    clock.set_source(lambda: NOW)
    try:
        if not kept.exists():
            folder.mkdir(parents=True, exist_ok=True)
            make_empty(url)
            portal = create_app(settings_of(folder, written))
            with portal.app_context():
                built = build(written)
                db.session.remove()
                db.engine.dispose()
            unfinished = kept.with_suffix(".unfinished")
            unfinished.write_bytes(msgspec.json.encode(built))
            unfinished.rename(kept)
        portal = create_app(settings_of(folder, written))
        yield Opened(portal, msgspec.json.decode(kept.read_bytes(), type=Built), folder, written)
        with portal.app_context():
            db.session.remove()
            db.engine.dispose()
    finally:
        clock.set_source(None)


def build(url: str) -> Built:
    """Store everything in the current portal's empty database, which lies at `url`."""
    Base.metadata.create_all(db.engine)
    world = meant.write(meant.PEOPLE)
    readers = _readers(world)
    with unit_of_work():
        audiences.follow_people(readers)
    courses = Courses()
    with unit_of_work():
        courses.write(COURSES)
    with acting_as(SYSTEM):
        jobs.shelve()
    write_learning(url, world.people, courses.written)
    began = time.perf_counter()
    with unit_of_work():
        learning.count_anew()
    count_s = time.perf_counter() - began
    _analyse()
    with unit_of_work(), acting_as(SYSTEM):
        return Built(
            everybodys=str(courses.written[0].id),
            ordinary=str(courses.written[1].id),
            tokens=_sign_in(world),
            learners=tuple((_token(one), _lesson(one)) for one in readers),
            count_s=count_s,
        )


def _readers(world: meant.Meant) -> list[PersonId]:
    some = world.people[meant.BIG :] or world.people
    return list(some[:: max(1, len(some) // READERS)][:READERS])


def _lesson(person_id: PersonId) -> str:
    """Return where somebody reads: the second lesson of the first course that they have open."""
    slug, activity_id = db.session.execute(
        select(CourseRow.slug, ActivityRow.id)
        .join(EnrolmentRow, EnrolmentRow.course_id == CourseRow.id)
        .join(ActivityRow, ActivityRow.version_id == EnrolmentRow.version_id)
        .where(EnrolmentRow.person_id == person_id, EnrolmentRow.ended_at.is_(None))
        .where(ActivityRow.position == 2, ActivityRow.html != "")  # noqa: PLR2004  the second
        .order_by(EnrolmentRow.id)
        .limit(1)
    ).one()
    return f"/learn/{slug}/{activity_id}"


def _analyse() -> None:
    """Let PostgreSQL know its tables, as its own autovacuum does within a minute; SQLite has no such thing."""
    if db.engine.dialect.name == "postgresql":
        db.session.remove()
        with db.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))


def _sign_in(world: meant.Meant) -> Mapping[str, str]:
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
    done = db.session.scalar(select(func.count()).select_from(CompletionRow))
    if done is None or done < DONE_EACH * meant.PEOPLE:
        raise AssertionError(f"there are {done} completions only")
    big = Scope(organisation_roots=frozenset({world.big}))
    part = Scope(region_roots=frozenset({world.regions[1]}))
    return {
        "trainer": _reader("trainer", oem, Role.TRAINER, EVERYTHING),
        "region": _reader("region", oem, Role.CHANNEL_MANAGER, part),
        "partner": _reader("partner", world.big, Role.PARTNER_ADMIN, big),
    }


def _reader(name: str, employer: OrganisationId, role: Role, scope: Scope) -> str:
    person_id: PersonId = identity.add_person(
        email=f"{name}@bench.example", name=name, showcase_line="Reads reports", now=NOW
    )
    identity.employ(person_id=person_id, organisation_id=employer, position_id=None, region_id=None, now=NOW)
    identity.grant_role(person_id=person_id, role=role, scope=scope, actor=SYSTEM, now=NOW)
    return _token(person_id)


def _token(person_id: PersonId) -> str:
    return people.open_sign_in(person_id=person_id, address="", user_agent="bench", now=NOW)
