"""The demo's question banks are read without a word of complaint, and their keys earn full marks."""

from collections import Counter
from fractions import Fraction

import pytest

from lms.app.demo import world as files
from lms.app.demo.values import Exam
from lms.quizzes.formats.gift import Gift
from lms.quizzes.formats.moodle_xml import MoodleXml
from lms.quizzes.kinds import kind_of
from lms.quizzes.values import (
    ImportReport,
    MultipleChoice,
    Numeric,
    Question,
    QuestionType,
    ShortText,
    SingleChoice,
    TrueFalse,
)

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
def test_a_bank_holds_every_type_and_sorts_its_questions(exam: Exam) -> None:
    asked = questions(exam)
    assert {question.type for question in asked} == set(QuestionType)
    assert len({question.external_id for question in asked}) == len(asked)
    assert len({question.title for question in asked}) == len(asked)
    assert len({question.category for question in asked}) >= 3
    assert all(question.tags and question.external_id for question in asked)


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
