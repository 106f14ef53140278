"""The pages of taking an exam: beginning, one question or all, checking, finishing."""

from collections.abc import Mapping, Sequence
from uuid import UUID, uuid4

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_time
from flask_babel import gettext as _

from lms.courses import facade as courses
from lms.courses.values import ActivityId
from lms.kernel import clock, files, uow
from lms.kernel.actor import current
from lms.kernel.errors import NotFound
from lms.quizzes.attempts import queries, rules, service
from lms.quizzes.attempts.values import Past, Saved, Sitting
from lms.quizzes.bank import queries as bank
from lms.quizzes.errors import AttemptOver, NotNow, TooLate
from lms.quizzes.policy import TAKE_EXAMS, VIEW_QUESTIONS
from lms.quizzes.values import AttemptId, Layout
from lms.quizzes.views.blueprint import blueprint
from lms.quizzes.views.paper import asking_of
from lms.web.access import requires, signed_in
from lms.web.numbers import whole_number


@blueprint.get("/learn/exams/<uuid:activity_id>/start")
@requires(TAKE_EXAMS)
def start(activity_id: UUID) -> ResponseReturnValue:
    """Say what the exam is, what holds, and whether it can begin."""
    launch, quiz = service.get_exam(ActivityId(activity_id), current())
    if launch.enrolment_id is None:
        raise NotFound
    past = queries.list_attempts(launch.enrolment_id, launch.activity.key)
    history = [Past(number=one.number, finished_at=one.finished_at, passed=one.passed) for one in past]
    course = courses.list_courses([launch.activity.course_id])[launch.activity.course_id]
    return render_template(
        "quizzes/start.html",
        launch=launch,
        quiz=quiz,
        course=course,
        course_url=courses.course_url(course),
        past=[one for one in reversed(past) if one.finished_at is not None],
        open=next((one for one in past if one.finished_at is None), None),
        decision=rules.may_start(quiz.rules, history, clock.now()),
        now=clock.now(),
    )


@blueprint.post("/learn/exams/<uuid:activity_id>/start")
@requires(TAKE_EXAMS)
def begin(activity_id: UUID) -> ResponseReturnValue:
    """Begin, or go on with the attempt that is open."""
    try:
        attempt_id = service.start_attempt(
            activity_id=ActivityId(activity_id), actor=current(), now=clock.now()
        )
    except NotNow as refusal:
        flash(refusal.message, "expired")
        return redirect(url_for(".start", activity_id=activity_id), 303)
    sitting = queries.get_sitting(attempt_id, current())
    first_open = (*sitting.open_numbers, 1)[0]
    return redirect(url_for(".question", attempt_id=attempt_id, slot=first_open), 303)


@blueprint.get("/learn/exams/<uuid:attempt_id>/<int:slot>")
@requires(TAKE_EXAMS)
def question(attempt_id: UUID, slot: int) -> ResponseReturnValue:
    """Ask one question, or all of them if the exam is one page."""
    sitting = queries.get_sitting(AttemptId(attempt_id), current())
    if not 1 <= slot <= len(sitting.slots):
        raise NotFound
    if moved := _over(sitting):
        return moved
    one_page = sitting.attempt.rules.layout is Layout.ALL
    shown = sitting.slots if one_page else [sitting.slots[slot - 1]]
    versions = bank.list_versions([one.version_id for one in shown])
    return render_template(
        "quizzes/question.html",
        attempt=sitting.attempt,
        rules=sitting.attempt.rules,
        sheet=sitting,
        here=url_for(".answer", attempt_id=attempt_id, slot=slot),
        slot=slot,
        one_page=one_page,
        askings=[asking_of(versions[one.version_id], slot=one) for one in shown],
        grid=_grid(sitting, slot, one_page=one_page),
        seconds_left=rules.seconds_left(sitting.attempt.deadline_at, clock.now()),
        saved=_saved_words(shown[0].saved_at) if len(shown) == 1 and shown[0].saved_at else "",
    )


@blueprint.post("/learn/exams/<uuid:attempt_id>/<int:slot>")
@requires(TAKE_EXAMS)
def answer(attempt_id: UUID, slot: int) -> ResponseReturnValue:
    """Save what the page holds, and go where its button leads; a script gets JSON and stays."""
    wanted = AttemptId(attempt_id)
    try:
        saved = _save(wanted, slot)
        _flag(wanted)
    except TooLate as late:
        # The touch that comes too late ends the attempt, though the answer itself is refused.
        service.finish_attempt(attempt_id=wanted, actor=current(), now=clock.now())
        uow.keep()
        return _refused(wanted, late)
    except AttemptOver as over:
        return _refused(wanted, over)
    if _is_script():
        return {
            "saved": _saved_words(saved[-1].at) if saved else "",
            "answered": saved[-1].is_answered if saved else None,
            "remark": saved[-1].remark if saved else "",
        }
    return redirect(_next_url(wanted, slot), 303)


