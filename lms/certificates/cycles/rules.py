"""Decisions about certificates: what is met and what is missing, how long one counts, where a person is with it."""

import calendar
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from lms.certificates.cycles.values import Outline
from lms.certificates.values import (
    AllOf,
    AnyOf,
    AtLeast,
    CertificateState,
    CertificationHeld,
    CourseDone,
    CycleState,
    ExpiryMode,
    Leaf,
    Requirement,
    Rule,
    ScoreReached,
    Term,
    subject_of,
)
from lms.kernel.messages import Message

T = TypeVar("T")

MONTHS_AT_MOST = 240
SHORTEST_MONTH_DAYS = 28


# ---- what must be done


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


def _equal(_leaf: Leaf) -> int:
    return 1


def judge(
    requirement: Requirement, facts: Facts, *, since: datetime | None = None, cost: Cost = _equal
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


# ---- how long it counts


def add_months(day: date, months: int) -> date:
    """Return the same day `months` calendar months later, clamped to the month's end."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """Return the first instant of a day in `zone`, as UTC; where the clocks skip midnight, the skip itself."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def term_of(
    rule: Rule, *, met_on: date, zone: ZoneInfo, previous: date | None = None, due_on: date | None = None
) -> Term:
    """Return how long a certificate counts that was earned on `met_on`.

    `previous` is the last valid day of the certificate it follows, `due_on` the day it was asked for; both
    matter in expiry mode alone. Days are the OEM's, in `zone`.
    """
    through = _valid_through(rule, met_on, previous, due_on)
    return Term(
        valid_through=through,
        renewal_opens_at=start_of(through - timedelta(days=rule.renewal_window_days), zone),
        expires_at=start_of(through + timedelta(days=1), zone),
        counts_until=start_of(through + timedelta(days=1 + rule.grace_days), zone),
    )


def _valid_through(rule: Rule, met_on: date, previous: date | None, due_on: date | None) -> date:
    if rule.mode is ExpiryMode.FIXED and rule.base_on is not None:
        return _next_fixed(rule.base_on, rule.active_months, met_on, rule.minimum_active_days)
    if rule.mode is ExpiryMode.EXPIRY:
        anchor = previous or due_on
        # Late work starts anew from the day it was done: nobody is paid for being late, or punished.
        return add_months(anchor if anchor is not None and met_on <= anchor else met_on, rule.active_months)
    return add_months(met_on, rule.active_months)


def _next_fixed(base_on: date, months: int, met_on: date, minimum_days: int) -> date:
    """Return the first base + n × months after `met_on`; one more when less than the minimum is left."""
    # Counted from the base each time: 31 January + 1 month is the 28th, + 2 months the 31st of March.
    periods = max(0, (met_on.year - base_on.year) * 12 + met_on.month - base_on.month) // months
    while add_months(base_on, periods * months) <= met_on:
        periods += 1
    through = add_months(base_on, periods * months)
    return through if (through - met_on).days >= minimum_days else add_months(base_on, (periods + 1) * months)


def evidence_since(renewal_opens_at: datetime | None, revoked_at: datetime | None) -> datetime | None:
    """Return from when deeds count for the next certificate: all of them for the first.

    A renewal asks for what is done once its window is open; after a revocation everything is done anew.
    """
    if revoked_at is not None:
        return revoked_at + timedelta(microseconds=1)
    return renewal_opens_at


@dataclass(frozen=True, slots=True)
class Weighed:
    """What facts amount to under a rule: a term if a certificate is earned; `since` is from when deeds count."""

    verdict: Verdict
    since: datetime | None
    term: Term | None = None


def weigh(
    rule: Rule,
    facts: Facts,
    *,
    since: datetime | None,
    now: datetime,
    zone: ZoneInfo,
    previous: date | None = None,
    due_on: date | None = None,
    cost: Cost = _equal,
) -> Weighed:
    """Judge `facts` at or after `since` and give the term; what was earned so long ago that it is over is not."""
    verdict = judge(rule.requirement, facts, since=since, cost=cost)
    if verdict.met_at is None:
        return Weighed(verdict, since)
    met_on = verdict.met_at.astimezone(zone).date()
    term = term_of(rule, met_on=met_on, zone=zone, previous=previous, due_on=due_on)
    if now < term.counts_until:
        return Weighed(verdict, since, term)
    return Weighed(judge(rule.requirement, facts, since=now, cost=cost), now)


# ---- where a person is


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """What is known of one person and one certification, without the clock.

    `term` and `revoked_at` are of the certificate they now go by; `met` counts what is done of the next.
    """

    term: Term | None = None
    revoked_at: datetime | None = None
    is_open: bool = False
    due_on: date | None = None
    met: int = 0
    is_exempt: bool = False


def cycle_state(track: Track, *, now: datetime, today: date) -> CycleState:  # noqa: PLR0911  one line per state
    """Return where the person is at `now`; `today` is the OEM's day."""
    if track.is_exempt:
        return CycleState.EXEMPT
    if track.term is not None and track.revoked_at is None:
        if now < track.term.renewal_opens_at:
            return CycleState.CERTIFIED
        if now < track.term.expires_at:
            return CycleState.RENEWAL_OPEN
        if now < track.term.counts_until:
            return CycleState.IN_GRACE
    if track.is_open and track.due_on is not None and track.due_on < today:
        return CycleState.OVERDUE
    if track.met:
        return CycleState.IN_PROGRESS
    if track.is_open:
        return CycleState.ASSIGNED
    if track.revoked_at is not None:
        return CycleState.REVOKED
    return CycleState.NOT_ASSIGNED if track.term is None else CycleState.LAPSED


def certificate_state(
    term: Term, *, now: datetime, revoked_at: datetime | None = None, superseded_at: datetime | None = None
) -> CertificateState:
    """Return what one certificate is worth at `now`; what is taken back stays so, whatever follows it."""
    if revoked_at is not None and revoked_at <= now:
        return CertificateState.REVOKED
    if superseded_at is not None and superseded_at <= now:
        return CertificateState.SUPERSEDED
    if now < term.expires_at:
        return CertificateState.VALID
    return CertificateState.IN_GRACE if now < term.counts_until else CertificateState.EXPIRED


def may_begin(state: CycleState) -> bool:
    """Return whether a cycle may be begun in this state: not while a certificate is valid and not renewable yet."""
    return state is not CycleState.CERTIFIED


# ---- codes

CODE_BITS = 60
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U
_READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0"})
_CODE = re.compile(f"(?:GH)?([{_ALPHABET}]{{12}})")


def write_code(number: int) -> str:
    """Return 60 bits as people read them to each other: GH-7F3K-92QD-M4XA."""
    text = "".join(_ALPHABET[number >> shift & 31] for shift in range(CODE_BITS - 5, -1, -5))
    return f"GH-{text[:4]}-{text[4:8]}-{text[8:]}"


def read_code(typed: str) -> str | None:
    """Return the code that was meant, or None if it can be none; case, spaces, dashes and I/L/O do not matter."""
    found = _CODE.fullmatch(re.sub(r"[\s\-–_.]", "", typed[:100]).upper().translate(_READ_AS))
    return f"GH-{found[1][:4]}-{found[1][4:8]}-{found[1][8:]}" if found else None
