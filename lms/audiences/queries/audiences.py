"""What is read of audiences: lists, one with its people, and whose a person is."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import Select, Text, bindparam, cast, func, select

from lms.audiences.models import AudienceMember, AudienceRow
from lms.audiences.queries import registry
from lms.audiences.queries.matching import count, meant
from lms.audiences.rules.matching import Index
from lms.audiences.rules.wording import sentence
from lms.audiences.values import Audience, AudienceId, AudienceLine, Crowd, Membership, Rule
from lms.identity import facade as identity
from lms.identity.values import Person, PersonId
from lms.kernel.actor import Scope
from lms.kernel.among import among
from lms.kernel.db import AnyColumn, db, fetch
from lms.kernel.errors import NotFound
from lms.web.pages import Page, PageRequest, keyset

AT_ONCE = 500
SAMPLE = 8


def audience_of(row: AudienceRow) -> Audience:
    """Return a row's value."""
    return Audience(
        id=row.id,
        name=row.name,
        note=row.note,
        rule=msgspec.convert(row.rule, Rule),
        version=row.version,
        changed_at=row.changed_at,
        filled=None if row.to_fill is None else row.filled,
        to_fill=row.to_fill,
    )


def find_audience(audience_id: AudienceId) -> Audience | None:
    """Return an audience, or None."""
    row = db.session.get(AudienceRow, audience_id)
    return audience_of(row) if row else None


def get_audience(audience_id: AudienceId) -> Audience:
    """Return an audience; NotFound if there is none."""
    found = find_audience(audience_id)
    if found is None:
        raise NotFound
    return found


def list_audiences(ids: Collection[AudienceId] | None = None) -> Sequence[Audience]:
    """Return audiences by name: all (at most 500), or those of `ids`."""
    query = select(AudienceRow).order_by(AudienceRow.name, AudienceRow.id).limit(AT_ONCE)
    if ids is not None:
        query = query.where(AudienceRow.id.in_(ids))
    return [audience_of(row) for row in db.session.scalars(query)]


def page_lines(scope: Scope, words: str, wanted: PageRequest) -> Page[AudienceLine]:
    """Return a page of the audiences with `words` in their name, each with what it says and how many it means."""
    query = select(AudienceRow)
    if words:
        query = query.where(AudienceRow.name.icontains(words, autoescape=True))
    page = keyset(query, by=(AudienceRow.name, AudienceRow.id), wanted=wanted).map(audience_of)
    counts = _counts([one.id for one in page.items], scope)
    said = dict(
        zip([one.id for one in page.items], describe([one.rule for one in page.items], scope), strict=True)
    )
    return page.map(lambda one: AudienceLine(one, said[one.id], counts.get(one.id, 0)))


def _counts(ids: Collection[AudienceId], scope: Scope) -> Mapping[AudienceId, int]:
    rows = db.session.execute(
        select(AudienceMember.audience_id, func.count())
        .where(AudienceMember.audience_id.in_(ids), identity.person_in_scope(AudienceMember.person_id, scope))
        .group_by(AudienceMember.audience_id)
    )
    return {audience_id: number for audience_id, number in rows}  # noqa: C416  rows are typed so


def describe(rules: Sequence[Rule], scope: Scope) -> Sequence[str]:
    """Return each rule in a sentence; what lies beyond `scope` is counted and not named. One query per facet."""
    facets = registry.facets()
    names = {
        key: facet.names(chosen, scope) for key, facet in facets.items() if (chosen := _chosen(rules, key))
    }
    people = names_of_people({one for rule in rules for one in rule.people | rule.not_people}, scope)
    return [sentence(rule, list(facets.values()), names, people) for rule in rules]


def _chosen(rules: Sequence[Rule], key: str) -> frozenset[str]:
    return frozenset(
        value for rule in rules for values in (rule.any_of, rule.none_of) for value in values.get(key, ())
    )


def names_of_people(ids: Collection[PersonId], scope: Scope) -> Mapping[PersonId, str]:
    """Return the names of these people, those beyond `scope` left out."""
    return {one.id: one.name for one in _people_in(ids, scope)}


def _people_in(ids: Collection[PersonId], scope: Scope) -> Sequence[Person]:
    if not ids:
        return ()
    query = identity.everybody()
    (person_id,) = query.selected_columns
    seen = db.session.scalars(
        query.where(person_id.in_(ids), identity.person_in_scope(person_id, scope)).limit(AT_ONCE)
    ).all()
    return sorted(identity.list_people(seen).values(), key=lambda one: (one.name, one.id))


def look_at(rule: Rule, scope: Scope) -> Crowd:
    """Return whom a rule means within `scope`, as it stands and not as it was saved."""
    (said,) = describe([rule], scope)
    if rule.is_empty:
        return Crowd("", 0, ())
    return _crowd(said, meant(rule, scope))


def look_into(audience: Audience, scope: Scope) -> Crowd:
    """Return who is in an audience today, within `scope`."""
    (said,) = describe([audience.rule], scope)
    people = people_in(audience.id).where(identity.person_in_scope(AudienceMember.person_id, scope))
    return _crowd(said, people)


