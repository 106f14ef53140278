"""How an outline changes, and how a course finds its address: decisions without a database."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import TypeVar

from lms.courses.authoring.values import Direction, Outline
from lms.courses.values import ActivityKey, SectionKey

T = TypeVar("T")
SLUG_LENGTH = 80
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
UNDECOMPOSED = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th"})
"""Latin letters that Unicode does not take apart."""
RESERVED = frozenset(
    (
        *(
            "assignments",
            "audiences",
            "courses",
            "curricula",
            "equivalences",
            "exams",
            "handed",
            "import",
            "imports",
        ),
        *(
            "marking",
            "notes",
            "packages",
            "pictures",
            "practice",
            "progress",
            "questions",
            "quizzes",
            "sessions",
            "transcript",
        ),
    )
)
"""Words that stand in the addresses under /learn and /author for something else."""


def move_section(outline: Outline, key: SectionKey, direction: Direction) -> Outline:
    """Return the outline with a section and its activities one place on; unchanged at the end."""
    at = next(place for place, (section, _held) in enumerate(outline) if section == key)
    return tuple(_swapped(outline, at, direction))


def move_activity(outline: Outline, key: ActivityKey, direction: Direction) -> Outline:
    """Return the outline with an activity one place on; past the end of its section it enters the next."""
    section_at, at = next(
        (section_at, held.index(key)) for section_at, (_key, held) in enumerate(outline) if key in held
    )
    sections = [(section, list(held)) for section, held in outline]
    held = sections[section_at][1]
    step = -1 if direction is Direction.UP else 1
    if 0 <= at + step < len(held):
        sections[section_at] = (sections[section_at][0], _swapped(held, at, direction))
    elif 0 <= section_at + step < len(sections):
        held.pop(at)
        into = sections[section_at + step][1]
        into.insert(len(into) if direction is Direction.UP else 0, key)
    return tuple((section, tuple(kept)) for section, kept in sections)


def filled(outline: Outline, order: Outline) -> Outline:
    """Return an order with the sections that it does not name as they are: an editor shows few of a long course."""
    named = dict(order)
    if [key for key, _held in outline if key in named] != [key for key, _held in order]:
        return order
    return tuple((key, named.get(key, held)) for key, held in outline)


def is_permutation(outline: Outline, other: Outline) -> bool:
    """Return whether `other` holds the same sections in the same order and the same activities, wherever they are."""
    sections = [key for key, _held in outline] == [key for key, _held in other]
    return sections and sorted(_keys(outline)) == sorted(_keys(other))


def _keys(outline: Outline) -> list[ActivityKey]:
    return [key for _section, held in outline for key in held]


def _swapped(items: Sequence[T], at: int, direction: Direction) -> list[T]:
    moved = list(items)
    to = at - 1 if direction is Direction.UP else at + 1
    if 0 <= to < len(moved):
        moved[at], moved[to] = moved[to], moved[at]
    return moved


def slug_of(title: str) -> str:
    """Return an address made of a title: lower-case Latin letters, digits and hyphens; "course" if none is left."""
    spelled = title.casefold().translate(UNDECOMPOSED)
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:SLUG_LENGTH].strip("-") or "course"


def is_slug(text: str) -> bool:
    """Return whether `text` can be a course's address."""
    return len(text) <= SLUG_LENGTH and bool(SLUG.fullmatch(text)) and text not in RESERVED


def free_slug(wanted: str, is_taken: Callable[[str], bool]) -> str:
    """Return `wanted`, or the first of wanted-2, wanted-3 … that is not taken."""
    if wanted not in RESERVED and not is_taken(wanted):
        return wanted
    number = 2
    while is_taken(f"{wanted}-{number}"):
        number += 1
    return f"{wanted}-{number}"
