"""Activities of a draft: adding, editing, moving, and the pictures their pages show."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from typing import Any, BinaryIO
from uuid import UUID

from flask_babel import gettext as _

from lms.courses import kinds
from lms.courses.authoring import queries, rules
from lms.courses.authoring.models import ActivityRow, CoursePicture, CourseVersionRow
from lms.courses.authoring.service.drafts import (
    arrange,
    checked_title,
    note_change,
    open_draft,
    outline_of,
    rendered,
    section_of,
)
from lms.courses.authoring.values import Direction, PageSource
from lms.courses.errors import EditedMeanwhile
from lms.courses.formats import pictures
from lms.courses.formats.render import render
from lms.courses.values import PAGE, ActivityId, ActivityKey, CourseId, DraftChange, SectionKey
from lms.kernel import files
from lms.kernel.actor import Actor
from lms.kernel.db import db, new_id
from lms.kernel.errors import Invalid, NotFound
from lms.web.words import said

MINUTES_AT_MOST = 10_000
BODY_LENGTH = 400_000
PICTURE_BYTES = pictures.MAX_BYTES


def add_activity(  # noqa: PLR0913  what an activity is, and who adds it
    *,
    course_id: CourseId,
    section_key: SectionKey,
    key: ActivityKey,
    kind: str,
    title: str,
    minutes: int = 0,
    config: Mapping[str, Any] | None = None,
    is_required: bool = True,
    actor: Actor,
    now: datetime,
) -> ActivityKey:
    """Add an activity at the end of a section of the draft; a key used before changes nothing."""
    course, draft = open_draft(course_id, actor, now)
    if queries.find_activity(draft.id, key) is not None:
        return key
    if kind not in {one.key for one in kinds.every()}:
        raise Invalid(_("Choose what to add."), fields={"kind": _("Choose what to add.")})
    section = section_of(draft, section_key)
    db.session.add(
        ActivityRow(
            id=ActivityId(new_id()),
            key=key,
            version_id=draft.id,
            section_id=section.id,
            position=draft.activity_count + 1,
            kind=kind,
            title=checked_title(title),
            slug="",
            minutes=checked_minutes(minutes),
            is_required=is_required,
            body="",
            html="",
            pictures={},
            config=dict(config or {}),
            revision=1,
        )
    )
    db.session.flush()
    arrange(draft, outline_of(draft))
    note_change(course, DraftChange.ACTIVITY_ADDED, now, key=key)
    return key


def edit_activity(  # noqa: PLR0913  every field of its form
    *,
    course_id: CourseId,
    key: ActivityKey,
    title: str,
    minutes: int,
    is_required: bool,
    body: str | None = None,
    revision: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Change an activity; the `body` of a page is Markdown, rendered and sanitised here and never again.

    `revision` is the one that the author saw; EditedMeanwhile when somebody saved a newer one.
    """
    course, draft = open_draft(course_id, actor, now)
    activity = _edited(draft, key, revision)
    activity.title = checked_title(title)
    activity.minutes = checked_minutes(minutes)
    activity.is_required = is_required
    if body is not None and activity.kind == PAGE:
        if len(body) > BODY_LENGTH:
            message = _("Use at most %(most)s characters.", most=BODY_LENGTH)
            raise Invalid(message, fields={"body": message})
        activity.body = body.replace("\r\n", "\n")
        activity.html = rendered(activity.body, activity.pictures, course.language)
    arrange(draft, outline_of(draft))
    note_change(course, DraftChange.ACTIVITY_EDITED, now, key=key)


