"""The pages of statistics: what they say before and after there is enough, to whom, and what leaves as a table."""

import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from python_calamine import CalamineWorkbook

from lms.app.factory import deliver_outbox
from lms.app.portal import Portal
from lms.courses.values import Activity
from lms.identity.values import PersonId
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.uow import unit_of_work
from lms.quizzes.attempts import service as attempts
from lms.quizzes.bank import queries as bank
from lms.quizzes.bank import service
from lms.quizzes.statistics.values import FEWEST
from lms.quizzes.values import Draw, QuizId
from lms.quizzes.views.statistics import bars_of
from tests.quizzes.exams import (
    COLD,
    NAME,
    NUMBER,
    RATED,
    RIGHT,
    VALVE,
    actor_of,
    enrol,
    fill_bank,
    finish,
    fixed,
    set_up_exam,
    start,
)
from tests.quizzes.test_statistics import WRONG
from tests.support.portal import Cast, Visitor, counted_queries

Visit = Callable[..., Visitor]
ASKED = (
    replace(VALVE, objective="Keep people safe"),
    COLD,
    replace(NAME, objective="Know the plant"),
    NUMBER,
)
WELL, BADLY = ((RIGHT[0], RIGHT[2], RIGHT[3], RIGHT[4]), (WRONG[0], WRONG[2], WRONG[3], WRONG[4]))


def exam_of_four() -> tuple[Activity, QuizId]:
    """Return an exam nobody passes whose first question is wrong for who knows the others."""
    bank_id = fill_bank(ASKED)
    with unit_of_work(read_only=True):
        draws = fixed(bank_id)
    _course, activity = set_up_exam(draws, pass_percent=90)
    return activity, QuizId(UUID(activity.config["quiz_id"]))


def many(activity: Activity, person: PersonId, times: int = FEWEST) -> None:
    """Take it so many times: half of them all but the first question right, the others the first and a little else."""
    with unit_of_work():
        for number in range(times):
            strong = number % 2 == 0
            _sit(activity, person, (not strong, strong, strong or number % 4 == 1, strong))
    deliver_outbox()


def _sit(activity: Activity, person: PersonId, rights: Sequence[bool]) -> None:
    now, actor = clock.now(), actor_of(person)
    attempt = attempts.start_attempt(activity_id=activity.id, actor=actor, now=now)
    for slot, right in enumerate(rights, 1):
        attempts.save_answer(
            attempt_id=attempt,
            slot=slot,
            form=(WELL if right else BADLY)[slot - 1],
            client_key=uuid4(),
            actor=actor,
            now=now + timedelta(seconds=30 * slot),
        )
    attempts.finish_attempt(attempt_id=attempt, actor=actor, now=now + timedelta(seconds=150))


@pytest.fixture
def tomas(cast: Cast, visit: Visit) -> Visitor:
    return visit(cast.tomas)


def test_an_exam_that_nobody_took_says_so_and_asks_for_nothing(
    app: Portal, cast: Cast, tomas: Visitor
) -> None:
    _activity, quiz_id = exam_of_four()
    page = tomas.get(f"/author/quizzes/{quiz_id}/statistics").text
    assert "Nobody has finished it yet" in page
    assert f"/author/quizzes/{quiz_id}/statistics" in tomas.get(f"/author/quizzes/{quiz_id}").text


def test_until_there_are_enough_it_says_how_many_are_missing_and_holds_judgement_back(
    app: Portal, cast: Cast, tomas: Visitor
) -> None:
    activity, quiz_id = exam_of_four()
    enrol(cast.amara, activity.course_id)
    many(activity, cast.amara, FEWEST - 1)
    page = tomas.get(f"/author/quizzes/{quiz_id}/statistics?which=all").text
    assert "1 attempt more until discrimination and reliability mean something" in page
    assert "too early" in page
    assert "Strong learners fail this" not in page
    assert "Cronbach’s alpha</dt>" not in page
    first = tomas.get(f"/author/quizzes/{quiz_id}/statistics").text
    assert f"{FEWEST - 1} attempts more until" in first, "the first attempts are one"


