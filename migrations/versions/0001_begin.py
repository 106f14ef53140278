"""begin

Rules: forward only, on real data, on SQLite and PostgreSQL. Never lock a big table for long: add columns
nullable, build indexes with postgresql_concurrently in a revision of their own, fill in batches in a job.
A column is dropped two releases after the code stopped using it.

Revision ID: 0001
Revises:
Create Date: 2026-11-23 11:12:00.208560
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
        "customers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("legal_name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
    )
    op.create_index(
        "uq_customers_domain",
        "customers",
        ["domain"],
        unique=True,
        sqlite_where=sa.text("domain <> ''"),
        postgresql_where=sa.text("domain <> ''"),
    )
    op.create_index("uq_customers_name", "customers", ["country", "name_key"], unique=True)

    op.create_table(
        "deal_numbers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("next", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal_numbers")),
    )
    op.create_table(
        "deal_terms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("terms", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal_terms")),
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
    op.create_index("ix_mails_state", "mails", ["state", "id"], unique=False)
    op.create_index("ix_mails_to", "mails", ["to"], unique=False)

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
        "packages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_packages")),
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
        "tier_ladder",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("needs", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_tier_ladder")),
        sa.UniqueConstraint("rank", name=op.f("uq_tier_ladder_rank")),
    )
    op.create_table(
        "certifications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("glyph", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("active", "retired", name="certificationstate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("defined_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name=op.f("fk_certifications_brand_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certifications")),
        sa.UniqueConstraint("code", name=op.f("uq_certifications_code")),
    )
    op.create_index(op.f("ix_certifications_brand_id"), "certifications", ["brand_id"], unique=False)

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
        "customer_keys",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_customer_keys_customer_id")),
        sa.PrimaryKeyConstraint("key", "customer_id", name=op.f("pk_customer_keys")),
    )
    op.create_index(op.f("ix_customer_keys_customer_id"), "customer_keys", ["customer_id"], unique=False)

    op.create_table(
        "gate_rules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "gate", sa.Enum("register_deal", name="gate", native_enum=False, length=40), nullable=False
        ),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("in_force", "withdrawn", name="rulestate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("requirement", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("defined_by", sa.Uuid(), nullable=True),
        sa.Column("in_force_from", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name=op.f("fk_gate_rules_brand_id")),
        sa.ForeignKeyConstraint(["defined_by"], ["people.id"], name=op.f("fk_gate_rules_defined_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_rules")),
        sa.UniqueConstraint("gate", "brand_id", "version", name=op.f("uq_gate_rules_gate_brand_id_version")),
    )
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
        "package_revisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("package_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "standard",
            sa.Enum(
                "scorm12", "scorm2004", "cmi5", "html", name="packagestandard", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("manifest", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stored_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["file_id"], ["stored_files.id"], name=op.f("fk_package_revisions_file_id")),
        sa.ForeignKeyConstraint(
            ["package_id"], ["packages.id"], name=op.f("fk_package_revisions_package_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_package_revisions")),
        sa.UniqueConstraint("package_id", "number", name=op.f("uq_package_revisions_package_id_number")),
    )
    op.create_table(
        "products",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("is_sold", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name=op.f("fk_products_brand_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
        sa.UniqueConstraint("code", name=op.f("uq_products_code")),
    )
    op.create_index(op.f("ix_products_brand_id"), "products", ["brand_id"], unique=False)

    op.create_table(
        "question_banks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["people.id"], name=op.f("fk_question_banks_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_banks")),
        sa.UniqueConstraint("name", name=op.f("uq_question_banks_name")),
    )
    op.create_table(
        "quizzes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("pass_percent", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("attempts_allowed", sa.Integer(), nullable=True),
        sa.Column("wait_days", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("shuffle_questions", sa.Boolean(), nullable=False),
        sa.Column("shuffle_choices", sa.Boolean(), nullable=False),
        sa.Column(
            "layout", sa.Enum("one", "all", name="layout", native_enum=False, length=40), nullable=False
        ),
        sa.Column(
            "review",
            sa.Enum(
                "score", "marks", "answers", "answers_at_end", name="review", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("pass_percent >= 0 AND pass_percent <= 100", name=op.f("ck_quizzes_pass_percent")),
        sa.ForeignKeyConstraint(["created_by"], ["people.id"], name=op.f("fk_quizzes_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quizzes")),
    )
    op.create_index("ix_quizzes_title", "quizzes", ["title", "id"], unique=False)

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
        "certification_cycles",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("certification_id", sa.Uuid(), nullable=False),
        sa.Column(
            "source",
            sa.Enum("assigned", "earned", "renewal", name="cyclesource", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assigned_by", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "ended_as",
            sa.Enum("certified", "exempt", name="cycleend", native_enum=False, length=40),
            nullable=True,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assigned_by"], ["people.id"], name=op.f("fk_certification_cycles_assigned_by")
        ),
        sa.ForeignKeyConstraint(
            ["certification_id"], ["certifications.id"], name=op.f("fk_certification_cycles_certification_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_certification_cycles_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certification_cycles")),
    )
    op.create_index(
        "ix_certification_cycles_due",
        "certification_cycles",
        ["certification_id", "closed_at", "due_on"],
        unique=False,
    )
    op.create_index(
        "ix_certification_cycles_history",
        "certification_cycles",
        ["person_id", "certification_id", "id"],
        unique=False,
    )
    op.create_index(
        "uq_certification_cycles_open",
        "certification_cycles",
        ["person_id", "certification_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )

    op.create_table(
        "certification_positions",
        sa.Column("certification_id", sa.Uuid(), nullable=False),
        sa.Column("position_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["certification_id"],
            ["certifications.id"],
            name=op.f("fk_certification_positions_certification_id"),
        ),
        sa.ForeignKeyConstraint(
            ["position_id"], ["positions.id"], name=op.f("fk_certification_positions_position_id")
        ),
        sa.PrimaryKeyConstraint("certification_id", "position_id", name=op.f("pk_certification_positions")),
    )
    op.create_index(
        op.f("ix_certification_positions_position_id"),
        "certification_positions",
        ["position_id"],
        unique=False,
    )

    op.create_table(
        "certification_rules",
        sa.Column("certification_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rule", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["certification_id"], ["certifications.id"], name=op.f("fk_certification_rules_certification_id")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name=op.f("fk_certification_rules_made_by")),
        sa.PrimaryKeyConstraint("certification_id", "version", name=op.f("pk_certification_rules")),
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
        sa.Column("intro_pictures", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
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
        "deals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "under_review",
                "pending_approval",
                "approved",
                "extended",
                "returned",
                "rejected",
                "withdrawn",
                "won",
                "lost",
                "expired",
                "cancelled",
                name="dealstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("submitter_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("customer_name", sa.Text(), nullable=False),
        sa.Column("customer_domain", sa.Text(), nullable=False),
        sa.Column("customer_country", sa.Text(), nullable=False),
        sa.Column("customer_postcode", sa.Text(), nullable=False),
        sa.Column("customer_city", sa.Text(), nullable=False),
        sa.Column("is_existing_customer", sa.Boolean(), nullable=False),
        sa.Column("contact_name", sa.Text(), nullable=False),
        sa.Column("contact_job", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("expected_close_on", sa.Date(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "partner", "marketing", "referral", "oem_lead", name="source", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("competitor", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decide_by_on", sa.Date(), nullable=True),
        sa.Column("protected_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returns", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_deals_amount_positive")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_deals_customer_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["organisations.id"], name=op.f("fk_deals_partner_id")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["people.id"], name=op.f("fk_deals_reviewer_id")),
        sa.ForeignKeyConstraint(["submitter_id"], ["people.id"], name=op.f("fk_deals_submitter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deals")),
        sa.UniqueConstraint("number", name=op.f("uq_deals_number")),
    )
    op.create_index("ix_deals_customer", "deals", ["customer_id", "state"], unique=False)
    op.create_index("ix_deals_partner", "deals", ["partner_id", "number"], unique=False)
    op.create_index("ix_deals_state", "deals", ["state", "decide_by_on", "number"], unique=False)
    op.create_index("ix_deals_submitter", "deals", ["submitter_id", "number"], unique=False)

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
        "gate_decisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "gate", sa.Enum("register_deal", name="gate", native_enum=False, length=40), nullable=False
        ),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("rule_id", sa.Uuid(), nullable=True),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("rule_name", sa.Text(), nullable=False),
        sa.Column("requirement", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("facts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name=op.f("fk_gate_decisions_brand_id")),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["organisations.id"], name=op.f("fk_gate_decisions_partner_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_gate_decisions_person_id")),
        sa.ForeignKeyConstraint(["rule_id"], ["gate_rules.id"], name=op.f("fk_gate_decisions_rule_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_decisions")),
    )
    op.create_index("ix_gate_decisions_partner", "gate_decisions", ["partner_id", "id"], unique=False)
    op.create_index("ix_gate_decisions_subject", "gate_decisions", ["subject_id", "id"], unique=False)

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
        "package_files",
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["package_revisions.id"], name=op.f("fk_package_files_revision_id")
        ),
        sa.PrimaryKeyConstraint("revision_id", "path", name=op.f("pk_package_files")),
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
        "partner_tiers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "left_by",
            sa.Enum("risen", "fallen", name="tiermove", native_enum=False, length=40),
            nullable=True,
        ),
        sa.Column("at_risk_since", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["organisations.id"], name=op.f("fk_partner_tiers_partner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_tiers")),
    )
    op.create_index("ix_partner_tiers_partner", "partner_tiers", ["partner_id", "since"], unique=False)
    op.create_index(
        "uq_partner_tiers_open",
        "partner_tiers",
        ["partner_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )

    op.create_table(
        "question_imports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bank_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["question_banks.id"], name=op.f("fk_question_imports_bank_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_files.id"], name=op.f("fk_question_imports_file_id")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["people.id"], name=op.f("fk_question_imports_uploaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_imports")),
    )
    op.create_index(op.f("ix_question_imports_bank_id"), "question_imports", ["bank_id"], unique=False)

    op.create_table(
        "question_pictures",
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("bank_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bank_id"], ["question_banks.id"], name=op.f("fk_question_pictures_bank_id")
        ),
        sa.ForeignKeyConstraint(["file_id"], ["stored_files.id"], name=op.f("fk_question_pictures_file_id")),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_question_pictures")),
        sa.UniqueConstraint("bank_id", "sha256", name=op.f("uq_question_pictures_bank_id_sha256")),
    )
    op.create_table(
        "questions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bank_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "type",
            sa.Enum(
                "single_choice",
                "multiple_choice",
                "true_false",
                "short_text",
                "numeric",
                "matching",
                name="questiontype",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("marks", sa.Numeric(precision=20, scale=7), nullable=False),
        sa.Column("tags", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["bank_id"], ["question_banks.id"], name=op.f("fk_questions_bank_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
    )
    op.create_index("ix_questions_bank", "questions", ["bank_id", "id"], unique=False)

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
        "standing_locks",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["organisations.id"], name=op.f("fk_standing_locks_partner_id")
        ),
        sa.PrimaryKeyConstraint("partner_id", name=op.f("pk_standing_locks")),
    )
    op.create_table(
        "certificates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("certification_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("predecessor_id", sa.Uuid(), nullable=True),
        sa.Column("employer_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("glyph", sa.Text(), nullable=False),
        sa.Column("maker", sa.Text(), nullable=False),
        sa.Column("brand_name", sa.Text(), nullable=False),
        sa.Column("evidence", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("valid_through", sa.Date(), nullable=False),
        sa.Column("renewal_opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counts_until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["certification_id", "rule_version"],
            ["certification_rules.certification_id", "certification_rules.version"],
            name=op.f("fk_certificates_certification_id_rule_version"),
        ),
        sa.ForeignKeyConstraint(
            ["certification_id"], ["certifications.id"], name=op.f("fk_certificates_certification_id")
        ),
        sa.ForeignKeyConstraint(
            ["cycle_id"], ["certification_cycles.id"], name=op.f("fk_certificates_cycle_id")
        ),
        sa.ForeignKeyConstraint(
            ["employer_id"], ["organisations.id"], name=op.f("fk_certificates_employer_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_certificates_person_id")),
        sa.ForeignKeyConstraint(
            ["predecessor_id"], ["certificates.id"], name=op.f("fk_certificates_predecessor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
        sa.UniqueConstraint("code", name=op.f("uq_certificates_code")),
        sa.UniqueConstraint("cycle_id", name=op.f("uq_certificates_cycle_id")),
    )
    op.create_index(
        "ix_certificates_person", "certificates", ["person_id", "certification_id", "id"], unique=False
    )

    op.create_table(
        "certification_rule_subjects",
        sa.Column("certification_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["certification_id", "version"],
            ["certification_rules.certification_id", "certification_rules.version"],
            name=op.f("fk_certification_rule_subjects_certification_id_version"),
        ),
        sa.PrimaryKeyConstraint(
            "certification_id", "version", "subject_id", name=op.f("pk_certification_rule_subjects")
        ),
    )
    op.create_index(
        "ix_certification_rule_subjects_subject",
        "certification_rule_subjects",
        ["subject_id", "certification_id", "version"],
        unique=False,
    )

    op.create_table(
        "course_sections",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["course_versions.id"], name=op.f("fk_course_sections_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_sections")),
        sa.UniqueConstraint("version_id", "key", name=op.f("uq_course_sections_version_id_key")),
    )
    op.create_table(
        "deal_claims",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_deal_claims_customer_id")),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name=op.f("fk_deal_claims_deal_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_deal_claims_product_id")),
        sa.PrimaryKeyConstraint("customer_id", "product_id", name=op.f("pk_deal_claims")),
    )
    op.create_index(op.f("ix_deal_claims_deal_id"), "deal_claims", ["deal_id"], unique=False)

    op.create_table(
        "deal_history",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column(
            "verb",
            sa.Enum(
                "save",
                "submit",
                "withdraw",
                "take",
                "approve",
                "return",
                "reject",
                "extend",
                "win",
                "lose",
                "cancel",
                "expire",
                "ask",
                name="verb",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "under_review",
                "pending_approval",
                "approved",
                "extended",
                "returned",
                "rejected",
                "withdrawn",
                "won",
                "lost",
                "expired",
                "cancelled",
                name="dealstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decision_ids", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["people.id"], name=op.f("fk_deal_history_actor_id")),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name=op.f("fk_deal_history_deal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal_history")),
    )
    op.create_index("ix_deal_history_deal", "deal_history", ["deal_id", "id"], unique=False)

    op.create_table(
        "deal_lines",
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_deal_lines_quantity_positive")),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name=op.f("fk_deal_lines_deal_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_deal_lines_product_id")),
        sa.PrimaryKeyConstraint("deal_id", "product_id", name=op.f("pk_deal_lines")),
    )
    op.create_index(op.f("ix_deal_lines_product_id"), "deal_lines", ["product_id"], unique=False)

    op.create_table(
        "question_tags",
        sa.Column("bank_id", sa.Uuid(), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["question_banks.id"], name=op.f("fk_question_tags_bank_id")),
        sa.ForeignKeyConstraint(["question_id"], ["questions.id"], name=op.f("fk_question_tags_question_id")),
        sa.PrimaryKeyConstraint("bank_id", "tag", "question_id", name=op.f("pk_question_tags")),
    )
    op.create_index("ix_question_tags_question", "question_tags", ["question_id"], unique=False)

    op.create_table(
        "question_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("bank_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("content", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("html", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("pictures", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["bank_id"], ["question_banks.id"], name=op.f("fk_question_versions_bank_id")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name=op.f("fk_question_versions_made_by")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_question_versions_question_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_versions")),
        sa.UniqueConstraint("question_id", "number", name=op.f("uq_question_versions_question_id_number")),
    )
    op.create_index("ix_question_versions_digest", "question_versions", ["bank_id", "digest"], unique=False)

    op.create_table(
        "quiz_draws",
        sa.Column("quiz_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=True),
        sa.Column("bank_id", sa.Uuid(), nullable=True),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(question_id IS NULL) <> (bank_id IS NULL)", name=op.f("ck_quiz_draws_one_source")
        ),
        sa.ForeignKeyConstraint(["bank_id"], ["question_banks.id"], name=op.f("fk_quiz_draws_bank_id")),
        sa.ForeignKeyConstraint(["question_id"], ["questions.id"], name=op.f("fk_quiz_draws_question_id")),
        sa.ForeignKeyConstraint(["quiz_id"], ["quizzes.id"], name=op.f("fk_quiz_draws_quiz_id")),
        sa.PrimaryKeyConstraint("quiz_id", "position", name=op.f("pk_quiz_draws")),
    )
    op.create_index(op.f("ix_quiz_draws_bank_id"), "quiz_draws", ["bank_id"], unique=False)
    op.create_index(op.f("ix_quiz_draws_question_id"), "quiz_draws", ["question_id"], unique=False)

    op.create_table(
        "certificate_marks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("revoked", "superseded", name="markkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("successor_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["by"], ["people.id"], name=op.f("fk_certificate_marks_by")),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificates.id"], name=op.f("fk_certificate_marks_certificate_id")
        ),
        sa.ForeignKeyConstraint(
            ["successor_id"], ["certificates.id"], name=op.f("fk_certificate_marks_successor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_marks")),
        sa.UniqueConstraint("certificate_id", "kind", name=op.f("uq_certificate_marks_certificate_id_kind")),
    )
    op.create_table(
        "certification_tracks",
        sa.Column("certification_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("met", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("certificate_id", sa.Uuid(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("valid_through", sa.Date(), nullable=True),
        sa.Column("renewal_opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counts_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("exempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificates.id"], name=op.f("fk_certification_tracks_certificate_id")
        ),
        sa.ForeignKeyConstraint(
            ["certification_id"], ["certifications.id"], name=op.f("fk_certification_tracks_certification_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_certification_tracks_person_id")),
        sa.PrimaryKeyConstraint("certification_id", "person_id", name=op.f("pk_certification_tracks")),
        sa.UniqueConstraint("certificate_id", name=op.f("uq_certification_tracks_certificate_id")),
    )
    op.create_index(
        "ix_certification_tracks_counting",
        "certification_tracks",
        ["certification_id", "person_id", "counts_until"],
        unique=False,
    )
    op.create_index(
        "ix_certification_tracks_person", "certification_tracks", ["person_id", "counts_until"], unique=False
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
        "attempts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("activity_key", sa.Uuid(), nullable=False),
        sa.Column("quiz_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("rules", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "ended_by",
            sa.Enum("learner", "time", name="endedby", native_enum=False, length=40),
            nullable=True,
        ),
        sa.Column("earned", sa.Numeric(precision=20, scale=7), nullable=True),
        sa.Column("marks", sa.Numeric(precision=20, scale=7), nullable=False),
        sa.Column("score", sa.Numeric(precision=20, scale=7), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.CheckConstraint("score IS NULL OR (score >= 0 AND score <= 1)", name=op.f("ck_attempts_score")),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["course_activities.id"], name=op.f("fk_attempts_activity_id")
        ),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolments.id"], name=op.f("fk_attempts_enrolment_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_attempts_person_id")),
        sa.ForeignKeyConstraint(["quiz_id"], ["quizzes.id"], name=op.f("fk_attempts_quiz_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
        sa.UniqueConstraint(
            "enrolment_id",
            "activity_key",
            "number",
            name=op.f("uq_attempts_enrolment_id_activity_key_number"),
        ),
    )
    op.create_index(
        "ix_attempts_deadline",
        "attempts",
        ["deadline_at"],
        unique=False,
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_index("ix_attempts_person", "attempts", ["person_id", "quiz_id"], unique=False)
    op.create_index(op.f("ix_attempts_quiz_id"), "attempts", ["quiz_id"], unique=False)
    op.create_index(
        "uq_attempts_open",
        "attempts",
        ["enrolment_id", "activity_key"],
        unique=True,
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    )

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

    op.create_table(
        "package_trackings",
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("elements", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("total_seconds", sa.Numeric(precision=20, scale=7), nullable=False),
        sa.Column("is_finished", sa.Boolean(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("reported_seconds", sa.Numeric(precision=20, scale=7), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["course_activities.id"], name=op.f("fk_package_trackings_activity_id")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_package_trackings_enrolment_id")
        ),
        sa.PrimaryKeyConstraint("enrolment_id", "activity_id", "item", name=op.f("pk_package_trackings")),
    )
    op.create_index(
        "ix_package_trackings_activity", "package_trackings", ["activity_id", "enrolment_id"], unique=False
    )

    op.create_table(
        "attempt_slots",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("order", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("is_flagged", sa.Boolean(), nullable=False),
        sa.Column("is_answered", sa.Boolean(), nullable=False),
        sa.Column("answer_count", sa.Integer(), nullable=False),
        sa.Column("given", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fraction", sa.Numeric(precision=20, scale=7), nullable=True),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f("fk_attempt_slots_attempt_id")),
        sa.ForeignKeyConstraint(["question_id"], ["questions.id"], name=op.f("fk_attempt_slots_question_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["question_versions.id"], name=op.f("fk_attempt_slots_version_id")
        ),
        sa.PrimaryKeyConstraint("attempt_id", "number", name=op.f("pk_attempt_slots")),
    )
    op.create_index(op.f("ix_attempt_slots_question_id"), "attempt_slots", ["question_id"], unique=False)
    op.create_index("ix_attempt_slots_version", "attempt_slots", ["version_id"], unique=False)

    op.create_table(
        "answers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("client_key", sa.Uuid(), nullable=False),
        sa.Column("given", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id", "slot"],
            ["attempt_slots.attempt_id", "attempt_slots.number"],
            name=op.f("fk_answers_attempt_id_slot"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers")),
        sa.UniqueConstraint("attempt_id", "client_key", name=op.f("uq_answers_attempt_id_client_key")),
        sa.UniqueConstraint("attempt_id", "slot", "number", name=op.f("uq_answers_attempt_id_slot_number")),
    )

    outside = {
        "sqlite": (
            "CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries BEGIN SELECT RAISE(ABORT, 'audit_entries is append-only'); END",
            "CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries BEGIN SELECT RAISE(ABORT, 'audit_entries is append-only'); END",
            "CREATE TRIGGER certification_rules_no_update BEFORE UPDATE ON certification_rules BEGIN SELECT RAISE(ABORT, 'certification_rules is append-only'); END",
            "CREATE TRIGGER certification_rules_no_delete BEFORE DELETE ON certification_rules BEGIN SELECT RAISE(ABORT, 'certification_rules is append-only'); END",
            "CREATE TRIGGER certification_rule_subjects_no_update BEFORE UPDATE ON certification_rule_subjects BEGIN SELECT RAISE(ABORT, 'certification_rule_subjects is append-only'); END",
            "CREATE TRIGGER certification_rule_subjects_no_delete BEFORE DELETE ON certification_rule_subjects BEGIN SELECT RAISE(ABORT, 'certification_rule_subjects is append-only'); END",
            "CREATE TRIGGER certificates_no_update BEFORE UPDATE ON certificates BEGIN SELECT RAISE(ABORT, 'certificates is append-only'); END",
            "CREATE TRIGGER certificates_no_delete BEFORE DELETE ON certificates BEGIN SELECT RAISE(ABORT, 'certificates is append-only'); END",
            "CREATE TRIGGER certificate_marks_no_update BEFORE UPDATE ON certificate_marks BEGIN SELECT RAISE(ABORT, 'certificate_marks is append-only'); END",
            "CREATE TRIGGER certificate_marks_no_delete BEFORE DELETE ON certificate_marks BEGIN SELECT RAISE(ABORT, 'certificate_marks is append-only'); END",
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
            "CREATE TRIGGER package_revisions_no_update BEFORE UPDATE ON package_revisions BEGIN SELECT RAISE(ABORT, 'package_revisions is append-only'); END",
            "CREATE TRIGGER package_revisions_no_delete BEFORE DELETE ON package_revisions BEGIN SELECT RAISE(ABORT, 'package_revisions is append-only'); END",
            "CREATE TRIGGER package_files_no_update BEFORE UPDATE ON package_files BEGIN SELECT RAISE(ABORT, 'package_files is append-only'); END",
            "CREATE TRIGGER package_files_no_delete BEFORE DELETE ON package_files BEGIN SELECT RAISE(ABORT, 'package_files is append-only'); END",
            "CREATE TRIGGER deal_history_no_update BEFORE UPDATE ON deal_history BEGIN SELECT RAISE(ABORT, 'deal_history is append-only'); END",
            "CREATE TRIGGER deal_history_no_delete BEFORE DELETE ON deal_history BEGIN SELECT RAISE(ABORT, 'deal_history is append-only'); END",
            "CREATE TRIGGER gate_rules_no_update BEFORE UPDATE ON gate_rules BEGIN SELECT RAISE(ABORT, 'gate_rules is append-only'); END",
            "CREATE TRIGGER gate_rules_no_delete BEFORE DELETE ON gate_rules BEGIN SELECT RAISE(ABORT, 'gate_rules is append-only'); END",
            "CREATE TRIGGER gate_decisions_no_update BEFORE UPDATE ON gate_decisions BEGIN SELECT RAISE(ABORT, 'gate_decisions is append-only'); END",
            "CREATE TRIGGER gate_decisions_no_delete BEFORE DELETE ON gate_decisions BEGIN SELECT RAISE(ABORT, 'gate_decisions is append-only'); END",
            "CREATE TRIGGER answers_no_update BEFORE UPDATE ON answers BEGIN SELECT RAISE(ABORT, 'answers is append-only'); END",
            "CREATE TRIGGER answers_no_delete BEFORE DELETE ON answers BEGIN SELECT RAISE(ABORT, 'answers is append-only'); END",
            "CREATE TRIGGER question_versions_no_update BEFORE UPDATE ON question_versions BEGIN SELECT RAISE(ABORT, 'question_versions is append-only'); END",
            "CREATE TRIGGER question_versions_no_delete BEFORE DELETE ON question_versions BEGIN SELECT RAISE(ABORT, 'question_versions is append-only'); END",
        ),
        "postgresql": (
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
            "CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE ON audit_entries FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
            "CREATE TRIGGER certification_rules_append_only BEFORE UPDATE OR DELETE ON certification_rules FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
            "CREATE TRIGGER certification_rule_subjects_append_only BEFORE UPDATE OR DELETE ON certification_rule_subjects FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
            "CREATE TRIGGER certificates_append_only BEFORE UPDATE OR DELETE ON certificates FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
            "CREATE TRIGGER certificate_marks_append_only BEFORE UPDATE OR DELETE ON certificate_marks FOR EACH ROW EXECUTE FUNCTION refuse_change()",
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
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
            "CREATE TRIGGER package_revisions_append_only BEFORE UPDATE OR DELETE ON package_revisions FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
            "CREATE TRIGGER package_files_append_only BEFORE UPDATE OR DELETE ON package_files FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
            "CREATE TRIGGER deal_history_append_only BEFORE UPDATE OR DELETE ON deal_history FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
            "CREATE TRIGGER gate_rules_append_only BEFORE UPDATE OR DELETE ON gate_rules FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
            "CREATE TRIGGER gate_decisions_append_only BEFORE UPDATE OR DELETE ON gate_decisions FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
            "CREATE TRIGGER answers_append_only BEFORE UPDATE OR DELETE ON answers FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
            "CREATE TRIGGER question_versions_append_only BEFORE UPDATE OR DELETE ON question_versions FOR EACH ROW EXECUTE FUNCTION refuse_change()",
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
