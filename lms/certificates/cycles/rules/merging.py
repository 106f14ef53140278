"""What two histories of one person with a certification come to, once their accounts are joined.

It is what would have become of them, had all of it happened in one account from the start, in the order of time; but
that of two certificates in force the one stands that counts longer: nobody loses by having had two accounts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from lms.certificates.cycles.rules.ledger import Entry
from lms.certificates.values import CertificateId, CycleId


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An open cycle."""

    id: CycleId
    assigned_at: datetime
    due_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One account's history with a certification: its certificates, what is open of it, and the exemption in force."""

    entries: Sequence[Entry] = ()
    asked: Asked | None = None
    exempt_at: datetime | None = None
    exempt_through: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """What both come to: what is superseded by what, which cycle stays open, which end, and the exemption in force."""

    superseded_id: CertificateId | None = None
    successor_id: CertificateId | None = None
    open_id: CycleId | None = None
    due_on: date | None = None
    closed: Sequence[CycleId] = ()
    exempt_at: datetime | None = None
    exempt_through: date | None = None


def join(one: Past, other: Past) -> Joined:
    """Return what two histories come to; it does not matter which of the accounts is kept."""
    entries = (*one.entries, *other.entries)
    asked = sorted(
        (each.asked for each in (one, other) if each.asked is not None),
        key=lambda each: (each.assigned_at, each.id),
    )
    standing = [each for each in asked if not _is_answered(each, entries)]
    exempt = _exemption(one, other, entries, standing)
    if exempt is not None:
        standing = []
    shorter, longer = _in_force(entries)
    return Joined(
        superseded_id=shorter.id if shorter else None,
        successor_id=longer.id if shorter and longer else None,
        open_id=standing[0].id if standing else None,
        due_on=min((each.due_on for each in standing if each.due_on is not None), default=None),
        closed=tuple(each.id for each in asked if each not in standing[:1]),
        exempt_at=exempt.exempt_at if exempt else None,
        exempt_through=exempt.exempt_through if exempt else None,
    )


def _in_force(entries: Sequence[Entry]) -> tuple[Entry | None, Entry | None]:
    """Return the certificate in force that counts shorter, None if there is one alone, and the one that stands."""
    found = sorted(
        (one for one in entries if one.is_in_force),
        key=lambda one: (one.term.counts_until, one.issued_at, one.id),
    )
    return (found[-2] if len(found) > 1 else None), (found[-1] if found else None)


def _is_answered(asked: Asked, entries: Sequence[Entry]) -> bool:
    """Return whether what was asked for came since, or was held by then and not to be renewed yet."""
    at = asked.assigned_at
    return any(
        one.issued_at >= at or (_counted(one, at) and one.term.renewal_opens_at > at) for one in entries
    )


def _exemption(one: Past, other: Past, entries: Sequence[Entry], asked: Sequence[Asked]) -> Past | None:
    """Return the later exemption, unless the person held it then, was issued it since, or was asked for it since."""
    for past in sorted((one, other), key=lambda each: str(each.exempt_at or ""), reverse=True):
        at = past.exempt_at
        if at is None:
            continue
        ended = any(each.issued_at > at or _counted(each, at) for each in entries)
        if not ended and not any(each.assigned_at >= at for each in asked):
            return past
    return None


def _counted(entry: Entry, at: datetime) -> bool:
    """Return whether a certificate counted at an instant, as far as what holds of it now says."""
    was_revoked = entry.revoked_at is not None and entry.revoked_at <= at
    return entry.issued_at <= at < entry.term.counts_until and not entry.is_superseded and not was_revoked
