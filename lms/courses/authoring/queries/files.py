"""SELECTs of the files that a course shows: how large, and where."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, Text, cast, column, func, null, or_, select, true
from sqlalchemy.sql.selectable import TableValuedAlias

from lms.courses.authoring.models import ActivityRow, CoursePicture, CourseRow, CourseVersionRow
from lms.courses.authoring.values import CourseFile, FileUse
from lms.courses.formats import lengths
from lms.courses.values import CourseId, CourseVersionId, VersionState
from lms.kernel.db import db
from lms.kernel.files import StoredFile
from lms.web.pages import Page, PageRequest, keyset

USES_AT_MOST = 2000


def sizes_of(file_ids: Iterable[str]) -> Mapping[str, tuple[int, int]]:
    """Return the width and height of each of these files that is a picture of known size, by id as text."""
    wanted = [UUID(file_id) for file_id in file_ids]
    if not wanted:
        return {}
    rows = db.session.execute(
        select(CoursePicture.file_id, CoursePicture.width, CoursePicture.height).where(
            CoursePicture.file_id.in_(wanted), CoursePicture.width.is_not(None)
        )
    )
    return {str(file_id): (width, height) for file_id, width, height in rows if width and height}


def list_unmeasured(*, at_most: int) -> Sequence[UUID]:
    """Return films and sounds whose length nobody has read yet."""
    return db.session.scalars(
        select(CoursePicture.file_id)
        .join(StoredFile, StoredFile.id == CoursePicture.file_id)
        .where(
            CoursePicture.length_ms.is_(None),
            or_(*(StoredFile.media_type.startswith(kind) for kind in lengths.TIMED)),
        )
        .order_by(CoursePicture.file_id)
        .limit(at_most)
    ).all()


def find_length(file_id: UUID) -> float | None:
    """Return how many seconds a film or sound has, None where that is not known (yet)."""
    found = db.session.scalar(select(CoursePicture.length_ms).where(CoursePicture.file_id == file_id))
    return found / 1000 if found else None


def sum_file_bytes(course_id: CourseId) -> int:
    """Return how many bytes a course's files have together."""
    found = db.session.scalar(
        select(func.coalesce(func.sum(StoredFile.size_bytes), 0))
        .join(CoursePicture, CoursePicture.file_id == StoredFile.id)
        .where(CoursePicture.course_id == course_id)
    )
    return int(found or 0)


def page_files(course_id: CourseId, wanted: PageRequest) -> Page[CourseFile]:
    """Return a page of a course's files, newest first, each with where it is shown: three queries."""
    query = (
        select(StoredFile, CoursePicture.width, CoursePicture.height)
        .join(CoursePicture, CoursePicture.file_id == StoredFile.id)
        .where(CoursePicture.course_id == course_id)
    )
    page = keyset(query, by=[StoredFile.id], wanted=wanted, descending=True, scalars=False)
    uses = list_uses(course_id, [row[0].id for row in page.items])
    return page.map(
        lambda row: CourseFile(
            id=row[0].id,
            filename=row[0].filename,
            media_type=row[0].media_type,
            size_bytes=row[0].size_bytes,
            stored_at=row[0].stored_at,
            width=row[1],
            height=row[2],
            uses=tuple(uses.get(row[0].id, ())),
        )
    )


def stored_of(file_ids: Iterable[str]) -> Mapping[str, tuple[str, str]]:
    """Return the SHA-256 and the media type of each of these files, by id as text."""
    wanted = [UUID(file_id) for file_id in file_ids]
    if not wanted:
        return {}
    rows = db.session.execute(
        select(StoredFile.id, StoredFile.sha256, StoredFile.media_type).where(StoredFile.id.in_(wanted))
    )
    return {str(file_id): (sha256, media_type) for file_id, sha256, media_type in rows}


