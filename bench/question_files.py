"""The figure of question files: ten thousand questions brought, looked at and taken, on a copy of the data."""

import io
import time
import zipfile
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final

from bench.imports import copied
from lms.app.portal import Portal
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import new_id
from lms.kernel.uow import unit_of_work
from lms.quizzes.bank import service
from lms.quizzes.formats import WRITTEN
from lms.quizzes.formats.qti.own import NAME
from lms.quizzes.kinds.choices import Choice
from lms.quizzes.kinds.matching import Matching, MatchOption, MatchStem
from lms.quizzes.kinds.multiple_choice import MultipleChoice
from lms.quizzes.kinds.short_text import ShortText, TextAnswer
from lms.quizzes.kinds.single_choice import SingleChoice
from lms.quizzes.values import BankId, Body, ImportedQuestion, Question, QuestionImportId, Text, TextFormat

QUESTIONS: Final = 10_000
NAMES: Final = ("moodle_xml", "qti", "csv")


def seconds(portal: Portal, reopen: Callable[[str], Portal]) -> dict[str, float]:
    """Return how long each file takes from its upload until its questions are in a bank."""
    found: dict[str, float] = {}
    with copied(portal, reopen) as copy, copy.app_context(), acting_as(SYSTEM):
        for name in NAMES:
            content = (
                _without_note(WRITTEN[name].write(_questions()))
                if name == "qti"
                else WRITTEN[name].write(_questions())
            )
            with unit_of_work():
                bank_id = service.add_bank(bank_id=BankId(new_id()), name=name, actor=SYSTEM, now=clock.now())
            found[f"question_import.{name}_s"] = _timed(
                bank_id, f"questions{WRITTEN[name].extensions[0]}", content
            )
    return found


def _timed(bank_id: BankId, filename: str, content: bytes) -> float:
    """Bring a file, look at it and take it, as the pages do; by CPU time, since others work beside it."""
    import_id = QuestionImportId(new_id())
    began = time.process_time()
    with unit_of_work():
        service.upload_questions(
            import_id=import_id,
            bank_id=bank_id,
            filename=filename,
            source=io.BytesIO(content),
            actor=SYSTEM,
            now=clock.now(),
        )
    with unit_of_work(read_only=True):
        service.look_at_import(import_id)
    with unit_of_work(read_only=True):
        ready = service.read_import(import_id)
    with unit_of_work():
        added = service.confirm_import(import_id=import_id, ready=ready, actor=SYSTEM, now=clock.now())
    if len(added.questions) != QUESTIONS:
        raise AssertionError(f"{filename}: {len(added.questions)} questions came, not {QUESTIONS}")
    return time.process_time() - began


def _without_note(content: bytes) -> bytes:
    """Return a package as another system makes one, so that every item is read and graded."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as kept,
    ):
        for name in source.namelist():
            if name != NAME:
                kept.writestr(name, source.read(name))
    return target.getvalue()


def _questions() -> list[ImportedQuestion]:
    bodies = _bodies()
    return [
        ImportedQuestion(
            Question(
                title=f"Question {number}",
                stem=Text(f"What does part {number} of the plant do?", TextFormat.PLAIN),
                body=bodies[number % len(bodies)],
                general_feedback=Text("Read the manual of the plant again."),
                tags=("safety", f"part {number % 50}"),
            )
        )
        for number in range(QUESTIONS)
    ]


def _bodies() -> Sequence[Body]:
    one, half = Decimal(1), Decimal("0.5")
    words = ("It cools the gas", "It moves the gas", "It holds the gas", "It heats the gas")
    single = [
        Choice(key, Text(text), one if key == "a" else Decimal(0))
        for key, text in zip("abcd", words, strict=True)
    ]
    several = [
        Choice(key, Text(text), half if key in "ab" else -half)
        for key, text in zip("abcd", words, strict=True)
    ]
    stems = tuple(MatchStem(key, Text(f"Part {key}"), key) for key in "abc")
    options = tuple(MatchOption(key, text) for key, text in zip("abcd", words, strict=True))
    return (
        SingleChoice(tuple(single)),
        MultipleChoice(tuple(several)),
        ShortText((TextAnswer("a", "compressor"), TextAnswer("b", "pump", half))),
        Matching(stems, options),
    )
