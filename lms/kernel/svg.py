"""Drawings in SVG, rebuilt from nothing but shapes, words and paint: no script, no address outside of the drawing."""

import re
from typing import Final
from xml.etree.ElementTree import Element as NewElement
from xml.etree.ElementTree import SubElement, tostring

from lms.kernel.errors import Invalid
from lms.kernel.messages import Message
from lms.kernel.xmltree import Element, parse_xml

SVG: Final = "http://www.w3.org/2000/svg"
XLINK: Final = "http://www.w3.org/1999/xlink"
MEDIA_TYPE: Final = "image/svg+xml"
BYTES_AT_MOST: Final = 2 << 20
ELEMENTS_AT_MOST: Final = 50_000
# fmt: off
TAGS: Final = frozenset((
    "svg", "g", "defs", "symbol", "use", "title", "desc", "path", "rect", "circle", "ellipse", "line", "polyline",
    "polygon", "text", "tspan", "textPath", "marker", "linearGradient", "radialGradient", "stop", "pattern", "clipPath",
    "mask", "image", "style", "filter", "feBlend", "feColorMatrix", "feComponentTransfer", "feComposite",
    "feConvolveMatrix", "feDiffuseLighting", "feDisplacementMap", "feDistantLight", "feDropShadow", "feFlood",
    "feFuncA", "feFuncB", "feFuncG", "feFuncR", "feGaussianBlur", "feMerge", "feMergeNode", "feMorphology", "feOffset",
    "fePointLight", "feSpecularLighting", "feSpotLight", "feTile", "feTurbulence",
))
# fmt: on
UNWRAPPED: Final = frozenset({"a", "switch"})
WORDS: Final = frozenset({"title", "desc", "text", "tspan", "textPath", "style"})
NAME: Final = re.compile(r"(?!on)[A-Za-z][A-Za-z0-9-]*", re.ASCII | re.IGNORECASE)
DOCTYPE: Final = re.compile(rb"<!DOCTYPE\s[^\[\]<>]*>")
"""A document type that declares nothing of its own, which drawing programs write."""
# What leads out of the drawing, in a style or in paint: an address, a sheet of elsewhere, an escape that hides either.
ADDRESS: Final = re.compile(r"url\(\s*(['\"]?)(?!#)|@import|\\|image-set|expression", re.IGNORECASE)
PICTURE: Final = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*", re.IGNORECASE)


def clean_svg(content: bytes) -> bytes:
    """Return the drawing with nothing in it that acts or leads elsewhere; raises Invalid if it is none.

    What is clean already comes out as it went in.
    """
    if len(content) > BYTES_AT_MOST:
        raise Invalid(Message("A drawing in SVG has at most 2 MB."))
    root = parse_xml(DOCTYPE.sub(b"", content, count=1), mixed=True)
    if root.name != "svg" or root.namespace != SVG:
        raise Invalid(Message("This is no drawing in SVG."))
    if sum(1 for _element in root.walk()) > ELEMENTS_AT_MOST:
        raise Invalid(Message("A drawing in SVG has at most %(most)s elements.", most=ELEMENTS_AT_MOST))
    made = NewElement("svg", {"xmlns": SVG, **_attributes(root)})
    _fill(made, root)
    written: bytes = tostring(made, encoding="utf-8")
    return written


def _fill(made: NewElement, element: Element) -> None:
    for piece in element.mixed:
        if isinstance(piece, str):
            if made.tag in WORDS:
                _add_words(made, piece)
        elif piece.namespace == SVG and piece.name in UNWRAPPED:
            _fill(made, piece)
        elif piece.namespace == SVG and piece.name in TAGS and _is_harmless(piece):
            _fill(SubElement(made, piece.name, _attributes(piece)), piece)


def _is_harmless(element: Element) -> bool:
    """Return whether a sheet of styles names no address, and a picture holds itself."""
    if element.name == "style":
        return not element.children and not ADDRESS.search(element.text)
    return element.name != "image" or PICTURE.fullmatch(_link(element)) is not None


def _link(element: Element) -> str:
    return element.attribute("href") or element.attribute("href", XLINK)


def _attributes(element: Element) -> dict[str, str]:
    kept = {
        name: value
        for (namespace, name), value in element.attributes.items()
        if not namespace and name != "href" and NAME.fullmatch(name) and not ADDRESS.search(value)
    }
    link = _link(element)
    if link.startswith("#") or (element.name == "image" and link):
        kept["href"] = link
    return kept


def _add_words(made: NewElement, words: str) -> None:
    if len(made):
        made[-1].tail = (made[-1].tail or "") + words
    else:
        made.text = (made.text or "") + words
