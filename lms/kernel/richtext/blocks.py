"""The blocks that our Markdown has beyond CommonMark, and what makes the rest a good page."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from markdown_it.token import Token

from lms.kernel.films import film_type
from lms.kernel.richtext.reading import captions_of, info_of, target_of, words_of
from lms.kernel.richtext.sanitising import ID_PREFIX, MEDIA_SCHEME, MediaSource

ALERT: Final = re.compile(r"\[!(note|tip|important|warning|caution)\][ \t]*(?:\n|$)", re.IGNORECASE)
ALIGNMENT: Final = re.compile(r"text-align:(left|right|center)")
LANGUAGE: Final = re.compile(r"\.([a-z]{2,3}(?:-[A-Za-z0-9]{2,8})?)\.vtt$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """The few words that rendering adds, in the language of the text."""

    note: str = "Note"
    tip: str = "Tip"
    important: str = "Important"
    warning: str = "Warning"
    caution: str = "Caution"
    table: str = "Table"
    more: str = "More"
    transcript: str = "Transcript"
    missing: str = "This is not here: %s"


def with_callouts(tokens: Sequence[Token], labels: Labels) -> Iterator[Token]:
    """Yield the tokens with each quote that opens with ``[!NOTE]`` or its like made an aside with a title."""
    closing: list[bool] = []
    for position, token in enumerate(tokens):
        if token.type == "blockquote_open":
            kind = _alert_kind(tokens, position)
            closing.append(bool(kind))
            if kind:
                token.tag = "aside"
                token.attrs = {"class": f"callout callout-{kind}", "role": "note"}
                yield token
                yield from _paragraph(getattr(labels, kind), "callout-title")
                continue
        elif token.type == "blockquote_close" and closing.pop():
            token.tag = "aside"
        yield token


def _alert_kind(tokens: Sequence[Token], position: int) -> str:
    """Return which callout a quote is, having taken the mark off its text; empty if it is an ordinary quote."""
    if len(tokens) <= position + 2 or tokens[position + 1].type != "paragraph_open":
        return ""
    inline = tokens[position + 2]
    found = ALERT.match(inline.content)
    if found is None or not inline.children:
        return ""
    breaks = [at for at, child in enumerate(inline.children) if child.type in {"softbreak", "hardbreak"}]
    inline.children = inline.children[breaks[0] + 1 :] if breaks else []
    inline.content = inline.content[found.end() :]
    return found[1].lower()


def _paragraph(text: str, css_class: str) -> Iterator[Token]:
    yield Token("paragraph_open", "p", 1, attrs={"class": css_class}, block=True)
    yield Token("inline", "", 0, children=[Token("text", "", 0, content=text)], content=text, block=True)
    yield Token("paragraph_close", "p", -1, block=True)


def order_headings(tokens: Sequence[Token]) -> None:
    """Let headings begin at h2 and step down one level at a time, and give each an id."""
    above: list[int] = []
    taken: set[str] = set()
    for position, token in enumerate(tokens):
        if token.type == "heading_open":
            level = int(token.tag[1])
            while above and above[-1] >= level:
                above.pop()
            above.append(level)
            token.tag = f"h{min(6, len(above) + 1)}"
            token.attrs["id"] = _free_id(words_of(tokens[position + 1]), taken)
        elif token.type == "heading_close":
            token.tag = f"h{min(6, len(above) + 1)}"


def _free_id(words: str, taken: set[str]) -> str:
    """Return the id of a heading as GitHub would make it, after our prefix."""
    kept = "".join(
        character
        for character in words.lower()
        if character.isalnum() or character in " -_" or unicodedata.combining(character)
    )
    slug = free = ID_PREFIX + "-".join(kept.split(" "))
    count = 0
    while free in taken:
        count += 1
        free = f"{slug}-{count}"
    taken.add(free)
    return free


def with_wrapped_tables(tokens: Sequence[Token], labels: Labels) -> Iterator[Token]:
    """Yield the tokens with each table in a named region that scrolls, and its alignment said by class."""
    heading, count = "", 0
    for position, token in enumerate(tokens):
        if token.type == "heading_open":
            heading = words_of(tokens[position + 1])
        if token.type == "table_open":
            count += 1
            name = f"{labels.table} {count}" + (f": {heading}" if heading else "")
            attributes: dict[str, str | int | float] = {
                "class": "table-wrap",
                "role": "region",
                "tabindex": "0",
                "aria-label": name,
            }
            yield Token("wrap_open", "div", 1, attrs=attributes, block=True)
        elif token.type in {"th_open", "td_open"}:
            aligned = ALIGNMENT.fullmatch(str(token.attrs.pop("style", "")))
            if aligned and aligned[1] != "left":
                token.attrs["class"] = "align-end" if aligned[1] == "right" else "align-center"
            if token.type == "th_open":
                token.attrs["scope"] = "col"
        yield token
        if token.type == "table_close":
            yield Token("wrap_close", "div", -1, block=True)


def with_blocks(tokens: list[Token], labels: Labels, media: MediaSource) -> Iterator[Token]:
    """Yield the tokens with what lines of colons open as HTML: folds, tabs, films, files, knowledge checks."""
    skip_to = 0
    closing: list[str] = []
    for position, token in enumerate(tokens):
        if position < skip_to:
            continue
        if not token.type.startswith("container_"):
            yield token
            continue
        if token.nesting < 0:
            yield _html(closing.pop())
            continue
        name = token.type.removeprefix("container_").removesuffix("_open")
        captions = captions_of(tokens, position) if name == "video" else []
        if captions:
            # The paragraph that names them is not shown: the film offers them.
            skip_to = position + 4
        has_text = not tokens[max(position + 1, skip_to)].type.startswith(f"container_{name}_close")
        opened, closed = _block(name, token, captions, labels, media, has_text=has_text)
        closing.append(closed)
        yield _html(opened)


def _html(content: str) -> Token:
    return Token("html_block", "", 0, content=content, block=True)


def _block(
    name: str,
    token: Token,
    captions: Sequence[tuple[str, str]],
    labels: Labels,
    media: MediaSource,
    *,
    has_text: bool,
) -> tuple[str, str]:
    """Return what opens and what closes a block; addresses stay the text's own until the sanitiser sees them."""
    words = escape(info_of(token))
    title = words or escape(labels.more)
    frames = {
        "details": (f'<details class="fold"><summary>{title}</summary>\n', "</details>\n"),
        "tabs": ('<div class="tabs-block">\n', "</div>\n"),
        "tab": (
            f'<section class="tab-block" aria-label="{title}"><p class="tab-title">{title}</p>\n',
            "</section>\n",
        ),
        "check": (f'<div class="check-block" data-check="{words}">', "</div>\n"),
    }
    if name in frames:
        return frames[name]
    address, called = target_of(token)
    if not address or media(address) is None:
        return f'<p class="media-missing">{escape(labels.missing % (called or "?"))}</p>\n', ""
    if name == "file":
        link = f'<a href="{escape(MEDIA_SCHEME + address)}" download>{escape(called)}</a>'
        return f'<div class="media-file"><p>{link}</p>\n', "</div>\n"
    return _film(address, called, captions, labels, media, has_text=has_text)


def _film(
    address: str,
    title: str,
    captions: Sequence[tuple[str, str]],
    labels: Labels,
    media: MediaSource,
    *,
    has_text: bool,
) -> tuple[str, str]:
    tracks = "".join(
        f'<track kind="captions" src="{escape(where)}"{_language(where)} label="{escape(called)}">'
        for where, called in captions
        if media(where) is not None
    )
    # A sound has no picture to leave room for; one with captions has: browsers show them in films alone.
    tag = "audio" if (film_type(address) or "").startswith("audio/") and not tracks else "video"
    film = (
        f'<figure class="media"><{tag} controls preload="metadata" src="{escape(address)}" '
        f'aria-label="{escape(title)}">{tracks}</{tag}><figcaption>{escape(title)}</figcaption>\n'
    )
    if not has_text:
        return film, "</figure>\n"
    fold = f'<details class="fold transcript"><summary>{escape(labels.transcript)}</summary>\n'
    return film + fold, "</details></figure>\n"


def _language(address: str) -> str:
    found = LANGUAGE.search(address)
    return f' srclang="{found[1]}"' if found else ""
