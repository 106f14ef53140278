"""Surveys: handing one in without a name, and what people said, for who asked."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from lms.courses.values import ActivityId, Launch
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.errors import NotFound
from lms.kernel.messages import Message
from lms.quizzes.attempts import queries as attempts
from lms.quizzes.attempts import rules as attempt_rules
from lms.quizzes.attempts import service as attempts_service
from lms.quizzes.attempts.values import Past, Start
from lms.quizzes.bank import queries as bank
from lms.quizzes.errors import NotNow
from lms.quizzes.kinds import kind_of, question_from_json
from lms.quizzes.policy import TAKE_EXAMS, VIEW_QUESTIONS
from lms.quizzes.surveys import queries, rules, service
from lms.quizzes.surveys.values import FEWEST, Counts, SurveyPart, Written
from lms.quizzes.syntax.phrases import phrase_of
from lms.quizzes.syntax.texts import text_to_html
from lms.quizzes.values import QuestionVersionId, Quiz, QuizId, StoredQuestion, Text, TextFormat
from lms.quizzes.views.blueprint import blueprint
from lms.quizzes.views.paper import asking_of
from lms.web.access import requires
from lms.web.exports import csv_download
from lms.web.pages import Page, PageRequest, page_request, walk
from lms.web.words import said

GLIMPSE = 5
EXPORT_SIZE = 500

Texts = Mapping[tuple[QuestionVersionId, str], Sequence[Written]]


@blueprint.get("/learn/exams/<uuid:activity_id>/survey")
@requires(TAKE_EXAMS)
def survey(activity_id: UUID) -> ResponseReturnValue:
    """Ask a survey without names, all of it on one page: nothing is kept until it is handed in."""
    launch, quiz = attempts_service.get_exam(ActivityId(activity_id), current())
    if not quiz.rules.is_anonymous or not _decision(launch, quiz).is_allowed:
        return redirect(url_for(".start", activity_id=activity_id), 303)
    try:
        paper = service.paper_of(quiz)
    except NotNow as refusal:
        flash(refusal.message, "expired")
        return redirect(url_for(".start", activity_id=activity_id), 303)
    return render_template(
        "quizzes/survey.html",
        launch=launch,
        quiz=quiz,
        askings=[
            asking_of(stored, number=number, quiz_rules=quiz.rules)
            for number, (stored, _question, _order) in enumerate(paper, 1)
        ],
        least=FEWEST,
    )


@blueprint.post("/learn/exams/<uuid:activity_id>/survey")
@requires(TAKE_EXAMS)
def hand_in(activity_id: UUID) -> ResponseReturnValue:
    """Take what was said, and that its author took part, apart."""
    form = {name: request.form.getlist(name) for name in request.form}
    service.hand_in(activity_id=ActivityId(activity_id), form=form, actor=current(), now=clock.now())
    return redirect(url_for(".start", activity_id=activity_id), 303)


def _decision(launch: Launch, quiz: Quiz) -> Start:
    if launch.enrolment_id is None:
        raise NotFound
    past = attempts.list_attempts(launch.enrolment_id, launch.activity.key)
    history = [Past(number=one.number, finished_at=one.finished_at, passed=one.passed) for one in past]
    return attempt_rules.may_start(quiz.rules, history, clock.now())


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """How often one answer was given."""

    label: Markup
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PartTold:
    """What was said to a part of a question; `is_hidden` while too few have answered it to tell."""

    key: str
    asked: Markup
    answered: int
    is_hidden: bool
    lines: Sequence[AnswerLine]
    texts: Sequence[Written]
    is_written: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionTold:
    """What was said to a version of a question."""

    version_id: QuestionVersionId
    title: str
    stem: Markup
    number: int
    parts: Sequence[PartTold]


@blueprint.get("/author/quizzes/<uuid:quiz_id>/survey")
@requires(VIEW_QUESTIONS)
def survey_results(quiz_id: UUID) -> ResponseReturnValue:
    """Show how often each answer was given, and the first of what was written."""
    quiz = bank.get_quiz(QuizId(quiz_id))
    return render_template(
        "quizzes/survey_results.html",
        quiz=quiz,
        handed_in=queries.count_handed_in(quiz.id) if quiz.rules.is_survey else 0,
        told=_told(quiz, queries.get_counts(quiz.id), glimpse=GLIMPSE),
        least=FEWEST,
    )


@blueprint.get("/author/quizzes/<uuid:quiz_id>/survey/texts/<uuid:version_id>")
@requires(VIEW_QUESTIONS)
def survey_texts(quiz_id: UUID, version_id: UUID) -> ResponseReturnValue:
    """List all that was written to a question, or to a part of it."""
    quiz, part = bank.get_quiz(QuizId(quiz_id)), request.args.get("part", "")
    version = QuestionVersionId(version_id)
    stored = bank.list_versions([version]).get(version)
    if stored is None or bank.hidden_versions([version], bank.mine()):
        raise NotFound
    is_hidden = _is_hidden(quiz, queries.get_counts(quiz.id).answered(version, part))
    return render_template(
        "quizzes/survey_texts.html",
        quiz=quiz,
        stem=_stem(stored),
        page=None if is_hidden else queries.page_texts(quiz.id, version, part, page_request()),
        least=FEWEST,
    )


@blueprint.get("/author/quizzes/<uuid:quiz_id>/survey.csv")
@requires(VIEW_QUESTIONS)
def survey_table(quiz_id: UUID) -> ResponseReturnValue:
    """Hand the results out: a line for each answer with its count, and one for each text."""
    quiz = bank.get_quiz(QuizId(quiz_id))
    told = _told(quiz, queries.get_counts(quiz.id), glimpse=0)
    header = (_("Question"), _("Version"), _("Part"), _("Answer"), _("Count"))
    return csv_download("survey.csv", header, _batches(quiz, told))


def _batches(quiz: Quiz, told: Sequence[QuestionTold]) -> Iterator[Sequence[Sequence[str]]]:
    """Yield the lines of the table: those of counts at once, texts as many as are read at a time."""
    for one in told:
        for part in (part for part in one.parts if not part.is_hidden):
            begin = (one.title, str(one.number), part.asked.striptags())
            yield [(*begin, line.label.striptags(), str(line.count)) for line in part.lines]
            if part.is_written:
                reader = _reader(quiz.id, one.version_id, part.key)
                for texts in walk(reader, size=EXPORT_SIZE):
                    yield [(*begin, text.text, "1") for text in texts]


def _reader(
    quiz_id: QuizId, version_id: QuestionVersionId, part: str
) -> Callable[[PageRequest], Page[Written]]:
    return lambda at: queries.page_texts(quiz_id, version_id, part, at)


def _is_hidden(quiz: Quiz, answered: int) -> bool:
    return quiz.rules.is_anonymous and answered < FEWEST


def _told(quiz: Quiz, counts: Counts, *, glimpse: int) -> Sequence[QuestionTold]:
    """Return what was said, question by question as the survey asks them."""
    # What was asked of a folder that the reader does not see is left out.
    hidden = bank.hidden_versions(counts.versions, bank.mine())
    versions = bank.list_versions([one for one in counts.versions if one not in hidden])
    order = {draw.question_id: place for place, draw in enumerate(quiz.draws)}
    found = sorted(versions.values(), key=lambda one: (order.get(one.question_id, len(order)), one.number))
    shown = [one for one, written in counts.texts.items() if not _is_hidden(quiz, written)]
    texts = queries.list_first_texts(quiz.id, shown, glimpse) if glimpse else {}
    return [_question(quiz, stored, counts, texts) for stored in found]


def _question(quiz: Quiz, stored: StoredQuestion, counts: Counts, texts: Texts) -> QuestionTold:
    question = question_from_json(stored.content)
    return QuestionTold(
        version_id=stored.id,
        title=question.title,
        stem=_stem(stored),
        number=stored.number,
        parts=[_part(quiz, stored, part, counts, texts) for part in rules.parts_of(question)],
    )


def _part(quiz: Quiz, stored: StoredQuestion, part: SurveyPart, counts: Counts, texts: Texts) -> PartTold:
    answered = counts.answered(stored.id, part.key)
    is_hidden = _is_hidden(quiz, answered)
    return PartTold(
        key=part.key,
        asked=_words(part.asked, stored),
        answered=answered,
        is_hidden=is_hidden,
        lines=[
            AnswerLine(_words(text, stored), counts.by_answer.get((stored.id, part.key, key), 0))
            for key, text in (() if is_hidden else part.answers)
        ],
        texts=texts.get((stored.id, part.key), ()),
        is_written=not part.answers and not is_hidden and answered > 0,
    )


def _stem(stored: StoredQuestion) -> Markup:
    return Markup(kind_of(question_from_json(stored.content)).told(stored.stem))  # noqa: S704  made safe when saved


def _words(text: Text, stored: StoredQuestion) -> Markup:
    if not text:
        return Markup()
    source = said(text.source) if isinstance(text.source, Message) else text.source
    html = text_to_html(Text(source, text.format), attachment=stored.pictures.get)
    return Markup(phrase_of(html) if text.format is not TextFormat.PLAIN else html)  # noqa: S704  sanitised
