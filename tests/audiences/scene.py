"""What tests of audiences play with: rules in short, saving, and what the three answers say."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from lms.app import wiring
from lms.audiences import service
from lms.audiences.models import AudienceMember
from lms.audiences.queries import audiences as queries
from lms.audiences.queries.matching import meant, values_of
from lms.audiences.rules.matching import matches
from lms.audiences.rules.nesting import in_order
from lms.audiences.values import NESTED, AudienceId, Rule
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db, new_id
from lms.kernel.uow import unit_of_work

FACETS = frozenset(facet.key for facet in wiring.AUDIENCE_FACETS) - {NESTED}


def rule(
    *, without: Mapping[str, Any] | None = None, people: Any = (), not_people: Any = (), **facets: Any
) -> Rule:
    """Return a rule: `rule(position=[cast.sales_rep], without={"organisation": [cast.northway]})`."""
    return Rule(
        any_of={key: frozenset(map(str, values)) for key, values in facets.items()},
        none_of={key: frozenset(map(str, values)) for key, values in (without or {}).items()},
        people=frozenset(people),
        not_people=frozenset(not_people),
    )


def save(
    name: str, wanted: Rule, audience_id: AudienceId | None = None, seen: int | None = None
) -> AudienceId:
    """Save an audience in a transaction of its own."""
    with unit_of_work(), acting_as(SYSTEM):
        return service.save_audience(
            audience_id=audience_id or AudienceId(new_id()),
            name=name,
            note="",
            rule=wanted,
            actor=SYSTEM,
            now=clock.now(),
            seen=seen,
        )


def members(audience_id: AudienceId) -> set[PersonId]:
    """Return who is in an audience, as the table says."""
    with unit_of_work(read_only=True):
        return set(db.session.scalars(queries.people_in(audience_id)))


def stored() -> dict[AudienceId, set[PersonId]]:
    """Return who is in each audience, as the table says."""
    with unit_of_work(read_only=True):
        found: dict[AudienceId, set[PersonId]] = {one: set() for one in queries.load_rules()}
        for audience_id, person_id in db.session.execute(
            select(AudienceMember.audience_id, AudienceMember.person_id)
        ):
            found[audience_id].add(person_id)
        return found


def by_sql() -> dict[AudienceId, set[PersonId]]:
    """Return who is meant by each audience, as its rule says as a filter of the database."""
    with unit_of_work(read_only=True):
        return {one: set(db.session.scalars(meant(rule))) for one, rule in queries.load_rules().items()}


def by_rules() -> dict[AudienceId, set[PersonId]]:
    """Return who is meant by each audience, as its rule says of each person by themselves."""
    with unit_of_work(read_only=True):
        everybody = set(db.session.scalars(identity.everybody()))
        values, rules = values_of(everybody, FACETS), queries.load_rules()
        found: dict[AudienceId, set[PersonId]] = {}
        for audience_id in in_order(rules):
            found[audience_id] = {
                person
                for person in everybody
                if matches(
                    rules[audience_id],
                    person,
                    {**values[person], NESTED: frozenset(str(one) for one in found if person in found[one])},
                )
            }
        return found


def agree() -> dict[AudienceId, set[PersonId]]:
    """Return who is in each audience, once the table, the filter and the rule have said the same."""
    kept = stored()
    assert kept == by_sql()
    assert kept == by_rules()
    return kept
