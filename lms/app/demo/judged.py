"""How the demo's trainers judge their questions: how hard they are, which are drafts, which are out of use."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec
import yaml

from lms.app.demo.world import HERE
from lms.kernel.actor import Actor
from lms.quizzes.bank import service
from lms.quizzes.bank.queries import QuestionFilter
from lms.quizzes.bank.service import Added
from lms.quizzes.bank.values import Change
from lms.quizzes.values import BankId, Difficulty, ImportedQuestion, QuestionId, Status

FILE: Final = HERE / "judged.yaml"


class Judged(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is thought of the questions of one file, by tag and by title."""

    easy: frozenset[str]
    hard: frozenset[str]
    drafts: frozenset[str]
    retired: frozenset[str]


def load() -> Mapping[str, Judged]:
    """Return it by file; msgspec.ValidationError for what is not understood."""
    return msgspec.convert(yaml.safe_load(FILE.read_text(encoding="utf-8")), dict[str, Judged])


def judge(
    bank_id: BankId,
    file: str,
    imported: tuple[ImportedQuestion, ...],
    added: Added,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Judge the questions of a file that came into a bank."""
    told = load()[file]
    asked = [(question_id, one.question) for question_id, one in zip(added.questions, imported, strict=True)]
    easy = {one for one, question in asked if told.easy & set(question.tags)}
    hard = {one for one, question in asked if told.hard & set(question.tags)} - easy
    chosen: list[tuple[set[QuestionId], Change]] = [
        (easy, Change(judges=True, difficulty=Difficulty.EASY)),
        (hard, Change(judges=True, difficulty=Difficulty.HARD)),
        (
            {one for one, _question in asked} - easy - hard,
            Change(judges=True, difficulty=Difficulty.MEDIUM),
        ),
        ({one for one, question in asked if question.title in told.drafts}, Change(status=Status.DRAFT)),
        ({one for one, question in asked if question.title in told.retired}, Change(status=Status.RETIRED)),
    ]
    for ids, change in chosen:
        if ids:
            service.change_questions(
                bank_id=bank_id,
                chosen=QuestionFilter(ids=frozenset(ids)),
                change=change,
                actor=actor,
                now=now,
            )
