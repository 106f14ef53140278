"""SELECTs of a team: its people, a page at a time, with where each is with every certification."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, exists, func, select

from lms.certificates.cycles.models import CertificationPosition, CertificationRow, CycleRow, TrackRow
from lms.certificates.cycles.queries import places
from lms.certificates.cycles.values import Headcount, Member, TeamFilter
from lms.certificates.policy import VIEW_TEAM
from lms.certificates.values import Certification, CertificationId, CertificationState
from lms.identity import facade as identity
from lms.identity.values import Organisation, OrganisationId, OrganisationKind, Person, PersonId
from lms.kernel.actor import Actor, Scope
from lms.kernel.db import AnyColumn, db
from lms.kernel.errors import NotFound
from lms.web.context import oem_zone
from lms.web.pages import Page, PageRequest, keyset

SOON = timedelta(days=90)
EXPORT_SIZE = 200


@dataclass(frozen=True, slots=True)
class Partners:
    """The partners a reader may look at: those at the top of what they see, and the chosen one's branches."""

    roots: Sequence[Organisation]
    chosen: Organisation
    branches: Sequence[Organisation]


def find_partners(actor: Actor, wanted: OrganisationId | None) -> Partners:
    """Return the partner whose team is asked for, else the actor's own, else the first by name.

    NotFound for one that the actor's role does not reach, or when it reaches none.
    """
    scope = actor.scope_of(VIEW_TEAM)
    seen = [
        one
        for one in identity.list_visible_organisations(actor, scope)
        if one.kind is OrganisationKind.PARTNER
    ]
    ids = {one.id for one in seen}
    roots = [one for one in seen if one.parent_id not in ids]
    by_id = {one.id: one for one in seen}
    fallback = by_id.get(OrganisationId(actor.employer_id)) if actor.employer_id else None
    chosen = by_id.get(wanted) if wanted is not None else (fallback or next(iter(roots), None))
    if chosen is None:
        raise NotFound
    return Partners(roots, chosen, [one for one in seen if _is_below(one, chosen.id, by_id)])


def _is_below(one: Organisation, above: OrganisationId, by_id: Mapping[OrganisationId, Organisation]) -> bool:
    parent = one.parent_id
    while parent is not None and parent in by_id:
        if parent == above:
            return True
        parent = by_id[parent].parent_id
    return False


@dataclass(frozen=True, slots=True)
class _Columns:
    """The columns of identity's query of people that a team is narrowed and ordered by."""

    person_id: Any
    name: Any
    position_id: Any
    position_name: Any


def _people(scope: Scope, wanted: TeamFilter, now: datetime) -> tuple[Any, _Columns]:
    """Return the query of a team's people within `scope`, and its columns."""
    query = identity.columns_of_people()
    person, employment, _organisation, position = (one["entity"] for one in query.column_descriptions)
    columns = _Columns(person.id, person.name, employment.position_id, position.name)
    query = query.where(
        columns.person_id.in_(
            identity.employed_at(wanted.branch_id or wanted.partner_id, with_branches=True)
        ),
        identity.person_in_scope(columns.person_id, scope),
    )
    if wanted.position_id is not None:
        query = query.where(columns.position_id == wanted.position_id)
    if wanted.words:
        query = query.where(columns.name.icontains(wanted.words, autoescape=True))
    if wanted.state in STATES:
        query = query.where(STATES[wanted.state](columns, now))
    return query, columns


def _track(columns: _Columns) -> Select[Any]:
    return select(TrackRow.person_id).where(TrackRow.person_id == columns.person_id)


def _is_soon(columns: _Columns, now: datetime) -> AnyColumn:
    return exists(
        _track(columns).where(
            TrackRow.expires_at > now, TrackRow.expires_at <= now + SOON, TrackRow.revoked_at.is_(None)
        )
    )


def _is_expired(columns: _Columns, now: datetime) -> AnyColumn:
    return exists(_track(columns).where(TrackRow.expires_at <= now, TrackRow.revoked_at.is_(None)))


def _is_revoked(columns: _Columns, now: datetime) -> AnyColumn:  # noqa: ARG001  the table's shape
    return exists(_track(columns).where(TrackRow.revoked_at.is_not(None)))


def _is_overdue(columns: _Columns, now: datetime) -> AnyColumn:
    today = now.astimezone(oem_zone()).date()
    return exists(
        select(CycleRow.id).where(
            CycleRow.person_id == columns.person_id, CycleRow.closed_at.is_(None), CycleRow.due_on < today
        )
    )


def _is_missing(columns: _Columns, now: datetime) -> AnyColumn:
    counts = exists(
        _track(columns)
        .where(
            TrackRow.certification_id == CertificationPosition.certification_id, TrackRow.counts_until > now
        )
        # Two levels below the people: SQLAlchemy looks up only one by itself.
        .correlate_except(TrackRow)
    )
    return exists(
        select(CertificationPosition.certification_id)
        .join(CertificationRow, CertificationRow.id == CertificationPosition.certification_id)
        .where(
            CertificationPosition.position_id == columns.position_id,
            CertificationRow.state == CertificationState.ACTIVE,
            ~counts,
        )
    )


