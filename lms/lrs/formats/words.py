"""The single words of xAPI: IRIs, mail addresses, instants, durations, language tags; each a pure test."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache, wraps
from typing import Final, TypeVar

IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\x00-\x20<>\"{}|\\^`\x7f]+")
MBOX: Final = re.compile(r"mailto:[^\s\x00-\x1f\x7f@<>,;]+@[^\s\x00-\x1f\x7f@<>,;]+")
SHA1: Final = re.compile(r"[0-9a-fA-F]{40}")
SHA2: Final = re.compile(r"[0-9a-fA-F]{56}|[0-9a-fA-F]{64}|[0-9a-fA-F]{96}|[0-9a-fA-F]{128}")
UUID_WORD: Final = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
MEDIA_TYPE: Final = re.compile(r"[A-Za-z0-9!#$&\-^_.+]+/[A-Za-z0-9!#$&\-^_.+]+(?:[ \t]*;[^\x00-\x1f\x7f]*)?")
STATEMENT_VERSION: Final = re.compile(r"[12]\.0(?:\.[0-9]+)?")
FIRST_VERSION: Final = re.compile(r"1\.0(?:\.[0-9]+)?")

_TIMESTAMP: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d(?::\d\d)?)([.,]\d+)?([Zz]|[+-]\d\d(?::?\d\d)?)?", re.ASCII
)
_DURATION: Final = re.compile(
    r"P(?:\d+(?:[.,]\d+)?W|(?=.)(?:\d+(?:[.,]\d+)?Y)?(?:\d+(?:[.,]\d+)?M)?(?:\d+(?:[.,]\d+)?D)?"
    r"(?:T(?=.)(?:\d+(?:[.,]\d+)?H)?(?:\d+(?:[.,]\d+)?M)?(?:\d+(?:[.,]\d+)?S)?)?)",
    re.ASCII,
)
_FRACTION_BEFORE_THE_LAST: Final = re.compile(r"[.,]\d+[A-Z].*\d")
_FINE_SECONDS: Final = re.compile(r"([.,]\d\d)\d+S")
# RFC 5646, 2.1.
_LANGUAGE: Final = re.compile(
    r"(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(?:-[a-wyz0-9](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?"
    r"|x(?:-[a-z0-9]{1,8})+"
    r"|en-gb-oed|i-(?:ami|bnn|default|enochian|hak|klingon|lux|mingo|navajo|pwn|tao|tay|tsu)|sgn-(?:be-fr|be-nl|ch-de)",
    re.IGNORECASE,
)


T = TypeVar("T")
_SHORT: Final = 200
_REMEMBERED: Final = 5_000


def remembering(work: Callable[[str], T]) -> Callable[[str], T]:
    """Keep in mind what `work` says of short texts: sources say the same ones again and again."""
    kept = lru_cache(_REMEMBERED)(work)

    @wraps(work)
    def ask(text: str) -> T:
        return kept(text) if len(text) <= _SHORT else work(text)

    return ask


@remembering
def is_iri(text: str) -> bool:
    """Return whether this is an absolute IRI."""
    return IRI.fullmatch(text) is not None


def is_duration(text: str) -> bool:
    """Return whether this is a duration of ISO 8601, a fraction standing in its last part alone."""
    return _DURATION.fullmatch(text) is not None and not _FRACTION_BEFORE_THE_LAST.search(text)


def coarse_duration(text: str) -> str:
    """Return a duration cut to hundredths of a second: no more of it counts when durations are compared."""
    return text if _FINE_SECONDS.search(text) is None else _FINE_SECONDS.sub(r"\1S", text)


@remembering
def is_language(text: str) -> bool:
    """Return whether this is a language tag."""
    return _LANGUAGE.fullmatch(text) is not None


@remembering
def read_timestamp(text: str) -> datetime | None:
    """Return the instant that a text of RFC 3339 says, in UTC; None for any other text.

    A negative zero offset says that the zone is unknown, which no statement may. Without one it is UTC. What is
    finer than a microsecond is cut.
    """
    found = _TIMESTAMP.fullmatch(text)
    if found is None:
        return None
    day, clock, fraction, zone = found.groups()
    if zone is not None and zone.startswith("-") and not zone.strip("-0:"):
        return None
    offset = "+00:00" if zone is None or zone in "Zz" else zone
    if len(clock) == 5:  # noqa: PLR2004  hh:mm
        clock += ":00"
    # A leap second is no second that Python's clocks have.
    clock = clock[:6] + "59" if clock.endswith(":60") else clock
    digits = (fraction or ".0")[1:7].ljust(6, "0")
    try:
        return datetime.fromisoformat(f"{day}T{clock}.{digits}{offset}").astimezone(UTC)
    except (OverflowError, ValueError):
        return None


def write_timestamp(instant: datetime) -> str:
    """Return an instant as RFC 3339 writes it, in UTC with microseconds."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").zfill(27)
