"""Asking a second trainer, and answering: all on the page that publishes."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.courses.authoring import queries, service
from lms.courses.authoring.forms import DecideForm, PublishForm, RequireReviewForm, ReviewForm, choices
from lms.courses.authoring.rules.reviewing import may_decide, may_publish, review_state
from lms.courses.authoring.values import Editor, ReviewState, Verdict
from lms.courses.authoring.views.room import blueprint, get_editor, saved, show
from lms.courses.policy import AUTHOR_COURSES
from lms.courses.values import CourseId, ReviewId
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel import clock
from lms.kernel.actor import Role, current
from lms.web.access import requires

SAID = {
    Verdict.APPROVED: lambda: _("Approved. It can be published as it is."),
    Verdict.RETURNED: lambda: _("Returned. Whoever asked is told what has to change."),
    Verdict.TAKEN_BACK: lambda: _("The request is taken back."),
}


def show_publishing(editor: Editor, **more: Any) -> str:
    """Return the page that publishes a draft, with how it stands with the second trainer."""
    desk = queries.get_review_desk(editor.course.id)
    review, me = desk.review, current().person_id
    state = review_state(review, desk.changes)
    if "ask_form" not in more:
        more["ask_form"] = _ask_form(editor.course.id, formdata=None)
    people = (
        {one for one in (review.asked_by, review.reviewer_id, review.decided_by) if one} if review else set()
    )
    return show(
        "authoring/publish.html",
        editor,
        desk=desk,
        review=review,
        review_state=state,
        is_second=review is not None and may_decide(PersonId(me) if me else None, review, desk.writers),
        is_asker=review is not None and review.asked_by == me,
        is_waiting=state is ReviewState.WAITING,
        is_unread=not may_publish(desk),
        may_lift=Role.ADMINISTRATOR in current().roles,
        names={one: person.name for one, person in identity.list_people(people).items()},
        **{
            "form": PublishForm(formdata=None),
            "require_form": RequireReviewForm(formdata=None, is_needed=desk.is_needed),
            "decide_form": DecideForm(formdata=None, changes=desk.changes),
            **more,
        },
    )


def _ask_form(course_id: CourseId, **given: Any) -> ReviewForm:
    form = ReviewForm(**given)
    others = service.list_eligible(course_id, current())
    form.reviewer.choices = choices(
        [("", _("Any other trainer")), *((str(one), name) for one, name in others.items())]
    )
    return form


def _problems(editor: Editor) -> Any:
    return service.list_problems(editor.version_id) if editor.is_draft else ()


@blueprint.post("/author/courses/<uuid:course_id>/needs-review")
@requires(AUTHOR_COURSES)
def require_review(course_id: UUID) -> ResponseReturnValue:
    """Let the course ask for a second trainer, or no longer."""
    form = RequireReviewForm()
    if form.validate_on_submit():
        service.require_review(
            course_id=CourseId(course_id), is_needed=form.is_needed.data, actor=current(), now=clock.now()
        )
        flash(_("Saved."), "valid")
    return redirect(url_for(".review", course_id=course_id), 303)


@blueprint.post("/author/courses/<uuid:course_id>/reviews")
@requires(AUTHOR_COURSES)
def ask_review(course_id: UUID) -> ResponseReturnValue:
    """Ask somebody to read the draft."""
    form = _ask_form(CourseId(course_id))

    def save() -> None:
        service.ask_review(
            course_id=CourseId(course_id),
            review_id=ReviewId(form.new_id),
            reviewer_id=form.reviewer_id(),
            note=str(form.note.data or ""),
            actor=current(),
            now=clock.now(),
        )

    if not saved(form, save):
        editor = get_editor(course_id)
        return show_publishing(editor, problems=_problems(editor), ask_form=form), 422
    flash(_("Asked. You are told when it is read."), "valid")
    return redirect(url_for(".review", course_id=course_id), 303)


@blueprint.post("/author/courses/<uuid:course_id>/reviews/<uuid:review_id>")
@requires(AUTHOR_COURSES)
def decide_review(course_id: UUID, review_id: UUID) -> ResponseReturnValue:
    """Approve the draft, return it, or take the request back."""
    form = DecideForm()

    def save() -> None:
        service.decide_review(
            course_id=CourseId(course_id),
            review_id=ReviewId(review_id),
            verdict=Verdict(str(form.verdict.data)),
            reason=str(form.reason.data or ""),
            seen_changes=form.changes.version or 0,
            actor=current(),
            now=clock.now(),
        )

    if not saved(form, save):
        editor = get_editor(course_id)
        return show_publishing(editor, problems=_problems(editor), decide_form=form), 422
    flash(SAID[Verdict(str(form.verdict.data))](), "valid")
    return redirect(url_for(".review", course_id=course_id), 303)
