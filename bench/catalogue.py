"""Figures of the catalogue: 2,000 courses, found by readers out of 100,000 people.

People, organisations and audiences are those of `bench.meant`; the courses say what the demo's say, shuffled, in a
vocabulary of their own size. Everything lies in a database that is thrown away.
"""

import itertools
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from random import Random
from typing import Any, Final
from urllib.parse import quote_plus

from sqlalchemy import insert, select, update

from bench import meant
from bench.data import ROOT, thrown_away
from bench.figures import Figure, is_wanted
from bench.requests import Environ, answer, cpu_ms, get, most_queries
from bench.world import NOW
from lms.app.portal import Portal
from lms.audiences import service as audiences
from lms.audiences.models import AudienceRow
from lms.courses.authoring import jobs
from lms.courses.authoring.models import (
    ActivityRow,
    CourseAudience,
    CoursePosition,
    CourseRow,
    CourseVersionRow,
    SectionRow,
)
from lms.courses.formats.front_matter import take_apart
from lms.courses.learning.models import EnrolmentRow
from lms.courses.learning.queries.shelves import KEPT, NUMBER, kept_at
from lms.courses.values import Level
from lms.identity import service as identity
from lms.identity.models import BrandRow, Employment, PositionRow
from lms.identity.values import PersonId
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db, new_id
from lms.kernel.richtext import markdown_to_html
from lms.kernel.uow import unit_of_work

COURSES, LESSONS, PARAGRAPHS = 2_000, 6, 12
WORDS = 40_000
"""How many words the courses have beside those of the demo, each of them rare."""
READERS, TAKEN = 20, 30
SEED = 20_261_127
SEARCH_CPU_MS = 10
ROWS_AT_ONCE = 5_000
LANGUAGES: Final = ("en", "en", "en", "de", "de", "fr")
ASKED: Final = {
    "search": ("cold store", "Verdichter", "superheat valve", "pressure", "the controller alar", "defrost"),
    "typo": ("refrigaration", "compresor valve", "supreheat", "Verdichtr"),
    "facets": ("pressure&level=advanced&level=foundation", "cold&language=de", "&language=en&level=advanced"),
    "open": ("", "&sort=newest", "&sort=title"),
}


def figures(suffix: str) -> Iterator[Figure]:
    """Yield every figure of the catalogue; `suffix` names the database where it is not SQLite."""
    end = f"{COURSES}x{meant.PEOPLE}{suffix}"
    for name in ASKED:
        yield Figure(f"catalogue.{name}.cpu_ms.{end}", "ms", SEARCH_CPU_MS)
        yield Figure(f"catalogue.{name}.queries.{end}", "queries")
    yield Figure(f"catalogue.first_s.{end}", "s")
    yield Figure(f"catalogue.kept_mb.{end}", "MB")


def measure(pattern: str | None, database_url: str | None, suffix: str) -> dict[str, float]:
    """Return the figures that `pattern` asks for, and those they are measured along with."""
    if not any(is_wanted(figure.name, pattern) for figure in figures(suffix)):
        return {}
    with thrown_away(database_url, name="guildhall_bench_catalogue") as portal:
        found = take(portal, build(portal, meant.PEOPLE, COURSES))
    return {f"catalogue.{name}.{COURSES}x{meant.PEOPLE}{suffix}": value for name, value in found.items()}


def take(portal: Portal, cookies: Sequence[str]) -> dict[str, float]:
    """Return what the catalogue costs in the current portal, each question asked by readers in turn."""
    found = _first(portal)
    for name, asked in ASKED.items():
        paths = [f"q={one if one.startswith('&') else _quoted(one)}" for one in asked]
        visits = [
            _visit(query, cookie) for query, cookie in zip(itertools.cycle(paths), cookies, strict=False)
        ]
        turns = itertools.cycle(visits)
        works: list[Callable[[], object]] = [lambda one=one: answer(portal, one) for one in visits]  # type: ignore[misc]
        for work in works[: len(paths)]:
            work()
        found[f"{name}.queries"] = most_queries(db.engine, works)
        found[f"{name}.cpu_ms"] = cpu_ms(lambda turns=turns: answer(portal, next(turns)))  # type: ignore[misc]
    return found


