"""${message}

Rules: forward only, on real data, on SQLite and PostgreSQL. Never lock a big table for long: add columns
nullable, build indexes by lms.kernel.migrating.build_index, first in their revision, fill in batches in a job.
A column is dropped two releases after the code stopped using it.

Revision ID: ${up_revision}
Revises: ${down_revision | comma,n}
Create Date: ${create_date}
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}
