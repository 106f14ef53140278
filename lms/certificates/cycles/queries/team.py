"""SELECTs of a team: its people, a page at a time, with where each is with every certification."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, Final

from sqlalchemy import Select, exists, func, literal, select

from lms.certificates.cycles.models import CertificationPosition, CertificationRow, CycleRow, TrackRow
from lms.certificates.cycles.queries import places
from lms.certificates.cycles.values import Headcount, Member, TeamFilter, Total
from lms.certificates.policy import VIEW_TEAM
from lms.certificates.values import Certification, CertificationId, CertificationState
from lms.identity import facade as identity
from lms.identity.values import Organisation, OrganisationId, OrganisationKind, Person, PersonId
from lms.kernel.actor import Actor, Scope
from lms.kernel.db import AnyColumn, UtcDateTime, db
from lms.kernel.errors import NotFound
from lms.web.context import oem_zone
from lms.web.pages import Order, Page, PageRequest, keyset

SOONER, SOON = timedelta(days=60), timedelta(days=90)


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


def find_partner_above(actor: Actor, employer_id: OrganisationId) -> Organisation:
    """Return the topmost partner that an employer belongs to and the actor looks after; the employer for none."""
    ids = identity.list_ancestors(employer_id)
    seen = identity.list_organisations({*ids, employer_id}, actor.scope_of(VIEW_TEAM))
    partners = {key: one for key, one in seen.items() if one.kind is OrganisationKind.PARTNER}
    top = next((one for one in partners.values() if one.parent_id not in partners), None)
    return top or identity.get_organisation(employer_id)


def _is_below(one: Organisation, above: OrganisationId, by_id: Mapping[OrganisationId, Organisation]) -> bool:
    parent = one.parent_id
    while parent is not None and parent in by_id:
        if parent == above:
            return True
        parent = by_id[parent].parent_id
    return False


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of identity's query of people that a team is narrowed and ordered by."""

    person_id: Any
    name: Any
    position_id: Any
    position_name: Any


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a condition is asked about: whose, of which certification (None for any), and when."""

    columns: Columns
    certification_id: CertificationId | None
    now: datetime

    @property
    def today(self) -> date:
        return self.now.astimezone(oem_zone()).date()

    def tracks(self, *of: Any) -> Select[Any]:
        found = select(TrackRow.person_id).where(TrackRow.person_id == self.columns.person_id, *of)
        if self.certification_id is not None:
            found = found.where(TrackRow.certification_id == self.certification_id)
        return found

    def cycles(self, *of: Any) -> Select[Any]:
        found = select(CycleRow.id).where(
            CycleRow.person_id == self.columns.person_id, CycleRow.closed_at.is_(None), *of
        )
        if self.certification_id is not None:
            found = found.where(CycleRow.certification_id == self.certification_id)
        return found


def people_of(scope: Scope, wanted: TeamFilter, now: datetime) -> tuple[Any, Columns]:
    """Return the query of a team's people within `scope`, and its columns."""
    query = identity.columns_of_people()
    person, employment, _organisation, position = (one["entity"] for one in query.column_descriptions)
    columns = Columns(person.id, person.name, employment.position_id, position.name)
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
        query = query.where(STATES[wanted.state](_Asked(columns, wanted.certification_id, now)))
    return query, columns


def _holds(asked: _Asked) -> AnyColumn:
    return exists(asked.tracks(TrackRow.counts_until > asked.now))


def _ends_within(asked: _Asked, time: timedelta) -> AnyColumn:
    return exists(
        asked.tracks(
            TrackRow.expires_at > asked.now,
            TrackRow.expires_at <= asked.now + time,
            TrackRow.revoked_at.is_(None),
        )
    )


def _is_expired(asked: _Asked) -> AnyColumn:
    return exists(asked.tracks(TrackRow.expires_at <= asked.now, TrackRow.revoked_at.is_(None)))


def _is_revoked(asked: _Asked) -> AnyColumn:
    return exists(asked.tracks(TrackRow.revoked_at.is_not(None)))


def _is_overdue(asked: _Asked) -> AnyColumn:
    return exists(asked.cycles(CycleRow.due_on < asked.today))


def _is_asked(asked: _Asked) -> AnyColumn:
    return exists(asked.cycles())


def is_let_off(today: date) -> AnyColumn:
    """Return the filter for tracks of who is exempt on a day."""
    return TrackRow.exempt_at.is_not(None) & (
        TrackRow.exempt_through.is_(None) | (TrackRow.exempt_through >= today)
    )


def _is_missing(asked: _Asked) -> AnyColumn:
    counts = exists(
        select(TrackRow.person_id)
        .where(
            TrackRow.person_id == asked.columns.person_id,
            TrackRow.certification_id == CertificationPosition.certification_id,
            (TrackRow.counts_until > asked.now) | is_let_off(asked.today),
        )
        # Two levels below the people: SQLAlchemy looks up only one by itself.
        .correlate_except(TrackRow)
    )
    needed = (
        select(CertificationPosition.certification_id)
        .join(CertificationRow, CertificationRow.id == CertificationPosition.certification_id)
        .where(
            CertificationPosition.position_id == asked.columns.position_id,
            CertificationRow.state == CertificationState.ACTIVE,
            ~counts,
        )
    )
    if asked.certification_id is not None:
        needed = needed.where(CertificationPosition.certification_id == asked.certification_id)
    return exists(needed)


