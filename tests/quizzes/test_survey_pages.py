"""The pages of surveys: what is asked, what is told to whom, and that too few answers are told to nobody."""

import csv
import io
from collections.abc import Callable, Sequence
from uuid import UUID

import pytest

from lms.app.portal import Portal
from lms.courses.values import Activity
from lms.identity.values import PersonId
from lms.kernel import clock
from lms.kernel.db import new_id
from lms.kernel.uow import unit_of_work
from lms.quizzes.surveys import queries, service
from lms.quizzes.surveys.values import Said
from lms.quizzes.values import QuestionVersionId, QuizId
from lms.web.pages import PageRequest
from tests.quizzes.exams import actor_of, enrol, fill_bank, set_up_exam
from tests.quizzes.test_surveys import ANSWERS, ASKED, hand_in, set_up
from tests.support.portal import Cast, Visitor, counted_queries

Visit = Callable[..., Visitor]


@pytest.fixture
def amara(cast: Cast, visit: Visit) -> Visitor:
    return visit(cast.amara)


def five(cast: Cast) -> Sequence[PersonId]:
    return (cast.amara, cast.nils, cast.ruth, cast.dafydd, cast.petra)


def answered_by(people: Sequence[PersonId], course_id: object, activity: Activity) -> None:
    for number, person in enumerate(people):
        enrol(person, course_id)  # type: ignore[arg-type]  # a course of set_up
        hand_in(activity, person, {**ANSWERS, "q3": [f"=Thought {number}"]})


def test_a_survey_without_names_is_answered_and_handed_in_once(
    app: Portal, cast: Cast, amara: Visitor
) -> None:
    course_id, activity, quiz_id = set_up()
    enrol(cast.amara, course_id)
    first = amara.get(f"/learn/exams/{activity.id}/start").text
    assert "Your answers are kept without your name and without a time" in first
    assert "To pass" not in first
    address = f"/learn/exams/{activity.id}/survey"
    page = amara.get(address).text
    assert "Nobody will know what you said" in page
    assert "Question 2 of 3" in page
    assert "1 point" not in page
    for _press in range(2):
        assert amara.post(address, ANSWERS).location == f"/learn/exams/{activity.id}/start"
    done = amara.get(f"/learn/exams/{activity.id}/start").text
    assert "Thank you: it is handed in" in done
    assert "/result" not in done, "nobody is led to answers that nobody can find"
    assert amara.get(address).status_code == 303
    with unit_of_work(read_only=True):
        assert queries.count_handed_in(quiz_id) == 1


def test_a_survey_with_names_says_so_and_shows_what_was_said(app: Portal, cast: Cast, amara: Visitor) -> None:
    course_id, activity, _quiz_id = set_up(anonymous=False)
    enrol(cast.amara, course_id)
    assert "Your answers are kept with your name." in amara.get(f"/learn/exams/{activity.id}/start").text
    begun = amara.post(f"/learn/exams/{activity.id}/start").location
    page = amara.get(begun).text
    assert "Hand in" in page
    assert "Finish the exam?" not in page
    amara.post(begun.replace("/1", "/2"), {"slot": "2", "q2": "a"})
    ended = amara.post(begun.removesuffix("/1") + "/finish").location
    told = amara.get(ended).text
    assert "Thank you: it is handed in" in told
    assert "Reset the controller." in told
    for words in ("Wrong", "Right", "point", "pass"):
        assert words not in told.partition("<main")[2].partition("</main>")[0]
    assert "What you said" in amara.get(f"/learn/exams/{activity.id}/start").text


@pytest.mark.parametrize("count, shown", [(4, False), (5, True)])
def test_what_fewer_than_five_have_said_is_shown_to_nobody(
    app: Portal, cast: Cast, visit: Visit, count: int, shown: bool
) -> None:
    course_id, activity, quiz_id = set_up()
    answered_by(five(cast)[:count], course_id, activity)
    tomas = visit(cast.tomas)
    address = f"/author/quizzes/{quiz_id}/survey"
    page, table = tomas.get(address).text, tomas.get(f"{address}.csv").text
    assert f"{count} people have handed it in." in page
    assert ("Thought 0" in page) is shown
    assert ("Clear the room." in page) is shown
    assert ("Too few have answered this to show it." in page) is not shown
    assert ("Thought 0" in table) is shown
    assert ("Clear the room." in table) is shown
    with unit_of_work(read_only=True):
        ((version, _part),) = queries.get_counts(quiz_id).texts
    texts = tomas.get(f"{address}/texts/{version}").text
    assert ("Thought 0" in texts) is shown
    assert ("Too few to tell" in texts) is not shown


def test_answers_with_names_are_counted_from_the_first(app: Portal, cast: Cast, visit: Visit) -> None:
    course_id, activity, quiz_id = set_up(anonymous=False)
    enrol(cast.amara, course_id)
    amara = visit(cast.amara)
    begun = amara.post(f"/learn/exams/{activity.id}/start").location
    amara.post(begun.replace("/1", "/2"), {"slot": "2", "q2": "a"})
    amara.post(begun.removesuffix("/1") + "/finish")
    page = visit(cast.tomas).get(f"/author/quizzes/{quiz_id}/survey").text
    assert "Reset the controller." in page
    assert "1 person has handed it in." in page