STATES: Mapping[str, Callable[[_Columns, datetime], AnyColumn]] = {
    "soon": _is_soon,
    "expired": _is_expired,
    "missing": _is_missing,
    "overdue": _is_overdue,
    "revoked": _is_revoked,
}
"""What a team can be narrowed to; each asks the database for people of whom it is so of any certification."""


def page_team(
    actor: Actor,
    wanted: TeamFilter,
    certifications: Sequence[Certification],
    page: PageRequest,
    *,
    now: datetime,
    descending: bool = False,
) -> Page[Member]:
    """Return one page of a team by name, in two queries."""
    query, columns = _people(actor.scope_of(VIEW_TEAM), wanted, now)
    found = keyset(
        query, by=[columns.name, columns.person_id], wanted=page, descending=descending, scalars=False
    )
    return _with_places(found, certifications, now)


def _with_places(found: Page[Any], certifications: Sequence[Certification], now: datetime) -> Page[Member]:
    people = [identity.person_of(row) for row in found.items]
    at = places.list_places([one.id for one in people], certifications, now=now)
    members = [
        Member(
            person=one,
            places=[at[one.id, certification.id] for certification in certifications],
            needs=frozenset(
                certification.id
                for certification in certifications
                if one.position_id is not None and one.position_id in certification.needed_by
            ),
        )
        for one in people
    ]
    return Page(members, found.next, found.previous)


def walk_team(
    actor: Actor, wanted: TeamFilter, certifications: Sequence[Certification], *, now: datetime
) -> Iterator[Callable[[], Sequence[Member]]]:
    """Yield one reader per page of a whole team, to be called in a transaction of its own each, until one is empty."""
    after: list[str | None] = [None]

    def read() -> Sequence[Member]:
        page = page_team(
            actor, wanted, certifications, PageRequest(after=after[0], size=EXPORT_SIZE), now=now
        )
        after[:] = [page.next]
        return page.items

    yield read
    while after[0] is not None:
        yield read


def count_team(actor: Actor, wanted: TeamFilter, *, now: datetime) -> Sequence[Headcount]:
    """Return how many people a team has in each position, whatever it is narrowed to beside its branch."""
    whole = TeamFilter(partner_id=wanted.partner_id, branch_id=wanted.branch_id)
    query, columns = _people(actor.scope_of(VIEW_TEAM), whole, now)
    rows = db.session.execute(
        query.with_only_columns(columns.position_id, columns.position_name, func.count())
        .group_by(columns.position_id, columns.position_name)
        .order_by(columns.position_name)
    )
    return [Headcount(position_id=row[0], position_name=row[1] or "", people=row[2]) for row in rows]


def count_by_state(actor: Actor, wanted: TeamFilter, *, now: datetime) -> Mapping[str, int]:
    """Return of how many people of a team each of `STATES` is so, in one query."""
    whole = TeamFilter(partner_id=wanted.partner_id, branch_id=wanted.branch_id)
    query, columns = _people(actor.scope_of(VIEW_TEAM), whole, now)
    counts = [func.count().filter(is_so(columns, now)) for is_so in STATES.values()]
    row = db.session.execute(query.with_only_columns(*counts, maintain_column_froms=True)).one()
    return dict(zip(STATES, row, strict=True))


def count_holders(actor: Actor, wanted: TeamFilter, *, now: datetime) -> Mapping[CertificationId, int]:
    """Return how many people of a team hold each certification now."""
    rows = db.session.execute(
        select(TrackRow.certification_id, func.count())
        .where(
            TrackRow.person_id.in_(
                identity.employed_at(wanted.branch_id or wanted.partner_id, with_branches=True)
            ),
            identity.person_in_scope(TrackRow.person_id, actor.scope_of(VIEW_TEAM)),
            TrackRow.counts_until > now,
        )
        .group_by(TrackRow.certification_id)
    )
    return dict(rows.all())


def get_member(actor: Actor, person_id: PersonId) -> Person:
    """Return a person whose certificates the actor's role shows; NotFound for any other."""
    if not identity.is_person_visible(person_id, actor.scope_of(VIEW_TEAM)):
        raise NotFound
    return identity.get_person(person_id)


def list_members(person_ids: Sequence[PersonId], scope: Scope) -> Sequence[Person]:
    """Return the people of these ids whom `scope` reaches, by name; NotFound if it does not reach one of them."""
    query = identity.columns_of_people()
    person = query.column_descriptions[0]["entity"]
    rows = db.session.execute(
        query.where(person.id.in_(person_ids), identity.person_in_scope(person.id, scope)).order_by(
            person.name
        )
    )
    found = [identity.person_of(row) for row in rows]
    if len(found) < len(set(person_ids)):
        raise NotFound
    return found
