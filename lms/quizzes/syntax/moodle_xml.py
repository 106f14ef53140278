"""The parts of Moodle XML: texts with their files, numbers, answers, on their way in and out."""

import base64
import binascii
import re
from decimal import Decimal
from html import unescape
from typing import Final
from urllib.parse import quote, unquote
from xml.etree.ElementTree import Element as NewElement
from xml.etree.ElementTree import SubElement

from markupsafe import escape

from lms.kernel.lines import cleaned
from lms.kernel.messages import Message
from lms.kernel.xmltree import Element
from lms.quizzes.syntax.moodle import auto_text, shortened
from lms.quizzes.syntax.texts import ATTACHMENT as REFERENCE
from lms.quizzes.syntax.texts import text_to_html
from lms.quizzes.values import (
    NO_TEXT,
    TITLE_MAX_CHARACTERS,
    Attachment,
    ImportedQuestion,
    Text,
    TextFormat,
    percent,
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
FORMAT_NAMES: Final = {
    TextFormat.HTML: "html",
    TextFormat.MARKDOWN: "markdown",
    TextFormat.PLAIN: "plain_text",
}
NOT_IN_XML: Final = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
ATTACHMENT: Final = re.compile(r"attachment:([\w.~%-]+)")
FILM: Final = re.compile(r"^:{3,} *video\b", re.MULTILINE)


class XmlReader:
    """One question element; ``name`` is what to call it, even if it turns out to be none.

    ``asked`` is the question's own text, ``marks`` what it is worth if the file does not say.
    """

    def __init__(self, element: Element) -> None:
        self.element = element
        self.type = element.attribute("type")
        self._files: dict[str, bytes] = {}
        self._format = "html"
        self.warnings: list[str] = []
        self.asked = NO_TEXT
        self.marks = Decimal(1)
        self.formulas: dict[str, tuple[str, str]] = {}
        """The formulas of a calculated question's answers, by the key of the answer, with the kind of its tolerance."""
        self.name = cleaned(_loosely(element.first("name")))
        if not self.name:
            self.name = shortened(_loosely(element.first("questiontext")))
        if len(self.name) > TITLE_MAX_CHARACTERS:
            self.name = f"{self.name[: TITLE_MAX_CHARACTERS - 1]}…"
            self.warnings.append(
                Message("The title is cut to %(most)s characters.", most=TITLE_MAX_CHARACTERS)
            )

    @property
    def files(self) -> tuple[Attachment, ...]:
        """The files that were read so far."""
        return tuple(Attachment(name, content) for name, content in sorted(self._files.items()))

    def stem(self) -> Text:
        """Return the question's own text; its format is that of texts without one."""
        asked = self.element.first("questiontext")
        if asked is not None:
            self._format = asked.attribute("format") or "html"
        return self._with_old_picture(self.text(asked))

    def text(self, element: Element | None) -> Text:
        """Return a text in the format it names, or the question's, and keep its files."""
        if element is None:
            return NO_TEXT
        source = self._with_files(self.plain(element), element)
        form = element.attribute("format") or self._format
        if form == AUTO_FORMAT or not source:
            return auto_text(source)
        if form not in FORMATS:
            self.warnings.append(
                Message("The text format “%(format)s” is unknown: read as HTML.", format=form)
            )
        return Text(source, FORMATS.get(form, TextFormat.HTML))

    def plain(self, element: Element | None) -> str:
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
        name, data = self.value("image"), self.element.first("image_base64")
        if not name or data is None or not data.text.strip():
            return stem
        kept = self._keep(name.rpartition("/")[2] or "picture", _decoded(data))
        source = stem.source
        if stem.format is not TextFormat.HTML:
            source = str(escape(source)).replace("\n", "<br>\n")
        return Text(f'{source} <img src="attachment:{quote(kept, safe="")}" alt="">', TextFormat.HTML)

    def tags(self) -> tuple[str, ...]:
        """Return its tags, each once."""
        listed = self.element.first("tags")
        named = [self.plain(tag) for tag in (listed.all("tag") if listed else ())]
        return tuple(dict.fromkeys(tag for tag in named if tag))

    def value(self, name: str, default: str = "") -> str:
        """Return the characters directly in a child element."""
        return child_text(self.element, name) or default

    def number(self, name: str, default: Decimal) -> Decimal:
        """Return the number in a child element, or the default."""
        text = self.value(name)
        return number_of(text) if text else default

    def fraction(self, answer: Element) -> Decimal:
        """Return what an answer is worth, of one."""
        return number_of(answer.attribute("fraction") or child_text(answer, "fraction") or "0") / 100

    def is_true(self, name: str, default: str = "") -> bool:
        """Return whether a child element says yes."""
        return self.value(name, default).lower() not in {"", "0", "false"}


def _loosely(element: Element | None) -> str:
    if element is None:
        return ""
    return (element.first("text") or element).text.strip()


def child_text(element: Element, name: str) -> str:
    """Return the characters directly in a child element."""
    child = element.first(name)
    return child.text.strip() if child else ""


def number_of(text: str) -> Decimal:
    """Return a number of a file; raises ValueError where it is none."""
    if not NUMBER.fullmatch(text.strip()):
        raise ValueError(Message("%(text)s is not a number.", text=shortened(text) or "“”"))
    return Decimal(text.strip())


def _decoded(file: Element) -> bytes:
    if file.attribute("encoding") not in {"", "base64"}:
        raise ValueError(Message("The file in line %(line)s is not written in base64.", line=file.line))
    try:
        return base64.b64decode("".join(file.text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError(Message("The file in line %(line)s is broken.", line=file.line)) from error


def clean(text: str) -> str:
    """Return the text without the control characters that XML cannot hold."""
    return NOT_IN_XML.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))


class XmlWriter:
    """One question element in the making, and the files that no text has shown yet."""

    def __init__(self, imported: ImportedQuestion, element: NewElement) -> None:
        self.element = element
        self._files = {file.name: file.content for file in imported.attachments}
        mentioned = {
            unquote(name) for text in imported.question.texts for name in ATTACHMENT.findall(text.source)
        }
        self.unmentioned = sorted(self._files.keys() - mentioned)

    def answer(self, text: str, weight: Decimal, feedback: Text) -> NewElement:
        """Write an answer of plain words, and return it."""
        answer = SubElement(self.element, "answer", fraction=percent(weight), format="plain_text")
        SubElement(answer, "text").text = clean(text)
        self.text(answer, "feedback", feedback)
        return answer

    def text(self, parent: NewElement, name: str, text: Text) -> NewElement:
        """Write a text with the pictures that it shows, and return its element."""
        if text.format is TextFormat.MARKDOWN and FILM.search(text.source):
            # Moodle knows no blocks of ours: it plays a film that is written in HTML.
            text = Text(
                text_to_html(text, attachment=lambda named: f"{REFERENCE}{quote(named, safe='')}"),
                TextFormat.HTML,
            )
        element = SubElement(parent, name, format=FORMAT_NAMES[text.format])
        shown: dict[str, None] = {}

        def pointed(reference: re.Match[str]) -> str:
            file = unquote(reference[1])
            if file not in self._files:
                return reference[0]
            shown[file] = None
            return f"@@PLUGINFILE@@/{quote(file, safe='')}"

        SubElement(element, "text").text = clean(ATTACHMENT.sub(pointed, text.source))
        for file in shown:
            self.file(element, file)
        return element

    def file(self, element: NewElement, name: str) -> None:
        """Write a file of the question into an element."""
        file = SubElement(element, "file", name=clean(name), path="/", encoding="base64")
        file.text = base64.b64encode(self._files[name]).decode()

    def value(self, name: str, value: str) -> None:
        """Write a child element of a few characters."""
        SubElement(self.element, name).text = clean(value)
