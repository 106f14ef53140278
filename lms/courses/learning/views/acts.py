"""Pages of acts on many people: what would come of one, how far it is, and what came of it, line by line."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.courses.learning import queries, service
from lms.courses.learning.forms import ACT_STATES, NO_LATER, OUTCOMES, TO_DO
from lms.courses.learning.values import Act, ActKind, ActLine, ActState, EnrolmentActId, Outcome
from lms.courses.learning.views.blueprint import blueprint
from lms.courses.policy import ENROL_PEOPLE, VIEW_ENROLMENTS
from lms.courses.values import CourseId
from lms.kernel import clock
from lms.kernel.actor import current
from lms.web.access import requires
from lms.web.asked import asked_choice
from lms.web.exports import csv_download
from lms.web.pages import page_request, walk

WAITING = "to_do"
"""Asks for the lines that are still to be done."""


@blueprint.get("/team/enrolments/courses/<uuid:course_id>/acts")
@requires(VIEW_ENROLMENTS)
def acts(course_id: UUID) -> ResponseReturnValue:
    """List what was done to many people of a course, newest first."""
    course = queries.get_managed_course(CourseId(course_id), current())
    page = queries.page_acts(course.id, current(), page_request())
    return render_template(
        "learning/acts.html",
        course=course,
        page=page,
        states=ACT_STATES,
        may_enrol=current().may(ENROL_PEOPLE),
    )


@blueprint.get("/team/enrolments/acts/<uuid:act_id>")
@requires(VIEW_ENROLMENTS)
def act(act_id: UUID) -> ResponseReturnValue:
    """Show an act where it stands: what it would do, how far it is, or what came of it."""
    found = queries.get_act(EnrolmentActId(act_id), current())
    return render_template(
        "learning/act.html",
        act=found,
        page=queries.page_act_lines(
            found.id,
            current().scope_of(VIEW_ENROLMENTS),
            page_request(),
            outcome=_outcome(),
            only_waiting=_only_waiting(),
        ),
        outcome=_outcome(),
        only_waiting=_only_waiting(),
        waiting=0 if found.state is ActState.CANCELLED else found.total - found.done,
        left=_left(found),
        states=ACT_STATES,
        words={one: _word(found.kind, one) for one in Outcome},
        to_do=_to_do(found),
        may_enrol=current().may(ENROL_PEOPLE),
    )


@blueprint.post("/team/enrolments/acts/<uuid:act_id>/do")
@requires(ENROL_PEOPLE)
def begin_act(act_id: UUID) -> ResponseReturnValue:
    """Let what was looked at be done."""
    service.begin(act_id=EnrolmentActId(act_id), actor=current(), now=clock.now())
    return redirect(url_for(".act", act_id=act_id), 303)


@blueprint.post("/team/enrolments/acts/<uuid:act_id>/stop")
@requires(ENROL_PEOPLE)
def stop_act(act_id: UUID) -> ResponseReturnValue:
    """Stop an act, or discard one that was only looked at."""
    found = queries.get_act(EnrolmentActId(act_id), current())
    service.stop(act_id=found.id, actor=current(), now=clock.now())
    if found.state is not ActState.LOOKED_AT:
        return redirect(url_for(".act", act_id=act_id), 303)
    flash(_("Discarded. Nothing was done."), "valid")
    return redirect(url_for(".acts", course_id=found.course_id), 303)


@blueprint.get("/team/enrolments/acts/<uuid:act_id>.csv")
@requires(VIEW_ENROLMENTS)
def act_table(act_id: UUID) -> ResponseReturnValue:
    """Hand out an act's report row by row, narrowed as the page is."""
    found, scope = queries.get_act(EnrolmentActId(act_id), current()), current().scope_of(VIEW_ENROLMENTS)
    outcome, only_waiting = _outcome(), _only_waiting()
    header = (
        _("Row"),
        _("Result"),
        _("Name"),
        _("E-mail"),
        _("Organisation"),
        _("In the list"),
        _("Repeats row"),
    )
    batches = walk(
        lambda at: queries.page_act_lines(found.id, scope, at, outcome=outcome, only_waiting=only_waiting)
    )
    return csv_download(
        "enrolment-report.csv", header, ([_row(found, one) for one in some] for some in batches)
    )


def _left(found: Act) -> int | None:
    """Return how many places are free for whom is about to be enrolled; None where that is no question."""
    if found.kind is not ActKind.ENROL or found.state is not ActState.LOOKED_AT:
        return None
    return queries.count_left(found.course_id)


def _row(found: Act, line: ActLine) -> tuple[str, ...]:
    word = _word(found.kind, line.outcome) if line.outcome else _to_do(found)
    return (
        str(line.number),
        str(word[1]),
        line.name,
        line.email,
        line.employer_name,
        line.given,
        str(line.same_as or ""),
    )


def _word(kind: ActKind, outcome: Outcome) -> tuple[str, str]:
    if kind is ActKind.EXTEND and outcome is Outcome.ALREADY:
        return NO_LATER
    return OUTCOMES[outcome]


def _to_do(found: Act) -> tuple[str, str]:
    return TO_DO[found.kind]


def _outcome() -> Outcome | None:
    asked = asked_choice("outcome", {*Outcome, WAITING})
    return Outcome(asked) if asked and asked != WAITING else None


def _only_waiting() -> bool:
    return request.args.get("outcome") == WAITING
