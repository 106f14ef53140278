"""Attempts are counted once each and as they are marked now, whatever comes twice, late, at once or not at all."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, select, update

from lms.app.factory import deliver_outbox
from lms.app.portal import Portal
from lms.courses.values import Activity, CourseId
from lms.identity.values import PersonId
from lms.kernel import clock, outbox
from lms.kernel.db import Model, db
from lms.kernel.uow import run, unit_of_work
from lms.quizzes import jobs
from lms.quizzes.attempts import facade as attempts
from lms.quizzes.attempts.models import AttemptRow, SlotRow
from lms.quizzes.cli import questions
from lms.quizzes.kinds import question_from_json
from lms.quizzes.plugs import ExamData
from lms.quizzes.statistics import queries, rules, service
from lms.quizzes.statistics.models import (
    ChosenRow,
    CountedAttemptRow,
    ItemRow,
    ObjectiveRow,
    ScoreRow,
    TotalRow,
)
from lms.quizzes.statistics.values import MILLION, Which
from lms.quizzes.values import AttemptId, Draw, QuizId
from lms.web.pages import Order, PageRequest
from tests.quizzes.by_hand import mark, sat, waiting
from tests.quizzes.exams import (
    COLD,
    RATED,
    RIGHT,
    SIX_KINDS,
    VALVE,
    enrol,
    fill_bank,
    finish,
    fixed,
    give,
    set_up_exam,
    start,
)
from tests.quizzes.test_attempts import at_once
from tests.support.portal import Cast

SUMS: tuple[type[Model], ...] = (TotalRow, ScoreRow, ObjectiveRow, ItemRow, ChosenRow, CountedAttemptRow)
WRONG: Sequence[Mapping[str, Sequence[str]]] = (
    {"answer": ["a"]},
    {"answer": ["a", "c"]},
    {"answer": ["false"]},
    {"answer": ["ammonia"]},
    {"answer": ["1"]},
    {"answer-a": ["y"], "answer-b": ["x"]},
)


def everyone(cast: Cast) -> Sequence[PersonId]:
    return (cast.amara, cast.nils, cast.ruth, cast.dafydd, cast.petra)


def sit(activity: Activity, person: PersonId, right: int, *, seconds: int = 40) -> AttemptId:
    """Take the exam: the first so many answers right, the rest wrong, each after so many seconds."""
    now = clock.now()
    attempt = start(activity.id, person, now)
    for slot, (well, badly) in enumerate(zip(RIGHT, WRONG, strict=True), 1):
        at = now + timedelta(seconds=slot * seconds)
        give(attempt, slot, well if slot <= right else badly, person, now=at)
    finish(attempt, person, now + timedelta(seconds=300))
    return attempt


def exam(cast: Cast) -> tuple[Activity, QuizId, list[AttemptId]]:
    """Return an exam that five people took, two of them well enough."""
    course_id, activity = set_up_exam()
    return activity, QuizId(UUID(activity.config["quiz_id"])), _taken(cast, course_id, activity)


def _taken(cast: Cast, course_id: CourseId, activity: Activity) -> list[AttemptId]:
    found = []
    for person, right in zip(everyone(cast), (6, 6, 4, 3, 0), strict=True):
        enrol(person, course_id)
        found.append(sit(activity, person, right))
    return found


def kept() -> dict[str, list[tuple[Any, ...]]]:
    """Return every sum that is kept, table by table."""
    with unit_of_work(read_only=True):
        return {
            table.__tablename__: sorted(map(tuple, db.session.execute(select(table.__table__))), key=repr)
            for table in SUMS
        }


def anew() -> dict[str, list[tuple[Any, ...]]]:
    """Return every sum as it is found when all attempts are counted again."""
    run(service.count_anew)
    assert not kept()["statistic_totals"]
    jobs.count_attempts()
    return kept()


def test_what_attempts_say_is_summed_after_they_are_handed_in_and_the_same_when_counted_again(
    app: Portal, cast: Cast
) -> None:
    _activity, quiz_id, _attempts = exam(cast)
    assert not kept()["statistic_totals"], "counting held up who handed it in"
    deliver_outbox()
    with unit_of_work(read_only=True):
        (totals,) = queries.list_totals(quiz_id, Which.FIRST)
        assert (totals.n, totals.passed, totals.size, totals.seconds) == (5, 2, 6, 1500)
        assert sum(queries.get_scores(quiz_id, Which.FIRST).values()) == 5
        assert queries.get_scores(quiz_id, Which.FIRST)[100] == 2
        items = {one.version_id: one for one in queries.list_common(quiz_id, Which.FIRST, 5)}
        asked = {
            question_from_json(content).title: items[version]
            for version, content in queries.list_asked(items).items()
        }
        valve = asked[VALVE.title]
        found = rules.measure(valve)
        assert found.facility == pytest.approx(0.8)
        assert (found.seconds, valve.answered) == (40, 5)
        answers = queries.list_answers(quiz_id, Which.FIRST, [valve.version_id])[valve.version_id]
        assert {key: one.times for key, one in answers.items()} == {("", ""): 5, ("", "b"): 4, ("", "a"): 1}
        assert asked[COLD.title].earned == 4 * MILLION
    before = kept()
    assert anew() == before


def test_a_mark_that_changes_moves_what_it_moved_and_nothing_else(app: Portal, cast: Cast) -> None:
    _activity, quiz_id, (_first, _second, third, *_rest) = exam(cast)
    deliver_outbox()
    before = kept()
    with unit_of_work():
        attempts.put_mark(attempt_id=third, slot=6, fraction=Decimal(1), now=clock.now())
    deliver_outbox()
    with unit_of_work(read_only=True):
        (totals,) = queries.list_totals(quiz_id, Which.FIRST)
        assert (totals.n, totals.passed) == (5, 3)
        assert queries.get_scores(quiz_id, Which.FIRST) == {0: 1, 57: 1, 85: 1, 100: 2}
    changed = kept()
    assert changed != before
    assert anew() == changed
    with unit_of_work():
        attempts.put_mark(attempt_id=third, slot=6, fraction=Decimal(0), now=clock.now())
    deliver_outbox()
    again = kept()
    # Who passed stays passed, so that alone is not as it was.
    assert again["statistic_items"] == before["statistic_items"]
    assert anew() == again


def test_an_event_that_comes_again_counts_nothing_twice(app: Portal, cast: Cast) -> None:
    _activity, _quiz_id, taken = exam(cast)
    deliver_outbox()
    before = kept()
    with unit_of_work():
        db.session.execute(
            update(outbox.OutboxDelivery)
            .where(outbox.OutboxDelivery.handler.endswith("count_attempts"))
            .values(state=outbox.DeliveryState.PENDING)
        )
    deliver_outbox()
    assert kept() == before
    at_once(app, *[lambda: service.count(taken)] * 4)
    assert kept() == before


def test_what_counts_at_once_is_counted_once_each(app: Portal, cast: Cast) -> None:
    """Workers meet at the same rows of sums, and at the same attempts."""
    _activity, _quiz_id, taken = exam(cast)
    works = [lambda some=some: service.count(some) for some in (taken[:3], taken[2:], taken, taken[::-1])]
    assert at_once(app, *works) == [None] * 4
    before = kept()
    assert len(before["statistic_attempts"]) == 5
    assert anew() == before


def test_counting_that_is_cut_off_leaves_nothing_half_counted(
    app: Portal, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sums are there, what was counted is not yet kept: then the worker dies."""

    def die(*_given: object) -> None:
        raise KeyboardInterrupt

    _activity, _quiz_id, taken = exam(cast)
    monkeypatch.setattr(service, "_keep", die)
    with pytest.raises(KeyboardInterrupt):
        run(lambda: service.count(taken))
    db.session.remove()
    assert not any(kept().values())
    monkeypatch.undo()
    deliver_outbox()
    before = kept()
    assert len(before["statistic_attempts"]) == 5
    assert anew() == before


