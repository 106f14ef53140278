"""A survey scores nothing and handing it in is all; without names nothing stored leads back to anybody."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from sqlalchemy import func, select

from lms.app.factory import deliver_outbox
from lms.app.portal import Portal
from lms.courses import facade as courses
from lms.courses.values import Activity, CourseId
from lms.identity.values import PersonId
from lms.kernel import clock
from lms.kernel.actor import SYSTEM
from lms.kernel.db import Model, db
from lms.kernel.errors import Invalid
from lms.kernel.uow import unit_of_work
from lms.quizzes.attempts.models import AttemptRow, SlotRow
from lms.quizzes.bank.service.quizzes import edit_quiz
from lms.quizzes.errors import NotNow
from lms.quizzes.kinds import KINDS, kind_of
from lms.quizzes.kinds.likert import LikertResponse
from lms.quizzes.kinds.multiple_choice import MultipleChoiceResponse
from lms.quizzes.surveys import queries, rules, service
from lms.quizzes.surveys.models import SurveyCountRow, SurveyTextRow
from lms.quizzes.surveys.values import Said
from lms.quizzes.values import Question, QuizId, QuizRules, Response, Telling
from tests.quizzes.exams import (
    CHECKS,
    COLD,
    EVERY_KIND,
    PAIRS,
    RATED,
    SAID,
    STEPS,
    VALVE,
    actor_of,
    enrol,
    fill_bank,
    finish,
    fixed,
    give,
    set_up_exam,
    sitting,
    start,
)
from tests.quizzes.questions import questions
from tests.quizzes.test_attempts import at_once
from tests.support.portal import Cast

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ASKED = (RATED, VALVE, SAID)
ANSWERS: dict[str, Any] = {
    "q1-a": ["5"],
    "q1-b": ["na"],
    "q2": ["b"],
    "q3": ["Fewer slides, more time at the bench."],
}
Survey = tuple[CourseId, Activity, QuizId]


def set_up(*, anonymous: bool = True, asked: tuple[Question, ...] = ASKED) -> Survey:
    """Return a published course that is one survey."""
    bank_id = fill_bank(asked)
    with unit_of_work(read_only=True):
        draws = fixed(bank_id)
    course_id, activity = set_up_exam(draws, pass_percent=0, is_survey=True, is_anonymous=anonymous)
    return course_id, activity, QuizId(UUID(activity.config["quiz_id"]))


def hand_in(activity: Activity, person_id: PersonId, form: dict[str, Any] | None = None) -> None:
    with unit_of_work():
        _hand_in(activity, person_id, form)()


def _hand_in(
    activity: Activity, person_id: PersonId, form: dict[str, Any] | None = None
) -> Callable[[], None]:
    return lambda: service.hand_in(
        activity_id=activity.id,
        form=ANSWERS if form is None else form,
        actor=actor_of(person_id),
        now=clock.now(),
    )


def counts(quiz_id: QuizId) -> dict[tuple[str, str], int]:
    """Return how often each answer was given, by part and answer."""
    with unit_of_work(read_only=True):
        found = queries.get_counts(quiz_id).by_answer
        return {(part, answer): count for (_version, part, answer), count in found.items()}


@pytest.mark.parametrize(
    "question, response, said",
    [
        (CHECKS, MultipleChoiceResponse(("a", "c")), Said((("", "a"), ("", "c"), ("", "")))),
        (CHECKS, MultipleChoiceResponse(), Said()),
        (RATED, LikertResponse((("a", "4"),)), Said((("a", "4"), ("a", "")))),
        (COLD, kind_of(COLD).correct_answer(COLD), Said((("", "true"), ("", "")))),
        (
            PAIRS,
            kind_of(PAIRS).correct_answer(PAIRS),
            Said((("a", "x"), ("b", "y"), ("a", ""), ("b", ""))),
        ),
        (
            STEPS,
            kind_of(STEPS).correct_answer(STEPS),
            Said((("a", "1"), ("b", "2"), ("c", "3"), ("a", ""), ("b", ""), ("c", ""))),
        ),
    ],
)
def test_what_is_chosen_is_counted_part_by_part(question: Question, response: Response, said: Said) -> None:
    assert rules.said_of(question, response) == said


@settings(max_examples=60, deadline=None)
@drawn(questions())
def test_whatever_is_counted_stands_among_the_answers_of_its_part(question: Question) -> None:
    kind = kind_of(question)
    said = rules.said_of(question, kind.correct_answer(question))
    parts = {part.key: part for part in rules.parts_of(question)}
    assert parts, "every question has something to show"
    for part, answer in said.counted:
        assert answer == "" or answer in {key for key, _text in parts[part].answers}
    for part, text in said.written:
        assert text.strip()
        assert not parts[part].answers
    assert rules.said_of(question, kind.response()) == Said()


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_names_its_parts(name: str) -> None:
    question = next(one for one in EVERY_KIND if one.type == name)
    assert len({part.key for part in rules.parts_of(question)}) == len(rules.parts_of(question)) > 0


@pytest.mark.parametrize(
    "more",
    [
        {"is_anonymous": True},
        {"is_survey": True, "pass_percent": 80},
        {"is_survey": True, "telling": Telling.TRIES},
        {"is_survey": True, "is_anonymous": True, "minutes": 10},
    ],
)
def test_rules_that_contradict_a_survey_are_refused(app: Portal, cast: Cast, more: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        set_up_exam(**{"pass_percent": 0, **more})


def test_handing_in_completes_the_course_and_counts_what_was_said(app: Portal, cast: Cast) -> None:
    course_id, activity, quiz_id = set_up()
    enrol(cast.amara, course_id)
    hand_in(activity, cast.amara)
    assert counts(quiz_id) == {
        ("a", "5"): 1,
        ("a", ""): 1,
        ("b", "na"): 1,
        ("b", ""): 1,
        ("", "b"): 1,
        ("", ""): 1,
    }
    with unit_of_work(read_only=True):
        assert (cast.amara, course_id) in courses.completions([cast.amara], [course_id])
        score = courses.best_scores([cast.amara], [activity.key])
        assert all(one.score is None for one in score.values())
        (text,) = db.session.scalars(select(SurveyTextRow.text))
        assert text == "Fewer slides, more time at the bench."


def everything_stored() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every row of the database, with the name of its table."""
    with unit_of_work(read_only=True):
        for name, table in Model.metadata.tables.items():
            for row in db.session.execute(select(table)):
                yield name, dict(row._mapping)  # noqa: SLF001  the documented way


