"""Reading GIFT: a file cut into blocks, and a block into the parts of its question."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lms.kernel.lines import cleaned
from lms.kernel.messages import Message
from lms.quizzes.kinds import KINDS
from lms.quizzes.syntax.gift import (
    ARROW_HEAD,
    CATEGORY_LINE,
    ESCAPE_PAIR,
    ESCAPED,
    FORMAT,
    FORMATS,
    ID_COMMENT,
    MISSING_WORD,
    RESERVED,
    TAG_COMMENT,
    Answers,
    plain,
)
from lms.quizzes.syntax.moodle import auto_text, category_of, shortened
from lms.quizzes.values import TITLE_MAX_CHARACTERS, Body, Question, Text, TextFormat


@dataclass(frozen=True, slots=True)
class Block:
    """The lines between two blank ones: the line of the first that is no comment, and where it stands.

    What was escaped in ``text`` stands as marks; ``whole`` is false if the file had such marks already.
    """

    line: int
    text: str
    comments: str
    category: tuple[str, ...]
    whole: bool


def blocks_of(text: str) -> Iterator[Block]:
    """Yield the questions of the text, with their comments and under their category."""
    category: tuple[str, ...] = ()
    lines: list[str] = []
    comments: list[str] = []
    first = 0
    for number, line in enumerate([*text.split("\n"), ""], start=1):
        stripped = line.strip()
        if stripped.startswith("//"):
            comments.append(stripped)
            if lines:
                lines.append(" ")
        elif not lines and (found := CATEGORY_LINE.fullmatch(line)):
            category = category_of(found[1])
        elif stripped:
            first = first or number
            lines.append(line)
        else:
            if lines:
                block = "\n".join(lines).strip()
                marked = ESCAPE_PAIR.sub(lambda pair: ESCAPED.get(pair[1], ARROW_HEAD), block)
                yield Block(first, marked, "\n".join(comments), category, not RESERVED.search(block))
            lines, comments, first = [], [], 0


class Parts:
    """One block on its way to a question; ``name`` is what to call it, even if it turns out to be none."""

    def __init__(self, block: Block) -> None:
        self._block = block
        self._format: TextFormat | None = None
        self.name = shortened(plain(block.text))
        self.warnings: list[str] = []

    def question(self) -> Question:
        """Return the question; raises ValueError with a sentence that says what is wrong."""
        text = self._titled(self._block.text)
        if not self._block.whole:
            raise ValueError(Message("There is a character in it that Unicode reserves for no use."))
        before, answers, after = _cut(text)
        stem = f"{before}{MISSING_WORD}{after}" if after.strip() else before
        answers, separator, general = answers.rpartition("####")
        if not separator:
            answers, general = general, ""
        found = FORMAT.match(stem.strip())
        self._format = FORMATS.get(found[1]) if found else None
        asked = self._text(stem)
        if not self.name:
            self.name = shortened(asked.source)
        comments = self._block.comments
        external_id = ID_COMMENT.search(comments)
        return Question(
            title=self.name,
            stem=asked,
            body=self._body(answers.strip()),
            general_feedback=self._text(general),
            category=self._block.category,
            tags=tuple(dict.fromkeys(_uncommented(tag) for tag in TAG_COMMENT.findall(comments))),
            external_id=_uncommented(external_id[1]) if external_id else "",
        )

    def _titled(self, text: str) -> str:
        """Take the title off the text, or make one of its first words."""
        if not text.startswith("::"):
            self.name = shortened(plain(FORMAT.sub("", text).partition("{")[0]))
            return text
        title, end, rest = text[2:].partition("::")
        if not end:
            raise ValueError(Message("The title begins with :: but does not end with ::."))
        self.name = cleaned(plain(title))
        if len(self.name) > TITLE_MAX_CHARACTERS:
            self.name = f"{self.name[: TITLE_MAX_CHARACTERS - 1]}…"
            self.warnings.append(
                Message("The title is cut to %(most)s characters.", most=TITLE_MAX_CHARACTERS)
            )
        return rest.strip()

    def _body(self, answers: str) -> Body:
        found = Answers(answers, self._text, self.warnings)
        for kind in KINDS.values():
            if kind.gift is not None and kind.gift.claims(found):
                return kind.gift.read(found)
        raise ValueError(Message("Its answers are of no kind that is known."))

    def _text(self, raw: str) -> Text:
        """Return a part in the format it names, or the question's."""
        raw = raw.strip()
        form = self._format
        if found := FORMAT.match(raw):
            raw, form = raw[found.end() :], FORMATS.get(found[1])
        source = plain(raw)
        if form is None or not source:
            return auto_text(source)
        return Text(source, form)


def _cut(text: str) -> tuple[str, str, str]:
    """Return what stands before, in and after the braces."""
    before, opened, rest = text.partition("{")
    answers, closed, after = rest.partition("}")
    if not opened and "}" not in text:
        raise ValueError(Message("It has no answers ({ }): texts between questions are not taken over."))
    if not opened or "}" in before:
        raise ValueError(Message("There is a } without a { before it."))
    if not closed:
        raise ValueError(
            Message("The answers begin with { but never end with }; a blank line ends a question.")
        )
    if "{" in answers or "{" in after or "}" in after:
        raise ValueError(
            Message("There is more than one pair of braces: write \\{ and \\} for braces in a text.")
        )
    return before, answers, after


def _uncommented(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text).strip()
