"""Figures of certification cycles: 100,000 people who are weighed anew by a rule that changed, and single people.

They are made for this alone, in a database that is thrown away: everybody has completed the course and sat its exam
once, and a fiftieth of them reach what the new rule asks for and are issued a certificate on the way.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any, Final

from sqlalchemy import insert, select, text

from bench.data import thrown_away
from bench.figures import Figure, is_wanted
from bench.requests import cpu_ms
from bench.world import NOW
from lms.certificates import facade as certificates
from lms.certificates import jobs
from lms.certificates.cycles.models import CertificateRow, TrackRow
from lms.certificates.cycles.queries import certifications, places
from lms.certificates.cycles.queries import weighing as weighings
from lms.certificates.cycles.service import definitions, issuing, weighing
from lms.certificates.values import AllOf, CertificationId, Rule, Words
from lms.courses.authoring.models import ActivityRow
from lms.courses.learning.models import ActivityStateRow, CompletionRow, EnrolmentRow
from lms.courses.values import CourseVersionId, EnrolmentSource
from lms.identity import facade as identity
from lms.identity.models import Employment, PersonRow
from lms.identity.values import OrganisationId, OrganisationKind, PersonId, PersonState, ResellerModel
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db, new_id
from lms.kernel.uow import unit_of_work
from tests.certificates.scene import Lessons, publish_course

PEOPLE: Final = 100_000
GAIN: Final = 50
"""Of so many people one gains the certificate by the new rule."""
STAFF: Final = 25
WEIGH_S, STATE_MS, ISSUE_MS = 60, 1, 5
BATCH: Final = 5_000


def figures(suffix: str) -> Iterator[Figure]:
    """Yield every figure of cycles; `suffix` names the database where it is not SQLite."""
    yield Figure(f"certifying.weigh_s.{PEOPLE}{suffix}", "s", WEIGH_S)
    yield Figure(f"certifying.state.cpu_ms.{PEOPLE}{suffix}", "ms", STATE_MS)
    yield Figure(f"certifying.issue.cpu_ms.{PEOPLE}{suffix}", "ms", ISSUE_MS)


def measure(pattern: str | None, database_url: str | None, suffix: str) -> dict[str, float]:
    """Return the figures that `pattern` asks for, and those they are measured along with."""
    if not any(is_wanted(figure.name, pattern) for figure in figures(suffix)):
        return {}
    with thrown_away(database_url, name="guildhall_bench_certifying"):
        found = take(PEOPLE)
    return {f"certifying.{name}.{PEOPLE}{suffix}": value for name, value in found.items()}


@dataclass(frozen=True, slots=True)
class Made:
    """What is measured on: a course, the certification that asks for it, and the people."""

    course: Lessons
    certification_id: CertificationId
    people: Sequence[PersonId]


def take(people: int) -> dict[str, float]:
    """Return the figures of so many people in the current portal's empty database."""
    made = make(people)
    found = {"weigh_s": _weigh(made)}
    found["state.cpu_ms"] = _state(made)
    found["issue.cpu_ms"] = _issue(made)
    return found


def _weigh(made: Made) -> float:
    """Return how long it takes from the change of the rule until everybody is weighed by it."""
    with unit_of_work(), acting_as(SYSTEM):
        version = definitions.change_rules(
            certification_id=made.certification_id,
            rule=rule_of(made.course, "0.78"),
            actor=SYSTEM,
            now=clock.now(),
        )
        weighing.begin(certification_id=made.certification_id, version=version, now=clock.now())
    began = time.perf_counter()
    jobs.weigh()
    took = time.perf_counter() - began
    with unit_of_work(read_only=True):
        done = weighings.find_weighing(made.certification_id)
        issued = len(db.session.scalars(select(CertificateRow.id)).all())
    if done is None or done.done != len(made.people) or issued != len(made.people) // GAIN:
        raise AssertionError(f"not everybody was weighed: {done}, {issued} issued")
    return took


def _state(made: Made) -> float:
    """Return what the state of one person costs."""
    with unit_of_work(read_only=True):
        certification = certifications.get_certification(made.certification_id)
        people = count()

        def one() -> object:
            person_id = made.people[next(people) % len(made.people)]
            return places.list_places([person_id], [certification], now=clock.now())

        return cpu_ms(one)


def _issue(made: Made) -> float:
    """Return what it costs to issue a certificate, from the deed that completes it to all that reacts within."""
    waiting = iter([one for at, one in enumerate(made.people) if at % GAIN])

    def one() -> None:
        with unit_of_work(), acting_as(SYSTEM):
            issuing.reconsider(person_id=next(waiting), subject_id=made.course.exam_key, now=clock.now())

    with unit_of_work(), acting_as(SYSTEM):
        definitions.change_rules(
            certification_id=made.certification_id,
            rule=rule_of(made.course, "0.5"),
            actor=SYSTEM,
            now=clock.now(),
        )
    return cpu_ms(one)


