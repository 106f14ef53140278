"""Text that people wrote, as HTML that can do nothing: Markdown and HTML through one tight sanitiser."""

import re
from collections.abc import Callable
from html import escape

import nh3

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
    links_in,
    media_in,
    pictures_in,
    title_in,
)
from lms.kernel.richtext.sanitising import (
    ID_PREFIX,
    OWN_ATTRIBUTES,
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
    "checks_in",
    "html_to_html",
    "links_in",
    "markdown_to_html",
    "media_in",
    "no_media",
    "pictures_in",
    "plain_text_of",
    "plain_to_html",
    "title_in",
    "with_checks",
]

_CHECK = re.compile(r'<div\b[^>]*\bdata-check="([^"]+)"[^>]*></div>')


def no_media(_address: str) -> str | None:
    """Show no picture, film or file at all."""
    return None


def markdown_to_html(source: str, *, media: MediaSource = no_media, labels: Labels | None = None) -> str:
    """Return Markdown (CommonMark with tables, strikethrough, GitHub's alerts and our blocks) as safe HTML.

    Headings start at h2, leave no level out, and have ids; links to ``#heading`` find them. Tables can be scrolled
    and have a name. HTML in the text is kept as far as ``html_to_html`` would keep it. The blocks are written down in
    docs/reference/markdown.md.
    """
    labels = labels or Labels()
    tokens = list(with_callouts(PARSER.parse(source), labels))
    order_headings(tokens)
    tokens = list(with_blocks(list(with_wrapped_tables(tokens, labels)), labels, media))
    for token in tokens:
        if token.type in {"fence", "code_block"}:
            token.attrs = {}
        for inner in token.children or ():
            if inner.type == "image":
                inner.attrs.update({"loading": "lazy", "decoding": "async"})
    html = PARSER.renderer.render(tokens, PARSER.options, {})
    return sanitised(html.replace("<pre>", '<pre tabindex="0">'), OWN_ATTRIBUTES, media)


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


def with_checks(html: str, shown: Callable[[str], str]) -> str:
    """Return a rendered text with each knowledge check as `shown` gives it, as safe HTML of the caller's own."""
    return _CHECK.sub(lambda found: shown(found[1]), html)
