"""The driver's own connection, within SQLAlchemy's transaction and past what it does for each statement."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from lms.kernel.db import db

Answer = Callable[[], Sequence[Any]]
"""What gives the rows that were asked for; waits for them if they are not there yet."""


class Line:
    """A transaction's connection as its driver has it; what goes wrong is told as SQLAlchemy tells it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._driver: Any = connection.connection.driver_connection
        self.dialect = connection.dialect
        self.is_postgresql = self.dialect.name == "postgresql"

    def rows(self, statement: str, given: Sequence[Any] = ()) -> Sequence[Any]:
        """Return what a query finds."""
        return self.ask(statement, given)()

    def ask(self, statement: str, given: Sequence[Any] = ()) -> Answer:
        """Run a query and return its answer: within `at_once` nobody waits for it before it is called."""
        if self._is_watched():
            rows = [tuple(row) for row in self._connection.exec_driver_sql(statement, tuple(given))]
            return lambda: rows
        cursor = self._run(statement, given)

        def answer() -> Sequence[Any]:
            try:
                found: Sequence[Any] = cursor.fetchall()
            except self._error as error:
                raise self._told(statement, given, error) from error
            return found

        return answer

    def run(self, statement: str, given: Sequence[Any] = ()) -> None:
        """Run what finds nothing; within `at_once` nobody waits for it."""
        if self._is_watched():
            self._connection.exec_driver_sql(statement, tuple(given))
        else:
            self._run(statement, given)

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Send all that is asked and run within, and wait once: at the first answer that is called for, or the end.

        For PostgreSQL, where each wait is a way there and back, on which other threads take the interpreter. What
        went wrong with any of it is raised then. Source: https://www.postgresql.org/docs/current/libpq-pipeline-mode.html
        """
        if not self.is_postgresql or self._is_watched():
            yield
            return
        try:
            with self._driver.pipeline():
                yield
        except self._error as error:
            raise self._told("several at once", (), error) from error

    def many(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run a statement for each of the rows."""
        if self._is_watched():
            self._connection.exec_driver_sql(statement, list(map(tuple, rows)))
            return
        try:
            self._driver.cursor().executemany(statement, rows)
        except self._error as error:
            raise self._told(statement, rows, error) from error

    def _run(self, statement: str, given: Sequence[Any]) -> Any:
        try:
            return self._driver.execute(statement, given)
        except self._error as error:
            raise self._told(statement, given, error) from error

    def _is_watched(self) -> bool:
        """Return whether somebody counts statements, by SQLAlchemy's events."""
        return bool(self._connection.engine.dispatch.before_cursor_execute)

    @property
    def _error(self) -> type[Exception]:
        found: type[Exception] = self.dialect.loaded_dbapi.Error
        return found

    def _told(self, statement: str, given: Any, error: Exception) -> BaseException:
        return DBAPIError.instance(statement, given, error, self._error, dialect=self.dialect)


def line() -> Line:
    """Return the current transaction's; what the session has not written yet is written first."""
    session = db.session()
    session.flush()
    return Line(session.connection())
