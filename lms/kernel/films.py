"""Films, sounds and captions that browsers show: their types by how a name ends, and how such a file begins."""

import re
from collections.abc import Mapping
from typing import Final

CAPTIONS: Final = "text/vtt"
MPEG4: Final = re.compile(rb"....ftyp", re.DOTALL)
FILMS: Final[Mapping[str, tuple[str, re.Pattern[bytes]]]] = {
    "mp4": ("video/mp4", MPEG4),
    "m4v": ("video/mp4", MPEG4),
    "webm": ("video/webm", re.compile(rb"\x1a\x45\xdf\xa3")),
    "mp3": ("audio/mpeg", re.compile(rb"ID3|\xff[\xe2-\xff]")),
    "m4a": ("audio/mp4", MPEG4),
    "ogg": ("audio/ogg", re.compile(rb"OggS")),
    "wav": ("audio/wav", re.compile(rb"RIFF....WAVE", re.DOTALL)),
    "vtt": (CAPTIONS, re.compile(rb"(?:\xef\xbb\xbf)?WEBVTT(?:[ \t\r\n]|$)")),
}
"""By the ending of the name, in small letters: the media type, and what the first bytes are."""


def film_type(name: str) -> str | None:
    """Return the media type of a film, a sound or captions by the name of the file; None for any other."""
    known = FILMS.get(_ending(name))
    return known[0] if known else None


def begins_as_named(name: str, head: bytes) -> bool:
    """Return whether the first bytes of a film, a sound or captions (16 suffice) are as its name says."""
    known = FILMS.get(_ending(name))
    return known is not None and known[1].match(head) is not None


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower()
