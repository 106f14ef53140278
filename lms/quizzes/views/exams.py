"""The pages of taking an exam: beginning, one question or all, checking, finishing."""

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import quote
from uuid import UUID, uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_time
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from lms.courses import facade as courses
from lms.courses.values import ActivityId
from lms.identity.values import PersonId
from lms.kernel import clock, uow
from lms.kernel.actor import current
from lms.kernel.errors import Invalid, NotFound
from lms.quizzes.attempts import queries, rules, service
from lms.quizzes.attempts.queries import showing
from lms.quizzes.attempts.values import Checked, CheckOutcome, Past, Saved, Sitting, Slot
from lms.quizzes.bank import queries as bank
from lms.quizzes.errors import (
    AlreadyChecked,
    AttemptOver,
    NotNow,
    OtherDevice,
    SectionClosed,
    TooLate,
)
from lms.quizzes.marking import facade as marking
from lms.quizzes.marking import queries as marked
from lms.quizzes.marking.values import SOURCE
from lms.quizzes.policy import TAKE_EXAMS, VIEW_QUESTIONS, VIEW_RESULTS
from lms.quizzes.sittings import facade as sittings
from lms.quizzes.surveys.values import FEWEST
from lms.quizzes.values import NO_EXTRA, AttemptId, Layout, Opening, Quiz, StoredQuestion, Why
from lms.quizzes.views.blueprint import blueprint
from lms.quizzes.views.devices import elsewhere, known, led, prepared
from lms.quizzes.views.late import keep_late, key_of, told_of
from lms.quizzes.views.paper import Asking, asking_of, checking_of, files_in, with_files
from lms.quizzes.views.sections import open_part, part_of, seconds_left
from lms.web.access import requires, signed_in
from lms.web.blobs import send_blob
from lms.web.context import house_time, write_filesize
from lms.web.numbers import whole_number

FILE_BYTES: Final = 100_000_000
"""The most that any question lets one file have."""
FILE: Final = "-file"
"""How the name of a question's field for files ends."""
PDF: Final = "application/pdf"
HOUR_SECONDS: Final = 3600
YEAR_SECONDS: Final = 31_536_000
WHY: Final = {TooLate: Why.TIME, AttemptOver: Why.OVER, OtherDevice: Why.DEVICE, SectionClosed: Why.SECTION}
POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"


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
    page = render_template(
        "quizzes/survey_start.html" if quiz.rules.is_survey else "quizzes/start.html",
        least=FEWEST,
        launch=launch,
        quiz=quiz,
        course=course,
        course_url=courses.course_url(course),
        past=[one for one in reversed(past) if one.finished_at is not None],
        open=next((one for one in past if one.finished_at is None), None),
        decision=rules.may_start(quiz.rules, history, clock.now()),
        now=clock.now(),
        scored=showing.list_scored(past, clock.now()),
        when=house_time,
        extra=_extra_seconds(launch.person_id, quiz),
    )
    # Before the attempt begins: the answer to a click that another click cuts off may never be read.
    return prepared(page) if quiz.rules.sitting.one_device else page


def _extra_seconds(person_id: PersonId | None, quiz: Quiz) -> int:
    extra = sittings.find_extra(person_id, quiz.id) if person_id is not None else NO_EXTRA
    return int(extra.of(quiz.rules.minutes).total_seconds())


@blueprint.post("/learn/exams/<uuid:activity_id>/start")
@requires(TAKE_EXAMS)
def begin(activity_id: UUID) -> ResponseReturnValue:
    """Begin, or go on with the attempt that is open."""
    actor, key = known()
    try:
        attempt_id = service.start_attempt(
            activity_id=ActivityId(activity_id),
            actor=actor,
            now=clock.now(),
            has_agreed=request.form.get("agree") == "yes",
            typed=Opening(request.form.get("password", ""), request.form.get("code", "")),
        )
    except NotNow as refusal:
        flash(refusal.message, "expired")
        return redirect(url_for(".start", activity_id=activity_id), 303)
    sitting = open_part(queries.get_sitting(attempt_id, current()), clock.now())
    first_open = (*sitting.open_numbers, sitting.slots[0].number)[0]
    url = url_for(".question", attempt_id=attempt_id, slot=first_open)
    return led(url, key if sitting.attempt.device == actor.device else "")


