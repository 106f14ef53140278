"""Figures of the statistics of exams: 100,000 attempts at an exam that draws 60 questions from a bank of 500.

Pages read sums and no attempt (tests/quizzes hold that), so those of attempts that were never written are made by
numpy, set-wise. Beside them a real attempt of 60 questions is handed in and counted.
"""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

import numpy as np
from sqlalchemy import text

from bench.data import thrown_away
from bench.figures import Figure, is_wanted
from bench.requests import answer, cookie_of, cpu_ms, get, most_queries
from bench.world import NOW
from lms.app.portal import Portal
from lms.identity import facade as identity
from lms.identity import service as people
from lms.identity.values import OrganisationKind, PersonId
from lms.kernel.actor import EVERYTHING, SYSTEM, Role
from lms.kernel.db import db, new_id
from lms.kernel.inserting import insert_all
from lms.kernel.uow import unit_of_work
from lms.quizzes.attempts import service as attempts
from lms.quizzes.bank import queries as bank
from lms.quizzes.kinds import kind_of, question_from_json
from lms.quizzes.kinds.choices import Choice
from lms.quizzes.kinds.single_choice import SingleChoice
from lms.quizzes.statistics import queries, rules, service
from lms.quizzes.statistics.models import ChosenRow, ItemRow, ObjectiveRow, ScoreRow, TotalRow
from lms.quizzes.statistics.values import MILLION, Item, Which
from lms.quizzes.values import Draw, Question, QuestionId, QuizId, Text, TextFormat
from tests.quizzes.exams import actor_of, enrol, fill_bank, set_up_exam

ATTEMPTS: Final = 100_000
QUESTIONS: Final = 500
ASKED: Final = 60
PAGE_CPU_MS, SUBMIT_CPU_MS = 50, 30
BATCH: Final = 5_000
TURNS: Final = 9
KEYS: Final = "abcd"
"""Of which b is right."""


def figures(suffix: str) -> Iterator[Figure]:
    """Yield every figure of statistics; `suffix` names the database where it is not SQLite."""
    for page in ("exam", "flagged", "question", "exposure"):
        yield Figure(f"statistics.{page}.cpu_ms.{ATTEMPTS}{suffix}", "ms", PAGE_CPU_MS)
    yield Figure(f"statistics.exam.queries.{ATTEMPTS}{suffix}", "queries")
    yield Figure(f"statistics.submit.cpu_ms.{ASKED}{suffix}", "ms", SUBMIT_CPU_MS)
    yield Figure(f"statistics.count.cpu_ms.{ASKED}{suffix}", "ms")


def measure(pattern: str | None, database_url: str | None, suffix: str) -> dict[str, float]:
    """Return the figures that `pattern` asks for, and those they are measured along with."""
    if not any(is_wanted(figure.name, pattern) for figure in figures(suffix)):
        return {}
    with thrown_away(database_url, name="guildhall_bench_statistics") as portal:
        found = _take(portal)
    return {f"statistics.{name}{suffix}": value for name, value in found.items()}


def _take(portal: Portal) -> dict[str, float]:
    bank_id = fill_bank([_question(number) for number in range(QUESTIONS)], name="Plant")
    course_id, activity = set_up_exam([Draw(count=ASKED, bank_id=bank_id)], attempts_allowed=None)
    quiz_id = QuizId(UUID(activity.config["quiz_id"]))
    trainer, token = _trainer()
    enrol(trainer, course_id)
    found = _sat(activity.id, trainer)
    with unit_of_work():
        _write(quiz_id, bank.pool(bank_id, ""))
    if db.engine.dialect.name == "postgresql":
        db.session.remove()
        with db.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))
    cookie, question_id = cookie_of(portal, token), bank.pool(bank_id, "")[0]
    db.session.remove()
    exam = f"/author/quizzes/{quiz_id}"
    pages = {
        "exam": f"{exam}/statistics",
        "flagged": f"{exam}/statistics?look=flagged&sort=share",
        "question": f"/author/questions/items/{question_id}/statistics",
        "exposure": f"{exam}/exposure",
    }
    works: dict[str, Callable[[], object]] = {
        name: lambda path=path: answer(portal, get(path, cookie))  # type: ignore[misc]
        for name, path in pages.items()
    }
    found |= {f"{name}.cpu_ms.{ATTEMPTS}": cpu_ms(work) for name, work in works.items()}
    found[f"exam.queries.{ATTEMPTS}"] = most_queries(db.engine, [works["exam"]])
    return found


