"""Identity's door: values in, values out, and the tenant filters that every feature's queries use."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select

from lms.identity import queries, service
from lms.identity.forms import TIME_ZONES
from lms.identity.queries import facts
from lms.identity.rules import ACCOUNT_LIMIT
from lms.identity.values import (
    Brand,
    BrandId,
    Organisation,
    OrganisationId,
    Person,
    PersonId,
    Position,
    Region,
)
from lms.kernel.actor import EVERYTHING, Actor, Grant, Role, Scope
from lms.kernel.errors import Invalid, NotFound

in_scope = queries.in_scope
person_in_scope = queries.person_in_scope
brand_name_of = queries.brand_name_of

hold_people = queries.hold_people
list_employers = queries.list_employers
pairs_of_organisation_and_region = queries.pairs_of_organisation_and_region
names_of_organisations = queries.names_of_organisations
working_ids = queries.working_ids
working_people = queries.working_people
employ_beside = queries.employ_beside
find_region_of = queries.find_region_of

find_oem = queries.find_oem
page_partners = queries.page_partners
is_named = queries.is_named
list_branches = queries.list_branches
count_employed = queries.count_employed
list_regions_over = queries.list_regions_over
list_all_above = queries.list_all_above

# What is true of people, as pairs of a person and a value: what audiences are made of.
everybody = facts.everybody
pairs_of_position = facts.pairs_of_position
pairs_of_region = facts.pairs_of_region
pairs_of_model = facts.pairs_of_model
pairs_of_brand = facts.pairs_of_brand
pairs_of_organisation = facts.pairs_of_organisation
pairs_of_employer = facts.pairs_of_employer
pairs_of_kind = facts.pairs_of_kind
pairs_of_language = facts.pairs_of_language
pairs_of_role = facts.pairs_of_role
pairs_of_admin = facts.pairs_of_admin
page_organisations = queries.page_organisations
page_people = queries.page_people

# Acts on many people: whom a list names, whom a filter leaves, and as whom a job acts.
read_list = service.read_list
read_pasted = service.read_pasted
match_mentions = queries.match_mentions
list_reachable = queries.list_reachable
people_like = queries.people_like
count_people_like = queries.count_people_like
page_people_like = queries.page_people_like
actor_of = service.actor_of

install_name_holds = service.install_name_holds
install_account_parts = service.install_account_parts
list_former_accounts = queries.list_former

# Writes that the demo and imports use.
add_region = service.add_region
add_organisation = service.add_organisation
add_brand = service.add_brand
authorise_brand = service.authorise_brand
withdraw_brand = service.withdraw_brand
change_organisation = service.change_organisation
add_position = service.add_position
add_person = service.add_person
employ = service.employ
grant_role = service.grant_role


def employed_at(organisation_id: OrganisationId, *, with_branches: bool = False) -> Select[PersonId]:
    """Return the subquery of people employed today at an organisation (and below it)."""
    return queries.employed_at(organisation_id, with_branches=with_branches)


def employed(
    *, with_branches: bool, in_position: bool, in_region: bool, one: bool, able_to_act: bool
) -> Select[PersonId]:
    """Return the query of people employed today at :organisation_id, built once for each of its shapes.

    It takes :position_id, :region_id (and those below it) and :person_id where it is narrowed by them. A suspended
    person is employed all the same, and left out only where the question is who is `able_to_act`.
    """
    return queries.employed(
        with_branches=with_branches,
        in_position=in_position,
        in_region=in_region,
        one=one,
        able_to_act=able_to_act,
    )


def find_person(person_id: PersonId) -> Person | None:
    """Return a person, or None."""
    return queries.list_people([person_id]).get(person_id)


def find_person_by_email(email: str) -> Person | None:
    """Return the person of this address, or None."""
    return queries.find_person_by_email(email)


def hash_secret(secret: str) -> str:
    """Return what is kept of a secret that people type, as of their passwords."""
    return service.passwords.hash_password(secret)


def fits_secret(kept: str | None, secret: str) -> bool:
    """Return whether a secret is the one of which this is kept; without one after the same work that it is not."""
    return service.passwords.fits(kept, secret)


def check_tries(kind: str, value: str, now: datetime) -> None:
    """Raise TooMany while something of this kind has been tried too often."""
    service.throttle.check([service.throttle.key_of(kind, value)], now)


def count_try(kind: str, value: str, now: datetime) -> None:
    """Count a try that failed; who calls keeps it though the request is refused."""
    service.throttle.count(service.throttle.key_of(kind, value), limit=ACCOUNT_LIMIT, now=now)


def change_time_zone(*, person_id: PersonId, time_zone: str) -> None:
    """Let a person's clocks be those of a zone; Invalid for one that is not offered."""
    if time_zone not in {"UTC", *TIME_ZONES}:
        message = _("There is no such time zone.")
        raise Invalid(message, fields={"time_zone": message})
    service.change_account(person_id=person_id, time_zone=time_zone)


