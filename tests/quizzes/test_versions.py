"""Two versions of a question are compared in words, and everything that asks a question is named."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from lms.app.portal import Portal
from lms.courses import facade as courses
from lms.courses.values import ActivityKey, SectionKey
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import new_id
from lms.kernel.uow import unit_of_work
from lms.quizzes.bank import queries, service
from lms.quizzes.kinds.choices import Choice
from lms.quizzes.kinds.single_choice import SingleChoice
from lms.quizzes.values import BankId, Draw, QuestionId, QuizId, QuizRules, Text
from lms.quizzes.views.versions import differences
from lms.web.pages import PageRequest
from tests.courses.courses import write_course
from tests.quizzes.exams import CHECKS, EVERY_KIND, VALVE, enrol, fill_bank, set_up_exam, start
from tests.support.portal import Cast, Visitor, counted_queries

Visit = Callable[..., Visitor]
BODY = SingleChoice(
    (
        Choice("a", Text("Reset the controller."), Decimal(1)),
        Choice("b", Text("Clear the room."), Decimal("0.5")),
        Choice("c", Text("Tighten the valve.")),
    )
)


def ids_in(bank_id: BankId) -> list[QuestionId]:
    with unit_of_work(read_only=True):
        return [one.id for one in queries.page_questions(bank_id, PageRequest()).items]


def edit(question_id: QuestionId, seen: int, **changed: object) -> None:
    with unit_of_work():
        service.edit_question(
            question_id=question_id,
            question=replace(VALVE, **changed),  # type: ignore[arg-type]  # a case's own
            seen=seen,
            actor=SYSTEM,
            now=clock.now(),
        )


def labels(**changed: object) -> list[str]:
    return [one.label for one in differences(VALVE, replace(VALVE, **changed))]  # type: ignore[arg-type]


def test_each_part_that_changed_is_named_and_no_other(app: Portal) -> None:
    with app.test_request_context():
        assert labels() == []
        assert labels(stem=Text("A relief valve opens at **30 bar**. What do you do first?")) == [
            "What is asked"
        ]
        assert labels(marks=Decimal(2), objective="Knows valves") == ["Points", "Objective"]
        assert labels(tags=("other",)) == [], "tags are no part of a version"
        assert labels(hints=(Text("Think of people."),)) == ["Hints"]
        (asked,) = differences(
            VALVE, replace(VALVE, stem=Text("A relief valve opens at 27 bar. What do you do first?"))
        )
        assert asked.text == (), "only the emphasis went: the words are the same, and the page says so"


def test_what_is_right_now_is_told_though_the_choices_read_as_before(app: Portal) -> None:
    with app.test_request_context():
        parts, right = differences(VALVE, replace(VALVE, body=BODY))
        assert (parts.label, parts.text) == ("Choices and parts", ())
        assert right.label == "What is right"
        assert {(piece.mark, piece.text) for paragraph in right.text for piece in paragraph} >= {
            ("removed", "Clear"),
            ("added", "Reset"),
        }


def test_every_kind_can_be_compared_with_itself(app: Portal) -> None:
    with app.test_request_context():
        for question in EVERY_KIND:
            assert differences(question, question) == [], question.title
            assert len(differences(question, replace(question, title="Other"))) == 1


def test_any_two_versions_are_compared_on_a_page(app: Portal, cast: Cast, visit: Visit) -> None:
    (question_id,) = ids_in(fill_bank([VALVE]))
    edit(question_id, 1, stem=Text("A relief valve opens at **28 bar**. What do you do first?"))
    edit(question_id, 2, stem=Text("A relief valve opens at **29 bar**. What do you do first?"))
    tomas, here = visit(cast.tomas), f"/author/questions/items/{question_id}"
    assert f'action="{here}/compare"' in tomas.get(here).text
    page = tomas.get(f"{here}/compare?old=1&new=3").text
    assert "<del>27</del><ins>29</ins>" in page
    assert "They say the same" in tomas.get(f"{here}/compare?old=2&new=2").text
    assert "<del>28</del><ins>29</ins>" in tomas.get(f"{here}/compare").text
    assert tomas.get(f"{here}/compare?old=1&new=9").status_code == 404
    assert visit(cast.amara).get(f"{here}/compare?old=1&new=3").status_code == 403


def test_a_question_says_which_draws_and_lessons_ask_it_and_how_often_each_exam_did(
    app: Portal, cast: Cast, visit: Visit
) -> None:
    bank_id = fill_bank([VALVE, CHECKS])
    valve, other = ids_in(bank_id)
    draws = [
        Draw(question_id=valve),
        Draw(count=1, bank_id=bank_id, tag="safety"),
        Draw(count=1, bank_id=bank_id),
    ]
    course_id, exam = set_up_exam([draws[0], draws[2]])
    with unit_of_work():
        service.define_quiz(
            quiz_id=QuizId(new_id()),
            quiz_rules=QuizRules(title="Never taken"),
            draws=draws[1:2],
            actor=SYSTEM,
            now=clock.now(),
        )
    enrol(cast.amara, course_id)
    start(exam.id, cast.amara)
    lesson = write_course(publish=False)
    with unit_of_work(), acting_as(SYSTEM):
        section, key = SectionKey(new_id()), ActivityKey(new_id())
        given = {"course_id": lesson, "actor": SYSTEM, "now": clock.now()}
        courses.add_section(key=section, title="Part 9", **given)  # type: ignore[arg-type]
        courses.add_activity(section_key=section, key=key, kind="page", title="A lesson that asks", **given)  # type: ignore[arg-type]
        courses.edit_activity(
            key=key,
            title="A lesson that asks",
            minutes=5,
            is_required=True,
            body=f"::: check {valve}\n:::\n",
            revision=1,
            **given,  # type: ignore[arg-type]
        )
    page = visit(cast.tomas).get(f"/author/questions/items/{valve}/uses").text
    assert "Exam: Cold" in page
    assert "always asked" in page
    assert "may be among 1 drawn of the tag safety" in page
    assert "was asked in 1 attempt." in page
    assert "A lesson that asks" in page
    assert "in the draft" in page
    unasked = visit(cast.tomas).get(f"/author/questions/items/{other}/uses").text
    assert "No lesson asks it as a knowledge check." in unasked


def test_a_question_in_many_exams_shows_them_page_by_page_at_the_same_cost(
    app: Portal, cast: Cast, visit: Visit
) -> None:
    (question_id,) = ids_in(fill_bank([VALVE]))
    tomas = visit(cast.tomas)

    def define(number: int) -> None:
        service.define_quiz(
            quiz_id=QuizId(new_id()),
            quiz_rules=QuizRules(title=f"Exam {number:02}"),
            draws=[Draw(question_id=question_id)],
            actor=SYSTEM,
            now=clock.now(),
        )

    def cost() -> int:
        with counted_queries() as seen:
            assert tomas.get(f"/author/questions/items/{question_id}/uses").status_code == 200
        return len(seen)

    with unit_of_work():
        define(0)
    cost()
    once = cost()
    with unit_of_work():
        for number in range(1, 60):
            define(number)
    assert cost() == once
    page = tomas.get(f"/author/questions/items/{question_id}/uses").text
    assert "Exam 49" in page
    assert "Exam 50" not in page
    assert "after=" in page
