"""What a Markdown text is made of: its grammar, and the pictures, films, files and links it names."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin

BLOCKS: Final = ("details", "tabs", "tab", "video", "file", "check")
"""What a line of colons may open: `::: details More` … `:::`."""
CAPTIONS: Final = ".vtt"

DECORATION: Final = "decoration"
"""The title of a picture without words that says: there is nothing to say, this one only adorns."""

QUESTION: Final = re.compile(r"[A-Za-z0-9][\w.-]{0,79}")
"""What a knowledge check may name."""

_COLONS: Final = re.compile(r"\s*:{3,}\s*([^\s:]\S*)")
# The parser takes these for words, because what they lead to would act.
_ACTING_LINK: Final = re.compile(
    r"(?:\]\(|\]:|<)\s*<?((?:javascript|vbscript|data|file):(?:[^\s()>]|\([^\s()>]*\)?)*)", re.IGNORECASE
)
_TARGET: Final = re.compile(r"(?:<([^>]*)>|(\S+))\s*(.*)")


def make_parser() -> MarkdownIt:
    """Return a reader of our grammar that any number of threads may use from its first text on."""
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    for name in BLOCKS:
        container_plugin(parser, name, validate=_opens(name))
    # Each list of rules is made when it is first asked for, in full view of other threads, which then read a text by
    # half of them or fail: so it is made here, before there are any.
    for ruler in (parser.core.ruler, parser.block.ruler, parser.inline.ruler, parser.inline.ruler2):
        ruler.getRules("")
    return parser


def _opens(name: str) -> Callable[[str, str], bool]:
    return lambda info, _markup: info.split()[:1] == [name]


PARSER: Final = make_parser()
"""CommonMark with tables, strikethrough and the `BLOCKS`; static/js/markdown.js reads by the same grammar."""


def tokens_of(source: str) -> list[Token]:
    """Return a text's Markdown as tokens."""
    # The reader of blocks looks past a quotation whose last line does not end.
    return PARSER.parse(source if source.endswith("\n") else f"{source}\n")


class MediaKind(StrEnum):
    """What a text may show besides words."""

    PICTURE = "picture"
    VIDEO = "video"
    CAPTIONS = "captions"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class MediaUse:
    """A file in a text: its address as `MediaSource` will be asked for it, what the text calls it, and the line."""

    kind: MediaKind
    address: str
    words: str
    line: int
    is_decoration: bool = False

    @property
    def is_silent(self) -> bool:
        """Return whether it is a picture that neither says what it shows nor that it shows nothing of weight."""
        return self.kind is MediaKind.PICTURE and not self.words and not self.is_decoration


