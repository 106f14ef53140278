"""The door of audiences: who is in one, which a person is in, and the facts that changed."""

from collections.abc import Collection, Sequence

from sqlalchemy import Select

from lms.audiences import service
from lms.audiences.queries import audiences, registry
from lms.audiences.values import Audience, AudienceId
from lms.identity.values import PersonId
from lms.kernel.db import AnyColumn
from lms.kernel.errors import NotFound

install_facets = registry.install_facets
install_uses = registry.install_uses

save_audience = service.save_audience
follow_people = service.follow_people
hold_memberships = service.hold_memberships


def find_audience(audience_id: AudienceId) -> Audience | None:
    """Return an audience, or None."""
    return audiences.find_audience(audience_id)


def get_audience(audience_id: AudienceId) -> Audience:
    """Return an audience; NotFound if there is none."""
    found = audiences.find_audience(audience_id)
    if found is None:
        raise NotFound
    return found


def list_audiences(ids: Collection[AudienceId] | None = None) -> Sequence[Audience]:
    """Return audiences by name: all (at most 500, for choice lists), or those of `ids`."""
    return audiences.list_audiences(ids)


def people_in(audience_id: AudienceId) -> Select[PersonId]:
    """Return the query of the people in an audience."""
    return audiences.people_in(audience_id)


def is_in(person_id: PersonId, audience_id: AudienceId) -> bool:
    """Return whether a person is in an audience."""
    return audiences.is_in(person_id, audience_id)


def audiences_of(person_id: PersonId) -> frozenset[AudienceId]:
    """Return the audiences that a person is in: what a list narrows what it shows by."""
    return audiences.audiences_of(person_id)


def people_in_any(audience_ids: Collection[AudienceId]) -> Select[PersonId]:
    """Return the query of the people in any of these audiences, each once."""
    return audiences.people_in_any(audience_ids)


def audiences_with(person_id: AnyColumn) -> Select[AudienceId]:
    """Return the subquery of the audiences that this person is in, for filters of rows that name audiences."""
    return audiences.audiences_with(person_id)


def audience_url(audience_id: AudienceId) -> str:
    """Return the address of an audience's page."""
    return f"/author/audiences/{audience_id}"