def _quoted(asked: str) -> str:
    words, sign, rest = asked.partition("&")
    return quote_plus(words) + sign + rest


def _visit(query: str, cookie: str) -> Environ:
    return {**get("/learn", cookie), "QUERY_STRING": query}


def _first(portal: Portal) -> dict[str, float]:
    """Return how long a process reads the catalogue for the first time, and how much of its memory it takes."""
    portal.extensions.pop(KEPT, None)
    began = time.perf_counter()
    _read()
    seconds = time.perf_counter() - began
    portal.extensions.pop(KEPT, None)
    tracemalloc.start()
    _read()
    kept, _peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return {"first_s": seconds, "kept_mb": kept / 1e6}


def _read() -> None:
    with unit_of_work(read_only=True):
        _ = kept_at(db.session.scalar(NUMBER) or 0).shelf.letters


def build(portal: Portal, people: int, courses: int, *, big: int = meant.BIG) -> list[str]:
    """Store people and courses in the current portal's empty database; return the cookies of readers among them."""
    world = meant.write(people, big=big)
    maker = _Maker(world)
    readers = maker.readers()
    with unit_of_work():
        audiences.follow_people(readers)
    with unit_of_work():
        maker.write(courses)
        maker.enrol(readers)
    jobs.shelve()
    return [_cookie(portal, one) for one in readers]


def _cookie(portal: Portal, person_id: PersonId) -> str:
    with unit_of_work(), acting_as(SYSTEM):
        token = identity.open_sign_in(
            person_id=person_id, address="127.0.0.1", user_agent="bench", now=clock.now()
        )
    signer: Any = portal.session_interface.get_signing_serializer(portal)  # type: ignore[attr-defined]
    kept = {"_user_id": token, "_fresh": True, "csrf_token": "f" * 40}
    return f"{portal.config['SESSION_COOKIE_NAME']}={signer.dumps(kept)}"


