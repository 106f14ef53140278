"""The marking queue: what waits, taking it, deciding about it; and what of a team's work waits."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.courses.assignments import rules
from lms.courses.assignments.forms import MarkForm
from lms.courses.assignments.queries import handed
from lms.courses.assignments.queries import work as queue
from lms.courses.assignments.queries.work import Filter, Which
from lms.courses.assignments.service import marking
from lms.courses.assignments.values import Waiting
from lms.courses.assignments.views.blueprint import blueprint
from lms.courses.errors import NotToMark
from lms.courses.kinds import marking as sources
from lms.courses.policy import MARK_WORK, VIEW_MARKING, VIEW_TEAM_WORK
from lms.courses.values import CourseId
from lms.courses.values.marking import MarkingSource, Outcome, WorkId
from lms.identity import facade as identity
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.errors import Invalid, NotFound
from lms.web.access import requires
from lms.web.asked import asked_choice, asked_id, asked_number, asked_word
from lms.web.pages import page_request

DAYS_AT_MOST = 3650


@blueprint.get("/author/marking")
@requires(VIEW_MARKING)
def work_list() -> ResponseReturnValue:
    """List what waits to be marked, what the reader has taken, or what is marked."""
    wanted, now = _wanted(), clock.now()
    return render_template(
        "assignments/queue.html",
        page=queue.page_queue(current(), wanted, now, page_request()),
        counts=queue.count_queue(current(), now),
        courses=queue.list_courses(current()),
        which=wanted.which.value,
        wanted={name: request.args.get(name, "") for name in ("course", "days", "late")},
        source_of=sources.source_of,
        may_mark=current().may(MARK_WORK),
    )


def _wanted() -> Filter:
    days = asked_number("days", most=DAYS_AT_MOST)
    return Filter(
        which=asked_word("show", Which) or Which.WAITING,
        course_id=asked_id("course", CourseId),
        late=bool(asked_choice("late", ("1",))),
        before=clock.now() - timedelta(days=days) if days else None,
    )


@blueprint.get("/author/marking/<uuid:work_id>")
@requires(VIEW_MARKING)
def item(work_id: UUID) -> ResponseReturnValue:
    """Show a piece of work with what was decided about it, and the form to decide."""
    return _page(queue.get_waiting(WorkId(work_id), current(), clock.now()), MarkForm(formdata=None))


@blueprint.post("/author/marking/<uuid:work_id>/take")
@requires(MARK_WORK)
def take(work_id: UUID) -> ResponseReturnValue:
    """Take work to mark it."""
    try:
        marking.take(work_id=WorkId(work_id), actor=current(), now=clock.now())
    except NotToMark as refusal:
        flash(refusal.message, "soon")
    return redirect(url_for(".item", work_id=work_id), 303)


@blueprint.post("/author/marking/<uuid:work_id>/give-back")
@requires(MARK_WORK)
def give_back(work_id: UUID) -> ResponseReturnValue:
    """Let go of work, so that somebody else can take it."""
    marking.give_back(work_id=WorkId(work_id), actor=current(), now=clock.now())
    flash(_("It waits for whoever takes it next."), "valid")
    return redirect(url_for(".work_list"), 303)


@blueprint.post("/author/marking/<uuid:work_id>")
@requires(MARK_WORK)
def mark(work_id: UUID) -> ResponseReturnValue:
    """Decide about work; what was typed stays on the page if it cannot be."""
    found, form = queue.get_waiting(WorkId(work_id), current(), clock.now()), MarkForm()
    if not form.validate_on_submit():
        return _page(found, form), 422
    try:
        outcome = _mark(found, form)
    except NotToMark as refusal:
        found = queue.get_waiting(found.id, current(), clock.now())
        return _page(found, form, conflict=refusal.message), 409
    except Invalid as refusal:
        form.refuse(dict(refusal.fields))
        return _page(found, form, wrong=refusal.fields), 422
    flash(_said(outcome), "valid")
    return redirect(url_for(".work_list"), 303)


def _mark(found: Waiting, form: MarkForm) -> Outcome:
    rubric = _source(found).rubric(found.work)
    return marking.mark(
        work_id=found.id,
        seen=form.seen.version or 0,
        given=form.given(rubric),
        actor=current(),
        now=clock.now(),
    )


def _said(outcome: Outcome) -> str:
    return {
        Outcome.PASSED: _("Marked: passed. The person is told."),
        Outcome.FAILED: _("Marked: not passed. The person is told."),
        Outcome.RETURNED: _("Returned for more. The person is told."),
        Outcome.MARKED: _("Marked. The person is told."),
    }[outcome]


def _source(found: Waiting) -> MarkingSource:
    source = sources.source_of(found.work.source)
    if source is None:
        raise NotFound
    return source


def _page(
    found: Waiting, form: MarkForm, *, conflict: str = "", wrong: Mapping[str, str] | None = None
) -> str:
    source, actor = _source(found), current()
    rubric = source.rubric(found.work)
    marks = handed.list_marks([found.id]).get(found.id, ())
    last = marks[-1] if marks else None
    typed = form.is_submitted()
    may_mark = actor.may(MARK_WORK) and found.work.person_id != actor.person_id
    return render_template(
        "assignments/item.html",
        one=found,
        source=source,
        work=source.show(found.work),
        rubric=rubric,
        marks=marks,
        names=_names([one.marked_by for one in marks]),
        form=form,
        seen=found.marks,
        levels=form.levels(rubric) if typed else last.levels if last else [None] * len(rubric.criteria),
        comments=form.comments(rubric) if typed else last.comments if last else [""] * len(rubric.criteria),
        overall=form.comment.data if typed else last.comment if last else "",
        wrong=wrong or {},
        conflict=conflict,
        may_mark=may_mark,
        has_it=found.claimed_by is not None and found.claimed_by == actor.person_id,
        may_return=source.may_return(found.work),
        claim_minutes=int(rules.CLAIM_LASTS.total_seconds()) // 60,
        typed=typed,
    )


def _names(ids: Sequence[Any]) -> Mapping[Any, Any]:
    return identity.list_people({one for one in ids if one is not None})


@blueprint.get("/team/hand-ins")
@requires(VIEW_TEAM_WORK)
def team() -> ResponseReturnValue:
    """List what of the reader's team's work waits to be marked; what it is stays between them and who marks it."""
    actor = current()
    page = queue.page_team(
        actor.scope_of(VIEW_TEAM_WORK), clock.now(), page_request(), hides_names=actor.may(MARK_WORK)
    )
    return render_template("assignments/team.html", page=page)
