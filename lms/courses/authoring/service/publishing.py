"""Publishing: what keeps a draft back, and how it becomes a version that never changes."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from flask_babel import gettext as _

from lms.courses import kinds
from lms.courses.authoring import queries
from lms.courses.authoring.models import ActivityRow, CourseVersionRow
from lms.courses.authoring.rules import reviewing
from lms.courses.authoring.service.drafts import (
    arrange,
    begin_draft,
    copy_version,
    held_course,
    note_change,
    outline_of,
)
from lms.courses.authoring.service.locking import refuse_cycles
from lms.courses.authoring.service.reviews import close_review
from lms.courses.authoring.service.searching import make_findable
from lms.courses.errors import NotPublishable
from lms.courses.events import CoursePublished
from lms.courses.kinds import checks, locks, needs
from lms.courses.kinds.completing import rule_of, said
from lms.courses.values import (
    MEDIA,
    PAGE,
    CourseId,
    CourseVersionId,
    DraftChange,
    LearnerGroup,
    RuleKind,
    VersionState,
)
from lms.courses.values.counting import LEAST, may_be_met
from lms.identity.values import PersonId
from lms.kernel import events
from lms.kernel.actor import Actor
from lms.kernel.db import db
from lms.kernel.errors import Conflict, NotFound
from lms.kernel.richtext import (
    MediaKind,
    MediaUse,
    checks_in,
    films_in,
    has_empty_check,
    has_silent_picture,
    media_in,
    pictures_in,
)


def list_problems(version_id: CourseVersionId) -> Sequence[str]:
    """Return what keeps a draft from being published, in sentences; nothing if it may be."""
    version = db.session.get_one(CourseVersionRow, version_id)
    return list(_problems(version, queries.list_activities(version_id, whole=True)))


def _unread(course_id: CourseId) -> Iterator[str]:
    if not reviewing.may_publish(queries.get_review_desk(course_id)):
        yield _("A second trainer has to approve it as it is now.")


def _problems(version: CourseVersionRow, activities: Sequence[ActivityRow]) -> Iterator[str]:
    if not activities:
        yield _("There is nothing in it yet: add a lesson.")
        return
    if not any(one.is_required for one in activities):
        yield _("No activity is required, so nobody could ever complete it: require at least one.")
    for picture in _silent_pictures(version.intro, version.intro_html):
        yield _(
            "The introduction: the picture %(picture)s has no text that says what it shows.", picture=picture
        )
    for one in activities:
        yield from _problems_of(one)
    yield from _needed(version.course_id, activities)


def _needed(course_id: CourseId, activities: Sequence[ActivityRow]) -> Iterator[str]:
    """Yield what rests on an activity that learners have now and would have no longer."""
    kept = {one.key for one in activities}
    for gone in queries.list_published_activities(course_id):
        if gone.key in kept:
            continue
        for need in needs.list_needing([gone.key]):
            yield _(
                "“%(title)s” cannot go: %(kind)s “%(needing)s” asks for it (%(url)s). Change its rule first.",
                title=gone.title,
                kind=need.kind,
                needing=need.title,
                url=need.url,
            )


def _problems_of(one: ActivityRow) -> Iterator[str]:
    if one.kind == PAGE and not one.body.strip():
        yield _("“%(title)s” has no text.", title=one.title)
    if one.kind == MEDIA and len(uses_in(one.body)) != 1:
        yield _("“%(title)s” must show one film, sound or file.", title=one.title)
    yield from _unreachable(one)
    for picture in _silent_pictures(one.body, one.html):
        yield _(
            "“%(title)s”: the picture %(picture)s has no text that says what it shows.",
            title=one.title,
            picture=picture,
        )
    if has_empty_check(one.html):
        yield _("“%(title)s” has a knowledge check that names no question.", title=one.title)
    if checks.missing(checks_in(one.html)):
        yield _("“%(title)s” has a knowledge check whose question is not there.", title=one.title)
    for problem in kinds.kind_of(one.kind).problems(one.config):
        yield _("“%(title)s”: %(problem)s", title=one.title, problem=problem)


def _silent_pictures(body: str, html: str) -> Sequence[str]:
    """Return the pictures without words that are no decoration, once each; the HTML says whether to look for them."""
    if not has_silent_picture(html):
        return ()
    return list(dict.fromkeys(use.address for use in pictures_in(body) if use.is_silent))


def _unreachable(one: ActivityRow) -> Iterator[str]:
    """Yield why nobody could ever complete or open an activity."""
    rule = rule_of(one.kind, one.rule, one.least)
    if rule.kind not in {offered.kind for offered in kinds.kind_of(one.kind).rules}:
        yield _(
            "“%(title)s” can never be done %(rule)s: choose another rule.", title=one.title, rule=said(rule)
        )
    elif not may_be_met(rule):
        yield _(
            "“%(title)s” can never be done %(rule)s: choose from %(first)s to %(last)s.",
            title=one.title,
            rule=said(rule),
            first=LEAST[rule.kind][0],
            last=LEAST[rule.kind][-1],
        )
    elif rule.kind is RuleKind.WATCHED and not films_in(one.html):
        yield _("“%(title)s” asks for a film to be watched, and shows none.", title=one.title)
    for lock in locks.from_json(one.locks):
        if locks.find_kind(lock.kind) is None:
            yield _("“%(title)s” waits for what is not installed here.", title=one.title)


def uses_in(body: str) -> Sequence[MediaUse]:
    """Return the films, sounds and files that a text shows."""
    return [use for use in media_in(body) if use.kind in {MediaKind.VIDEO, MediaKind.FILE}]


def publish(
    *, course_id: CourseId, moves: Collection[LearnerGroup] = (), actor: Actor, now: datetime
) -> CourseVersionId:
    """Make the draft the version that people get from now on.

    Who is on an older one finishes on that, but for the groups in `moves`, who go on in this one.

    NotPublishable names what is wrong. Without a draft (a second click) it is the version already published.
    """
    course = held_course(course_id, actor)
    if course.draft_id is None:
        if course.published_id is None:
            raise NotFound
        return course.published_id
    draft = db.session.get(CourseVersionRow, course.draft_id, populate_existing=True)
    if draft is None:
        raise NotFound
    arrange(draft, outline_of(draft))
    activities = queries.list_activities(draft.id, whole=True)
    if problems := [*_problems(draft, activities), *_unread(course_id)]:
        raise NotPublishable(problems)
    refuse_cycles(activities)
    draft.state = VersionState.PUBLISHED
    draft.published_at = now
    draft.published_by = PersonId(actor.person_id) if actor.person_id else None
    course.published_id, course.draft_id, course.changed_at = draft.id, None, now
    close_review(course, now)
    course.draft_writers = []
    db.session.flush()
    make_findable(course)
    events.record(
        CoursePublished(
            course_id=course.id, version_id=draft.id, number=draft.number, moves=tuple(sorted(set(moves)))
        )
    )
    return draft.id


def discard_draft(*, course_id: CourseId, actor: Actor, now: datetime) -> None:
    """Throw the draft of a published course away; Conflict for a course that has nothing else."""
    course = held_course(course_id, actor)
    if course.draft_id is None:
        return
    if course.published_id is None:
        raise Conflict(_("This course has never been published: its draft is all there is."))
    draft_id, course.draft_id = course.draft_id, None
    db.session.flush()
    for activity in queries.list_activities(draft_id):
        db.session.delete(activity)
    db.session.flush()
    for section in queries.list_sections(draft_id):
        db.session.delete(section)
    db.session.flush()
    db.session.delete(db.session.get_one(CourseVersionRow, draft_id))
    close_review(course, now)
    course.draft_writers = []
    note_change(course, DraftChange.DISCARDED, now, is_edit=False)


def restore(*, course_id: CourseId, number: int, actor: Actor, now: datetime) -> CourseVersionId:
    """Make a draft of an older version, to be looked at and published again under a number of its own.

    Conflict while there is a draft, which this would throw away; NotFound for a number that was never published.
    """
    course = held_course(course_id, actor)
    version = queries.find_version(course_id, number)
    published = db.session.get(CourseVersionRow, course.published_id) if course.published_id else None
    if version is None or published is None:
        raise NotFound
    if course.draft_id is not None:
        raise Conflict(
            _("There is a draft. Publish it or throw it away first: nothing of it is lost unseen.")
        )
    draft = begin_draft(course, number=published.number + 1, now=now)
    copy_version(version, draft)
    note_change(course, DraftChange.RESTORED, now)
    return draft.id
