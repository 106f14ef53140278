"""Reading one question of a Moodle XML file: its texts, its files, and its body by type."""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from html import unescape
from typing import Final
from urllib.parse import quote, unquote

from markupsafe import escape

from lms.kernel.lines import cleaned
from lms.kernel.messages import Message
from lms.kernel.xmltree import Element
from lms.quizzes.formats.moodle import auto_text, shortened
from lms.quizzes.values import (
    NO_TEXT,
    TITLE_MAX_CHARACTERS,
    Attachment,
    Body,
    Choice,
    ImportedQuestion,
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
    Unit,
    UnitRule,
    key_at,
)

FORMATS: Final = {
    "html": TextFormat.HTML,
    "markdown": TextFormat.MARKDOWN,
    "plain_text": TextFormat.PLAIN,
    "wiki_like": TextFormat.PLAIN,
}
AUTO_FORMAT: Final = "moodle_auto_format"
FILE_REFERENCE: Final = re.compile(r"@@PLUGINFILE@@(/[^\"'\s)<>?#\\]*)(?:\?[^\"'\s)<>#\\]*)?")
NUMBER: Final = re.compile(r"[+-]?(?:\d{1,40}\.?\d{0,40}|\.\d{1,40})(?:[eE][+-]?\d{1,2})?")
UNITS_UNUSED: Final = "3"
UNIT_OPTIONAL: Final = "0"
# Moodle's own types that are known by name, and what people call them.
NOT_YET: Final = {
    "essay": Message("essay"),
    "description": Message("description"),
    "cloze": Message("cloze"),
    "multianswer": Message("cloze"),
    "calculated": Message("calculated"),
    "calculatedsimple": Message("calculated"),
    "calculatedmulti": Message("calculated"),
    "ordering": Message("ordering"),
    "gapselect": Message("gap fill"),
    "ddwtos": Message("drag onto text"),
    "ddmarker": Message("drag markers"),
    "ddimageortext": Message("drag onto image"),
    "randomsamatch": Message("random matching"),
}