def test_nothing_stored_joins_what_was_said_to_who_said_it(app: Portal, cast: Cast) -> None:
    course_id, activity, _quiz_id = set_up()
    people = (cast.amara, cast.nils, cast.ruth)
    for number, person in enumerate(people):
        enrol(person, course_id)
        hand_in(activity, person, {**ANSWERS, "q3": [f"Secret-thought-{number}."]})
    deliver_outbox()
    rows = list(everything_stored())
    survey = {name for name, row in rows if "Secret-thought" in str(row)}
    assert survey == {SurveyTextRow.__tablename__}, (
        "it is kept once, and nowhere else: no log, no event, no record"
    )
    with unit_of_work(read_only=True):
        assert db.session.scalar(select(func.count()).select_from(SlotRow)) == 0
        taken = db.session.scalars(select(AttemptRow)).all()
    assert {one.person_id for one in taken} == set(people), "that they took part is known"
    assert len({(one.seed, str(one.rules)) for one in taken}) == 1, "nobody was asked anything of their own"
    # Columns of the two tables: a quiz, a version, a part and what was said; ids that hold neither time nor order.
    assert {one.name for one in SurveyTextRow.__table__.columns} == {
        "quiz_id",
        "version_id",
        "part",
        "id",
        "text",
    }
    assert {one.name for one in SurveyCountRow.__table__.columns} == {
        "quiz_id",
        "version_id",
        "part",
        "answer",
        "count",
    }
    ids = [row["id"] for name, row in rows if name == SurveyTextRow.__tablename__]
    assert {one.version for one in ids} == {4}, "a random id; those of the house begin with their millisecond"
    named = {
        str(value) for name, row in rows if name != SurveyTextRow.__tablename__ for value in row.values()
    }
    assert not named & {str(one) for one in ids}