def test_what_is_wrong_with_a_question_is_said_in_words_with_what_to_do(
    app: Portal, cast: Cast, tomas: Visitor
) -> None:
    activity, quiz_id = exam_of_four()
    enrol(cast.amara, activity.course_id)
    many(activity, cast.amara)
    page = tomas.get(f"/author/quizzes/{quiz_id}/statistics?which=all").text
    assert page.index("Relief valve") < page.index("Superheat"), "what is to be looked at first stands first"
    assert "Strong learners fail this." in page
    assert "see whether the key is right" in page
    assert "Nobody chose “Tighten the valve.”." in page
    assert "Cronbach’s alpha</dt>" in page
    assert "Keep people safe" in page
    assert "Pass mark: 90%" in page
    only = tomas.get(f"/author/quizzes/{quiz_id}/statistics?which=all&look=flagged").text
    assert "Relief valve" in only
    assert "Superheat" not in only
    upside = tomas.get(f"/author/quizzes/{quiz_id}/statistics?which=all&sort=-rank").text
    assert upside.index("Superheat") < upside.index("Relief valve")
    assert tomas.get(f"/author/quizzes/{quiz_id}/statistics?sort=name").status_code == 422
    assert tomas.get(f"/author/quizzes/{quiz_id}/statistics?which=best").status_code == 422


def test_both_tables_hold_what_the_page_says_as_csv_and_as_a_workbook(
    app: Portal, cast: Cast, tomas: Visitor
) -> None:
    activity, quiz_id = exam_of_four()
    enrol(cast.amara, activity.course_id)
    many(activity, cast.amara)
    address = f"/author/quizzes/{quiz_id}/statistics"
    rows = list(csv.reader(io.StringIO(tomas.get(f"{address}.csv?which=all").text.lstrip("\ufeff"))))
    assert [row[0] for row in rows[:2]] == ["Question", VALVE.title]
    assert {row[0] for row in rows[2:]} == {NAME.title, COLD.title, NUMBER.title}
    assert rows[1][3:6] == [str(FEWEST), str(FEWEST), "50.00"]
    assert float(rows[1][6]) < -0.9
    assert rows[1][7] == "30.0"
    assert rows[1][8].startswith("Strong learners fail this.")
    sent = tomas.get(f"{address}.xlsx?which=all")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(sent.data)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in sheet] == [row[0] for row in rows]
    answers = list(
        csv.reader(io.StringIO(tomas.get(f"{address}/answers.csv?which=all").text.lstrip("\ufeff")))
    )
    assert [VALVE.title, "1", "", "Clear the room.", "yes", "10", "20"] in [row[:7] for row in answers]
    assert [VALVE.title, "1", "", "Tighten the valve.", "no", "0", "20", ""] in answers


def test_versions_of_a_question_stand_side_by_side_with_what_was_answered(
    app: Portal, cast: Cast, tomas: Visitor
) -> None:
    activity, _quiz_id = exam_of_four()
    enrol(cast.amara, activity.course_id)
    many(activity, cast.amara)
    with unit_of_work(read_only=True):
        question_id = next(
            one
            for one in bank.pool(bank.list_banks()[0].id, "")
            if bank.get_question(one).line.title == VALVE.title
        )
    with unit_of_work(), acting_as(SYSTEM):
        service.edit_question(
            question_id=question_id,
            question=replace(ASKED[0], marks=Decimal(2)),
            seen=1,
            actor=SYSTEM,
            now=clock.now(),
        )
    address = f"/author/questions/items/{question_id}/statistics"
    assert address in tomas.get(f"/author/questions/items/{question_id}").text
    many(activity, cast.amara, 3)
    page = tomas.get(f"{address}?which=all").text
    assert "Exam: Cold, version 1" in page
    assert "Exam: Cold, version 2" in page
    assert "Too few attempts to compare it with version 1." in page
    assert "Reset the controller." in page
    with counted_queries() as few:
        tomas.get(f"{address}?which=first")
    with counted_queries() as more:
        tomas.get(f"{address}?which=all")
    assert len(more) == len(few)


