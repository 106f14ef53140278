"""What attempts say of an exam and of a question, for the manufacturer's authors: numbers, remarks, tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from lms.kernel.errors import NotFound
from lms.kernel.messages import Message
from lms.kernel.richtext import plain_text_of
from lms.quizzes.bank import queries as bank
from lms.quizzes.kinds import kind_of, question_from_json
from lms.quizzes.policy import VIEW_QUESTIONS
from lms.quizzes.statistics import queries, rules
from lms.quizzes.statistics.values import (
    FEWEST,
    LONGEST_SECONDS,
    MILLION,
    Answers,
    Change,
    Chosen,
    Flag,
    FlagKind,
    Item,
    Measures,
    Which,
)
from lms.quizzes.surveys.rules import parts_of
from lms.quizzes.surveys.values import NUMBER_ANSWERED
from lms.quizzes.syntax.phrases import phrase_of
from lms.quizzes.syntax.texts import text_to_html
from lms.quizzes.values import Question, QuestionId, QuestionType, QuizId, StoredQuestion, Text
from lms.quizzes.views.blueprint import blueprint
from lms.quizzes.views.narrowed import difficulty_words
from lms.quizzes.views.paper import type_words
from lms.quizzes.views.veil import without_hidden
from lms.web.access import requires
from lms.web.asked import asked_choice, asked_number, asked_word
from lms.web.exports import Row, table_download
from lms.web.pages import Order, Page, page_order, page_request, walk
from lms.web.words import said

QUESTIONS_SHOWN: Final = 25
VERSIONS_SHOWN: Final = 10
EXPORT_SIZE: Final = 100
BARS: Final = 20
BAR_PERCENT: Final = 5
WORST_FIRST: Final = Order("rank")


@dataclass(frozen=True, slots=True)
class FlagShown:
    """A remark in words, and what to do."""

    title: str
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemShown:
    """A version of a question with what its numbers say."""

    item: Item
    measures: Measures
    title: str
    type: QuestionType
    number: int
    flags: Sequence[FlagShown]
    is_enough: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """Attempts whose score lies from one per cent to below another, those that reach the pass mark apart."""

    least: int
    most: int
    below: int
    reached: int


@dataclass(frozen=True, slots=True)
class AnswerShown:
    """How often an answer was given, whether it is right, and how well who gave it did with the other questions."""

    label: Markup
    is_right: bool
    times: int
    rest: float | None


@dataclass(frozen=True, slots=True)
class PartShown:
    """A part of a question with its answers."""

    asked: Markup
    answered: int
    answers: Sequence[AnswerShown]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionShown:
    """A version of a question in an exam, beside the version before it there."""

    quiz_id: QuizId
    quiz_title: str
    shown: ItemShown
    parts: Sequence[PartShown]
    change: str


@blueprint.get("/author/quizzes/<uuid:quiz_id>/statistics")
@requires(VIEW_QUESTIONS)
def statistics(quiz_id: UUID) -> ResponseReturnValue:
    """Show how an exam measures, by its scores, its objectives and its questions."""
    quiz, which = bank.get_quiz(QuizId(quiz_id)), _which()
    if quiz.rules.is_survey:
        return redirect(url_for(".survey_results", quiz_id=quiz_id), 303)
    totals = queries.list_totals(quiz.id, which)
    n = sum(one.n for one in totals)
    order, only_flagged = page_order(queries.ORDERS, default=WORST_FIRST), _only_flagged()
    found = queries.page_items(
        quiz.id, which, order, page_request(size=QUESTIONS_SHOWN), only_flagged=only_flagged
    )
    versions, flagged = queries.count_items(quiz.id, which)
    return render_template(
        "quizzes/statistics.html",
        quiz=quiz,
        which=which,
        whole=rules.whole_of(totals, queries.list_common(quiz.id, which, n)),
        bars=bars_of(queries.get_scores(quiz.id, which), quiz.rules.pass_percent),
        objectives=queries.list_objectives(quiz.id, which),
        page=_shown(quiz.id, which, found),
        sort=order.asked,
        only_flagged=only_flagged,
        versions=versions,
        flagged=flagged,
        fewest=FEWEST,
        longest_minutes=LONGEST_SECONDS // 60,
        type_words=type_words(),
        draws=[number for number, draw in enumerate(quiz.draws) if draw.bank_id is not None],
    )


@blueprint.get("/author/quizzes/<uuid:quiz_id>/statistics.<any(csv, xlsx):ending>")
@requires(VIEW_QUESTIONS)
def table_of_statistics(quiz_id: UUID, ending: str) -> ResponseReturnValue:
    """Hand the numbers of an exam's questions out."""
    quiz, which, words = bank.get_quiz(QuizId(quiz_id)), _which(), type_words()
    only_flagged = _only_flagged()
    header = (
        *(_("Question"), _("Version"), _("Type"), _("Attempts"), _("Answered"), _("Facility (per cent)")),
        *(_("Discrimination"), _("Mean time (seconds)"), _("To look at")),
    )
    batches = walk(
        lambda at: _shown(
            quiz.id, which, queries.page_items(quiz.id, which, WORST_FIRST, at, only_flagged=only_flagged)
        ).map(lambda one: _cells(one, words)),
        size=EXPORT_SIZE,
    )
    return table_download(ending, "statistics", header, batches)


