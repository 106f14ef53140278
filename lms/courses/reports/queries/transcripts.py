"""SELECTs of transcripts: everything that somebody ever completed."""

from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from lms.courses.authoring.models import CourseRow, CourseVersionRow
from lms.courses.learning.models import CompletionRow
from lms.courses.reports.values import Completed
from lms.identity.values import PersonId
from lms.kernel.db import db
from lms.web.pages import Page, PageRequest, keyset


def page_transcript(person_id: PersonId, wanted: PageRequest) -> Page[Completed]:
    """Return a page of what a person completed, latest first: every time, in the version they took."""
    query = (
        select(
            CompletionRow.id,
            CompletionRow.course_id,
            CompletionRow.completed_at,
            CompletionRow.evidence,
            CourseRow.title,
            CourseRow.slug,
            CourseRow.language,
            CourseVersionRow.number,
            CourseVersionRow.minutes,
        )
        .join(CourseRow, CourseRow.id == CompletionRow.course_id)
        .join(CourseVersionRow, CourseVersionRow.id == CompletionRow.version_id)
        .where(CompletionRow.person_id == person_id)
    )
    by = [CompletionRow.completed_at, CompletionRow.id]
    return keyset(query, by=by, wanted=wanted, descending=True, scalars=False).map(_completed_of)


def sum_transcript(person_id: PersonId) -> tuple[int, int]:
    """Return how many courses a person completed, each once, and the minutes of all completions."""
    row = db.session.execute(
        select(
            func.count(CompletionRow.course_id.distinct()),
            func.coalesce(func.sum(CourseVersionRow.minutes), 0),
        )
        .select_from(CompletionRow)
        .join(CourseVersionRow, CourseVersionRow.id == CompletionRow.version_id)
        .where(CompletionRow.person_id == person_id)
    ).one()
    return row[0], int(row[1])


def _completed_of(row: Any) -> Completed:
    completion_id, course_id, completed_at, evidence, title, slug, language, number, minutes = row
    return Completed(
        id=completion_id,
        course_id=course_id,
        title=title,
        slug=slug,
        language=language,
        version=number,
        minutes=minutes,
        completed_at=completed_at,
        scores=[Decimal(one["score"]) for one in evidence.get("activities", ()) if one.get("score")],
    )
