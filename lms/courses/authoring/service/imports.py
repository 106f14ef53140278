"""Importing: what files will bring and what not, said first; then all of it in one transaction, or nothing."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from lms.courses import kinds
from lms.courses.authoring import queries, rules
from lms.courses.authoring.models import (
    ActivityRow,
    CourseRow,
    CourseVersionRow,
    SectionRow,
)
from lms.courses.authoring.service.activities import keep_media
from lms.courses.authoring.service.asked import Asked, is_asked, put, resolve
from lms.courses.authoring.service.drafts import (
    arrange,
    begin_draft,
    check_author,
    note_change,
    open_draft,
    put_positions,
    rendered,
)
from lms.courses.authoring.service.locking import let_go
from lms.courses.authoring.service.packed import place, read_packed
from lms.courses.authoring.service.searching import make_findable
from lms.courses.authoring.values import (
    CourseFacts,
    Fate,
    ImportPlan,
    Outline,
    PlannedLesson,
    PlannedSection,
)
from lms.courses.errors import ImportRefused
from lms.courses.events import CourseImported
from lms.courses.formats import packing_of
from lms.courses.formats.markdown import read_course
from lms.courses.formats.writing import name_of
from lms.courses.values import (
    TEXTS,
    ActivityId,
    ActivityKey,
    CourseId,
    DraftChange,
    ImportedActivity,
    ImportedCourse,
    ImportedSection,
    ImportIssue,
    IssueLevel,
    Level,
    SectionKey,
)
from lms.courses.values.packing import Archive
from lms.identity import facade as identity
from lms.identity.values import BrandId, PersonId, PositionId
from lms.kernel import events, files
from lms.kernel.actor import Actor
from lms.kernel.archives import FileTree
from lms.kernel.db import db, new_id
from lms.kernel.files import NOTHING_LAID, Laid
from lms.kernel.messages import Message
from lms.web.words import said


def plan_import(
    tree: FileTree, *, name: str = "", archive: Archive | None = None, apart: bool = False
) -> ImportPlan:
    """Return what an import of `tree` would do, and why not; nothing is stored. `name` is the archive's.

    `tree` may be Markdown or packed in a way that another feature plays: for that, `archive` is the zip itself.
    `apart` makes a course of its own of it where another has its address: at the next that is free.
    """
    packing = packing_of(tree)
    found = (
        read_packed(packing, tree, name, archive)
        if packing
        else read_course(tree, name=name, forms=kinds.forms())
    )
    issues = list(found.issues)
    if found.course is None:
        return ImportPlan(course=None, issues=issues, facts=None, existing=None, sections=(), picture_bytes=0)
    course = found.course
    if apart:
        course = replace(course, slug=rules.free_slug(course.slug, _is_taken))
    row = queries.find_course_row(course.slug)
    facts = _facts(course, row, issues)
    held = _held(row)
    coming = _kinds(course)

    matched = {
        lesson.file: held.match(section.slug, lesson.slug, lesson.kind)
        for section in course.sections
        for lesson in section.activities
    }
    asked = _asked(course, matched, held.unmatched(), coming, issues) if packing is None else {}

    def is_same(lesson: ImportedActivity, row: ActivityRow) -> bool:
        if packing is not None:
            return archive is not None and packing.holds(row.config, archive) and lesson.title == row.title
        return is_asked(row, asked[lesson.file]) and _is_same(lesson, row, held.hashes, tree, facts.language)

    sections = [
        PlannedSection(
            title=section.title,
            lessons=[_planned(lesson, matched[lesson.file], is_same) for lesson in section.activities],
        )
        for section in course.sections
    ]
    rest = [
        PlannedLesson(
            title=one.title,
            file=one.slug,
            minutes=one.minutes or None,
            pictures=len(one.pictures),
            fate=Fate.LEAVES if _came_from_files(one, coming) else Fate.STAYS,
            kind=one.kind,
        )
        for one in held.unmatched()
    ]
    if rest:
        sections.append(PlannedSection(title="", lessons=rest))
    return ImportPlan(
        course=course,
        issues=issues,
        facts=facts,
        existing=queries.find_authored(course.slug) if row else None,
        sections=sections,
        picture_bytes=sum(picture.size_bytes for picture in course.pictures),
    )


def lay_files(tree: FileTree) -> Laid:
    """Keep the bytes of what an archive packs ahead of the transaction that imports it; see `Archive.laid`."""
    packing = packing_of(tree)
    return packing.lay(tree) if packing else NOTHING_LAID


def _is_taken(slug: str) -> bool:
    return queries.find_course_row(slug) is not None


def import_course(
    tree: FileTree,
    *,
    name: str = "",
    archive: Archive | None = None,
    apart: bool = False,
    actor: Actor,
    now: datetime,
) -> CourseId:
    """Store the course that `tree` holds: a new one, or into the draft of the one that has its address.

    `apart` makes a new one of it in any case.

    Lessons keep their identity by folder and file name, so progress carries over; a package that is there already
    becomes a further revision of it. ImportRefused says, file by file, why nothing was stored.
    """
    check_author(actor)
    plan = plan_import(tree, name=name, archive=archive, apart=apart)
    errors = [issue for issue in plan.issues if issue.level is IssueLevel.ERROR]
    if plan.course is None or plan.facts is None or errors:
        raise ImportRefused([sentence_of(issue) for issue in errors])
    imported, facts = plan.course, plan.facts
    row = queries.find_course_row(imported.slug)
    course, draft = (
        _begin(imported.slug, facts, actor, now) if row is None else open_draft(row.id, actor, now)
    )
    course.title, course.summary, course.language = facts.title, facts.summary, facts.language
    course.brand_id, course.level = facts.brand_id, facts.level
    put_positions(course.id, facts.positions)
    pictures = _keep_pictures(course.id, imported, tree)
    draft.intro, draft.objectives = imported.intro, list(imported.objectives)
    draft.intro_pictures = {address: pictures[path] for address, path in imported.intro_pictures}
    draft.intro_html = rendered(draft.intro, draft.intro_pictures, course.language)
    packing = packing_of(tree)
    if packing is not None and archive is not None:
        outline = place(packing, archive, draft, imported, actor=actor, now=now)
    else:
        outline = _take_over(course, draft, imported, pictures)
    arrange(draft, outline)
    note_change(course, DraftChange.CREATED if row is None else DraftChange.FACTS, now)
    make_findable(course)
    events.record(CourseImported(course_id=course.id, is_new=row is None, activities=draft.activity_count))
    return course.id


def sentence_of(issue: ImportIssue) -> str:
    """Return an issue as one line: file, line, what."""
    where = f"{issue.file}:{issue.line}" if issue.line else issue.file
    return f"{where}: {said(issue.message)}" if where else said(issue.message)


def _facts(course: ImportedCourse, row: CourseRow | None, issues: list[ImportIssue]) -> CourseFacts:
    """Return what the course will say of itself: as its files say, else as it said before."""
    before = CourseFacts(title=course.title, slug=course.slug)
    if row is not None:
        before = queries.facts_of(row, queries.positions_of([row.id]).get(row.id, ()))
    brand_id = before.brand_id
    if course.brand:
        brand_id = _brand_id(course.brand)
        if brand_id is None:
            message = Message(
                "There is no brand called %(brand)s: the course comes without one.", brand=course.brand
            )
            issues.append(ImportIssue(IssueLevel.WARNING, course.file, None, message))
    if not rules.is_slug(course.slug):
        message = Message("%(slug)s cannot be the address of a course.", slug=course.slug)
        issues.append(ImportIssue(IssueLevel.ERROR, course.file, None, message))
    return CourseFacts(
        title=course.title,
        slug=course.slug,
        summary=course.summary or before.summary,
        brand_id=brand_id,
        language=course.language or before.language,
        level=Level(course.level) if course.level else before.level,
        positions=before.positions
        if course.positions is None
        else frozenset(_positions(course, course.positions, issues)),
    )


def _positions(
    course: ImportedCourse, named: Sequence[str], issues: list[ImportIssue]
) -> Iterator[PositionId]:
    """Yield the positions of these names or codes, and say which there are not."""
    known = {word.casefold(): one.id for one in identity.list_positions() for word in (one.code, one.name)}
    for name in named:
        if name.casefold() in known:
            yield known[name.casefold()]
            continue
        message = Message(
            "There is no position called %(position)s: the course comes without it.", position=name[:80]
        )
        issues.append(ImportIssue(IssueLevel.WARNING, course.file, None, message))


def _brand_id(named: str) -> BrandId | None:
    wanted = named.casefold()
    return next(
        (one.id for one in identity.list_brands() if wanted in {one.name.casefold(), one.code.casefold()}),
        None,
    )


class _Held:
    """The lessons that a course has already, each given away once: by folder and file name, else by file name."""

    def __init__(self, folders: Mapping[UUID, str], lessons: Sequence[ActivityRow]) -> None:
        self._folders = folders
        self._free = {one.id: one for one in lessons}
        self._named: dict[tuple[str, str], list[ActivityRow]] = defaultdict(list)
        for one in lessons:
            self._named[name_of(one.slug, one.title), one.kind].append(one)
        self.hashes = queries.hashes_of(file_id for lesson in lessons for file_id in lesson.pictures.values())

    def match(self, folder: str, slug: str, kind: str) -> ActivityRow | None:
        """Return the lesson of these names and give it away, or None."""
        named = self._named[slug, kind]
        here = [one for one in named if self._folders[one.section_id] == folder]
        found = here[0] if here else named[0] if len(named) == 1 else None
        if found is not None:
            named.remove(found)
            del self._free[found.id]
        return found

    def unmatched(self) -> Sequence[ActivityRow]:
        """Return what no file stands for."""
        return tuple(self._free.values())


def _held(row: CourseRow | None) -> _Held:
    version_id = (row.draft_id or row.published_id) if row else None
    if version_id is None:
        return _Held({}, ())
    folders = {one.id: name_of(one.slug, one.title) for one in queries.list_sections(version_id)}
    return _Held(folders, queries.list_activities(version_id, whole=True))


def _kinds(course: ImportedCourse) -> Collection[str]:
    """Return which kinds of activity the files speak of; about all others they say nothing."""
    found = {lesson.kind for section in course.sections for lesson in section.activities}
    return found | TEXTS if found & TEXTS else found


def _came_from_files(lesson: ActivityRow, kinds: Collection[str]) -> bool:
    return lesson.kind in kinds and lesson.slug != ""


def _asked(
    course: ImportedCourse,
    matched: Mapping[str, ActivityRow | None],
    unmatched: Sequence[ActivityRow],
    coming: Collection[str],
    issues: list[ImportIssue],
) -> Asked:
    """Return what each lesson will ask; one that is not here yet stands under a key of the moment."""
    keys = {file: row.key if row else ActivityKey(new_id()) for file, row in matched.items()}
    leaving = [one for one in unmatched if _came_from_files(one, coming)]
    staying = [one for one in unmatched if not _came_from_files(one, coming)]
    asked, found = resolve(course, keys, staying, leaving)
    issues += found
    return asked


def _planned(
    lesson: ImportedActivity,
    row: ActivityRow | None,
    is_same: Callable[[ImportedActivity, ActivityRow], bool],
) -> PlannedLesson:
    same = row is not None and is_same(lesson, row)
    return PlannedLesson(
        title=lesson.title,
        file=lesson.file,
        minutes=lesson.minutes,
        pictures=len(lesson.pictures),
        fate=Fate.NEW if row is None else Fate.SAME if same else Fate.CHANGED,
        kind=lesson.kind,
    )


def _is_same(
    lesson: ImportedActivity, held: ActivityRow, hashes: Mapping[str, str], tree: FileTree, language: str
) -> bool:
    told = lesson.title, lesson.minutes or 0, lesson.is_required, lesson.body
    if told != (held.title, held.minutes, held.is_required, held.body):
        return False
    if lesson.config is not None and _config(lesson, held.config, language) != held.config:
        return False
    if {address for address, _path in lesson.pictures} != set(held.pictures):
        return False
    return all(_sha256(tree, path) == hashes.get(held.pictures[address]) for address, path in lesson.pictures)


def _config(lesson: ImportedActivity, held: Mapping[str, Any], language: str) -> Mapping[str, Any]:
    """Return what an activity keeps once its file was read, beside what its kind leaves as it is."""
    form = kinds.kind_of(lesson.kind).written
    return form.merged(held, lesson.config or {}, language) if form else held


def _sha256(tree: FileTree, path: str) -> str:
    digest = hashlib.sha256()
    with tree.open(path) as opened:
        while chunk := opened.read(files.CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _begin(slug: str, facts: CourseFacts, actor: Actor, now: datetime) -> tuple[CourseRow, CourseVersionRow]:
    course = CourseRow(
        id=CourseId(new_id()),
        slug=slug,
        title=facts.title,
        summary=facts.summary,
        language=facts.language,
        created_at=now,
        created_by=PersonId(actor.person_id) if actor.person_id else None,
        changed_at=now,
    )
    db.session.add(course)
    db.session.flush()
    return course, begin_draft(course, number=1, now=now)


def _keep_pictures(course_id: CourseId, imported: ImportedCourse, tree: FileTree) -> dict[str, str]:
    kept = {}
    for picture in imported.pictures:
        with tree.open(picture.path) as opened:
            kept[picture.path] = str(keep_media(course_id, picture.path, picture.media_type, opened)[0])
    return kept


def _take_over(
    course: CourseRow, draft: CourseVersionRow, imported: ImportedCourse, pictures: Mapping[str, str]
) -> Outline:
    """Bring the draft's sections and lessons to what the files say; return their order."""
    before = queries.list_sections(draft.id)
    held = _Held(
        {one.id: name_of(one.slug, one.title) for one in before},
        queries.list_activities(draft.id, whole=True),
    )
    outline: list[tuple[SectionRow, list[ActivityRow]]] = []
    taken_over: dict[str, ActivityRow] = {}
    by_slug = {name_of(one.slug, one.title): one for one in reversed(before)}
    for section in imported.sections:
        row = _section(draft, by_slug.get(section.slug), section)
        lessons = []
        for lesson in section.activities:
            taken = held.match(section.slug, lesson.slug, lesson.kind) or _new_lesson(draft, row, lesson)
            _fill(taken, row, lesson, pictures, course.language)
            lessons.append(taken)
            taken_over[lesson.file] = taken
        outline.append((row, lessons))
    coming = _kinds(imported)
    stay: dict[UUID, list[ActivityRow]] = defaultdict(list)
    gone = [one for one in held.unmatched() if _came_from_files(one, coming)]
    staying = [one for one in held.unmatched() if one not in gone]
    asked, _issues = resolve(imported, {file: one.key for file, one in taken_over.items()}, staying, gone)
    for file, one in taken_over.items():
        put(one, asked[file])
    for one in gone:
        db.session.delete(one)
    for one in staying:
        stay[one.section_id].append(one)
    db.session.flush()
    let_go(draft, {one.key for one in gone})
    known = {row.id: lessons for row, lessons in outline}
    for old in before:
        staying = stay[old.id]
        if old.id in known:
            known[old.id].extend(staying)
        elif staying or not old.slug:
            outline.append((old, staying))
        else:
            db.session.delete(old)
    db.session.flush()
    return tuple((row.key, tuple(one.key for one in lessons)) for row, lessons in outline)


