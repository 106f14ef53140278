"""Courses and their drafts: what they say of themselves, their sections, and the order of everything."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, insert, inspect

from lms.courses import policy
from lms.courses.authoring import queries, rules
from lms.courses.authoring.models import (
    ActivityRow,
    CoursePosition,
    CourseRow,
    CourseVersionRow,
    SectionRow,
)
from lms.courses.authoring.service.locking import let_go
from lms.courses.authoring.service.searching import make_findable
from lms.courses.authoring.values import CourseFacts, Direction, Outline
from lms.courses.events import DraftChanged
from lms.courses.formats import scaling
from lms.courses.formats.render import render
from lms.courses.values import (
    ActivityId,
    ActivityKey,
    CourseId,
    CourseVersionId,
    DraftChange,
    SectionKey,
    VersionState,
)
from lms.identity.values import PersonId, PositionId
from lms.kernel import events
from lms.kernel.actor import Actor, current
from lms.kernel.db import Model, db, new_id
from lms.kernel.errors import Forbidden, Invalid, NotFound
from lms.kernel.lines import fault_of_name, tidied

TITLE_LENGTH = 200
COPIED = (
    "intro",
    "intro_html",
    "intro_pictures",
    "objectives",
    "minutes",
    "activity_count",
    "required_count",
)
"""What a new draft takes over from the version published before it."""


def create_course(*, course_id: CourseId, facts: CourseFacts, actor: Actor, now: datetime) -> CourseId:
    """Make a course with an empty draft; the one that is there, if `course_id` was used before."""
    check_author(actor)
    if db.session.get(CourseRow, course_id) is not None:
        return course_id
    check_facts(facts, course_id)
    course = CourseRow(
        id=course_id,
        slug=facts.slug,
        title=facts.title,
        summary=facts.summary,
        brand_id=facts.brand_id,
        language=facts.language,
        level=facts.level,
        created_at=now,
        created_by=PersonId(actor.person_id) if actor.person_id else None,
        changed_at=now,
    )
    db.session.add(course)
    db.session.flush()
    put_positions(course_id, facts.positions)
    begin_draft(course, number=1, now=now)
    note_change(course, DraftChange.CREATED, now)
    return course_id


def edit_facts(*, course_id: CourseId, facts: CourseFacts, actor: Actor, now: datetime) -> None:
    """Change what a course says of itself, at once; a published course keeps its address."""
    course = held_course(course_id, actor)
    if course.published_id is not None and facts.slug != course.slug:
        message = _("People have links to this address; it stays once a course is published.")
        raise Invalid(message, fields={"slug": message})
    check_facts(facts, course_id)
    course.title, course.slug, course.summary = facts.title, facts.slug, facts.summary
    course.brand_id, course.language, course.level = facts.brand_id, facts.language, facts.level
    put_positions(course_id, facts.positions)
    make_findable(course)
    note_change(course, DraftChange.FACTS, now)


def edit_intro(
    *, course_id: CourseId, intro: str, objectives: Sequence[str], actor: Actor, now: datetime
) -> None:
    """Change the introduction (Markdown) and what a learner will be able to do, in the draft."""
    course, draft = open_draft(course_id, actor, now)
    draft.intro = intro
    draft.intro_html = rendered(intro, draft.intro_pictures, course.language)
    draft.objectives = [one.strip() for one in objectives if one.strip()]
    note_change(course, DraftChange.FACTS, now)


def add_section(*, course_id: CourseId, key: SectionKey, title: str, actor: Actor, now: datetime) -> None:
    """Add a section at the end of the draft; a key used before changes nothing."""
    course, draft = open_draft(course_id, actor, now)
    sections = queries.list_sections(draft.id)
    if any(section.key == key for section in sections):
        return
    db.session.add(
        SectionRow(
            id=new_id(),
            key=key,
            version_id=draft.id,
            position=len(sections) + 1,
            title=checked_title(title),
        )
    )
    note_change(course, DraftChange.SECTION_ADDED, now)


def rename_section(*, course_id: CourseId, key: SectionKey, title: str, actor: Actor, now: datetime) -> None:
    """Give a section of the draft another title."""
    course, draft = open_draft(course_id, actor, now)
    section_of(draft, key).title = checked_title(title)
    note_change(course, DraftChange.SECTION_RENAMED, now)


def move_section(
    *, course_id: CourseId, key: SectionKey, direction: Direction, actor: Actor, now: datetime
) -> None:
    """Move a section of the draft, with all in it, one place."""
    course, draft = open_draft(course_id, actor, now)
    section_of(draft, key)
    arrange(draft, rules.move_section(outline_of(draft), key, direction))
    note_change(course, DraftChange.SECTION_MOVED, now)


def remove_section(*, course_id: CourseId, key: SectionKey, actor: Actor, now: datetime) -> Sequence[str]:
    """Take a section and all in it out of the draft; published versions keep theirs.

    Return the titles of activities elsewhere that waited for one in it and do so no longer.
    """
    course, draft = open_draft(course_id, actor, now)
    section = section_of(draft, key)
    gone = [one for one in queries.list_activities(draft.id) if one.section_id == section.id]
    for activity in gone:
        db.session.delete(activity)
    db.session.flush()
    freed = let_go(draft, [one.key for one in gone])
    db.session.delete(section)
    db.session.flush()
    arrange(draft, outline_of(draft))
    note_change(course, DraftChange.SECTION_REMOVED, now)
    return freed


# What the other modules of this room build on.


def check_author(actor: Actor) -> None:
    """Raise Forbidden unless `actor` writes courses."""
    if not actor.may(policy.AUTHOR_COURSES):
        raise Forbidden


def check_facts(facts: CourseFacts, course_id: CourseId) -> None:
    """Raise Invalid for facts that cannot stand, naming the field."""
    checked_title(facts.title)
    if not rules.is_slug(facts.slug):
        message = _("Use lower-case letters a to z, digits and single hyphens, at most 80.")
        raise Invalid(message, fields={"slug": message})
    if queries.is_slug_taken(facts.slug, by_other_than=course_id):
        message = _("Another course has this address.")
        raise Invalid(message, fields={"slug": message})


def put_positions(course_id: CourseId, positions: Collection[PositionId]) -> None:
    """Store whom a course is meant for, in place of what was said before."""
    db.session.execute(delete(CoursePosition).where(CoursePosition.course_id == course_id))
    if positions:
        db.session.execute(
            insert(CoursePosition),
            [{"course_id": course_id, "position_id": one} for one in sorted(positions)],
        )


def checked_title(title: str) -> str:
    """Return a title without the space around it; Invalid if nothing or too much is left."""
    kept = tidied(title)
    if not kept:
        raise Invalid(_("Give it a title."), fields={"title": _("Give it a title.")})
    if fault := fault_of_name(kept):
        raise Invalid(fault, fields={"title": fault})
    if len(kept) > TITLE_LENGTH:
        message = _("Use at most %(most)s characters.", most=TITLE_LENGTH)
        raise Invalid(message, fields={"title": message})
    return kept


def held_course(course_id: CourseId, actor: Actor) -> CourseRow:
    """Return a course that `actor` may change, held until the transaction ends."""
    check_author(actor)
    course = queries.lock_course(course_id)
    if course is None:
        raise NotFound
    return course


def open_draft(course_id: CourseId, actor: Actor, now: datetime) -> tuple[CourseRow, CourseVersionRow]:
    """Return a course with its draft: the open one, or a fresh copy of what is published."""
    course = held_course(course_id, actor)
    if course.draft_id is not None:
        draft = db.session.get(CourseVersionRow, course.draft_id, populate_existing=True)
        if draft is None:
            raise NotFound
        return course, draft
    published = db.session.get(CourseVersionRow, course.published_id)
    draft = begin_draft(course, number=published.number + 1 if published else 1, now=now)
    if published is not None:
        copy_version(published, draft)
    return course, draft


def begin_draft(course: CourseRow, *, number: int, now: datetime) -> CourseVersionRow:
    """Return a new, empty draft of a course that has none."""
    draft = CourseVersionRow(
        id=CourseVersionId(new_id()),
        course_id=course.id,
        number=number,
        state=VersionState.DRAFT,
        intro="",
        intro_html="",
        intro_pictures={},
        objectives=[],
        minutes=0,
        activity_count=0,
        required_count=0,
        created_at=now,
    )
    db.session.add(draft)
    db.session.flush()
    course.draft_id = draft.id
    db.session.flush()
    return draft


def copy_version(published: CourseVersionRow, draft: CourseVersionRow) -> None:
    """Fill an empty draft with all that a published version says."""
    for name in COPIED:
        setattr(draft, name, getattr(published, name))
    sections: dict[UUID, UUID] = {}
    for section in queries.list_sections(published.id):
        copied = new_id()
        sections[section.id] = copied
        db.session.add(SectionRow(**_values_of(section) | {"id": copied, "version_id": draft.id}))
    db.session.flush()
    for activity in queries.list_activities(published.id, whole=True):
        fresh = {
            "id": ActivityId(new_id()),
            "version_id": draft.id,
            "section_id": sections[activity.section_id],
        }
        db.session.add(ActivityRow(**_values_of(activity) | fresh))
    db.session.flush()


def _values_of(row: Model) -> dict[str, object]:
    return {column.key: getattr(row, column.key) for column in inspect(type(row)).column_attrs}


def section_of(draft: CourseVersionRow, key: SectionKey) -> SectionRow:
    """Return a section of the draft; NotFound if it is gone."""
    for section in queries.list_sections(draft.id):
        if section.key == key:
            return section
    raise NotFound


def outline_of(draft: CourseVersionRow) -> Outline:
    """Return the order of the draft's sections and activities."""
    activities = queries.list_activities(draft.id)
    return tuple(
        (section.key, tuple(one.key for one in activities if one.section_id == section.id))
        for section in queries.list_sections(draft.id)
    )


