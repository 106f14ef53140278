"""Marking anew for tests: faulty questions, attempts at them, and acts as pages and the job do them."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from lms.app.factory import deliver_outbox
from lms.courses.values import Activity, CourseId
from lms.identity.values import PersonId
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db, new_id
from lms.kernel.uow import run, unit_of_work
from lms.notifications.models import NoticeRow
from lms.quizzes.bank import queries as bank_queries
from lms.quizzes.bank import service as bank
from lms.quizzes.kinds.choices import Choice
from lms.quizzes.kinds.single_choice import SingleChoice
from lms.quizzes.remarking import queries, service
from lms.quizzes.remarking.models import RemarkLineRow
from lms.quizzes.remarking.values import Ask, Remark, Verdict, Way
from lms.quizzes.values import AttemptId, Question, QuestionId, QuestionVersionId, RemarkId, Text
from tests.quizzes.exams import COLD, VALVE, enrol, fill_bank, finish, fixed, give, set_up_exam, start

ONE = Decimal(1)
KEYS = {"a": "Reset the controller.", "b": "Clear the room.", "c": "Tighten the valve."}
REASON = "The key named the wrong choice."


def valve(right: str) -> Question:
    """Return the question about the valve with this key."""
    choices = tuple(
        Choice(key, Text(words), ONE if key == right else Decimal(0)) for key, words in KEYS.items()
    )
    return replace(VALVE, body=SingleChoice(choices))


FAULTY, MENDED = valve("a"), valve("b")


class Case:
    """An exam of the valve, whose key is wrong, and of a question about superheat; each worth one point."""

    def __init__(self, slug: str = "cold", others: Sequence[Question] = (COLD,), **rules: object) -> None:
        """Set the exam up."""
        bank_id = fill_bank((FAULTY, *others), name=slug.title())
        with unit_of_work(read_only=True):
            draws = fixed(bank_id)
            self.question_id: QuestionId = bank_queries.pool(bank_id, "")[0]
        self.course_id: CourseId
        self.exam: Activity
        self.course_id, self.exam = set_up_exam(draws, slug=slug, **{"pass_percent": 100, **rules})

    def sat(self, person_id: PersonId, valve_key: str | None, superheat: str = "true") -> AttemptId:
        """Let somebody take it."""
        enrol(person_id, self.course_id)
        return self.again(person_id, valve_key, superheat)

    def again(self, person_id: PersonId, valve_key: str | None, superheat: str = "true") -> AttemptId:
        """Let somebody who is enrolled take it."""
        attempt = start(self.exam.id, person_id)
        if valve_key is not None:
            give(attempt, 1, {"answer": [valve_key]}, person_id)
        give(attempt, 2, {"answer": [superheat]}, person_id)
        finish(attempt, person_id)
        return attempt

    def mend(self, question: Question = MENDED) -> None:
        """Make a version with another key."""
        with unit_of_work(), acting_as(SYSTEM):
            view = bank_queries.get_question(self.question_id)
            bank.edit_question(
                question_id=self.question_id,
                question=question,
                seen=view.line.number,
                actor=SYSTEM,
                now=clock.now(),
            )

    def version(self, number: int) -> QuestionVersionId:
        """Return the id of a version."""
        with unit_of_work(read_only=True):
            return bank_queries.get_version(self.question_id, number).id

    def look(self, way: Way = Way.KEY, *, remark_id: UUID | None = None, **more: object) -> Remark:
        """Look at what it would come to that version 1 is marked anew, by version 2 where a key is asked."""
        ask = Ask(
            id=RemarkId(remark_id or new_id()),
            question_id=self.question_id,
            version_id=self.version(1),
            way=way,
            **{  # type: ignore[arg-type]
                "reason": REASON,
                "key_id": self.version(2) if way is Way.KEY else None,
                **more,
            },
        )
        with acting_as(SYSTEM):
            run(lambda: service.look(ask=ask, actor=SYSTEM, now=clock.now()))
        return act_of(ask.id)

    def mark(self, way: Way = Way.KEY, **more: Any) -> Remark:
        """Look, say the second word, and do all of it."""
        found = self.look(way, **more)
        assert begin(found)
        work()
        return act_of(found.id)


def begin(act: Remark) -> bool:
    """Say the second word to a preview."""
    with acting_as(SYSTEM):
        return run(lambda: service.begin(remark_id=act.id, looked=act.looked, actor=SYSTEM, now=clock.now()))


def undo(act: Remark) -> Remark:
    """Look at what taking an act back comes to."""
    with acting_as(SYSTEM):
        made = run(
            lambda: service.undo(
                remark_id=act.id,
                undo_id=RemarkId(new_id()),
                reason="The first key was right.",
                actor=SYSTEM,
                now=clock.now(),
            )
        )
    return act_of(made)


def work() -> None:
    """Do all that waits, as the job does."""
    while run(lambda: service.do_next(clock.now())):
        pass


def act_of(remark_id: RemarkId) -> Remark:
    """Return how an act stands."""
    with unit_of_work(read_only=True):
        return queries.get_remark(remark_id)


def verdicts(act: Remark) -> dict[AttemptId, Verdict]:
    """Return what an act comes to, by attempt."""
    with unit_of_work(read_only=True):
        rows = db.session.execute(
            select(RemarkLineRow.attempt_id, RemarkLineRow.verdict).where(RemarkLineRow.remark_id == act.id)
        )
        return {AttemptId(attempt_id): verdict for attempt_id, verdict in rows}


def told(person_id: PersonId) -> list[str]:
    """Return which kinds of notice somebody got of attempts that were marked anew."""
    deliver_outbox()
    with unit_of_work(read_only=True):
        return list(
            db.session.scalars(
                select(NoticeRow.kind)
                .where(NoticeRow.person_id == person_id, NoticeRow.kind.like("quizzes.%anew"))
                .order_by(NoticeRow.id)
            )
        )