def _cells(one: ItemShown, words: Mapping[QuestionType, str]) -> Row:
    found = one.measures
    return (
        *(one.title, one.number, words.get(one.type, one.type), one.item.n, one.item.answered),
        _number(found.facility, 100, 2),
        _number(found.discrimination, 1, 4),
        _number(found.seconds, 1, 1),
        " ".join(flag.title for flag in one.flags),
    )


def _number(value: float | None, times: int, digits: int) -> Decimal | None:
    """Return a number as a cell: a text that began with a minus would not be one."""
    return None if value is None else Decimal(f"{value * times:.{digits}f}")


@blueprint.get("/author/quizzes/<uuid:quiz_id>/statistics/answers.<any(csv, xlsx):ending>")
@requires(VIEW_QUESTIONS)
def table_of_answers(quiz_id: UUID, ending: str) -> ResponseReturnValue:
    """Hand out how often each answer to an exam's questions was given."""
    quiz, which = bank.get_quiz(QuizId(quiz_id)), _which()
    header = (
        *(_("Question"), _("Version"), _("Part"), _("Answer"), _("Right"), _("Count")),
        *(_("Answered"), _("Score with the other questions (per cent)")),
    )
    yes, no = _("yes"), _("no")
    batches = (
        [row for rows in batch for row in rows]
        for batch in walk(
            lambda at: _answer_rows(
                quiz.id, which, queries.page_items(quiz.id, which, WORST_FIRST, at), yes, no
            ),
            size=EXPORT_SIZE,
        )
    )
    return table_download(ending, "answers", header, batches)


def _answer_rows(quiz_id: QuizId, which: Which, page: Page[Item], yes: str, no: str) -> Page[Sequence[Row]]:
    ids = [one.version_id for one in page.items]
    stored, answers = bank.list_versions(ids), queries.list_answers(quiz_id, which, ids)
    return page.map(
        lambda item: [
            (
                *(question_from_json(stored[item.version_id].content).title, stored[item.version_id].number),
                *(part.asked.striptags(), one.label.striptags(), yes if one.is_right else no, one.times),
                *(part.answered, _number(one.rest, 100, 1)),
            )
            for part in _parts(stored[item.version_id], answers[item.version_id])
            for one in part.answers
        ]
    )


