"""documents

Bundles of certificates that somebody asked for, and certificates whose document waits. New tables alone.

Revision ID: 0039
Revises: 0038
Create Date: 2026-11-27 20:00:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

STATES = ("setting", "ready", "failed")


def upgrade() -> None:
    op.create_table(
        "certificate_bundles",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("certification_id", sa.Uuid(), nullable=True),
        sa.Column(
            "state", sa.Enum(*STATES, name="bundlestate", native_enum=False, length=40), nullable=False
        ),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.Column("zip_sha256", sa.Text(), nullable=True),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("packed_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["people.id"], name=op.f("fk_certificate_bundles_asked_by")),
        sa.ForeignKeyConstraint(
            ["certification_id"],
            ["certifications.id"],
            name=op.f("fk_certificate_bundles_certification_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["organisations.id"], name=op.f("fk_certificate_bundles_partner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_bundles")),
    )
    op.create_index("ix_certificate_bundles_asker", "certificate_bundles", ["asked_by", "id"])
    op.create_index("ix_certificate_bundles_state", "certificate_bundles", ["state", "asked_at"])
    op.create_index(op.f("ix_certificate_bundles_partner_id"), "certificate_bundles", ["partner_id"])
    op.create_index(
        op.f("ix_certificate_bundles_certification_id"), "certificate_bundles", ["certification_id"]
    )
    op.create_table(
        "certificate_bundle_items",
        sa.Column("bundle_id", sa.Uuid(), nullable=False),
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bundle_id"],
            ["certificate_bundles.id"],
            name=op.f("fk_certificate_bundle_items_bundle_id"),
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificates.id"],
            name=op.f("fk_certificate_bundle_items_certificate_id"),
        ),
        sa.PrimaryKeyConstraint("bundle_id", "certificate_id", name=op.f("pk_certificate_bundle_items")),
    )
    op.create_index("ix_certificate_bundle_items_certificate", "certificate_bundle_items", ["certificate_id"])
    op.create_table(
        "certificate_document_waits",
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificates.id"],
            name=op.f("fk_certificate_document_waits_certificate_id"),
        ),
        sa.PrimaryKeyConstraint("certificate_id", name=op.f("pk_certificate_document_waits")),
    )


def downgrade() -> None:
    for table in ("certificate_document_waits", "certificate_bundle_items", "certificate_bundles"):
        op.drop_table(table)