@blueprint.get("/learn/exams/<uuid:attempt_id>/check")
@requires(TAKE_EXAMS)
def check(attempt_id: UUID) -> ResponseReturnValue:
    """Name what has no answer and what is flagged, before the end."""
    sitting = queries.get_sitting(AttemptId(attempt_id), current())
    if moved := _over(sitting):
        return moved
    return render_template(
        "quizzes/check.html",
        sitting=sitting,
        grid=_grid(sitting, 0, one_page=sitting.attempt.rules.layout is Layout.ALL),
        seconds_left=rules.seconds_left(sitting.attempt.deadline_at, clock.now()),
    )


@blueprint.post("/learn/exams/<uuid:attempt_id>/finish")
@requires(TAKE_EXAMS)
def finish(attempt_id: UUID) -> ResponseReturnValue:
    """End the attempt and mark it."""
    service.finish_attempt(attempt_id=AttemptId(attempt_id), actor=current(), now=clock.now())
    return redirect(url_for(".result", attempt_id=attempt_id), 303)


@blueprint.get("/learn/exams/pictures/<uuid:file_id>")
@signed_in
def picture(file_id: UUID) -> ResponseReturnValue:
    """Serve a picture of a question to authors, and to who has been asked from its bank."""
    if not current().may(VIEW_QUESTIONS) and not queries.has_met_picture(file_id, current()):
        raise NotFound
    file = bank.get_picture(file_id)
    served = Response(files.chunks(file.sha256), mimetype=file.media_type)
    served.headers["Content-Length"] = str(file.size_bytes)
    served.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return served


def _over(sitting: Sitting) -> ResponseReturnValue | None:
    """Return where to go from an attempt that takes no answers any more, or None while it does."""
    attempt = sitting.attempt
    if attempt.finished_at is not None:
        return redirect(url_for(".result", attempt_id=attempt.id), 303)
    if rules.is_late(attempt.deadline_at, clock.now()):
        return render_template("quizzes/time_up.html", sitting=sitting)
    return None


def _save(attempt_id: AttemptId, slot: int) -> Sequence[Saved]:
    form: Mapping[str, Sequence[str]] = {name: request.form.getlist(name) for name in request.form}
    named = request.form.getlist("slot") or [str(slot)]
    numbers = [number for one in named if (number := whole_number(one)) is not None]
    key = _client_key() if len(numbers) == 1 else None
    return [
        service.save_answer(
            attempt_id=attempt_id,
            slot=number,
            form=form,
            name=f"q{number}",
            client_key=key or uuid4(),
            actor=current(),
            now=clock.now(),
        )
        for number in numbers
    ]


def _client_key() -> UUID | None:
    """Return the page's own name for this answer; a form sent without script has none."""
    try:
        return UUID(request.form.get("key", ""))
    except ValueError:
        return None


def _flag(attempt_id: AttemptId) -> None:
    text, _colon, word = request.form.get("flag", "").partition(":")
    number = whole_number(text)
    if number is not None:
        service.flag(attempt_id=attempt_id, slot=number, is_flagged=word == "on", actor=current())


def _refused(attempt_id: AttemptId, refusal: AttemptOver | TooLate) -> ResponseReturnValue:
    if _is_script():
        return {
            "detail": refusal.message,
            "code": refusal.code,
            "url": url_for(".result", attempt_id=attempt_id),
        }, refusal.status
    flash(refusal.message, "expired")
    return redirect(url_for(".result", attempt_id=attempt_id), 303)


def _next_url(attempt_id: AttemptId, slot: int) -> str:
    go = request.form.get("go", "")
    if go == "check":
        return url_for(".check", attempt_id=attempt_id)
    number = whole_number(go)
    return url_for(".question", attempt_id=attempt_id, slot=slot if number is None else number)


def _is_script() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _grid(sitting: Sitting, slot: int, *, one_page: bool) -> list[dict[str, object]]:
    first = url_for(".question", attempt_id=sitting.attempt.id, slot=1)
    return [
        {
            "number": one.number,
            "href": f"{first}#q{one.number}"
            if one_page
            else url_for(".question", attempt_id=sitting.attempt.id, slot=one.number),
            "answered": one.is_answered,
            "flagged": one.is_flagged,
            "current": one.number == slot and not one_page,
        }
        for one in sitting.slots
    ]


def _saved_words(at: object) -> str:
    return _("Answer saved at %(time)s", time=format_time(at, "HH:mm:ss"))  # type: ignore[no-untyped-call]
