"""The figure of beginning an exam: sixty questions out of a bank of fifty thousand."""

import gc
import time
from decimal import Decimal
from statistics import median
from typing import Final

from sqlalchemy import event, insert

from bench.data import thrown_away
from bench.figures import Figure, is_wanted
from lms.courses import facade as courses
from lms.courses.authoring.values import CourseFacts
from lms.courses.values import (
    ActivityId,
    ActivityKey,
    CourseId,
    EnrolmentSource,
    SectionKey,
)
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, Actor, Grant, Role, Scope, acting_as, scopes_of
from lms.kernel.db import db, new_id
from lms.kernel.uow import unit_of_work
from lms.quizzes import facade as quizzes
from lms.quizzes.bank import service
from lms.quizzes.bank.models import QuestionRow, QuestionTagRow, QuestionVersionRow
from lms.quizzes.bank.queries import pool
from lms.quizzes.kinds.choices import Choice
from lms.quizzes.kinds.single_choice import SingleChoice
from lms.quizzes.policy import ALLOWED
from lms.quizzes.values import (
    BankId,
    Difficulty,
    Draw,
    ImportedQuestion,
    Question,
    QuestionId,
    QuizId,
    QuizRules,
    Text,
    question_to_json,
)

QUESTIONS: Final = 50_000
STARTS: Final = 15
ASKED: Final = 60
TAGS: Final = 40
HARDNESS: Final = tuple(Difficulty)


def figures(suffix: str) -> tuple[Figure, ...]:
    """Return the figures; `suffix` names the database where it is not SQLite."""
    return (
        Figure(f"exam_start.cpu_ms.{QUESTIONS}{suffix}", "ms", 25),
        Figure(f"exam_start.queries.{QUESTIONS}{suffix}", "queries"),
    )


def measure(pattern: str | None, database_url: str | None, suffix: str) -> dict[str, float]:
    """Return both figures if `pattern` asks for one."""
    if not any(is_wanted(figure.name, pattern) for figure in figures(suffix)):
        return {}
    with thrown_away(database_url, name="guildhall_bench_exam_starts"), acting_as(SYSTEM):
        gc.collect()
        gc.freeze()
        found = _costs()
    return {f"exam_start.{name}.{QUESTIONS}{suffix}": value for name, value in found.items()}


def _costs() -> dict[str, float]:
    """Return what beginning an attempt costs: the first, and more of the same person, which prefer what is unseen."""
    activity_id, person_id = _set_up(_filled())
    grants = (Grant(Role.LEARNER, Scope(everything=True)),)
    actor = Actor(person_id=person_id, name="Sits Exams", grants=grants, scopes=scopes_of(grants, ALLOWED))
    counted: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *told: counted.append(told[2]))
    spent, asked = [], 0
    for number in range(STARTS + 1):
        counted.clear()
        began = time.process_time()
        with unit_of_work():
            attempt_id = quizzes.start_attempt(activity_id=activity_id, actor=actor, now=clock.now())
        if number:  # what is loaded at first use is no part of a start
            spent.append(time.process_time() - began)
            asked = max(asked, len(counted))
        with unit_of_work():
            drawn = quizzes.list_drawn(attempt_id, actor)
            quizzes.finish_attempt(attempt_id=attempt_id, actor=actor, now=clock.now())
        if len({question.title for _slot, question in drawn}) != ASKED:
            raise AssertionError(f"{len(drawn)} questions were drawn, not {ASKED} different ones")
    return {"cpu_ms": median(spent) * 1_000, "queries": asked}


def _filled() -> BankId:
    """Return a bank of fifty thousand questions: three difficulties, forty tags, one of them on half of all."""
    now = clock.now()
    with unit_of_work():
        bank_id = service.add_bank(bank_id=BankId(new_id()), name="Large", actor=SYSTEM, now=now)
        body = SingleChoice(
            choices=tuple(Choice(key, Text(f"Answer {key}"), Decimal(key == "a")) for key in "abcd")
        )
        question = Question(title="Question", stem=Text("How much is it?"), body=body)
        service.add_questions(bank_id=bank_id, imported=[ImportedQuestion(question)], actor=SYSTEM, now=now)
        first = db.session.query(QuestionVersionRow).filter_by(bank_id=bank_id).one()
        rows, versions, tags = [], [], []
        for number in range(QUESTIONS - 1):
            question_id, words = QuestionId(new_id()), [f"tag {number % TAGS}"] + ["half"] * (number % 2)
            rows.append(
                {
                    "id": question_id,
                    "bank_id": bank_id,
                    "number": 1,
                    "type": question.type,
                    "title": f"Question {number}",
                    "marks": Decimal(1),
                    "tags": words,
                    "objective": f"Objective {number % 12}",
                    "difficulty": HARDNESS[number % 3],
                    "created_at": now,
                    "changed_at": now,
                }
            )
            content = question_to_json(question) | {"title": f"Question {number}"}
            versions.append(
                {
                    "id": new_id(),
                    "question_id": question_id,
                    "bank_id": bank_id,
                    "number": 1,
                    "digest": f"{number:064}",
                    "content": content,
                    "html": first.html,
                    "pictures": {},
                    "made_at": now,
                }
            )
            tags += [{"bank_id": bank_id, "tag": word, "question_id": question_id} for word in words]
        db.session.execute(insert(QuestionRow), rows)
        db.session.execute(insert(QuestionVersionRow), versions)
        db.session.execute(insert(QuestionTagRow), tags)
    return bank_id


def _set_up(bank_id: BankId) -> tuple[ActivityId, PersonId]:
    """Return an exam that draws in five ways and keeps questions apart, and who is enrolled for it."""
    now = clock.now()
    with unit_of_work():
        some = pool(bank_id, "tag 7")[:40]
        quiz_id = quizzes.define_quiz(
            quiz_id=QuizId(new_id()),
            quiz_rules=QuizRules(title="Large exam", pass_percent=100),
            draws=[
                Draw(count=20, bank_id=bank_id),
                Draw(count=10, bank_id=bank_id, difficulty=Difficulty.HARD),
                Draw(count=10, bank_id=bank_id, tag="tag 7"),
                Draw(count=10, bank_id=bank_id, tag="half", difficulty=Difficulty.EASY),
                Draw(count=10, bank_id=bank_id, objective="Objective 3"),
            ],
            apart=[some[at : at + 2] for at in range(0, 40, 2)],
            actor=SYSTEM,
            now=now,
        )
        course_id = courses.create_course(
            course_id=CourseId(new_id()),
            facts=CourseFacts(title="Large", slug="large"),
            actor=SYSTEM,
            now=now,
        )
        section = SectionKey(new_id())
        courses.add_section(course_id=course_id, key=section, title="Part 1", actor=SYSTEM, now=now)
        courses.add_activity(
            course_id=course_id,
            section_key=section,
            key=ActivityKey(new_id()),
            kind="quiz",
            title="Large exam",
            config={"quiz_id": str(quiz_id), "minutes": None},
            actor=SYSTEM,
            now=now,
        )
        courses.publish(course_id=course_id, actor=SYSTEM, now=now)
        person_id = identity.add_person(email=f"{new_id()}@example.com", name="Sits Exams", now=now)
        courses.enrol(
            person_id=person_id,
            course_id=course_id,
            source=EnrolmentSource.SELF,
            due_on=None,
            actor=SYSTEM,
            now=now,
        )
    return courses.list_activities(course_id)[0].id, person_id