def get_person(person_id: PersonId) -> Person:
    """Return a person; NotFound if there is none."""
    found = find_person(person_id)
    if found is None:
        raise NotFound
    return found


def list_people(ids: Collection[PersonId], scope: Scope = EVERYTHING) -> Mapping[PersonId, Person]:
    """Return the people of these ids whom `scope` reaches, by id."""
    return queries.list_people(ids, scope)


def is_person_visible(person_id: PersonId, scope: Scope) -> bool:
    """Return whether `scope` reaches where a person is employed today."""
    return queries.is_person_visible(person_id, scope)


def is_organisation_visible(organisation_id: OrganisationId, scope: Scope) -> bool:
    """Return whether `scope` reaches an organisation."""
    return queries.is_organisation_visible(organisation_id, scope)


def get_organisation(organisation_id: OrganisationId) -> Organisation:
    """Return an organisation; NotFound if there is none."""
    found = queries.list_organisations([organisation_id]).get(organisation_id)
    if found is None:
        raise NotFound
    return found


def list_organisations(
    ids: Collection[OrganisationId], scope: Scope = EVERYTHING
) -> Mapping[OrganisationId, Organisation]:
    """Return the organisations of these ids that `scope` reaches, by id."""
    return queries.list_organisations(ids, scope)


def list_visible_organisations(actor: Actor, scope: Scope) -> Sequence[Organisation]:
    """Return the organisations that `scope` reaches and the actor's own, by name."""
    return queries.list_visible_organisations(actor, scope)


def list_ancestors(organisation_id: OrganisationId) -> Sequence[OrganisationId]:
    """Return an organisation and all above it, nearest first."""
    return queries.list_ancestors(organisation_id)


def list_organisations_in(scope: Scope) -> Sequence[Organisation]:
    """Return the organisations that `scope` reaches, by name: for choice lists."""
    return queries.list_organisations_in(scope)


def list_brands() -> Sequence[Brand]:
    """Return every brand, by name."""
    return queries.list_brands()


def list_brands_of(organisation_id: OrganisationId) -> Sequence[Brand]:
    """Return the brands a partner may sell, by name."""
    return queries.list_brands_of(organisation_id)


def is_authorised(organisation_id: OrganisationId, brand_id: BrandId) -> bool:
    """Return whether a partner may sell a brand."""
    return queries.is_authorised(organisation_id, brand_id)


def list_positions() -> Sequence[Position]:
    """Return every position, by name."""
    return queries.list_positions()


def list_regions() -> Sequence[Region]:
    """Return every region, by name."""
    return queries.list_regions()


def list_holders(*, roles: Collection[Role]) -> Mapping[PersonId, str]:
    """Return the names of active people who hold one of these roles anywhere, by id, in the order of their names."""
    return queries.list_holders(roles)


def list_role_holders(role: Role, organisation_id: OrganisationId) -> Sequence[PersonId]:
    """Return the active people who hold `role` over an organisation."""
    return queries.list_role_holders(role, organisation_id)


def list_grants(person_id: PersonId) -> tuple[Grant, ...]:
    """Return a person's roles with their scopes, the learner's that everyone has included."""
    return queries.list_grants(person_id)


def columns_of_people() -> Any:
    """Return the query of people with their employment of today, for lists that other features page and filter."""
    return queries.people()


def person_of(row: Any) -> Person:
    """Return the person of one row of `columns_of_people()`."""
    return queries.person_of(row)
