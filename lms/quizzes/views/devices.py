"""The pages of an attempt that belongs to one device: what another is told, and how it takes the attempt over."""

from dataclasses import replace
from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.courses import facade as courses
from lms.identity import facade as identity
from lms.kernel import clock, uow
from lms.kernel.actor import Actor, current
from lms.kernel.errors import Invalid
from lms.quizzes.attempts import queries, service
from lms.quizzes.attempts.values import Attempt
from lms.quizzes.bank import queries as bank
from lms.quizzes.policy import SUPERVISE, TAKE_EXAMS, VIEW_SITTINGS
from lms.quizzes.sittings import service as sittings
from lms.quizzes.values import AttemptId, QuizId
from lms.quizzes.views.blueprint import blueprint
from lms.web import devices
from lms.web.access import requires
from lms.web.context import oem_zone
from lms.web.pages import page_request


def known() -> tuple[Actor, str]:
    """Return who acts, on a device that has a key, and that key if it is a new one."""
    if current().device:
        return current(), ""
    key = devices.new_key()
    return replace(current(), device=devices.digest(key)), key


def led(url: str, key: str) -> ResponseReturnValue:
    """Return the way to a page, with the key of this device if it is a new one."""
    response = make_response(redirect(url, 303))
    return devices.keep_key(response, key) if key else response


def prepared(page: str) -> ResponseReturnValue:
    """Return a page that gives this device its key, if it has none."""
    return page if current().device else devices.keep_key(make_response(page), devices.new_key())


def elsewhere(attempt: Attempt, fault: str = "") -> ResponseReturnValue | None:
    """Return the page for a device that an attempt does not belong to, None for the one it does."""
    if not attempt.is_elsewhere(current().device):
        return None
    place = courses.get_place(attempt.enrolment_id, attempt.activity_key)
    back_url = courses.place_url(place)
    if place.activity_id is not None:
        back_url = url_for(".start", activity_id=place.activity_id)
    return render_template("quizzes/other_device.html", attempt=attempt, fault=fault, back_url=back_url), 409


@blueprint.get("/learn/exams/<uuid:attempt_id>/handover")
@requires(TAKE_EXAMS)
def handover(attempt_id: UUID) -> ResponseReturnValue:
    """Show how an attempt is handed over, before a code is made."""
    attempt = queries.get_attempt(AttemptId(attempt_id), current())
    if attempt.finished_at is not None:
        return redirect(url_for(".result", attempt_id=attempt_id), 303)
    return elsewhere(attempt) or render_template("quizzes/handover.html", attempt=attempt, code="")


@blueprint.post("/learn/exams/<uuid:attempt_id>/handover")
@requires(TAKE_EXAMS)
def offer_handover(attempt_id: UUID) -> ResponseReturnValue:
    """Show a code with which another device can take the attempt over."""
    code = service.offer_handover(attempt_id=AttemptId(attempt_id), actor=current(), now=clock.now())
    attempt = queries.get_attempt(AttemptId(attempt_id), current())
    return render_template("quizzes/handover.html", attempt=attempt, code=code)


@blueprint.post("/learn/exams/<uuid:attempt_id>/take-over")
@requires(TAKE_EXAMS)
def take_over(attempt_id: UUID) -> ResponseReturnValue:
    """Let the attempt belong to this device, for who brings the code."""
    wanted, (actor, key) = AttemptId(attempt_id), known()
    try:
        code = request.form.get("code", "")
        service.take_over(attempt_id=wanted, code=code, actor=actor, now=clock.now())
    except Invalid as refusal:
        uow.keep()
        page = elsewhere(queries.get_attempt(wanted, current()), refusal.message)
        return page or redirect(url_for(".question", attempt_id=attempt_id, slot=1), 303)
    return led(url_for(".question", attempt_id=attempt_id, slot=1), key)


@blueprint.get("/author/quizzes/<uuid:quiz_id>/under-way")
@requires(VIEW_SITTINGS)
def under_way(quiz_id: UUID) -> ResponseReturnValue:
    """Show who sits in an exam now."""
    quiz = bank.get_quiz(QuizId(quiz_id))
    page = queries.page_open(quiz.id, current(), page_request())
    return render_template(
        "quizzes/under_way.html",
        quiz=quiz,
        page=page,
        people=identity.list_people({one.person_id for one in page.items}),
        may_supervise=current().may(SUPERVISE),
    )


@blueprint.post("/author/quizzes/<uuid:quiz_id>/under-way")
@requires(SUPERVISE)
def offer_for(quiz_id: UUID) -> ResponseReturnValue:
    """Show whoever watches over an exam a code for somebody whose device is gone."""
    try:
        wanted = AttemptId(UUID(request.form.get("attempt", "")))
    except ValueError:
        return redirect(url_for(".under_way", quiz_id=quiz_id), 303)
    code = service.offer_handover(attempt_id=wanted, actor=current(), now=clock.now())
    flash(_("The code is %(code)s. It holds for ten minutes, once.", code=code), "valid")
    return redirect(url_for(".under_way", quiz_id=quiz_id), 303)


@blueprint.post("/author/quizzes/<uuid:quiz_id>/start-code")
@requires(SUPERVISE)
def make_start_code(quiz_id: UUID) -> ResponseReturnValue:
    """Show whoever watches over an exam a code with which it begins today."""
    quiz = bank.get_quiz(QuizId(quiz_id))
    code = sittings.make_start_code(quiz_id=quiz.id, zone=oem_zone(), actor=current(), now=clock.now())
    flash(
        _("Until midnight the exam begins with the code %(code)s. It is shown this once.", code=code), "valid"
    )
    return redirect(url_for(".under_way", quiz_id=quiz_id), 303)
