"""Opinions: what is said on a scale or in one's own words, and that it earns nothing and costs nothing."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest

from lms.app.portal import Portal
from lms.courses.errors import NotPublishable
from lms.kernel import clock
from lms.kernel.actor import SYSTEM
from lms.kernel.uow import unit_of_work
from lms.quizzes.bank import queries
from lms.quizzes.bank.service.quizzes import edit_quiz
from lms.quizzes.errors import InvalidQuestion, InvalidResponse
from lms.quizzes.formats import FORMATS
from lms.quizzes.kinds import kind_of
from lms.quizzes.kinds.free_text import FreeText, FreeTextResponse
from lms.quizzes.kinds.likert import Likert, LikertPoint, LikertResponse, LikertScale, LikertStatement
from lms.quizzes.values import (
    AttemptId,
    BankId,
    Body,
    Draw,
    ImportedQuestion,
    Question,
    QuestionId,
    QuizId,
    Review,
    Text,
)
from lms.quizzes.views.checks import KnowledgeChecks
from tests.quizzes.exams import (
    OPINIONS,
    RATED,
    SAID,
    VALVE,
    enrol,
    fill_bank,
    finish,
    fixed,
    give,
    set_up_exam,
    sitting,
    start,
)
from tests.support.portal import Cast, Visitor

Visit = Callable[..., Visitor]
STATEMENTS = (LikertStatement("a", Text("Close to my work")), LikertStatement("b", Text("Enough time")))
AGREED = Likert(STATEMENTS)
OWN = Likert(STATEMENTS, LikertScale.OWN, (LikertPoint("x", "not sure"), LikertPoint("y", "sure")))


def asked(body: Body) -> Question:
    return Question(title="Opinion", stem=Text("What do you say?"), body=body)


def draws_of(bank_id: BankId) -> tuple[Draw, ...]:
    with unit_of_work(read_only=True):
        return fixed(bank_id)


@pytest.mark.parametrize(
    "body, keys",
    [
        (AGREED, "1 2 3 4 5"),
        (replace(AGREED, scale=LikertScale.SATISFACTION), "1 2 3 4 5"),
        (replace(AGREED, scale=LikertScale.LIKELIHOOD), "0 1 2 3 4 5 6 7 8 9 10"),
        (OWN, "x y"),
        (replace(OWN, not_applicable=True), "x y na"),
    ],
)
def test_a_statement_takes_the_points_of_its_scale_and_nothing_else(body: Likert, keys: str) -> None:
    question, kind = asked(body), kind_of(asked(body))
    for key in keys.split():
        given = kind.parse_response(question, {"answer-a": [key], "answer-b": [""]})
        assert given == LikertResponse((("a", key),))
    for sent in (["z"], ["na"] if not body.not_applicable else ["NA"], [keys[0], keys[2]]):
        with pytest.raises(InvalidResponse) as refusal:
            kind.parse_response(question, {"answer-b": sent})
        assert set(refusal.value.fields) == {"answer-b"}


def test_a_rating_is_whole_when_every_statement_has_its_answer() -> None:
    question = asked(replace(AGREED, not_applicable=True))
    kind = kind_of(question)
    half, whole = LikertResponse((("a", "4"),)), LikertResponse((("a", "4"), ("b", "na")))
    assert (kind.is_complete(question, half), kind.remark(question, half)) == (False, "Still open: 1.")
    assert (kind.is_complete(question, whole), kind.remark(question, whole)) == (True, None)
    first, second = kind.describe_response(question, whole)
    assert (first.asked.source, first.given.source) == ("Close to my work", "Agree")
    assert second.given.source == "Not applicable"


def test_the_ends_of_a_scale_of_numbers_say_what_they_mean() -> None:
    question = asked(replace(AGREED, scale=LikertScale.LIKELIHOOD))
    (line, _other) = kind_of(question).describe_response(question, LikertResponse((("a", "10"),)))
    assert line.given.source == "10, extremely likely"


WRITTEN = {
    "statement-0-text": "Close to my work",
    "statement-2-text": "Enough time",
    "scale": "own",
    "point-0-text": "not sure",
    "point-1-text": "sure",
}


def test_an_author_writes_statements_and_a_scale() -> None:
    body = kind_of(asked(AGREED)).parse_body({**WRITTEN, "not-applicable": "on"})
    assert isinstance(body, Likert)
    assert [one.text.source for one in body.statements] == ["Close to my work", "Enough time"]
    assert [point.text for point in body.points] == ["not sure", "sure"]
    assert body.not_applicable
    known = kind_of(asked(AGREED)).parse_body({**WRITTEN, "scale": "satisfaction"})
    assert isinstance(known, Likert)
    assert known.own_points == (), "points of one's own are kept for such a scale alone"


@pytest.mark.parametrize(
    "changes, name, said",
    [
        ({"statement-0-text": "", "statement-2-text": ""}, "statements", "Write the statements"),
        ({"point-1-text": ""}, "points", "two points"),
        ({"point-1-text": "not sure"}, "points", "words of its own"),
        ({"point-1-key": "na"}, "points", "not applicable"),
        ({f"point-{at}-text": str(at) for at in range(12)}, "points", "2 to 11 points"),
        ({f"statement-{at}-text": str(at) for at in range(31)}, "points", "at most 30 statements"),
    ],
)
def test_an_author_is_told_what_is_no_scale(changes: dict[str, str], name: str, said: str) -> None:
    with pytest.raises(InvalidQuestion) as refusal:
        kind_of(asked(AGREED)).parse_body({**WRITTEN, **changes})
    assert said in refusal.value.fields[name]


def test_a_scale_of_ones_own_needs_points_and_a_known_one_has_its_own() -> None:
    for wrong in ({"scale": LikertScale.OWN}, {"own_points": OWN.own_points}):
        with pytest.raises(ValueError, match="points of its own"):
            replace(AGREED, **wrong)


@pytest.mark.parametrize(
    "text, kept",
    [
        ("More time.", "More time."),
        ("One\r\nTwo", "One\nTwo"),
        ("🙂" * 10, "🙂" * 10),
        ("1234\r\n6789", "1234\n6789"),
        ("<script>alert(1)</script>"[:10], "<script>al"),
    ],
)
def test_what_is_written_is_kept_as_it_is_up_to_the_limit(text: str, kept: str) -> None:
    question = asked(FreeText(10))
    kind = kind_of(question)
    given = kind.parse_response(question, {"answer": [text]})
    assert given == FreeTextResponse(kept)
    assert kind.is_complete(question, given)


@pytest.mark.parametrize("sent", [["12345678901"], ["one", "two"]])
def test_more_than_the_limit_is_refused_by_the_server_too(sent: list[str]) -> None:
    question = asked(FreeText(10))
    with pytest.raises(InvalidResponse) as refusal:
        kind_of(question).parse_response(question, {"q3": sent}, "q3")
    assert set(refusal.value.fields) == {"q3"}


@pytest.mark.parametrize("word", ["", "0", "-5", "5001", "99999999", "ten", "1.5", "\u0665"])
def test_an_author_gives_a_limit_that_holds(word: str) -> None:
    with pytest.raises(InvalidQuestion) as refusal:
        kind_of(SAID).parse_body({"characters": word})
    assert "from 1 to 5000" in refusal.value.fields["characters"]


@pytest.mark.parametrize("question", OPINIONS, ids=lambda one: one.type)
@pytest.mark.parametrize("name", ["gift", "moodle_xml"])
def test_files_of_others_leave_opinions_out_and_say_so(name: str, question: Question) -> None:
    imported = ImportedQuestion(question)
    (loss,) = FORMATS[name].losses(imported)
    assert loss.startswith("the whole question")
    assert question.stem.source.encode() not in FORMATS[name].write([imported])


def set_mark(quiz_id: QuizId, percent: int) -> None:
    """Change a pass mark after the course was published."""
    with unit_of_work():
        quiz = queries.get_quiz(quiz_id)
        edit_quiz(
            quiz_id=quiz_id,
            quiz_rules=replace(quiz.rules, pass_percent=percent),
            draws=quiz.draws,
            revision=quiz.revision,
            actor=SYSTEM,
            now=clock.now(),
        )


SAY: tuple[dict[str, list[str]], ...] = (
    {"answer-a": ["2"], "answer-b": ["5"]},
    {"answer": ["Less <b>talk</b>"]},
)


def take(app: Portal, cast: Cast, *, answers: bool = True, percent: int = 0) -> AttemptId:
    """Return an attempt at an exam of opinions alone, handed in."""
    draws = draws_of(fill_bank(OPINIONS))
    course_id, exam = set_up_exam(draws, review=Review.ANSWERS, pass_percent=0)
    if percent:
        set_mark(QuizId(UUID(exam.config["quiz_id"])), percent)
    enrol(cast.amara, course_id)
    attempt = start(exam.id, cast.amara)
    for number, form in enumerate(SAY if answers else (), 1):
        give(attempt, number, form, cast.amara)
    finish(attempt, cast.amara)
    return attempt


@pytest.mark.parametrize("answers", [True, False])
def test_handing_in_opinions_passes_without_a_score(app: Portal, cast: Cast, answers: bool) -> None:
    ended = sitting(take(app, cast, answers=answers), cast.amara).attempt
    assert ended.passed
    assert ended.score is None
    assert (ended.earned, ended.marks) == (Decimal(0), Decimal(0))


def test_a_pass_mark_that_nobody_can_reach_is_told_to_authors_and_to_who_took_it(
    app: Portal, cast: Cast, visit: Visit
) -> None:
    attempt = take(app, cast, percent=80)
    assert not sitting(attempt, cast.amara).attempt.passed
    page = visit(cast.amara).get(f"/learn/exams/{attempt}/result").text
    assert "nobody reaches its pass mark of 80%" in page


@pytest.mark.parametrize(
    "questions, tag, percent, may_publish",
    [
        (OPINIONS, "", 80, False),
        (OPINIONS, "", 0, True),
        ((*OPINIONS, VALVE), "", 80, True),
        ((*OPINIONS, replace(VALVE, tags=("other",))), "mine", 80, False),
    ],
)
@pytest.mark.parametrize("is_drawn", [True, False])
def test_an_exam_that_cannot_be_passed_is_not_published_unseen(
    app: Portal,
    cast: Cast,
    questions: tuple[Question, ...],
    tag: str,
    percent: int,
    may_publish: bool,
    is_drawn: bool,
) -> None:
    tagged = [replace(one, tags=(tag,)) if tag and one in OPINIONS else one for one in questions]
    bank_id = fill_bank(tagged)
    draws: tuple[Draw, ...] = (Draw(count=2, bank_id=bank_id, tag=tag),)
    if not is_drawn:
        draws = draws_of(bank_id)[: 2 if tag else None]
    told = nullcontext() if may_publish else pytest.raises(NotPublishable, match="Nothing in this exam earns")
    with told:
        set_up_exam(draws, pass_percent=percent)


def test_no_page_of_a_learner_speaks_of_points_or_of_right_and_wrong(
    app: Portal, cast: Cast, visit: Visit
) -> None:
    course_id, exam = set_up_exam(draws_of(fill_bank(OPINIONS)), review=Review.ANSWERS, pass_percent=0)
    enrol(cast.amara, course_id)
    amara = visit(cast.amara)
    begin = amara.get(f"/learn/exams/{exam.id}/start").text
    attempt = start(exam.id, cast.amara)
    for number, form in enumerate(SAY, 1):
        give(attempt, number, form, cast.amara)
    question = amara.get(f"/learn/exams/{attempt}/1").text
    finish(attempt, cast.amara)
    result = amara.get(f"/learn/exams/{attempt}/result").text
    again = amara.get(f"/learn/exams/{exam.id}/start").text
    assert "No points" in question
    assert "The answers are in." in result
    assert result.count("Answered") >= len(OPINIONS)
    assert "Strongly agree" in result
    assert "Less &lt;b&gt;talk&lt;/b&gt;" in result
    assert "Handed in" in again
    for page in (begin, question, result, again):
        main = page[page.index("<main") :]
        for word in ("1 point", "0%", "pass mark", "Pass mark", "Wrong", ">Right", "0 of 0"):
            assert word not in main, word


def test_opinions_change_nothing_in_an_exam_that_is_marked(app: Portal, cast: Cast, visit: Visit) -> None:
    course_id, exam = set_up_exam(draws_of(fill_bank((VALVE, *OPINIONS))), pass_percent=100)
    enrol(cast.amara, course_id)
    attempt = start(exam.id, cast.amara)
    give(attempt, 1, {"answer": ["b"]}, cast.amara)
    finish(attempt, cast.amara)
    ended = sitting(attempt, cast.amara).attempt
    assert (ended.passed, ended.score, ended.marks) == (True, Decimal(1), Decimal(1))
    assert "You passed with 100%." in visit(cast.amara).get(f"/learn/exams/{attempt}/result").text


def test_authors_see_neither_points_nor_a_right_answer(app: Portal, cast: Cast, visit: Visit) -> None:
    bank_id = fill_bank((RATED,))
    with unit_of_work(read_only=True):
        question = queries.pool(bank_id, "")[0]
    tomas = visit(cast.tomas)
    page = tomas.get(f"/author/questions/items/{question}").text
    assert "Show the right answer" not in page
    assert "None: it asks for an opinion" in page
    tried = tomas.get(f"/author/questions/items/{question}?try=1&q1-a=1&q1-b=na").text
    assert "Strongly disagree" in tried
    assert "Wrong" not in tried
    assert "Answered" in tried
    assert '<td class="num"></td>' in tomas.get(f"/author/questions/{bank_id}").text
    assert ",,1," in tomas.get(f"/author/questions/{bank_id}.csv").text
    form = tomas.get(f"/author/questions/items/{question}/edit").text
    assert 'name="marks"' not in form
    assert 'name="feedback_correct"' not in form


def test_a_preview_takes_opinions_as_an_exam_does(app: Portal, cast: Cast, visit: Visit) -> None:
    _course, exam = set_up_exam(draws_of(fill_bank(OPINIONS)), pass_percent=0)
    tomas = visit(cast.tomas)
    address = f"/author/quizzes/{exam.config['quiz_id']}/preview"
    page = tomas.get(address).text
    hidden = {
        name: page.partition(f'name="{name}" value="')[2].partition('"')[0] for name in ("seed", "drawn")
    }
    result = tomas.post(address, {**hidden, "q1-a": "2", "q1-b": "5", "q2": "More", "go": "check"}).text
    assert "The answers are in." in result
    assert "This would" not in result


def test_a_lesson_asks_no_opinion_since_nobody_would_hear_it(app: Portal, cast: Cast) -> None:
    fill_bank((*OPINIONS, VALVE))
    with unit_of_work(read_only=True):
        offered = [words for _id, words in KnowledgeChecks().choices()]
    assert offered == [f"Cold: {VALVE.title}"]


def test_a_known_scale_speaks_the_readers_language(app: Portal, cast: Cast, visit: Visit) -> None:
    bank_id = fill_bank((RATED,))
    with unit_of_work(read_only=True):
        question: QuestionId = queries.pool(bank_id, "")[0]
    tomas = visit(cast.tomas)
    tomas.client.set_cookie("locale", "de")
    page = tomas.get(f"/author/questions/items/{question}").text
    assert "Stimme völlig zu" in page
    assert "Trifft nicht zu" in page
