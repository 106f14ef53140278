"""What HTML may stand in a text that people wrote, and where its pictures, films and links may lead."""

import re
from collections.abc import Callable, Mapping
from typing import Final

import nh3

from lms.kernel.formulas import FORMULA_ATTRIBUTES, FORMULA_TAGS, FORMULA_VALUE
from lms.kernel.richtext.reading import QUESTION

MediaSource = Callable[[str], str | None]
"""From the address a picture, film or file has in the text to where it is served, or None if it is not shown."""

LINK_SCHEMES: Final = ("http:", "https:", "mailto:", "tel:")
MEDIA_SCHEME: Final = "media:"
"""Before the address of a file of the text's own that a link leads to."""
CALLOUTS: Final = ("note", "tip", "important", "warning", "caution")
ID_PREFIX: Final = "s-"
"""Before the ids of headings, so that none is one of the page's own."""

SIZES: Final = "(max-width: 48rem) 100vw, 44rem"
"""How wide a picture of a text stands: the window, or the column that text is set in."""
_SET: Final = re.compile(r"(\S+)((?: \d{2,4})+) (\d{2,5})")

# fmt: off
_TEXT_TAGS: Final = frozenset((
    "a", "abbr", "b", "blockquote", "br", "caption", "code", "dd", "del", "dfn", "div", "dl", "dt",
    "em", "figcaption", "figure", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li",
    "mark", "ol", "p", "pre", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strong", "sub", "sup", "table",
    "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul", "var",
)) | {"audio", "track", "video"} | FORMULA_TAGS
_OWN_TAGS: Final = _TEXT_TAGS | {"aside", "details", "section", "summary"}
# fmt: on
_FILM: Final = frozenset({"controls", "preload", "src", "aria-label"})
TEXT_ATTRIBUTES: Final[Mapping[str, frozenset[str]]] = {
    "audio": _FILM,
    "video": _FILM,
    "track": frozenset({"kind", "src", "srclang", "label"}),
    "a": frozenset({"href", "title"}),
    "abbr": frozenset({"title"}),
    "img": frozenset({"src", "alt", "width", "height", "title", "role"}),
    "ol": frozenset({"start", "reversed"}),
    "td": frozenset({"colspan", "rowspan"}),
    "th": frozenset({"colspan", "rowspan", "scope"}),
    **FORMULA_ATTRIBUTES,
}
"""What HTML of people may say."""
OWN_ATTRIBUTES: Final[Mapping[str, frozenset[str]]] = {
    **TEXT_ATTRIBUTES,
    "a": frozenset({"href", "title", "download"}),
    "aside": frozenset({"class", "role"}),
    "details": frozenset({"class"}),
    "div": frozenset({"class", "role", "tabindex", "aria-label", "data-check"}),
    "figure": frozenset({"class"}),
    "h2": frozenset({"id"}),
    "h3": frozenset({"id"}),
    "h4": frozenset({"id"}),
    "h5": frozenset({"id"}),
    "h6": frozenset({"id"}),
    "img": frozenset(
        {"src", "alt", "width", "height", "title", "role", "loading", "decoding", "srcset", "sizes"}
    ),
    "p": frozenset({"class"}),
    "pre": frozenset({"tabindex"}),
    "section": frozenset({"class", "aria-label"}),
    "td": frozenset({"colspan", "rowspan", "class"}),
    "th": frozenset({"colspan", "rowspan", "scope", "class"}),
}
"""What the HTML that rendering makes may say besides."""
# What may stand in the attributes that only rendering writes; an author's HTML could name them too.
_OWN_VALUES: Final = {
    "class": re.compile(
        rf"table-wrap|callout-title|callout callout-(?:{'|'.join(CALLOUTS)})|align-(?:end|center)"
        r"|fold|fold transcript|tabs-block|tab-block|tab-title|media|media-file|media-missing|check-block"
    ),
    "id": re.compile(rf"{ID_PREFIX}\S*"),
    "role": re.compile("region|note"),
    "tabindex": re.compile("0"),
    "loading": re.compile("lazy"),
    "decoding": re.compile("async"),
    "scope": re.compile("col|row"),
    "width": re.compile(r"\d{1,4}"),
    "height": re.compile(r"\d{1,4}"),
    "sizes": re.compile(re.escape(SIZES)),
    "start": re.compile(r"-?\d{1,6}"),
    "colspan": re.compile(r"\d{1,3}"),
    "rowspan": re.compile(r"\d{1,3}"),
    "controls": re.compile(""),
    "download": re.compile(""),
    "preload": re.compile("metadata"),
    "kind": re.compile("captions"),
    "srclang": re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*"),
    "data-check": QUESTION,
}
# Whoever watches can stop: no film begins alone, and none is without controls.
_ALWAYS: Final = {tag: {"controls": "", "preload": "metadata"} for tag in ("audio", "video")}
_NOT_SERVED: Final = re.compile(
    r'<(audio|video)\b(?![^>]*\ssrc=")[^>]*>.*?</\1>|<track\b(?![^>]*\ssrc=")[^>]*>', re.DOTALL
)
# Dropped with what is in them, where the text would be code or make no sense alone.
# fmt: off
_CLEARED_TAGS: Final = frozenset((
    "script", "style", "template", "iframe", "object", "embed", "noscript", "svg", "textarea",
    "select", "title", "head", "annotation", "annotation-xml",
))
# fmt: on


def sanitised(html: str, attributes: Mapping[str, frozenset[str]], media: MediaSource) -> str:
    """Return HTML with nothing in it but what `attributes` (one of the two tables here) and its tags allow."""
    tags = _OWN_TAGS if attributes is OWN_ATTRIBUTES else _TEXT_TAGS

    def kept(tag: str, name: str, value: str) -> str | None:
        if name == "src":
            return media(value)
        if name == "href":
            return _safe_link(value, media)
        if name == "srcset":
            return _set_of(value, media)
        if tag in FORMULA_TAGS:
            return value if FORMULA_VALUE.fullmatch(value) else None
        if tag == "img" and name == "role":
            return value if value == "presentation" else None
        known = _OWN_VALUES.get(name)
        return value if known is None or known.fullmatch(value) else None

    cleaned = nh3.clean(
        html,
        tags=set(tags),
        clean_content_tags=set(_CLEARED_TAGS - tags),
        attributes={tag: set(names) for tag, names in attributes.items()},
        attribute_filter=kept,
        # Files are named by schemes of our own, which the filter has turned into addresses or dropped.
        url_schemes={"http", "https", "mailto", "tel", "attachment", "media"},
        link_rel="noopener noreferrer",
        set_tag_attribute_values=_ALWAYS,
    )
    return _NOT_SERVED.sub("", cleaned)


def _set_of(value: str, media: MediaSource) -> str | None:
    """Return where a picture is served in each width: rendering writes its address, the smaller widths and its own."""
    said = _SET.fullmatch(value)
    served = media(said[1]) if said else None
    if said is None or served is None:
        return None
    smaller = [f"{served}?width={width} {width}w" for width in said[2].split()]
    return ", ".join([*smaller, f"{served} {said[3]}w"])


def _safe_link(address: str, media: MediaSource) -> str | None:
    """Return an address that leads to a heading or file of the text, or out into the world; nothing of the portal's."""
    if address.startswith("#"):
        return f"#{ID_PREFIX}{address[1:].removeprefix(ID_PREFIX)}"
    if address.startswith(MEDIA_SCHEME):
        return media(address.removeprefix(MEDIA_SCHEME))
    return address if address.lower().startswith(LINK_SCHEMES) else None
