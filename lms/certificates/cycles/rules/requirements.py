"""What a rule asks for: whether deeds meet it, what is missing the shortest way, and whether it is sound."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

import msgspec

from lms.certificates.cycles.values import Outline
from lms.certificates.values import (
    AllOf,
    AnyOf,
    AtLeast,
    CertificationHeld,
    CourseDone,
    ExpiryMode,
    Leaf,
    Requirement,
    Rule,
    ScoreReached,
    subject_of,
)
from lms.kernel.messages import Message

T = TypeVar("T")

MONTHS_AT_MOST = 240
SHORTEST_MONTH_DAYS = 28


@dataclass(frozen=True, slots=True)
class Done:
    """Something a person did: `id` of its record, when, and with what score (0 to 1) if it has one."""

    id: UUID
    at: datetime
    score: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What a person did, by course id and activity key, and which certifications count for them now."""

    done: Mapping[UUID, Sequence[Done]] = field(default_factory=dict)
    held: Mapping[UUID, Done] = field(default_factory=dict)

    def find(self, leaf: Leaf, since: datetime | None) -> Done | None:
        """Return the earliest deed at or after `since` that meets `leaf`, or None.

        A certification held counts whenever it was earned: it is a state, no deed.
        """
        if isinstance(leaf, CertificationHeld):
            return self.held.get(leaf.certification_id)
        fits = [
            one
            for one in self.done.get(subject_of(leaf), ())
            if (since is None or one.at >= since)
            and (not isinstance(leaf, ScoreReached) or (one.score is not None and one.score >= leaf.minimum))
        ]
        return min(fits, key=lambda one: one.at, default=None)


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


def compose(
    courses: Sequence[CourseDone], course_count: int | None, *others: ScoreReached | CertificationHeld
) -> Requirement:
    """Return what asks for all of `courses`, or for `course_count` of them, and for all of `others`."""
    parts: list[Requirement] = list(courses)
    if course_count is not None and course_count < len(courses):
        parts = [AtLeast(course_count, tuple(courses))]
    parts += others
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def outline_of(requirement: Requirement) -> Outline | None:
    """Return a requirement as the form has it, None for one that the form cannot say."""
    parts = requirement.parts if isinstance(requirement, AllOf) else (requirement,)
    done = [part for part in parts if isinstance(part, CourseDone)]
    some = [part for part in parts if isinstance(part, AtLeast)]
    scored = [part for part in parts if isinstance(part, ScoreReached)]
    held = [part for part in parts if isinstance(part, CertificationHeld)]
    if len(done) + len(some) + len(scored) + len(held) < len(parts) or len(scored) > 1:
        return None
    count = None
    if some:
        inner = [part for part in some[0].parts if isinstance(part, CourseDone)]
        if done or len(some) > 1 or len(inner) < len(some[0].parts):
            return None
        done, count = inner, some[0].count
    return Outline(
        course_ids=tuple(part.course_id for part in done),
        course_count=count,
        exam_key=scored[0].activity_key if scored else None,
        minimum=scored[0].minimum if scored else None,
        certification_ids=tuple(part.certification_id for part in held),
    )


def is_same(rule: Rule, other: Rule) -> bool:
    """Return whether two rules ask the same; a course that was renamed makes no other rule."""
    return _bare(rule) == _bare(other)


def _bare(rule: Rule) -> Rule:
    return msgspec.structs.replace(rule, requirement=_nameless(rule.requirement))


def _nameless(requirement: Requirement) -> Requirement:
    if isinstance(requirement, AllOf | AnyOf | AtLeast):
        return msgspec.structs.replace(requirement, parts=tuple(map(_nameless, requirement.parts)))
    if isinstance(requirement, ScoreReached):
        return msgspec.structs.replace(requirement, title="", minutes=0)
    return msgspec.structs.replace(requirement, title="")


def problems(rule: Rule) -> Mapping[str, Message]:
    """Return what keeps a rule from being kept, by the name of its field; empty when it is sound."""
    shortest_days = rule.active_months * SHORTEST_MONTH_DAYS
    found: dict[str, Message] = {}
    if not _is_sound(rule.requirement):
        found["requirement"] = Message("Name at least one thing that must be done.")
    if not 1 <= rule.active_months <= MONTHS_AT_MOST:
        found["active_months"] = Message("Give 1 to %(most)s months.", most=MONTHS_AT_MOST)
    elif not 0 <= rule.renewal_window_days <= shortest_days:
        found["renewal_window_days"] = Message(
            "The renewal may open at most %(days)s days before the end: that is how long it lasts.",
            days=shortest_days,
        )
    if rule.grace_days < 0:
        found["grace_days"] = Message("Give 0 days or more.")
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


def _is_sound(requirement: Requirement) -> bool:
    if isinstance(requirement, ScoreReached):
        return 0 <= requirement.minimum <= 1
    if not isinstance(requirement, AllOf | AnyOf | AtLeast):
        return True
    count = requirement.count if isinstance(requirement, AtLeast) else 1
    return 1 <= count <= len(requirement.parts) and all(map(_is_sound, requirement.parts))
