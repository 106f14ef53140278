"""Aiken: a question, its lettered choices, and a line that says which is right (docs.moodle.org, Aiken format)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from lms.kernel.messages import Message
from lms.kernel.textfiles import UnreadableText, decode
from lms.quizzes.kinds import KINDS
from lms.quizzes.syntax.moodle import shortened
from lms.quizzes.syntax.table import CHOICES, RIGHT, TableRow
from lms.quizzes.values import (
    ImportedQuestion,
    ImportProblem,
    ImportReport,
    Question,
    Severity,
    Text,
    TextFormat,
    too_many,
)

CHOICE: Final = re.compile(r"([A-Za-z])[.)]\s+(.*)")
ANSWER: Final = re.compile(r"ANSWER:\s*([A-Za-z](?:\s*,\s*[A-Za-z])*)\s*")
BEGINS: Final = re.compile(rb"(?ms)^\S.*?^A[.)]\s.*?^ANSWER:\s*[A-Za-z]")


@dataclass(slots=True)
class _Block:
    """The lines of one question, with the line (from 1) that it begins in."""

    line: int
    asked: list[str] = field(default_factory=list)
    choices: list[tuple[str, str]] = field(default_factory=list)
    right: tuple[str, ...] = ()
    faults: list[Message] = field(default_factory=list)


class Aiken:
    """Reads Aiken; it says too little of a question to write by it."""

    name = "aiken"
    title = "Aiken"
    sentence = Message("A question, its choices and which is right; only read, never written.")
    extensions = (".aiken", ".aiken.txt")
    roots: tuple[str, ...] = ()
    is_written = False
    carries_files = False
    keeps_all = False

    def recognises(self, content: bytes) -> bool:
        """Return whether lettered choices and an answer follow a question."""
        return BEGINS.search(content[:8192].replace(b"\r", b"\n")) is not None

    def parse(self, content: bytes, *, most: int | None = None) -> ImportReport:
        """Read a file; a bad question is named with its line, and the rest is offered."""
        try:
            decoded = decode(content)
        except UnreadableText as error:
            return ImportReport(problems=(ImportProblem(error.line, "", error.message),))
        blocks = list(_blocks(decoded.text))
        if refusal := too_many(len(blocks), most):
            return refusal
        questions: list[ImportedQuestion] = []
        problems: list[ImportProblem] = []
        if decoded.guess:
            message = Message("The file does not say its encoding: read as %(guess)s.", guess=decoded.guess)
            problems.append(ImportProblem(decoded.first_odd_line, "", message, Severity.WARNING))
        for block in blocks:
            name = shortened(" ".join(block.asked)) or shortened(
                " ".join(words for _, words in block.choices)
            )
            try:
                questions.append(ImportedQuestion(_question(block, name), line=block.line))
            except ValueError as error:
                problems.append(ImportProblem(block.line, name, error.args[0]))
        return ImportReport(tuple(questions), tuple(problems))

    def write(self, questions: Iterable[ImportedQuestion]) -> bytes:
        """Refuse: what is written must come back."""
        del questions
        raise TypeError(self.name)

    def losses(self, question: ImportedQuestion) -> tuple[str, ...]:
        """Return that nothing is written."""
        del question
        return (Message("the whole question: Aiken is only read"),)


def _blocks(text: str) -> Iterator[_Block]:
    """Yield the questions: each ends with its answer, or where the next begins after a blank line."""
    block: _Block | None = None
    blank = False
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.strip()
        if not line:
            blank = True
            continue
        if (
            block is not None
            and blank
            and block.choices
            and not (CHOICE.fullmatch(line) or ANSWER.fullmatch(line))
        ):
            yield block
            block = None
        block, blank = block or _Block(number), False
        if answer := ANSWER.fullmatch(line):
            block.right = tuple(one.strip().upper() for one in answer[1].split(","))
            yield block
            block = None
        elif block.asked and (choice := CHOICE.fullmatch(line)):
            block.choices.append((choice[1].upper(), choice[2]))
        elif block.choices:
            block.faults.append(
                Message("Line %(line)s is neither a choice (A. or A)) nor ANSWER.", line=number)
            )
        else:
            block.asked.append(line)
    if block is not None:
        yield block


def _question(block: _Block, name: str) -> Question:
    """Return the question of a block; raises ValueError with a sentence that says what is wrong."""
    if block.faults:
        raise ValueError(block.faults[0])
    if not block.choices:
        raise ValueError(Message("There are no choices (A. or A)) below its text."))
    letters = [letter for letter, _words in block.choices]
    expected = [chr(ord("A") + at) for at in range(len(letters))]
    if letters != expected:
        raise ValueError(
            Message("Its choices are lettered %(letters)s, not from A on.", letters=", ".join(letters))
        )
    if len(letters) > len(CHOICES):
        raise ValueError(Message("It has more than %(most)s choices.", most=len(CHOICES)))
    if not block.right:
        raise ValueError(Message("It has no line ANSWER that says which choice is right."))
    if unknown := set(block.right) - set(letters):
        raise ValueError(
            Message("Choice %(letter)s is said to be right, but is not there.", letter=min(unknown))
        )
    cells = dict(zip(CHOICES, (words for _letter, words in block.choices), strict=False))
    row = TableRow({**cells, RIGHT: ",".join(block.right)}, TextFormat.PLAIN)
    form = next(one for kind in KINDS.values() if (one := kind.table) is not None and one.claims(row))
    asked = Text("\n".join(block.asked), TextFormat.PLAIN)
    return Question(title=name, stem=asked, body=form.read(row))
