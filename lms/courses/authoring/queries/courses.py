"""Every SELECT of authoring: courses, drafts and what is in them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, cast, func, or_, select
from sqlalchemy.orm import aliased, undefer

from lms.courses.authoring.models import (
    ActivityRow,
    CourseImportRow,
    CoursePicture,
    CoursePosition,
    CourseRow,
    CourseVersionRow,
    SectionRow,
)
from lms.courses.authoring.values import (
    ActivitySnapshot,
    AuthoredCourse,
    CourseFacts,
    CourseState,
    Editor,
    EditorItem,
    EditorSection,
    PageSource,
    SectionSnapshot,
    VersionSnapshot,
)
from lms.courses.kinds import locks
from lms.courses.kinds.completing import rule_of
from lms.courses.values import (
    TEXTS,
    ActivityKey,
    CourseId,
    CourseImportId,
    CourseSummary,
    CourseVersionId,
    VersionState,
)
from lms.identity.values import PositionId
from lms.kernel.among import among
from lms.kernel.db import db, fetch
from lms.kernel.errors import NotFound
from lms.kernel.files import StoredFile
from lms.web.pages import Order, Page, PageRequest, keyset

AT_ONCE = 500
USES_AT_MOST = 12

LAST_CHANGED = Order("changed", descending=True)


def summary_of(row: Any, minutes: int) -> CourseSummary:
    """Return the value of a CourseRow, or of these columns of one."""
    return CourseSummary(
        id=row.id,
        slug=row.slug,
        title=row.title,
        summary=row.summary,
        brand_id=row.brand_id,
        language=row.language,
        minutes=minutes,
        level=row.level,
    )


# Built once, as columns: every decision about a certificate names courses.
_SUMMARIES = (
    select(
        CourseRow.id,
        CourseRow.slug,
        CourseRow.title,
        CourseRow.summary,
        CourseRow.brand_id,
        CourseRow.language,
        CourseRow.level,
        CourseVersionRow.minutes,
    )
    .join(
        CourseVersionRow,
        CourseVersionRow.id == func.coalesce(CourseRow.published_id, CourseRow.draft_id),
    )
    .where(among(CourseRow.id, "ids"))
    .limit(AT_ONCE)
)


def list_courses(ids: Collection[CourseId]) -> dict[CourseId, CourseSummary]:
    """Return the courses of these ids (at most `AT_ONCE`), published or not, by id."""
    if not ids:
        return {}
    rows = fetch(_SUMMARIES, {"ids": list(ids)})
    return {row.id: summary_of(row, row.minutes) for row in rows}


def list_published() -> Sequence[CourseSummary]:
    """Return published courses by title: for choice lists, at most `AT_ONCE`."""
    rows = db.session.execute(
        select(CourseRow, CourseVersionRow.minutes)
        .join(CourseVersionRow, CourseVersionRow.id == CourseRow.published_id)
        .order_by(CourseRow.title, CourseRow.id)
        .limit(AT_ONCE)
    )
    return [summary_of(row, minutes) for row, minutes in rows]


def find_course_by_slug(slug: str) -> CourseSummary | None:
    """Return a course, published or not, or None."""
    row = db.session.execute(
        select(CourseRow, CourseVersionRow.minutes)
        .join(
            CourseVersionRow,
            CourseVersionRow.id == func.coalesce(CourseRow.published_id, CourseRow.draft_id),
        )
        .where(CourseRow.slug == slug)
    ).first()
    return summary_of(*row) if row else None


def list_published_activities(course_id: CourseId) -> Sequence[ActivityRow]:
    """Return the activities of a course's published version, in order."""
    return db.session.scalars(
        select(ActivityRow)
        .join(CourseRow, CourseRow.published_id == ActivityRow.version_id)
        .where(CourseRow.id == course_id)
        .order_by(ActivityRow.position, ActivityRow.id)
    ).all()


def list_all_published_activities(kinds: Collection[str]) -> Sequence[tuple[CourseId, ActivityRow]]:
    """Return the activities of these kinds in every published version, by course and order: for choice lists."""
    rows = db.session.execute(
        select(CourseRow.id, ActivityRow)
        .join(ActivityRow, CourseRow.published_id == ActivityRow.version_id)
        .where(ActivityRow.kind.in_(kinds))
        .order_by(CourseRow.title, CourseRow.id, ActivityRow.position, ActivityRow.id)
        .limit(AT_ONCE)
    )
    return [(course_id, row) for course_id, row in rows]


