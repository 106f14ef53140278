"""Figures of reports: 100,000 people, 2,000 courses, 3 million completions, on a database that is thrown away.

People and organisations are those of the figures of audiences. Everybody has completed thirty courses but for one that
everybody is in, at every stage of it, and has three more open. What is done of activities is written for two courses:
the one that everybody is in, and an ordinary one. No other course's rows are read for their reports.
"""

import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, create_engine, func, insert, select, text

from bench import meant
from bench.data import database_url_of, make_empty, settings_of
from bench.figures import Figure, is_wanted
from bench.requests import Environ, answer, cookie_of, cpu_ms, get, most_queries
from bench.world import NOW
from lms.app.factory import create_app
from lms.app.portal import Portal
from lms.courses.authoring.models import ActivityRow, CourseRow, CourseVersionRow, SectionRow
from lms.courses.learning import facade as learning
from lms.courses.learning.models import ActivityStateRow, CompletionRow, EnrolmentRow
from lms.identity import facade as identity
from lms.identity import service as people
from lms.identity.values import OrganisationId, OrganisationKind, PersonId
from lms.kernel import clock
from lms.kernel.actor import EVERYTHING, SYSTEM, Role, Scope, acting_as
from lms.kernel.db import Base, db, new_id
from lms.kernel.uow import unit_of_work

COURSES, DONE_EACH, OPEN_EACH, ACTIVITIES = 2000, 30, 3, 12
TEAM_CPU_MS, COURSE_CPU_MS, EXPORT_MB = 20, 50, 250
EXPORTED = 1_000_000
STEP = 61
"""Courses are given out in steps of this, which no count of them is a multiple of: nobody has one twice."""


def figures(suffix: str) -> Iterator[Figure]:
    """Yield every figure of reports; `suffix` names the database where it is not SQLite."""
    end = f"{meant.PEOPLE}x{COURSES}{suffix}"
    yield Figure(f"reports.team.cpu_ms.{end}", "ms", TEAM_CPU_MS)
    yield Figure(f"reports.team.queries.{end}", "queries")
    for who in ("everybodys", "ordinary", "region", "partner"):
        yield Figure(f"reports.course.cpu_ms.{who}.{end}", "ms", COURSE_CPU_MS)
    yield Figure(f"reports.course.queries.{end}", "queries")
    yield Figure(f"reports.courses.cpu_ms.{end}", "ms")
    yield Figure(f"reports.learners.cpu_ms.{end}", "ms")
    yield Figure(f"reports.feedback.cpu_ms.{end}", "ms")
    yield Figure(f"reports.everyone.cpu_ms.{end}", "ms")
    yield Figure(f"reports.count_anew_s.{end}", "s")
    yield Figure(f"reports.export_{EXPORTED}.peak_mb{suffix}", "MB", EXPORT_MB)
    yield Figure(f"reports.export_{EXPORTED}.s{suffix}", "s")


def measure(pattern: str | None, database_url: str | None, suffix: str) -> dict[str, float]:
    """Return the figures of reports if `pattern` asks for any of them."""
    if not any(is_wanted(figure.name, pattern) for figure in figures(suffix)):
        return {}
    clock.set_source(lambda: NOW)
    try:
        with tempfile.TemporaryDirectory(prefix="guildhall-bench-") as folder:
            url = database_url_of(Path(folder), database_url, name="guildhall_bench_reports")
            make_empty(url)
            written = url.render_as_string(hide_password=False)
            portal = create_app(settings_of(Path(folder), written))
            with portal.app_context():
                built = build(written)
                engine = db.engine
            found = take(portal, engine, built) | export(folder, written, built)
            engine.dispose()
            make_empty(url)
    finally:
        clock.set_source(None)
    end = f"{meant.PEOPLE}x{COURSES}"
    return {f"reports.{name.replace('%', end)}{suffix}": value for name, value in found.items()}


@dataclass(frozen=True, slots=True)
class Built:
    """What the figures need to know of the data: two courses, who reads reports by their tokens, and a first figure."""

    everybodys: UUID
    ordinary: UUID
    tokens: Mapping[str, str]
    count_s: float


def build(url: str) -> Built:
    """Store everything in the current portal's empty database, which lies at `url`."""
    Base.metadata.create_all(db.engine)
    maker = _Maker(url)
    built = maker.write()
    db.session.remove()
    db.engine.dispose()
    return built


