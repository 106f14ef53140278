"""The authors' page of an exam: its rules, and where its questions come from."""

from collections import Counter
from collections.abc import Collection, Mapping
from decimal import Decimal
from urllib.parse import urlencode
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
from lms.quizzes.bank.forms import ANONYMOUS, EXAM, SURVEY, QuizForm, days_of
from lms.quizzes.bank.forms.papers import Paper, PaperForm
from lms.quizzes.bank.rules.coverage import Cell, Covered, coverage
from lms.quizzes.errors import EditedMeanwhile
from lms.quizzes.policy import AUTHOR_QUESTIONS, VIEW_QUESTIONS
from lms.quizzes.values import (
    A_THIRD,
    Difficulty,
    Draw,
    Grading,
    Layout,
    Quiz,
    QuizId,
    QuizRules,
    Review,
    Telling,
)
from lms.quizzes.views.blueprint import blueprint
from lms.quizzes.views.narrowed import difficulty_words
from lms.quizzes.views.offers import Offer, offers_of
from lms.quizzes.views.overtaken import is_told, overtaken
from lms.quizzes.views.veil import Veil, veil_of
from lms.web.access import requires
from lms.web.numbers import whole_number
from lms.web.words import said


@blueprint.get("/author/quizzes/new")
@requires(AUTHOR_QUESTIONS)
def new_quiz() -> ResponseReturnValue:
    """Show an empty exam."""
    return _page(QuizForm(title=request.args.get("title", "")), PaperForm.blank(), None)


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
        purpose=_purpose(rules),
        pass_percent=rules.pass_percent,
        minutes=rules.minutes,
        attempts_allowed=rules.attempts_allowed,
        wait_days=", ".join(str(days) for days in rules.wait_days),
        layout=rules.layout.value,
        review=rules.review.value,
        telling=rules.telling.value,
        penalty=round(rules.penalty * 100),
        honour=rules.honour,
        grading=rules.grading.value,
        may_retry=rules.may_retry,
        shuffle_questions=rules.shuffle_questions,
        shuffle_choices=rules.shuffle_choices,
        blind=rules.blind,
    )
    groups = service.groups_of(queries.list_apart(quiz.id))
    return _page(form, PaperForm.filled(quiz, groups), quiz)


@blueprint.post("/author/quizzes/<uuid:quiz_id>")
@requires(AUTHOR_QUESTIONS)
def change_quiz(quiz_id: UUID) -> ResponseReturnValue:
    """Change an exam."""
    return _save(QuizForm(), queries.get_quiz(QuizId(quiz_id)))


def _save(form: QuizForm, quiz: Quiz | None) -> ResponseReturnValue:
    paper, deed = PaperForm.posted(request.form), request.form.get("do", "")
    supplies = queries.list_supplies()
    veil = veil_of(quiz, supplies)
    veil.lift(paper)
    if paper.act(deed):
        return _page(form, paper, quiz, seen=_seen(quiz))
    seen = _seen(quiz)
    asked = paper.read([*supplies, *veil.banks])
    if form.validate_on_submit() and asked is not None:
        try:
            quiz_id = _store(form, quiz, asked)
        except EditedMeanwhile:
            # Told once: saving again is then a choice made with the other version in view.
            return _page(form, paper, quiz, seen=quiz.revision if quiz else 0, is_stale=True), 422
        except Invalid as refusal:
            _refuse(form, paper, refusal)
        else:
            return _saved(quiz_id, PaperForm.place_of(deed))
    return _page(form, paper, quiz, seen=seen), 422


def _saved(quiz_id: QuizId, place: Mapping[str, int] | None) -> ResponseReturnValue:
    if place is not None:
        # What was typed is saved on the way: nothing of it is lost while questions are chosen.
        return redirect(f"{url_for('.choose', quiz_id=quiz_id)}?{urlencode({**place, **where()})}", 303)
    flash(_("The exam is saved."), "valid")
    return redirect(_back() or url_for(".edit_quiz", quiz_id=quiz_id), 303)


def _refuse(form: QuizForm, paper: PaperForm, refusal: Invalid) -> None:
    """Put complaints beside the fields they name; what concerns what is asked, at its head."""
    fields = dict(refusal.fields) or {"title": refusal.message}
    form.refuse({name: message for name, message in fields.items() if name in form})
    rest = [message for name, message in fields.items() if name not in form]
    if rest:
        paper.faults["paper"] = " ".join(dict.fromkeys(rest))


def _seen(quiz: Quiz | None) -> int:
    """Return the revision that the author had before them."""
    sent = whole_number(request.form.get("revision"))
    return sent if sent is not None else quiz.revision if quiz and request.method == "GET" else 0


def _store(form: QuizForm, quiz: Quiz | None, asked: Paper) -> QuizId:
    rules = _rules(form, asked)
    if quiz is None:
        quiz_id = service.define_quiz(
            quiz_id=QuizId(form.new_id),
            quiz_rules=rules,
            draws=asked.draws,
            apart=asked.apart,
            actor=current(),
            now=clock.now(),
        )
    else:
        quiz_id = quiz.id
        service.edit_quiz(
            quiz_id=quiz_id,
            quiz_rules=rules,
            draws=asked.draws,
            apart=asked.apart,
            revision=_seen(quiz),
            actor=current(),
            now=clock.now(),
        )
    place = _place()
    if place is not None:
        courses.set_activity_config(
            course_id=place[0],
            key=place[1],
            config={
                "quiz_id": str(quiz_id),
                "minutes": rules.minutes,
                **({"is_survey": True} if rules.is_survey else {}),
            },
            minutes=rules.minutes or 0,
            actor=current(),
            now=clock.now(),
        )
    return quiz_id


