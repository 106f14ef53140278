"""Sections of an exam: each with its own time, which the server holds, its own shuffle and its own pass mark."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.app.portal import Portal
from lms.courses.values import Activity
from lms.kernel import clock
from lms.kernel.db import new_id
from lms.kernel.uow import unit_of_work
from lms.quizzes.attempts import queries, rules, service
from lms.quizzes.bank import queries as bank
from lms.quizzes.errors import SectionClosed
from lms.quizzes.values import (
    AttemptId,
    Draw,
    EndedBy,
    Extra,
    QuizId,
    QuizRules,
    Section,
    Why,
    rules_from_json,
    rules_to_json,
)
from lms.quizzes.values.sections import Where, entered, last_end, left_at, stands_at
from tests.quizzes.by_hand import waiting
from tests.quizzes.exams import SIX_KINDS, VALVE, actor_of, enrol, fill_bank, give, set_up_exam, start
from tests.quizzes.test_exam_pages import named
from tests.quizzes.test_late import late_of, sent_late
from tests.quizzes.test_sitting import give_extra
from tests.support.portal import Cast, Visitor

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TWO = (
    Section(title="Theory", instructions="No books.", minutes=10, pass_percent=50, shuffle_questions=False),
    Section(title="Practice", minutes=20, shuffle_questions=False),
)
Visit = Callable[..., Visitor]


def held(*minutes: int | None) -> QuizRules:
    return QuizRules(title="Exam", sections=tuple(Section(title="S", minutes=one) for one in minutes))


@pytest.mark.parametrize(
    "minutes, after, section, ends",
    [
        ((10, 20), timedelta(0), 1, 10),
        ((10, 20), 10 * MINUTE + timedelta(seconds=5), 1, 10),
        ((10, 20), 10 * MINUTE + timedelta(seconds=6), 2, 30),
        ((10, 20), 30 * MINUTE, 2, 30),
        ((10, 20), 31 * MINUTE, None, None),
        ((10, None), 999 * MINUTE, 2, None),
        ((None, 10), 999 * MINUTE, 1, None),
        ((1, 1, 1), 2 * MINUTE + timedelta(seconds=30), 3, 3),
    ],
)
def test_the_clock_leads_through_the_sections_whether_anybody_is_there_or_not(
    minutes: tuple[int | None, ...], after: timedelta, section: int | None, ends: int | None
) -> None:
    exam = held(*minutes)
    at = stands_at(exam, entered(exam, 1, NOON), NOON + after)
    if section is None:
        assert at is None
        return
    assert at == Where(section, None if ends is None else NOON + ends * MINUTE)


@given(st.lists(st.integers(1, 60), min_size=1, max_size=5), st.lists(st.integers(0, 90), max_size=6))
def test_leaving_early_gives_nobody_more_time_than_the_sections_have(
    minutes: list[int], leaves: list[int]
) -> None:
    exam = held(*minutes)
    at: Where | None = entered(exam, 1, NOON)
    end = last_end(exam, Where(1, NOON + minutes[0] * MINUTE))
    assert end == NOON + sum(minutes) * MINUTE
    now = NOON
    for wait in leaves:
        now += wait * MINUTE
        at = stands_at(exam, at, now) if at else None
        if at is None:
            break
        assert at.ends_at is not None
        assert at.ends_at <= end
        at = left_at(exam, at, now)
        if at is not None:
            assert (last_end(exam, at) or end) <= end


def test_a_section_below_its_own_pass_mark_fails_the_whole() -> None:
    exam = QuizRules(
        title="Exam", pass_percent=50, sections=(Section(title="A", pass_percent=50), Section(title="B"))
    )
    one = Decimal(1)
    half = rules.mark(exam, [(one, Decimal(0)), (one, one), (one, one)], [1, 2, 2])
    assert half.score is not None
    assert half.score * 100 > 50
    assert not half.passed
    assert [part.passed for part in half.sections] == [False, True]
    whole = rules.mark(exam, [(one, one), (one, Decimal(0)), (one, one)], [1, 2, 2])
    assert whole.passed
    assert [part.earned for part in whole.sections] == [1, 1]


def test_rules_that_were_stored_before_there_were_sections_are_those_of_one_piece() -> None:
    stored = rules_to_json(QuizRules(title="Exam"))
    for later in ("sections", "grading", "may_retry"):
        del stored[later]
    assert rules_from_json(stored) == QuizRules(title="Exam")
    both = QuizRules(title="Exam", sections=TWO)
    assert rules_from_json(rules_to_json(both)) == both


@pytest.fixture
def exam(app: Portal, cast: Cast) -> Iterator[Activity]:
    """An exam of two sections with three questions each, that Amara is enrolled for; the clock stands at noon."""
    bank_id = fill_bank()
    with unit_of_work(read_only=True):
        ids = list(bank.pool(bank_id, ""))
    draws = [Draw(question_id=one, section=1 + number // 3) for number, one in enumerate(ids)]
    clock.set_source(lambda: NOON)
    course_id, activity = set_up_exam(draws, sections=TWO)
    enrol(cast.amara, course_id)
    yield activity
    clock.set_source(None)


def answer(attempt_id: AttemptId, slot: int, cast: Cast, now: datetime) -> None:
    give(attempt_id, slot, {"answer": ["a"]}, cast.amara, now=now)


def close(attempt_id: AttemptId, section: int, cast: Cast, now: datetime) -> None:
    with unit_of_work():
        service.close_section(attempt_id=attempt_id, section=section, actor=actor_of(cast.amara), now=now)


def stands(attempt_id: AttemptId, cast: Cast) -> tuple[int, datetime | None, datetime | None]:
    with unit_of_work(read_only=True):
        found = queries.get_attempt(attempt_id, actor_of(cast.amara))
    return found.section, found.section_ends_at, found.deadline_at


def test_only_the_open_section_takes_answers_and_a_closed_one_stays_as_it_is(
    exam: Activity, cast: Cast
) -> None:
    attempt_id = start(exam.id, cast.amara, NOON)
    assert stands(attempt_id, cast) == (1, NOON + 10 * MINUTE, NOON + 30 * MINUTE)
    answer(attempt_id, 1, cast, NOON)
    with pytest.raises(SectionClosed):
        answer(attempt_id, 4, cast, NOON)
    close(attempt_id, 1, cast, NOON + 4 * MINUTE)
    close(attempt_id, 1, cast, NOON + 5 * MINUTE)
    assert stands(attempt_id, cast) == (2, NOON + 24 * MINUTE, NOON + 24 * MINUTE), "twice is once"
    with pytest.raises(SectionClosed):
        answer(attempt_id, 1, cast, NOON + 5 * MINUTE)
    answer(attempt_id, 4, cast, NOON + 24 * MINUTE + timedelta(seconds=5))
    close(attempt_id, 2, cast, NOON + 24 * MINUTE)
    with unit_of_work(read_only=True):
        found = queries.get_attempt(attempt_id, actor_of(cast.amara))
    assert found.ended_by is EndedBy.LEARNER, "the last section ends the attempt"


def test_a_section_whose_time_is_up_is_closed_by_the_server_alone(exam: Activity, cast: Cast) -> None:
    attempt_id = start(exam.id, cast.amara, NOON)
    answer(attempt_id, 1, cast, NOON + 10 * MINUTE + timedelta(seconds=5))
    with pytest.raises(SectionClosed):
        answer(attempt_id, 1, cast, NOON + 10 * MINUTE + timedelta(seconds=6))
    answer(attempt_id, 4, cast, NOON + 11 * MINUTE)
    close(attempt_id, 1, cast, NOON + 12 * MINUTE)
    assert stands(attempt_id, cast)[2] == NOON + 30 * MINUTE, "closing what is closed shortens nothing"
    clock.set_source(lambda: NOON + 31 * MINUTE)
    service.finish_lapsed()
    with unit_of_work(read_only=True):
        found = queries.get_sitting(attempt_id, actor_of(cast.amara))
    assert found.attempt.ended_by is EndedBy.TIME
    assert [one.section for one in found.slots] == [1, 1, 1, 2, 2, 2]
    assert found.slots[0].is_answered


def test_the_pages_show_the_open_section_alone_and_the_result_says_each(
    exam: Activity, cast: Cast, visit: Visit
) -> None:
    amara = visit(cast.amara)
    begun = amara.post(f"/learn/exams/{exam.id}/start")
    page = amara.get(begun.location).text
    for words in ("Section 1 of 2", "Theory", "No books.", "Question 1 of 6", 'data-left="600"'):
        assert words in page
    assert "Practice" not in page
    attempt = re.sub(r"/\d+$", "", begun.location)
    assert amara.get(f"{attempt}/5").location == f"{attempt}/1", "what is not open is not shown"
    check = amara.get(f"{attempt}/check").text
    assert "Close section 1?" in check
    assert amara.post(f"{attempt}/sections/1/close").location == f"{attempt}/4"
    page = amara.get(f"{attempt}/4").text
    assert "Section 2 of 2" in page
    assert 'data-left="1200"' in page
    refused = amara.post(f"{attempt}/1", {"slot": "1", "q1": "a"})
    assert refused.status_code == 303
    assert "This section is not open" in amara.get(refused.location, follow_redirects=True).text
    assert amara.get(f"{attempt}/1").location == f"{attempt}/4"
    assert "Finish the exam?" in amara.get(f"{attempt}/check").text
    ended = amara.post(f"{attempt}/sections/2/close", follow_redirects=True).text
    assert "By section" in ended
    assert "Below its pass mark of 50%" in ended


def test_a_trainer_divides_an_exam_into_sections(app: Portal, cast: Cast, visit: Visit) -> None:
    bank_id, key = fill_bank([VALVE, *SIX_KINDS[1:]]), new_id()
    rules_typed = {"title": "Exam", "pass_percent": "80", "layout": "one", "review": "marks", "penalty": "33"}
    form = {"key": str(key), **rules_typed, "telling": "at_end", "section-0-shuffle": "on"}
    form |= {"section-0-draw-0-bank": str(bank_id), "section-0-draw-0-count": "2"}
    tomas = visit(cast.tomas)
    divided = tomas.post("/author/quizzes/new", {**form, "do": "add:section"}).text
    assert 'name="section-0-title" type="text" value="Part 1"' in divided
    assert 'name="section-1-title" type="text" value="Part 2"' in divided
    form |= {"section-0-title": "Theory", "section-0-minutes": "10", "section-0-pass": "50"}
    form |= {"section-1-title": "Practice", "section-1-instructions": "Slowly."}
    assert tomas.post("/author/quizzes/new", form).status_code == 303
    page = tomas.get(f"/author/quizzes/{key}").text
    assert "The section “Practice” asks nothing." in page
    form |= {"revision": "1", "section-1-draw-0-bank": str(bank_id), "section-1-draw-0-count": "1"}
    wrong = tomas.post(f"/author/quizzes/{key}", {**form, "section-0-minutes": "601"})
    assert wrong.status_code == 422
    assert "Give 1 to 600 minutes" in wrong.text
    assert tomas.post(f"/author/quizzes/{key}", form).status_code == 303
    with unit_of_work(read_only=True):
        quiz = bank.get_quiz(QuizId(UUID(str(key))))
    assert quiz.rules.sections == (
        Section(title="Theory", minutes=10, pass_percent=50),
        Section(title="Practice", instructions="Slowly.", shuffle_questions=False),
    )
    assert [(one.section, one.count) for one in quiz.draws] == [(1, 2), (2, 1)]


def test_extra_time_is_had_in_each_section_and_reaches_the_one_that_is_open_but_none_that_is_closed(
    exam: Activity, cast: Cast
) -> None:
    give_extra(cast.amara, cast, Extra(50))
    attempt_id = start(exam.id, cast.amara, NOON)
    assert stands(attempt_id, cast) == (1, NOON + 15 * MINUTE, NOON + 45 * MINUTE)
    clock.set_source(lambda: NOON + 16 * MINUTE)
    give_extra(cast.amara, cast, Extra(100))
    assert stands(attempt_id, cast) == (2, NOON + 55 * MINUTE, NOON + 55 * MINUTE)
    with pytest.raises(SectionClosed):
        answer(attempt_id, 1, cast, NOON + 16 * MINUTE)
    answer(attempt_id, 4, cast, NOON + 54 * MINUTE)


def test_what_comes_for_a_closed_section_waits_for_a_person_and_what_comes_for_one_to_come_does_not(
    app: Portal, exam: Activity, cast: Cast, visit: Visit
) -> None:
    attempt_id, amara = start(exam.id, cast.amara, NOON), visit(cast.amara)
    assert "a trainer" not in sent_late(amara, attempt_id, 4, MINUTE)["detail"], "it is not open yet"
    close(attempt_id, 1, cast, NOON + MINUTE)
    told = sent_late(amara, attempt_id, 1, 2 * MINUTE)
    assert (told["code"], "a trainer decides" in told["detail"]) == ("section-closed", True)
    plain = amara.post(f"/learn/exams/{attempt_id}/2", {"slot": "2", **named(2)}, follow_redirects=True)
    assert "a trainer decides" not in plain.text, "nothing says that it was given in time"
    (late,) = late_of(attempt_id, cast)
    assert (late.slot, late.why) == (1, Why.SECTION)
    (work,) = waiting(app, cast.tomas)
    assert "it went on" in visit(cast.tomas).get(f"/author/marking/{work.id}").text