@blueprint.get("/learn/exams/<uuid:attempt_id>/<int:slot>")
@requires(TAKE_EXAMS)
def question(attempt_id: UUID, slot: int) -> ResponseReturnValue:
    """Ask one question, or all of them if the exam is one page."""
    whole = queries.get_sitting(AttemptId(attempt_id), current())
    if not 1 <= slot <= len(whole.slots):
        raise NotFound
    if moved := _over(whole):
        return moved
    sitting = open_part(whole, clock.now())
    shown = [one for one in sitting.slots if one.number == slot]
    if not shown:
        return redirect(url_for(".question", attempt_id=attempt_id, slot=sitting.slots[0].number), 303)
    one_page = sitting.attempt.rules.layout is Layout.ALL
    shown = list(sitting.slots) if one_page else shown
    versions = bank.list_versions([one.version_id for one in shown])
    came = queries.list_files(sitting.attempt.id, files_in(shown))
    return render_template(
        "quizzes/question.html",
        attempt=sitting.attempt,
        rules=sitting.attempt.rules,
        sheet=sitting,
        here=url_for(".answer", attempt_id=attempt_id, slot=slot),
        slot=slot,
        total=len(whole.slots),
        part=part_of(sitting, slot, clock.now()),
        one_page=one_page,
        askings=[
            with_files(_asking(sitting, one, versions[one.version_id]), versions[one.version_id], one, came)
            for one in shown
        ],
        grid=_grid(sitting, slot, one_page=one_page),
        seconds_left=seconds_left(sitting.attempt, clock.now()),
        saved=_saved_words(shown[0].saved_at) if len(shown) == 1 and shown[0].saved_at else "",
    )


@blueprint.post("/learn/exams/<uuid:attempt_id>/<int:slot>")
@requires(TAKE_EXAMS, upload_bytes=FILE_BYTES)
def answer(attempt_id: UUID, slot: int) -> ResponseReturnValue:
    """Save what the page holds, and go where its button leads; a script gets JSON and stays."""
    wanted = AttemptId(attempt_id)
    try:
        saved, checked = _save(wanted, slot), _check(wanted)
        _flag(wanted)
    except TooLate as late:
        # The touch that comes too late ends the attempt, though the answer itself is refused.
        service.finish_attempt(attempt_id=wanted, actor=current(), now=clock.now())
        uow.keep()
        return _refused(wanted, late, slot)
    except (AttemptOver, OtherDevice, SectionClosed) as refusal:
        return _refused(wanted, refusal, slot)
    except Invalid as refusal:
        if _is_script() or not any(name.endswith(FILE) for name in refusal.fields):
            raise
        # A file is looked at last: what the page held besides it is saved.
        flash(refusal.message, "danger")
        uow.keep()
        return redirect(url_for(".question", attempt_id=attempt_id, slot=slot), 303)
    if checked is not None:
        return _told(wanted, slot, *checked)
    if _is_script():
        return {
            "saved": _saved_words(saved[-1].at) if saved else "",
            "answered": saved[-1].is_answered if saved else None,
            "remark": saved[-1].remark if saved else "",
            "older": _older_words() if saved and saved[-1].is_older else "",
            **_files_told(wanted, slot),
        }
    return redirect(_next_url(wanted, slot), 303)


@blueprint.get("/learn/exams/<uuid:attempt_id>/check")
@requires(TAKE_EXAMS)
def check(attempt_id: UUID) -> ResponseReturnValue:
    """Name what has no answer and what is flagged, before the end."""
    sitting = open_part(queries.get_sitting(AttemptId(attempt_id), current()), clock.now())
    if moved := _over(sitting):
        return moved
    return render_template(
        "quizzes/check.html",
        sitting=sitting,
        part=part_of(sitting, sitting.slots[0].number, clock.now()),
        grid=_grid(sitting, 0, one_page=sitting.attempt.rules.layout is Layout.ALL),
        seconds_left=seconds_left(sitting.attempt, clock.now()),
    )


@blueprint.post("/learn/exams/<uuid:attempt_id>/finish")
@requires(TAKE_EXAMS)
def finish(attempt_id: UUID) -> ResponseReturnValue:
    """End the attempt and mark it."""
    try:
        service.finish_attempt(attempt_id=AttemptId(attempt_id), actor=current(), now=clock.now())
    except OtherDevice as other:
        flash(other.message, "expired")
        return redirect(url_for(".question", attempt_id=attempt_id, slot=1), 303)
    return redirect(url_for(".result", attempt_id=attempt_id), 303)


@blueprint.get("/learn/exams/pictures/<uuid:file_id>")
@signed_in
def picture(file_id: UUID) -> ResponseReturnValue:
    """Serve a picture of a question to authors, and to who has been asked from its bank."""
    # Whoever marks what people answered sees what they were asked, as those people did.
    sees = current().may(VIEW_QUESTIONS) and (
        not (hidden := bank.versions_hiding(file_id, bank.mine())) or queries.is_asked(hidden)
    )
    if not sees and not queries.has_met_picture(file_id, current()):
        raise NotFound
    file = bank.get_picture(file_id)
    served = send_blob(
        file.sha256, size_bytes=file.size_bytes, media_type=file.media_type, max_age_seconds=YEAR_SECONDS
    )
    served.headers["Content-Security-Policy"] = f"{POLICY}; sandbox"
    served.cache_control.immutable = True
    return served


