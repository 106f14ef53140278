"""The database: declarative base, column types, engine behaviour on SQLite and PostgreSQL."""

import fcntl
import os
import secrets
import sqlite3
import threading
import time
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NewType
from uuid import UUID

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    DDL,
    JSON,
    BigInteger,
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    Enum,
    Executable,
    MetaData,
    Numeric,
    Text,
    Uuid,
    event,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.orm import DeclarativeBase, TypeResolve, registry
from sqlalchemy.sql.expression import SQLColumnExpression
from sqlalchemy.types import TypeDecorator, TypeEngine

from lms.kernel import clock

READ_ONLY: ContextVar[bool] = ContextVar("read_only", default=False)
"""Whether a transaction begun in this context may only read; `lms.kernel.uow` sets it."""

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Refuses a naive datetime on the way in and gives aware UTC on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        """Return what it holds; SQLAlchemy would say `object` for a type of ours."""
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware datetime into what the dialect stores."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  the base's shape
        """Give the instant back as aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


JsonValue = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class Base(DeclarativeBase):
    """The typed base of every table."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={
            datetime: UtcDateTime(),
            UUID: Uuid(),
            str: Text(),
            int: BigInteger(),
            Decimal: Numeric(20, 7),
            dict[str, Any]: JsonValue,
            list[str]: JsonValue,
            list[Any]: JsonValue,
        },
    )


@event.listens_for(Base.registry, "resolve_type_annotation")
def _resolve_annotation(wanted: TypeResolve) -> TypeEngine[Any] | None:
    """Store an id type as what it is made of, and an enum as its value in a checked text column."""
    found = wanted.resolved_type
    if isinstance(found, NewType):
        return wanted.resolve(found.__supertype__)
    if isinstance(found, type) and issubclass(found, StrEnum):
        return Enum(
            found,
            native_enum=False,
            length=40,
            create_constraint=False,
            values_callable=lambda kinds: [kind.value for kind in kinds],
        )
    return None


db = SQLAlchemy(model_class=Base, disable_autonaming=True, session_options={"expire_on_commit": False})

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


_newest = [0]
_newest_lock = threading.Lock()
_SAME_MOMENT = 1 << 22  # about a second, in steps of 1/4096 ms


def new_id() -> UUID:
    """Return a new UUIDv7 (RFC 9562 §5.7, method 3 of §6.2) by the house's clock.

    Within one process ids rise in the order they are made, also while the clock stands still.
    """
    at = clock.now()
    millisecond, rest = divmod(int(at.timestamp()) * 1_000_000 + at.microsecond, 1000)
    step = millisecond << 12 | (rest << 12) // 1000
    with _newest_lock:
        if 0 <= _newest[0] - step < _SAME_MOMENT:
            step = _newest[0] + 1
        _newest[0] = step
    return UUID(int=(step >> 12) << 80 | 0x7 << 76 | (step & 0xFFF) << 64 | 0b10 << 62 | secrets.randbits(62))


def first_id_at(instant: datetime) -> UUID:
    """Return the lowest id that may have been made at `instant`, for ranges of time over ids."""
    return UUID(int=(int(instant.timestamp() * 1000) << 80) | 0x7 << 76 | 0b10 << 62)


OUTSIDE_MODELS: list[tuple[str, str]] = []
"""Every (dialect, statement) given to `also_create`, in order."""


def also_create(table: type[Base], *, sqlite: Sequence[str] = (), postgresql: Sequence[str] = ()) -> None:
    """Run these statements after `table` is made, for what the models cannot say; migrations say them again.

    tests/architecture compares what both ways of making a database leave behind.
    """
    for dialect, statements in (("sqlite", sqlite), ("postgresql", postgresql)):
        OUTSIDE_MODELS.extend((dialect, statement) for statement in statements)
        for statement in statements:
            ddl = DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
            event.listen(table.__table__, "after_create", ddl.execute_if(dialect=dialect))


def append_only(table: type[Base]) -> None:
    """Let the database itself refuse to change or delete a row of `table`, whoever asks."""
    _refuse(table, "append_only", "UPDATE", "DELETE")


def append_only_but_owner(table: type[Base], *, handed_over: str) -> None:
    """Let the database itself refuse to change or delete a row of `table`, but for its `person_id` on one condition.

    `handed_over` is the SQL that says of OLD.person_id and NEW.person_id that the one's rows are the other's now.
    """
    name = table.__tablename__
    columns = [column.name for column in table.__table__.columns if column.name != "person_id"]
    as_before = " AND ".join(f"NEW.{column} IS OLD.{column}" for column in columns)
    also_create(
        table,
        sqlite=[
            (
                f"CREATE TRIGGER {name}_no_update BEFORE UPDATE ON {name} "
                f"WHEN NOT ({as_before} AND {handed_over}) "
                f"BEGIN SELECT RAISE(ABORT, '{name} is append-only'); END"
            ),
            (
                f"CREATE TRIGGER {name}_no_delete BEFORE DELETE ON {name} "
                f"BEGIN SELECT RAISE(ABORT, '{name} is append-only'); END"
            ),
        ],
        postgresql=[
            (
                "CREATE OR REPLACE FUNCTION refuse_unless_handed_over() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'person_id' = to_jsonb(OLD) - 'person_id' "
                f"AND {handed_over} THEN RETURN NEW; END IF; "
                "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
            ),
            (
                f"CREATE TRIGGER {name}_append_only BEFORE UPDATE OR DELETE ON {name} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_unless_handed_over()"
            ),
        ],
    )


def never_deleted(table: type[Base]) -> None:
    """Let the database itself refuse to delete a row of `table`, whoever asks."""
    _refuse(table, "no_delete", "DELETE")