def test_the_table_holds_each_answer_with_its_count_and_no_formula(
    app: Portal, cast: Cast, visit: Visit
) -> None:
    course_id, activity, quiz_id = set_up()
    answered_by(five(cast), course_id, activity)
    sent = visit(cast.tomas).get(f"/author/quizzes/{quiz_id}/survey.csv").text
    rows = list(csv.reader(io.StringIO(sent.lstrip("\ufeff"))))
    assert rows[0] == ["Question", "Version", "Part", "Answer", "Count"]
    assert ["The training", "1", "I had enough time.", "Not applicable", "5"] in rows
    assert ["Relief valve", "1", "", "Clear the room.", "5"] in rows
    assert ["Relief valve", "1", "", "Reset the controller.", "0"] in rows
    assert sorted(row[3] for row in rows if row[0] == "What to change") == [
        f"'=Thought {number}" for number in range(5)
    ]


def test_thousands_of_texts_are_read_page_by_page_at_the_price_of_one(
    app: Portal, cast: Cast, visit: Visit
) -> None:
    course_id, activity, quiz_id = set_up()
    answered_by(five(cast), course_id, activity)
    tomas, address = visit(cast.tomas), f"/author/quizzes/{quiz_id}/survey"

    def cost(path: str) -> int:
        tomas.get(path)
        with counted_queries() as asked:
            assert tomas.get(path).status_code == 200
        return len(asked)

    with unit_of_work(read_only=True):
        ((version, part),) = queries.get_counts(quiz_id).texts
    before = cost(address), cost(f"{address}/texts/{version}")
    with unit_of_work():
        service._count(  # noqa: SLF001  a survey of thousands, without thousands of people
            quiz_id, [(version, Said((), ((part, f"One more {number}"),))) for number in range(2_000)]
        )
    assert (cost(address), cost(f"{address}/texts/{version}")) == before
    with unit_of_work(read_only=True):
        first = queries.page_texts(quiz_id, version, part, PageRequest())
        second = queries.page_texts(quiz_id, version, part, PageRequest(after=first.next))
    assert first.next is not None
    assert not {one.id for one in first.items} & {one.id for one in second.items}


def test_who_looks_at_questions_looks_at_results_and_learners_do_not(
    app: Portal, cast: Cast, visit: Visit
) -> None:
    _course_id, _activity, quiz_id = set_up()
    version = QuestionVersionId(new_id())
    for path in ("", ".csv", f"/texts/{version}"):
        assert visit(cast.amara).get(f"/author/quizzes/{quiz_id}/survey{path}").status_code == 403
        assert visit(cast.odd).get(f"/author/quizzes/{quiz_id}/survey{path}").status_code == (
            404 if "texts" in path else 200
        )


def test_an_exam_has_no_results_of_a_survey(app: Portal, cast: Cast, visit: Visit) -> None:
    fill_bank(ASKED, name="Other")
    course_id, exam = set_up_exam(slug="exam")
    quiz_id = QuizId(UUID(exam.config["quiz_id"]))
    page = visit(cast.tomas).get(f"/author/quizzes/{quiz_id}/survey").text
    assert "Nobody has answered yet" in page
    assert "0 people have handed it in." in page
    enrol(cast.amara, course_id)
    assert visit(cast.amara).get(f"/learn/exams/{exam.id}/survey").status_code == 303
    assert visit(cast.amara).post(f"/learn/exams/{exam.id}/survey", ANSWERS).status_code == 404


def test_an_author_makes_a_survey_without_names_and_cannot_unmake_it(
    app: Portal, cast: Cast, visit: Visit
) -> None:
    bank_id = fill_bank(ASKED)
    tomas = visit(cast.tomas)
    form = {
        "key": str(new_id()),
        "title": "After the day",
        "purpose": "anonymous",
        "pass_percent": "80",
        "minutes": "10",
        "layout": "one",
        "review": "marks",
        "telling": "tries",
        "penalty": "33",
        "section-0-draw-0-bank": str(bank_id),
        "section-0-draw-0-count": "3",
    }
    made = tomas.post("/author/quizzes/new", form)
    assert made.status_code == 303
    page = tomas.get(made.location).text
    assert 'value="anonymous" selected' in page or 'selected value="anonymous"' in page
    assert "What people said" in page
    refused = tomas.post(made.location, {**form, "purpose": "exam", "revision": "1"})
    assert refused.status_code == 422
    assert "A survey without names stays one." in refused.text


def test_an_answer_that_no_page_could_send_hands_nothing_in(app: Portal, cast: Cast, amara: Visitor) -> None:
    course_id, activity, quiz_id = set_up()
    enrol(cast.amara, course_id)
    refused = amara.post(f"/learn/exams/{activity.id}/survey", {**ANSWERS, "q2": "zz"})
    assert refused.status_code == 422
    assert "Fewer slides" in refused.text, "what was typed is still there to be copied"
    with unit_of_work(read_only=True):
        assert queries.count_handed_in(quiz_id) == 0
    with unit_of_work():
        service.hand_in(activity_id=activity.id, form=ANSWERS, actor=actor_of(cast.amara), now=clock.now())
