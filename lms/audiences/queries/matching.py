"""A rule as a database filter, and the values of people: both from the facets' pairs, so that they agree."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Uuid,
    and_,
    false,
    func,
    not_,
    or_,
    select,
    true,
    type_coerce,
)
from sqlalchemy.types import NullType

from lms.audiences.queries.registry import facets
from lms.audiences.values import Facet, FacetValues, Rule
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel.actor import EVERYTHING, Scope
from lms.kernel.among import among
from lms.kernel.db import AnyColumn, db, fetch


def is_meant(person_id: AnyColumn, rule: Rule) -> ColumnElement[bool]:
    """Return the filter for rows whose person a rule means; who was erased is left to `meant`."""
    fits = (
        and_(true(), *[_has(person_id, key, values) for key, values in rule.any_of.items()])
        if rule.by_facets
        else false()
    )
    if rule.people:
        fits = or_(fits, person_id.in_(rule.people))
    barred = [_has(person_id, key, values) for key, values in rule.none_of.items()]
    if rule.not_people:
        barred.append(person_id.in_(rule.not_people))
    return and_(fits, *[not_(one) for one in barred])


def _has(person_id: AnyColumn, key: str, values: Collection[str]) -> ColumnElement[bool]:
    """Return the filter for who has one of a facet's values; a facet that is no more, nobody has."""
    facet = facets().get(key)
    if facet is None:
        return false()
    pairs = facet.pairs()
    person, value = pairs.selected_columns
    known = [read for one in sorted(values) if (read := _read(facet, one)) is not None]
    return person_id.in_(pairs.with_only_columns(person).where(value.in_(known)))


def _read(facet: Facet, value: str) -> Any:
    try:
        return facet.read(value)
    except ValueError:
        return None


def meant(rule: Rule, scope: Scope = EVERYTHING) -> Any:
    """Return the query of the people whom a rule means, within what `scope` reaches."""
    people = identity.everybody()
    (person_id,) = people.selected_columns
    return people.where(is_meant(person_id, rule), identity.person_in_scope(person_id, scope))


def values_of(people: Collection[PersonId], keys: Collection[str]) -> Mapping[PersonId, FacetValues]:
    """Return the values of each of these people (a few hundred at most) in the facets named. One query per facet.

    Who was erased is left out.
    """
    found: dict[PersonId, dict[str, frozenset[str]]] = {
        PersonId(row[0]): {} for row in fetch(_present(), {"people": list(people)})
    }
    # One database writes ids with dashes, the other without.
    known = {text: one for one in found for text in (str(one), one.hex)}
    for key in sorted(keys):
        facet = facets().get(key)
        if facet is None:
            continue
        by_person: dict[Any, set[str]] = defaultdict(set)
        # As the driver gives them: few values are many people's, and an id is made of each of them once.
        texts: dict[Any, str] = {}
        query, text_of = _written(facet)
        for person, value in fetch(query, {"people": list(people)}).all():
            if value not in texts:
                texts[value] = text_of(value)
            by_person[person].add(texts[value])
        for person, values in by_person.items():
            if (one := known.get(str(person))) is not None:
                found[one][key] = frozenset(values)
    return found


def _written(facet: Facet) -> tuple[Any, Callable[[Any], str]]:
    """Return the query of some people's pairs as the driver gives them, and what makes the text of a value of it."""
    pairs = facet.pairs()
    person, value = pairs.selected_columns
    query = pairs.with_only_columns(type_coerce(person, NullType), type_coerce(value, NullType))
    is_id = isinstance(value.type, Uuid)
    return query.where(among(person, "people")), _dashed if is_id else str


def _dashed(written: Any) -> str:
    return str(UUID(str(written)))


def _present() -> Any:
    people = identity.everybody()
    (person_id,) = people.selected_columns
    return people.where(among(person_id, "people"))


def end_of_piece(after: PersonId | None, size: int) -> PersonId | None:
    """Return the last of the next `size` people by id after `after`; None if there are fewer."""
    people = identity.everybody()
    (person_id,) = people.selected_columns
    found = people.where(*_between(person_id, after, None)).order_by(person_id).limit(1).offset(size - 1)
    return db.session.scalars(found).first()


def people_between(query: Any, after: PersonId | None, up_to: PersonId | None) -> set[PersonId]:
    """Return the people of a query whose ids lie in (after, up_to], None at either end for no bound."""
    (person_id,) = query.selected_columns
    return set(fetch(query.where(*_between(person_id, after, up_to)), {}).scalars())


def _between(
    person_id: AnyColumn, after: PersonId | None, up_to: PersonId | None
) -> list[ColumnElement[bool]]:
    return [
        *([person_id > after] if after is not None else []),
        *([person_id <= up_to] if up_to is not None else []),
    ]


def count(query: Any) -> int:
    """Return how many rows a query has."""
    return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
