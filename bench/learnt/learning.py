"""What everybody has done in the courses of the data set, written by sets: minutes, not hours."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, create_engine, text

from bench import meant
from bench.learnt.courses import ACTIVITIES, COURSES, Course
from bench.world import NOW
from lms.courses.learning.models import ActivityStateRow, CompletionRow, EnrolmentRow
from lms.identity.values import PersonId
from lms.kernel.db import db

DONE_EACH, OPEN_EACH = 30, 3
STEP = 61
"""Courses are given out in steps of this, which no count of them is a multiple of: nobody has one twice."""


def write_learning(url: str, people: Sequence[PersonId], courses: Sequence[Course]) -> None:
    """Write what people have done by sets, with indexes and references left for the end: minutes, not hours."""
    db.session.remove()
    engine = create_engine(url)
    tables = [one.__table__ for one in (EnrolmentRow, CompletionRow, ActivityStateRow)]
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET session_replication_role = replica"))
        indexes = [index for table in tables for index in table.indexes]  # type: ignore[attr-defined]  # a Table
        for index in indexes:
            index.drop(connection)
        _write_numbers(connection, people, courses)
        for statement in _statements(engine.dialect.name):
            connection.execute(text(statement))
        for index in indexes:
            index.create(connection)
        for name in ("bench_people", "bench_courses", "bench_steps"):
            connection.execute(text(f"DROP TABLE {name}"))
    engine.dispose()


def _write_numbers(connection: Connection, crowd: Sequence[PersonId], courses: Sequence[Course]) -> None:
    """Write who and what is which number, for statements that give courses out."""
    kind = "CHAR(32)" if connection.dialect.name == "sqlite" else "uuid"
    written: Callable[[UUID], Any] = (lambda one: one.hex) if kind == "CHAR(32)" else (lambda one: one)
    connection.execute(text(f"CREATE TABLE bench_people (n INTEGER PRIMARY KEY, id {kind})"))
    connection.execute(
        text(
            f"CREATE TABLE bench_courses (n INTEGER PRIMARY KEY, id {kind}, version_id {kind}, activities INTEGER)"
        )
    )
    connection.execute(text("CREATE TABLE bench_steps (n INTEGER PRIMARY KEY)"))
    waiting = iter([{"n": number, "id": written(one)} for number, one in enumerate(crowd)])
    while some := list(itertools.islice(waiting, meant.BATCH)):
        connection.execute(text("INSERT INTO bench_people VALUES (:n, :id)"), some)
    connection.execute(
        text("INSERT INTO bench_courses VALUES (:n, :id, :version_id, :activities)"),
        [
            {
                "n": number,
                "id": written(course.id),
                "version_id": written(course.version_id),
                "activities": course.activities,
            }
            for number, course in enumerate(courses)
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
        f"CASE WHEN {is_done} THEN {completed} END, CASE WHEN {is_done} THEN c.activities ELSE 3 END, NULL "
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