def arrange(draft: CourseVersionRow, outline: Outline) -> None:
    """Put the draft in the order of `outline`, number its activities, and bring its sums up to date."""
    db.session.flush()
    sections = {section.key: section for section in queries.list_sections(draft.id)}
    activities: dict[ActivityKey, ActivityRow] = {one.key: one for one in queries.list_activities(draft.id)}
    number = 0
    for place, (section_key, held) in enumerate(outline, start=1):
        sections[section_key].position = place
        for key in held:
            number += 1
            activities[key].position = number
            activities[key].section_id = sections[section_key].id
    draft.minutes = sum(one.minutes for one in activities.values())
    draft.activity_count = len(activities)
    draft.required_count = sum(one.is_required for one in activities.values())
    db.session.flush()


def rendered(body: str, pictures: Mapping[str, str], language: str) -> str:
    """Return Markdown as HTML, safe to show, with its pictures where they are served."""

    def served(address: str) -> str | None:
        return queries.picture_url(pictures[address]) if address in pictures else None

    sizes = queries.sizes_of(pictures.values())

    def widths(address: str) -> tuple[Sequence[int], scaling.Size] | None:
        size = sizes.get(pictures.get(address, ""))
        return (scaling.offered_widths(size[0]), size) if size else None

    return render(body, media=served, widths=widths, language=language)


def note_change(
    course: CourseRow,
    change: DraftChange,
    now: datetime,
    *,
    key: ActivityKey | None = None,
    is_edit: bool = True,
) -> None:
    """Say that a course was changed; an edit of what is taught is to be read by somebody other than who made it."""
    course.changed_at = now
    if is_edit:
        course.changes += 1
        writer = current().person_id
        if writer is not None and str(writer) not in course.draft_writers:
            course.draft_writers = [*course.draft_writers, str(writer)]
    db.session.flush()
    events.record(DraftChanged(course_id=course.id, change=change, activity_key=key))
