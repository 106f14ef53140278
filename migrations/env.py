"""Runs revisions for whichever database the application is set to."""

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import JSON

from lms.kernel.db import UtcDateTime

# Made by statements of their own: SQLAlchemy has no words for them (see `also_create`).
OUTSIDE_THE_MODELS = ("search_index",)


def is_ours(name: str | None, kind: str) -> bool:
    """Return whether a thing of the database is described by the models."""
    return not (kind in {"table", "index"} and (name or "").replace("ix_", "").startswith(OUTSIDE_THE_MODELS))


def render_item(kind: str, value: Any, _autogen: Any) -> str | bool:
    """Write our column types as plain SQLAlchemy, so that a revision never changes with the code."""
    if kind == "type" and isinstance(value, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(value, JSON):
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def run() -> None:
    """Run the revisions asked for, each in a transaction of its own."""
    db = current_app.extensions["migrate"].db
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            transaction_per_migration=True,
            compare_type=True,
            include_name=lambda name, kind, _parents: is_ours(name, kind),
            render_item=render_item,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
