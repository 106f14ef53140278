"""Activities of a draft: adding, editing, moving, and the pictures their pages show."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
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
from lms.courses.authoring.service.files import check_quota
from lms.courses.authoring.service.locking import let_go, set_locks, set_rule
from lms.courses.authoring.values import Direction, Outline, PageSource
from lms.courses.errors import EditedMeanwhile
from lms.courses.events import CourseFileKept
from lms.courses.formats import media, scaling
from lms.courses.formats.one_file import OneFile
from lms.courses.formats.render import render
from lms.courses.values import (
    TEXTS,
    ActivityId,
    ActivityKey,
    CompletionRule,
    CourseId,
    DraftChange,
    Lock,
    SectionKey,
)
from lms.kernel import events, files
from lms.kernel.actor import Actor
from lms.kernel.db import db, new_id
from lms.kernel.errors import Invalid, NotFound
from lms.kernel.lines import with_single_breaks
from lms.web.words import said

MINUTES_AT_MOST = 10_000
BODY_LENGTH = 400_000
MEDIA_BYTES = media.FILM_BYTES


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
    rule = kinds.kind_of(kind).rules[0]
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
            rule=rule.kind.value,
            least=rule.least,
            locks=[],
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
    rule: CompletionRule | None = None,
    locks: Collection[Lock] | None = None,
    revision: int,
    actor: Actor,
    now: datetime,
) -> int:
    """Change an activity and return its new revision.

    The `body` of a page or film is Markdown, rendered and sanitised here and never again; `rule` and `locks` stay as
    they are where none are given. `revision` is
    the one that the author saw; EditedMeanwhile when somebody saved a newer one.
    """
    course, draft = open_draft(course_id, actor, now)
    activity = _edited(draft, key, revision)
    activity.title = checked_title(title)
    activity.minutes = checked_minutes(minutes)
    activity.is_required = is_required
    if rule is not None:
        set_rule(activity, rule)
    if locks is not None:
        set_locks(draft, activity, locks)
    if body is not None and activity.kind in TEXTS:
        body = with_single_breaks(body)
        if len(body) > BODY_LENGTH:
            message = _("Use at most %(most)s characters.", most=BODY_LENGTH)
            raise Invalid(message, fields={"body": message})
        activity.body = body
        activity.html = rendered(activity.body, activity.pictures, course.language)
    arrange(draft, outline_of(draft))
    note_change(course, DraftChange.ACTIVITY_EDITED, now, key=key)
    return activity.revision


def set_activity_config(
    *,
    course_id: CourseId,
    key: ActivityKey,
    config: Mapping[str, Any],
    minutes: int | None = None,
    title: str | None = None,
    revision: int | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Set what a kind keeps with its activity in the draft; the kind's own pages call this.

    EditedMeanwhile if the activity is no longer of this `revision`, where one is given.
    """
    course, draft = open_draft(course_id, actor, now)
    activity = _found(draft, key)
    if revision is not None and activity.revision != revision:
        raise EditedMeanwhile(_("Somebody else saved this after you opened it. Compare, then save again."))
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


def reorder(*, course_id: CourseId, order: Outline, actor: Actor, now: datetime) -> None:
    """Put the activities of the sections that `order` names where it says.

    Conflict unless it names just what stands in these sections.
    """
    course, draft = open_draft(course_id, actor, now)
    before = outline_of(draft)
    order = rules.filled(before, order)
    if not rules.is_permutation(before, order):
        raise EditedMeanwhile(_("Somebody added or removed something meanwhile. Nothing was moved."))
    if order != before:
        arrange(draft, order)
        note_change(course, DraftChange.ACTIVITY_MOVED, now)


def remove_activity(*, course_id: CourseId, key: ActivityKey, actor: Actor, now: datetime) -> Sequence[str]:
    """Take an activity out of the draft; published versions and what people did in them stay.

    Return the titles of those that waited for it and do so no longer.
    """
    course, draft = open_draft(course_id, actor, now)
    db.session.delete(_found(draft, key))
    db.session.flush()
    freed = let_go(draft, [key])
    arrange(draft, outline_of(draft))
    note_change(course, DraftChange.ACTIVITY_REMOVED, now, key=key)
    return freed


def add_media(
    *,
    course_id: CourseId,
    key: ActivityKey,
    filename: str,
    upload: BinaryIO,
    actor: Actor,
    now: datetime,
) -> str:
    """Keep a picture, film or file for a page of the draft and return the address that its Markdown shows it by.

    Invalid, naming the field `file`, for what no lesson may bring, is not what it says, or could act.
    """
    course, draft = open_draft(course_id, actor, now)
    activity = _found(draft, key)
    name = filename.rpartition("/")[2].rpartition("\\")[2]
    problem = media.problem_with(OneFile(name, upload), name)
    media_type = media.media_type_of(name)
    if problem is not None or media_type is None:
        message = said(problem or "")
        raise Invalid(message, fields={"file": message})
    upload.seek(0)
    file_id, sha256 = keep_media(course.id, name, media_type, upload)
    address = _free_address(name, sha256, activity)
    activity.pictures = {**activity.pictures, address: str(file_id)}
    activity.html = rendered(activity.body, activity.pictures, course.language)
    note_change(course, DraftChange.ACTIVITY_EDITED, now, key=key)
    return address


def _free_address(name: str, sha256: str, activity: ActivityRow) -> str:
    """Return where a file lies beside its lesson; another file of the same name gets a name that tells them apart."""
    stem, _dot, extension = name.rpartition(".")
    # The language of captions stays a part of their name: start.en.vtt.
    parts = [rules.slug_of(part) for part in stem.split(".")]
    address = f"media/{'.'.join(parts)}.{extension.lower()}"
    known = activity.pictures.get(address)
    if known is None or queries.hashes_of([known]).get(known) == sha256:
        return address
    return f"media/{'.'.join([f'{parts[0]}-{sha256[:8]}', *parts[1:]])}.{extension.lower()}"


def preview(page: PageSource, body: str, language: str) -> str:
    """Return how a text would look on a page, with the pictures that the page has; nothing is stored."""
    return render(body, media=page.pictures.get, language=language)


def keep_media(course_id: CourseId, filename: str, media_type: str, source: BinaryIO) -> tuple[UUID, str]:
    """Store a file for a course, once however often it is given, and return its row's id and its hash."""
    sha256, size = files.keep_blob(source, named=filename, limit_bytes=MEDIA_BYTES)
    known = queries.find_picture(course_id, sha256)
    if known is not None:
        return known, sha256
    check_quota(course_id, size)
    width, height = _size_of(sha256, media_type)
    stored = files.name_blob(
        sha256,
        size_bytes=size,
        filename=filename.rpartition("/")[2],
        media_type=media_type,
        purpose="course-media",
    )
    db.session.add(
        CoursePicture(file_id=stored.id, course_id=course_id, sha256=sha256, width=width, height=height)
    )
    db.session.flush()
    events.record(CourseFileKept(course_id=course_id, file_id=stored.id, filename=stored.filename))
    return stored.id, sha256


def _size_of(sha256: str, media_type: str) -> tuple[int | None, int | None]:
    if media_type not in scaling.RASTER:
        return None, None
    with files.open_blob(sha256) as opened:
        return scaling.size_of(opened)


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
