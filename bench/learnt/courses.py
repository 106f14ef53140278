"""The courses of the data set: they say what the demo's say, shuffled, in a vocabulary of their own size."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import insert, select, update

from bench.data import ROOT
from bench.world import NOW
from lms.audiences.models import AudienceRow
from lms.courses.authoring.models import (
    ActivityRow,
    CourseAudience,
    CoursePosition,
    CourseRow,
    CourseVersionRow,
    SectionRow,
)
from lms.courses.formats.front_matter import take_apart
from lms.courses.values import Level
from lms.identity.models import BrandRow, PositionRow
from lms.kernel.db import db, new_id
from lms.kernel.richtext import markdown_to_html

COURSES, LESSONS, PARAGRAPHS = 2_000, 6, 12
REPORTED, ACTIVITIES = 2, 12
"""Of how many courses the activities are reported, and how many each of these has, an exam last."""
WORDS = 40_000
"""How many words the courses have beside those of the demo, each of them rare."""
SEED = 20_261_127
ROWS_AT_ONCE = 5_000
LANGUAGES: Final = ("en", "en", "en", "de", "de", "fr")


class Course(NamedTuple):
    """A course of the data set."""

    id: UUID
    version_id: UUID
    activities: int


class Courses:
    """Courses from a seed: the same every time."""

    def __init__(self) -> None:
        self._random = Random(SEED)  # noqa: S311  it makes data, the same every time
        self._paragraphs = _paragraphs()
        self.written: list[Course] = []

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
            activities = ACTIVITIES if number < REPORTED else LESSONS
            self.written.append(Course(course_id, version_id, activities))
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
                    "activity_count": activities,
                    "required_count": activities,
                    "created_at": at,
                    "published_at": at,
                }
            )
            self._lessons(version_id, activities, rows)
            links[CoursePosition] += [
                {"course_id": course_id, "position_id": one} for one in self._some(positions, 2)
            ]
            if named and number % 6 == 5:  # noqa: PLR2004  a sixth
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

    def _lessons(self, version_id: Any, activities: int, rows: dict[Any, list[dict[str, Any]]]) -> None:
        section_id = new_id()
        rows[SectionRow].append(
            {"id": section_id, "key": new_id(), "version_id": version_id, "position": 1, "title": "Contents"}
        )
        for position in range(1, activities + 1):
            text = "".join(
                f"<p>{self._paragraph()}</p>" for _ in range(PARAGRAPHS if position <= LESSONS else 0)
            )
            rows[ActivityRow].append(
                {
                    "id": new_id(),
                    "key": new_id(),
                    "version_id": version_id,
                    "section_id": section_id,
                    "position": position,
                    "kind": "quiz" if position == ACTIVITIES else "page",
                    "title": " ".join(self._random.choice(self._paragraphs).split()[:4]),
                    "minutes": 10,
                    "html": text,
                }
            )

    def _paragraph(self) -> str:
        return f"{self._random.choice(self._paragraphs)} Part w{self._random.randrange(WORDS):05x}q."


def _paragraphs() -> list[str]:
    """Return what the demo's lessons say, paragraph by paragraph."""
    found: list[str] = []
    for path in sorted((ROOT / "lms/app/demo/courses").glob("*/*/*.md")):
        body = take_apart(path.read_text(encoding="utf-8")).body
        html = markdown_to_html(body)
        found += [one for one in html.replace("<p>", "\n<p>").split("\n") if one.startswith("<p>")]
    return [one.removeprefix("<p>").removesuffix("</p>") for one in found]
