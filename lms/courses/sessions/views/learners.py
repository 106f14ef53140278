"""What a learner does with dates: booking one, giving it up, taking it into a calendar; and a team's bookings."""

from uuid import UUID

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.courses.errors import NotBookable
from lms.courses.policy import LEARN, VIEW_COURSES, VIEW_TEAM_SESSIONS
from lms.courses.sessions.queries import bookings, dates
from lms.courses.sessions.service import booking, calendars
from lms.courses.sessions.views.blueprint import blueprint
from lms.courses.values import BookingId, BookingState, LiveSessionId
from lms.identity.values import PersonId
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.errors import NotFound
from lms.web.access import requires
from lms.web.context import write_span, zone_name
from lms.web.pages import page_request


@blueprint.post("/learn/sessions/<uuid:session_id>/book")
@requires(LEARN)
def book(session_id: UUID) -> ResponseReturnValue:
    """Book a date, or wait for a seat in it."""
    try:
        made = booking.book(session_id=LiveSessionId(session_id), actor=current(), now=clock.now())
    except NotBookable as refusal:
        flash(refusal.message, "soon")
        return redirect(_back(LiveSessionId(session_id)), 303)
    own = bookings.get_own(made, _me())
    if own.state is BookingState.CONFIRMED:
        flash(_("You have a seat. The letter that says so brings a calendar file."), "valid")
    else:
        flash(
            _("All seats are taken. You are number %(place)s in the line.", place=own.place_in_line), "soon"
        )
    return redirect(_back(own.session_id), 303)


@blueprint.post("/learn/sessions/bookings/<uuid:booking_id>/give-up")
@requires(LEARN)
def give_up(booking_id: UUID) -> ResponseReturnValue:
    """Give a booking up."""
    own = bookings.get_own(BookingId(booking_id), _me())
    try:
        booking.give_up(booking_id=own.id, actor=current(), now=clock.now())
    except NotBookable as refusal:
        flash(refusal.message, "soon")
    else:
        flash(_("Your booking is given up. You may book another date."), "valid")
    return redirect(_back(own.session_id), 303)


@blueprint.get("/learn/sessions/bookings/<uuid:booking_id>/session.ics")
@requires(VIEW_COURSES)
def calendar_file(booking_id: UUID) -> ResponseReturnValue:
    """Hand out a seat as a file for calendars."""
    own = bookings.get_own(BookingId(booking_id), _me())
    if own.state is not BookingState.CONFIRMED:
        raise NotFound
    answer = Response(calendars.download(own.id), content_type="text/calendar; charset=utf-8; method=PUBLISH")
    answer.headers.set("Content-Disposition", "attachment", filename="session.ics")
    return answer


@blueprint.get("/team/sessions")
@requires(VIEW_TEAM_SESSIONS)
def team() -> ResponseReturnValue:
    """List who of the reader's team has a seat, or waits for one."""
    scope = current().scope_of(VIEW_TEAM_SESSIONS)
    page = bookings.page_team(scope, clock.now(), page_request())
    return render_template("sessions/team.html", page=page, span=write_span, zone_name=zone_name)


def _back(session_id: LiveSessionId) -> str:
    """Return the page of the player that shows a date; the course, for who is not in it."""
    session = dates.get_session(session_id)
    enrolled = bookings.find_enrolled(_me(), session_id)
    if enrolled is not None:
        return url_for("learning.lesson", slug=session.course_slug, activity_id=enrolled.activity_id)
    return url_for("learning.course", slug=session.course_slug)


def _me() -> PersonId:
    person_id = current().person_id
    if person_id is None:
        raise NotFound
    return PersonId(person_id)
