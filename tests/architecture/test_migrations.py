"""Migrations: a new installation, a migrated one and the models are the same database."""

import re

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import upgrade
from sqlalchemy import create_engine, event, inspect, text

from lms.app import settings
from lms.app.factory import create_app, migrations_folder
from lms.kernel.db import Base, db
from tests.support.portal import build_schema

TRIGGERS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' OR name LIKE 'search_index%' ORDER BY name",
    "postgresql": (
        "SELECT c.relname || '.' || t.tgname AS name, pg_get_triggerdef(t.oid) AS sql FROM pg_trigger t "
        "JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal "
        "UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'search_index' ORDER BY 1"
    ),
}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def databases(request, tmp_path):
    """Return the URLs of two empty databases of one kind."""
    if request.param == "sqlite":
        return [f"sqlite:///{tmp_path / name}.db" for name in ("migrated", "made")]
    server = request.getfixturevalue("postgres")
    return [server.clone(), server.clone()]


def test_there_is_one_line_of_history():
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()))
    assert len(ScriptDirectory.from_config(config).get_heads()) == 1


def compared_with_models():
    """Return how the current database differs from the models, and its triggers and search index."""
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_name": lambda name, _kind, _parents: (
                    "search_index" not in (name or "") and name != "alembic_version"
                ),
            },
        )
        differences = compare_metadata(context, Base.metadata)
        return differences, connection.execute(text(TRIGGERS[db.engine.dialect.name])).all()


def test_a_migrated_database_is_what_the_models_say(databases, tmp_path):
    migrated, made = databases
    environment = {"LMS_DATA_DIR": str(tmp_path), "LMS_DATABASE_URL": migrated, "LMS_LOG_LEVEL": "ERROR"}
    with create_app(settings.read(environment)).app_context():
        try:
            upgrade(directory=str(migrations_folder()))
            differences, by_history = compared_with_models()
        finally:
            db.engine.dispose()  # a failing comparison must not fail the next test too
    assert differences == []
    build_schema(made)
    engine = create_engine(made)
    with engine.connect() as connection:
        by_models = connection.execute(text(TRIGGERS[engine.dialect.name])).all()
    engine.dispose()
    assert by_history == by_models
    assert by_history


@pytest.fixture
def old_installation(request, tmp_path):
    """Yield a portal on a PostgreSQL database of revision 0014, the last before such indexes were built with care."""
    url = request.getfixturevalue("postgres").clone()
    environment = {"LMS_DATA_DIR": str(tmp_path), "LMS_DATABASE_URL": url, "LMS_LOG_LEVEL": "ERROR"}
    with create_app(settings.read(environment)).app_context():
        try:
            upgrade(directory=str(migrations_folder()), revision="0014")
            yield
        finally:
            db.engine.dispose()


def revisions_after(revision):
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()))
    walked = ScriptDirectory.from_config(config).iterate_revisions("head", revision)
    return [one.revision for one in walked][::-1]


@pytest.mark.postgresql
@pytest.mark.usefixtures("old_installation")
def test_an_index_of_a_table_in_use_is_built_without_stopping_who_writes_to_it():
    said = []
    event.listen(db.engine, "before_cursor_execute", lambda *told: said.append(told[2]))
    stops = []
    for revision in revisions_after("0014"):
        in_use = set(inspect(db.engine).get_table_names())
        said.clear()
        upgrade(directory=str(migrations_folder()), revision=revision)
        built = [re.match(r"CREATE (?:UNIQUE )?INDEX (CONCURRENTLY )?.*? ON (\w+)", one) for one in said]
        stops += [found[0] for found in built if found and found[2] in in_use and not found[1]]
    assert stops == []


@pytest.mark.postgresql
@pytest.mark.usefixtures("old_installation")
def test_an_upgrade_that_was_killed_while_it_built_an_index_runs_again():
    with db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE enrolments ADD COLUMN planned_for DATE"))
        # As PostgreSQL leaves it: an index of the name, and not what was asked for.
        connection.execute(text("CREATE INDEX ix_enrolments_due ON enrolments (id)"))
        connection.execute(text("CREATE INDEX ix_package_files_sha256 ON package_files (path)"))
    upgrade(directory=str(migrations_folder()))
    differences, _triggers = compared_with_models()
    assert differences == []
