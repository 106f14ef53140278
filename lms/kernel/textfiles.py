"""Text files from strangers: which encoding they are in, or where they are in none."""

import codecs
import re
from dataclasses import dataclass
from typing import Final

from lms.kernel.errors import Invalid
from lms.kernel.messages import Message

BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# In Windows-1252 the odd letter stands alone or in pairs; longer runs are another script (Greek, Cyrillic).
OTHER_SCRIPT = re.compile(rb"[\x80-\xff]{3}")
NOT_IN_WINDOWS_1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")


class UnreadableText(Invalid):
    """The file is no text that can be read; ``line`` (from 1) is where, None if it is all of it."""

    def __init__(self, message: Message, *, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class DecodedText:
    """A text file, line ends made one kind; ``guess`` names the encoding if the file left it open."""

    text: str
    guess: str = ""
    first_odd_line: int | None = None


def decode(content: bytes) -> DecodedText:
    """Return the text of a file in UTF-8, UTF-16 or UTF-32, or in Windows-1252 if it can be nothing else.

    Raises UnreadableText, which names the line and the byte.
    """
    for mark, encoding in BOMS:
        if content.startswith(mark):
            return DecodedText(_decoded(content[len(mark) :], encoding))
    if encoding := _utf16_without_mark(content):
        return DecodedText(_decoded(content, encoding), guess=encoding.upper())
    try:
        return DecodedText(_clean(content.decode("utf-8")))
    except UnicodeDecodeError as error:
        if OTHER_SCRIPT.search(content) or NOT_IN_WINDOWS_1252.search(content):
            raise _no_utf8(content, error.start) from error
        line = content.count(b"\n", 0, error.start) + 1
        return DecodedText(_clean(content.decode("windows-1252")), guess="Windows-1252", first_odd_line=line)


def _utf16_without_mark(content: bytes) -> str:
    """Return which UTF-16 it is when every second byte is mostly zero, as in Latin text."""
    sample = content[:4096]
    if len(sample) < 4 or len(content) % 2:  # noqa: PLR2004 - two characters
        return ""
    share = len(sample) // 2 * 0.6
    if sample[1::2].count(0) > share and not sample[0::2].count(0):
        return "utf-16-le"
    if sample[0::2].count(0) > share and not sample[1::2].count(0):
        return "utf-16-be"
    return ""


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return _clean(content.decode(encoding))
    except UnicodeDecodeError as error:
        if encoding == "utf-8":
            raise _no_utf8(content, error.start) from error
        before = content[: error.start].decode(encoding, "replace")
        line = before.count("\n") + 1
        raise UnreadableText(
            Message(
                "The file says it is %(encoding)s, but is not in line %(line)s.",
                encoding=encoding.upper(),
                line=line,
            ),
            line=line,
        ) from error


def _clean(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise UnreadableText(
            Message("This is not a text file: there is a zero byte in line %(line)s.", line=line), line=line
        )
    return text


def _no_utf8(content: bytes, at: int) -> UnreadableText:
    line = content.count(b"\n", 0, at) + 1
    return UnreadableText(
        Message(
            "Line %(line)s is not UTF-8 (byte %(byte)s): save the file as UTF-8.",
            line=line,
            byte=f"0x{content[at]:02X}",
        ),
        line=line,
    )
