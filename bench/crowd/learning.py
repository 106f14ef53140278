"""What the crowd have learnt: enrolments, how each activity stands, completions, and certificates with their cycles."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from bench.crowd.plan import Member, Plan, Rows, made_id
from bench.world import NOW
from lms.kernel.credentials.bitstrings import BITS


def enrolments(plan: Plan) -> Rows:
    """Yield a course under way for each person, and one that is done for each holder."""
    for one in plan.members:
        began = NOW - timedelta(days=30, minutes=one.number % 40_000)
        common = {"person_id": one.id, "source": "self", "enrolled_by": one.id, "due_on": None}
        yield {
            **common,
            "id": made_id(6, one.number, began),
            "course_id": plan.ids["course"],
            "version_id": plan.ids["version"],
            "due_on": date(2026, 6, 20) if one.number % 3 == 0 else None,
            "enrolled_at": began,
            "started_at": began,
            "seen_at": NOW - timedelta(days=1),
            "ended_at": None,
            "completed_at": None,
            "done_count": one.lessons,
            "resume_id": plan.lessons[one.lessons],
        }
        if one.holds:
            began = one.certified_at - timedelta(days=20)
            yield {
                **common,
                "id": made_id(7, one.number, began),
                "course_id": plan.ids["done_course"],
                "version_id": plan.ids["done_version"],
                "enrolled_at": began,
                "started_at": began,
                "seen_at": one.certified_at,
                "ended_at": one.certified_at,
                "completed_at": one.certified_at,
                "done_count": len(plan.done_lessons),
                "resume_id": plan.done_lessons[-1],
            }


def follow_from_enrolments(connection: Connection) -> None:
    """Write how each activity stands, and the result that says so, for every lesson an enrolment has done."""
    is_sqlite = connection.dialect.name == "sqlite"
    result_id = (
        "substr(e.id, 1, 28) || printf('%04x', a.position)"
        if is_sqlite
        else "(left(replace(e.id::text, '-', ''), 28) || lpad(to_hex(a.position), 4, '0'))::uuid"
    )
    done = (
        "FROM enrolments e "
        "JOIN course_activities a ON a.version_id = e.version_id AND a.position <= e.done_count"
    )
    where = "WHERE e.person_id IN (SELECT id FROM people WHERE email LIKE '%@bench.example')"
    exam = "CASE WHEN a.kind = 'quiz' THEN {} ELSE NULL END"
    yes = "1" if is_sqlite else "true"
    empty = "'{}'" if is_sqlite else "'{}'::jsonb"
    # Names of our own tables and literals of our own.
    connection.execute(
        text(
            "INSERT INTO activity_states (enrolment_id, activity_id, activity_key, person_id, started_at, seen_at, "
            "seconds, score, passed, scored_at, completed_at, took_seconds, place) "
            f"SELECT e.id, a.id, a.key, e.person_id, e.started_at, e.seen_at, 540, {exam.format('0.9')}, "
            f"{exam.format(yes)}, {exam.format('e.seen_at')}, e.seen_at, 540, {empty} {done} {where}"
        )
    )
    connection.execute(
        text(
            "INSERT INTO activity_results (id, enrolment_id, activity_id, at, completed, passed, score, seconds, "
            f"evidence) SELECT {result_id}, e.id, a.id, e.seen_at, {yes}, {exam.format(yes)}, "
            f"{exam.format('0.9')}, 540, {empty} {done} {where}"
        )
    )


def completions(plan: Plan) -> Rows:
    """Yield the course that each holder has completed."""
    for one in plan.holders():
        yield {
            "id": made_id(8, one.number, one.certified_at),
            "enrolment_id": made_id(7, one.number, one.certified_at - timedelta(days=20)),
            "person_id": one.id,
            "course_id": plan.ids["done_course"],
            "version_id": plan.ids["done_version"],
            "completed_at": one.certified_at,
            "evidence": {"activities": []},
        }


def _terms(one: Member) -> Sequence[tuple[int, datetime]]:
    """Return the kind and day of each certificate of a holder, the earlier first."""
    earlier = [(11, one.certified_at - timedelta(days=700))] if one.partner.is_big else []
    return [*earlier, (12, one.certified_at)]


def cycles(plan: Plan) -> Rows:
    """Yield each path to a certificate: closed for holders, assigned to the others."""
    for one in plan.members:
        for kind, at in _terms(one) if one.holds else [(10, NOW)]:
            yield {
                "id": made_id(kind + 10, one.number, at),
                "person_id": one.id,
                "certification_id": plan.ids["certification"],
                "source": "earned" if one.holds else "assigned",
                "assigned_at": at if one.holds else NOW - timedelta(days=30),
                "assigned_by": None,
                "due_on": None if one.holds else date(2026, 7, 31),
                "closed_at": at if one.holds else None,
                "ended_as": "certified" if one.holds else None,
                "reason": "",
            }


def _term(at: datetime) -> Mapping[str, Any]:
    through = (at + timedelta(days=730)).date()
    ends = datetime(through.year, through.month, through.day, tzinfo=UTC) + timedelta(days=1)
    return {
        "issued_at": at,
        "valid_through": through,
        "renewal_opens_at": ends - timedelta(days=90),
        "expires_at": ends,
        "counts_until": ends + timedelta(days=30),
    }


def _code(kind: int, number: int) -> str:
    return f"GH-{kind:04}-{number // 10_000:04}-{number % 10_000:04}"


def certificates(plan: Plan) -> Rows:
    """Yield what holders hold."""
    for one in plan.holders():
        predecessor = None
        for kind, at in _terms(one):
            yield {
                **_term(at),
                "id": made_id(kind, one.number, at),
                "code": _code(kind, one.number),
                "certification_id": plan.ids["certification"],
                "person_id": one.id,
                "cycle_id": made_id(kind + 10, one.number, at),
                "rule_version": 1,
                "predecessor_id": predecessor,
                "employer_id": one.partner.id,
                "title": "Sales Professional",
                "glyph": "tag",
                "maker": "HC",
                "brand_name": "Halden Cold",
                "evidence": {
                    "courses": [{"title": "Selling Halden: qualifying and registering an opportunity"}],
                    "scores": [{"title": "Exam: Sales Professional", "score": "0.9", "minimum": "0.8"}],
                    "certificates": [],
                },
                "issued_on": at.date(),
            }
            predecessor = made_id(kind, one.number, at)


def badges(plan: Plan) -> Rows:
    """Yield where the state of each badge stands, behind the list of the demo's: half of each list is taken."""
    issued = ((one, kind, at) for one in plan.holders() for kind, at in _terms(one))
    for number, (one, kind, at) in enumerate(issued):
        yield {
            "certificate_id": made_id(kind, one.number, at),
            "turn": 0,
            "list_number": 1 + number // (BITS // 2),
            # An odd factor meets every place once.
            "place": number * 46_349 % BITS,
            "since": at,
            "salt": "salt",
            "identity_hash": f"sha256${number:064x}",
            "revoked_at": None,
        }


def marks(plan: Plan) -> Rows:
    """Yield that each earlier certificate gave way to the later."""
    for one in plan.holders():
        if one.partner.is_big:
            (kind, at), (later_kind, later) = _terms(one)
            yield {
                "id": made_id(13, one.number, later),
                "certificate_id": made_id(kind, one.number, at),
                "kind": "superseded",
                "at": later,
                "by": None,
                "reason": "",
                "successor_id": made_id(later_kind, one.number, later),
            }


def tracks(plan: Plan) -> Rows:
    """Yield how each person stands with the certification."""
    nothing = dict.fromkeys(_term(NOW))
    for one in plan.members:
        yield {
            "certification_id": plan.ids["certification"],
            "person_id": one.id,
            "met": [],
            "certificate_id": made_id(12, one.number, one.certified_at) if one.holds else None,
            "code": _code(12, one.number) if one.holds else None,
            **(_term(one.certified_at) if one.holds else nothing),
            "revoked_at": None,
            "exempt_at": None,
        }
