"""What a trainer does with dates: the calendar of all, those of an activity, scheduling, changing, calling off."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from lms.courses.authoring import queries as authoring
from lms.courses.errors import EditedMeanwhile
from lms.courses.learning import queries as learning
from lms.courses.policy import AUTHOR_COURSES, VIEW_AUTHORING
from lms.courses.sessions.forms import ReasonForm, SessionForm, form_of
from lms.courses.sessions.queries import dates
from lms.courses.sessions.queries.dates import Which
from lms.courses.sessions.service import scheduling
from lms.courses.sessions.values import KIND, Session
from lms.courses.sessions.views.blueprint import blueprint
from lms.courses.values import Activity, ActivityKey, CourseId, LiveSessionId
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel import clock
from lms.kernel.actor import Role, current
from lms.kernel.errors import Invalid, NotFound
from lms.web.access import requires
from lms.web.asked import asked_word
from lms.web.context import LOCALES, write_span, zone_name
from lms.web.pages import page_request
from lms.web.words import lazy as _l

TABS = (
    (Which.UPCOMING, _l("To come")),
    (Which.TO_CLOSE, _l("Sheet to close")),
    (Which.PAST, _l("Held")),
    (Which.CANCELLED, _l("Called off")),
)


@blueprint.get("/author/sessions")
@requires(VIEW_AUTHORING)
def calendar() -> ResponseReturnValue:
    """List the dates of every course, or those that the reader holds."""
    which, is_mine = _which(), bool(request.args.get("mine"))
    person_id = current().person_id
    page = dates.page_dates(
        which,
        clock.now(),
        page_request(),
        held_by=PersonId(person_id) if is_mine and person_id else None,
    )
    return render_template("sessions/calendar.html", page=page, is_mine=is_mine, **_list_words(which))


@blueprint.get("/author/courses/<uuid:course_id>/sessions/<uuid:key>")
@requires(VIEW_AUTHORING)
def of_activity(course_id: UUID, key: UUID) -> ResponseReturnValue:
    """List the dates of one activity."""
    activity, which = _activity(course_id, key), _which()
    page = dates.page_dates(
        which, clock.now(), page_request(), course_id=CourseId(course_id), key=ActivityKey(key)
    )
    return render_template(
        "sessions/of_activity.html",
        page=page,
        activity=activity,
        course_id=course_id,
        may_schedule=current().may(AUTHOR_COURSES),
        **_list_words(which),
    )


def _which() -> Which:
    return asked_word("show", Which) or Which.UPCOMING


def _list_words(which: Which) -> dict[str, Any]:
    return {
        "which": which,
        "tabs_of": [(one.value, word) for one, word in TABS],
        "span": write_span,
        "zone_name": zone_name,
    }


def _activity(course_id: UUID, key: UUID) -> Activity:
    row = authoring.find_current_activity(CourseId(course_id), ActivityKey(key))
    if row is None or row.kind != KIND:
        raise NotFound
    return learning.activity_of(row, CourseId(course_id))


@blueprint.get("/author/courses/<uuid:course_id>/sessions/<uuid:key>/new")
@requires(AUTHOR_COURSES)
def new_date(course_id: UUID, key: UUID) -> ResponseReturnValue:
    """Show the form of a new date."""
    activity = _activity(course_id, key)
    me = identity.get_person(_me())
    form = SessionForm(
        title=activity.title, time_zone=me.time_zone, language=_language_of(course_id), trainers=[str(me.id)]
    )
    return _ask(form, course_id, key)


@blueprint.post("/author/courses/<uuid:course_id>/sessions/<uuid:key>/new")
@requires(AUTHOR_COURSES)
def schedule(course_id: UUID, key: UUID) -> ResponseReturnValue:
    """Set a date; a press for more days gives the form more rows."""
    _activity(course_id, key)
    form = _offered(SessionForm())
    if _wants_more(form):
        return _ask(form, course_id, key)

    def save() -> None:
        scheduling.schedule(
            session_id=LiveSessionId(form.new_id),
            course_id=CourseId(course_id),
            key=ActivityKey(key),
            draft=form.draft(),
            actor=current(),
            now=clock.now(),
        )

    if not _saved(form, save):
        return _ask(form, course_id, key), 422
    flash(_("The date is set. Learners of the course can book it now."), "valid")
    return redirect(url_for(".sheet", session_id=form.new_id), 303)


@blueprint.get("/author/sessions/<uuid:session_id>/edit")
@requires(AUTHOR_COURSES)
def edit(session_id: UUID) -> ResponseReturnValue:
    """Show the form of a date as it is."""
    session = dates.get_session(LiveSessionId(session_id))
    return _ask(form_of(session), session.course_id, session.activity_key, session)


@blueprint.post("/author/sessions/<uuid:session_id>/edit")
@requires(AUTHOR_COURSES)
def change(session_id: UUID) -> ResponseReturnValue:
    """Change a date; who is overtaken keeps what they typed."""
    session = dates.get_session(LiveSessionId(session_id))
    form = _offered(SessionForm())
    if _wants_more(form):
        return _ask(form, session.course_id, session.activity_key, session)

    def save() -> None:
        scheduling.change(
            session_id=session.id,
            draft=form.draft(),
            seen=form.seen.version or 0,
            actor=current(),
            now=clock.now(),
        )

    try:
        if not _saved(form, save):
            return _ask(form, session.course_id, session.activity_key, session), 422
    except EditedMeanwhile as refusal:
        page = _ask(form, session.course_id, session.activity_key, session, conflict=refusal.message)
        return page, 409
    _say_what_changed(session, dates.get_session(session.id))
    return redirect(url_for(".sheet", session_id=session_id), 303)


def _say_what_changed(before: Session, after: Session) -> None:
    if after.sequence > before.sequence and after.confirmed + after.waiting:
        count = after.confirmed + after.waiting
        flash(
            ngettext(
                "Changed. %(num)s person who booked is told, with an updated calendar file.",
                "Changed. %(num)s people who booked are told, with an updated calendar file.",
                count,
            ),
            "valid",
        )
    else:
        flash(_("Changed."), "valid")
    if after.seats is not None and after.confirmed > after.seats:
        flash(
            _(
                "%(confirmed)s people have a seat already and keep it. Nobody new gets one until fewer than"
                " %(seats)s are left.",
                confirmed=after.confirmed,
                seats=after.seats,
            ),
            "soon",
        )
    moved_up = before.waiting - after.waiting
    if moved_up > 0:
        flash(
            ngettext(
                "%(num)s person moved up from the waiting list.",
                "%(num)s people moved up from the waiting list.",
                moved_up,
            ),
            "valid",
        )


@blueprint.post("/author/sessions/<uuid:session_id>/call-off")
@requires(AUTHOR_COURSES)
def call_off(session_id: UUID) -> ResponseReturnValue:
    """Call a date off."""
    form = ReasonForm()
    if not form.validate_on_submit():
        raise Invalid(fields={"reason": str(form.reason.errors[0])})
    scheduling.call_off(
        session_id=LiveSessionId(session_id), reason=str(form.reason.data), actor=current(), now=clock.now()
    )
    flash(_("Called off. Everybody who had booked is told, with the reason."), "valid")
    return redirect(url_for(".sheet", session_id=session_id), 303)


def _ask(
    form: SessionForm, course_id: UUID, key: UUID, session: Session | None = None, *, conflict: str = ""
) -> str:
    return render_template(
        "sessions/form.html",
        form=_offered(form),
        course_id=course_id,
        key=key,
        activity=_activity(course_id, key),
        session=session,
        conflict=conflict,
    )


def _offered(form: SessionForm) -> SessionForm:
    oem = identity.find_oem()
    ids = identity.list_role_holders(Role.TRAINER, oem.id) if oem else ()
    people = identity.list_people({*ids, _me()})
    trainers = sorted(((one.id, one.name) for one in people.values()), key=lambda pair: pair[1])
    locale = get_locale()
    codes = {code for code, _name in LOCALES} | {
        "fr",
        "es",
        "it",
        "nl",
        "sv",
        "nb",
        "pl",
        str(locale or "en"),
    }
    asked = str(form.language.data or "en")
    names = {code: (locale.languages.get(code, code) if locale else code) for code in {*codes, asked}}
    return form.offer(trainers, sorted(names.items(), key=lambda pair: pair[1].casefold()))


def _language_of(course_id: UUID) -> str:
    found = authoring.list_courses([CourseId(course_id)])
    return found[CourseId(course_id)].language if found else "en"


def _wants_more(form: SessionForm) -> bool:
    if "more" not in request.form:
        return False
    form.days.append_entry()
    return True


def _saved(form: SessionForm, save: Any) -> bool:
    if not form.validate_on_submit():
        return False
    try:
        save()
    except Invalid as refusal:
        form.refuse(dict(refusal.fields))
        return False
    return True


def _me() -> PersonId:
    person_id = current().person_id
    if person_id is None:
        raise NotFound
    return PersonId(person_id)