def take(portal: Portal, engine: Engine, built: Built) -> dict[str, float]:
    """Return what pages cost, the size written as %."""

    def asked(who: str, path: str) -> Environ:
        return get(path, cookie_of(portal, built.tokens[who]))

    everybodys, ordinary = (f"/reports/courses/{one}" for one in (built.everybodys, built.ordinary))
    pages = {
        "team": asked("partner", "/team/progress"),
        "course.everybodys": asked("trainer", everybodys),
        "course.ordinary": asked("trainer", ordinary),
        "course.region": asked("region", everybodys),
        "course.partner": asked("partner", everybodys),
        "courses": asked("trainer", "/reports/courses"),
        "learners": asked("trainer", f"{everybodys}/people"),
        "feedback": asked("trainer", f"{everybodys}/feedback?rating=1&comments=yes"),
        "everyone": asked("trainer", "/team/progress"),
    }
    found = {"count_anew_s.%": built.count_s}
    for name, one in pages.items():
        work = partial(answer, portal, one)
        head, _dot, who = name.partition(".")
        found[f"{head}.cpu_ms.{who + '.' if who else ''}%"] = cpu_ms(work)
        if name in {"team", "course.everybodys"}:
            found[f"{head}.queries.%"] = most_queries(engine, [work])
    return found


def export(folder: str, url: str, built: Built) -> dict[str, float]:
    """Return what a process of its own needs at most, and how long, to hand out a million rows."""
    began = time.perf_counter()
    said = subprocess.run(
        [sys.executable, "-m", "bench.exported", folder, url, built.tokens["trainer"], str(EXPORTED)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ},
    ).stdout
    spent = time.perf_counter() - began
    return {f"export_{EXPORTED}.peak_mb": float(said), f"export_{EXPORTED}.s": spent}