class NotShown(StrEnum):
    """What is written like a block or a link and will be neither."""

    BLOCK = "block"
    """A line of colons opens a block that there is not."""
    CHECK = "check"
    """A knowledge check that does not name its question where it opens, or holds a text."""
    LINK = "link"
    """A link to an address that could act."""


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something in a text that its readers would see as it is written: what it is, the words, and the line."""

    kind: NotShown
    words: str
    line: int


@dataclass(frozen=True, slots=True)
class LinkUse:
    """A link in a text, and the line."""

    address: str
    line: int


def media_in(source: str) -> list[MediaUse]:
    """Return the files that a Markdown text shows, in order, pictures written as HTML too."""
    found: list[MediaUse] = []
    tokens = tokens_of(source)
    for position, token in enumerate(tokens):
        line = (token.map[0] if token.map else 0) + 1
        if token.type in {"container_video_open", "container_file_open"}:
            address, title = target_of(token)
            kind = MediaKind.VIDEO if token.type == "container_video_open" else MediaKind.FILE
            found += [MediaUse(kind, address, title, line)] if address else []
            found += [MediaUse(MediaKind.CAPTIONS, *one, line + 1) for one in captions_of(tokens, position)]
        found += _pictures_of(token, line)
    return found


def pictures_in(source: str) -> list[MediaUse]:
    """Return the pictures of a Markdown text in order, those written as HTML too."""
    return [use for use in media_in(source) if use.kind is MediaKind.PICTURE]


def _pictures_of(token: Token, line: int) -> Iterator[MediaUse]:
    for one, at in ((token, line), *_inner(token, line)):
        if one.type == "image":
            words = one.content.strip()
            yield MediaUse(MediaKind.PICTURE, attribute(one, "src"), words, at, is_decoration(one))
        elif one.type in {"html_inline", "html_block"}:
            for place, seen in _html_pictures(one.content):
                yield MediaUse(
                    MediaKind.PICTURE,
                    seen.get("src", ""),
                    words := seen.get("alt", "").strip(),
                    at + one.content.count("\n", 0, place),
                    not words and seen.get("role") == "presentation",
                )


def is_decoration(image: Token) -> bool:
    """Return whether a picture of Markdown is one that its author calls decoration: ``![](a.png "decoration")``."""
    return not image.content.strip() and attribute(image, "title") == DECORATION


def links_in(source: str) -> list[LinkUse]:
    """Return the links of a Markdown text in order; the captions of a film are no links."""
    tokens = tokens_of(source)
    captions = {
        id(tokens[position + 2])
        for position, token in enumerate(tokens)
        if token.type == "container_video_open" and captions_of(tokens, position)
    }
    return [
        LinkUse(attribute(inner, "href"), at)
        for token in tokens
        if id(token) not in captions
        for inner, at in _inner(token, (token.map[0] if token.map else 0) + 1)
        if inner.type == "link_open"
    ]


def oddities_in(source: str) -> list[Oddity]:
    """Return what of a Markdown text will stand there as it is written, in order."""
    found: list[Oddity] = []
    tokens = tokens_of(source)
    for position, token in enumerate(tokens):
        line = (token.map[0] if token.map else 0) + 1
        if token.type == "container_check_open":
            has_text = not tokens[position + 1].type.startswith("container_check_close")
            if has_text or not QUESTION.fullmatch(info_of(token)):
                found.append(Oddity(NotShown.CHECK, info_of(token), line))
        elif token.type == "inline":
            for at, text in enumerate(token.content.split("\n"), line):
                if block := _COLONS.match(text):
                    found.append(Oddity(NotShown.BLOCK, block[1], at))
        found += [
            Oddity(NotShown.LINK, link[1], at)
            for inner, at in _inner(token, line)
            if inner.type == "text"
            for link in _ACTING_LINK.finditer(inner.content)
        ]
    return found


def title_in(source: str) -> tuple[str, str]:
    """Return the text of a first heading that opens a Markdown text, and the rest; no title if there is none."""
    tokens = tokens_of(source)
    if len(tokens) > 1 and tokens[0].type == "heading_open" and tokens[0].tag == "h1" and tokens[0].map:
        return words_of(tokens[1]), "\n".join(source.split("\n")[tokens[0].map[1] :])
    return "", source


def target_of(token: Token) -> tuple[str, str]:
    """Return the address and the title that the line opening a film or file gives; the name as title if it has none."""
    found = _TARGET.fullmatch(info_of(token))
    if found is None:
        return "", ""
    address = (found[1] or found[2] or "").strip()
    return address, found[3].strip() or address.rpartition("/")[2]


def info_of(token: Token) -> str:
    """Return what the line that opens a block says after the block's name."""
    return token.info.strip().partition(" ")[2].strip()


def captions_of(tokens: list[Token], position: int) -> list[tuple[str, str]]:
    """Return address and name of the captions of the film that opens here: a first paragraph of links to .vtt files."""
    if len(tokens) <= position + 2 or tokens[position + 1].type != "paragraph_open":
        return []
    children = tokens[position + 2].children or []
    found: list[tuple[str, str]] = []
    words = ""
    for child in children:
        if child.type == "link_open":
            found.append((attribute(child, "href"), ""))
            words = ""
        elif child.type == "link_close":
            found[-1] = (found[-1][0], words.strip())
        elif child.type in {"text", "code_inline"} and found and not found[-1][1]:
            words += child.content
        elif child.type not in {"softbreak", "hardbreak"}:
            return []
    loose = any(child.type == "text" and child.level == 0 and child.content.strip() for child in children)
    return [] if loose or any(not address.lower().endswith(CAPTIONS) for address, _ in found) else found


def words_of(inline: Token) -> str:
    """Return the words of a heading or paragraph without its marks."""
    return " ".join(
        "".join(
            child.content if child.type in {"text", "code_inline", "image"} else " "
            for child in inline.children or ()
            if child.type in {"text", "code_inline", "image", "softbreak", "hardbreak"}
        ).split()
    )


def attribute(token: Token, name: str) -> str:
    """Return an attribute of a token as text, empty if it has none."""
    return str(token.attrs.get(name, ""))


def _inner(token: Token, line: int) -> Iterator[tuple[Token, int]]:
    """Yield the tokens within a paragraph with their lines, as well as lines can be told there."""
    for inner in token.children or ():
        yield inner, line
        if inner.type in {"softbreak", "hardbreak"}:
            line += 1


def _html_pictures(html: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield where each picture is and what it says of itself, as the sanitiser sees it."""
    for found in re.finditer(r"<img\b[^>]*>", html, re.IGNORECASE):
        seen: dict[str, str] = {}

        def look(_tag: str, name: str, value: str, seen: dict[str, str] = seen) -> str | None:
            seen[name] = value
            return value

        nh3.clean(found[0], tags={"img"}, attributes={"img": {"src", "alt", "role"}}, attribute_filter=look)
        yield found.start(), seen
