"""The authors' pages of how an exam is sat: when it is open, and who has extra time in it."""

from datetime import timedelta
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.identity import facade as identity
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.errors import Invalid
from lms.quizzes.attempts.rules import RIGHT_AFTER
from lms.quizzes.bank import queries as bank
from lms.quizzes.bank import service as bank_service
from lms.quizzes.errors import EditedMeanwhile
from lms.quizzes.policy import AUTHOR_QUESTIONS, GIVE_EXTRA_TIME, VIEW_QUESTIONS, VIEW_SITTINGS
from lms.quizzes.sittings import queries, service
from lms.quizzes.sittings.forms import ExtraTimeForm, SittingForm
from lms.quizzes.values import ExtraTimeId, Quiz, QuizId
from lms.quizzes.views.blueprint import blueprint
from lms.quizzes.views.overtaken import is_told, overtaken
from lms.web.access import requires
from lms.web.context import oem_zone, zone_name
from lms.web.pages import page_request


@blueprint.get("/author/quizzes/<uuid:quiz_id>/sitting")
@requires(VIEW_QUESTIONS)
def sitting(quiz_id: UUID) -> ResponseReturnValue:
    """Show how an exam is sat."""
    quiz = bank.get_quiz(QuizId(quiz_id))
    form = SittingForm(zone=oem_zone())
    form.hold(quiz.rules.sitting, quiz.revision)
    return _page(quiz, form)


@blueprint.post("/author/quizzes/<uuid:quiz_id>/sitting")
@requires(AUTHOR_QUESTIONS)
def set_sitting(quiz_id: UUID) -> ResponseReturnValue:
    """Change how an exam is sat."""
    quiz, form = bank.get_quiz(QuizId(quiz_id)), SittingForm(zone=oem_zone())
    if form.validate_on_submit():
        try:
            _store(quiz, form)
        except EditedMeanwhile:
            # Told once: saving again is then a choice made with the other conditions in view.
            form.seen.data = str(quiz.revision)
            return _page(quiz, form, is_stale=True), 422
        except Invalid as refusal:
            form.refuse(dict(refusal.fields))
        else:
            flash(_("It is saved. Attempts under way keep what they began with."), "valid")
            return redirect(url_for(".sitting", quiz_id=quiz_id), 303)
    return _page(quiz, form), 422


def _store(quiz: Quiz, form: SittingForm) -> None:
    sitting = form.sitting()
    if sitting.has_password:
        service.set_password(
            quiz_id=quiz.id, password=form.password.data or "", actor=current(), now=clock.now()
        )
    bank_service.set_sitting(
        quiz_id=quiz.id, sitting=sitting, revision=form.seen.version or 0, actor=current()
    )


def _page(quiz: Quiz, form: SittingForm, *, is_stale: bool = False) -> str:
    return render_template(
        "quizzes/sitting.html",
        quiz=quiz,
        form=form,
        other=overtaken(quiz.id) if is_stale or is_told() else None,
        is_past=bool(quiz.rules.sitting.closes_at and quiz.rules.sitting.closes_at <= clock.now()),
        zone=zone_name(oem_zone().key),
        right_after_minutes=RIGHT_AFTER // timedelta(minutes=1),
        may_author=current().may(AUTHOR_QUESTIONS),
        may_see_people=current().may(VIEW_SITTINGS),
    )


@blueprint.get("/author/quizzes/<uuid:quiz_id>/extra-time")
@requires(VIEW_SITTINGS)
def extra_time(quiz_id: UUID) -> ResponseReturnValue:
    """Show who has extra time in an exam, and let it be given."""
    return _extra_time_page(bank.get_quiz(QuizId(quiz_id)), ExtraTimeForm())


@blueprint.post("/author/quizzes/<uuid:quiz_id>/extra-time")
@requires(GIVE_EXTRA_TIME)
def give_extra_time(quiz_id: UUID) -> ResponseReturnValue:
    """Give a person extra time."""
    quiz, form = bank.get_quiz(QuizId(quiz_id)), ExtraTimeForm()
    if form.validate_on_submit():
        try:
            _give(quiz, form)
        except Invalid as refusal:
            form.refuse(dict(refusal.fields))
        else:
            flash(_("The extra time is given. An attempt under way has it already."), "valid")
            return redirect(url_for(".extra_time", quiz_id=quiz_id), 303)
    return _extra_time_page(quiz, form), 422


def _give(quiz: Quiz, form: ExtraTimeForm) -> None:
    person = identity.find_person_by_email(form.email.data or "")
    if person is None:
        message = _("Nobody has this address.")
        raise Invalid(message, fields={"email": message})
    service.give_extra_time(
        extra_time_id=ExtraTimeId(form.new_id),
        person_id=person.id,
        quiz_id=None if form.everywhere.data else quiz.id,
        extra=form.extra,
        reason=form.reason.data or "",
        actor=current(),
        now=clock.now(),
    )


@blueprint.post("/author/quizzes/<uuid:quiz_id>/extra-time/<uuid:extra_time_id>/withdraw")
@requires(GIVE_EXTRA_TIME)
def withdraw_extra_time(quiz_id: UUID, extra_time_id: UUID) -> ResponseReturnValue:
    """Withdraw extra time."""
    service.withdraw_extra_time(extra_time_id=ExtraTimeId(extra_time_id), actor=current(), now=clock.now())
    flash(_("The extra time is withdrawn. An attempt under way keeps it."), "valid")
    return redirect(url_for(".extra_time", quiz_id=quiz_id), 303)


def _extra_time_page(quiz: Quiz, form: ExtraTimeForm) -> str:
    page = queries.page_extra_times(current(), page_request(), quiz.id)
    people = {one.person_id for one in page.items} | {one.given_by for one in page.items if one.given_by}
    return render_template(
        "quizzes/extra_time.html",
        quiz=quiz,
        form=form,
        page=page,
        people=identity.list_people(people),
        may_give=current().may(GIVE_EXTRA_TIME),
    )
