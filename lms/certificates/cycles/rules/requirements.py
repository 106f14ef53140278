"""What a rule asks for: whether deeds meet it, what is missing the shortest way, and whether it is sound."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from typing import TypeVar
from uuid import UUID

import msgspec

from lms.certificates.values import (
    AllOf,
    AnyOf,
    AtLeast,
    CertificationHeld,
    ExpiryMode,
    HoursPractised,
    ItemGiven,
    Leaf,
    LiveAttended,
    Requirement,
    Rule,
    ScoreReached,
    subjects_of,
)
from lms.kernel.messages import Message

T = TypeVar("T")

MONTHS_AT_MOST = 240
SHORTEST_MONTH_DAYS = 28
HOURS_AT_MOST = 5_000
LINES_AT_MOST = 200
"""How many leaves and groups a tree has at most: one page shows them all."""
DUE_DAYS_AT_MOST = 1_825


@dataclass(frozen=True, slots=True)
class Done:
    """Something a person did: `id` of its record, when, and with what score (0 to 1) if it has one."""

    id: UUID
    at: datetime
    score: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What a person did, by course id, activity key and deed key, and which certifications count for them now.

    `attended` are live sessions by activity key. The score of practice is its hours, as they were approved.
    """

    done: Mapping[UUID, Sequence[Done]] = field(default_factory=dict)
    held: Mapping[UUID, Done] = field(default_factory=dict)
    attended: Mapping[UUID, Sequence[Done]] = field(default_factory=dict)

    def find(self, leaf: Leaf, since: datetime | None) -> Done | None:
        """Return the earliest deed at or after `since` that meets `leaf`, or None.

        A certification held counts whenever it was earned: it is a state, no deed.
        """
        if isinstance(leaf, CertificationHeld):
            return self.held.get(leaf.certification_id)
        known = self.attended if isinstance(leaf, LiveAttended) else self.done
        recent = (
            one
            for subject in subjects_of(leaf)
            for one in known.get(subject, ())
            if since is None or one.at >= since
        )
        if isinstance(leaf, HoursPractised):
            return _enough(sorted(recent, key=_at), leaf.hours)
        if isinstance(leaf, ScoreReached):
            recent = (one for one in recent if one.score is not None and one.score >= leaf.minimum)
        return min(recent, key=_at, default=None)


def _at(one: Done) -> datetime:
    return one.at


def _enough(logged: Sequence[Done], hours: int) -> Done | None:
    """Return the entry with which the hours are full, None while they are not."""
    total = Decimal(0)
    for one in logged:
        total += one.score or 0
        if total >= hours:
            return one
    return None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a requirement is met, since when, by what, and if not, what is missing the shortest way."""

    met_at: datetime | None
    rests_on: tuple[tuple[Leaf, Done], ...] = ()
    missing: tuple[Leaf, ...] = ()


Cost = Callable[[Leaf], int]


def equal(_leaf: Leaf) -> int:
    """Cost every leaf alike."""
    return 1


def judge(
    requirement: Requirement, facts: Facts, *, since: datetime | None = None, cost: Cost = equal
) -> Verdict:
    """Weigh `requirement` against `facts` at or after `since`; among choices the cheapest is named missing."""
    if isinstance(requirement, AllOf):
        return _judge_some(requirement.parts, len(requirement.parts), facts, since, cost)
    if isinstance(requirement, AnyOf):
        return _judge_some(requirement.parts, 1, facts, since, cost)
    if isinstance(requirement, AtLeast):
        return _judge_some(requirement.parts, requirement.count, facts, since, cost)
    found = facts.find(requirement, since)
    if found is None:
        return Verdict(None, missing=(requirement,))
    return Verdict(found.at, rests_on=((requirement, found),))


def _judge_some(
    parts: Sequence[Requirement], count: int, facts: Facts, since: datetime | None, cost: Cost
) -> Verdict:
    verdicts = [judge(part, facts, since=since, cost=cost) for part in parts]
    met = sorted((one for one in verdicts if one.met_at is not None), key=lambda one: one.met_at or _EARLIEST)
    if len(met) >= count:
        met = met[:count]
        return Verdict(
            max((one.met_at for one in met if one.met_at), default=_EARLIEST),
            _unique(pair for one in met for pair in one.rests_on),
        )
    unmet = [one for one in verdicts if one.met_at is None]
    # The sort is stable: of equals, the author's order stands.
    nearest = sorted(unmet, key=lambda one: sum(map(cost, one.missing)))[: count - len(met)]
    chosen = [one for one in unmet if one in nearest]
    return Verdict(
        None,
        _unique(pair for one in (*met, *chosen) for pair in one.rests_on),
        _unique(leaf for one in chosen for leaf in one.missing),
    )


_EARLIEST = datetime.min.replace(tzinfo=UTC)


def _unique(items: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(items))


def leaves(requirement: Requirement) -> tuple[Leaf, ...]:
    """Return every leaf of a requirement once, in the author's order."""
    return _unique(_walk(requirement))


def _walk(requirement: Requirement) -> Iterator[Leaf]:
    if isinstance(requirement, AllOf | AnyOf | AtLeast):
        for part in requirement.parts:
            yield from _walk(part)
    else:
        yield requirement


def path_of(rule: Rule, *, renews: bool) -> Requirement:
    """Return what earns the next certificate: the whole way, or also the renewal's for who still holds one."""
    if rule.renewal is None or not renews:
        return rule.requirement
    # The whole way is always open too: whoever fails the short one may take it.
    return AnyOf((rule.renewal, rule.requirement))


