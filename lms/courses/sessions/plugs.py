"""What live sessions offer below: the kind of activity, their dates in the player, the next one on the home page."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _

from lms.courses import policy
from lms.courses.formats.title_alone import TitleAlone
from lms.courses.sessions import rules
from lms.courses.sessions.queries import bookings, dates
from lms.courses.sessions.values import KIND, Booking, Session
from lms.courses.values import Activity, BookingId, CompletionRule, EnrolmentId, RuleKind
from lms.courses.values.written import WrittenForm
from lms.identity.values import PersonId
from lms.kernel import clock
from lms.kernel.actor import current
from lms.web.context import is_other_time, write_span, zone_name
from lms.web.pages import page_request
from lms.web.words import lazy as _l


class LiveSession:
    """A live session as an activity of a course; its dates belong to the activity in every version."""

    key = KIND
    label = _l("Live session")
    icon = "calendar"
    is_graded = False
    activity_type = "http://adlnet.gov/expapi/activities/meeting"
    rules: Sequence[CompletionRule] = (CompletionRule(RuleKind.ATTENDED),)
    written: WrittenForm | None = TitleAlone()

    def noun(self, config: Mapping[str, Any]) -> str:  # noqa: ARG002  the Protocol's shape
        """Return what it is to a learner."""
        return _("Live session")

    def play_url(self, activity: Activity, enrolment_id: EnrolmentId | None) -> str | None:  # noqa: ARG002
        """Return None: its dates stand in the player itself."""
        return None

    def problems(self, config: Mapping[str, Any]) -> Sequence[str]:  # noqa: ARG002
        """Return nothing: dates are set whenever there are some, apart from versions."""
        return ()

    def edit_url(self, activity: Activity) -> str | None:
        """Return where its dates are set."""
        return url_for("sessions.of_activity", course_id=activity.course_id, key=activity.key)


def player_activity(activity: Activity, enrolment_id: EnrolmentId | None, completed: bool) -> str | None:  # noqa: FBT001
    """Return the dates of a live session with the reader's booking; None for any other activity."""
    if activity.kind != KIND:
        return None
    now, person_id = clock.now(), current().person_id
    own = bookings.list_own(PersonId(person_id), activity.key) if person_id and enrolment_id else ()
    booked = dates.list_sessions({one.session_id for one in own})
    page = dates.page_offered(activity.key, now, page_request())
    mine = next((one for one in own if one.ended_at is None), None)
    return render_template(
        "sessions/_player.html",
        activity=activity,
        mine=_card(mine, booked, now) if mine else None,
        past=[(one, booked[one.session_id]) for one in own if one.ended_at is not None],
        page=page,
        refusals={
            one.id: rules.why_not_book(
                one.state, one.starts_at, one.book_closes_hours, now, is_done=completed
            )
            for one in page.items
        },
        may_book=enrolment_id is not None and policy.may_learn(current()),
        completed=completed,
        span=write_span,
        zone_name=zone_name,
        is_other_time=is_other_time,
    )


def _card(booking: Booking, booked: Mapping[Any, Session], now: Any) -> Mapping[str, Any]:
    session = booked[booking.session_id]
    return {
        "booking": booking,
        "session": session,
        "refusal": rules.why_not_give_back(
            booking.state, session.starts_at, session.cancel_closes_hours, now
        ),
        "is_over": session.ends_at <= now,
    }


def home_next() -> str | None:
    """Return the reader's next session; nothing without one."""
    person_id = current().person_id
    if person_id is None or not policy.may_learn(current()):
        return None
    found = bookings.find_next(PersonId(person_id), clock.now())
    if found is None:
        return None
    return render_template(
        "sessions/_home_next.html",
        one=found,
        booking_id=BookingId(found.id),
        span=write_span(found.starts_at, found.ends_at),
        there=zone_name(found.time_zone) if is_other_time(found.starts_at, found.time_zone) else "",
    )
