"""Migrations that change a table's text in place: its rows and all that guards them are as they were."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from flask_migrate import upgrade
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from lms.app import settings
from lms.app.factory import create_app, migrations_folder
from lms.kernel.db import db

ROWS = (
    """
    INSERT INTO xapi_credentials (id, key, secret_hash, name, scopes, per_minute, limit_bytes, made_at)
    VALUES (:credential, 'k', :bytes, 'A tool', '[]', 1, 1, :now)
    """,
    """
    INSERT INTO xapi_statements
        (seq, statement_id, content, timestamp, stored_at, credential_id, version, raw_bytes, is_voiding)
    VALUES (1, :id, :bytes, :now, :now, :credential, '1.0.3', 2, false)
    """,
    "INSERT INTO xapi_bodies (seq, body) VALUES (1, :bytes)",
)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def old_store(request, tmp_path):
    """Yield a portal with a statement, on a database of the revision before statements lost two foreign keys."""
    is_sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path / 'old.db'}" if is_sqlite else request.getfixturevalue("postgres").clone()
    environment = {"LMS_DATA_DIR": str(tmp_path), "LMS_DATABASE_URL": url, "LMS_LOG_LEVEL": "ERROR"}
    with create_app(settings.read(environment)).app_context():
        try:
            upgrade(directory=str(migrations_folder()), revision="0025")
            now = datetime(2026, 11, 27, tzinfo=UTC)
            given = {
                "credential": str(uuid4()) if not is_sqlite else uuid4().hex,
                "id": str(uuid4()) if not is_sqlite else uuid4().hex,
                "bytes": b"{}",
                "now": str(now.replace(tzinfo=None)) if is_sqlite else now,
            }
            with db.engine.begin() as connection:
                for row in ROWS:
                    connection.execute(text(row), given)
            yield
        finally:
            db.engine.dispose()


@pytest.mark.usefixtures("old_store")
def test_a_foreign_key_goes_and_the_rows_and_their_guards_stay():
    upgrade(directory=str(migrations_folder()))
    is_sqlite = db.engine.dialect.name == "sqlite"
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT seq, body FROM xapi_bodies")).all() == [(1, b"{}")]
        assert connection.execute(text("SELECT count(*) FROM xapi_statements")).scalar() == 1
        if is_sqlite:
            assert connection.exec_driver_sql("PRAGMA integrity_check").all() == [("ok",)]
            assert connection.exec_driver_sql("PRAGMA foreign_key_list(xapi_bodies)").all() == []
    for table in ("xapi_statements", "xapi_bodies", "xapi_credentials"):
        with pytest.raises(DBAPIError, match="append-only"), db.engine.begin() as connection:
            connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608  a name of ours
