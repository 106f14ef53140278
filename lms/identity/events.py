"""What has happened to people, organisations and their sign-ins."""

from dataclasses import dataclass
from typing import ClassVar

from lms.identity.values import BrandId, LinkKind, OrganisationId, PersonId, PositionId, RegionId, SignInId
from lms.identity.values.imports import PeopleImportId
from lms.kernel.actor import Role
from lms.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class OrganisationAdded(Event):
    """An organisation entered the tree."""

    SUBJECT: ClassVar[str] = "organisation_id"
    organisation_id: OrganisationId
    parent_id: OrganisationId | None


@dataclass(frozen=True, kw_only=True)
class OrganisationChanged(Event):
    """An organisation has another parent, region or reseller model; `fields` names which.

    `left_id` is the parent it stood under before, where that changed.
    """

    SUBJECT: ClassVar[str] = "organisation_id"
    organisation_id: OrganisationId
    fields: tuple[str, ...]
    left_id: OrganisationId | None


@dataclass(frozen=True, kw_only=True)
class BrandAuthorised(Event):
    """A partner may sell a brand from now on."""

    SUBJECT: ClassVar[str] = "organisation_id"
    organisation_id: OrganisationId
    brand_id: BrandId


@dataclass(frozen=True, kw_only=True)
class BrandWithdrawn(Event):
    """A partner may no longer sell a brand."""

    SUBJECT: ClassVar[str] = "organisation_id"
    organisation_id: OrganisationId
    brand_id: BrandId


@dataclass(frozen=True, kw_only=True)
class PersonAdded(Event):
    """A person got an account."""

    SUBJECT: ClassVar[str] = "person_id"
    person_id: PersonId


@dataclass(frozen=True, kw_only=True)
class PersonEmployed(Event):
    """A person began at an organisation; `left_id` is where they stopped being employed by it."""

    SUBJECT: ClassVar[str] = "person_id"
    person_id: PersonId
    organisation_id: OrganisationId
    position_id: PositionId | None
    left_id: OrganisationId | None


@dataclass(frozen=True, kw_only=True)
class EmploymentEnded(Event):
    """A person left an organisation and began nowhere else in the same step."""

    SUBJECT: ClassVar[str] = "person_id"
    person_id: PersonId
    organisation_id: OrganisationId


@dataclass(frozen=True, kw_only=True)
class AccountChanged(Event):
    """A person's name, language, time zone or (by an import) address or external id changed; `fields` names which."""

    SUBJECT: ClassVar[str] = "person_id"
    person_id: PersonId
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PeopleImportConfirmed(Event):
    """Somebody let an import of people be stored, after its dry run."""

    SUBJECT: ClassVar[str] = "import_id"
    import_id: PeopleImportId
    rows: int


@dataclass(frozen=True, kw_only=True)
class PeopleImported(Event):
    """An import of people has come to its end; `done` rows were stored, the others refused or the same."""

    SUBJECT: ClassVar[str] = "import_id"
    import_id: PeopleImportId
    done: int


@dataclass(frozen=True, kw_only=True)
class PeopleImportCancelled(Event):
    """Somebody stopped an import of people; what was stored before stays."""

    SUBJECT: ClassVar[str] = "import_id"
    import_id: PeopleImportId


@dataclass(frozen=True, kw_only=True)
class RoleGranted(Event):
    """A person was given a role: over one organisation, one region, or (both None) everything."""

    SUBJECT: ClassVar[str] = "person_id"
    person_id: PersonId
    role: Role
    organisation_id: OrganisationId | None
    region_id: RegionId | None


@dataclass(frozen=True, kw_only=True)
class RoleWithdrawn(Event):
    """A person lost a role over one organisation, one region, or (both None) everything."""

    SUBJECT: ClassVar[str] = "person_id"
    person_id: PersonId
    role: Role
    organisation_id: OrganisationId | None
    region_id: RegionId | None


@dataclass(frozen=True, kw_only=True)
class SignedIn(Event):
    """A person signed in."""

    SUBJECT: ClassVar[str] = "person_id"
    person_id: PersonId
    sign_in_id: SignInId


@dataclass(frozen=True, kw_only=True)
class SignInRefused(Event):
    """A sign-in to a person's account failed."""

    SUBJECT: ClassVar[str] = "person_id"
    person_id: PersonId


@dataclass(frozen=True, kw_only=True)
class SignedOut(Event):
    """A person signed out, here or everywhere."""

    SUBJECT: ClassVar[str] = "person_id"
    person_id: PersonId
    everywhere: bool


@dataclass(frozen=True, kw_only=True)
class LinkSent(Event):
    """A single-use link was mailed to a person."""

    SUBJECT: ClassVar[str] = "person_id"
    person_id: PersonId
    kind: LinkKind


@dataclass(frozen=True, kw_only=True)
class PasswordSet(Event):
    """A person chose a password; every sign-in before it ended."""

    SUBJECT: ClassVar[str] = "person_id"
    person_id: PersonId


@dataclass(frozen=True, kw_only=True)
class PersonSuspended(Event):
    """A person may no longer sign in."""

    SUBJECT: ClassVar[str] = "person_id"
    person_id: PersonId


@dataclass(frozen=True, kw_only=True)
class PersonReactivated(Event):
    """A suspended person may sign in again."""

    SUBJECT: ClassVar[str] = "person_id"
    person_id: PersonId


@dataclass(frozen=True, kw_only=True)
class AccountsMerged(Event):
    """An account was joined to another of the same person: what names the one is the other's from now on."""

    SUBJECT: ClassVar[str] = "kept_id"
    kept_id: PersonId
    merged_id: PersonId
    takes_roles: bool


@dataclass(frozen=True, kw_only=True)
class PersonExported(Event):
    """All that is held of a person was handed out as a file."""

    SUBJECT: ClassVar[str] = "person_id"
    person_id: PersonId


@dataclass(frozen=True, kw_only=True)
class PersonErased(Event):
    """A person's data was erased or pseudonymised."""

    SUBJECT: ClassVar[str] = "person_id"
    person_id: PersonId
