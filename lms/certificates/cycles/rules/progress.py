"""A requirement beside what one person did of it: the tree that a learner reads, branch by branch."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from lms.certificates.cycles.rules.requirements import Done, Facts, judge
from lms.certificates.values import AllOf, AnyOf, AtLeast, Leaf, Requirement


@dataclass(frozen=True, slots=True)
class Twig:
    """One thing to do: what was done of it, or whether it lies on the shortest way."""

    leaf: Leaf
    done: Done | None
    is_next: bool


@dataclass(frozen=True, slots=True)
class Branch:
    """A group: `count` of its parts are asked for, `met` are done."""

    kind: Literal["all", "some"]
    count: int
    met: int
    parts: tuple["Branch | Twig", ...]

    @property
    def is_met(self) -> bool:
        """Return whether enough of it is done."""
        return self.met >= self.count


Tree: TypeAlias = Branch | Twig


def grow(
    requirement: Requirement, facts: Facts, *, since: datetime | None, missing: Collection[Leaf]
) -> Tree:
    """Return the tree of a requirement; `missing` is what the shortest way still asks for."""
    if not isinstance(requirement, AllOf | AnyOf | AtLeast):
        done = facts.find(requirement, since)
        return Twig(requirement, done, done is None and requirement in missing)
    parts = tuple(grow(one, facts, since=since, missing=missing) for one in requirement.parts)
    met = sum(judge(one, facts, since=since).met_at is not None for one in requirement.parts)
    if isinstance(requirement, AllOf):
        return Branch("all", len(parts), met, parts)
    return Branch("some", requirement.count if isinstance(requirement, AtLeast) else 1, met, parts)