def _refuse(table: type[Base], suffix: str, *acts: str) -> None:
    name = table.__tablename__
    also_create(
        table,
        sqlite=[
            (
                f"CREATE TRIGGER {name}_no_{act.lower()} BEFORE {act} ON {name} "
                f"BEGIN SELECT RAISE(ABORT, '{name} is append-only'); END"
            )
            for act in acts
        ],
        postgresql=[
            (
                "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
            ),
            (
                f"CREATE TRIGGER {name}_{suffix} BEFORE {' OR '.join(acts)} ON {name} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            ),
        ],
    )


AnyColumn = SQLColumnExpression[Any]
"""A column or SQL expression that a filter is built on."""


def fetch(query: Executable, given: Mapping[str, Any]) -> CursorResult[*tuple[Any, ...]]:
    """Run a query of columns, built once, and return its rows, past the ORM's loading: half of what one costs.

    What the session has not written yet is written first, as it is before the session's own queries.
    """
    db.session.flush()
    return db.session.connection().execute(query, given)


BUSY_MS = 20_000
"""How long SQLite's writers wait for each other."""
FRESH_SECONDS = 1.0
"""How long a connection to PostgreSQL that came back is taken to be alive; one that rested longer is asked first."""
LOOKS_AGAIN_SECONDS = 0.0003
"""How often the first of those who wait to write looks whether it is its turn."""


def tune_engine(engine: Engine) -> None:
    """Give one engine the house's transaction rules; see `lms.kernel.uow` for who sets read-only."""
    if engine.dialect.name == "sqlite":
        _tune_sqlite(engine)
    elif engine.dialect.name == "postgresql":
        _tune_postgresql(engine)


class _Connection(sqlite3.Connection):
    """A connection to SQLite that keeps its turn to write until its transaction is over."""

    line: int | None = None
    turn: int | None = None

    def commit(self) -> None:
        """Commit, copy the log back if that is due, and only then let the next one write.

        Whoever begins while the log is copied back writes on where it ends, so that it could never start anew: it
        would grow, and be copied back after each commit, as long as there is much to write.
        """
        try:
            super().commit()
        finally:
            self._leave()

    def rollback(self) -> None:
        """Undo, and let the next one write."""
        try:
            super().rollback()
        finally:
            self._leave()

    def close(self) -> None:
        """Close it, and with it what it stood in line by."""
        super().close()
        for held in (self.line, self.turn):
            if held is not None:
                os.close(held)
        self.line = self.turn = None

    def begin_writing(self, path: str) -> None:
        """Begin as the one writer, after those who came before; the first of those who wait looks again and again.

        SQLite's own waiting sleeps up to a hundred milliseconds at a time, in which nobody writes though many want to,
        and whoever has just written would be first again. The kernel keeps the line, and no dead in it. Past BUSY_MS
        SQLite has the last word.
        """
        if self.line is None or self.turn is None:
            # Beside the database, and opened by each connection: a lock is of an open file.
            self.line, self.turn = _open(f"{path}-line"), _open(f"{path}-turn")
        fcntl.flock(self.line, fcntl.LOCK_EX)
        try:
            until = time.monotonic() + BUSY_MS / 1000
            while not _taken(self.turn) and time.monotonic() < until:
                time.sleep(LOOKS_AGAIN_SECONDS)
            self.execute("BEGIN IMMEDIATE")
        except BaseException:
            self._leave()
            raise
        finally:
            fcntl.flock(self.line, fcntl.LOCK_UN)

    def _leave(self) -> None:
        if self.turn is not None and not self.in_transaction:
            fcntl.flock(self.turn, fcntl.LOCK_UN)


def _open(path: str) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _taken(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _tune_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "do_connect")
    def on_dial(_dialect: Any, _record: Any, _positional: Any, named: dict[str, Any]) -> None:
        named["factory"] = _Connection

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: object) -> None:
        # The driver's own BEGIN is deferred and would let two writers dead-lock on upgrade.
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_MS}",
            "cache_size=-16000",
            # Small sorts stay in memory all the same; one of millions of rows goes to a file and not into the process.
            "temp_store=FILE",
            # A page that changes often is copied back once for all of them.
            "wal_autocheckpoint=4000",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Any) -> None:
        read_only = READ_ONLY.get()
        # Said only when it changes: this pragma makes SQLite forget every statement it has prepared, and preparing
        # them anew costs more than most of them do (pragma.c, OP_Expire after a flag).
        if connection.info.get("read_only") is not read_only:
            connection.exec_driver_sql(f"PRAGMA query_only={int(read_only)}")
            connection.info["read_only"] = read_only
        path = engine.url.database
        if read_only:
            connection.exec_driver_sql("BEGIN")
        elif path in {None, "", ":memory:"}:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            _begin_writing(connection, str(path))


def _begin_writing(connection: Any, path: str) -> None:
    driver = connection.connection.driver_connection
    try:
        driver.begin_writing(path)
    except sqlite3.OperationalError as error:
        raise DBAPIError.instance(
            "BEGIN IMMEDIATE", (), error, sqlite3.Error, dialect=connection.dialect
        ) from error


def _tune_postgresql(engine: Engine) -> None:
    @event.listens_for(engine, "begin")
    def on_begin(connection: Any) -> None:
        # psycopg sends the mode with its own BEGIN: no round trip of its own.
        connection.connection.driver_connection.read_only = READ_ONLY.get()

    @event.listens_for(engine, "checkin")
    def on_checkin(_connection: Any, record: Any) -> None:
        record.info["back_at"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def on_checkout(connection: Any, record: Any, _lent: Any) -> None:
        # SQLAlchemy's own pre-ping asks before each transaction, which is a round trip for every one of them.
        back_at = record.info.get("back_at")
        if back_at is None or time.monotonic() - back_at < FRESH_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError(str(error)) from error
