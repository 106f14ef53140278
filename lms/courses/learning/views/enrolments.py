"""Pages of who answers for people: who is in which course until when, another date, and the end of an enrolment."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.courses import policy
from lms.courses.authoring import queries as authoring
from lms.courses.learning import queries, service
from lms.courses.learning.forms import ExtendForm, WithdrawForm
from lms.courses.learning.rules import reminding
from lms.courses.learning.values import EnrolmentChange, EnrolmentFile
from lms.courses.learning.views.blueprint import blueprint
from lms.courses.policy import ENROL_PEOPLE, LEARN, VIEW_ENROLMENTS
from lms.courses.values import CourseId, Ending, EnrolmentId
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.errors import Conflict, Forbidden, Invalid
from lms.web.access import requires
from lms.web.asked import asked_choice, asked_id
from lms.web.context import oem_zone, write_date
from lms.web.forms import Form
from lms.web.pages import page_request
from lms.web.words import lazy as _l

DUE_FILTERS = (
    ("", _l("All")),
    ("near", _l("Overdue or due within 14 days")),
    ("overdue", _l("Overdue")),
)


@blueprint.get("/team/enrolments")
@requires(VIEW_ENROLMENTS)
def enrolments() -> ResponseReturnValue:
    """List who of the reader's people is in a course, the last enrolled first, or what is due first."""
    course_id, due = asked_id("course", CourseId), asked_choice("due", {one for one, _word in DUE_FILTERS})
    course = authoring.list_courses([course_id]).get(course_id) if course_id else None
    page = queries.page_enrolled(
        current().scope_of(VIEW_ENROLMENTS), course_id, page_request(), due_by=_due_by(due)
    )
    return render_template(
        "learning/enrolments.html",
        page=page,
        course=course,
        due_filter=due,
        due_filters=DUE_FILTERS,
        may_enrol=current().may(ENROL_PEOPLE),
    )


def _due_by(due: str) -> date | None:
    days = {"near": reminding.SOON_DAYS, "overdue": -1}.get(due)
    return None if days is None else clock.today(oem_zone()) + timedelta(days)


@blueprint.get("/team/enrolments/<uuid:enrolment_id>")
@requires(VIEW_ENROLMENTS)
def enrolment(enrolment_id: UUID) -> ResponseReturnValue:
    """Show one enrolment: how far it is, until when, and what was done to it."""
    found = _file(enrolment_id)
    return _page(found, _extend_form(found), WithdrawForm())


def _file(enrolment_id: UUID) -> EnrolmentFile:
    return queries.get_file(EnrolmentId(enrolment_id), current().scope_of(VIEW_ENROLMENTS))


def _extend_form(found: EnrolmentFile) -> ExtendForm:
    return ExtendForm(seen=found.due_on, due_on=found.due_on)


def _page(
    found: EnrolmentFile, extend_form: ExtendForm, withdraw_form: WithdrawForm, *, conflict: str = ""
) -> str:
    return render_template(
        "learning/enrolment.html",
        file=found,
        extend_form=extend_form,
        withdraw_form=withdraw_form,
        conflict=conflict,
        may_enrol=current().may(ENROL_PEOPLE),
        Change=EnrolmentChange,
        endings={
            Ending.BY_PERSON: _("Left the course"),
            Ending.BY_OTHERS: _("Withdrawn"),
            Ending.LEFT_AUDIENCE: _("Withdrawn: no longer in the audience"),
            Ending.LEFT_FOR_GOOD: _("Ended with the account"),
        },
    )


@blueprint.post("/team/enrolments/<uuid:enrolment_id>/due")
@requires(ENROL_PEOPLE)
def extend(enrolment_id: UUID) -> ResponseReturnValue:
    """Give it another date; what was typed stays on the page if it changed meanwhile."""
    found = _file(enrolment_id)
    form, changed = _extend_form(found), [False]
    try:
        is_done = form.validate_on_submit() and taken(form, lambda: changed.append(_extend(found, form)))
    except Conflict as refusal:
        found = _file(enrolment_id)
        form.seen.data = found.due_on
        return _page(found, form, WithdrawForm(formdata=None), conflict=refusal.message), 409
    if not is_done:
        return _page(found, form, WithdrawForm(formdata=None)), 422
    _say(found, changed[-1], _said_due(found.due_on))
    return redirect(url_for(".enrolment", enrolment_id=enrolment_id), 303)


def _say(found: EnrolmentFile, changed: bool, otherwise: str) -> None:  # noqa: FBT001
    if changed:
        flash(_("Saved. %(name)s is told.", name=found.name), "valid")
    else:
        flash(otherwise, "none")


def _said_due(due_on: date | None) -> str:
    if due_on is None:
        return _("Nothing changed: it has no due date.")
    return _("Nothing changed: it is due on %(day)s already.", day=write_date(due_on))


def _extend(found: EnrolmentFile, form: ExtendForm) -> bool:
    return service.extend(
        enrolment_id=found.id,
        due_on=form.due_on.data,
        seen=form.seen.data,
        reason=str(form.reason.data or ""),
        may_be_earlier=bool(form.may_be_earlier.data),
        actor=current(),
        now=clock.now(),
    )


@blueprint.post("/team/enrolments/<uuid:enrolment_id>/withdraw")
@requires(ENROL_PEOPLE)
def withdraw(enrolment_id: UUID) -> ResponseReturnValue:
    """End it; what was done in it stays."""
    found = _file(enrolment_id)
    form, changed = WithdrawForm(), [False]
    if not form.validate_on_submit() or not taken(form, lambda: changed.append(_withdraw(found, form))):
        return _page(found, ExtendForm(formdata=None, seen=found.due_on, due_on=found.due_on), form), 422
    _say(found, changed[-1], _("Nothing changed: this enrolment had ended already."))
    return redirect(url_for(".enrolment", enrolment_id=enrolment_id), 303)


def _withdraw(found: EnrolmentFile, form: WithdrawForm) -> bool:
    return service.withdraw(
        enrolment_id=found.id, reason=str(form.why.data or ""), actor=current(), now=clock.now()
    )


def taken(form: Form, act: Callable[[], object]) -> bool:
    """Do what a form asks; return whether it was taken, its complaints beside their fields if not."""
    try:
        act()
    except Invalid as refusal:
        form.refuse(dict(refusal.fields))
        return False
    return True


@blueprint.post("/learn/<slug>/leave")
@requires(LEARN)
def leave(slug: str) -> ResponseReturnValue:
    """Leave a course that this person chose themselves."""
    if not policy.may_learn(current()):
        raise Forbidden
    view = queries.find_view(slug, current())
    if view is not None and view.places is not None and view.places.number:
        service.leave_list(course_id=view.course.id, actor=current(), now=clock.now())
        flash(_("You are off the waiting list of %(course)s.", course=view.course.title), "valid")
        return redirect(url_for(".course", slug=slug), 303)
    if view is not None and view.enrolment is not None:
        service.leave(enrolment_id=view.enrolment.id, actor=current(), now=clock.now())
        flash(
            _("You have left %(course)s. What you did in it stays on record.", course=view.course.title),
            "valid",
        )
    return redirect(url_for(".catalogue"), 303)