@blueprint.get("/learn/exams/files/<uuid:answer_file_id>")
@signed_in
def answer_file(answer_file_id: UUID) -> ResponseReturnValue:
    """Serve a file of an answer to whose it is, to who sees it in the marking queue, and to who reads all results."""
    found = queries.find_file(answer_file_id)
    if found is None:
        raise NotFound
    file, attempt_id, owner = found
    actor, name = current(), file.filename
    if owner != actor.person_id and not actor.may(VIEW_RESULTS):
        ref = marked.find_ref(attempt_id, file.slot)
        work = courses.find_seen_work(SOURCE, ref, actor) if ref else None
        if work is None:
            raise NotFound
        name = marking.nameless(name, 1) if work.is_blind else name
    served = send_blob(
        file.sha256, size_bytes=file.size_bytes, media_type=file.media_type, max_age_seconds=HOUR_SECONDS
    )
    # Browsers show a PDF in a viewer of their own, which does not start in a sandbox; it runs nothing of the page's.
    served.headers["Content-Security-Policy"] = POLICY if file.media_type == PDF else f"{POLICY}; sandbox"
    way = "inline" if courses.is_shown_file(file.media_type) else "attachment"
    served.headers["Content-Disposition"] = f"{way}; filename*=UTF-8''{quote(name)}"
    return served


def _over(sitting: Sitting) -> ResponseReturnValue | None:
    """Return where to go from an attempt that takes no answers any more, or None while it does."""
    attempt = sitting.attempt
    if attempt.finished_at is not None:
        return redirect(url_for(".result", attempt_id=attempt.id), 303)
    if rules.is_late(attempt.deadline_at, clock.now()):
        return render_template("quizzes/time_up.html", sitting=sitting)
    return elsewhere(attempt)


def _save(attempt_id: AttemptId, slot: int) -> Sequence[Saved]:
    form: Mapping[str, Sequence[str]] = {
        name: [value for value in request.form.getlist(name) if value != _removed(name)]
        for name in request.form
    }
    numbers = _numbers(slot)
    key = _client_key() if len(numbers) == 1 else None
    chosen = [(number, found) for number in numbers if (found := request.files.get(f"q{number}{FILE}"))]
    if chosen and key is not None:
        return _add_files(attempt_id, chosen, key)
    asked, saved = _asked_check(), []
    for number in numbers:
        if asked is not None and asked[0] == number:
            continue  # It is kept with its check.
        try:
            saved.append(
                service.save_answer(
                    attempt_id=attempt_id,
                    slot=number,
                    form=form,
                    name=f"q{number}",
                    client_key=key or uuid4(),
                    told=told_of(),
                    actor=current(),
                    now=clock.now(),
                )
            )
        except AlreadyChecked as refusal:
            # Checked in another window meanwhile: the other answers of this page are kept all the same.
            if _is_script():
                raise
            flash(refusal.message, "expired")
    return [*saved, *_add_files(attempt_id, chosen, None)]


def _numbers(slot: int) -> Sequence[int]:
    """Return which questions a page sent, the one it is of where it names none."""
    named = request.form.getlist("slot") or [str(slot)]
    return [number for one in named if (number := whole_number(one)) is not None]


def _asked_check() -> tuple[int, int, UUID] | None:
    """Return the check that a button asks for: its slot, which try it would be, and the name of this click."""
    slot, _colon, rest = request.form.get("check", "").partition(":")
    number, _colon, key = rest.partition(":")
    try:
        named = UUID(key)
    except ValueError:
        return None
    place, count = whole_number(slot), whole_number(number)
    return None if place is None or count is None else (place, count, named)


def _check(attempt_id: AttemptId) -> tuple[int, Checked] | None:
    """Take the check that the page asks for, if it does."""
    asked = _asked_check()
    if asked is None:
        return None
    slot, number, key = asked
    form = {name: request.form.getlist(name) for name in request.form}
    return slot, service.check_answer(
        attempt_id=attempt_id,
        slot=slot,
        form=form,
        name=f"q{slot}",
        number=number,
        client_key=key,
        told=told_of(),
        actor=current(),
        now=clock.now(),
    )


