"""The record store's figures, over HTTP and beside it what the same bytes take without any."""

import re
import sqlite3
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import func, select, text

from bench.data import database_url_of, make_empty, thrown_away
from bench.figures import Figure, is_wanted
from bench.statements import filling, made, sending
from lms.kernel.db import db
from lms.lrs.models import BodyRow, StatementRow
from tests.support.serving import serving

BATCH: Final = 50
BATCHES: Final = 400
SINGLES: Final = 1200
WARM_UP: Final = 40
FILL_SECONDS: Final = 45.0
MOST: Final = 1_000_000


def figures(suffix: str) -> tuple[Figure, ...]:
    """Return the figures of the record store; those without a goal stand beside the others to be compared with."""
    return tuple(
        Figure(f"lrs.{name}{suffix}", unit, goal, at_least=at_least)
        for name, unit, goal, at_least in (
            ("batch_per_s", "statements/s", 8000, True),
            ("single_per_s", "statements/s", 400, True),
            ("server_cpu_us", "µs/statement", None, False),
            ("single_cpu_us", "µs/statement", None, False),
            ("no_http_per_s", "statements/s", None, False),
            ("bare_per_s", "statements/s", None, False),
            ("body_share", "of the raw JSON", 0.35, False),
            ("index_share", "of the raw JSON", None, False),
            ("filled", "statements", None, False),
            ("filter_ms.actor", "ms", 20, False),
            ("filter_ms.verb", "ms", 20, False),
            ("filter_ms.activity", "ms", 20, False),
            ("filter_ms.time", "ms", 20, False),
            ("filter_ms.actor_and_verb", "ms", 20, False),
        )
    )


def measure(pattern: str | None, database_url: str | None, suffix: str) -> dict[str, float]:
    """Return the figures of the record store that `pattern` asks for, and those measured along with them."""
    if not any(is_wanted(figure.name, pattern) for figure in figures(suffix)):
        return {}
    found = _over_http(database_url) | _without(database_url)
    return {f"lrs.{name}{suffix}": value for name, value in found.items()}


def _over_http(database_url: str | None) -> dict[str, float]:
    """Return what a running Guildhall takes in from four connections at once."""
    with tempfile.TemporaryDirectory(prefix="guildhall-bench-") as name:
        url = database_url_of(Path(name), database_url, name="guildhall_bench_lrs")
        named: dict[str, str] = {}
        if database_url:
            make_empty(url)
            named["LMS_DATABASE_URL"] = url.render_as_string(hide_password=False)
        with serving(Path(name), environment=named) as running:
            told = running.run("tokens", "create", "--name", "The bench", "--scope", "all")
            key, secret = re.findall(r"^(?:key|secret)\s+(\S+)$", told, re.MULTILINE)

            def requests(count: int, size: int, seed: int) -> Sequence[bytes]:
                return [
                    sending.request_of(body, port=running.port, key=key, secret=secret)
                    for body in made.ready(count, size, seed=seed)
                ]

            sending.rate(running.port, requests(WARM_UP, BATCH, 1))
            batches, singles = requests(BATCHES, BATCH, 2), requests(SINGLES, 1, 3)
            before = _spent(running.family())
            rate = sending.rate(running.port, batches) * BATCH
            between = _spent(running.family())
            found = {
                "batch_per_s": rate,
                "server_cpu_us": (between - before) / (BATCHES * BATCH) * 1e6,
                "single_per_s": sending.rate(running.port, singles),
            }
            found["single_cpu_us"] = (_spent(running.family()) - between) / SINGLES * 1e6
        if database_url:
            make_empty(url)
    return found


def _spent(family: Sequence[Any]) -> float:
    return float(sum(times.user + times.system for times in (one.cpu_times() for one in family)))


def _without(database_url: str | None) -> dict[str, float]:
    """Return what the same bytes take in this process alone, and then what is found in them how fast."""
    with thrown_away(database_url, name="guildhall_bench_lrs") as portal:
        key, credential = filling.make_key()
        filling.fill(credential, most=WARM_UP * BATCH, seconds=FILL_SECONDS)
        bodies = made.ready(BATCHES, BATCH, seed=2)
        began = time.perf_counter()
        for body in bodies:
            filling.take(body, credential)
        found = {"no_http_per_s": BATCHES * BATCH / (time.perf_counter() - began)}
        found["bare_per_s"] = _bare(bodies)
        count = filling.fill(credential, most=MOST, seconds=FILL_SECONDS, seed=4)
        settle()
        found["filled"] = count + (WARM_UP + BATCHES) * BATCH
        found |= shares()
        db.session.remove()
        asked = filling.filters(portal, key)
        return found | {f"filter_ms.{name}": value for name, value in asked.items()}


def _bare(bodies: Sequence[bytes]) -> float:
    """Return how many statements a second are read as JSON and stored with their id, and nothing else of ours."""
    connection = db.engine.raw_connection()
    driver: Any = connection.driver_connection
    is_sqlite = isinstance(driver, sqlite3.Connection)
    blob, mark = ("BLOB", "?") if is_sqlite else ("BYTEA", "%s")
    cursor = driver.cursor()
    cursor.execute(f"CREATE TABLE bench_bare (seq BIGINT PRIMARY KEY, id {blob} UNIQUE, body {blob})")
    driver.commit()
    seq, began = 0, time.perf_counter()
    for body in bodies:
        if is_sqlite:
            cursor.execute("BEGIN IMMEDIATE")
        rows = []
        for seq, raw in enumerate(_RAW.decode(body), start=seq + 1):  # noqa: B020  it goes on where it was
            rows.append((seq, UUID(msgspec.json.decode(raw)["id"]).bytes, bytes(raw)))
        cursor.executemany(f"INSERT INTO bench_bare VALUES ({mark}, {mark}, {mark})", rows)  # noqa: S608  a mark
        driver.commit()
    rate = len(bodies) * BATCH / (time.perf_counter() - began)
    cursor.execute("DROP TABLE bench_bare")
    driver.commit()
    connection.close()
    return rate


_RAW: Final = msgspec.json.Decoder(list[msgspec.Raw])


def settle() -> None:
    """Let PostgreSQL know what is there, as its own housekeeping does in time."""
    db.session.remove()
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))


def shares() -> dict[str, float]:
    """Return what bodies, and all the rest, take of the room that the JSON as it came would."""
    raw = db.session.scalar(select(func.sum(StatementRow.raw_bytes))) or 1
    bodies = db.session.scalar(select(func.sum(func.length(BodyRow.body)))) or 0
    if db.engine.dialect.name == "postgresql":
        whole = db.session.scalar(text("SELECT pg_database_size(current_database())"))
    else:
        whole = db.session.scalar(
            text("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
        )
    return {
        "body_share": float(bodies) / float(raw),
        "index_share": (float(whole or 0) - float(bodies)) / float(raw),
    }
