"""Whom lists name, and crowds that a reader's reach and filter leave: for acts on many people."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Select, func, or_, select

from lms.identity.models import AccountMerge, Employment, PersonRow
from lms.identity.queries.people import narrowed, people, person_of
from lms.identity.queries.scopes import person_in_scope
from lms.identity.values import GONE, PeopleFilter, Person, PersonId, PersonState
from lms.identity.values.lists import Mention
from lms.kernel.actor import Scope
from lms.kernel.db import db
from lms.web.pages import Page, PageRequest, keyset

ASKED_AT_ONCE = 1000


def match_mentions(mentions: Sequence[Mention], scope: Scope) -> Sequence[PersonId | None]:
    """Return whom each entry names, None where that is nobody whom `scope` reaches: nobody can tell the two apart.

    An external id goes before an address; an entry whose two name two people names nobody.
    """
    by_id: dict[str, PersonId] = {}
    by_email: dict[str, PersonId] = {}
    # The address of an account that was joined to another still names its person.
    theirs = func.coalesce(AccountMerge.leads_to_id, PersonRow.id)
    for start in range(0, len(mentions), ASKED_AT_ONCE):
        some = mentions[start : start + ASKED_AT_ONCE]
        rows = db.session.execute(
            select(theirs, PersonRow.email, PersonRow.external_id)
            .select_from(PersonRow)
            .outerjoin(AccountMerge, AccountMerge.merged_id == PersonRow.id)
            .where(
                or_(
                    PersonRow.email.in_({one.email for one in some if one.email}),
                    PersonRow.external_id.in_({one.external_id for one in some if one.external_id}),
                ),
                PersonRow.state != PersonState.ERASED,
                person_in_scope(theirs, scope),
            )
        )
        for person_id, email, external_id in rows:
            by_email[email] = person_id
            if external_id:
                by_id[external_id] = person_id
    return [_named(one, by_id, by_email) for one in mentions]


def _named(one: Mention, by_id: Mapping[str, PersonId], by_email: Mapping[str, PersonId]) -> PersonId | None:
    found = {by_id.get(one.external_id), by_email.get(one.email)} - {None}
    return found.pop() if len(found) == 1 else None


def list_reachable(ids: Collection[PersonId], scope: Scope) -> frozenset[PersonId]:
    """Return those of these people whom `scope` reaches and whose account is still one."""
    query = select(PersonRow.id).where(
        PersonRow.id.in_(ids), PersonRow.state.not_in(GONE), person_in_scope(PersonRow.id, scope)
    )
    return frozenset(db.session.scalars(query))


def people_like(
    scope: Scope, wanted: PeopleFilter, among: Select[PersonId] | None = None
) -> Select[PersonId]:
    """Return the query of the people whom `scope` reaches and a filter leaves, of those of `among` if that is given."""
    query = (
        select(PersonRow.id)
        .outerjoin(Employment, (Employment.person_id == PersonRow.id) & Employment.ended_at.is_(None))
        .where(person_in_scope(PersonRow.id, scope))
    )
    found: Select[PersonId] = narrowed(query, wanted)
    return found if among is None else found.where(PersonRow.id.in_(among))


def count_people_like(scope: Scope, wanted: PeopleFilter, among: Select[PersonId] | None = None) -> int:
    """Return how many these are."""
    return (
        db.session.scalar(select(func.count()).select_from(people_like(scope, wanted, among).subquery())) or 0
    )


def page_people_like(
    scope: Scope, wanted: PeopleFilter, at: PageRequest, among: Select[PersonId] | None = None
) -> Page[Person]:
    """Return one page of these people, by name."""
    query = narrowed(people().where(person_in_scope(PersonRow.id, scope)), wanted)
    if among is not None:
        query = query.where(PersonRow.id.in_(among))
    return keyset(query, by=(PersonRow.name, PersonRow.id), wanted=at, scalars=False).map(person_of)