def test_the_page_asks_as_much_for_four_questions_as_for_one(app: Portal, cast: Cast, tomas: Visitor) -> None:
    activity, quiz_id = exam_of_four()
    enrol(cast.amara, activity.course_id)
    many(activity, cast.amara)

    def cost(path: str) -> int:
        tomas.get(path)
        with counted_queries() as asked:
            assert tomas.get(path).status_code == 200
        assert not any(re.search(r"\b(attempts|attempt_slots|answers)\b", one) for one in asked), (
            "sums are read, and no attempt, however many there are"
        )
        return len(asked)

    address = f"/author/quizzes/{quiz_id}/statistics?which=all"
    assert cost(address) == cost(f"{address}&look=flagged") <= 13


def test_how_often_a_pool_is_used_is_shown_for_each_draw(app: Portal, cast: Cast, tomas: Visitor) -> None:
    bank_id = fill_bank(ASKED)
    course_id, activity = set_up_exam(
        [Draw(count=1, bank_id=bank_id), Draw(count=1, bank_id=bank_id, tag="safety")]
    )
    quiz_id = activity.config["quiz_id"]
    enrol(cast.amara, course_id)
    finish(start(activity.id, cast.amara), cast.amara)
    deliver_outbox()
    assert f"/author/quizzes/{quiz_id}/exposure" in tomas.get(f"/author/quizzes/{quiz_id}/statistics").text
    page = tomas.get(f"/author/quizzes/{quiz_id}/exposure").text
    assert "1 from Cold" in page
    assert all(one.title in page for one in ASKED)
    tagged = tomas.get(f"/author/quizzes/{quiz_id}/exposure?draw=2").text
    assert VALVE.title in tagged
    assert NUMBER.title not in tagged
    assert tomas.get(f"/author/quizzes/{quiz_id}/exposure?draw=3").status_code == 404


def test_numbers_of_all_partners_are_for_the_manufacturer_alone(
    app: Portal, cast: Cast, visit: Visit
) -> None:
    _activity, quiz_id = exam_of_four()
    pages = [
        f"/author/quizzes/{quiz_id}/{one}"
        for one in ("statistics", "statistics.csv", "statistics/answers.xlsx")
    ]
    for person, allowed in ((cast.petra, True), (cast.amara, False), (cast.ruth, False), (cast.jonas, False)):
        visitor = visit(person)
        for page in pages:
            assert (visitor.get(page).status_code == 200) is allowed, (page, person)


def test_a_survey_has_results_and_no_statistics(app: Portal, cast: Cast, tomas: Visitor) -> None:
    bank_id = fill_bank((RATED,))
    with unit_of_work(read_only=True):
        draws = fixed(bank_id)
    _course, activity = set_up_exam(draws, pass_percent=0, is_survey=True)
    quiz_id = activity.config["quiz_id"]
    assert tomas.get(f"/author/quizzes/{quiz_id}/statistics").location == f"/author/quizzes/{quiz_id}/survey"
    assert "/statistics" not in tomas.get(f"/author/quizzes/{quiz_id}").text


def test_the_pass_mark_cuts_a_bar_where_it_lies_and_all_points_are_in_the_last_one() -> None:
    bars = bars_of({0: 2, 70: 1, 71: 3, 72: 4, 100: 5}, 72)
    assert [(one.least, one.below, one.reached) for one in bars if one.below or one.reached] == [
        (0, 2, 0),
        (70, 4, 4),
        (95, 0, 5),
    ]
    assert bars_of({}, 80) == ()
