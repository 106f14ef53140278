"""What an open page tells: that it is read, for how long, how far, and what was seen of its films."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from lms.courses.authoring import queries as authoring
from lms.courses.errors import NotDoneYet
from lms.courses.kinds.completing import asks
from lms.courses.learning import queries, rules
from lms.courses.learning.models import ActivityStateRow, EnrolmentRow
from lms.courses.learning.rules.completing import TOLD_BY_THE_PAGE, Evidence, ask
from lms.courses.learning.rules.watching import Part, film_to_json, films_from_json, watch
from lms.courses.learning.service.locking import check_open, where_to_go_on
from lms.courses.learning.service.results import films_of, record_result
from lms.courses.learning.service.rows import activity_of, locked, own, state_of
from lms.courses.learning.values import Reached
from lms.courses.values import TEXTS, ActivityId, EnrolmentId, RuleKind
from lms.kernel.actor import Actor
from lms.kernel.db import db
from lms.kernel.errors import Invalid, NotFound


def finish_page(*, enrolment_id: EnrolmentId, activity_id: ActivityId, actor: Actor, now: datetime) -> None:
    """Complete a page that was read to the end; a second click changes nothing.

    NotDoneYet says what its rule still asks.
    """
    enrolment = own(enrolment_id, actor)
    activity = activity_of(enrolment, activity_id)
    if activity.kind not in TEXTS:
        raise Invalid(_("This activity is completed by taking it."))
    check_open(enrolment, activity, now)
    state = state_of(enrolment, activity, now)
    if state.completed_at is not None:
        _go_on_from(enrolment, activity_id, now)
        return
    asked = ask(activity.rule, _known(state, activity, said_done=True))
    if not asked.is_met:
        raise NotDoneYet(asks(activity.rule, so_far=asked.so_far, left=asked.left))
    _complete(enrolment, activity, {"said": "done"}, now)


def note_reading(
    *,
    enrolment_id: EnrolmentId,
    activity_id: ActivityId,
    seconds: int,
    place: Mapping[str, Any] | None,
    actor: Actor,
    now: datetime,
) -> Reached | None:
    """Note that a page is open: time read since the last word of it, and how far down it is.

    `seconds` are believed only as far as time has passed since anything was last told of it, so two windows do not
    count twice; opening alone completes nothing. Return what its rule asks now, None where time and films have no say.
    """
    enrolment = own(enrolment_id, actor)
    activity = activity_of(enrolment, activity_id)
    check_open(enrolment, activity, now)
    state = state_of(enrolment, activity, now)
    state.seconds += rules.credited_seconds(seconds, since_last=(now - state.seen_at).total_seconds())
    state.seen_at = now
    if place is not None:
        state.place = dict(place)
    return _told(enrolment, activity, state, now)


def note_watched(
    *,
    enrolment_id: EnrolmentId,
    activity_id: ActivityId,
    film: str,
    seconds: float,
    at: float,
    parts: Sequence[Part],
    actor: Actor,
    now: datetime,
) -> Reached | None:
    """Note what was seen of a film of the page: where the player stands, and the parts that were shown.

    `seconds` is how long the player says it is, believed where its file does not say. The same told twice counts
    once. Return as `note_reading`; NotFound for a film that the page does not show.
    """
    enrolment = own(enrolment_id, actor)
    activity = activity_of(enrolment, activity_id)
    if film not in queries.list_films(activity.id):
        raise NotFound
    check_open(enrolment, activity, now)
    state = state_of(enrolment, activity, now)
    (before,) = films_from_json(state.watched, [film])
    told_at = state.watched.get(film, {}).get("told_at")
    last = datetime.fromisoformat(told_at) if told_at else state.started_at
    after = watch(
        before,
        parts,
        seconds=seconds,
        at=at,
        since_last=(now - last).total_seconds(),
        known=authoring.find_length(UUID(film)),
    )
    state.watched = {**state.watched, film: {**film_to_json(after), "told_at": now.isoformat()}}
    return _told(enrolment, activity, state, now)


def note_opened(*, enrolment_id: EnrolmentId, activity_id: ActivityId, now: datetime) -> None:
    """Note that an activity was begun elsewhere, so that no lock of a later version takes it away."""
    enrolment = locked(enrolment_id)
    activity = activity_of(enrolment, activity_id)
    check_open(enrolment, activity, now)
    state_of(enrolment, activity, now)


def _told(
    enrolment: EnrolmentRow, activity: queries.Taken, state: ActivityStateRow, now: datetime
) -> Reached | None:
    asked = ask(activity.rule, _known(state, activity))
    counts = activity.rule.kind in TOLD_BY_THE_PAGE and activity.kind in TEXTS
    if counts and asked.is_met and state.completed_at is None:
        _complete(enrolment, activity, {"said": str(activity.rule.kind), "least": activity.rule.least}, now)
    _go_on_from(enrolment, activity.id, now)
    if not counts:
        return None
    return Reached(
        is_done=state.completed_at is not None, so_far=asked.so_far, left=asked.left, rule=activity.rule
    )


def _known(state: ActivityStateRow, activity: queries.Taken, *, said_done: bool = False) -> Evidence:
    by_button = said_done and activity.rule.kind is RuleKind.VIEWED
    return Evidence(said_done=by_button, seconds=state.seconds, films=films_of(state, activity))


def _complete(
    enrolment: EnrolmentRow, activity: queries.Taken, evidence: Mapping[str, Any], now: datetime
) -> None:
    record_result(
        enrolment_id=enrolment.id,
        activity_id=activity.id,
        completed=True,
        passed=None,
        score=None,
        seconds=0,
        evidence=evidence,
        now=now,
    )


def _go_on_from(enrolment: EnrolmentRow, activity_id: ActivityId, now: datetime) -> None:
    enrolment.seen_at = now
    db.session.flush()
    standing = queries.list_standing(enrolment.version_id, enrolment.id)
    enrolment.resume_id = where_to_go_on(enrolment, standing, activity_id, now)