class _Maker:
    """Makes the rows."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._meant = meant.write(meant.PEOPLE)
        self._courses = [new_id() for _number in range(COURSES)]
        self._versions = [new_id() for _number in range(COURSES)]

    def write(self) -> Built:
        """Write every table, and count what is in them."""
        with unit_of_work():
            self._write_courses()
        self._write_learning()
        began = time.perf_counter()
        with unit_of_work():
            learning.count_anew()
        count_s = time.perf_counter() - began
        self._analyse()
        return Built(self._courses[0], self._courses[1], self._sign_in(), count_s)

    def _write_courses(self) -> None:
        connection = db.session.connection()
        facts = [
            {
                "id": one,
                "slug": f"course-{number}",
                "title": f"Course {number:04}",
                "created_at": NOW,
                "changed_at": NOW,
            }
            for number, one in enumerate(self._courses)
        ]
        _insert(connection, CourseRow, facts)
        _insert(
            connection,
            CourseVersionRow,
            [
                {
                    "id": version,
                    "course_id": course,
                    "number": 1,
                    "state": "draft",
                    "activity_count": ACTIVITIES,
                    "required_count": ACTIVITIES,
                    "minutes": 60,
                    "created_at": NOW,
                    "published_at": NOW,
                }
                for course, version in zip(self._courses, self._versions, strict=True)
            ],
        )
        sections = {version: new_id() for version in self._versions[:2]}
        _insert(
            connection,
            SectionRow,
            [
                {"id": one, "key": new_id(), "version_id": version, "position": 1, "title": "All of it"}
                for version, one in sections.items()
            ],
        )
        _insert(
            connection,
            ActivityRow,
            [
                {
                    "id": new_id(),
                    "key": new_id(),
                    "version_id": version,
                    "section_id": section,
                    "position": place,
                    "kind": "page" if place < ACTIVITIES else "quiz",
                    "title": f"Activity {place}",
                    "minutes": 5,
                }
                for version, section in sections.items()
                for place in range(1, ACTIVITIES + 1)
            ],
        )
        connection.execute(text("UPDATE course_versions SET state = 'published'"))
        connection.execute(
            text(
                "UPDATE courses SET published_id = "
                "(SELECT v.id FROM course_versions v WHERE v.course_id = courses.id)"
            )
        )

    def _write_learning(self) -> None:
        """Write what people have done by sets, with indexes and references left for the end: minutes, not hours."""
        db.session.remove()
        engine = create_engine(self._url)
        tables = [one.__table__ for one in (EnrolmentRow, CompletionRow, ActivityStateRow)]
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(text("SET session_replication_role = replica"))
            indexes = [index for table in tables for index in table.indexes]  # type: ignore[attr-defined]  # a Table
            for index in indexes:
                index.drop(connection)
            _write_numbers(connection, self._meant.people, self._courses, self._versions)
            for statement in _statements(engine.dialect.name):
                connection.execute(text(statement))
            for index in indexes:
                index.create(connection)
            for name in ("bench_people", "bench_courses", "bench_steps"):
                connection.execute(text(f"DROP TABLE {name}"))
        engine.dispose()

    @staticmethod
    def _analyse() -> None:
        """Let PostgreSQL know its tables, as its own autovacuum does within a minute; SQLite has no such thing."""
        if db.engine.dialect.name == "postgresql":
            db.session.remove()
            with db.engine.connect() as connection:
                connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))

    def _sign_in(self) -> Mapping[str, str]:
        with unit_of_work(), acting_as(SYSTEM):
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
            big = Scope(organisation_roots=frozenset({self._meant.big}))
            part = Scope(region_roots=frozenset({self._meant.regions[1]}))
            return {
                "trainer": _reader("trainer", oem, Role.TRAINER, EVERYTHING),
                "region": _reader("region", oem, Role.CHANNEL_MANAGER, part),
                "partner": _reader("partner", self._meant.big, Role.PARTNER_ADMIN, big),
            }


def _reader(name: str, employer: OrganisationId, role: Role, scope: Scope) -> str:
    person_id: PersonId = identity.add_person(
        email=f"{name}@bench.example", name=name, showcase_line="Reads reports", now=NOW
    )
    identity.employ(person_id=person_id, organisation_id=employer, position_id=None, region_id=None, now=NOW)
    identity.grant_role(person_id=person_id, role=role, scope=scope, actor=SYSTEM, now=NOW)
    return people.open_sign_in(person_id=person_id, address="", user_agent="bench", now=NOW)


def _insert(connection: Connection, table: Any, rows: list[dict[str, Any]]) -> None:
    connection.execute(insert(table), rows)


def _write_numbers(
    connection: Connection, crowd: tuple[PersonId, ...], courses: list[UUID], versions: list[UUID]
) -> None:
    """Write who and what is which number, for statements that give courses out."""
    kind = "CHAR(32)" if connection.dialect.name == "sqlite" else "uuid"
    written: Callable[[UUID], Any] = (lambda one: one.hex) if kind == "CHAR(32)" else (lambda one: one)
    connection.execute(text(f"CREATE TABLE bench_people (n INTEGER PRIMARY KEY, id {kind})"))
    connection.execute(
        text(f"CREATE TABLE bench_courses (n INTEGER PRIMARY KEY, id {kind}, version_id {kind})")
    )
    connection.execute(text("CREATE TABLE bench_steps (n INTEGER PRIMARY KEY)"))
    waiting = iter([{"n": number, "id": written(one)} for number, one in enumerate(crowd)])
    while some := list(itertools.islice(waiting, meant.BATCH)):
        connection.execute(text("INSERT INTO bench_people VALUES (:n, :id)"), some)
    connection.execute(
        text("INSERT INTO bench_courses VALUES (:n, :id, :version_id)"),
        [
            {"n": number, "id": written(course), "version_id": written(version)}
            for number, (course, version) in enumerate(zip(courses, versions, strict=True))
        ],
    )
    connection.execute(
        text("INSERT INTO bench_steps VALUES (:n)"), [{"n": n} for n in range(DONE_EACH + OPEN_EACH)]
    )


def _statements(dialect: str) -> Iterator[str]:
    """Yield what writes enrolments, what follows from them, and what was done of the activities of two courses.

    All that is put together here are names of our own tables and expressions of our own.
    """
    is_sqlite = dialect == "sqlite"
    millisecond = int(NOW.timestamp() * 1000)

    def made(kind: int, number: str) -> str:
        if is_sqlite:
            return f"printf('%012x7{kind:03x}8%015x', {millisecond}, {number})"
        head = f"{millisecond:012x}7{kind:03x}8"
        return f"('{head}' || lpad(to_hex({number}), 15, '0'))::uuid"

    def ago(days: str) -> str:
        if is_sqlite:
            return (
                f"strftime('%Y-%m-%d %H:%M:%S.000000', '{NOW:%Y-%m-%d %H:%M:%S}', '-' || ({days}) || ' days')"
            )
        return f"timestamptz '{NOW:%Y-%m-%d %H:%M:%S}+00' - ({days}) * interval '1 day'"

    def day(days: str) -> str:
        if is_sqlite:
            return f"date('{NOW:%Y-%m-%d}', ({days}) || ' days')"
        return f"date '{NOW:%Y-%m-%d}' + ({days})"

    columns = (
        "id, person_id, course_id, version_id, source, due_on, enrolled_at, enrolled_by, started_at, seen_at, "
        "ended_at, completed_at, done_count, resume_id"
    )
    rest = f"1 + (p.n * 37 + k.n * {STEP}) % {COURSES - 1}"
    is_done = f"k.n < {DONE_EACH}"
    completed = ago("(p.n * 7 + k.n * 31) % 1000")
    serial = "p.n * 64 + k.n"
    yield (
        f"INSERT INTO enrolments ({columns}) SELECT {made(1, serial)}, p.id, c.id, c.version_id, 'self', "  # noqa: S608
        f"CASE WHEN {is_done} THEN NULL ELSE {day('(p.n * 11 + k.n * 17) % 100 - 10')} END, {ago('1100')}, NULL, "
        f"{ago('1050')}, {ago('1')}, CASE WHEN {is_done} THEN {completed} END, "
        f"CASE WHEN {is_done} THEN {completed} END, CASE WHEN {is_done} THEN {ACTIVITIES} ELSE 3 END, NULL "
        f"FROM bench_people p CROSS JOIN bench_steps k JOIN bench_courses c ON c.n = {rest}"
    )
    # The course that everybody is in: of twenty people twelve have completed it, six are under way, one has not begun
    # and one was withdrawn.
    steps = f"CASE WHEN p.n % 20 < 12 THEN {ACTIVITIES} WHEN p.n % 20 < 18 THEN 1 + p.n % {ACTIVITIES - 1} ELSE 0 END"
    yield (
        f"INSERT INTO enrolments ({columns}) SELECT {made(1, 'p.n * 64 + 63')}, p.id, c.id, c.version_id, 'audience', "  # noqa: S608
        f"{day('p.n % 60 - 20')}, {ago('200')}, NULL, CASE WHEN p.n % 20 < 18 THEN {ago('150')} END, {ago('1')}, "
        f"CASE WHEN p.n % 20 < 12 OR p.n % 20 = 19 THEN {ago('p.n % 140')} END, "
        f"CASE WHEN p.n % 20 < 12 THEN {ago('p.n % 140')} END, {steps}, NULL "
        "FROM bench_people p JOIN bench_courses c ON c.n = 0"
    )
    empty = "'{\"activities\": []}'" if is_sqlite else "'{\"activities\": []}'::jsonb"
    yield (
        "INSERT INTO course_completions (id, enrolment_id, person_id, course_id, version_id, completed_at, evidence) "  # noqa: S608
        f"SELECT id, id, person_id, course_id, version_id, completed_at, {empty} FROM enrolments "
        "WHERE completed_at IS NOT NULL"
    )
    yield (
        "INSERT INTO course_feedback (id, enrolment_id, person_id, course_id, version_id, rating, comment, revision, "
        "given_at, changed_at) SELECT e.id, e.id, e.person_id, e.course_id, e.version_id, 1 + p.n % 5, "
        "CASE WHEN p.n % 3 = 0 THEN 'The examples were close to what we do.' ELSE '' END, 1, "
        "e.completed_at, e.completed_at FROM bench_courses c JOIN enrolments e ON e.course_id = c.id "
        "JOIN bench_people p ON p.id = e.person_id WHERE c.n < 2 AND e.completed_at IS NOT NULL"
    )
    nothing = "'{}'" if is_sqlite else "'{}'::jsonb"
    yes = "1" if is_sqlite else "true"
    score = "0.5 + (p.n % 50) / 100.0"
    yield (
        "INSERT INTO activity_states (enrolment_id, activity_id, activity_key, person_id, started_at, seen_at, "  # noqa: S608
        "seconds, score, passed, scored_at, completed_at, took_seconds, place, watched) "
        f"SELECT e.id, a.id, a.key, e.person_id, {ago('150')}, {ago('1')}, 300 + p.n % 200, "
        f"CASE WHEN a.kind = 'quiz' THEN {score} END, CASE WHEN a.kind = 'quiz' THEN {yes} END, "
        f"CASE WHEN a.kind = 'quiz' THEN {ago('1')} END, CASE WHEN a.position <= e.done_count THEN {ago('1')} END, "
        f"CASE WHEN a.position <= e.done_count THEN 300 + p.n % 200 END, {nothing}, {nothing} "
        "FROM bench_courses c JOIN enrolments e ON e.course_id = c.id JOIN bench_people p ON p.id = e.person_id "
        "JOIN course_activities a ON a.version_id = e.version_id AND a.position <= e.done_count + 1 WHERE c.n < 2 "
        "AND e.started_at IS NOT NULL"
    )
