"""search sights

Who sees people and courses in the search is asked when it is looked for, no longer written beside each of them. What was
written is not read any more and goes: rows alone are touched, no table is locked.

Revision ID: 0023
Revises: 0022
Create Date: 2026-11-27 04:40:00
"""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "DELETE FROM search_readers WHERE document IN"
        " (SELECT number FROM search_documents WHERE kind IN ('person', 'course'))"
    )