def test_attempts_from_before_are_swept_up_a_few_at_a_time(
    app: Portal, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    _activity, _quiz_id, taken = exam(cast)
    deliver_outbox()
    before = kept()
    with unit_of_work():
        for table in SUMS:
            db.session.execute(delete(table))
    monkeypatch.setattr(service, "SWEPT_AT_ONCE", 2)
    assert [run(service.sweep) for _time in range(4)] == [2, 2, 1, 0]
    assert kept() == before
    service_count = len(taken)
    jobs.count_attempts()
    assert len(kept()["statistic_attempts"]) == service_count


def test_the_command_counts_everything_anew_where_sums_were_written_past_it(app: Portal, cast: Cast) -> None:
    exam(cast)
    deliver_outbox()
    before = kept()
    with unit_of_work():
        db.session.execute(update(ItemRow).values(earned=0, n=1))
    assert kept() != before
    told = CliRunner().invoke(questions, ["count-anew"])
    assert (told.exit_code, told.output) == (0, "counted anew\n")
    assert kept() == before


def test_the_first_attempt_of_each_is_kept_apart_from_all(app: Portal, cast: Cast) -> None:
    course_id, activity = set_up_exam()
    quiz_id = QuizId(UUID(activity.config["quiz_id"]))
    enrol(cast.amara, course_id)
    sit(activity, cast.amara, 2)
    sit(activity, cast.amara, 6)
    deliver_outbox()
    with unit_of_work(read_only=True):
        (first,), (every,) = (queries.list_totals(quiz_id, which) for which in Which)
        assert (first.n, first.passed, every.n, every.passed) == (1, 0, 2, 1)


def test_an_answer_that_waits_for_a_person_counts_once_it_is_marked(app: Portal, cast: Cast) -> None:
    _course_id, activity, _attempt = sat(cast.amara)
    quiz_id = QuizId(UUID(activity.config["quiz_id"]))
    deliver_outbox()
    assert not kept()["statistic_totals"]
    (work,) = waiting(app, cast.tomas)
    mark(app, cast.tomas, work)
    deliver_outbox()
    with unit_of_work(read_only=True):
        (totals,) = queries.list_totals(quiz_id, Which.FIRST)
        assert (totals.n, totals.passed) == (1, 1)


def test_surveys_and_opinions_are_no_items(app: Portal, cast: Cast) -> None:
    bank_id = fill_bank((VALVE, RATED))
    with unit_of_work(read_only=True):
        draws = fixed(bank_id)
    for slug, is_survey in (("asked", True), ("examined", False)):
        course_id, activity = set_up_exam(draws, slug=slug, pass_percent=0, is_survey=is_survey)
        enrol(cast.amara, course_id)
        attempt = start(activity.id, cast.amara)
        give(attempt, 1, RIGHT[0], cast.amara)
        give(attempt, 2, {"answer-a": ["5"], "answer-b": ["4"]}, cast.amara)
        finish(attempt, cast.amara)
    deliver_outbox()
    assert len(kept()["statistic_attempts"]) == 1
    with unit_of_work(read_only=True):
        quiz_id = QuizId(UUID(activity.config["quiz_id"]))
        (item,) = queries.list_common(quiz_id, Which.FIRST, 1)
        assert question_from_json(queries.list_asked([item.version_id])[item.version_id]) == VALVE


def test_who_is_erased_leaves_the_sums_as_they_are_and_no_name_in_them(app: Portal, cast: Cast) -> None:
    exam(cast)
    deliver_outbox()
    before = kept()
    with unit_of_work():
        ExamData().erase(cast.amara)
    assert str(cast.amara) not in str(before)
    assert anew() == before


def test_how_often_each_question_of_a_pool_was_drawn_is_what_the_slots_say(app: Portal, cast: Cast) -> None:
    bank_id = fill_bank(SIX_KINDS)
    draw = Draw(count=2, bank_id=bank_id)
    course_id, activity = set_up_exam([draw])
    quiz_id = QuizId(UUID(activity.config["quiz_id"]))
    for person in (cast.amara, cast.nils):
        enrol(person, course_id)
        finish(start(activity.id, person), person)
    deliver_outbox()
    with unit_of_work(read_only=True):
        slots = db.session.scalars(
            select(SlotRow.question_id).join(AttemptRow, AttemptRow.id == SlotRow.attempt_id)
        ).all()
        pages = [queries.page_exposed(quiz_id, draw, PageRequest(size=4))]
        pages.append(queries.page_exposed(quiz_id, draw, PageRequest(after=pages[0].next, size=4)))
        lines = [one for page in pages for one in page.items]
        assert {one.question_id: one.n for one in lines if one.n} == {
            one: slots.count(one) for one in set(slots)
        }
        assert [one.n for one in lines] == sorted((one.n for one in lines), reverse=True)
        assert len(lines) == 6
        pool = queries.get_pool(quiz_id, draw)
        assert (pool.size, pool.drawn, pool.times) == (6, len(set(slots)), 4)


@pytest.mark.parametrize("by", sorted(queries.ORDERS))
def test_questions_are_paged_in_the_order_that_is_asked_for(app: Portal, cast: Cast, by: str) -> None:
    _activity, quiz_id, _attempts = exam(cast)
    deliver_outbox()
    with unit_of_work(read_only=True):
        for order in (Order(by), Order(by, descending=True)):
            found, wanted = [], PageRequest(size=4)
            while True:
                page = queries.page_items(quiz_id, Which.FIRST, order, wanted)
                found += [one.version_id for one in page.items]
                if page.next is None:
                    break
                wanted = PageRequest(after=page.next, size=4)
            assert len(set(found)) == len(found) == 6
    assert queries.count_items(quiz_id, Which.FIRST) == (6, 0)