def _section(draft: CourseVersionRow, row: SectionRow | None, section: ImportedSection) -> SectionRow:
    if row is None:
        row = SectionRow(
            id=new_id(),
            key=SectionKey(new_id()),
            version_id=draft.id,
            position=0,
            title=section.title,
            slug=section.slug,
        )
        db.session.add(row)
        db.session.flush()
    row.title, row.slug = section.title, section.slug
    return row


def _new_lesson(draft: CourseVersionRow, section: SectionRow, lesson: ImportedActivity) -> ActivityRow:
    row = ActivityRow(
        id=ActivityId(new_id()),
        key=ActivityKey(new_id()),
        version_id=draft.id,
        section_id=section.id,
        position=0,
        kind=lesson.kind,
        title=lesson.title,
        slug=lesson.slug,
        is_required=True,
        config={},
        revision=0,
    )
    db.session.add(row)
    return row


def _fill(
    row: ActivityRow,
    section: SectionRow,
    lesson: ImportedActivity,
    pictures: Mapping[str, str],
    language: str,
) -> None:
    row.section_id, row.slug = section.id, lesson.slug
    row.title, row.minutes, row.body = lesson.title, lesson.minutes or 0, lesson.body
    row.is_required = lesson.is_required
    row.pictures = {address: pictures[path] for address, path in lesson.pictures}
    row.html = rendered(row.body, row.pictures, language)
    row.config = dict(_config(lesson, row.config, language))
    row.revision = (row.revision or 0) + 1
