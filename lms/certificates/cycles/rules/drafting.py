"""A tree of requirements as lines, which a form can hold and a person can move: each step gives a tree again."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import msgspec

from lms.certificates.cycles.rules.requirements import LINES_AT_MOST
from lms.certificates.cycles.values.defining import Line, Piece, Step
from lms.certificates.values import (
    AllOf,
    AnyOf,
    AtLeast,
    CertificationHeld,
    CourseDone,
    DeedKey,
    HoursPractised,
    ItemGiven,
    Leaf,
    LiveAttended,
    Requirement,
    ScoreReached,
    subject_of,
    subjects_of,
)
from lms.courses.values import ActivityKey

DEPTH_AT_MOST = 5
"""How deep a step takes a line; a rule that was made elsewhere may be deeper and is drawn as it is."""
FORMER_AT_MOST = 20
"""How many exams one may have taken the place of."""
ROOT = Line(0, Piece.ALL)
_GROUPS: Mapping[type[Requirement], Piece] = {AllOf: Piece.ALL, AnyOf: Piece.ANY, AtLeast: Piece.AT_LEAST}
_LEAVES: Mapping[type[Requirement], Piece] = {
    CourseDone: Piece.COURSE,
    ScoreReached: Piece.SCORE,
    CertificationHeld: Piece.CERTIFICATION,
    LiveAttended: Piece.ATTENDANCE,
    HoursPractised: Piece.PRACTICE,
    ItemGiven: Piece.ITEM,
}

Known = Callable[[Piece, str], Leaf | None]
"""What a line with this piece and this subject asks for, as it is called now; None if there is no such thing."""


def piece_of(leaf: Leaf) -> Piece:
    """Return what a line says that asks for this."""
    return _LEAVES[type(leaf)]


def lines_of(requirement: Requirement | None) -> tuple[Line, ...]:
    """Return a tree from its root down; the root is a group, so that more can always be added."""
    if requirement is None:
        return (ROOT,)
    found = tuple(_walk(requirement, 0))
    return found if found[0].piece.is_group else (ROOT, *(_deeper(line, 1) for line in found))


def _walk(requirement: Requirement, depth: int) -> Iterator[Line]:
    if isinstance(requirement, AllOf | AnyOf | AtLeast):
        count = requirement.count if isinstance(requirement, AtLeast) else None
        yield Line(depth, _GROUPS[type(requirement)], number=count)
        for part in requirement.parts:
            yield from _walk(part, depth + 1)
        return
    number = None
    if isinstance(requirement, ScoreReached):
        number = int(requirement.minimum * 100)
    elif isinstance(requirement, HoursPractised):
        number = requirement.hours
    former = tuple(map(str, subjects_of(requirement)[1:]))
    yield Line(depth, piece_of(requirement), str(subject_of(requirement)), requirement.title, number, former)


def requirement_of(lines: Sequence[Line], known: Known) -> Requirement:
    """Return the tree that lines draw; a line of which nothing is known is left out.

    A root with one part, and any group with none but one part of which all are asked, is that part.
    """
    found = _part(lines, 0, known)
    return AllOf(()) if found is None else found


def _part(lines: Sequence[Line], at: int, known: Known) -> Requirement | None:
    line = lines[at]
    if not line.piece.is_group:
        return _leaf(line, known)
    parts = tuple(part for child in children(lines, at) if (part := _part(lines, child, known)) is not None)
    if line.piece is Piece.AT_LEAST:
        return AtLeast(line.number or 0, parts)
    if len(parts) == 1:
        return parts[0]
    return AllOf(parts) if line.piece is Piece.ALL else AnyOf(parts)


def _leaf(line: Line, known: Known) -> Leaf | None:
    if line.piece is Piece.PRACTICE:
        return HoursPractised(DeedKey(UUID(line.subject)), line.title, line.number or 0)
    if line.piece is Piece.ITEM:
        return ItemGiven(DeedKey(UUID(line.subject)), line.title)
    leaf = known(line.piece, line.subject)
    if isinstance(leaf, ScoreReached):
        former = tuple(ActivityKey(UUID(one)) for one in line.former)
        return msgspec.structs.replace(leaf, minimum=Decimal(line.number or 0) / 100, former=former)
    return leaf


def children(lines: Sequence[Line], at: int) -> tuple[int, ...]:
    """Return where the parts of a group stand."""
    return tuple(one for one in range(at + 1, end_of(lines, at)) if lines[one].depth == lines[at].depth + 1)


def end_of(lines: Sequence[Line], at: int) -> int:
    """Return where what stands in a line ends (exclusive)."""
    depth = lines[at].depth
    return next((one for one in range(at + 1, len(lines)) if lines[one].depth <= depth), len(lines))


def tidied(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Return lines as a tree has them, whatever a form sent: one root, and each part in a group above it."""
    found: list[Line] = []
    for line in lines[:LINES_AT_MOST]:
        if not found:
            found.append(replace(line, depth=0) if line.piece.is_group else ROOT)
            if line.piece.is_group:
                continue
        before = found[-1]
        deepest = before.depth + 1 if before.piece.is_group else before.depth
        found.append(replace(line, depth=max(1, min(line.depth, deepest))))
    return tuple(found) or (ROOT,)


