"""Our texts as the XHTML that QTI 2.2 allows: its elements alone, each where it may stand."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Final
from xml.etree.ElementTree import Element, SubElement

from lms.kernel.films import film_type
from lms.kernel.formulas import FORMULA_ATTRIBUTES, FORMULA_LEAVES, FORMULA_PARTS, FORMULA_TAGS

FORMULAS: Final = "http://www.w3.org/1998/Math/MathML"
NAMESPACE: Final = "http://www.imsglobal.org/xsd/imsqti_v2p2"
NOT_IN_XML: Final = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# fmt: off
INLINE: Final = frozenset((
    "a", "abbr", "b", "code", "dfn", "em", "i", "kbd", "q", "samp", "small", "span", "strong", "sub", "sup", "var",
))
AS_SPANS: Final = frozenset({"del", "ins", "mark", "s", "u", "ruby", "rt", "rp"})
BLOCKS: Final = frozenset({"p", "div", "blockquote", "pre", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "table"})
AS_DIVS: Final = frozenset({"figure", "figcaption", "aside", "details", "section", "summary"})
PARTS: Final = {
    "li": "list", "dt": "terms", "dd": "terms", "caption": "table", "thead": "table", "tbody": "table",
    "tfoot": "table", "tr": "rows", "td": "row", "th": "row",
}
INSIDE: Final = {
    "ul": "list", "ol": "list", "dl": "terms", "table": "table", "thead": "rows", "tbody": "rows", "tfoot": "rows",
    "tr": "row", "blockquote": "blocks", "div": "flow", "li": "flow", "dd": "flow", "td": "flow", "th": "flow",
}
# fmt: on
"""What may stand in an element: `flow` is everything, `blocks` no bare words, else words alone or parts of its own."""
ATTRIBUTES: Final = {"td": ("colspan", "rowspan"), "th": ("colspan", "rowspan"), "abbr": ("title",)}
VOID: Final = frozenset({"br", "hr", "img", "track"})
FILMS: Final = frozenset({"audio", "video"})
UNFIT: Final = frozenset({"ul", "ol", "dl", "table", "thead", "tbody", "tfoot", "tr"})
"""Elements that QTI does not take empty."""
Mark = Callable[[str], Element]


class Xhtml(HTMLParser):
    """Appends safe HTML to an element; `mark` makes an element of what `marks` finds in the words."""

    def __init__(
        self,
        parent: Element,
        *,
        context: str = "flow",
        picture: Callable[[str], str],
        marks: re.Pattern[str] | None = None,
        mark: Mark | None = None,
    ) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[tuple[str, Element, str]] = [("", parent, context)]
        self._picture = picture
        self._marks, self._mark = marks, mark
        self._loose: Element | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element, or leave its tag out where it may not stand."""
        given = {name: value or "" for name, value in attrs}
        if tag == "math" or self._at[2] == "math":
            self._formula(tag, given)
            return
        if tag in VOID:
            self._void(tag, given)
            return
        if tag in FILMS:
            self._film(tag, given)
            return
        name = self._name(tag, given)
        if not name:
            self._open.append((tag, self._at[1], self._at[2]))
            return
        parent = self._at[1] if name not in INLINE else self._inline_parent()
        element = SubElement(parent, name)
        for key in ATTRIBUTES.get(name, ()):
            if given.get(key, "") and (key == "title" or given[key].isdecimal()):
                element.set(key, given[key])
        if name == "a":
            element.set("href", given["href"])
        self._open.append((tag, element, INSIDE.get(name, "inline")))

    def handle_endtag(self, tag: str) -> None:
        """Close an element."""
        if tag in VOID or all(name != tag for name, _, _ in self._open[1:]):
            return
        while True:
            name, element, _context = self._open.pop()
            parent = self._at[1]
            if element is not parent and element.tag in UNFIT and not _is_fit(element):
                parent.remove(element)
            if name == tag:
                if tag == "math" and not _is_whole(element):
                    words = "".join(element.itertext())
                    element.clear()
                    element.tag, element.text = "span", words
                return

    def handle_data(self, data: str) -> None:
        """Write words, and what stands for the marks in them."""
        words = NOT_IN_XML.sub(" ", data)
        if self._at[2] == "math":
            if self._at[0] in FORMULA_LEAVES:
                add_words(self._at[1], words)
            return
        if self._at[2] not in {"flow", "inline", "blocks"} or (self._at[2] == "blocks" and not words.strip()):
            return
        element = self._inline_parent()
        if self._marks is None or self._mark is None:
            add_words(element, words)
            return
        place = 0
        for found in self._marks.finditer(words):
            add_words(element, words[place : found.start()])
            element.append(self._mark(found[1]))
            place = found.end()
        add_words(element, words[place:])

    @property
    def _at(self) -> tuple[str, Element, str]:
        return self._open[-1]

    def _name(self, tag: str, given: dict[str, str]) -> str:
        """Return the name under which an element may stand here; empty if only what is in it may."""
        context = self._at[2]
        if tag in PARTS:
            return tag if PARTS[tag] == context else ""
        if tag in BLOCKS or tag in AS_DIVS:
            if context in {"flow", "blocks"}:
                return tag if tag in BLOCKS else "div"
            if context == "inline" and len(self._at[1]) + len(self._at[1].text or ""):
                SubElement(self._at[1], "br")
            return ""
        if context not in {"flow", "inline", "blocks"}:
            return ""
        if tag == "a" and not given.get("href"):
            return "span"
        return tag if tag in INLINE else "span" if tag in AS_SPANS else ""

    def _formula(self, tag: str, given: dict[str, str]) -> None:
        """Open a formula, or an element of one; what is neither is left out with its tag."""
        if tag == "math" and self._at[2] not in {"flow", "inline", "blocks"}:
            self._open.append((tag, self._at[1], self._at[2]))
            return
        if tag not in FORMULA_TAGS or (tag == "math") is (self._at[2] == "math"):
            if tag not in VOID:
                self._open.append((f"-{tag}", self._at[1], "math"))
            return
        element = SubElement(self._inline_parent(), tag, {"xmlns": FORMULAS} if tag == "math" else {})
        for key in FORMULA_ATTRIBUTES.get(tag, ()):
            if given.get(key):
                element.set(key, given[key])
        self._open.append((tag, element, "math"))

    def _inline_parent(self) -> Element:
        """Return where words may stand: where only blocks may, in a paragraph of their own."""
        _tag, element, context = self._at
        if context != "blocks":
            return element
        if not len(element) or element[-1] is not self._loose:
            self._loose = SubElement(element, "p")
        return element[-1]

    def _film(self, tag: str, given: dict[str, str]) -> None:
        """Write a film or sound as an object, which QTI has had from its beginning; captions are in our note alone."""
        source = self._picture(given.get("src", "")) if self._at[2] in {"flow", "inline", "blocks"} else ""
        if source:
            kind = {"type": film_type(source) or f"{tag}/*", "data": source}
            element = SubElement(self._inline_parent(), "object", kind)
            element.text = NOT_IN_XML.sub(" ", given.get("aria-label", "")) or None
        self._open.append((tag, self._at[1], "nothing"))

    def _void(self, tag: str, given: dict[str, str]) -> None:
        if self._at[2] not in {"flow", "inline", "blocks"}:
            return
        if tag == "hr":
            if self._at[2] == "flow":
                SubElement(self._at[1], "hr")
            return
        parent = self._inline_parent()
        if tag == "br":
            SubElement(parent, "br")
        elif source := self._picture(given.get("src", "")):
            element = SubElement(parent, "img", src=source, alt=NOT_IN_XML.sub(" ", given.get("alt", "")))
            for side in ("width", "height"):
                if given.get(side, "").isdecimal():
                    element.set(side, given[side])


def add_words(element: Element, words: str) -> None:
    """Append words to an element, behind whatever stands in it."""
    if not words:
        return
    if len(element):
        element[-1].tail = (element[-1].tail or "") + words
    else:
        element.text = (element.text or "") + words


def _is_whole(formula: Element) -> bool:
    """Return whether each element of a formula holds as many others as it must."""
    return all(FORMULA_PARTS.get(str(one.tag), len(one)) == len(one) for one in formula.iter())


def _is_fit(element: Element) -> bool:
    if element.tag != "table":
        return len(element) > 0
    # QTI wants the foot before the body, and a body in any case.
    element[:] = sorted(element, key=lambda one: ("caption", "thead", "tfoot", "tbody").index(str(one.tag)))
    return any(one.tag == "tbody" for one in element)
