"""The demo's question banks are read without a word of complaint, and their keys earn full marks."""

from collections import Counter
from fractions import Fraction

import pytest

from lms.app.demo import essays, judged, opinions, pictures, practice
from lms.app.demo import world as files
from lms.app.demo.values import Exam
from lms.quizzes.formats.gift import Gift
from lms.quizzes.formats.moodle_xml import MoodleXml
from lms.quizzes.kinds import KINDS, kind_of
from lms.quizzes.kinds.multiple_choice import MultipleChoice
from lms.quizzes.kinds.numeric import Numeric
from lms.quizzes.kinds.short_text import ShortText
from lms.quizzes.kinds.single_choice import SingleChoice
from lms.quizzes.kinds.true_false import TrueFalse
from lms.quizzes.values import ImportReport, Question

WORLD = files.load()
READERS: dict[str, Gift | MoodleXml] = {".gift": Gift(), ".xml": MoodleXml()}


def named(exam: Exam) -> str:
    return exam.bank


def read(exam: Exam) -> ImportReport:
    path = files.QUESTIONS / exam.bank
    return READERS[path.suffix].parse(path.read_bytes())


def questions(exam: Exam) -> list[Question]:
    return [imported.question for imported in read(exam).questions]


def test_two_banks_are_gift_and_two_are_moodle_xml() -> None:
    assert Counter(exam.bank.rpartition(".")[2] for exam in WORLD.exams) == {"gift": 2, "xml": 2}
    assert sorted(path.name for path in files.QUESTIONS.iterdir()) == sorted(map(named, WORLD.exams))


@pytest.mark.parametrize("exam", WORLD.exams, ids=named)
def test_a_bank_is_read_without_a_warning(exam: Exam) -> None:
    report = read(exam)
    assert report.problems == ()
    assert 20 <= len(report.questions) <= 30
    assert len(report.questions) > exam.draws


@pytest.mark.parametrize("exam", WORLD.exams, ids=named)
def test_what_is_judged_of_a_bank_is_in_it_and_leaves_enough_to_draw(exam: Exam) -> None:
    told, asked = judged.load()[exam.bank], questions(exam)
    titles, tags = {one.title for one in asked}, {tag for one in asked for tag in one.tags}
    assert told.easy | told.hard < tags
    assert told.drafts | told.retired < titles
    assert len(titles - told.drafts - told.retired) > exam.draws


@pytest.mark.parametrize("exam", WORLD.exams, ids=named)
def test_a_bank_holds_many_types_and_sorts_its_questions(exam: Exam) -> None:
    asked = questions(exam)
    assert len({question.type for question in asked}) >= 6
    assert len({question.external_id for question in asked}) == len(asked)
    assert len({question.title for question in asked}) == len(asked)
    assert len({question.category for question in asked}) >= 3
    assert all(question.tags and question.external_id for question in asked)


def test_the_banks_the_practice_and_the_survey_together_show_every_type() -> None:
    # Not each bank: GIFT has no place for some. Neither file has one for opinions, nor for what is asked on a picture.
    asked = [question for exam in WORLD.exams for question in questions(exam)]
    elsewhere = (
        *opinions.questions(opinions.load()),
        *essays.questions(essays.load()),
        *practice.questions(pictures.load()),
        *practice.questions(practice.load()),
    )
    assert {question.type for question in (*asked, *elsewhere)} == KINDS.keys()


def test_the_practice_has_somebody_s_marks_to_read_and_somebody_s_answer_to_mark() -> None:
    told = essays.load()
    asked = essays.questions(told)
    assert all(one.general_feedback for one in asked)
    assert [one.marked is not None for one in told.sat] == [True, False]
    written = next(one for one in asked if one.title == told.essay)
    rubric = kind_of(written).rubric(written)
    assert rubric.most == 8
    for one in told.sat:
        response = kind_of(written).parse_response(written, {"answer": [one.essay]})
        assert kind_of(written).is_complete(written, response), "it has not the length that is asked for"
        assert one.marked is None or len(one.marked.essay.levels) == len(rubric.criteria)


def test_the_survey_asks_for_opinions_alone() -> None:
    asked = opinions.questions(opinions.load())
    assert len(asked) == len({one.external_id for one in asked}) == 4
    for question in asked:
        assert not kind_of(question).is_scored, "it would earn points in a survey"
        assert question.general_feedback, question.title


@pytest.mark.parametrize("exam", WORLD.exams, ids=named)
def test_the_key_of_every_question_earns_all_of_it(exam: Exam) -> None:
    for question in questions(exam):
        kind = kind_of(question)
        grade = kind.grade(question, kind.correct_answer(question))
        assert abs(Fraction(grade.fraction) - 1) < Fraction(1, 1000), question.title
        assert question.marks == 1, question.title


@pytest.mark.parametrize("exam", WORLD.exams, ids=named)
def test_every_question_says_why(exam: Exam) -> None:
    for question in questions(exam):
        assert question.general_feedback, question.title
        match question.body:
            case SingleChoice(choices=choices) | MultipleChoice(choices=choices):
                said = [choice.feedback for choice in choices]
            case ShortText(answers=answers):
                said = [answer.feedback for answer in answers]
            case Numeric(answers=numbers):
                said = [answer.feedback for answer in numbers]
            case TrueFalse():
                said = [question.body.feedback_true, question.body.feedback_false]
            case _:
                said = [question.general_feedback]
        assert all(said), question.title


@pytest.mark.parametrize("exam", WORLD.exams, ids=named)
def test_ticking_everything_earns_nothing(exam: Exam) -> None:
    for question in questions(exam):
        if isinstance(question.body, MultipleChoice):
            assert sum(choice.weight for choice in question.body.choices) <= Fraction(1, 1000), question.title


def test_certifications_ask_for_the_exam_of_their_course() -> None:
    courses = {exam.ref: (exam.course, exam.pass_percent) for exam in WORLD.exams}
    for certification in WORLD.certifications:
        assert courses[certification.exam] == (certification.course, certification.pass_percent)


@pytest.mark.parametrize("told", [practice.load(), pictures.load()], ids=lambda one: one.quiz)
def test_a_practice_has_hints_for_every_question_and_its_keys_earn_all(told: practice.Practice) -> None:
    asked = practice.questions(told)
    assert told.course in {course.slug for course in WORLD.courses}
    for question in asked:
        kind = kind_of(question)
        assert question.hints, question.title
        assert question.general_feedback, question.title
        assert kind.grade(question, kind.correct_answer(question)).fraction == 1, question.title


def test_enough_people_answered_the_survey_for_it_to_be_shown() -> None:
    told = opinions.load()
    enrolled = {one.person for one in WORLD.enrolments if one.course == told.course}
    assert len(told.people) == len(told.answers) >= 5
    assert {one.person for one in told.people} <= enrolled


def test_the_pictures_of_the_practice_are_there() -> None:
    told = pictures.load()
    shown = {one.name: one.content for one in pictures.attachments(told)}
    for question in practice.questions(told):
        assert question.body.picture in shown  # type: ignore[attr-defined]  # each is asked on one
    assert all(content.startswith(b"\x89PNG") for content in shown.values())