def _told(attempt_id: AttemptId, page: int, slot: int, checked: Checked) -> ResponseReturnValue:
    """Answer a check: with the question as it stands now, or the way to where it does."""
    note = _note(checked.outcome)
    if not _is_script():
        if note:
            flash(note, "soon")
        return redirect(url_for(".question", attempt_id=attempt_id, slot=page, _anchor=f"q{slot}-told"), 303)
    sitting = queries.get_sitting(attempt_id, current())
    one = sitting.slots[slot - 1]
    stored = bank.list_versions([one.version_id])[one.version_id]
    return {
        "saved": _saved_words(checked.saved.at),
        "answered": one.is_answered,
        "remark": checked.saved.remark,
        "html": render_template(
            "quizzes/checked.html", one=_asking(sitting, one, stored, note), total=len(sitting.slots)
        ),
    }


def _asking(sitting: Sitting, one: Slot, stored: StoredQuestion, note: str = "") -> Asking:
    return asking_of(
        stored,
        slot=one,
        check=checking_of(one, stored, sitting.attempt.rules, note),
        quiz_rules=sitting.attempt.rules,
    )


def _note(outcome: CheckOutcome) -> str:
    """Return why a check was no try; nothing where it was one."""
    words = {
        CheckOutcome.MEANWHILE: _("This was checked in another window meanwhile. So it stands now."),
        CheckOutcome.OPEN: _("Something of this answer is still open. Complete it, then check it."),
        CheckOutcome.SAME: _("This is the answer that was checked. Change it, then check it again."),
        CheckOutcome.OLDER: _older_words(),
    }
    return words.get(outcome, "")


def _add_files(
    attempt_id: AttemptId, chosen: Sequence[tuple[int, FileStorage]], key: UUID | None
) -> Sequence[Saved]:
    return [
        service.add_file(
            attempt_id=attempt_id,
            slot=number,
            filename=found.filename or "",
            upload=found.stream,  # type: ignore[arg-type]  # a spooled file is one to read
            client_key=key or uuid4(),
            actor=current(),
            now=clock.now(),
        )
        for number, found in chosen
        if found.filename
    ]


def _removed(name: str) -> str:
    """Return the id of the file that a button takes out of an answer's field, else what no field holds."""
    number, _colon, file_id = request.form.get("remove", "").partition(":")
    return file_id if name == f"q{number}" else "-"


def _files_told(attempt_id: AttemptId, slot: int) -> Mapping[str, object]:
    """Return the files of the answer that a script has just sent, for who sent files or took one out."""
    number = whole_number(request.form.get("slot")) or slot
    if "remove" not in request.form and f"q{number}{FILE}" not in request.files:
        return {}
    sitting = queries.get_sitting(attempt_id, current())
    slots = [one for one in sitting.slots if one.number == number]
    ids = files_in(slots)
    found = queries.list_files(attempt_id, ids)
    shown = marking.files_shown(found[one] for one in ids if one in found)
    return {
        "files": [
            {"id": str(one.id), "name": one.name, "url": one.url, "size": write_filesize(one.size_bytes)}
            for one in shown
        ]
    }


def _client_key() -> UUID | None:
    """Return the page's own name for this answer; a form sent without script has none."""
    return key_of(request.form.get("key", ""))


def _flag(attempt_id: AttemptId) -> None:
    text, _colon, word = request.form.get("flag", "").partition(":")
    number = whole_number(text)
    if number is not None:
        service.flag(attempt_id=attempt_id, slot=number, is_flagged=word == "on", actor=current())


def _refused(
    attempt_id: AttemptId, refusal: AttemptOver | OtherDevice | SectionClosed | TooLate, slot: int
) -> ResponseReturnValue:
    words, why = refusal.message, WHY[type(refusal)]
    onward = url_for(".result", attempt_id=attempt_id)
    if why in {Why.DEVICE, Why.SECTION}:
        onward = url_for(".question", attempt_id=attempt_id, slot=slot)
    if keep_late(attempt_id, _numbers(slot), _client_key(), why):
        words = f"{words} {_('It is kept, and a trainer decides whether it counts.')}"
    if _is_script():
        return {
            "detail": words,
            "code": refusal.code,
            "url": onward,
        }, refusal.status
    flash(words, "expired")
    return redirect(onward, 303)


def _next_url(attempt_id: AttemptId, slot: int) -> str:
    go = request.form.get("go", "")
    if go == "check":
        return url_for(".check", attempt_id=attempt_id)
    number = whole_number(go)
    return url_for(".question", attempt_id=attempt_id, slot=slot if number is None else number)


def _is_script() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _grid(sitting: Sitting, slot: int, *, one_page: bool) -> list[dict[str, object]]:
    first = url_for(".question", attempt_id=sitting.attempt.id, slot=sitting.slots[0].number)
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


def _older_words() -> str:
    return _(
        "A later answer was saved from another page or device, and that one counts. What you see here was given before "
        "it, and is kept in the record. Load the page again to see what counts."
    )


def _saved_words(at: object) -> str:
    return _("Answer saved at %(time)s", time=format_time(at, "HH:mm:ss"))  # type: ignore[no-untyped-call]
