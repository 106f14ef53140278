"""Decisions about cycles and certificates: what deeds amount to, where a person is, what a certificate is worth."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from lms.certificates.cycles.rules.requirements import Cost, Facts, Verdict, equal, judge, path_of
from lms.certificates.cycles.rules.terms import term_of
from lms.certificates.values import CertificateState, CycleState, Rule, Term


@dataclass(frozen=True, slots=True)
class Weighed:
    """What facts amount to under a rule: a term if a certificate is earned; `since` is from when deeds count."""

    verdict: Verdict
    since: datetime | None
    term: Term | None = None


def weigh(  # noqa: PLR0913  what a term is worked out from
    rule: Rule,
    facts: Facts,
    *,
    since: datetime | None,
    now: datetime,
    zone: ZoneInfo,
    previous: date | None = None,
    due_on: date | None = None,
    renews: bool = False,
    cost: Cost = equal,
) -> Weighed:
    """Judge `facts` at or after `since` and give the term; what was earned so long ago that it is over is not.

    `renews` is for who holds a certificate that counts: the renewal's own way is open to them.
    """
    requirement = path_of(rule, renews=renews)
    verdict = judge(requirement, facts, since=since, cost=cost)
    if verdict.met_at is None:
        return Weighed(verdict, since)
    met_on = verdict.met_at.astimezone(zone).date()
    term = term_of(rule, met_on=met_on, zone=zone, previous=previous, due_on=due_on)
    if now < term.counts_until:
        return Weighed(verdict, since, term)
    return Weighed(judge(requirement, facts, since=now, cost=cost), now)


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


def counts(state: CycleState) -> bool:
    """Return whether somebody in this state holds it, in grace included."""
    return state in {CycleState.CERTIFIED, CycleState.RENEWAL_OPEN, CycleState.IN_GRACE}


# ---- codes

CODE_BITS = 80
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U
_READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0"})
# Until November 2026 codes had twelve signs; they stand on certificates for good.
_CODE = re.compile(f"(?:GH)?([{_ALPHABET}]{{16}}|[{_ALPHABET}]{{12}})")


def write_code(number: int) -> str:
    """Return 80 bits as people read them to each other: GH-7F3K-92QD-M4XA-08TB."""
    return _grouped("".join(_ALPHABET[number >> shift & 31] for shift in range(CODE_BITS - 5, -1, -5)))


def read_code(typed: str) -> str | None:
    """Return the code that was meant, or None if it can be none; case, spaces, dashes and I/L/O do not matter."""
    found = _CODE.fullmatch(re.sub(r"[\s\-–_.]", "", typed[:100]).upper().translate(_READ_AS))
    return _grouped(found[1]) if found else None


def _grouped(signs: str) -> str:
    return "-".join(["GH", *(signs[at : at + 4] for at in range(0, len(signs), 4))])
