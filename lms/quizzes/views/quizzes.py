"""The authors' page of an exam: its rules, and where its questions come from."""

from collections.abc import Sequence
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.courses import facade as courses
from lms.courses.values import ActivityKey, CourseId
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.errors import Invalid
from lms.quizzes.bank import queries, service
from lms.quizzes.bank.forms import QuizForm
from lms.quizzes.errors import EditedMeanwhile
from lms.quizzes.policy import AUTHOR_QUESTIONS, VIEW_QUESTIONS
from lms.quizzes.values import BankId, Draw, Layout, Quiz, QuizId, QuizRules, Review
from lms.quizzes.views.blueprint import blueprint
from lms.web.access import requires
from lms.web.numbers import whole_number

SPARE_ROWS = 2


@blueprint.get("/author/quizzes/new")
@requires(AUTHOR_QUESTIONS)
def new_quiz() -> ResponseReturnValue:
    """Show an empty exam."""
    return _page(QuizForm(title=request.args.get("title", "")), None, ())


@blueprint.post("/author/quizzes/new")
@requires(AUTHOR_QUESTIONS)
def define_quiz() -> ResponseReturnValue:
    """Set up an exam, and give it to the activity it was asked for."""
    return _save(QuizForm(), None)


@blueprint.get("/author/quizzes/<uuid:quiz_id>")
@requires(VIEW_QUESTIONS)
def edit_quiz(quiz_id: UUID) -> ResponseReturnValue:
    """Show an exam's rules and draws."""
    quiz = queries.get_quiz(QuizId(quiz_id))
    rules = quiz.rules
    form = QuizForm(
        title=rules.title,
        pass_percent=rules.pass_percent,
        minutes=rules.minutes,
        attempts_allowed=rules.attempts_allowed,
        wait_days=", ".join(str(days) for days in rules.wait_days),
        layout=rules.layout.value,
        review=rules.review.value,
        shuffle_questions=rules.shuffle_questions,
        shuffle_choices=rules.shuffle_choices,
    )
    return _page(form, quiz, quiz.draws)


@blueprint.post("/author/quizzes/<uuid:quiz_id>")
@requires(AUTHOR_QUESTIONS)
def change_quiz(quiz_id: UUID) -> ResponseReturnValue:
    """Change an exam."""
    return _save(QuizForm(), queries.get_quiz(QuizId(quiz_id)))


def _save(form: QuizForm, quiz: Quiz | None) -> ResponseReturnValue:
    draws: Sequence[Draw] = ()
    seen = _seen(quiz)
    if form.validate_on_submit():
        try:
            # Fixed questions are chosen elsewhere and stay as they are.
            draws = (*(one for one in (quiz.draws if quiz else ()) if one.question_id), *_draws())
            quiz_id = _store(form, quiz, draws)
        except EditedMeanwhile as refusal:
            # Told once: saving again is then a choice made with the other version in view.
            seen = quiz.revision if quiz else 0
            form.refuse({"title": refusal.message})
        except Invalid as refusal:
            form.refuse(dict(refusal.fields) or {"title": refusal.message})
        else:
            flash(_("The exam is saved."), "valid")
            return redirect(_back() or url_for(".edit_quiz", quiz_id=quiz_id), 303)
    return _page(form, quiz, draws, seen=seen), 422


def _seen(quiz: Quiz | None) -> int:
    """Return the revision that the author had before them."""
    sent = whole_number(request.form.get("revision"))
    return sent if sent is not None else quiz.revision if quiz and request.method == "GET" else 0


def _store(form: QuizForm, quiz: Quiz | None, draws: Sequence[Draw]) -> QuizId:
    rules = _rules(form)
    if quiz is None:
        quiz_id = service.define_quiz(
            quiz_id=QuizId(form.new_id), quiz_rules=rules, draws=draws, actor=current(), now=clock.now()
        )
    else:
        quiz_id = quiz.id
        service.edit_quiz(
            quiz_id=quiz_id,
            quiz_rules=rules,
            draws=draws,
            revision=_seen(quiz),
            actor=current(),
            now=clock.now(),
        )
    place = _place()
    if place is not None:
        courses.set_activity_config(
            course_id=place[0],
            key=place[1],
            config={"quiz_id": str(quiz_id), "minutes": rules.minutes},
            minutes=rules.minutes or 0,
            actor=current(),
            now=clock.now(),
        )
    return quiz_id


def _rules(form: QuizForm) -> QuizRules:
    words = (form.wait_days.data or "").replace(",", " ").split()
    days = tuple(number for word in words if (number := whole_number(word)) is not None)
    if len(days) < len(words):
        message = _("Give whole days, such as 1, 14, 60.")
        raise Invalid(message, fields={"wait_days": message})
    return QuizRules(
        title=form.title.data or "",
        pass_percent=form.pass_percent.data or 0,
        minutes=form.minutes.data,
        attempts_allowed=form.attempts_allowed.data,
        wait_days=days,
        shuffle_questions=form.shuffle_questions.data,
        shuffle_choices=form.shuffle_choices.data,
        layout=Layout(form.layout.data),
        review=Review(form.review.data),
    )


def _draws() -> Sequence[Draw]:
    """Return the random draws of the form; a source is a bank's id, a space and a tag."""
    pairs = zip(request.form.getlist("source"), request.form.getlist("count"), strict=False)
    known, drawn = queries.list_supplies(), []
    for source, count in pairs:
        bank, _space, tag = source.partition(" ")
        if not bank or count.strip() in {"", "0"}:
            continue
        number = whole_number(count)
        if number is None:
            message = _("Give a whole number of questions.")
            raise Invalid(message, fields={"title": message})
        bank_id = next((one for one in known if str(one) == bank), None)
        if bank_id is None:
            raise Invalid(
                _("Choose a bank with questions."), fields={"title": _("Choose a bank with questions.")}
            )
        drawn.append(Draw(count=number, bank_id=BankId(bank_id), tag=tag))
    return drawn


def _place() -> tuple[CourseId, ActivityKey] | None:
    """Return the activity for which the exam is set up, as the course's editor named it."""
    try:
        return (
            CourseId(UUID(request.args.get("course", ""))),
            ActivityKey(UUID(request.args.get("activity", ""))),
        )
    except ValueError:
        return None


def _back() -> str | None:
    place = _place()
    return f"/author/courses/{place[0]}/activities/{place[1]}" if place else None


def _page(form: QuizForm, quiz: Quiz | None, draws: Sequence[Draw], *, seen: int | None = None) -> str:
    names = {one.id: one.name for one in queries.list_banks()}
    sources = [
        (
            f"{bank_id} {tag}".strip(),
            f"{names[bank_id]}: {tag} ({count})" if tag else f"{names[bank_id]} ({count})",
        )
        for bank_id, supply in queries.list_supplies().items()
        for tag, count in (("", supply.total), *supply.by_tag.items())
        if bank_id in names
    ]
    rows = [(f"{one.bank_id} {one.tag}".strip(), str(one.count)) for one in draws if one.bank_id is not None]
    if request.method == "POST":
        typed = zip(request.form.getlist("source"), request.form.getlist("count"), strict=False)
        rows = [(source, count) for source, count in typed if source or count]
    return render_template(
        "quizzes/quiz.html",
        form=form,
        quiz=quiz,
        seen=_seen(quiz) if seen is None else seen,
        always_asked=sum(one.question_id is not None for one in draws),
        rows=[*rows, *[("", "")] * SPARE_ROWS],
        sources=sources,
        back=_back(),
        action=request.full_path.rstrip("?"),
        may_author=current().may(AUTHOR_QUESTIONS),
    )
