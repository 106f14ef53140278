r"""Moodle's embedded answers, ``{1:SHORTANSWER:=right#said~%50%nearly}``, as its own question type reads them.

What an answer holds is escaped as in HTML; within it ``\}`` and ``\#`` are signs of their own (Moodle,
question/type/multianswer/questiontype.php).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from html import unescape
from typing import Final

from lms.quizzes.values import ONE, ZERO, percent

NAMES: Final = {
    "NUMERICAL": "NM",
    "SHORTANSWER": "SA|MW",
    "SHORTANSWER_C": "SAC|MWC",
    "MULTICHOICE": "MC",
    "MULTICHOICE_V": "MCV",
    "MULTICHOICE_H": "MCH",
    "MULTICHOICE_S": "MCS",
    "MULTICHOICE_VS": "MCVS",
    "MULTICHOICE_HS": "MCHS",
    "MULTIRESPONSE": "MR",
    "MULTIRESPONSE_H": "MRH",
    "MULTIRESPONSE_S": "MRS",
    "MULTIRESPONSE_HS": "MRHS",
}
LONG: Final = {short: name for name, names in NAMES.items() for short in (name, *names.split("|"))}
OPENING: Final = re.compile(r"\{(\d{0,9}):(" + "|".join(sorted(LONG, key=len, reverse=True)) + "):")
ANSWER: Final = re.compile(
    r"(?P<sign>=|%(?P<share>-?\d{1,9}(?:[.,]\d{0,20})?)%)?"
    r"(?P<text>.+?)(?<!\\)(?<!&)(?<!&amp;)(?=[~#}]|$)"
    r"(?:\#(?P<said>.*?)(?<!\\)(?=[~}]|$))?",
    re.DOTALL | re.VERBOSE,
)
# Not &amp;, after which Moodle takes no sign for one.
SIGNS: Final = str.maketrans(
    {
        "&": "&#38;",
        "<": "&lt;",
        ">": "&gt;",
        "~": "&#126;",
        "#": "&#35;",
        "{": "&#123;",
        "}": "&#125;",
        "\\": "&#92;",
    }
)
FIRST: Final = {"=": "&#61;", "%": "&#37;"}
"""Signs that mean something where an answer begins."""


@dataclass(frozen=True, slots=True)
class ClozeAnswer:
    """An answer: what it is worth, its text, and what is said of it as HTML; none of it is escaped any more."""

    weight: Decimal
    text: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class ClozeGap:
    """One gap: where it stands in the text, what it counts, its type by Moodle's long name, its answers."""

    start: int
    end: int
    weight: int
    type: str
    answers: tuple[ClozeAnswer, ...]


def gaps_in(text: str) -> Iterator[ClozeGap]:
    """Yield the gaps of a text; what is like one but not closed is text, as in Moodle."""
    place = 0
    while opening := OPENING.search(text, place):
        place = opening.end()
        answers: list[ClozeAnswer] = []
        while answer := ANSWER.match(text, place):
            place = answer.end()
            answers.append(_answer(answer))
            sign = text[place : place + 1]
            if sign == "}":
                weight = int(opening[1]) if opening[1] else 1
                yield ClozeGap(opening.start(), place + 1, weight, LONG[opening[2]], tuple(answers))
            if sign != "~":
                break
            place += 1


def written(gap: ClozeGap) -> str:
    """Return a gap as it stands in a text."""
    answers = "~".join(_written(answer) for answer in gap.answers)
    return f"{{{gap.weight}:{gap.type}:{answers}}}"


def _answer(found: re.Match[str]) -> ClozeAnswer:
    weight = ONE if found["sign"] else ZERO
    if found["share"]:
        weight = Decimal(found["share"].replace(",", ".")) / 100
    return ClozeAnswer(weight, _plain(found["text"]).strip(), _plain(found["said"] or "").strip())


def _plain(text: str) -> str:
    return unescape(text).replace("\\}", "}").replace("\\#", "#")


def _written(answer: ClozeAnswer) -> str:
    sign = "=" if answer.weight == ONE else f"%{percent(answer.weight)}%" if answer.weight else ""
    text = _escaped(answer.text)
    text = FIRST.get(text[:1], text[:1]) + text[1:]
    return f"{sign}{text}" + (f"#{_escaped(answer.said)}" if answer.said else "")


def _escaped(text: str) -> str:
    # A backslash before these two is taken away when they are read, written as entities or not: it needs another.
    return text.replace("\\}", "\\\\}").replace("\\#", "\\\\#").translate(SIGNS)