STATES: Mapping[str, Callable[[_Asked], AnyColumn]] = {
    "held": _holds,
    "within_60": partial(_ends_within, time=SOONER),
    "soon": partial(_ends_within, time=SOON),
    "expired": _is_expired,
    "missing": _is_missing,
    "asked": _is_asked,
    "overdue": _is_overdue,
    "revoked": _is_revoked,
}
"""What a team can be narrowed to; each asks the database for people of whom it is so of a certification, or of any."""


BY_NAME: Final = Order("name")
ORDERS: Final = ("name", "position", "end")
"""What the people of a team are ordered by."""
_NEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)


def _order(by: str, asked: _Asked) -> Sequence[Any]:
    columns = asked.columns
    total = [columns.name, columns.person_id]
    if by == "position":
        return [func.coalesce(columns.position_name, ""), *total]
    if by == "end":
        first = asked.tracks(TrackRow.expires_at > asked.now, TrackRow.revoked_at.is_(None))
        end = first.with_only_columns(func.min(TrackRow.expires_at)).scalar_subquery()
        return [func.coalesce(end, literal(_NEVER, UtcDateTime()), type_=UtcDateTime()), *total]
    return total


def page_team(
    actor: Actor,
    wanted: TeamFilter,
    certifications: Sequence[Certification],
    page: PageRequest,
    *,
    now: datetime,
    order: Order = BY_NAME,
) -> Page[Member]:
    """Return one page of a team, in two queries."""
    query, columns = people_of(actor.scope_of(VIEW_TEAM), wanted, now)
    found = keyset(
        query,
        by=_order(order.by, _Asked(columns, wanted.certification_id, now)),
        wanted=page,
        descending=order.descending,
        scalars=False,
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


def count_team(actor: Actor, wanted: TeamFilter, *, now: datetime) -> Sequence[Headcount]:
    """Return how many people that a filter leaves are in each position, in one query."""
    query, columns = people_of(actor.scope_of(VIEW_TEAM), wanted, now)
    rows = db.session.execute(
        query.with_only_columns(columns.position_id, columns.position_name, func.count())
        .group_by(columns.position_id, columns.position_name)
        .order_by(columns.position_name)
    )
    return [Headcount(position_id=row[0], position_name=row[1] or "", people=row[2]) for row in rows]


def count_by_state(actor: Actor, wanted: TeamFilter, *, now: datetime) -> Mapping[str, int]:
    """Return of how many people of a team each of `STATES` is so, in one query."""
    query, columns = people_of(actor.scope_of(VIEW_TEAM), wanted.whole, now)
    asked = _Asked(columns, None, now)
    counts = [func.count().filter(is_so(asked)) for is_so in STATES.values()]
    row = db.session.execute(query.with_only_columns(*counts, maintain_column_froms=True)).one()
    return dict(zip(STATES, row, strict=True))


def sum_team(
    actor: Actor,
    wanted: TeamFilter,
    certifications: Sequence[Certification],
    headcounts: Sequence[Headcount],
    *,
    now: datetime,
) -> Mapping[CertificationId, Total]:
    """Return the sums of each certification over everybody that a filter leaves, in two queries.

    `headcounts` are those of the same filter.
    """
    query, columns = people_of(actor.scope_of(VIEW_TEAM), wanted, now)
    team = query.with_only_columns(
        columns.person_id.label("person_id"), columns.position_id.label("position_id")
    ).cte("team")
    asked = _Asked(columns, None, now)
    counts = TrackRow.counts_until > now
    needed = CertificationPosition.position_id.is_not(None)
    sums = (
        select(
            TrackRow.certification_id,
            func.count().filter(counts),
            func.count().filter(
                TrackRow.expires_at > now, TrackRow.expires_at <= now + SOONER, TrackRow.revoked_at.is_(None)
            ),
            func.count().filter(needed, counts | is_let_off(asked.today)),
        )
        .join(team, team.c.person_id == TrackRow.person_id)
        .outerjoin(
            CertificationPosition,
            (CertificationPosition.certification_id == TrackRow.certification_id)
            & (CertificationPosition.position_id == team.c.position_id),
        )
        .group_by(TrackRow.certification_id)
    )
    late = (
        select(CycleRow.certification_id, func.count())
        .join(team, team.c.person_id == CycleRow.person_id)
        .where(CycleRow.closed_at.is_(None), CycleRow.due_on < asked.today)
        .group_by(CycleRow.certification_id)
    )
    known = {row[0]: row[1:] for row in db.session.execute(sums)}
    overdue: Mapping[CertificationId, int] = dict(db.session.execute(late).all())
    found = {}
    for one in certifications:
        holders, soon, settled = known.get(one.id, (0, 0, 0))
        needing = sum(count.people for count in headcounts if count.position_id in one.needed_by)
        found[one.id] = Total(
            holders=holders,
            needing=needing,
            missing=needing - settled,
            soon=soon,
            overdue=overdue.get(one.id, 0),
        )
    return found


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
