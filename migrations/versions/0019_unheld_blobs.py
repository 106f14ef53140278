"""unheld blobs

Since when nothing refers to a blob, and indexes that find who does. The indexes stand on tables that may be large, so
they are built beside their use.

Revision ID: 0019
Revises: 0018
Create Date: 2026-11-26 21:55:00
"""

import sqlalchemy as sa
from alembic import op

from lms.kernel.migrating import build_index

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    build_index("ix_package_files_sha256", "package_files", ["sha256"])
    build_index("ix_xapi_attachments_blob_sha256", "xapi_attachments", ["blob_sha256"])
    op.create_table(
        "unheld_blobs",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_unheld_blobs")),
    )
