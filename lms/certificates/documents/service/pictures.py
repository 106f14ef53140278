"""Pictures that authors bring for a design: looked into, made plain, and refused with the name of their field."""

import hashlib
import io
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Final

from PIL import Image, ImageOps, UnidentifiedImageError

from lms.certificates.documents.values.designs import Picture
from lms.kernel.errors import Invalid
from lms.kernel.messages import Message
from lms.kernel.svg import DOCTYPE, MEDIA_TYPE, clean_svg
from lms.kernel.xmltree import Element, parse_xml
from lms.web.words import said

PICTURE_BYTES: Final = 2 << 20
PIXELS_AT_MOST: Final = 16_000_000
SIDE_AT_MOST: Final = 2_000
"""In pixels: what a sheet can show; larger ones are made smaller."""
NARROWEST: Final = 20
"""How many times wider than high a picture may be, and higher than wide."""
PNG, JPEG = "image/png", "image/jpeg"
ACTING: Final = frozenset(
    {"script", "foreignobject", "iframe", "embed", "object", "audio", "video", "set", "animate", "handler"}
)
INSIDE: Final = re.compile(r"\s*(?:#|data:image/(?:png|jpeg);)")
LOADING: Final = re.compile(r"@import|url\(\s*['\"]?(?!#)|expression\s*\(|javascript:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Brought:
    """A picture that was looked into, with its bytes."""

    picture: Picture
    content: bytes


def look_into(field: str, source: IO[bytes]) -> Brought:
    """Return a picture that an author brought in `field`; Invalid names the field and says why it is refused."""
    content = source.read(PICTURE_BYTES + 1)
    try:
        if not 0 < len(content) <= PICTURE_BYTES:
            raise Invalid(Message("A picture has at most 2 MB, and something in it."))  # noqa: TRY301  one place says it
        if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
            return _drawing(content)
        return _pixels(content)
    except Invalid as refusal:
        message = said(refusal.args[0])
        raise Invalid(message, fields={field: message}) from refusal


def _brought(content: bytes, media_type: str, width: int, height: int) -> Brought:
    if not width or not height or not 1 / NARROWEST <= width / height <= NARROWEST:
        raise Invalid(Message("This picture is far too narrow."))
    sha256 = hashlib.sha256(content).hexdigest()
    return Brought(Picture(sha256=sha256, media_type=media_type, width=width, height=height), content)


def _pixels(content: bytes) -> Brought:
    """Return a PNG or JPEG written anew: no larger than a sheet needs, and with nothing in it but pixels."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as opened:
                if opened.width * opened.height > PIXELS_AT_MOST:
                    raise Invalid(Message("A picture has at most 16 megapixels."))
                is_jpeg = opened.format == "JPEG"
                picture = ImageOps.exif_transpose(opened)
                picture.thumbnail((SIDE_AT_MOST, SIDE_AT_MOST))
                plain = picture.convert("RGB" if is_jpeg else "RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Invalid(Message("This is no PNG, JPEG or SVG picture, or it is broken.")) from error
    written = io.BytesIO()
    if is_jpeg:
        plain.save(written, "JPEG", quality=90)
    else:
        plain.save(written, "PNG", optimize=True)
    return _brought(written.getvalue(), JPEG if is_jpeg else PNG, plain.width, plain.height)


def _drawing(content: bytes) -> Brought:
    """Return a drawing without anything that leads out of it; one that could act is refused, not mended."""
    try:
        root = parse_xml(DOCTYPE.sub(b"", content, count=1))
    except Invalid as error:
        raise Invalid(Message("This is no PNG, JPEG or SVG picture, or it is broken.")) from error
    if any(_acts(element) for element in _all_of(root)) or b"<?xml-stylesheet" in content:
        raise Invalid(Message("This drawing has a script in it, or loads something from elsewhere."))
    cleaned = clean_svg(content)
    width, height = _size_of(root)
    return _brought(cleaned, MEDIA_TYPE, width, height)


def _all_of(root: Element) -> Iterator[Element]:
    waiting = [root]
    while waiting:
        element = waiting.pop()
        yield element
        waiting += element.children


def _acts(element: Element) -> bool:
    name = element.name.lower()
    if name in ACTING or (name == "style" and LOADING.search(element.text)):
        return True
    return any(
        attribute.lower().startswith("on")
        or (attribute in {"href", "src"} and name != "a" and not INSIDE.match(value))
        or LOADING.search(value) is not None
        for (_namespace, attribute), value in element.attributes.items()
    )


def _size_of(root: Element) -> tuple[int, int]:
    """Return the proportions of a drawing: of its field, else of its width and height."""
    numbers = [float(one) for one in re.findall(r"-?\d+(?:\.\d+)?", root.attribute("viewBox"))]
    if len(numbers) == 4:  # noqa: PLR2004  x, y, width, height
        width, height = numbers[2:]
    else:
        sides = [re.match(r"\d+(?:\.\d+)?", root.attribute(name)) for name in ("width", "height")]
        width, height = (float(one[0]) if one else 0.0 for one in sides)
    largest = max(width, height, 0.001)
    return max(0, round(width / largest * 1000)), max(0, round(height / largest * 1000))
