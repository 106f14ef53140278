"""The demo's rehearsal: an exam in two timed sections, drawn from the bank of a real one, that counts for nothing."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
import yaml

from lms.app.demo.stage import Stage
from lms.app.demo.world import HERE
from lms.courses import facade as courses
from lms.courses.values import ActivityKey, SectionKey
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.db import new_id
from lms.quizzes import facade as quizzes
from lms.quizzes.values import BankId, Difficulty, Draw, Grading, QuestionId, QuizId, QuizRules, Section

FILE: Final = HERE / "rehearsal.yaml"


class Drawn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is drawn by chance."""

    count: int
    difficulty: Difficulty
    tag: str = ""


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A section and what it draws."""

    title: str
    instructions: str
    minutes: int
    pass_percent: int
    draws: Sequence[Drawn]


class Rehearsal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An exam in sections; `apart` names questions of which no paper asks two."""

    bank: str
    quiz: str
    minutes: int
    sections: Sequence[Part]
    apart: Sequence[Sequence[str]]


def load() -> Rehearsal:
    """Return it; msgspec.ValidationError for what is not understood."""
    return msgspec.convert(yaml.safe_load(FILE.read_text(encoding="utf-8")), Rehearsal)


def add(
    stage: Stage,
    told: Rehearsal,
    *,
    bank_id: BankId,
    titled: Mapping[str, QuestionId],
    course: str,
    section: SectionKey,
) -> None:
    """Set the exam up on a bank whose questions have these titles, and add it to a course for who likes to."""
    actor, now = current(), clock.now()
    quiz_id = quizzes.define_quiz(
        quiz_id=QuizId(new_id()),
        quiz_rules=QuizRules(
            title=told.quiz,
            pass_percent=60,
            grading=Grading.LAST,
            may_retry=True,
            sections=tuple(
                Section(
                    title=one.title,
                    instructions=one.instructions,
                    minutes=one.minutes,
                    pass_percent=one.pass_percent,
                )
                for one in told.sections
            ),
        ),
        draws=[
            Draw(count=one.count, bank_id=bank_id, tag=one.tag, difficulty=one.difficulty, section=number)
            for number, part in enumerate(told.sections, 1)
            for one in part.draws
        ],
        apart=[[titled[title] for title in group] for group in told.apart],
        actor=actor,
        now=now,
    )
    courses.add_activity(
        course_id=stage.courses[course],
        section_key=section,
        key=ActivityKey(new_id()),
        kind="quiz",
        title=told.quiz,
        minutes=told.minutes,
        is_required=False,
        config={"quiz_id": str(quiz_id), "minutes": told.minutes},
        actor=actor,
        now=now,
    )
