"""The pairs of GIFT and JSON by which gift-pegjs is tested: every record is the same question here, or refused by name.

Needs, in a folder of LMS_SUITES whatever its name, a checkout of fuhrmanator/GIFT-grammar-PEG.js.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from lms.quizzes.formats import GIFT
from lms.quizzes.kinds.essay import Essay
from lms.quizzes.kinds.matching import Matching
from lms.quizzes.kinds.multiple_choice import MultipleChoice
from lms.quizzes.kinds.numeric import Numeric
from lms.quizzes.kinds.short_text import ShortText
from lms.quizzes.kinds.single_choice import SingleChoice
from lms.quizzes.kinds.true_false import TrueFalse
from lms.quizzes.values import ImportedQuestion, Question, Text
from tests.interop.test_question_files import suite

pytestmark = pytest.mark.interop

Record = Mapping[str, Any]
NOT_TAKEN = {"Description": "no answers"}
MISSING = re.compile(r"\s*_____\s*")


def words(source: str) -> str:
    """Return a text as both sides mean it: white space is one space, and a missing word has one of either side."""
    spaced = MISSING.sub(
        " _____ ", " ".join(unescape(source.replace("<br>", " ").replace("\\n", " ")).split())
    )
    return " ".join(spaced.split()).strip()


def said(text: Record | None) -> str:
    return words(text["text"]) if text else ""


def share(choice: Record) -> Decimal:
    """Return what a choice is worth, of one."""
    if choice["weight"] is None:
        return Decimal(bool(choice["isCorrect"]))
    return Decimal(str(choice["weight"])) / 100


def same_choices(record: Record, question: Question) -> bool:
    body = question.body
    if not isinstance(body, SingleChoice | MultipleChoice):
        return False
    theirs = [(said(one["text"]), share(one), said(one["feedback"])) for one in record["choices"]]
    return theirs == [
        (words(one.text.source), one.weight, words(one.feedback.source)) for one in body.choices
    ]


def same_truth(record: Record, question: Question) -> bool:
    body = question.body
    if not isinstance(body, TrueFalse) or body.answer is not record["isTrue"]:
        return False
    ours = {words(body.feedback_true.source), words(body.feedback_false.source)}
    return ours == {said(record["trueFeedback"]), said(record["falseFeedback"])}


def same_words(record: Record, question: Question) -> bool:
    body = question.body
    if not isinstance(body, ShortText):
        return False
    theirs = [
        (said(one["text"]), Decimal(1) if one["weight"] is None else share(one), said(one["feedback"]))
        for one in record["choices"]
    ]
    return theirs == [(words(one.pattern), one.weight, words(one.feedback.source)) for one in body.answers]


def span(number: Record) -> tuple[Decimal, Decimal]:
    """Return the least and the most number that is accepted."""
    if number["type"] == "high-low":
        return Decimal(str(number["numberLow"])), Decimal(str(number["numberHigh"]))
    value, off = Decimal(str(number["number"])), Decimal(str(number.get("range", 0)))
    return value - off, value + off


def same_numbers(record: Record, question: Question) -> bool:
    body, choices = question.body, record["choices"]
    if not isinstance(body, Numeric):
        return False
    listed: Sequence[Record] = (
        choices if isinstance(choices, list) else [{"text": choices, "weight": None, "feedback": None}]
    )
    theirs = [
        (*span(one["text"]), Decimal(1) if one["weight"] is None else share(one), said(one["feedback"]))
        for one in listed
        if one["text"] and "type" in one["text"]
    ]
    ours = [
        (one.value - one.tolerance, one.value + one.tolerance, one.weight, words(one.feedback.source))
        for one in body.answers
        if one.value is not None
    ]
    return theirs == ours


def same_pairs(record: Record, question: Question) -> bool:
    body = question.body
    if not isinstance(body, Matching):
        return False
    texts = {one.key: one.text for one in body.options}
    ours = [(words(stem.text.source), words(texts[stem.option_key])) for stem in body.stems]
    theirs = [(said(one["subquestion"]), words(one["subanswer"])) for one in record["matchPairs"]]
    return ours == [pair for pair in theirs if pair[0]]


def same_essay(_record: Record, question: Question) -> bool:
    return question.body == Essay()


SAME: Mapping[str, Callable[[Record, Question], bool]] = {
    "MC": same_choices,
    "TF": same_truth,
    "Short": same_words,
    "Numerical": same_numbers,
    "Matching": same_pairs,
    "Essay": same_essay,
}


def is_same(record: Record, imported: ImportedQuestion) -> bool:
    """Return whether a record and a question say the same."""
    question = imported.question
    ours = (
        words(question.stem.source),
        words(question.general_feedback.source),
        question.external_id,
        tuple(question.tags),
    )
    theirs = (
        said(record["stem"]),
        said(record["globalFeedback"]),
        record["id"] or "",
        tuple(record["tags"] or ()),
    )
    is_titled = record["title"] is None or words(record["title"]) == words(question.title)
    return is_titled and ours == theirs and SAME[record["type"]](record, question)


def pairs() -> list[tuple[Path, list[Record]]]:
    folder = suite("tests/questions/mc1.gift") / "tests/questions"
    return [
        (path, json.loads(path.with_suffix(".json").read_text(encoding="utf-8")))
        for path in sorted(folder.glob("*.gift"))
    ]


def test_every_record_of_gift_pegjs_is_the_same_here_or_refused_by_name() -> None:
    found = pairs()
    assert (len(found), sum(len(records) for _path, records in found)) == (51, 102)
    odd: list[str] = []
    for path, records in found:
        report = GIFT.parse(path.read_bytes())
        taken, refused = list(report.questions), list(report.errors)
        for record in records:
            if record["type"] == "Category":
                continue
            if why := NOT_TAKEN.get(record["type"]):
                problem = refused.pop(0)
                if why not in problem.message:
                    odd.append(f"{path.name}: {problem.message}")
            elif not is_same(record, imported := taken.pop(0)):
                odd.append(f"{path.name}: {record} is not {imported.question}")
        assert (taken, refused) == ([], []), path.name
    assert odd == []


def test_text_of_any_format_is_compared_by_its_words() -> None:
    assert words("a  _____.\n<br>b") == words("a _____ . b")
    assert said({"text": Text("x").source}) == "x"
