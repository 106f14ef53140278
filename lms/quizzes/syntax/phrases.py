"""A question's texts where only words may stand: in a label, a legend, an option."""

import re
from functools import lru_cache
from typing import Final

import nh3

from lms.kernel.formulas import FORMULA_ATTRIBUTES, FORMULA_TAGS

PHRASES: Final = frozenset(
    {
        "a",
        "abbr",
        "audio",
        "b",
        "bdi",
        "br",
        "code",
        "del",
        "em",
        "i",
        "img",
        "ins",
        "kbd",
        "mark",
        "q",
        "s",
        "samp",
    }
    | {"small", "span", "strong", "sub", "sup", "track", "u", "var", "video"}
    | FORMULA_TAGS
)
ATTRIBUTES: Final = {
    "abbr": {"title"},
    "img": {"src", "alt", "width", "height"},
    "audio": {"controls", "preload", "src", "aria-label"},
    "video": {"controls", "preload", "src", "aria-label"},
    "track": {"kind", "src", "srclang", "label"},
    "*": {"dir", "lang"},
    **FORMULA_ATTRIBUTES,
}
BETWEEN_BLOCKS: Final = re.compile(r"</(?:p|div|li|h[1-6]|tr|blockquote|pre)>\s*(?=\S)", re.IGNORECASE)
PARAGRAPH: Final = re.compile(r"<p>((?:(?!</?p\b).)*)</p>\s*", re.DOTALL)
TAG: Final = re.compile(r"<([a-z][a-z0-9]*)\b", re.IGNORECASE)
KEPT: Final = 4096
LONGEST_KEPT: Final = 1000


def phrase_of(html: str) -> str:
    """Return safe HTML with its blocks made lines; a link is its words, since a click on a label chooses."""
    return _kept_phrase(html) if len(html) <= LONGEST_KEPT else _phrase_of(html)


def _phrase_of(html: str) -> str:
    lines = BETWEEN_BLOCKS.sub(lambda found: f"{found[0]}<br>", html.strip())
    return nh3.clean(
        lines,
        tags=set(PHRASES - {"a"}),
        attributes={name: set(allowed) for name, allowed in ATTRIBUTES.items()},
        url_schemes=set(),
    ).strip()


_kept_phrase = lru_cache(maxsize=KEPT)(_phrase_of)


def phrase_in(html: str) -> str | None:
    """Return what is in the one paragraph that safe HTML consists of; None if there is more to it."""
    found = PARAGRAPH.fullmatch(html.strip())
    inner = html.strip() if found is None else found[1]
    return inner if {tag.lower() for tag in TAG.findall(inner)} <= PHRASES - {"a"} else None
