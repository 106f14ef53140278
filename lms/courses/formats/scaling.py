"""Pictures in the sizes that screens need: their dimensions, and smaller copies of them."""

import io
import warnings
from typing import IO, Final

from PIL import Image, ImageOps, UnidentifiedImageError

WIDTHS: Final = (480, 960, 1440)
"""The widths, in pixels, in which a picture is offered besides its own."""
SCALED_TYPE: Final = "image/webp"
RASTER: Final = frozenset({"image/avif", "image/jpeg", "image/png", "image/webp"})
"""What is scaled. Drawings need it not, and animations would stand still."""
MOST_PIXELS: Final = 50_000_000
QUALITY: Final = 80
_TURNED: Final = frozenset({5, 6, 7, 8})
_ORIENTATION: Final = 0x0112

Size = tuple[int, int]


class UnreadablePictureError(ValueError):
    """The bytes are no picture that can be shown, or one of more pixels than a machine should unpack."""


def size_of(source: IO[bytes]) -> Size:
    """Return a picture's width and height as it is shown, without unpacking it; UnreadablePictureError."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(source) as picture:
                width, height = picture.size
                turned = picture.getexif().get(_ORIENTATION) in _TURNED
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise UnreadablePictureError(str(error)) from error
    if width * height > MOST_PIXELS:
        raise UnreadablePictureError(f"{width} × {height} pixels")
    return (height, width) if turned else (width, height)


def offered_widths(width: int) -> tuple[int, ...]:
    """Return the widths in which a picture of this width is offered: those well below its own."""
    return tuple(one for one in WIDTHS if one * 5 < width * 4)


def scaled(content: bytes, width: int) -> bytes | None:
    """Return a picture at a width, as WebP and the right way up; None for one that moves or cannot be read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content)) as picture:
                if getattr(picture, "is_animated", False):
                    return None
                small = _shrunk(picture, width)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
    kept = io.BytesIO()
    small.save(kept, "WEBP", quality=QUALITY, method=4)
    return kept.getvalue()


def _shrunk(picture: Image.Image, width: int) -> Image.Image:
    """Return a picture at a width, upright; shrunk first, so that a large one is never held twice."""
    shown_width = picture.height if picture.getexif().get(_ORIENTATION) in _TURNED else picture.width
    picture.draft(
        "RGB", (picture.width * 2 * width // shown_width, picture.height * 2 * width // shown_width)
    )
    shown_width = picture.height if picture.getexif().get(_ORIENTATION) in _TURNED else picture.width
    share = width / shown_width
    size = (max(1, round(picture.width * share)), max(1, round(picture.height * share)))
    has_alpha = picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info
    wanted = "RGBA" if has_alpha else "RGB"
    smooth = picture if picture.mode in {"L", "RGB", "RGBA", "LA"} else picture.convert(wanted)
    small = smooth.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    return ImageOps.exif_transpose(small).convert(wanted)


def name_of(sha256: str, width: int) -> str:
    """Return the name of a derived copy: of all that it follows from."""
    return f"pictures/{sha256}-{width}-q{QUALITY}.webp"
