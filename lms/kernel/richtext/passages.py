"""A rendered text taken apart into what is read in one go, each part with the heading it stands under."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_BLOCK_END: Final = re.compile(
    r"<(?:br|hr|/?p|/?li|/?[ou]l|/?h[1-6]|/?t[dhr]|/?table|/?div|/?blockquote|/?pre|/?details|/?summary|/?figcaption"
    r"|/?figure|/?section)\b[^>]*>"
)
_HEADINGS: Final = re.compile(r"(?=<h[1-6]\b)")
_HEADING: Final = re.compile(r'<h[1-6]\b[^>]*\bid="([^"]*)"[^>]*>')
_TAG: Final = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, list item or cell of a text: its words, and the id of the heading it stands under (or is)."""

    anchor: str
    text: str


def blocks_of(safe_html: str) -> Iterator[Block]:
    """Yield the blocks of a text that was sanitised, in order, those without a word left out."""
    anchor = ""
    for piece in _HEADINGS.split(safe_html):
        if heading := _HEADING.match(piece):
            anchor = html.unescape(heading[1])
        for part in _BLOCK_END.split(piece):
            if text := " ".join(html.unescape(_TAG.sub("", part)).split()):
                yield Block(anchor, text)


def letters_of(safe_html: str) -> str:
    """Return a text without its tags, as quickly as can be: words of different blocks may run together."""
    return html.unescape(_TAG.sub("", safe_html))