def added(lines: Sequence[Line], line: Line, into: int) -> tuple[Line, ...]:
    """Return the tree with one more line, last in the group at `into`; in the root where that is no group."""
    group = into if 0 <= into < len(lines) and lines[into].piece.is_group else 0
    if len(lines) >= LINES_AT_MOST:
        return tuple(lines)
    at = end_of(lines, group)
    return tidied((*lines[:at], replace(line, depth=lines[group].depth + 1), *lines[at:]))


def removed(lines: Sequence[Line], at: int) -> tuple[Line, ...]:
    """Return the tree without a line and all that stands in it; the root stays."""
    if not 0 < at < len(lines):
        return tuple(lines)
    return (*lines[:at], *lines[end_of(lines, at) :])


def exchanged(lines: Sequence[Line], at: int, line: Line) -> tuple[Line, ...]:
    """Return the tree with another exam in the place of one, with the same score: who passed that one keeps it."""
    if not 0 < at < len(lines) or lines[at].piece is not Piece.SCORE or lines[at].subject == line.subject:
        return tuple(lines)
    was = lines[at]
    former = tuple(one for one in (*was.former, was.subject) if one != line.subject)[-FORMER_AT_MOST:]
    now = replace(line, depth=was.depth, number=was.number, former=former)
    return (*lines[:at], now, *lines[at + 1 :])


def moved(lines: Sequence[Line], at: int, step: Step) -> tuple[Line, ...]:
    """Return the tree with a line, and all that stands in it, one step further; as it is where there is no way."""
    if not can_move(lines, at, step):
        return tuple(lines)
    end = end_of(lines, at)
    block = lines[at:end]
    if step == Step.UP:
        before = _previous(lines, at)
        return (*lines[:before], *block, *lines[before:at], *lines[end:])
    if step == Step.DOWN:
        after = end_of(lines, end)
        return (*lines[:at], *lines[end:after], *block, *lines[after:])
    if step == Step.IN:
        return (*lines[:at], *(_deeper(line, 1) for line in block), *lines[end:])
    # Out of its group and behind it, so that nothing that stood behind it falls into another group.
    last = end_of(lines, _parent(lines, at))
    return (*lines[:at], *lines[end:last], *(_deeper(line, -1) for line in block), *lines[last:])


def can_move(lines: Sequence[Line], at: int, step: Step) -> bool:
    """Return whether a line can go a step further."""
    if not 0 < at < len(lines):
        return False
    if step == Step.UP:
        return _previous(lines, at) != at
    if step == Step.DOWN:
        end = end_of(lines, at)
        return end < len(lines) and lines[end].depth == lines[at].depth
    if step == Step.IN:
        before = _previous(lines, at)
        deepest = max(line.depth for line in lines[at : end_of(lines, at)])
        return before != at and lines[before].piece.is_group and deepest < DEPTH_AT_MOST
    return lines[at].depth > 1


def _previous(lines: Sequence[Line], at: int) -> int:
    """Return where the neighbour before a line stands, the line itself when it is the first of its group."""
    for one in range(at - 1, -1, -1):
        if lines[one].depth == lines[at].depth:
            return one
        if lines[one].depth < lines[at].depth:
            break
    return at


def _parent(lines: Sequence[Line], at: int) -> int:
    return next(one for one in range(at - 1, -1, -1) if lines[one].depth < lines[at].depth)


def _deeper(line: Line, by: int) -> Line:
    return replace(line, depth=line.depth + by)