def find_version_in_use(course_id: CourseId) -> CourseVersionId | None:
    """Return what of a course is in use: what is published, its draft before there is any; None without the course."""
    course = db.session.get(CourseRow, course_id)
    return (course.published_id or course.draft_id) if course else None


def measure_version(version_id: CourseVersionId) -> tuple[int, int]:
    """Return how many activities a version has, and how many characters of text."""
    row = db.session.execute(
        select(func.count(), func.coalesce(func.sum(func.length(ActivityRow.body)), 0)).where(
            ActivityRow.version_id == version_id
        )
    ).one()
    return row[0], int(row[1])


def list_uses(course_id: CourseId, file_ids: Collection[UUID]) -> Mapping[UUID, Sequence[FileUse]]:
    """Return where each of these files is shown: each activity once, in the newest version that shows it there.

    A lesson keeps what was given to it; it is shown where the text, or the settings of its kind, names it.
    """
    if not file_ids:
        return {}
    found: dict[UUID, dict[UUID | None, FileUse]] = {}
    for query in (_in_activities(course_id, file_ids), _in_intros(course_id, file_ids)):
        for file_id, number, state, key, title in db.session.execute(query):
            use = FileUse(key=key, title=title or "", number=number, is_draft=state is VersionState.DRAFT)
            found.setdefault(UUID(file_id), {}).setdefault(key, use)
    return {file_id: list(uses.values()) for file_id, uses in found.items()}


def named_in_versions(file_ids: Collection[UUID]) -> set[UUID]:
    """Return which of these files a lesson or an introduction of any version was given, shown there or not."""
    wanted = [str(one) for one in file_ids]
    found: set[UUID] = set()
    for table, pictures in (
        (ActivityRow, ActivityRow.pictures),
        (CourseVersionRow, CourseVersionRow.intro_pictures),
    ):
        given = _entries(pictures)
        query = select(given.c.value).select_from(table).join(given, true()).where(given.c.value.in_(wanted))
        found |= {UUID(one) for one in db.session.scalars(query.distinct())}
    return found


def _in_activities(course_id: CourseId, file_ids: Collection[UUID]) -> Any:
    shown = _entries(ActivityRow.pictures)
    return (
        select(
            shown.c.value, CourseVersionRow.number, CourseVersionRow.state, ActivityRow.key, ActivityRow.title
        )
        .select_from(CourseVersionRow)
        .join(ActivityRow, ActivityRow.version_id == CourseVersionRow.id)
        .join(shown, true())
        .where(
            CourseVersionRow.course_id == course_id,
            shown.c.value.in_([str(one) for one in file_ids]),
            or_(_holds(ActivityRow.body, shown.c.key), _holds(cast(ActivityRow.config, Text), shown.c.key)),
        )
        .order_by(CourseVersionRow.number.desc(), ActivityRow.position)
        .limit(USES_AT_MOST)
    )


def _in_intros(course_id: CourseId, file_ids: Collection[UUID]) -> Any:
    shown = _entries(CourseVersionRow.intro_pictures)
    return (
        select(shown.c.value, CourseVersionRow.number, CourseVersionRow.state, null(), null())
        .select_from(CourseVersionRow)
        .join(shown, true())
        .where(
            CourseVersionRow.course_id == course_id,
            shown.c.value.in_([str(one) for one in file_ids]),
            _holds(CourseVersionRow.intro, shown.c.key),
        )
        .order_by(CourseVersionRow.number.desc())
        .limit(USES_AT_MOST)
    )


def _holds(text: Any, part: Any) -> ColumnElement[bool]:
    find = func.instr if db.engine.dialect.name == "sqlite" else func.strpos
    return find(text, part) > 0


def _entries(pictures: Any) -> TableValuedAlias:
    """Return the entries of a JSON object as rows of key and value."""
    each = func.json_each if db.engine.dialect.name == "sqlite" else func.jsonb_each_text
    return each(pictures).table_valued(column("key", String), column("value", String))