def list_published_of(
    course_ids: Collection[CourseId], kinds: Collection[str]
) -> Sequence[tuple[CourseId, ActivityRow]]:
    """Return the activities of these kinds in what these courses publish."""
    rows = db.session.execute(
        select(CourseRow.id, ActivityRow)
        .join(ActivityRow, CourseRow.published_id == ActivityRow.version_id)
        .where(CourseRow.id.in_(course_ids), ActivityRow.kind.in_(kinds))
        .order_by(CourseRow.id, ActivityRow.position, ActivityRow.id)
    )
    return [(course_id, row) for course_id, row in rows]


def is_slug_taken(slug: str, *, by_other_than: CourseId | None = None) -> bool:
    """Return whether another course has this address."""
    query = select(CourseRow.id).where(CourseRow.slug == slug)
    if by_other_than is not None:
        query = query.where(CourseRow.id != by_other_than)
    return db.session.scalar(query) is not None


def find_course_row(slug: str) -> CourseRow | None:
    """Return the row of a course by its address, or None."""
    return db.session.scalars(select(CourseRow).where(CourseRow.slug == slug)).first()


def lock_course(course_id: CourseId) -> CourseRow | None:
    """Return a course's row, held until the transaction ends: authors change a course one by one."""
    return db.session.scalars(
        select(CourseRow)
        .where(CourseRow.id == course_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()


def list_sections(version_id: CourseVersionId) -> Sequence[SectionRow]:
    """Return a version's sections in order."""
    return db.session.scalars(
        select(SectionRow)
        .where(SectionRow.version_id == version_id)
        .order_by(SectionRow.position, SectionRow.id)
    ).all()


def list_activities(version_id: CourseVersionId, *, whole: bool = False) -> Sequence[ActivityRow]:
    """Return a version's activities in order; `whole` brings their text along."""
    query = (
        select(ActivityRow)
        .where(ActivityRow.version_id == version_id)
        .order_by(ActivityRow.position, ActivityRow.id)
    )
    if whole:
        query = query.options(undefer(ActivityRow.body), undefer(ActivityRow.html))
    return db.session.scalars(query).all()


def find_activity(version_id: CourseVersionId, key: ActivityKey) -> ActivityRow | None:
    """Return one activity of a version with its text, or None."""
    return db.session.scalars(
        select(ActivityRow)
        .where(ActivityRow.version_id == version_id, ActivityRow.key == key)
        .options(undefer(ActivityRow.body), undefer(ActivityRow.html))
    ).first()


def find_current_activity(course_id: CourseId, key: ActivityKey) -> ActivityRow | None:
    """Return an activity as the author last left it: in the draft, or in what is published while there is none."""
    course = db.session.get(CourseRow, course_id)
    version_id = (course.draft_id or course.published_id) if course else None
    return find_activity(version_id, key) if version_id else None


def find_picture(course_id: CourseId, sha256: str) -> UUID | None:
    """Return the file of a picture that a course already has, or None."""
    return db.session.scalar(
        select(CoursePicture.file_id).where(
            CoursePicture.course_id == course_id, CoursePicture.sha256 == sha256
        )
    )


def find_visible_picture(
    file_id: UUID, *, to_authors: bool, visible: ColumnElement[bool]
) -> StoredFile | None:
    """Return a course's picture: of a published course to whom its row is `visible`, of a draft to authors."""
    query = (
        select(StoredFile)
        .join(CoursePicture, CoursePicture.file_id == StoredFile.id)
        .join(CourseRow, CourseRow.id == CoursePicture.course_id)
        .where(StoredFile.id == file_id)
    )
    if not to_authors:
        query = query.where(CourseRow.published_id.is_not(None), visible)
    return db.session.scalars(query).first()


def hashes_of(file_ids: Iterable[str]) -> Mapping[str, str]:
    """Return the SHA-256 of each of these pictures, by file id as text."""
    wanted = [UUID(file_id) for file_id in file_ids]
    if not wanted:
        return {}
    rows = db.session.execute(
        select(CoursePicture.file_id, CoursePicture.sha256).where(CoursePicture.file_id.in_(wanted))
    )
    return {str(file_id): sha256 for file_id, sha256 in rows}


def find_import(
    import_id: CourseImportId, *, lock: bool = False
) -> tuple[CourseImportRow, StoredFile] | None:
    """Return an upload that is to become a course, with its file, or None; `lock` holds it for this transaction."""
    query = (
        select(CourseImportRow, StoredFile)
        .join(StoredFile, StoredFile.id == CourseImportRow.file_id)
        .where(CourseImportRow.id == import_id)
    )
    if lock:
        query = query.with_for_update(of=CourseImportRow).execution_options(populate_existing=True)
    row = db.session.execute(query).first()
    return (row[0], row[1]) if row else None


def _state(course: CourseRow) -> CourseState:
    if course.published_id is None:
        return CourseState.DRAFT
    return CourseState.PUBLISHED if course.draft_id is None else CourseState.CHANGED


def _meant_for() -> Any:
    """Return the subquery of the positions that the course of the row is meant for, as one text."""
    return (
        select(func.aggregate_strings(cast(CoursePosition.position_id, Text), ","))
        .where(CoursePosition.course_id == CourseRow.id)
        .correlate(CourseRow)
        .scalar_subquery()
    )


def _authored() -> Any:
    published = aliased(CourseVersionRow)
    shown = aliased(CourseVersionRow)
    return (
        select(CourseRow, shown, published.number, _meant_for())
        .join(shown, shown.id == func.coalesce(CourseRow.draft_id, CourseRow.published_id))
        .outerjoin(published, published.id == CourseRow.published_id)
    )


def authored_of(course: CourseRow, shown: CourseVersionRow, number: int | None) -> AuthoredCourse:
    """Return the value of one row of the authors' list."""
    return AuthoredCourse(
        id=course.id,
        title=course.title,
        slug=course.slug,
        brand_id=course.brand_id,
        language=course.language,
        state=_state(course),
        number=number or 0,
        activity_count=shown.activity_count,
        minutes=shown.minutes,
        changed_at=course.changed_at,
    )


def list_authored(
    wanted: PageRequest,
    *,
    words: str = "",
    state: CourseState | None = None,
    order: Order = LAST_CHANGED,
) -> Page[AuthoredCourse]:
    """Return a page of all courses."""
    query = _authored()
    if words:
        query = query.where(
            or_(
                CourseRow.title.icontains(words, autoescape=True),
                CourseRow.slug.icontains(words, autoescape=True),
            )
        )
    if state is CourseState.DRAFT:
        query = query.where(CourseRow.published_id.is_(None))
    elif state is CourseState.PUBLISHED:
        query = query.where(CourseRow.published_id.is_not(None), CourseRow.draft_id.is_(None))
    elif state is CourseState.CHANGED:
        query = query.where(CourseRow.published_id.is_not(None), CourseRow.draft_id.is_not(None))
    by = (CourseRow.title if order.by == "title" else CourseRow.changed_at, CourseRow.id)
    page = keyset(query, by=by, wanted=wanted, descending=order.descending, scalars=False)
    return page.map(lambda row: authored_of(*row[:3]))


def find_authored(slug: str) -> AuthoredCourse | None:
    """Return a course as the authors' list shows it, or None."""
    row = db.session.execute(_authored().where(CourseRow.slug == slug)).first()
    return authored_of(*row[:3]) if row else None


def get_editor(course_id: CourseId) -> Editor:
    """Return a course as its editor shows it; NotFound if there is none."""
    row = db.session.execute(_authored().where(CourseRow.id == course_id)).first()
    if row is None:
        raise NotFound
    course, shown, _number, meant_for = row
    outline: dict[UUID, tuple[SectionRow, list[EditorItem]]] = {}
    rows = db.session.execute(
        select(SectionRow, ActivityRow, ActivityRow.body == "")
        .outerjoin(ActivityRow, ActivityRow.section_id == SectionRow.id)
        .where(SectionRow.version_id == shown.id)
        .order_by(SectionRow.position, SectionRow.id, ActivityRow.position, ActivityRow.id)
    )
    for section, activity, has_no_text in rows:
        items = outline.setdefault(section.id, (section, []))[1]
        if activity is not None:
            items.append(item_of(activity, has_no_text=bool(has_no_text)))
    return Editor(
        course=authored_of(*row[:3]),
        facts=facts_of(course, (PositionId(UUID(one)) for one in (meant_for or "").split(",") if one)),
        version_id=shown.id,
        is_draft=shown.state is VersionState.DRAFT,
        intro_html=shown.intro_html,
        objectives=tuple(shown.objectives),
        published_at=shown.published_at,
        sections=[
            EditorSection(key=section.key, title=section.title, items=items)
            for section, items in outline.values()
        ],
    )


def list_locked_by(kind: str, value: str) -> Sequence[tuple[CourseId, str, str]]:
    """Return a few activities that a lock keeps shut: the course, its title and the activity's, in any version."""
    rows = db.session.execute(
        select(CourseRow.id, CourseRow.title, ActivityRow.title)
        .join(CourseVersionRow, CourseVersionRow.course_id == CourseRow.id)
        .join(ActivityRow, ActivityRow.version_id == CourseVersionRow.id)
        .where(
            cast(ActivityRow.locks, Text).contains(f'"{kind}"', autoescape=True),
            cast(ActivityRow.locks, Text).contains(value, autoescape=True),
        )
        .distinct()
        .order_by(CourseRow.title, ActivityRow.title)
        .limit(USES_AT_MOST)
    )
    return [(course_id, course, title) for course_id, course, title in rows]


def get_intro(version_id: CourseVersionId) -> str:
    """Return the Markdown of a version's introduction."""
    return db.session.get_one(CourseVersionRow, version_id).intro


def facts_of(course: CourseRow, positions: Iterable[PositionId]) -> CourseFacts:
    """Return what a course says of itself; `positions` are whom it is meant for."""
    return CourseFacts(
        title=course.title,
        slug=course.slug,
        summary=course.summary,
        brand_id=course.brand_id,
        language=course.language,
        level=course.level,
        positions=frozenset(positions),
    )


def item_of(row: ActivityRow, *, has_no_text: bool) -> EditorItem:
    """Return a row's value."""
    return EditorItem(
        id=row.id,
        key=row.key,
        number=row.position,
        kind=row.kind,
        title=row.title,
        minutes=row.minutes,
        is_required=row.is_required,
        is_empty=row.kind in TEXTS and has_no_text,
        config=row.config,
        rule=rule_of(row.kind, row.rule, row.least),
        locks=locks.from_json(row.locks),
    )


def get_page(version_id: CourseVersionId, key: ActivityKey) -> PageSource:
    """Return what an author edits of one activity; NotFound if the version has none of that key."""
    row = find_activity(version_id, key)
    if row is None:
        raise NotFound
    return PageSource(
        item=item_of(row, has_no_text=not row.body),
        body=row.body,
        html=row.html,
        pictures={address: picture_url(file_id) for address, file_id in row.pictures.items()},
        revision=row.revision,
    )


def picture_url(file_id: UUID | str) -> str:
    """Return where a picture of a course is served."""
    return f"/learn/pictures/{file_id}"


def find_version(course_id: CourseId, number: int) -> CourseVersionRow | None:
    """Return a published version of a course by its number, or None."""
    return db.session.scalars(
        select(CourseVersionRow).where(
            CourseVersionRow.course_id == course_id,
            CourseVersionRow.number == number,
            CourseVersionRow.state == VersionState.PUBLISHED,
        )
    ).first()


def page_versions(course_id: CourseId, wanted: PageRequest) -> Page[CourseVersionRow]:
    """Return a page of a course's published versions, newest first."""
    query = select(CourseVersionRow).where(
        CourseVersionRow.course_id == course_id, CourseVersionRow.state == VersionState.PUBLISHED
    )
    return keyset(query, by=[CourseVersionRow.number], wanted=wanted, descending=True)


def get_snapshot(version_id: CourseVersionId) -> VersionSnapshot:
    """Return all that a version says; NotFound if there is none."""
    version = db.session.get(CourseVersionRow, version_id)
    if version is None:
        raise NotFound
    held: dict[UUID, list[ActivitySnapshot]] = {}
    for row in list_activities(version_id, whole=True):
        held.setdefault(row.section_id, []).append(
            ActivitySnapshot(
                key=row.key,
                kind=row.kind,
                title=row.title,
                minutes=row.minutes,
                is_required=row.is_required,
                body=row.body,
                config=row.config,
                rule=rule_of(row.kind, row.rule, row.least),
                locks=locks.from_json(row.locks),
            )
        )
    return VersionSnapshot(
        number=version.number,
        intro=version.intro,
        objectives=tuple(version.objectives),
        sections=tuple(
            SectionSnapshot(key=one.key, title=one.title, activities=tuple(held.get(one.id, ())))
            for one in list_sections(version_id)
        ),
    )
