"""Pictures that lessons bring: which kinds are taken, and whether a file is what its name says."""

import io
import re
from typing import Final

from lms.courses.formats import scaling
from lms.kernel.archives import ArchiveRefused, FileTree
from lms.kernel.messages import Message
from lms.kernel.xmltree import Element, XmlRefused, parse_xml

MAX_BYTES: Final = 20_000_000
SVG: Final = "image/svg+xml"
XHTML: Final = "http://www.w3.org/1999/xhtml"
MEDIA_TYPES: Final = {
    ".avif": "image/avif",
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".svg": SVG,
    ".webp": "image/webp",
}
SIGNATURES: Final = {
    "image/avif": re.compile(rb"....ftypavi[fs]", re.DOTALL),
    "image/gif": re.compile(rb"GIF8[79]a"),
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/webp": re.compile(rb"RIFF....WEBP", re.DOTALL),
}
# What a drawing could act or load with. It is shown as a picture, where browsers run nothing; but it could be opened.
ACTING: Final = frozenset(
    {
        "script",
        "foreignobject",
        "iframe",
        "embed",
        "object",
        "audio",
        "video",
        "handler",
        "listener",
        "set",
        "animate",
    }
)
# Drawing programs name the document type of SVG; without declarations of its own it means nothing.
KNOWN_DOCTYPE: Final = re.compile(rb"<!DOCTYPE\s+svg\s+(?:PUBLIC|SYSTEM)[^\[>]*>")
INSIDE: Final = re.compile(r"\s*(?:#|data:image/(?:png|jpeg|gif|webp);)")
LOADING_STYLE: Final = re.compile(r"@import|url\(\s*['\"]?(?!#)|expression\s*\(|javascript:", re.IGNORECASE)


def media_type_of(name: str) -> str | None:
    """Return the media type of a picture by its name, None if it is none that is taken."""
    return MEDIA_TYPES.get(f".{name.rpartition('.')[2].lower()}")


def problem_with(tree: FileTree, name: str) -> Message | None:
    """Return what speaks against a picture of the tree, None if it can be taken."""
    media_type = media_type_of(name)
    if media_type is None:
        return Message(
            "%(name)s is no picture that can be shown: take PNG, JPEG, WebP, AVIF, GIF or SVG.", name=name
        )
    if tree.size(name) > MAX_BYTES:
        return Message("%(name)s is larger than %(most)s MB.", name=name, most=MAX_BYTES // 1_000_000)
    try:
        with tree.open(name) as file:
            content = file.read()
    except ArchiveRefused as error:
        return Message("%(name)s cannot be read. %(why)s", name=name, why=error.args[0])
    if media_type == SVG:
        return _problem_with_drawing(name, content)
    return _problem_with_pixels(name, media_type, content)


def _problem_with_pixels(name: str, media_type: str, content: bytes) -> Message | None:
    if not SIGNATURES[media_type].match(content):
        return Message("%(name)s is not what its name says.", name=name)
    try:
        scaling.size_of(io.BytesIO(content))
    except scaling.UnreadablePictureError:
        return Message(
            "%(name)s cannot be shown: it is damaged, or has more than %(most)s megapixels.",
            name=name,
            most=scaling.MOST_PIXELS // 1_000_000,
        )
    return None


def _problem_with_drawing(name: str, content: bytes) -> Message | None:
    if b"<?xml-stylesheet" in content:
        return Message("The drawing %(name)s has a script or loads files.", name=name)
    try:
        root = parse_xml(KNOWN_DOCTYPE.sub(b"", content, count=1))
    except XmlRefused as error:
        return Message("%(name)s cannot be read. %(why)s", name=name, why=error.args[0])
    if root.name != "svg":
        return Message("%(name)s is not what its name says.", name=name)
    waiting = [root]
    while waiting:
        element = waiting.pop()
        if _acts(element):
            return Message(
                "The drawing %(name)s has a script or loads files in line %(line)s.",
                name=name,
                line=element.line,
            )
        waiting += element.children
    return None


def _acts(element: Element) -> bool:
    if element.namespace == XHTML or element.name.lower() in ACTING:
        return True
    if element.name.lower() == "style" and LOADING_STYLE.search(element.text):
        return True
    return any(
        attribute.lower().startswith("on")
        or (attribute in {"href", "src"} and not INSIDE.match(value))
        or LOADING_STYLE.search(value) is not None
        for (_, attribute), value in element.attributes.items()
    )
