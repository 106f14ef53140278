"""The demo's survey: what learners are asked after a training, without names, and what they said."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

import msgspec
import yaml

from lms.app.demo.quizzes import add_quiz
from lms.app.demo.stage import Act, Stage
from lms.app.demo.world import HERE
from lms.courses import facade as courses
from lms.courses.values import SectionKey
from lms.kernel import clock
from lms.kernel.actor import current
from lms.quizzes import facade as quizzes
from lms.quizzes.kinds import question_from_json
from lms.quizzes.values import Layout, Question, QuizRules

FILE: Final = HERE / "opinions.yaml"


class TookPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody who handed the survey in."""

    person: str
    days_ago: int


class Opinions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A bank of opinions, the survey that asks all of them in a course, who took part, and what was said."""

    course: str
    section: str
    bank: str
    quiz: str
    minutes: int
    people: Sequence[TookPart]
    answers: Sequence[Mapping[str, str]]
    questions: Sequence[Mapping[str, Any]]


def load() -> Opinions:
    """Return what is asked; msgspec.ValidationError for what is not understood."""
    return msgspec.convert(yaml.safe_load(FILE.read_text(encoding="utf-8")), Opinions)


def questions(told: Opinions) -> list[Question]:
    """Return the questions; ValueError for what is none."""
    return [question_from_json(one) for one in told.questions]


def history(stage: Stage) -> Iterator[Act]:
    """Yield that people handed the survey in; which answers came from whom is as good one way as another."""
    told = load()
    for one, said in zip(told.people, told.answers, strict=True):
        yield Act(stage.ago(one.days_ago, "17:20"), partial(_hand_in, stage, told, said), one.person)


def add(stage: Stage, told: Opinions, section: SectionKey) -> None:
    """Write the survey, and add it to its course for who likes to answer."""
    rules = QuizRules(
        title=told.quiz,
        pass_percent=0,
        shuffle_questions=False,
        layout=Layout.ALL,
        is_survey=True,
        is_anonymous=True,
    )
    add_quiz(
        stage,
        questions(told),
        rules,
        bank=told.bank,
        course=told.course,
        section=section,
        minutes=told.minutes,
    )


def _hand_in(stage: Stage, told: Opinions, said: Mapping[str, str]) -> None:
    (activity,) = (
        found for found in courses.list_activities(stage.courses[told.course]) if found.title == told.quiz
    )
    quizzes.hand_in_survey(
        activity_id=activity.id,
        form={name: [value] for name, value in said.items()},
        actor=current(),
        now=clock.now(),
    )