def _question(number: int) -> Question:
    words = ("It cools the gas", "It moves the gas", "It holds the gas", "It heats the gas")
    choices = (Choice(key, Text(said), Decimal(key == "b")) for key, said in zip(KEYS, words, strict=True))
    return Question(
        title=f"Question {number}",
        stem=Text(f"What does part {number} of the plant do?", TextFormat.PLAIN),
        body=SingleChoice(tuple(choices)),
        objective=f"Objective {number % 12}",
    )


def _trainer() -> tuple[PersonId, str]:
    with unit_of_work():
        maker = identity.add_organisation(
            name="Maker",
            kind=OrganisationKind.OEM,
            model=None,
            parent_id=None,
            region_id=None,
            country="NO",
            domain="",
            now=NOW,
        )
        person_id = identity.add_person(
            email="trainer@bench.example", name="Trainer", showcase_line="Reads statistics", now=NOW
        )
        identity.employ(person_id=person_id, organisation_id=maker, position_id=None, region_id=None, now=NOW)
        identity.grant_role(person_id=person_id, role=Role.TRAINER, scope=EVERYTHING, actor=SYSTEM, now=NOW)
        token = people.open_sign_in(person_id=person_id, address="", user_agent="bench", now=NOW)
    return person_id, token


def _sat(activity_id: object, person_id: PersonId) -> dict[str, float]:
    """Return what it costs to hand an attempt in, and to count it afterwards: the median of some."""
    submit, count = [], []
    actor = actor_of(person_id)
    for turn in range(TURNS):
        now = NOW + timedelta(hours=turn)
        with unit_of_work():
            attempt_id = attempts.start_attempt(activity_id=activity_id, actor=actor, now=now)  # type: ignore[arg-type]  # of the course
            for slot in queries.list_filled([attempt_id]):
                asked = question_from_json(queries.list_asked([slot.version_id])[slot.version_id])
                # The last is left open, or the attempt would pass and no other could begin.
                if slot.number < ASKED - 20:
                    attempts.save_response(
                        attempt_id=attempt_id,
                        slot=slot.number,
                        response=kind_of(asked).correct_answer(asked),
                        client_key=new_id(),
                        actor=actor,
                        now=now + timedelta(seconds=20 * slot.number),
                    )
        began = time.process_time()
        with unit_of_work():
            attempts.finish_attempt(attempt_id=attempt_id, actor=actor, now=now + timedelta(minutes=25))
        handed_in = time.process_time()
        with unit_of_work():
            service.count([attempt_id])
        submit.append(handed_in - began)
        count.append(time.process_time() - handed_in)
    return {
        f"submit.cpu_ms.{ASKED}": statistics.median(submit) * 1000,
        f"count.cpu_ms.{ASKED}": statistics.median(count) * 1000,
    }


