"""The audit trail as auditors read it: entries with the names of those who acted and of what they acted on."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from lms.identity.queries.organisations import list_organisations
from lms.identity.queries.people import list_people
from lms.identity.values import OrganisationId, PersonId
from lms.kernel.audit import AuditEntry, AuditFilter, entries, list_entries
from lms.kernel.uow import unit_of_work
from lms.web.pages import Order, Page, PageRequest, keyset

BATCH = 500

NEWEST = Order("when", descending=True)


@dataclass(frozen=True, slots=True)
class TrailEntry:
    """One act. `details` are pairs of a field's name and its value in words; names are empty where unknown.

    `beside` are those that say more than who did it and to whom: a page shows the others already.
    """

    id: UUID
    at: datetime
    action: str
    actor_id: UUID | None
    actor_name: str
    subject_id: UUID | None
    subject_name: str
    subject_is_person: bool
    address: str
    request_id: str
    details: Sequence[tuple[str, str]]
    beside: Sequence[tuple[str, str]]


def list_trail(wanted: AuditFilter, at: PageRequest, order: Order = NEWEST) -> Page[TrailEntry]:
    """Return a page of the trail. Three queries, however many entries."""
    page = keyset(entries(wanted), by=[AuditEntry.id], wanted=at, descending=order.descending)
    return Page(_named(page.items), page.next, page.previous)


def latest_about(person_id: PersonId, *, limit: int) -> Sequence[TrailEntry]:
    """Return the latest acts about a person."""
    return _named(list_entries(AuditFilter(subject_id=person_id), before=None, limit=limit))


def read_trail(wanted: AuditFilter) -> Iterator[Sequence[TrailEntry]]:
    """Yield the whole trail in batches, newest first, each read in a unit of work of its own.

    Between two batches nothing is open, however slowly the reader takes them.
    """
    before: UUID | None = None
    while True:
        with unit_of_work(read_only=True):
            batch = _named(list_entries(wanted, before=before, limit=BATCH))
        if not batch:
            return
        yield batch
        before = batch[-1].id


def _named(rows: Sequence[AuditEntry]) -> Sequence[TrailEntry]:
    ids = set(_ids(rows))
    people = {key: one.name for key, one in _in_parts(list_people, [PersonId(key) for key in ids])}
    places = {
        key: one.name for key, one in _in_parts(list_organisations, [OrganisationId(key) for key in ids])
    }
    names: Mapping[UUID, str] = {**places, **people}
    return [
        TrailEntry(
            id=row.id,
            at=row.at,
            action=row.action,
            actor_id=row.actor_id,
            actor_name=row.actor_name or (names.get(row.actor_id, "") if row.actor_id else ""),
            subject_id=row.subject_id,
            subject_name=names.get(row.subject_id, "") if row.subject_id else "",
            subject_is_person=row.subject_id in people,
            address=row.address,
            request_id=row.request_id,
            details=_pairs(row.details, names),
            beside=_pairs(
                {
                    field: value
                    for field, value in row.details.items()
                    if value is not None
                    and not (_as_id(value) and _as_id(value) in (row.actor_id, row.subject_id))
                },
                names,
            ),
        )
        for row in rows
    ]


def _pairs(details: Mapping[str, Any], names: Mapping[UUID, str]) -> Sequence[tuple[str, str]]:
    return [(field, _in_words(value, names)) for field, value in sorted(details.items())]


def _in_parts(look_up: Any, ids: Sequence[Any], size: int = 500) -> Iterator[tuple[UUID, Any]]:
    for start in range(0, len(ids), size):
        yield from look_up(ids[start : start + size]).items()


def _ids(rows: Iterable[AuditEntry]) -> Iterator[UUID]:
    for row in rows:
        yield from (one for one in (row.actor_id, row.subject_id) if one is not None)
        yield from (one for one in map(_as_id, row.details.values()) if one is not None)


def _as_id(value: object) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) and len(value) == 36 else None  # noqa: PLR2004  as JSON writes one
    except ValueError:
        return None


def _in_words(value: object, names: Mapping[UUID, str]) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(_in_words(one, names) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_in_words(one, names)}" for key, one in sorted(value.items()))
    found = _as_id(value)
    return names.get(found, str(value)) if found is not None else str(value)
