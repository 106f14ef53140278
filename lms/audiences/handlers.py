"""What audiences do when a fact of people changes: within the same transaction, so that the next request sees it."""

from sqlalchemy import Select

from lms.audiences import service
from lms.identity import facade as identity
from lms.identity.events import (
    AccountChanged,
    AccountsMerged,
    BrandAuthorised,
    BrandWithdrawn,
    EmploymentEnded,
    OrganisationChanged,
    PersonAdded,
    PersonEmployed,
    PersonErased,
    RoleGranted,
    RoleWithdrawn,
)
from lms.identity.values import PersonId
from lms.kernel.db import db

ACCOUNT_LEFT = {
    "audience_members.person_id": "audiences are worked out anew from what is true of each account",
    "audiences.changed_by": "it says by which account it was done",
}


def on_person_changed(
    event: PersonAdded | PersonEmployed | EmploymentEnded | RoleGranted | RoleWithdrawn | PersonErased,
) -> None:
    """Let a person be in the audiences that they belong to now."""
    service.follow_people([event.person_id])


def on_account_changed(event: AccountChanged) -> None:
    """Let a person who reads another language be in the audiences of that language."""
    if "locale" in event.fields:
        service.follow_people([event.person_id])


def on_accounts_merged(event: AccountsMerged) -> None:
    """Let the account that is kept be in the audiences it belongs to now, and the other in none."""
    service.follow_people([event.kept_id, event.merged_id])


def on_organisation_changed(event: OrganisationChanged) -> None:
    """Let everybody at an organisation and below it be in the audiences that its place puts them in."""
    _follow(identity.employed_at(event.organisation_id, with_branches=True))


def on_brand_changed(event: BrandAuthorised | BrandWithdrawn) -> None:
    """Let everybody at a partner be in the audiences of what it may sell."""
    _follow(identity.employed_at(event.organisation_id))


def _follow(people: Select[PersonId]) -> None:
    service.follow_people(db.session.scalars(people))
