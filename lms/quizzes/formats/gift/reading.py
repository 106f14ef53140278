"""Reading GIFT: a file cut into blocks, and a block into the parts of its question."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from lms.kernel.lines import cleaned
from lms.kernel.messages import Message
from lms.quizzes.formats.gift.syntax import (
    ARROW_HEAD,
    CATEGORY_LINE,
    ESCAPE_PAIR,
    ESCAPED,
    FALSE_WORDS,
    FORMAT,
    FORMATS,
    ID_COMMENT,
    MISSING_WORD,
    NUMBER,
    RESERVED,
    TAG_COMMENT,
    TRUE_WORDS,
    UNESCAPE,
    WEIGHT,
)
from lms.quizzes.formats.moodle import auto_text, category_of, shortened
from lms.quizzes.values import (
    TITLE_MAX_CHARACTERS,
    Body,
    Choice,
    Matching,
    MatchOption,
    MatchStem,
    MultipleChoice,
    Numeric,
    NumericAnswer,
    Question,
    ShortText,
    SingleChoice,
    Text,
    TextAnswer,
    TextFormat,
    TrueFalse,
    key_at,
)


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
        self.name = shortened(_plain(block.text))
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
            self.name = shortened(_plain(FORMAT.sub("", text).partition("{")[0]))
            return text
        title, end, rest = text[2:].partition("::")
        if not end:
            raise ValueError(Message("The title begins with :: but does not end with ::."))
        self.name = cleaned(_plain(title))
        if len(self.name) > TITLE_MAX_CHARACTERS:
            self.name = f"{self.name[: TITLE_MAX_CHARACTERS - 1]}…"
            self.warnings.append(
                Message("The title is cut to %(most)s characters.", most=TITLE_MAX_CHARACTERS)
            )
        return rest.strip()

    def _body(self, answers: str) -> Body:
        if not answers:
            raise ValueError(Message("It is an essay question: these cannot be taken over yet."))
        if answers.startswith("#"):
            return self._numeric(answers[1:])
        if "~" in answers:
            return self._choices(answers)
        pieces = _pieces(answers)
        if "=" in answers and any("->" in piece.partition("#")[0] for piece in pieces):
            return self._matching(pieces)
        word, _, feedback = answers.partition("#")
        if (word := word.strip()) in {*TRUE_WORDS, *FALSE_WORDS}:
            wrong, _, right = feedback.partition("#")
            if word in TRUE_WORDS:
                return TrueFalse(
                    answer=True, feedback_true=self._text(right), feedback_false=self._text(wrong)
                )
            return TrueFalse(answer=False, feedback_true=self._text(wrong), feedback_false=self._text(right))
        return ShortText(
            tuple(
                TextAnswer(
                    key_at(position), _plain(FORMAT.sub("", text.strip(), count=1)), weight, self._text(said)
                )
                for position, (weight, text, said) in enumerate(map(_weighed, pieces))
            )
        )

    def _choices(self, answers: str) -> SingleChoice | MultipleChoice:
        if answers[0] not in "~=":
            raise ValueError(Message("The first choice begins with neither ~ nor =."))
        choices, is_single = [], False
        for position, (mark, piece) in enumerate(re.findall(r"(~=|~|=)([^~=]*)", answers)):
            weight, text, said = _weighed(piece, default=Decimal("=" in mark))
            is_single |= "=" in mark and weight == 1
            choices.append(Choice(key_at(position), self._text(text), weight, self._text(said)))
        return SingleChoice(tuple(choices)) if is_single else MultipleChoice(tuple(choices))

    def _matching(self, pieces: list[str]) -> Matching:
        stems: list[tuple[Text, str]] = []
        keys: dict[str, str] = {}
        for piece in pieces:
            left, arrow, right = piece.partition("->")
            if not arrow:
                raise ValueError(
                    Message("The pair %(pair)s has no arrow (->).", pair=shortened(_plain(piece)))
                )
            option = _plain(right)
            keys.setdefault(option, key_at(len(keys)))
            if stem := self._text(left):
                stems.append((stem, option))
        return Matching(
            tuple(MatchStem(key_at(at), stem, keys[option]) for at, (stem, option) in enumerate(stems)),
            tuple(MatchOption(key, option) for option, key in keys.items()),
        )

    def _numeric(self, answers: str) -> Numeric:
        right, _, wrong = answers.partition("~")
        numbers = []
        for position, piece in enumerate(_pieces(right)):
            weight, text, said = _weighed(piece)
            value, tolerance = _range(_plain(text))
            numbers.append(NumericAnswer(key_at(position), value, tolerance, weight, self._text(said)))
        if said_if_wrong := self._text(wrong.partition("#")[2]):
            key = key_at(len(numbers))
            numbers.append(NumericAnswer(key, None, weight=Decimal(0), feedback=said_if_wrong))
        return Numeric(tuple(numbers))

    def _text(self, raw: str) -> Text:
        """Return a part in the format it names, or the question's."""
        raw = raw.strip()
        form = self._format
        if found := FORMAT.match(raw):
            raw, form = raw[found.end() :], FORMATS.get(found[1])
        source = _plain(raw)
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


def _pieces(answers: str) -> list[str]:
    pieces = answers.split("=")
    return pieces if pieces[0].strip() else pieces[1:]


def _weighed(piece: str, default: Decimal = Decimal(1)) -> tuple[Decimal, str, str]:
    """Return the weight, the text and the feedback of an answer."""
    text, _, said = piece.strip().partition("#")
    if found := WEIGHT.match(text):
        return Decimal(found[1]) / 100, text[found.end() :], said
    return default, text, said


def _range(text: str) -> tuple[Decimal | None, Decimal]:
    """Return value and tolerance of ``5``, ``5:0.5`` or ``4.5..5.5``; no value for ``*``."""
    if ".." in text:
        low, high = (_number(part) for part in text.split("..", 1))
        if low > high:
            raise ValueError(Message("The range %(range)s ends before it begins.", range=text))
        return (low + high) / 2, (high - low) / 2
    value, _, tolerance = text.partition(":")
    within = _number(tolerance) if tolerance.strip() else Decimal(0)
    return (None if value.strip() == "*" else _number(value)), within


def _number(text: str) -> Decimal:
    if not NUMBER.fullmatch(text.strip()):
        raise ValueError(Message("%(text)s is not a number.", text=shortened(text) or "“”"))
    return Decimal(text.strip())


def _plain(marked: str) -> str:
    return marked.translate(UNESCAPE).strip()


def _uncommented(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text).strip()