def test_two_windows_that_hand_in_at_once_are_counted_once(app: Portal, cast: Cast) -> None:
    course_id, activity, quiz_id = set_up()
    enrol(cast.amara, course_id)
    at_once(app, *[_hand_in(activity, cast.amara)] * 4)
    hand_in(activity, cast.amara)
    assert counts(quiz_id)["", "b"] == 1
    with unit_of_work(read_only=True):
        assert queries.count_handed_in(quiz_id) == 1


def test_people_who_hand_in_at_once_are_all_counted(app: Portal, cast: Cast) -> None:
    course_id, activity, quiz_id = set_up()
    people = (cast.amara, cast.nils, cast.ruth, cast.dafydd)
    for person in people:
        enrol(person, course_id)
    at_once(app, *(_hand_in(activity, person) for person in people))
    assert counts(quiz_id)["a", "5"] == len(people)


def test_a_survey_without_names_begins_no_attempt(app: Portal, cast: Cast) -> None:
    course_id, activity, _quiz_id = set_up()
    enrol(cast.amara, course_id)
    with pytest.raises(NotNow):
        start(activity.id, cast.amara)


def test_what_was_asked_without_names_is_never_asked_with_them(app: Portal, cast: Cast) -> None:
    _course_id, _activity, quiz_id = set_up()
    for is_survey in (True, False):
        with unit_of_work(), pytest.raises(Invalid):
            edit_quiz(
                quiz_id=quiz_id,
                quiz_rules=QuizRules(title="Now with names", pass_percent=0, is_survey=is_survey),
                draws=(),
                revision=1,
                actor=SYSTEM,
                now=NOON,
            )


def test_a_survey_with_names_is_answered_as_an_exam_is_and_scores_nothing(app: Portal, cast: Cast) -> None:
    course_id, activity, quiz_id = set_up(anonymous=False)
    enrol(cast.amara, course_id)
    attempt = start(activity.id, cast.amara)
    give(attempt, 1, {"answer-a": ["5"]}, cast.amara)
    give(attempt, 2, {"answer": ["a"]}, cast.amara)
    assert counts(quiz_id) == {}, "nothing is counted before it is handed in"
    finish(attempt, cast.amara)
    done = sitting(attempt, cast.amara)
    assert (done.attempt.score, done.attempt.marks, done.attempt.passed) == (None, Decimal(0), True)
    assert [slot.fraction for slot in done.slots] == [None, None, None]
    assert counts(quiz_id) == {("a", "5"): 1, ("a", ""): 1, ("", "a"): 1, ("", ""): 1}
    finish(attempt, cast.amara)
    assert counts(quiz_id)["a", "5"] == 1
    with unit_of_work(read_only=True):
        assert (cast.amara, course_id) in courses.completions([cast.amara], [course_id])


def test_a_question_left_open_is_counted_nowhere(app: Portal, cast: Cast) -> None:
    course_id, activity, quiz_id = set_up(asked=(replace(RATED, title="Rated"), SAID))
    enrol(cast.amara, course_id)
    hand_in(activity, cast.amara, {"q2": [" "]})
    assert counts(quiz_id) == {}
    with unit_of_work(read_only=True):
        assert db.session.scalar(select(func.count()).select_from(SurveyTextRow)) == 0
        assert queries.count_handed_in(quiz_id) == 1