def _crowd(said: str, people: Any) -> Crowd:
    (person_id,) = people.selected_columns
    some = db.session.scalars(people.order_by(person_id).limit(SAMPLE)).all()
    sample = sorted(identity.list_people(some).values(), key=lambda one: (one.name, one.id))
    return Crowd(said, count(people), sample)


def people_in(audience_id: AudienceId) -> Select[PersonId]:
    """Return the query of the people in an audience."""
    return select(AudienceMember.person_id).where(AudienceMember.audience_id == audience_id)


def people_in_any(audience_ids: Collection[AudienceId]) -> Select[PersonId]:
    """Return the query of the people in any of these audiences, each once."""
    return select(AudienceMember.person_id).where(AudienceMember.audience_id.in_(audience_ids)).distinct()


def audiences_with(person_id: AnyColumn) -> Select[AudienceId]:
    """Return the subquery of the audiences that this person is in, for filters of rows that name audiences."""
    return select(AudienceMember.audience_id).where(AudienceMember.person_id == person_id)


# Built once: whoever shows something to an audience asks for each of its readers.
_IS_IN = select(AudienceMember.since).where(
    AudienceMember.audience_id == bindparam("audience_id"), AudienceMember.person_id == bindparam("person_id")
)
_AUDIENCES_OF = select(AudienceMember.audience_id).where(AudienceMember.person_id == bindparam("person_id"))


def is_in(person_id: PersonId, audience_id: AudienceId) -> bool:
    """Return whether a person is in an audience."""
    return fetch(_IS_IN, {"audience_id": audience_id, "person_id": person_id}).first() is not None


def audiences_of(person_id: PersonId) -> frozenset[AudienceId]:
    """Return the audiences that a person is in."""
    return frozenset(fetch(_AUDIENCES_OF, {"person_id": person_id}).scalars())


def list_memberships(person_id: PersonId) -> Sequence[Membership]:
    """Return the audiences that a person is in, by name, and since when."""
    rows = db.session.execute(
        select(AudienceRow.id, AudienceRow.name, AudienceMember.since)
        .join(AudienceMember, AudienceMember.audience_id == AudienceRow.id)
        .where(AudienceMember.person_id == person_id)
        .order_by(AudienceRow.name, AudienceRow.id)
        .limit(AT_ONCE)
    )
    return [Membership(audience_id, name, since) for audience_id, name, since in rows]


def list_naming(audience_id: AudienceId) -> Sequence[Audience]:
    """Return the audiences whose rule names this one, by name."""
    return list_audiences([one for one, rule in load_rules().items() if audience_id in rule.nested])


def pairs_of_audience() -> Select[PersonId, AudienceId]:
    """Return everybody's audiences, for audiences that name others."""
    return select(AudienceMember.person_id, AudienceMember.audience_id)


# As text: an index is made of the rules once for each content they have, and asked for with every change of a person.
_RULES = select(AudienceRow.id, cast(AudienceRow.rule, Text)).order_by(AudienceRow.id)
_MEMBERS = select(AudienceMember.person_id, AudienceMember.audience_id).where(
    among(AudienceMember.person_id, "people")
)


def load_rules() -> Mapping[AudienceId, Rule]:
    """Return the rule of every audience."""
    return _rules_of(tuple((AudienceId(one), rule) for one, rule in fetch(_RULES, {})))


def load_index() -> Index | None:
    """Return all rules turned inside out; None without an audience."""
    rules = tuple((AudienceId(one), rule) for one, rule in fetch(_RULES, {}))
    return _index_of(rules) if rules else None


def _rules_of(rules: tuple[tuple[AudienceId, str], ...]) -> Mapping[AudienceId, Rule]:
    return {one: msgspec.json.decode(rule, type=Rule) for one, rule in rules}


@lru_cache(maxsize=4)
def _index_of(rules: tuple[tuple[AudienceId, str], ...]) -> Index:
    return Index(_rules_of(rules))


# As text: an id is made of it only for those who join or leave, and half a million of them are compared.
_WRITTEN = select(cast(AudienceMember.person_id, Text), cast(AudienceMember.audience_id, Text)).where(
    among(AudienceMember.person_id, "people")
)


def bits_of_members(people: Collection[PersonId], index: Index) -> Mapping[PersonId, int]:
    """Return in which audiences each of these people is, as the index's bits; who is in none is left out."""
    known = {text: one for one in people for text in (str(one), one.hex)}
    bits: dict[str, int] = defaultdict(int)
    for person, audience in fetch(_WRITTEN, {"people": list(people)}):
        bits[person] |= index.bit_of(audience)
    return {known[person]: found for person, found in bits.items()}


def list_members(people: Collection[PersonId]) -> set[tuple[PersonId, AudienceId]]:
    """Return the memberships of these people."""
    return {
        (PersonId(one), AudienceId(audience)) for one, audience in fetch(_MEMBERS, {"people": list(people)})
    }
