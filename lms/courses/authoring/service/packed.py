"""A course that is one archive, such as a SCORM package: read as a course of one activity, and put into the draft."""

from datetime import datetime

from lms.courses.authoring import queries, rules
from lms.courses.authoring.models import ActivityRow, CourseVersionRow, SectionRow
from lms.courses.authoring.service.drafts import TITLE_LENGTH, outline_of
from lms.courses.authoring.values import Outline
from lms.courses.errors import ImportRefused
from lms.courses.values import (
    ActivityId,
    ActivityKey,
    CourseImport,
    ImportedActivity,
    ImportedCourse,
    ImportedSection,
    ImportIssue,
    IssueLevel,
    SectionKey,
)
from lms.courses.values.packing import Archive, Packing
from lms.kernel.actor import Actor
from lms.kernel.archives import ArchiveRefused, FileTree
from lms.kernel.db import db, new_id
from lms.kernel.errors import Invalid
from lms.kernel.lines import cleaned
from lms.kernel.messages import Message
from lms.web.words import said


def read_packed(packing: Packing, tree: FileTree, name: str, archive: Archive | None) -> CourseImport:
    """Return the archive as a course of one activity, or none with at least one error."""
    packed = packing.read(tree)
    issues = list(packed.issues)
    if archive is None:
        message = Message("This folder is a package. Pack it as one zip: a package comes and plays whole.")
        issues.append(ImportIssue(IssueLevel.ERROR, packed.file, None, message))
    if any(issue.level is IssueLevel.ERROR for issue in issues):
        return CourseImport(None, tuple(issues))
    title = (cleaned(packed.title) or cleaned(name))[:TITLE_LENGTH] or said(Message("Package"))
    slug = rules.slug_of(title)
    lesson = ImportedActivity(slug=slug, title=title, file=packed.file, body="", kind=packing.kind)
    section = ImportedSection(slug=packing.kind, title=title, file=packed.file, activities=(lesson,))
    return CourseImport(
        ImportedCourse(title=title, slug=slug, file=packed.file, sections=(section,)), tuple(issues)
    )


def place(
    packing: Packing,
    archive: Archive,
    draft: CourseVersionRow,
    course: ImportedCourse,
    *,
    actor: Actor,
    now: datetime,
) -> Outline:
    """Keep the archive and let the draft's activity play it, where its author put it, else at the end.

    Return the order of the draft. ImportRefused for bytes that are broken.
    """
    (section,) = course.sections
    (lesson,) = section.activities
    known = queries.list_activities(draft.id, whole=True)
    row = next((one for one in known if (one.kind, one.slug) == (lesson.kind, lesson.slug)), None)
    if row is None:
        row = _new_activity(draft, section, lesson)
    try:
        archive.file.seek(0)
        row.config = dict(packing.store(archive, before=row.config, actor=actor, now=now))
    except Invalid as refusal:
        blamed = refusal.member if isinstance(refusal, ArchiveRefused) else lesson.file
        raise ImportRefused(
            [f"{blamed}: {said(refusal.message)}" if blamed else said(refusal.message)]
        ) from refusal
    row.title = lesson.title
    row.revision += 1
    db.session.flush()
    return outline_of(draft)


def _new_activity(draft: CourseVersionRow, section: ImportedSection, lesson: ImportedActivity) -> ActivityRow:
    sections = queries.list_sections(draft.id)
    into = SectionRow(
        id=new_id(),
        key=SectionKey(new_id()),
        version_id=draft.id,
        position=len(sections) + 1,
        title=section.title,
        slug=section.slug,
    )
    db.session.add(into)
    db.session.flush()
    row = ActivityRow(
        id=ActivityId(new_id()),
        key=ActivityKey(new_id()),
        version_id=draft.id,
        section_id=into.id,
        position=draft.activity_count + 1,
        kind=lesson.kind,
        title=lesson.title,
        slug=lesson.slug,
        is_required=True,
        minutes=0,
        body="",
        html="",
        pictures={},
        config={},
        revision=0,
    )
    db.session.add(row)
    db.session.flush()
    return row
