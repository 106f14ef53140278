"""The demo's practice: questions with hints, asked by a quiz that gives several tries and counts for nothing."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

import msgspec
import yaml

from lms.app.demo.quizzes import add_quiz
from lms.app.demo.stage import Stage
from lms.app.demo.world import HERE
from lms.courses.values import SectionKey
from lms.quizzes.kinds import question_from_json
from lms.quizzes.kinds.chance import settled
from lms.quizzes.values import (
    Attachment,
    Question,
    QuizRules,
    Review,
    Telling,
)

FILE: Final = HERE / "practice.yaml"


class Practice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A bank of questions with hints, and the quiz of a course that asks all of them."""

    course: str
    section: str
    bank: str
    quiz: str
    minutes: int
    penalty: Decimal
    questions: Sequence[Mapping[str, Any]]


def load() -> Practice:
    """Return what is practised; msgspec.ValidationError for what is not understood."""
    return msgspec.convert(yaml.safe_load(FILE.read_text(encoding="utf-8")), Practice, strict=False)


def questions(told: Practice) -> list[Question]:
    """Return the questions; ValueError for what is none."""
    return [settled(question_from_json(one)) for one in told.questions]


def add(stage: Stage, told: Practice, section: SectionKey, attachments: tuple[Attachment, ...] = ()) -> None:
    """Write the practice, and add it to its course for who likes to; each question comes with the attachments."""
    rules = QuizRules(
        title=told.quiz,
        pass_percent=60,
        shuffle_questions=False,
        review=Review.ANSWERS,
        telling=Telling.TRIES,
        penalty=told.penalty,
    )
    add_quiz(
        stage,
        questions(told),
        rules,
        bank=told.bank,
        course=told.course,
        section=section,
        minutes=told.minutes,
        attachments=attachments,
    )
