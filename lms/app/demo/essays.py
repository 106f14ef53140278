"""The demo's practice with an essay and a photo: asked, handed in, and marked by a trainer; one waits in the queue."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec
import yaml

from lms.app.demo.quizzes import add_quiz
from lms.app.demo.stage import Act, Stage
from lms.app.demo.world import HERE
from lms.courses import facade as courses
from lms.courses.assignments.queries import work
from lms.courses.assignments.queries.work import Filter
from lms.courses.assignments.values import Given, Waiting
from lms.courses.values import Activity, SectionKey
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.db import new_id
from lms.quizzes import facade as quizzes
from lms.quizzes.kinds import Form, kind_of, question_from_json
from lms.quizzes.values import AttemptId, Question, QuizRules, Review
from lms.web.pages import PageRequest

FILE: Final = HERE / "essays.yaml"
HANDED_IN: Final = Path(__file__).parent / "handed_in"


class Judged(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a trainer decided of one answer."""

    levels: tuple[int, ...]
    comments: tuple[str, ...]
    comment: str


class Marked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who marked both answers, and how."""

    by: str
    days_ago: int
    essay: Judged
    file: Judged


class Sat(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody who took it; without `marked` their answers wait. `file` lies in HANDED_IN."""

    person: str
    days_ago: int
    statement: bool
    essay: str
    file: str | None = None
    marked: Marked | None = None


class Essays(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A bank of questions that people mark, the practice that asks all of them, and who took it."""

    trainer: str
    bank: str
    course: str
    section: str
    title: str
    minutes: int
    pass_percent: int
    essay: str
    """The title of the question that is answered in words."""
    questions: Sequence[Mapping[str, Any]]
    sat: Sequence[Sat]


def load() -> Essays:
    """Return what is asked; msgspec.ValidationError for what is not understood."""
    return msgspec.convert(yaml.safe_load(FILE.read_text(encoding="utf-8")), Essays)


def questions(told: Essays) -> list[Question]:
    """Return the questions; ValueError for what is none."""
    return [question_from_json(one) for one in told.questions]


def add(stage: Stage, told: Essays, section: SectionKey) -> None:
    """Write the questions, and add the practice to the draft of its course: nobody has to take it."""
    rules = QuizRules(
        title=told.title, pass_percent=told.pass_percent, shuffle_questions=False, review=Review.ANSWERS
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


def history(stage: Stage) -> Iterator[Act]:
    """Yield everything that was handed in and decided, in no order."""
    told = load()
    for one in told.sat:
        yield Act(stage.ago(one.days_ago, "19:40"), partial(_sit, stage, told, one), one.person)
        if one.marked is not None:
            at = stage.ago(one.marked.days_ago, "10:05")
            yield Act(at, partial(_mark, stage, told, one, one.marked), one.marked.by)


def _activity(stage: Stage, told: Essays) -> Activity:
    found = courses.list_activities(stage.courses[told.course])
    return next(one for one in found if one.title == told.title)


def _sit(stage: Stage, told: Essays, one: Sat) -> None:
    actor, now = current(), clock.now()
    attempt_id = quizzes.start_attempt(activity_id=_activity(stage, told).id, actor=actor, now=now)
    drawn = quizzes.list_drawn(attempt_id, actor)
    for slot, question in drawn:
        kind = kind_of(question)
        if kind.files_asked(question) is not None:
            _hand_in(attempt_id, slot, one)
            continue
        form: Form = {"answer": [one.essay if kind.is_graded_by_person else str(one.statement).lower()]}
        quizzes.save_response(
            attempt_id=attempt_id,
            slot=slot,
            response=kind.parse_response(question, form),
            client_key=new_id(),
            actor=actor,
            now=now,
        )
    quizzes.finish_attempt(attempt_id=attempt_id, actor=actor, now=now)


def _hand_in(attempt_id: AttemptId, slot: int, one: Sat) -> None:
    if one.file is None:
        return
    with (HANDED_IN / one.file).open("rb") as upload:
        quizzes.add_file(
            attempt_id=attempt_id,
            slot=slot,
            filename=one.file,
            upload=upload,
            client_key=new_id(),
            actor=current(),
            now=clock.now(),
        )


def _mark(stage: Stage, told: Essays, one: Sat, marked: Marked) -> None:
    """Mark what this person handed in."""
    for found in _waiting(stage, told, one):
        judged = marked.essay if found.work.title.endswith(told.essay) else marked.file
        courses.take_to_mark(work_id=found.id, actor=current(), now=clock.now())
        courses.mark_work(
            work_id=found.id,
            seen=0,
            given=Given(levels=judged.levels, comments=judged.comments, comment=judged.comment),
            actor=current(),
            now=clock.now(),
        )


def _waiting(stage: Stage, told: Essays, one: Sat) -> list[Waiting]:
    page = work.page_queue(current(), Filter(), clock.now(), PageRequest())
    return [
        found
        for found in page.items
        if found.work.person_id == stage.people[one.person] and found.work.title.startswith(told.title)
    ]