class Reader:
    """One question element; ``name`` is what to call it, even if it turns out to be none."""

    def __init__(self, element: Element, category: tuple[str, ...]) -> None:
        self._element = element
        self._category = category
        self._files: dict[str, bytes] = {}
        self._format = "html"
        self.warnings: list[str] = []
        self.name = cleaned(_loosely(element.first("name")))
        if not self.name:
            self.name = shortened(_loosely(element.first("questiontext")))
        if len(self.name) > TITLE_MAX_CHARACTERS:
            self.name = f"{self.name[: TITLE_MAX_CHARACTERS - 1]}…"
            self.warnings.append(
                Message("The title is cut to %(most)s characters.", most=TITLE_MAX_CHARACTERS)
            )

    def imported(self) -> ImportedQuestion:
        """Return the question with its files; raises ValueError with a sentence that says what is wrong."""
        kind = self._element.attribute("type")
        if kind not in self._bodies:
            what = NOT_YET.get(kind, kind)
            raise ValueError(Message("Questions of the type “%(type)s” cannot be taken over yet.", type=what))
        asked = self._element.first("questiontext")
        if asked is not None:
            self._format = asked.attribute("format") or "html"
        question = Question(
            title=self.name,
            stem=self._with_old_picture(self._text(asked)),
            body=self._bodies[kind](self),
            marks=self._number("defaultgrade", Decimal(1)),
            general_feedback=self._text(self._element.first("generalfeedback")),
            feedback_correct=self._text(self._element.first("correctfeedback")),
            feedback_partial=self._text(self._element.first("partiallycorrectfeedback")),
            feedback_incorrect=self._text(self._element.first("incorrectfeedback")),
            hints=tuple(hint for element in self._element.all("hint") if (hint := self._text(element))),
            tags=self._tags(),
            category=self._category,
            external_id=self._value("idnumber"),
        )
        files = tuple(Attachment(name, content) for name, content in sorted(self._files.items()))
        return ImportedQuestion(question, files, self._element.line)

    def _choices(self) -> SingleChoice | MultipleChoice:
        choices = tuple(
            Choice(
                key_at(position), self._text(answer), _fraction(answer), self._text(answer.first("feedback"))
            )
            for position, answer in enumerate(self._element.all("answer"))
        )
        shuffle = _is_true(self._value("shuffleanswers"))
        if _is_true(self._value("single", "true")):
            return SingleChoice(choices, shuffle)
        return MultipleChoice(choices, shuffle)

    def _true_false(self) -> TrueFalse:
        answers = self._element.all("answer")
        if len(answers) != 2:  # noqa: PLR2004 - true and false
            raise ValueError(Message("A true/false question needs two answers."))
        words = [self._plain(answer).lower() for answer in answers]
        # Old files have the words in the author's language: there, the first is true.
        when_true, when_false = reversed(answers) if words == ["false", "true"] else answers
        right = [_fraction(when_true), _fraction(when_false)]
        if sorted(right) != [0, 1]:
            raise ValueError(Message("One of true and false must be worth 100%%, the other nothing."))
        return TrueFalse(
            answer=right[0] == 1,
            feedback_true=self._text(when_true.first("feedback")),
            feedback_false=self._text(when_false.first("feedback")),
        )

    def _short_text(self) -> ShortText:
        answers = tuple(
            TextAnswer(
                key_at(position), self._plain(answer), _fraction(answer), self._text(answer.first("feedback"))
            )
            for position, answer in enumerate(self._element.all("answer"))
        )
        return ShortText(answers, case_sensitive=_is_true(self._value("usecase")))

    def _numeric(self) -> Numeric:
        answers = []
        for position, answer in enumerate(self._element.all("answer")):
            text = self._plain(answer)
            tolerance = answer.first("tolerance")
            answers.append(
                NumericAnswer(
                    key_at(position),
                    None if text in {"", "*"} else _number(text),
                    _number(tolerance.text) if tolerance and tolerance.text.strip() else Decimal(0),
                    _fraction(answer),
                    self._text(answer.first("feedback")),
                )
            )
        listed = self._element.first("units")
        units = tuple(
            Unit(_child_text(unit, "unit_name"), _number(_child_text(unit, "multiplier") or "1"))
            for unit in (listed.all("unit") if listed else ())
        )
        if units and self._value("showunits") == UNITS_UNUSED:
            self.warnings.append(
                Message("Its units are not taken over, since the question does not use them.")
            )
            units = ()
        if not units:
            return Numeric(tuple(answers))
        if self._value("unitgradingtype", UNIT_OPTIONAL) == UNIT_OPTIONAL:
            return Numeric(tuple(answers), units, UnitRule.OPTIONAL)
        penalty = self._number("unitpenalty", Decimal("0.1"))
        return Numeric(tuple(answers), units, UnitRule.REQUIRED, penalty)

    def _matching(self) -> Matching:
        stems: list[tuple[Text, str]] = []
        keys: dict[str, str] = {}
        for pair in self._element.all("subquestion"):
            option = self._plain(pair.first("answer"))
            keys.setdefault(option, key_at(len(keys)))
            if stem := self._text(pair):
                stems.append((stem, option))
        return Matching(
            tuple(MatchStem(key_at(at), stem, keys[option]) for at, (stem, option) in enumerate(stems)),
            tuple(MatchOption(key, option) for option, key in keys.items()),
            shuffle=_is_true(self._value("shuffleanswers", "true")),
        )

    _bodies: Final[Mapping[str, Callable[["Reader"], Body]]] = {
        "multichoice": _choices,
        "truefalse": _true_false,
        "shortanswer": _short_text,
        "numerical": _numeric,
        "matching": _matching,
    }

    def _text(self, element: Element | None) -> Text:
        """Return a text in the format it names, or the question's, and keep its files."""
        if element is None:
            return NO_TEXT
        source = self._with_files(self._plain(element), element)
        form = element.attribute("format") or self._format
        if form == AUTO_FORMAT or not source:
            return auto_text(source)
        if form not in FORMATS:
            self.warnings.append(
                Message("The text format “%(format)s” is unknown: read as HTML.", format=form)
            )
        return Text(source, FORMATS.get(form, TextFormat.HTML))

    def _plain(self, element: Element | None) -> str:
        """Return the characters of an element's text; very old files have no element for it."""
        if element is None:
            return ""
        text = element.first("text") or element
        if text is not element and text.children:
            raise ValueError(
                Message("The text in line %(line)s has tags in it: they belong in CDATA.", line=text.line)
            )
        return text.text.strip()

    def _with_files(self, source: str, element: Element) -> str:
        """Keep the files of a text and point the text to them."""
        names: dict[str, str] = {}
        for file in element.all("file"):
            name = file.attribute("name").replace("/", "_") or "file"
            path = file.attribute("path") or "/"
            names[f"{path}{name}"] = self._keep(name, _decoded(file))

        def pointed(reference: re.Match[str]) -> str:
            path = unquote(unescape(reference[1]))
            name = names.get(path)
            if name is None:
                self.warnings.append(
                    Message(
                        "The file %(name)s is mentioned, but is not in the question.", name=path.lstrip("/")
                    )
                )
                return reference[0]
            return f"attachment:{quote(name, safe='')}"

        return FILE_REFERENCE.sub(pointed, source)

    def _keep(self, name: str, content: bytes) -> str:
        """Keep a file under its name, or under the next free one if another has it; return that name."""
        stem, dot, suffix = name.rpartition(".")
        free, count = name, 1
        while free in self._files and self._files[free] != content:
            count += 1
            free = f"{stem}-{count}{dot}{suffix}" if dot else f"{name}-{count}"
        self._files[free] = content
        return free

    def _with_old_picture(self, stem: Text) -> Text:
        """Add the picture of a file older than Moodle 2, which stands in elements of its own."""
        name, data = self._value("image"), self._element.first("image_base64")
        if not name or data is None or not data.text.strip():
            return stem
        kept = self._keep(name.rpartition("/")[2] or "picture", _decoded(data))
        source = stem.source
        if stem.format is not TextFormat.HTML:
            source = str(escape(source)).replace("\n", "<br>\n")
        return Text(f'{source} <img src="attachment:{quote(kept, safe="")}" alt="">', TextFormat.HTML)

    def _tags(self) -> tuple[str, ...]:
        listed = self._element.first("tags")
        named = [self._plain(tag) for tag in (listed.all("tag") if listed else ())]
        return tuple(dict.fromkeys(tag for tag in named if tag))

    def _value(self, name: str, default: str = "") -> str:
        """Return the characters directly in a child element."""
        return _child_text(self._element, name) or default

    def _number(self, name: str, default: Decimal) -> Decimal:
        text = self._value(name)
        return _number(text) if text else default


def _loosely(element: Element | None) -> str:
    if element is None:
        return ""
    return (element.first("text") or element).text.strip()


def _child_text(element: Element, name: str) -> str:
    child = element.first(name)
    return child.text.strip() if child else ""


def _fraction(answer: Element) -> Decimal:
    return _number(answer.attribute("fraction") or _child_text(answer, "fraction") or "0") / 100


def _number(text: str) -> Decimal:
    if not NUMBER.fullmatch(text.strip()):
        raise ValueError(Message("%(text)s is not a number.", text=shortened(text) or "“”"))
    return Decimal(text.strip())


def _is_true(text: str) -> bool:
    return text.lower() not in {"", "0", "false"}


def _decoded(file: Element) -> bytes:
    if file.attribute("encoding") not in {"", "base64"}:
        raise ValueError(Message("The file in line %(line)s is not written in base64.", line=file.line))
    try:
        return base64.b64decode("".join(file.text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError(Message("The file in line %(line)s is broken.", line=file.line)) from error
