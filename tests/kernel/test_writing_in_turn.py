"""SQLite's writers, one after the other: nobody is passed over or left waiting, and the log stays small."""

import multiprocessing
import sqlite3
import time

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from lms.kernel import db as kernel_db
from lms.kernel.db import tune_engine

PAGES, ROUNDS, WRITERS = 60, 200, 3
LOG_BYTES = 4_000 * 4_120
"""The log is copied back once it has so many pages."""


def engine_on(path):
    engine = create_engine(f"sqlite:///{path}")
    tune_engine(engine)
    return engine


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "some.db"
    with engine_on(path).begin() as connection:
        connection.execute(text("CREATE TABLE kept (id INTEGER PRIMARY KEY, body BLOB)"))
    return path


def write(path, seed):
    """Change sixty pages in each transaction, again and again without a pause."""
    engine, rows = engine_on(path), [{"id": seed * PAGES + number} for number in range(PAGES)]
    for _round in range(ROUNDS):
        with engine.begin() as connection:
            connection.execute(
                text("INSERT OR REPLACE INTO kept VALUES (:id, randomblob(3500))"),
                rows,
            )


def test_the_log_starts_anew_while_several_processes_write_without_a_pause(path):
    log = path.with_name("some.db-wal")
    fork = multiprocessing.get_context("fork")
    writers = [fork.Process(target=write, args=(path, seed)) for seed in range(WRITERS)]
    # Who watches keeps the log in place after the last of them.
    with sqlite3.connect(path) as watching:
        watching.execute("SELECT count(*) FROM kept").fetchall()
        watching.commit()
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        size = log.stat().st_size
    assert [writer.exitcode for writer in writers] == [0] * WRITERS
    assert PAGES * ROUNDS * WRITERS * 4_120 > 4 * LOG_BYTES, "too little is written to tell"
    assert size < 1.5 * LOG_BYTES


def test_who_waits_for_a_turn_that_never_comes_is_told_and_the_turn_is_free_afterwards(path, monkeypatch):
    monkeypatch.setattr(kernel_db, "BUSY_MS", 200)
    one, other = engine_on(path), engine_on(path)
    with one.begin(), pytest.raises(OperationalError, match="locked"), other.begin():
        pass
    began = time.monotonic()
    with other.begin() as connection:
        connection.execute(text("INSERT INTO kept VALUES (1, NULL)"))
    assert time.monotonic() - began < 0.1


def test_a_connection_that_is_closed_in_its_turn_leaves_it_to_the_next(path):
    one, other = engine_on(path), engine_on(path)
    left = one.connect()
    left.begin()
    left.invalidate()
    with other.begin() as connection:
        connection.execute(text("INSERT INTO kept VALUES (1, NULL)"))
