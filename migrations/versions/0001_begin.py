"""begin

Rules: forward only, on real data, on SQLite and PostgreSQL. Never lock a big table for long: add columns
nullable, build indexes with postgresql_concurrently in a revision of their own, fill in batches in a job.
A column is dropped two releases after the code stopped using it.

Revision ID: 0001
Revises:
Create Date: 2026-11-23 09:31:14.409773
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("details", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    op.create_index("ix_audit_entries_action", "audit_entries", ["action", "id"], unique=False)
    op.create_index("ix_audit_entries_actor", "audit_entries", ["actor_id", "id"], unique=False)
    op.create_index("ix_audit_entries_subject", "audit_entries", ["subject_id", "id"], unique=False)

    op.create_table(
        "brands",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brands")),
        sa.UniqueConstraint("code", name=op.f("uq_brands_code")),
        sa.UniqueConstraint("name", name=op.f("uq_brands_name")),
    )
    op.create_table(
        "mails",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("to", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("queued", "sent", "kept", "failed", name="mailstate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
    )
    op.create_index(
        "ix_mails_due",
        "mails",
        ["due_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )

    op.create_table(
        "outbox_messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("payload", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_messages")),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "invited", "active", "suspended", "erased", name="personstate", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("is_showcase", sa.Boolean(), nullable=False),
        sa.Column("showcase_line", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_people_email_lower")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("email", name=op.f("uq_people_email")),
    )
    op.create_index("ix_people_name", "people", ["name", "id"], unique=False)

    op.create_table(
        "positions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_positions")),
        sa.UniqueConstraint("code", name=op.f("uq_positions_code")),
    )
    op.create_table(
        "regions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["parent_id"], ["regions.id"], name=op.f("fk_regions_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regions")),
        sa.UniqueConstraint("code", name=op.f("uq_regions_code")),
    )
    op.create_index(op.f("ix_regions_parent_id"), "regions", ["parent_id"], unique=False)

    op.create_table(
        "search_documents",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_search_documents")),
        sa.UniqueConstraint("kind", "subject_id", name=op.f("uq_search_documents_kind_subject_id")),
    )
    op.create_table(
        "stored_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stored_by", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_files")),
    )
    op.create_index("ix_stored_files_sha256", "stored_files", ["sha256"], unique=False)

    op.create_table(
        "throttles",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("window_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("blocked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_throttles")),
        sa.UniqueConstraint("key", name=op.f("uq_throttles_key")),
    )
    op.create_table(
        "courses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column(
            "level",
            sa.Enum("foundation", "intermediate", "advanced", name="level", native_enum=False, length=40),
            nullable=True,
        ),
        sa.Column("published_id", sa.Uuid(), nullable=True),
        sa.Column("draft_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name=op.f("fk_courses_brand_id")),
        sa.ForeignKeyConstraint(["created_by"], ["people.id"], name=op.f("fk_courses_created_by")),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["course_versions.id"], name=op.f("fk_courses_draft_id"), use_alter=True
        ),
        sa.ForeignKeyConstraint(
            ["published_id"], ["course_versions.id"], name=op.f("fk_courses_published_id"), use_alter=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses")),
        sa.UniqueConstraint("slug", name=op.f("uq_courses_slug")),
    )
    op.create_index(op.f("ix_courses_brand_id"), "courses", ["brand_id"], unique=False)
    op.create_index("ix_courses_changed", "courses", ["changed_at", "id"], unique=False)
    op.create_index(op.f("ix_courses_draft_id"), "courses", ["draft_id"], unique=False)
    op.create_index(op.f("ix_courses_published_id"), "courses", ["published_id"], unique=False)
    op.create_index("ix_courses_title", "courses", ["title", "id"], unique=False)

    op.create_table(
        "notices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("given", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_notices_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    op.create_index("ix_notices_person", "notices", ["person_id", "id"], unique=False)
    op.create_index(
        "ix_notices_unread",
        "notices",
        ["person_id"],
        unique=False,
        sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    )

    op.create_table(
        "organisations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("oem", "partner", name="organisationkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "model",
            sa.Enum(
                "distributor",
                "reseller",
                "dealer",
                "franchisee",
                "msp",
                "system_integrator",
                "referral",
                name="resellermodel",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("region_id", sa.Uuid(), nullable=True),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["organisations.id"], name=op.f("fk_organisations_parent_id")),
        sa.ForeignKeyConstraint(["region_id"], ["regions.id"], name=op.f("fk_organisations_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
    )
    op.create_index(op.f("ix_organisations_parent_id"), "organisations", ["parent_id"], unique=False)
    op.create_index(op.f("ix_organisations_region_id"), "organisations", ["region_id"], unique=False)

    op.create_table(
        "outbox_deliveries",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("handler", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("pending", "done", "failed", name="deliverystate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("available_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["outbox_messages.id"], name=op.f("fk_outbox_deliveries_message_id")
        ),
        sa.PrimaryKeyConstraint("message_id", "handler", name=op.f("pk_outbox_deliveries")),
    )
    op.create_index(
        "ix_outbox_deliveries_due",
        "outbox_deliveries",
        ["available_at", "message_id"],
        unique=False,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )

    op.create_table(
        "region_ancestry",
        sa.Column("descendant_id", sa.Uuid(), nullable=False),
        sa.Column("ancestor_id", sa.Uuid(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["ancestor_id"], ["regions.id"], name=op.f("fk_region_ancestry_ancestor_id")),
        sa.ForeignKeyConstraint(
            ["descendant_id"], ["regions.id"], name=op.f("fk_region_ancestry_descendant_id")
        ),
        sa.PrimaryKeyConstraint("descendant_id", "ancestor_id", name=op.f("pk_region_ancestry")),
    )
    op.create_index(
        "ix_region_ancestry_ancestor", "region_ancestry", ["ancestor_id", "descendant_id"], unique=False
    )

    op.create_table(
        "search_readers",
        sa.Column("document", sa.Integer(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document"],
            ["search_documents.number"],
            name=op.f("fk_search_readers_document"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("document", "token", name=op.f("pk_search_readers")),
    )
    op.create_index("ix_search_readers_token", "search_readers", ["token", "document"], unique=False)

    op.create_table(
        "sign_ins",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_sha256", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sign_ins_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ins")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_sign_ins_token_sha256")),
    )
    op.create_index(op.f("ix_sign_ins_person_id"), "sign_ins", ["person_id"], unique=False)

    op.create_table(
        "single_use_links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("invitation", "reset", name="linkkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("token_sha256", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_single_use_links_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_single_use_links")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_single_use_links_token_sha256")),
    )
    op.create_index(op.f("ix_single_use_links_person_id"), "single_use_links", ["person_id"], unique=False)

    op.create_table(
        "brand_authorisations",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name=op.f("fk_brand_authorisations_brand_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_brand_authorisations_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "brand_id", name=op.f("pk_brand_authorisations")),
    )
    op.create_index(
        op.f("ix_brand_authorisations_brand_id"), "brand_authorisations", ["brand_id"], unique=False
    )

    op.create_table(
        "course_imports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("course_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_course_imports_course_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_files.id"], name=op.f("fk_course_imports_file_id")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["people.id"], name=op.f("fk_course_imports_uploaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_imports")),
    )
    op.create_index(op.f("ix_course_imports_uploaded_by"), "course_imports", ["uploaded_by"], unique=False)

    op.create_table(
        "course_pictures",
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_course_pictures_course_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_files.id"], name=op.f("fk_course_pictures_file_id")),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_course_pictures")),
        sa.UniqueConstraint("course_id", "sha256", name=op.f("uq_course_pictures_course_id_sha256")),
    )
    op.create_table(
        "course_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("draft", "published", name="versionstate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("intro", sa.Text(), nullable=False),
        sa.Column("intro_html", sa.Text(), nullable=False),
        sa.Column("objectives", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("activity_count", sa.Integer(), nullable=False),
        sa.Column("required_count", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_course_versions_course_id")),
        sa.ForeignKeyConstraint(
            ["published_by"], ["people.id"], name=op.f("fk_course_versions_published_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_versions")),
        sa.UniqueConstraint("course_id", "number", name=op.f("uq_course_versions_course_id_number")),
    )
    op.create_index(op.f("ix_course_versions_course_id"), "course_versions", ["course_id"], unique=False)
    op.create_index(
        "uq_course_versions_draft",
        "course_versions",
        ["course_id"],
        unique=True,
        sqlite_where=sa.text("state = 'draft'"),
        postgresql_where=sa.text("state = 'draft'"),
    )

    op.create_table(
        "employments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("position_id", sa.Uuid(), nullable=True),
        sa.Column("region_id", sa.Uuid(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_employments_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_employments_person_id")),
        sa.ForeignKeyConstraint(["position_id"], ["positions.id"], name=op.f("fk_employments_position_id")),
        sa.ForeignKeyConstraint(["region_id"], ["regions.id"], name=op.f("fk_employments_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employments")),
    )
    op.create_index(
        "ix_employments_organisation",
        "employments",
        ["organisation_id", "ended_at", "person_id"],
        unique=False,
    )
    op.create_index(op.f("ix_employments_person_id"), "employments", ["person_id"], unique=False)
    op.create_index(
        "uq_employments_open",
        "employments",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )

    op.create_table(
        "organisation_ancestry",
        sa.Column("descendant_id", sa.Uuid(), nullable=False),
        sa.Column("ancestor_id", sa.Uuid(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ancestor_id"], ["organisations.id"], name=op.f("fk_organisation_ancestry_ancestor_id")
        ),
        sa.ForeignKeyConstraint(
            ["descendant_id"], ["organisations.id"], name=op.f("fk_organisation_ancestry_descendant_id")
        ),
        sa.PrimaryKeyConstraint("descendant_id", "ancestor_id", name=op.f("pk_organisation_ancestry")),
    )
    op.create_index(
        "ix_organisation_ancestry_ancestor",
        "organisation_ancestry",
        ["ancestor_id", "descendant_id"],
        unique=False,
    )

    op.create_table(
        "partner_records",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("channel_manager_id", sa.Uuid(), nullable=True),
        sa.Column("joined_on", sa.Date(), nullable=True),
        sa.Column(
            "agreement",
            sa.Enum("none", "active", "ended", name="agreement", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_manager_id"], ["people.id"], name=op.f("fk_partner_records_channel_manager_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_partner_records_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_partner_records")),
    )
    op.create_index(
        op.f("ix_partner_records_channel_manager_id"), "partner_records", ["channel_manager_id"], unique=False
    )

    op.create_table(
        "role_grants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "learner",
                "partner_admin",
                "trainer",
                "channel_manager",
                "programme_manager",
                "administrator",
                "auditor",
                name="role",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("region_id", sa.Uuid(), nullable=True),
        sa.Column("granted_by", sa.Uuid(), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "organisation_id IS NULL OR region_id IS NULL", name=op.f("ck_role_grants_one_scope")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_role_grants_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_role_grants_person_id")),
        sa.ForeignKeyConstraint(["region_id"], ["regions.id"], name=op.f("fk_role_grants_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grants")),
    )
    op.create_index(op.f("ix_role_grants_person_id"), "role_grants", ["person_id"], unique=False)
    op.create_index("ix_role_grants_role", "role_grants", ["role", "person_id"], unique=False)

    op.create_table(
        "course_sections",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["course_versions.id"], name=op.f("fk_course_sections_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_sections")),
        sa.UniqueConstraint("version_id", "key", name=op.f("uq_course_sections_version_id_key")),
    )
    op.create_table(
        "course_activities",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("pictures", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("config", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["section_id"], ["course_sections.id"], name=op.f("fk_course_activities_section_id")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["course_versions.id"], name=op.f("fk_course_activities_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_activities")),
        sa.UniqueConstraint("version_id", "key", name=op.f("uq_course_activities_version_id_key")),
    )
    op.create_index("ix_course_activities_key", "course_activities", ["key"], unique=False)
    op.create_index("ix_course_activities_section", "course_activities", ["section_id"], unique=False)

    op.create_table(
        "enrolments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "self",
                "partner_admin",
                "trainer",
                "audience",
                "renewal",
                name="enrolmentsource",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("enrolled_by", sa.Uuid(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_count", sa.Integer(), nullable=False),
        sa.Column("resume_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_enrolments_course_id")),
        sa.ForeignKeyConstraint(["enrolled_by"], ["people.id"], name=op.f("fk_enrolments_enrolled_by")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_enrolments_person_id")),
        sa.ForeignKeyConstraint(
            ["resume_id"], ["course_activities.id"], name=op.f("fk_enrolments_resume_id")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["course_versions.id"], name=op.f("fk_enrolments_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolments")),
    )
    op.create_index("ix_enrolments_course", "enrolments", ["course_id", "id"], unique=False)
    op.create_index("ix_enrolments_person", "enrolments", ["person_id", "course_id", "id"], unique=False)
    op.create_index(
        "uq_enrolments_open",
        "enrolments",
        ["person_id", "course_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )

    op.create_table(
        "activity_results",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed", sa.Boolean(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("score", sa.Numeric(precision=20, scale=7), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("evidence", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["course_activities.id"], name=op.f("fk_activity_results_activity_id")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_activity_results_enrolment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_results")),
    )
    op.create_index(
        "ix_activity_results_enrolment", "activity_results", ["enrolment_id", "activity_id"], unique=False
    )

    op.create_table(
        "activity_states",
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("activity_key", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("score", sa.Numeric(precision=20, scale=7), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("place", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.CheckConstraint(
            "score IS NULL OR (score >= 0 AND score <= 1)", name=op.f("ck_activity_states_score")
        ),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["course_activities.id"], name=op.f("fk_activity_states_activity_id")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_activity_states_enrolment_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_activity_states_person_id")),
        sa.PrimaryKeyConstraint("enrolment_id", "activity_id", name=op.f("pk_activity_states")),
    )
    op.create_index("ix_activity_states_key", "activity_states", ["activity_key", "person_id"], unique=False)
    op.create_index(op.f("ix_activity_states_person_id"), "activity_states", ["person_id"], unique=False)

    op.create_table(
        "course_completions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("evidence", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_course_completions_course_id")),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_course_completions_enrolment_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_course_completions_person_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["course_versions.id"], name=op.f("fk_course_completions_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_completions")),
        sa.UniqueConstraint("enrolment_id", name=op.f("uq_course_completions_enrolment_id")),
    )
    op.create_index(
        op.f("ix_course_completions_course_id"), "course_completions", ["course_id"], unique=False
    )
    op.create_index(
        "ix_course_completions_person",
        "course_completions",
        ["person_id", "course_id", "completed_at"],
        unique=False,
    )

    outside = {
        "sqlite": (
            "CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries BEGIN SELECT RAISE(ABORT, 'audit_entries is append-only'); END",
            "CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries BEGIN SELECT RAISE(ABORT, 'audit_entries is append-only'); END",
            "CREATE VIRTUAL TABLE search_index USING fts5(title, body, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3')",
            "CREATE TRIGGER course_versions_published_update BEFORE UPDATE ON course_versions WHEN OLD.state = 'published' BEGIN SELECT RAISE(ABORT, 'a published course version never changes'); END",
            "CREATE TRIGGER course_versions_published_delete BEFORE DELETE ON course_versions WHEN OLD.state = 'published' BEGIN SELECT RAISE(ABORT, 'a published course version never changes'); END",
            "CREATE TRIGGER course_sections_published_insert_NEW BEFORE INSERT ON course_sections WHEN (SELECT state FROM course_versions WHERE id = NEW.version_id) = 'published' BEGIN SELECT RAISE(ABORT, 'a published course version never changes'); END",
            "CREATE TRIGGER course_sections_published_update_OLD BEFORE UPDATE ON course_sections WHEN (SELECT state FROM course_versions WHERE id = OLD.version_id) = 'published' BEGIN SELECT RAISE(ABORT, 'a published course version never changes'); END",
            "CREATE TRIGGER course_sections_published_update_NEW BEFORE UPDATE ON course_sections WHEN (SELECT state FROM course_versions WHERE id = NEW.version_id) = 'published' BEGIN SELECT RAISE(ABORT, 'a published course version never changes'); END",
            "CREATE TRIGGER course_sections_published_delete_OLD BEFORE DELETE ON course_sections WHEN (SELECT state FROM course_versions WHERE id = OLD.version_id) = 'published' BEGIN SELECT RAISE(ABORT, 'a published course version never changes'); END",
            "CREATE TRIGGER course_activities_published_insert_NEW BEFORE INSERT ON course_activities WHEN (SELECT state FROM course_versions WHERE id = NEW.version_id) = 'published' BEGIN SELECT RAISE(ABORT, 'a published course version never changes'); END",
            "CREATE TRIGGER course_activities_published_update_OLD BEFORE UPDATE ON course_activities WHEN (SELECT state FROM course_versions WHERE id = OLD.version_id) = 'published' BEGIN SELECT RAISE(ABORT, 'a published course version never changes'); END",
            "CREATE TRIGGER course_activities_published_update_NEW BEFORE UPDATE ON course_activities WHEN (SELECT state FROM course_versions WHERE id = NEW.version_id) = 'published' BEGIN SELECT RAISE(ABORT, 'a published course version never changes'); END",
            "CREATE TRIGGER course_activities_published_delete_OLD BEFORE DELETE ON course_activities WHEN (SELECT state FROM course_versions WHERE id = OLD.version_id) = 'published' BEGIN SELECT RAISE(ABORT, 'a published course version never changes'); END",
            "CREATE TRIGGER activity_results_no_update BEFORE UPDATE ON activity_results BEGIN SELECT RAISE(ABORT, 'activity_results is append-only'); END",
            "CREATE TRIGGER activity_results_no_delete BEFORE DELETE ON activity_results BEGIN SELECT RAISE(ABORT, 'activity_results is append-only'); END",
            "CREATE TRIGGER course_completions_no_update BEFORE UPDATE ON course_completions BEGIN SELECT RAISE(ABORT, 'course_completions is append-only'); END",
            "CREATE TRIGGER course_completions_no_delete BEFORE DELETE ON course_completions BEGIN SELECT RAISE(ABORT, 'course_completions is append-only'); END",
        ),
        "postgresql": (
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
            "CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE ON audit_entries FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            "CREATE TABLE search_index (document integer PRIMARY KEY REFERENCES search_documents (number) ON DELETE CASCADE, words tsvector NOT NULL)",
            "CREATE INDEX ix_search_index_words ON search_index USING gin (words)",
            "CREATE OR REPLACE FUNCTION refuse_published_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.state = 'published' THEN RAISE EXCEPTION 'a published course version never changes'; END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$",
            "CREATE TRIGGER course_versions_published BEFORE UPDATE OR DELETE ON course_versions FOR EACH ROW EXECUTE FUNCTION refuse_published_change()",
            "CREATE OR REPLACE FUNCTION refuse_published_part() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP <> 'INSERT' AND EXISTS (SELECT 1 FROM course_versions WHERE id = OLD.version_id AND state = 'published') THEN RAISE EXCEPTION 'a published course version never changes'; END IF; IF TG_OP <> 'DELETE' AND EXISTS (SELECT 1 FROM course_versions WHERE id = NEW.version_id AND state = 'published') THEN RAISE EXCEPTION 'a published course version never changes'; END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$",
            "CREATE TRIGGER course_sections_published BEFORE INSERT OR UPDATE OR DELETE ON course_sections FOR EACH ROW EXECUTE FUNCTION refuse_published_part()",
            "CREATE OR REPLACE FUNCTION refuse_published_part() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP <> 'INSERT' AND EXISTS (SELECT 1 FROM course_versions WHERE id = OLD.version_id AND state = 'published') THEN RAISE EXCEPTION 'a published course version never changes'; END IF; IF TG_OP <> 'DELETE' AND EXISTS (SELECT 1 FROM course_versions WHERE id = NEW.version_id AND state = 'published') THEN RAISE EXCEPTION 'a published course version never changes'; END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$",
            "CREATE TRIGGER course_activities_published BEFORE INSERT OR UPDATE OR DELETE ON course_activities FOR EACH ROW EXECUTE FUNCTION refuse_published_part()",
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
            "CREATE TRIGGER activity_results_append_only BEFORE UPDATE OR DELETE ON activity_results FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
            "CREATE TRIGGER course_completions_append_only BEFORE UPDATE OR DELETE ON course_completions FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        ),
    }
    for statement in outside[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(
            statement.replace("%", "%%") if op.get_bind().dialect.name == "postgresql" else statement
        )

    # Tables that point at each other; SQLite adds no constraint to a table that stands.
    if op.get_bind().dialect.name == "postgresql":
        op.create_foreign_key(
            "fk_courses_published_id", "courses", "course_versions", ["published_id"], ["id"]
        )
        op.create_foreign_key("fk_courses_draft_id", "courses", "course_versions", ["draft_id"], ["id"])