def _write(quiz_id: QuizId, ids: Sequence[QuestionId]) -> None:
    """Add the sums of the attempts that were never written."""
    service.count_anew()
    present = bank.list_present(ids)
    random = np.random.default_rng(20_261_127)
    hard = random.normal(-0.8, 0.9, QUESTIONS)
    share = round(MILLION / ASKED)
    n = np.zeros(QUESTIONS, dtype=np.int64)
    right, rest, rest_squared, right_rest, seconds = (
        np.zeros(QUESTIONS, dtype=np.int64) for _one in range(5)
    )
    times, rests = (np.zeros((4, QUESTIONS), dtype=np.int64) for _one in range(2))
    totals: list[np.ndarray] = []
    for _batch in range(ATTEMPTS // BATCH):
        lots = random.random((BATCH, QUESTIONS))
        asked = lots <= np.partition(lots, ASKED - 1, axis=1)[:, ASKED - 1 : ASKED]
        able = random.normal(0, 1, (BATCH, 1))
        known = asked & (random.random((BATCH, QUESTIONS)) < 1 / (1 + np.exp(hard - able)))
        chosen = np.where(known, 1, np.array([0, 2, 3])[random.integers(0, 3, (BATCH, QUESTIONS))])
        total = known.sum(axis=1) * share
        others = total[:, None] - known * share
        totals.append(total)
        n += asked.sum(axis=0)
        right += known.sum(axis=0)
        rest += (others * asked).sum(axis=0)
        rest_squared += (others**2 * asked).sum(axis=0)
        right_rest += (others * known).sum(axis=0)
        seconds += (asked * random.integers(15, 90, (BATCH, QUESTIONS))).sum(axis=0)
        for key in range(4):
            mine = asked & (chosen == key)
            times[key] += mine.sum(axis=0)
            rests[key] += (others * mine).sum(axis=0)
    whole = np.concatenate(totals)
    percents, counts = np.unique(np.minimum(whole * 100 // MILLION, 100), return_counts=True)
    for which in Which:
        head: dict[str, object] = {"quiz_id": quiz_id, "which": which}
        insert_all(
            TotalRow,
            [
                {
                    **head,
                    "size": ASKED,
                    "n": ATTEMPTS,
                    "passed": int((whole >= 0.8 * MILLION).sum()),
                    "seconds": ATTEMPTS * 1800,
                    "total": int(whole.sum()),
                    "total_squared": int((whole**2).sum()),
                    "parts_squared": int(right.sum()) * share**2,
                }
            ],
        )
        insert_all(
            ScoreRow,
            [
                {**head, "percent": int(one), "count": int(many)}
                for one, many in zip(percents, counts, strict=True)
            ],
        )
        insert_all(
            ObjectiveRow,
            [
                {
                    **head,
                    "objective": f"Objective {number}",
                    "n": int(n[number::12].sum()),
                    "part": int(right[number::12].sum()) * share,
                    "weight": int(n[number::12].sum()) * share,
                }
                for number in range(12)
            ],
        )
        items: list[dict[str, object]] = []
        for number, question_id in enumerate(ids):
            sums = {
                "n": int(n[number]),
                "answered": int(n[number]),
                "earned": int(right[number]) * MILLION,
                "earned_squared": int(right[number]) * MILLION**2,
                "part": int(right[number]) * share,
                "part_squared": int(right[number]) * share**2,
                "rest": int(rest[number]),
                "rest_squared": int(rest_squared[number]),
                "earned_rest": int(right_rest[number]) * MILLION,
                "timed": int(n[number]),
                "seconds": int(seconds[number]),
            }
            version_id = present[question_id].id
            item = Item(version_id=version_id, question_id=question_id, **sums)
            items.append(
                {
                    **head,
                    "version_id": version_id,
                    "question_id": question_id,
                    **sums,
                    "share": rules.share_in_millionths(item),
                    "rank": rules.rank_of(item),
                    "is_flagged": number % 10 == 0,
                }
            )
        insert_all(ItemRow, items)
        insert_all(
            ChosenRow,
            [
                {
                    **head,
                    "version_id": present[question_id].id,
                    "part": "",
                    "answer": answered,
                    "count": int(n[number] if answered == "" else times[KEYS.index(answered)][number]),
                    "rest": int(rest[number] if answered == "" else rests[KEYS.index(answered)][number]),
                }
                for number, question_id in enumerate(ids)
                for answered in ("", *KEYS)
            ],
        )
