"""The shortest way that is left through a rule: what is to be done still, in the fewest minutes."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from lms.certificates.cycles.rules.requirements import Facts
from lms.certificates.values import (
    AllOf,
    AtLeast,
    CertificationHeld,
    CourseDone,
    Group,
    HoursPractised,
    Leaf,
    LiveAttended,
    Requirement,
    ScoreReached,
    subject_of,
)
from lms.courses.values import CourseId

KEPT: Final = 128
"""How many ways through one group are followed at a time. Two ways differ where what they ask for is asked for outside
the group, too; a tree in which more of them compete than this names a short way that need not be the shortest."""


@dataclass(frozen=True, slots=True)
class Prices:
    """How long courses take, in minutes: `whole` with their exams; of the `begun`, what is left beside exams."""

    whole: Mapping[CourseId, int] = field(default_factory=dict)
    begun: Mapping[CourseId, int] = field(default_factory=dict)


Behind = Callable[[CertificationHeld], Requirement | None]
"""What is left of the certification that a leaf asks for, None if nothing is known to be."""


def left_of(
    requirement: Requirement, facts: Facts, since: datetime | None, behind: Behind
) -> Requirement | None:
    """Return what of a tree is not met by deeds at or after `since`, None for nothing.

    In the place of a certification that is not held stands what that one asks for still.
    """
    if not isinstance(requirement, Group):
        if facts.find(requirement, since) is not None:
            return None
        if isinstance(requirement, CertificationHeld):
            return behind(requirement) or requirement
        return requirement
    parts = [left_of(part, facts, since, behind) for part in requirement.parts]
    unmet = tuple(part for part in parts if part is not None)
    asked = _count(requirement) - (len(parts) - len(unmet))
    if asked <= 0:
        return None
    return unmet[0] if len(unmet) == 1 else AtLeast(asked, unmet)


def _count(group: Group) -> int:
    if isinstance(group, AtLeast):
        return group.count
    return len(group.parts) if isinstance(group, AllOf) else 1


def minutes_of(leaves: Iterable[Leaf], prices: Prices) -> int:
    """Return how long it takes to do all of `leaves`: what two of them ask for is done once.

    An exam's minutes are among its course's while the whole course is to be done.
    """
    chosen = list(leaves)
    whole = {one.course_id for one in chosen if isinstance(one, CourseDone)} - prices.begun.keys()
    longest: dict[tuple[type, UUID], int] = {}
    for one in chosen:
        if isinstance(one, ScoreReached | LiveAttended) and one.course_id in whole:
            continue
        key = one.__class__, subject_of(one)
        longest[key] = max(longest.get(key, 0), _minutes(one, prices))
    return sum(longest.values())


def _minutes(leaf: Leaf, prices: Prices) -> int:
    if isinstance(leaf, CourseDone):
        return prices.begun.get(leaf.course_id, prices.whole.get(leaf.course_id, 0))
    if isinstance(leaf, ScoreReached | LiveAttended):
        return leaf.minutes
    return leaf.hours * 60 if isinstance(leaf, HoursPractised) else 0


def shortest(requirement: Requirement, prices: Prices) -> tuple[Leaf, ...]:
    """Return the leaves of a tree to be done so that it is met in the fewest minutes, in the author's order.

    Of ways that take as long the author's first stands.
    """
    seen = tuple(_leaves(requirement))
    found = _Search(prices, Counter(map(_matter, seen))).ways(requirement)
    # At the root nothing is asked for outside.
    chosen = found[frozenset()].leaves
    places = {one: place for place, one in reversed(list(enumerate(seen)))}
    return tuple(sorted(set(chosen), key=places.__getitem__))


def is_met_by(requirement: Requirement, leaves: Collection[Leaf]) -> bool:
    """Return whether doing these leaves meets a tree."""
    if not isinstance(requirement, Group):
        return requirement in leaves
    return sum(is_met_by(part, leaves) for part in requirement.parts) >= _count(requirement)


def _leaves(requirement: Requirement) -> Iterator[Leaf]:
    if isinstance(requirement, Group):
        for part in requirement.parts:
            yield from _leaves(part)
    else:
        yield requirement


def _matter(leaf: Leaf) -> UUID:
    """Return what a leaf is about: the minutes of two leaves depend on each other only if they are about the same."""
    return leaf.course_id if isinstance(leaf, CourseDone | ScoreReached | LiveAttended) else subject_of(leaf)


@dataclass(frozen=True, slots=True)
class _Alone:
    """What of a way takes as long whatever else is chosen."""

    minutes: int = 0
    leaves: tuple[Leaf, ...] = ()

    def __add__(self, other: "_Alone") -> "_Alone":
        return _Alone(self.minutes + other.minutes, self.leaves + other.leaves)


_Ways = dict[frozenset[Leaf], _Alone]
"""Ways to meet a part of a tree, by the leaves whose matter is asked for outside it; for each the shortest rest."""


@dataclass(frozen=True, slots=True)
class _Search:
    prices: Prices
    times: Mapping[UUID, int]
    """How often each matter is asked for in the whole tree."""

    def ways(self, requirement: Requirement) -> _Ways:
        if not isinstance(requirement, Group):
            return self._settled({frozenset((requirement,)): _Alone()}, Counter((_matter(requirement),)))
        asked = _count(requirement)
        # By how many parts are met; each part is met or left.
        met: list[_Ways] = [{frozenset(): _Alone()}, *({} for _part in range(asked))]
        inside: Counter[UUID] = Counter()
        for at, part in enumerate(requirement.parts, 1):
            ways = self.ways(part)
            inside.update(map(_matter, _leaves(part)))
            # Fewer than these cannot become enough with the parts that are left.
            counts = range(min(asked, at), max(1, asked - len(requirement.parts) + at) - 1, -1)
            for count in counts:
                self._join(met[count], met[count - 1], ways)
            for count in counts:
                met[count] = self._settled(met[count], inside)
        return met[asked]

    def _join(self, known: _Ways, before: _Ways, ways: _Ways) -> None:
        for one, alone in before.items():
            for other, more in ways.items():
                _keep(known, one | other, alone + more)

    def _settled(self, ways: _Ways, inside: Mapping[UUID, int]) -> _Ways:
        """Return the ways with what nothing outside asks for counted once and for all, and the shortest of them."""
        found: _Ways = {}
        for together, alone in ways.items():
            done = [one for one in together if inside[_matter(one)] == self.times[_matter(one)]]
            settled = _Alone(minutes_of(done, self.prices), tuple(done)) if done else _Alone()
            _keep(found, together.difference(done), alone + settled)
        if len(found) <= KEPT:
            return found
        by_length = sorted(found, key=lambda way: found[way].minutes + minutes_of(way, self.prices))
        return {way: found[way] for way in by_length[:KEPT]}


def _keep(known: _Ways, together: frozenset[Leaf], alone: _Alone) -> None:
    if together not in known or alone.minutes < known[together].minutes:
        known[together] = alone
