"""Identity's tables."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.identity.values import (
    BrandId,
    LinkKind,
    OrganisationId,
    OrganisationKind,
    PersonId,
    PersonState,
    PositionId,
    RegionId,
    ResellerModel,
)
from lms.identity.values.imports import ImportState, PeopleImportId, RowFate
from lms.kernel.actor import Role
from lms.kernel.db import Model, never_deleted, new_id


class RegionRow(Model):
    """A region."""

    __tablename__ = "regions"

    id: Mapped[RegionId] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    code: Mapped[str] = mapped_column(unique=True)
    parent_id: Mapped[RegionId | None] = mapped_column(ForeignKey("regions.id"), index=True)


class RegionAncestry(Model):
    """Every region above a region, itself included at depth 0."""

    __tablename__ = "region_ancestry"
    __table_args__ = (Index("ix_region_ancestry_ancestor", "ancestor_id", "descendant_id"),)

    descendant_id: Mapped[RegionId] = mapped_column(ForeignKey("regions.id"), primary_key=True)
    ancestor_id: Mapped[RegionId] = mapped_column(ForeignKey("regions.id"), primary_key=True)
    depth: Mapped[int] = mapped_column(Integer)


class OrganisationRow(Model):
    """An organisation: the OEM, or a partner somewhere in the partner tree."""

    __tablename__ = "organisations"

    id: Mapped[OrganisationId] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    kind: Mapped[OrganisationKind]
    model: Mapped[ResellerModel | None]
    parent_id: Mapped[OrganisationId | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    region_id: Mapped[RegionId | None] = mapped_column(ForeignKey("regions.id"), index=True)
    country: Mapped[str]
    domain: Mapped[str]
    created_at: Mapped[datetime]


class OrganisationAncestry(Model):
    """Every organisation above an organisation, itself included at depth 0."""

    __tablename__ = "organisation_ancestry"
    __table_args__ = (Index("ix_organisation_ancestry_ancestor", "ancestor_id", "descendant_id"),)

    descendant_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    ancestor_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    depth: Mapped[int] = mapped_column(Integer)


class BrandRow(Model):
    """A product brand."""

    __tablename__ = "brands"

    id: Mapped[BrandId] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(unique=True)
    code: Mapped[str] = mapped_column(unique=True)


class BrandAuthorisation(Model):
    """A partner may sell a brand."""

    __tablename__ = "brand_authorisations"

    organisation_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    brand_id: Mapped[BrandId] = mapped_column(ForeignKey("brands.id"), primary_key=True, index=True)


class PositionRow(Model):
    """A job a person can have."""

    __tablename__ = "positions"

    id: Mapped[PositionId] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    code: Mapped[str] = mapped_column(unique=True)


class PersonRow(Model):
    """A person. `email` is kept lower-case; an erased person keeps the row and nothing that names them.

    `external_id` is what another system (a personnel file) calls them, None where none does.
    """

    __tablename__ = "people"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_lower"),
        Index("ix_people_name", "name", "id"),
        Index("uq_people_external_id", "external_id", unique=True),
    )

    id: Mapped[PersonId] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str | None]
    locale: Mapped[str]
    time_zone: Mapped[str]
    state: Mapped[PersonState]
    is_showcase: Mapped[bool] = mapped_column(Boolean, default=False)
    showcase_line: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    external_id: Mapped[str | None]


class AccountMerge(Model):
    """That an account was joined to another of the same person, by whom and why: what the ledger moves by.

    `leads_to_id` is where it leads today: the kept account, or the one which that was joined to since.
    """

    __tablename__ = "account_merges"
    __table_args__ = (CheckConstraint("kept_id <> merged_id", name="differ"),)

    merged_id: Mapped[PersonId] = mapped_column(ForeignKey("people.id"), primary_key=True)
    kept_id: Mapped[PersonId] = mapped_column(ForeignKey("people.id"))
    leads_to_id: Mapped[PersonId] = mapped_column(ForeignKey("people.id"), index=True)
    at: Mapped[datetime]
    by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[str]
    takes_roles: Mapped[bool] = mapped_column(Boolean)


class Employment(Model):
    """A person's interval at one organisation; one is open at a time."""

    __tablename__ = "employments"
    __table_args__ = (
        Index(
            "uq_employments_open",
            "person_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_employments_organisation", "organisation_id", "ended_at", "person_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("people.id"), index=True)
    organisation_id: Mapped[OrganisationId] = mapped_column(ForeignKey("organisations.id"))
    position_id: Mapped[PositionId | None] = mapped_column(ForeignKey("positions.id"))
    region_id: Mapped[RegionId | None] = mapped_column(ForeignKey("regions.id"))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class RoleGrant(Model):
    """A role a person holds: over one organisation and all below, one region and all below, or everything."""

    __tablename__ = "role_grants"
    __table_args__ = (
        CheckConstraint("organisation_id IS NULL OR region_id IS NULL", name="one_scope"),
        Index("ix_role_grants_role", "role", "person_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("people.id"), index=True)
    role: Mapped[Role]
    organisation_id: Mapped[OrganisationId | None] = mapped_column(ForeignKey("organisations.id"))
    region_id: Mapped[RegionId | None] = mapped_column(ForeignKey("regions.id"))
    granted_by: Mapped[UUID | None]
    granted_at: Mapped[datetime]


class SignIn(Model):
    """One browser signed in. The cookie holds the token, we hold its hash."""

    __tablename__ = "sign_ins"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    token_sha256: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("people.id"), index=True)
    started_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    address: Mapped[str]
    user_agent: Mapped[str]


class SingleUseLink(Model):
    """An invitation or a reset that works once and not for ever; we hold only the token's hash."""

    __tablename__ = "single_use_links"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[LinkKind]
    token_sha256: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("people.id"), index=True)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Throttle(Model):
    """Failed tries by account or address, within a window; `key` is `account:…` or `address:…`, hashed."""

    __tablename__ = "throttles"
    __table_args__ = (UniqueConstraint("key"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str]
    failures: Mapped[int] = mapped_column(Integer)
    window_from: Mapped[datetime]
    blocked_until: Mapped[datetime | None]


class PeopleImportRow(Model):
    """A table of people that somebody brought: its file is held under its id until the import is over.

    `done_rows` and `done_number` say how far the step it is in has come; they move in each batch's own transaction.
    """

    __tablename__ = "people_imports"
    __table_args__ = (Index("ix_people_imports_uploader", "uploaded_by", "id"),)

    id: Mapped[PeopleImportId] = mapped_column(primary_key=True)
    filename: Mapped[str]
    state: Mapped[ImportState]
    columns: Mapped[list[Any]]
    """Name and samples of each."""
    header_sha256: Mapped[str]
    mapping: Mapped[list[Any]]
    """The field of each column, None for those that are left out."""
    organisation_id: Mapped[OrganisationId | None] = mapped_column(ForeignKey("organisations.id"))
    invites: Mapped[bool] = mapped_column(Boolean)
    rows: Mapped[int]
    empty_rows: Mapped[int]
    encoding: Mapped[str]
    separator: Mapped[str]
    done_rows: Mapped[int]
    done_number: Mapped[int]
    counts: Mapped[dict[str, Any]]
    """How many rows of each fate the dry run found."""
    stored_counts: Mapped[dict[str, Any]]
    """How many rows of each fate have been done."""
    invitations: Mapped[int]
    invited: Mapped[int]
    invites_at: Mapped[datetime | None]
    """When the next invitations are written, None while none are due."""
    uploaded_at: Mapped[datetime]
    uploaded_by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))
    employer_id: Mapped[OrganisationId | None] = mapped_column(ForeignKey("organisations.id"))
    """Where whoever brought it worked: who moves on leaves it behind."""
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))
    finished_at: Mapped[datetime | None]
    failure: Mapped[list[Any]]
    """Why it could not go on, as the template of a sentence and its values; empty while it can."""


class PeopleImportLine(Model):
    """One row of such a table: what it says, what it would do and, once it was done, what it did."""

    __tablename__ = "people_import_rows"
    __table_args__ = (Index("ix_people_import_rows_fate", "import_id", "fate", "number"),)

    import_id: Mapped[PeopleImportId] = mapped_column(ForeignKey("people_imports.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    fate: Mapped[RowFate]
    cells: Mapped[dict[str, Any]]
    changes: Mapped[dict[str, Any]]
    problems: Mapped[list[Any]]
    email: Mapped[str]
    """The address in it, by which a person who is erased is found in rows that were refused."""
    person_id: Mapped[PersonId | None] = mapped_column(ForeignKey("people.id"))
    is_stored: Mapped[bool] = mapped_column(Boolean)
    is_invited: Mapped[bool] = mapped_column(Boolean)
    """Whether an invitation is due to the person it added."""


class PeopleImportMapping(Model):
    """What the columns of a header meant the last time, for the next file that has the same."""

    __tablename__ = "people_import_mappings"

    header_sha256: Mapped[str] = mapped_column(primary_key=True)
    mapping: Mapped[list[Any]]
    saved_at: Mapped[datetime]


never_deleted(AccountMerge)
