"""What was seen of a film or heard of a sound, as a set of intervals: decisions without a database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

Part = tuple[float, float]
"""From where to where, in seconds of the film; the end is the larger."""

GAP_SECONDS: Final = 1.0
"""Parts nearer than this are one: players report times that are a little off."""
PARTS_AT_MOST: Final = 400
LONGEST_SECONDS: Final = 86_400.0
FASTEST: Final = 2.0
"""How many seconds of a film the fastest speed of our player shows in one second."""
SLACK_SECONDS: Final = 2.0
"""Clocks of two machines, and the moment between opening a page and its first word."""
WHOLE_PERCENT: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """A film as one person saw it. `seconds` is how long it is, 0 until a player said so; `at` is where to go on."""

    key: str
    seconds: float = 0.0
    parts: tuple[Part, ...] = ()
    at: float = 0.0


def merged(parts: Iterable[Part]) -> tuple[Part, ...]:
    """Return the union of parts, in order, those less than a second apart as one, at most `PARTS_AT_MOST`.

    It holds every part that was given. Past the limit the narrowest gaps are closed.
    """
    found: list[Part] = []
    for start, end in sorted(part for part in parts if part[1] > part[0]):
        if found and start - found[-1][1] < GAP_SECONDS:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    while len(found) > PARTS_AT_MOST:
        at = min(range(1, len(found)), key=lambda place: found[place][0] - found[place - 1][1])
        found[at - 1 : at + 1] = [(found[at - 1][0], found[at][1])]
    return tuple(found)


def length_of(parts: Iterable[Part]) -> float:
    """Return how many seconds parts hold that do not overlap."""
    return sum(end - start for start, end in parts)


def percent_of(film: Film) -> int:
    """Return how much of a film was seen, in whole per cent; the last bit that no player reports counts as seen."""
    if film.seconds <= 0:
        return 0
    missing = film.seconds - length_of(film.parts)
    if missing <= min(GAP_SECONDS, film.seconds / 20):
        return WHOLE_PERCENT
    return max(0, min(WHOLE_PERCENT, int(length_of(film.parts) / film.seconds * WHOLE_PERCENT)))


def watch(
    film: Film,
    claimed: Sequence[Part],
    *,
    seconds: float,
    at: float,
    since_last: float,
    known: float | None = None,
) -> Film:
    """Return the film with what a player claims was seen of it, as far as that can be true.

    What was not seen before may be at most as long as `since_last`, the time since anything of this film was last
    told, at the fastest speed; the rest of the claim is left out. What was told before may be told again. The film is
    as long as its file says (`known`); only where no file says so, as the player does (`seconds`).
    """
    length = known or max(film.seconds, min(max(seconds, 0.0), LONGEST_SECONDS))
    left = max(since_last, 0.0) * FASTEST + SLACK_SECONDS
    seen = film.parts
    for start, end in claimed:
        part = (max(0.0, start), min(end, length))
        if part[1] <= part[0]:
            continue
        for fresh in _without(part, seen):
            if left > 0:
                end_of_it = min(fresh[1], fresh[0] + left)
                seen = merged([*seen, (fresh[0], end_of_it)])
                left -= end_of_it - fresh[0]
    return replace(film, seconds=length, parts=seen, at=max(0.0, min(at, length)))


def _without(part: Part, seen: Sequence[Part]) -> list[Part]:
    """Return what of a part is in none of those seen, in order."""
    found: list[Part] = []
    start = part[0]
    for left, right in seen:
        if right <= start or left >= part[1]:
            continue
        if left > start:
            found.append((start, left))
        start = max(start, right)
    if start < part[1]:
        found.append((start, part[1]))
    return found


def films_from_json(kept: dict[str, Any], keys: Iterable[str]) -> tuple[Film, ...]:
    """Return these films as they are kept in a state; one that was never opened is empty."""
    return tuple(
        Film(
            key=key,
            seconds=float(kept.get(key, {}).get("seconds", 0)),
            parts=tuple((float(start), float(end)) for start, end in kept.get(key, {}).get("parts", ())),
            at=float(kept.get(key, {}).get("at", 0)),
        )
        for key in keys
    )


def film_to_json(film: Film) -> dict[str, Any]:
    """Return a film as a state keeps it."""
    return {
        "seconds": round(film.seconds, 2),
        "parts": [[round(start, 2), round(end, 2)] for start, end in film.parts],
        "at": round(film.at, 2),
    }