# ---- people


def rule_of(course: Lessons, minimum: str) -> Rule:
    """Return the rule that asks for the course and so much in its exam."""
    return Rule(AllOf((course.done(), course.scored(minimum))), 24, 60, 30)


def make(people: int) -> Made:
    """Store so many people who have done the course and sat its exam, in the current portal's database."""
    with unit_of_work(), acting_as(SYSTEM):
        brand_id = identity.add_brand(code="BNCH", name="Bench")
        course = publish_course("Refrigeration Control")
        certification_id = certificates.define_certification(
            certification_id=CertificationId(new_id()),
            words=Words(
                code="RCE", title="Engineer", glyph="cold", description="Tunes loops.", brand_id=brand_id
            ),
            rule=rule_of(course, "0.8"),
            actor=SYSTEM,
            now=clock.now(),
        )
        version_id = db.session.get_one(ActivityRow, course.exam_id).version_id
        partners = [
            identity.add_organisation(
                name=f"Partner {number}",
                kind=OrganisationKind.PARTNER,
                model=ResellerModel.DEALER,
                parent_id=None,
                region_id=None,
                country="AT",
                domain="",
                now=clock.now(),
            )
            for number in range(max(1, people // STAFF // 20))
        ]
    ids = [PersonId(new_id()) for _number in range(people)]
    for start in range(0, people, BATCH):
        some = [(start + at, one) for at, one in enumerate(ids[start : start + BATCH])]
        with unit_of_work():
            for table, rows in _rows(some, course, certification_id, version_id, partners):
                db.session.execute(insert(table), rows)
    if db.engine.dialect.name == "postgresql":
        db.session.remove()
        with db.engine.connect() as connection:
            connection.execute(text("ANALYZE"))
    return Made(course, certification_id, ids)


def _rows(
    some: Sequence[tuple[int, PersonId]],
    course: Lessons,
    certification_id: CertificationId,
    version_id: CourseVersionId,
    partners: Sequence[OrganisationId],
) -> Iterator[tuple[type[Any], list[dict[str, Any]]]]:
    """Yield what each of some people, by number, is and has done, table by table."""
    began = NOW - timedelta(days=30)
    enrolments = {person_id: new_id() for _number, person_id in some}
    yield (
        PersonRow,
        [
            {
                "id": one,
                "email": f"p{number}@bench.example",
                "name": f"Person {number}",
                "password_hash": None,
                "locale": "en",
                "time_zone": "Europe/Vienna",
                "state": PersonState.ACTIVE,
                "created_at": began,
                "external_id": None,
            }
            for number, one in some
        ],
    )
    yield (
        Employment,
        [
            {
                "person_id": one,
                "organisation_id": partners[number % len(partners)],
                "position_id": None,
                "region_id": None,
                "started_at": began,
                "ended_at": None,
            }
            for number, one in some
        ],
    )
    yield (
        EnrolmentRow,
        [
            {
                "id": enrolments[one],
                "person_id": one,
                "course_id": course.course_id,
                "version_id": version_id,
                "source": EnrolmentSource.SELF,
                "enrolled_by": one,
                "due_on": None,
                "enrolled_at": began,
                "started_at": began,
                "seen_at": began,
                "ended_at": began,
                "completed_at": began,
                "done_count": 2,
                "resume_id": course.exam_id,
            }
            for _number, one in some
        ],
    )
    yield (
        ActivityStateRow,
        [
            {
                "enrolment_id": enrolments[one],
                "activity_id": course.exam_id,
                "activity_key": course.exam_key,
                "person_id": one,
                "started_at": began,
                "seen_at": began,
                "score": Decimal("0.79") if number % GAIN == 0 else Decimal("0.7"),
                "passed": True,
                "scored_at": began,
                "completed_at": began,
                "took_seconds": 600,
            }
            for number, one in some
        ],
    )
    yield (
        CompletionRow,
        [
            {
                "enrolment_id": enrolments[one],
                "person_id": one,
                "course_id": course.course_id,
                "version_id": version_id,
                "completed_at": began,
                "evidence": {"activities": []},
            }
            for _number, one in some
        ],
    )
    met = [str(course.course_id)]
    yield (
        TrackRow,
        [{"certification_id": certification_id, "person_id": one, "met": met} for _number, one in some],
    )
