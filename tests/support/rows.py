"""All rows of a PostgreSQL database, taken out, kept and put back in a few milliseconds.

TRUNCATE makes new files for every table and every index, a quarter of a second for a house of ours; tests leave a
handful of rows in a few tables.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

TRUNCATED_AFTER = 100
"""After how many clearings the files are made anew: what is deleted stays in them and has to be read over."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The rows of each table that has some, as COPY writes them, and how far the sequences were."""

    tables: Mapping[str, bytes]
    sequences: Mapping[str, int]


class Rows:
    """The rows of one database, whose tables all stand in the schema `public`; its user is a superuser."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._cleared = 0

    @contextmanager
    def _open(self) -> Iterator[psycopg.Connection]:
        """Yield a transaction of its own: tests cut whatever lines there are."""
        with psycopg.connect(self._url) as connection:
            # Foreign keys and triggers judge what the product does, not that a test's rows go.
            connection.execute("SET LOCAL session_replication_role = replica")
            yield connection

    def is_empty(self) -> bool:
        """Return whether no table has a row."""
        with self._open() as connection:
            return not self._filled(connection)

    def clear(self) -> None:
        """Delete every row and begin every sequence again."""
        self._cleared += 1
        with self._open() as connection:
            if self._cleared % TRUNCATED_AFTER == 0:
                every = sql.SQL(", ").join(map(sql.Identifier, self._all(connection)))
                connection.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE").format(every))
                return
            for table in self._filled(connection):
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
            for name in self._sequences(connection):
                connection.execute(sql.SQL("ALTER SEQUENCE {} RESTART").format(sql.Identifier(name)))

    def keep(self) -> Kept:
        """Return all rows as they are now."""
        with self._open() as connection:
            tables = {table: self._copied(connection, table) for table in self._filled(connection)}
            return Kept(tables, self._sequences(connection))

    def put(self, kept: Kept) -> None:
        """Store in the empty database what was kept."""
        with self._open() as connection, connection.cursor() as cursor:
            for table, content in kept.tables.items():
                with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))) as copy:
                    copy.write(content)
            for name, value in kept.sequences.items():
                cursor.execute("SELECT setval(quote_ident(%s), %s)", (name, value))

    @staticmethod
    def _copied(connection: psycopg.Connection, table: str) -> bytes:
        with (
            connection.cursor() as cursor,
            cursor.copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as copy,
        ):
            return b"".join(bytes(part) for part in copy)

    @staticmethod
    def _all(connection: psycopg.Connection) -> list[str]:
        """Return every table, those that no model describes too."""
        asked = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        return [name for (name,) in connection.execute(asked).fetchall()]

    @staticmethod
    def _filled(connection: psycopg.Connection) -> list[str]:
        """Return the tables that have rows; only those whose file has any length are asked."""
        with_pages = connection.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            " AND pg_relation_size(oid) > 0"
        ).fetchall()
        if not with_pages:
            return []
        asked = sql.SQL(" UNION ALL ").join(
            sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(sql.Literal(name), sql.Identifier(name))
            for (name,) in with_pages
        )
        return [name for (name,) in connection.execute(asked).fetchall()]

    @staticmethod
    def _sequences(connection: psycopg.Connection) -> dict[str, int]:
        """Return how far the sequences are that were used."""
        return dict(
            connection.execute(
                "SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL"
            ).fetchall()
        )