class _Maker:
    """Courses from a seed: the same every time."""

    def __init__(self, world: meant.Meant) -> None:
        self._world = world
        self._random = Random(SEED)  # noqa: S311  it makes data, the same every time
        self._paragraphs = _paragraphs()
        self._course_ids: list[tuple[Any, Any]] = []

    def readers(self) -> list[PersonId]:
        """Return people all over the ordinary organisations."""
        people = self._world.people[meant.BIG :] or self._world.people
        return list(people[:: max(1, len(people) // READERS)][:READERS])

    def write(self, courses: int) -> None:
        """Write the courses, published over three years, a sixth of them for some audiences alone."""
        brands = db.session.scalars(select(BrandRow.id).order_by(BrandRow.id)).all()
        positions = db.session.scalars(select(PositionRow.id).order_by(PositionRow.id)).all()
        named = db.session.scalars(select(AudienceRow.id).order_by(AudienceRow.name)).all()
        rows: dict[Any, list[dict[str, Any]]] = {
            table: [] for table in (CourseRow, CourseVersionRow, SectionRow, ActivityRow)
        }
        links: dict[Any, list[dict[str, Any]]] = {CoursePosition: [], CourseAudience: []}
        for number in range(courses):
            course_id, version_id = new_id(), new_id()
            self._course_ids.append((course_id, version_id))
            at = NOW - timedelta(days=self._random.randrange(1, 1_000))
            rows[CourseRow].append(
                {
                    "id": course_id,
                    "slug": f"course-{number}",
                    "title": self._title(number),
                    "summary": self._random.choice(self._paragraphs)[:200],
                    "brand_id": self._random.choice([*brands, None]),
                    "language": self._random.choice(LANGUAGES),
                    "level": self._random.choice([*Level]),
                    "created_at": at,
                    "changed_at": at,
                }
            )
            rows[CourseVersionRow].append(
                {
                    "id": version_id,
                    "course_id": course_id,
                    "number": 1,
                    "state": "draft",
                    "minutes": self._random.randrange(10, 200),
                    "activity_count": LESSONS,
                    "required_count": LESSONS,
                    "created_at": at,
                    "published_at": at,
                }
            )
            self._lessons(version_id, rows)
            links[CoursePosition] += [
                {"course_id": course_id, "position_id": one} for one in self._some(positions, 2)
            ]
            if named and number % 6 == 0:
                links[CourseAudience] += [
                    {"course_id": course_id, "use": "sees", "audience_id": one}
                    for one in self._some(named, 3)
                ]
        for table, values in [*rows.items(), *links.items()]:
            for first in range(0, len(values), ROWS_AT_ONCE):
                db.session.execute(insert(table), values[first : first + ROWS_AT_ONCE])
        self._publish()

    def _publish(self) -> None:
        db.session.execute(update(CourseVersionRow).values(state="published"))
        first = (
            select(CourseVersionRow.id).where(CourseVersionRow.course_id == CourseRow.id).scalar_subquery()
        )
        db.session.execute(update(CourseRow).values(published_id=first))

    def _some(self, of: Sequence[Any], most: int) -> list[Any]:
        return self._random.sample(list(of), min(len(of), self._random.randrange(1, most + 1)))

    def _title(self, number: int) -> str:
        words = self._random.choice(self._paragraphs).split()[:5]
        return f"{' '.join(words).strip('.,:;')} {number}".capitalize()

    def _lessons(self, version_id: Any, rows: dict[Any, list[dict[str, Any]]]) -> None:
        section_id = new_id()
        rows[SectionRow].append(
            {"id": section_id, "key": new_id(), "version_id": version_id, "position": 1, "title": "Contents"}
        )
        for position in range(1, LESSONS + 1):
            text = "".join(f"<p>{self._paragraph()}</p>" for _ in range(PARAGRAPHS))
            rows[ActivityRow].append(
                {
                    "id": new_id(),
                    "key": new_id(),
                    "version_id": version_id,
                    "section_id": section_id,
                    "position": position,
                    "kind": "page",
                    "title": " ".join(self._random.choice(self._paragraphs).split()[:4]),
                    "minutes": 10,
                    "html": text,
                }
            )

    def _paragraph(self) -> str:
        return f"{self._random.choice(self._paragraphs)} Part w{self._random.randrange(WORDS):05x}q."

    def enrol(self, readers: Sequence[PersonId]) -> None:
        """Let readers and their colleagues take some courses, half of them to the end."""
        employers = select(Employment.organisation_id).where(Employment.person_id.in_(readers))
        colleagues = db.session.scalars(
            select(Employment.person_id)
            .where(Employment.organisation_id.in_(employers))
            .order_by(Employment.person_id)
        ).all()
        values = []
        for person_id in colleagues:
            for number, (course_id, version_id) in enumerate(self._random.sample(self._course_ids[:200], 30)):
                at = NOW - timedelta(days=self._random.randrange(1, 300))
                done = at + timedelta(hours=4) if number % 2 else None
                values.append(
                    {
                        "id": new_id(),
                        "person_id": person_id,
                        "course_id": course_id,
                        "version_id": version_id,
                        "source": "self",
                        "enrolled_at": at,
                        "completed_at": done,
                        "ended_at": done,
                        "done_count": LESSONS if done else 1,
                    }
                )
        for first in range(0, len(values), ROWS_AT_ONCE):
            db.session.execute(insert(EnrolmentRow), values[first : first + ROWS_AT_ONCE])


def _paragraphs() -> list[str]:
    """Return what the demo's lessons say, paragraph by paragraph."""
    found: list[str] = []
    for path in sorted((ROOT / "lms/app/demo/courses").glob("*/*/*.md")):
        body = take_apart(path.read_text(encoding="utf-8")).body
        html = markdown_to_html(body)
        found += [one for one in html.replace("<p>", "\n<p>").split("\n") if one.startswith("<p>")]
    return [one.removeprefix("<p>").removesuffix("</p>") for one in found]