@blueprint.get("/author/quizzes/<uuid:quiz_id>/exposure")
@requires(VIEW_QUESTIONS)
def exposure(quiz_id: UUID) -> ResponseReturnValue:
    """Show how often each question was drawn that a draw of an exam may choose."""
    quiz = bank.get_quiz(QuizId(quiz_id))
    draws = [
        (number, draw) for number, draw in enumerate(without_hidden(quiz), 1) if draw.bank_id is not None
    ]
    wanted = asked_number("draw")
    chosen = next((one for one in draws if wanted in {None, one[0]}), None)
    if chosen is None or chosen[1].bank_id is None:
        raise NotFound
    names = {one.id: one.name for one in bank.list_banks()}
    return render_template(
        "quizzes/exposure.html",
        quiz=quiz,
        draws=draws,
        names=names,
        difficulties=difficulty_words(),
        number=chosen[0],
        draw=chosen[1],
        pool=queries.get_pool(quiz.id, quiz.draws[chosen[0] - 1]),
        attempts=sum(one.n for one in queries.list_totals(quiz.id, Which.ALL)),
        page=queries.page_exposed(quiz.id, quiz.draws[chosen[0] - 1], page_request()),
    )


@blueprint.get("/author/questions/items/<uuid:question_id>/statistics")
@requires(VIEW_QUESTIONS)
def question_statistics(question_id: UUID) -> ResponseReturnValue:
    """Show how a question does, exam by exam and version by version, with what was answered."""
    view, which = bank.get_question(QuestionId(question_id)), _which()
    page = queries.page_versions(view.line.id, which, page_request(size=VERSIONS_SHOWN))
    stored = bank.list_versions([one[3].version_id for one in page.items])
    answers = queries.list_answers_in({one[0] for one in page.items}, which, stored)
    return render_template(
        "quizzes/question_statistics.html",
        view=view,
        which=which,
        page=page.map(
            lambda one: _version(
                one, stored[one[3].version_id], answers.get((one[0], one[3].version_id), {}), page.items
            )
        ),
        fewest=FEWEST,
        type_words=type_words(),
    )


def _version(
    found: tuple[QuizId, str, int, Item],
    stored: StoredQuestion,
    answers: Answers,
    beside: Sequence[tuple[QuizId, str, int, Item]],
) -> VersionShown:
    quiz_id, title, number, item = found
    earlier = [one for one in beside if one[0] == quiz_id and one[2] < number]
    before = max(earlier, key=lambda one: one[2], default=None)
    return VersionShown(
        quiz_id=quiz_id,
        quiz_title=title,
        shown=_item(item, stored, answers),
        parts=_parts(stored, answers),
        change=change_words(rules.change_of(before[3], item), before[2]) if before is not None else "",
    )


def _which() -> Which:
    return asked_word("which", Which) or Which.FIRST


def _only_flagged() -> bool:
    return asked_choice("look", {"flagged"}) == "flagged"


def _shown(quiz_id: QuizId, which: Which, page: Page[Item]) -> Page[ItemShown]:
    ids = [one.version_id for one in page.items]
    stored, answers = bank.list_versions(ids), queries.list_answers(quiz_id, which, ids)
    return page.map(lambda item: _item(item, stored[item.version_id], answers[item.version_id]))


def _item(item: Item, stored: StoredQuestion, answers: Answers) -> ItemShown:
    question = question_from_json(stored.content)
    flags = rules.flags_of(item, answers, rules.options_of(question))
    return ItemShown(
        item=item,
        measures=rules.measure(item),
        title=question.title,
        type=question.type,
        number=stored.number,
        flags=_flags(flags, question),
        is_enough=item.n >= FEWEST,
    )


