"""The test session's PostgreSQL: shared, cloned from templates, and gone when its users are."""

import subprocess
import sys
import time
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from tests.support.postgres import ROOT, Server, session_server

pytestmark = pytest.mark.postgresql


def rows_of(url: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        return connection.execute(statement).fetchall()


def build(url: str) -> None:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("CREATE TABLE people AS SELECT 'Ada' AS name")


def test_a_clone_holds_what_its_template_holds_and_changes_alone(postgres: Server) -> None:
    template = postgres.template("people", build)
    one, other = postgres.clone(template), postgres.clone(template)
    rows_of(one, "INSERT INTO people VALUES ('Grace') RETURNING name")
    assert rows_of(one, "SELECT name FROM people") == [("Ada",), ("Grace",)]
    assert rows_of(other, "SELECT name FROM people") == [("Ada",)]
    postgres.drop(one)
    postgres.drop(other)
    with pytest.raises(psycopg.OperationalError):
        rows_of(one, "SELECT 1")


def test_a_template_is_built_once(postgres: Server) -> None:
    built: list[str] = []

    def build_and_count(url: str) -> None:
        build(url)
        built.append(url)

    name = f"once_{uuid4().hex[:8]}"
    assert postgres.template(name, build_and_count) == postgres.template(name, build_and_count)
    assert len(built) == 1


def test_a_database_of_someone_else_is_not_dropped(postgres: Server) -> None:
    with pytest.raises(ValueError, match="was not made here"):
        postgres.drop("postgresql+psycopg:///postgres")


def test_the_server_goes_when_its_last_user_is_killed() -> None:
    session = uuid4().hex
    program = f"""
import time
from tests.support.postgres import session_server
with session_server({session!r}) as server:
    print(server.clone(), flush=True)
    time.sleep(60)
"""
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as user:
        assert user.stdout is not None
        url = user.stdout.readline().strip()
        with session_server(session) as shared:
            user.kill()
            time.sleep(0.3)
            assert rows_of(url, "SELECT 1") == [(1,)], "it stopped under a user"
            assert shared.clone() != url
    folder = Path(url.partition("host=")[2].partition("&")[0].replace("%2F", "/")).parent
    for _ in range(200):
        if not folder.exists():
            break
        time.sleep(0.05)
    assert not folder.exists(), "the server or its data outlived the session"
    with pytest.raises(psycopg.OperationalError):
        rows_of(url, "SELECT 1")