def _rules(form: QuizForm, asked: Paper) -> QuizRules:
    is_survey = form.purpose.data != EXAM
    return QuizRules(
        title=form.title.data or "",
        # What a survey has no use for is not asked of its author to clear.
        pass_percent=0 if is_survey else form.pass_percent.data or 0,
        minutes=None if form.purpose.data == ANONYMOUS else form.minutes.data,
        attempts_allowed=form.attempts_allowed.data,
        wait_days=days_of(form.wait_days.data) or (),
        shuffle_questions=form.shuffle_questions.data,
        shuffle_choices=form.shuffle_choices.data,
        blind=form.blind.data,
        layout=Layout(form.layout.data),
        review=Review(form.review.data),
        telling=Telling.AT_END if is_survey else Telling(form.telling.data),
        penalty=_penalty(form.penalty.data),
        is_survey=is_survey,
        is_anonymous=form.purpose.data == ANONYMOUS,
        honour="" if is_survey else (form.honour.data or "").strip(),
        sections=asked.sections,
        grading=Grading.BEST if is_survey else Grading(form.grading.data),
        may_retry=not is_survey and form.may_retry.data,
    )


def _purpose(rules: QuizRules) -> str:
    return ANONYMOUS if rules.is_anonymous else SURVEY if rules.is_survey else EXAM


def _penalty(percent: int | None) -> Decimal:
    """Return what a further try costs; 33 per cent is a third, as in the files that questions come in."""
    return A_THIRD if percent is None or percent == round(A_THIRD * 100) else Decimal(percent) / 100


def _place() -> tuple[CourseId, ActivityKey] | None:
    """Return the activity for which the exam is set up, as the course's editor named it."""
    try:
        return (
            CourseId(UUID(request.args.get("course", ""))),
            ActivityKey(UUID(request.args.get("activity", ""))),
        )
    except ValueError:
        return None


def where() -> dict[str, str]:
    """Return what an address says of the activity for which the exam is set up, to be carried along."""
    return {name: request.args[name] for name in ("course", "activity") if name in request.args}


def _back() -> str | None:
    place = _place()
    return f"/author/courses/{place[0]}/activities/{place[1]}" if place else None


def _covered(quiz: Quiz) -> Mapping[str, Mapping[Difficulty | None, Covered]]:
    """Return what an exam covers of what its reader sees, by objective and then by difficulty. Two queries."""
    sight = queries.mine()
    banks = [Draw(bank_id=one) for one in dict.fromkeys(draw.bank_id for draw in quiz.draws if draw.bank_id)]
    stock: Counter[Cell] = Counter()
    for supply in queries.supplies_of(banks, sight):
        stock.update(supply)
    table: dict[str, dict[Difficulty | None, Covered]] = {}
    for (objective, difficulty), one in coverage(
        quiz.draws, queries.supplies_of(quiz.draws, sight), stock
    ).items():
        table.setdefault(objective, {})[difficulty] = one
    return table


def _known(offers: Mapping[str, Offer], veil: Veil) -> Mapping[str, Mapping[str, Collection[str]]]:
    """Return what each bank can narrow a draw by, with what the exam holds of it that its author does not see."""
    banks = {*offers, *(str(one) for one in veil.banks)}
    known = {bank: offers[bank].known if bank in offers else {} for bank in banks}
    return {
        bank: {part: [*known[bank].get(part, ()), *values] for part, values in veil.known_in(bank).items()}
        for bank in banks
    }


def _page(
    form: QuizForm,
    paper: PaperForm,
    quiz: Quiz | None,
    *,
    seen: int | None = None,
    is_stale: bool = False,
) -> str:
    supplies = queries.list_supplies()
    offers = offers_of(paper, supplies)
    veil = veil_of(quiz, supplies)
    paper.forget_elsewhere(_known(offers, veil))
    lines = queries.list_lines(paper.questions())
    veil.lay_over(paper)
    return render_template(
        "quizzes/quiz.html",
        form=form,
        paper=paper,
        quiz=quiz,
        other=overtaken(quiz.id) if quiz and (is_stale or is_told()) else None,
        seen=_seen(quiz) if seen is None else seen,
        banks=[
            (str(one.id), f"{one.name} ({supplies[one.id].total})")
            for one in queries.list_banks()
            if one.id in supplies
        ],
        offers=offers,
        difficulties=difficulty_words(),
        lines={str(one.id): one for one in lines.values()},
        problems=[said(one) for one in service.problems_of(quiz.id)]
        if quiz and request.method == "GET"
        else (),
        covered=_covered(quiz) if quiz and request.method == "GET" else None,
        back=_back(),
        action=request.full_path.rstrip("?"),
        may_author=current().may(AUTHOR_QUESTIONS),
    )