def set_activity_config(
    *,
    course_id: CourseId,
    key: ActivityKey,
    config: Mapping[str, Any],
    minutes: int | None = None,
    title: str | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Set what a kind keeps with its activity in the draft; the kind's own pages call this."""
    course, draft = open_draft(course_id, actor, now)
    activity = _found(draft, key)
    activity.config = dict(config)
    if minutes is not None:
        activity.minutes = checked_minutes(minutes)
    if title is not None:
        activity.title = checked_title(title)
    activity.revision += 1
    arrange(draft, outline_of(draft))
    note_change(course, DraftChange.ACTIVITY_EDITED, now, key=key)


def move_activity(
    *, course_id: CourseId, key: ActivityKey, direction: Direction, actor: Actor, now: datetime
) -> None:
    """Move an activity of the draft one place; past the end of its section it enters the next."""
    course, draft = open_draft(course_id, actor, now)
    _found(draft, key)
    arrange(draft, rules.move_activity(outline_of(draft), key, direction))
    note_change(course, DraftChange.ACTIVITY_MOVED, now, key=key)


def remove_activity(*, course_id: CourseId, key: ActivityKey, actor: Actor, now: datetime) -> None:
    """Take an activity out of the draft; published versions and what people did in them stay."""
    course, draft = open_draft(course_id, actor, now)
    db.session.delete(_found(draft, key))
    db.session.flush()
    arrange(draft, outline_of(draft))
    note_change(course, DraftChange.ACTIVITY_REMOVED, now, key=key)


def add_picture(
    *,
    course_id: CourseId,
    key: ActivityKey,
    filename: str,
    content: bytes,
    actor: Actor,
    now: datetime,
) -> str:
    """Keep a picture for a page of the draft and return the address that its Markdown shows it by.

    Invalid, naming the field `file`, for what is no picture or could act.
    """
    course, draft = open_draft(course_id, actor, now)
    activity = _found(draft, key)
    name = filename.rpartition("/")[2].rpartition("\\")[2]
    media_type = pictures.media_type_of(name)
    problem = pictures.problem_with(_OnePicture(name, content), name)
    if problem is not None or media_type is None:
        message = said(problem or "")
        raise Invalid(message, fields={"file": message})
    stem, _dot, extension = name.rpartition(".")
    address = f"pictures/{rules.slug_of(stem)}.{extension.lower()}"
    file_id = keep_picture(course.id, address, media_type, content)
    activity.pictures = {**activity.pictures, address: str(file_id)}
    activity.html = rendered(activity.body, activity.pictures, course.language)
    note_change(course, DraftChange.ACTIVITY_EDITED, now, key=key)
    return address


class _OnePicture:
    """An uploaded file as a tree of one, as the reader of pictures wants it."""

    notes: tuple[str, ...] = ()

    def __init__(self, name: str, content: bytes) -> None:
        self._name = name
        self._content = content

    def names(self) -> tuple[str, ...]:
        """Return its name."""
        return (self._name,)

    def size(self, name: str) -> int:  # noqa: ARG002  there is only one
        """Return its bytes."""
        return len(self._content)

    def open(self, name: str) -> BinaryIO:  # noqa: ARG002  there is only one
        """Open it."""
        return BytesIO(self._content)


def preview(page: PageSource, body: str, language: str) -> str:
    """Return how a text would look on a page, with the pictures that the page has; nothing is stored."""
    return render(body, media=page.pictures.get, language=language)


def keep_picture(course_id: CourseId, filename: str, media_type: str, content: bytes) -> UUID:
    """Store a picture for a course, once however often it is given, and return its file."""
    sha256 = hashlib.sha256(content).hexdigest()
    known = queries.find_picture(course_id, sha256)
    if known is not None:
        return known
    stored = files.store(
        BytesIO(content),
        filename=filename.rpartition("/")[2],
        media_type=media_type,
        purpose="course-picture",
        limit_bytes=PICTURE_BYTES,
    )
    db.session.add(CoursePicture(file_id=stored.id, course_id=course_id, sha256=sha256))
    db.session.flush()
    return stored.id


def checked_minutes(minutes: int) -> int:
    """Return minutes if they can be a duration; else Invalid."""
    if not 0 <= minutes <= MINUTES_AT_MOST:
        message = _("Give minutes from 0 to %(most)s.", most=MINUTES_AT_MOST)
        raise Invalid(message, fields={"minutes": message})
    return minutes


def _found(draft: CourseVersionRow, key: ActivityKey) -> ActivityRow:
    activity = queries.find_activity(draft.id, key)
    if activity is None:
        raise NotFound
    return activity


def _edited(draft: CourseVersionRow, key: ActivityKey, revision: int) -> ActivityRow:
    activity = _found(draft, key)
    if activity.revision != revision:
        raise EditedMeanwhile(
            _("Somebody else saved this after you opened it. Your text is below; compare before you save it.")
        )
    activity.revision += 1
    return activity
