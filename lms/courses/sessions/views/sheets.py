"""The page of one date: who comes, who waits, and the attendance sheet, on screen and on paper."""

from collections.abc import Sequence
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.courses.errors import SheetNotOpen
from lms.courses.policy import AUTHOR_COURSES, VIEW_AUTHORING
from lms.courses.sessions.forms import MARK_WORDS, CorrectionForm, ReasonForm, SheetForm
from lms.courses.sessions.queries import acts, bookings, dates
from lms.courses.sessions.service import attendance, booking
from lms.courses.sessions.values import Session
from lms.courses.sessions.views.blueprint import blueprint
from lms.courses.values import BookingId, BookingState, LiveSessionId, Mark
from lms.identity import facade as identity
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.errors import NotFound
from lms.web.access import requires
from lms.web.context import write_span, zone_name
from lms.web.pages import PageRequest, page_request

LINES = 100
WAITING_SHOWN = 50
PRINTED = 2000


@blueprint.get("/author/sessions/<uuid:session_id>")
@requires(VIEW_AUTHORING)
def sheet(session_id: UUID) -> ResponseReturnValue:
    """Show a date with its people."""
    return _show(dates.get_session(LiveSessionId(session_id)), SheetForm())


@blueprint.post("/author/sessions/<uuid:session_id>")
@requires(AUTHOR_COURSES)
def mark(session_id: UUID) -> ResponseReturnValue:
    """Keep the marks of the page; the button says whether everybody else was there, and whether that is final."""
    session = dates.get_session(LiveSessionId(session_id))
    form = SheetForm()
    if not form.validate_on_submit():
        return _show(session, form), 422
    marks, wrong = form.marks(session.minutes)
    rest = Mark.PRESENT if request.form.get("do") == "rest" else None
    try:
        attendance.mark(session_id=session.id, marks=marks, rest=rest, actor=current(), now=clock.now())
        if wrong:
            return _show(dates.get_session(session.id), form, wrong=wrong), 422
        if request.form.get("do") == "close":
            attendance.close(session_id=session.id, actor=current(), now=clock.now())
            flash(_("The sheet is closed. Who was present has completed the activity."), "valid")
        else:
            flash(_("Kept. The sheet is still open."), "valid")
    except SheetNotOpen as refusal:
        flash(refusal.message, "soon")
    after = request.args.get("after")
    return redirect(url_for(".sheet", session_id=session_id, after=after), 303)


def _show(session: Session, form: SheetForm, wrong: Sequence[str] = ()) -> str:
    actor, now = current(), clock.now()
    scope = attendance.reach(actor, session)
    counts = bookings.count_marks(session.id)
    held = acts.list_corrections(session.id)
    return render_template(
        "sessions/sheet.html",
        session=session,
        form=form,
        wrong=wrong,
        page=bookings.page_sheet(session.id, BookingState.CONFIRMED, scope, page_request(size=LINES)),
        waiting=bookings.page_sheet(
            session.id, BookingState.WAITING, scope, PageRequest(size=WAITING_SHOWN)
        ).items,
        counts=counts,
        unmarked=counts.get(None, 0),
        corrections=held,
        names=identity.list_people(
            {one.person_id for one in held} | {one.by for one in held if one.by is not None}
        ),
        reason=ReasonForm(formdata=None),
        correction=CorrectionForm(formdata=None),
        mark_words=MARK_WORDS,
        may_change=actor.may(AUTHOR_COURSES),
        has_begun=now >= session.starts_at,
        is_over=now >= session.ends_at,
        span=write_span,
        zone_name=zone_name,
    )


@blueprint.get("/author/sessions/<uuid:session_id>/print")
@requires(VIEW_AUTHORING)
def print_sheet(session_id: UUID) -> ResponseReturnValue:
    """Show the list for paper: a line to sign for each day."""
    session = dates.get_session(LiveSessionId(session_id))
    scope = attendance.reach(current(), session)
    page = bookings.page_sheet(session.id, BookingState.CONFIRMED, scope, PageRequest(size=PRINTED))
    return render_template(
        "sessions/print.html", session=session, lines=page.items, span=write_span, zone_name=zone_name
    )


@blueprint.post("/author/sessions/<uuid:session_id>/bookings/<uuid:booking_id>/take-off")
@requires(AUTHOR_COURSES)
def take_off(session_id: UUID, booking_id: UUID) -> ResponseReturnValue:
    """Take somebody off the list."""
    booking.take_off(
        booking_id=BookingId(booking_id),
        session_id=LiveSessionId(session_id),
        actor=current(),
        now=clock.now(),
    )
    flash(_("Taken off the list, and told. A free seat goes to who waits longest."), "valid")
    return redirect(url_for(".sheet", session_id=session_id), 303)


@blueprint.get("/author/sessions/<uuid:session_id>/bookings/<uuid:booking_id>/correct")
@requires(AUTHOR_COURSES)
def correction(session_id: UUID, booking_id: UUID) -> ResponseReturnValue:
    """Show the form that corrects a mark of a closed sheet."""
    return _ask_correction(session_id, booking_id, CorrectionForm(formdata=None))


@blueprint.post("/author/sessions/<uuid:session_id>/bookings/<uuid:booking_id>/correct")
@requires(AUTHOR_COURSES)
def correct(session_id: UUID, booking_id: UUID) -> ResponseReturnValue:
    """Correct a mark, on record."""
    session, form = dates.get_session(LiveSessionId(session_id)), CorrectionForm()
    if not form.validate_on_submit():
        return _ask_correction(session_id, booking_id, form), 422
    marking = form.marking(session.minutes)
    if marking is None:
        form.minutes.errors = [
            _("Give how many of the %(most)s minutes, fewer than all.", most=session.minutes)
        ]
        return _ask_correction(session_id, booking_id, form), 422
    attendance.correct(
        session_id=session.id,
        booking_id=BookingId(booking_id),
        marking=marking,
        reason=str(form.reason.data),
        actor=current(),
        now=clock.now(),
    )
    flash(_("Corrected, on record. What was completed stays completed."), "valid")
    return redirect(url_for(".sheet", session_id=session_id), 303)


def _ask_correction(session_id: UUID, booking_id: UUID, form: CorrectionForm) -> str:
    session = dates.get_session(LiveSessionId(session_id))
    scope = attendance.reach(current(), session)
    if not bookings.is_visible(BookingId(booking_id), session.id, scope):
        raise NotFound
    row = bookings.get_row(BookingId(booking_id))
    if row.mark is None:
        raise NotFound
    if not form.mark.data:
        form.mark.data = row.mark.value
        form.minutes.data = row.minutes if row.mark is Mark.PARTLY else None
    return render_template(
        "sessions/correct.html",
        session=session,
        booking_id=booking_id,
        person=identity.get_person(row.person_id),
        mark=row.mark,
        mark_words=MARK_WORDS,
        form=form,
    )