def shortest_way(rule: Rule, *, renews: bool) -> Requirement:
    """Return the way that is shown to a person: the renewal's own for who may take it."""
    return rule.renewal if renews and rule.renewal is not None else rule.requirement


def all_leaves(rule: Rule) -> tuple[Leaf, ...]:
    """Return every leaf of both ways once."""
    return _unique((*leaves(rule.requirement), *(leaves(rule.renewal) if rule.renewal else ())))


def is_same(rule: Rule, other: Rule) -> bool:
    """Return whether two rules ask the same; a course that was renamed makes no other rule."""
    return _bare(rule) == _bare(other)


def mark_of(rule: Rule) -> str:
    """Return a short mark that two rules share exactly when they ask the same."""
    return sha256(msgspec.json.encode(_bare(rule))).hexdigest()[:20]


def _bare(rule: Rule) -> Rule:
    renewal = None if rule.renewal is None else nameless(rule.renewal)
    return msgspec.structs.replace(rule, requirement=nameless(rule.requirement), renewal=renewal)


def nameless(requirement: Requirement) -> Requirement:
    """Return a tree without the titles that other features gave: what two trees are compared by."""
    if isinstance(requirement, AllOf | AnyOf | AtLeast):
        return msgspec.structs.replace(requirement, parts=tuple(map(nameless, requirement.parts)))
    if isinstance(requirement, ScoreReached | LiveAttended):
        return msgspec.structs.replace(requirement, title="", minutes=0)
    if isinstance(requirement, HoursPractised | ItemGiven):
        # Theirs is no echo of another feature's title: it is what is asked for.
        return requirement
    return msgspec.structs.replace(requirement, title="")


def asks_for_deeds(rule: Rule) -> bool:
    """Return whether a rule asks for practice, or for something that is given by hand."""
    return any(isinstance(leaf, HoursPractised | ItemGiven) for leaf in all_leaves(rule))


def problems(rule: Rule) -> Mapping[str, Message]:
    """Return what keeps a rule from being kept, by the name of its field; empty when it is sound."""
    shortest_days = rule.active_months * SHORTEST_MONTH_DAYS
    found = dict(_faults_of_trees(rule))
    if not 1 <= rule.active_months <= MONTHS_AT_MOST:
        found["active_months"] = Message("Give 1 to %(most)s months.", most=MONTHS_AT_MOST)
    elif not 0 <= rule.renewal_window_days <= shortest_days:
        found["renewal_window_days"] = Message(
            "The renewal may open at most %(days)s days before the end: that is how long it lasts.",
            days=shortest_days,
        )
    if rule.grace_days < 0:
        found["grace_days"] = Message("Give 0 days or more.")
    if rule.due_days is not None and not 1 <= rule.due_days <= DUE_DAYS_AT_MOST:
        found["due_days"] = Message("Give 1 to %(most)s days.", most=DUE_DAYS_AT_MOST)
    if rule.mode is ExpiryMode.FIXED:
        if rule.base_on is None:
            found["base_on"] = Message("A fixed end needs a first date to count from.")
        if not rule.renewal_window_days <= rule.minimum_active_days <= shortest_days:
            found["minimum_active_days"] = Message(
                "Give at least the renewal window (%(window)s days) and at most %(days)s days.",
                window=rule.renewal_window_days,
                days=shortest_days,
            )
    return found


def _faults_of_trees(rule: Rule) -> Iterator[tuple[str, Message]]:
    for name, tree in (("requirement", rule.requirement), ("renewal", rule.renewal)):
        if tree is None:
            continue
        if fault := fault_of(tree):
            yield name, fault
        elif _size(tree) >= LINES_AT_MOST:
            yield name, Message("It has more than %(most)s lines: nobody could read it.", most=LINES_AT_MOST)


def fault_of(requirement: Requirement) -> Message | None:  # noqa: PLR0911  one line per fault
    """Return what is wrong with a tree, the first from its root down; None when it is sound."""
    if isinstance(requirement, ScoreReached):
        return None if 0 <= requirement.minimum <= 1 else Message("A score is 0 to 100 percent.")
    if isinstance(requirement, HoursPractised):
        if not 1 <= requirement.hours <= HOURS_AT_MOST:
            return Message(
                "“%(title)s”: give 1 to %(most)s hours.", title=requirement.title, most=HOURS_AT_MOST
            )
        return None
    if not isinstance(requirement, AllOf | AnyOf | AtLeast):
        return None
    if not requirement.parts:
        return Message("Name at least one thing that must be done.")
    if isinstance(requirement, AtLeast) and not 1 <= requirement.count <= len(requirement.parts):
        return Message(
            "A choice asks for %(count)s and names %(parts)s: ask for one at least, and for no more than there are.",
            count=requirement.count,
            parts=len(requirement.parts),
        )
    return next((fault for part in requirement.parts if (fault := fault_of(part))), None)


def _size(requirement: Requirement) -> int:
    if isinstance(requirement, AllOf | AnyOf | AtLeast):
        return 1 + sum(map(_size, requirement.parts))
    return 1


def way_back(asked: Mapping[UUID, Sequence[UUID]], start: UUID) -> tuple[UUID, ...]:
    """Return the shortest chain from `start` through what each asks for back to it, both ends named; () if none."""
    paths: list[tuple[UUID, ...]] = [(start,)]
    seen: set[UUID] = set()
    for path in paths:
        for one in asked.get(path[-1], ()):
            if one == start:
                return (*path, one)
            if one not in seen:
                seen.add(one)
                paths.append((*path, one))
    return ()
