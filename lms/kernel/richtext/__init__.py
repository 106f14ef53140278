"""Text that people wrote, as HTML that can do nothing: Markdown and HTML through one tight sanitiser."""

import re
from collections.abc import Callable, Sequence
from html import escape

import nh3
from markdown_it.token import Token

from lms.kernel.richtext.blocks import (
    Labels,
    order_headings,
    with_blocks,
    with_callouts,
    with_wrapped_tables,
)
from lms.kernel.richtext.reading import (
    PARSER,
    LinkUse,
    MediaKind,
    MediaUse,
    NotShown,
    Oddity,
    is_decoration,
    links_in,
    media_in,
    oddities_in,
    pictures_in,
    title_in,
    tokens_of,
)
from lms.kernel.richtext.sanitising import (
    ID_PREFIX,
    OWN_ATTRIBUTES,
    SIZES,
    TEXT_ATTRIBUTES,
    MediaSource,
    sanitised,
)

__all__ = [
    "ID_PREFIX",
    "Labels",
    "LinkUse",
    "MediaKind",
    "MediaSource",
    "MediaUse",
    "NotShown",
    "Oddity",
    "Widths",
    "checks_in",
    "films_in",
    "has_empty_check",
    "has_silent_picture",
    "html_to_html",
    "links_in",
    "markdown_to_html",
    "media_in",
    "no_media",
    "oddities_in",
    "pictures_in",
    "plain_text_of",
    "plain_to_html",
    "title_in",
    "with_checks",
]

_CHECK = re.compile(r'<div\b[^>]*\bdata-check="([^"]+)"[^>]*></div>')
_CHECK_BLOCK = re.compile(r'<div\b[^>]*\bclass="check-block"')
_SILENT_PICTURE = re.compile(r'<img\b(?![^>]*(?:\balt="\s*[^"\s]|\brole="presentation"))')
_FILM = re.compile(r'<(?:video|audio)\b[^>]*\bsrc="([^"]+)"')


Widths = Callable[[str], tuple[Sequence[int], tuple[int, int]] | None]
"""From a picture's address to the smaller widths it is served in, and its own width and height in pixels."""


def no_widths(_address: str) -> None:
    """Know no picture's size."""


def no_media(_address: str) -> str | None:
    """Show no picture, film or file at all."""
    return None


def markdown_to_html(
    source: str,
    *,
    media: MediaSource = no_media,
    labels: Labels | None = None,
    widths: Widths = no_widths,
) -> str:
    """Return Markdown (CommonMark with tables, strikethrough, GitHub's alerts and our blocks) as safe HTML.

    Headings start at h2, leave no level out, and have ids; links to ``#heading`` find them. Tables can be scrolled
    and have a name. HTML in the text is kept as far as ``html_to_html`` would keep it. The blocks are written down in
    docs/reference/markdown.md. ``widths`` says in which widths a picture is served, and how large it is.
    """
    labels = labels or Labels()
    tokens = list(with_callouts(tokens_of(source), labels))
    order_headings(tokens)
    tokens = list(with_blocks(list(with_wrapped_tables(tokens, labels)), labels, media))
    for token in tokens:
        if token.type in {"fence", "code_block"}:
            token.attrs = {}
        for inner in token.children or ():
            if inner.type == "image":
                if is_decoration(inner):
                    inner.attrs["role"] = "presentation"
                    inner.children = []
                    del inner.attrs["title"]
                inner.attrs.update({"loading": "lazy", "decoding": "async"} | _sized(inner, widths))
    html = PARSER.renderer.render(tokens, PARSER.options, {})
    return sanitised(html.replace("<pre>", '<pre tabindex="0">'), OWN_ATTRIBUTES, media)


def _sized(picture: Token, widths: Widths) -> dict[str, str | int | float]:
    """Return what an image of known size says besides: it keeps its place, and small screens load less."""
    address = str(picture.attrs.get("src", ""))
    known = widths(address)
    if known is None:
        return {}
    offered, (width, height) = known
    found: dict[str, str | int | float] = {"width": width, "height": height}
    if offered:
        found |= {"srcset": f"{address} {' '.join(map(str, offered))} {width}", "sizes": SIZES}
    return found


def html_to_html(source: str, *, media: MediaSource = no_media) -> str:
    """Return HTML that people wrote as safe HTML: text, tables, links and pictures, without style, class or id."""
    return sanitised(source, TEXT_ATTRIBUTES, media)


def plain_to_html(source: str) -> str:
    """Return plain text as HTML in which its line ends are kept."""
    return escape(source).replace("\n", "<br>\n")


def plain_text_of(html: str) -> str:
    """Return the words of safe HTML, for search and for short views."""
    spaced = re.sub(
        r"<(?:br|/p|/li|/h\d|/t[dhr]|/div|/blockquote|/pre|/summary|/figcaption)\b[^>]*>", " ", html
    )
    cleaned = nh3.clean(spaced, tags=set())
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&nbsp;", " "), ("&amp;", "&")):
        cleaned = cleaned.replace(entity, character)
    return " ".join(cleaned.split())


def checks_in(html: str) -> list[str]:
    """Return what the knowledge checks of a rendered text name, in order."""
    return _CHECK.findall(html)


def has_empty_check(html: str) -> bool:
    """Return whether a rendered text has a knowledge check that names no question and would show as words."""
    return len(_CHECK_BLOCK.findall(html)) > len(checks_in(html))


def has_silent_picture(html: str) -> bool:
    """Return whether a rendered text has a picture without words for what it shows that is no decoration either."""
    return _SILENT_PICTURE.search(html) is not None


def films_in(html: str) -> list[str]:
    """Return where the films and sounds of a rendered text are served, in order."""
    return _FILM.findall(html)


def with_checks(html: str, shown: Callable[[str], str]) -> str:
    """Return a rendered text with each knowledge check as `shown` gives it, as safe HTML of the caller's own."""
    return _CHECK.sub(lambda found: shown(found[1]), html)