def bars_of(scores: Mapping[int, int], pass_percent: int) -> Sequence[Bar]:
    """Return the scores in bars of five per cent, the last with 100 in it; empty where there are none."""
    if not scores:
        return ()
    bars = [[0, 0] for _bar in range(BARS)]
    for percent, count in scores.items():
        bars[min(percent // BAR_PERCENT, BARS - 1)][percent >= pass_percent] += count
    return [
        Bar(number * BAR_PERCENT, (number + 1) * BAR_PERCENT, below, reached)
        for number, (below, reached) in enumerate(bars)
    ]


def _flags(flags: Sequence[Flag], question: Question) -> Sequence[FlagShown]:
    labels = {
        (part.key, key): plain_text_of(_html(text)).strip()
        for part in (parts_of(question) if any(one.answer for one in flags) else ())
        for key, text in part.answers
    }
    # Several that nobody chose are one remark.
    said_of: dict[tuple[FlagKind, str], list[str]] = {}
    for one in flags:
        key = one.kind, "" if one.kind is FlagKind.UNCHOSEN else one.answer
        said_of.setdefault(key, []).append(labels.get((one.part, one.answer), one.answer))
    return [flag_words(kind, "”, “".join(names)) for (kind, _answer), names in said_of.items()]


def flag_words(kind: FlagKind, answer: str = "") -> FlagShown:
    """Return a remark in the reader's words, with what to do about it."""
    match kind:
        case FlagKind.STRONG_FAIL:
            return FlagShown(
                _("Strong learners fail this."),
                _(
                    "Who does well elsewhere does badly here: see whether the key is right, and whether two answers"
                    " can be defended."
                ),
            )
        case FlagKind.RIVAL:
            return FlagShown(
                _("Who chose “%(answer)s” is stronger than who chose the right answer.", answer=answer),
                _("See whether the key is right, or say in the question what tells the two apart."),
            )
        case FlagKind.UNCHOSEN:
            return FlagShown(
                _("Nobody chose “%(answer)s”.", answer=answer),
                _("Put something there that who does not know would believe, or take it out."),
            )
        case FlagKind.HARD:
            return FlagShown(
                _("Hardly anybody knows this."),
                _("See whether the course teaches it, and whether the question can be understood."),
            )
        case FlagKind.WEAK:
            return FlagShown(
                _("It hardly tells strong learners from weak ones."),
                _("Look for a hint in its words, for an answer that can be guessed, or for a trap."),
            )
        case FlagKind.ALL_RIGHT:
            return FlagShown(
                _("Everybody answers this right."),
                _("Keep it where everybody must know it; it tells nobody apart."),
            )


def change_words(change: Change, before: int) -> str:
    """Return what a version is beside the one before."""
    words = {
        Change.EASIER: _("Easier than version %(number)s, by more than chance.", number=before),
        Change.HARDER: _("Harder than version %(number)s, by more than chance.", number=before),
        Change.ALIKE: _("As hard as version %(number)s, as far as can be told.", number=before),
        Change.NOT_KNOWN: _("Too few attempts to compare it with version %(number)s.", number=before),
    }
    return words[change]


def _parts(stored: StoredQuestion, answers: Answers) -> Sequence[PartShown]:
    """Return the parts of a question whose answers can be chosen, with how often each was."""
    question = question_from_json(stored.content)
    right = rules.options_of(question).right
    nobody = Chosen(0, 0)
    return [
        PartShown(
            _label(part.asked, stored),
            answers.get((part.key, NUMBER_ANSWERED), nobody).times,
            [
                AnswerShown(
                    _label(text, stored),
                    key in right.get(part.key, ()),
                    (given := answers.get((part.key, key), nobody)).times,
                    given.rest / given.times / MILLION if given.times else None,
                )
                for key, text in part.answers
            ],
        )
        for part in parts_of(question)
        if part.answers and kind_of(question).is_scored
    ]


def _label(text: Text, stored: StoredQuestion) -> Markup:
    return Markup(phrase_of(_html(text, stored))) if text else Markup()  # noqa: S704  sanitised


def _html(text: Text, stored: StoredQuestion | None = None) -> str:
    source = said(text.source) if isinstance(text.source, Message) else text.source
    return text_to_html(Text(source, text.format), attachment=stored.pictures.get if stored else None)
