"""Text that people wrote, as HTML that can do nothing: Markdown and HTML through one tight sanitiser."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

PictureSource = Callable[[str], str | None]
"""From the address a picture has in the text to where it is served, or None if it is not shown."""

LINK_SCHEMES: Final = ("http:", "https:", "mailto:", "tel:")
CALLOUTS: Final = ("note", "tip", "important", "warning", "caution")
ID_PREFIX: Final = "s-"
"""Before the ids of headings, so that none is one of the page's own."""
ALERT: Final = re.compile(r"\[!(note|tip|important|warning|caution)\][ \t]*(?:\n|$)", re.IGNORECASE)
ALIGNMENT: Final = re.compile(r"text-align:(left|right|center)")

# fmt: off
_TEXT_TAGS: Final = frozenset((
    "a", "abbr", "b", "blockquote", "br", "caption", "code", "dd", "del", "dfn", "div", "dl", "dt",
    "em", "figcaption", "figure", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li",
    "mark", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "table",
    "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul", "var",
))
# fmt: on
_TEXT_ATTRIBUTES: Final = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "img": {"src", "alt", "width", "height", "title"},
    "ol": {"start", "reversed"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
_OWN_ATTRIBUTES: Final = {
    **_TEXT_ATTRIBUTES,
    "aside": {"class", "role"},
    "div": {"class", "role", "tabindex", "aria-label"},
    "h2": {"id"},
    "h3": {"id"},
    "h4": {"id"},
    "h5": {"id"},
    "h6": {"id"},
    "img": {"src", "alt", "width", "height", "title", "loading", "decoding"},
    "p": {"class"},
    "pre": {"tabindex"},
    "td": {"colspan", "rowspan", "class"},
    "th": {"colspan", "rowspan", "scope", "class"},
}
# What may stand in the attributes that only this module writes; an author's HTML could name them too.
_OWN_VALUES: Final = {
    "class": re.compile(
        rf"table-wrap|callout-title|callout callout-(?:{'|'.join(CALLOUTS)})|align-(?:end|center)"
    ),
    "id": re.compile(rf"{ID_PREFIX}\S*"),
    "role": re.compile("region|note"),
    "tabindex": re.compile("0"),
    "loading": re.compile("lazy"),
    "decoding": re.compile("async"),
    "scope": re.compile("col|row"),
    "width": re.compile(r"\d{1,4}"),
    "height": re.compile(r"\d{1,4}"),
    "start": re.compile(r"-?\d{1,6}"),
    "colspan": re.compile(r"\d{1,3}"),
    "rowspan": re.compile(r"\d{1,3}"),
}
# Dropped with what is in them, where the text would be code or make no sense alone.
_CLEARED_TAGS: Final = frozenset(
    (
        "script",
        "style",
        "template",
        "iframe",
        "object",
        "embed",
        "noscript",
        "svg",
        "math",
        "textarea",
        "select",
        "title",
        "head",
        "audio",
        "video",
    )
)

_PARSER: Final = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """The few words that rendering adds, in the language of the text."""

    note: str = "Note"
    tip: str = "Tip"
    important: str = "Important"
    warning: str = "Warning"
    caution: str = "Caution"
    table: str = "Table"


@dataclass(frozen=True, slots=True)
class PictureUse:
    """A picture in a text: its address as ``PictureSource`` will be asked for it, what it shows, and the line."""

    address: str
    alt: str
    line: int


@dataclass(frozen=True, slots=True)
class LinkUse:
    """A link in a text, and the line."""

    address: str
    line: int


def no_picture(_address: str) -> str | None:
    """Show no picture at all."""
    return None


def markdown_to_html(
    source: str, *, picture: PictureSource = no_picture, labels: Labels | None = None
) -> str:
    """Return Markdown (CommonMark with tables, strikethrough and GitHub's alerts) as safe HTML.

    Headings start at h2, leave no level out, and have ids; links to ``#heading`` find them. Tables can be scrolled
    and have a name. HTML in the text is kept as far as ``html_to_html`` would keep it.
    """
    tokens = _PARSER.parse(source)
    labels = labels or Labels()
    tokens = list(_with_callouts(tokens, labels))
    _order_headings(tokens)
    tokens = list(_with_wrapped_tables(tokens, labels))
    for token in tokens:
        if token.type in {"fence", "code_block"}:
            token.attrs = {}
        for inner in token.children or ():
            if inner.type == "image":
                inner.attrs.update({"loading": "lazy", "decoding": "async"})
    html = _PARSER.renderer.render(tokens, _PARSER.options, {})
    return _sanitised(html.replace("<pre>", '<pre tabindex="0">'), _OWN_ATTRIBUTES, picture)


def html_to_html(source: str, *, picture: PictureSource = no_picture) -> str:
    """Return HTML that people wrote as safe HTML: text, tables, links and pictures, without style, class or id."""
    return _sanitised(source, _TEXT_ATTRIBUTES, picture)


def plain_to_html(source: str) -> str:
    """Return plain text as HTML in which its line ends are kept."""
    return escape(source).replace("\n", "<br>\n")


def plain_text_of(html: str) -> str:
    """Return the words of safe HTML, for search and for short views."""
    spaced = re.sub(r"<(?:br|/p|/li|/h\d|/t[dhr]|/div|/blockquote|/pre)\b[^>]*>", " ", html)
    cleaned = nh3.clean(spaced, tags=set())
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&nbsp;", " "), ("&amp;", "&")):
        cleaned = cleaned.replace(entity, character)
    return " ".join(cleaned.split())


def pictures_in(source: str) -> list[PictureUse]:
    """Return the pictures of a Markdown text in order, those written as HTML too."""
    found = []
    for token, line in _inline(source):
        if token.type == "image":
            found.append(PictureUse(_attribute(token, "src"), token.content.strip(), line))
        elif token.type in {"html_inline", "html_block"}:
            found += [
                PictureUse(address, alt, line + token.content.count("\n", 0, at))
                for at, address, alt in _html_pictures(token.content)
            ]
    return found


def links_in(source: str) -> list[LinkUse]:
    """Return the links of a Markdown text in order."""
    return [
        LinkUse(_attribute(token, "href"), line)
        for token, line in _inline(source)
        if token.type == "link_open"
    ]


def title_in(source: str) -> tuple[str, str]:
    """Return the text of a first heading that opens a Markdown text, and the rest; no title if there is none."""
    tokens = _PARSER.parse(source)
    if len(tokens) > 1 and tokens[0].type == "heading_open" and tokens[0].tag == "h1" and tokens[0].map:
        return _words_of(tokens[1]), "\n".join(source.split("\n")[tokens[0].map[1] :])
    return "", source


def _sanitised(html: str, attributes: dict[str, set[str]], picture: PictureSource) -> str:
    def kept(_tag: str, name: str, value: str) -> str | None:
        if name == "src":
            return picture(value)
        if name == "href":
            return _safe_link(value)
        known = _OWN_VALUES.get(name)
        return value if known is None or known.fullmatch(value) else None

    return nh3.clean(
        html,
        tags={*_TEXT_TAGS, *(("aside",) if attributes is _OWN_ATTRIBUTES else ())},
        clean_content_tags=set(_CLEARED_TAGS),
        attributes={tag: set(names) for tag, names in attributes.items()},
        attribute_filter=kept,
        # Pictures are named by schemes of our own, which the filter has turned into addresses or dropped.
        url_schemes={"http", "https", "mailto", "tel", "attachment"},
        link_rel="noopener noreferrer",
    )


def _safe_link(address: str) -> str | None:
    """Return an address that leads to a heading of the text or out into the world; nothing of the portal's own."""
    if address.startswith("#"):
        return f"#{ID_PREFIX}{address[1:].removeprefix(ID_PREFIX)}"
    return address if address.lower().startswith(LINK_SCHEMES) else None


def _inline(source: str) -> Iterator[tuple[Token, int]]:
    """Yield the tokens within the text with their lines, as well as lines can be told within a paragraph."""
    for token in _PARSER.parse(source):
        line = (token.map[0] if token.map else 0) + 1
        if token.type == "html_block":
            yield token, line
        for inner in token.children or ():
            yield inner, line
            if inner.type in {"softbreak", "hardbreak"}:
                line += 1


def _html_pictures(html: str) -> Iterator[tuple[int, str, str]]:
    """Yield where, address and alternative text of each picture, as the sanitiser sees them."""
    for found in re.finditer(r"<img\b[^>]*>", html, re.IGNORECASE):
        seen: dict[str, str] = {}

        def look(_tag: str, name: str, value: str, seen: dict[str, str] = seen) -> str | None:
            seen[name] = value
            return value

        nh3.clean(found[0], tags={"img"}, attributes={"img": {"src", "alt"}}, attribute_filter=look)
        yield found.start(), seen.get("src", ""), seen.get("alt", "").strip()


def _with_callouts(tokens: Sequence[Token], labels: Labels) -> Iterator[Token]:
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


def _order_headings(tokens: Sequence[Token]) -> None:
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
            token.attrs["id"] = _free_id(_words_of(tokens[position + 1]), taken)
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


def _with_wrapped_tables(tokens: Sequence[Token], labels: Labels) -> Iterator[Token]:
    """Yield the tokens with each table in a named region that scrolls, and its alignment said by class."""
    heading, count = "", 0
    for position, token in enumerate(tokens):
        if token.type == "heading_open":
            heading = _words_of(tokens[position + 1])
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


def _words_of(inline: Token) -> str:
    return " ".join(
        "".join(
            child.content if child.type in {"text", "code_inline", "image"} else " "
            for child in inline.children or ()
            if child.type in {"text", "code_inline", "image", "softbreak", "hardbreak"}
        ).split()
    )


def _attribute(token: Token, name: str) -> str:
    return str(token.attrs.get(name, ""))
