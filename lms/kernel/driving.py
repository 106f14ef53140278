"""The driver's own connection, within SQLAlchemy's transaction and past what it does for each statement."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from lms.kernel.db import db


class Line:
    """A transaction's connection as its driver has it; what goes wrong is told as SQLAlchemy tells it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._driver: Any = connection.connection.driver_connection
        self.dialect = connection.dialect
        self.is_postgresql = self.dialect.name == "postgresql"

    def rows(self, statement: str, given: Sequence[Any] = ()) -> Sequence[Any]:
        """Return what a query finds; nothing for what is none."""
        if self._is_watched():
            found = self._connection.exec_driver_sql(statement, tuple(given))
            return [tuple(row) for row in found] if found.returns_rows else []
        try:
            cursor = self._driver.execute(statement, given)
            return cursor.fetchall() if cursor.description else []
        except self._error as error:
            raise self._told(statement, given, error) from error

    def many(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run a statement for each of the rows."""
        if self._is_watched():
            self._connection.exec_driver_sql(statement, list(map(tuple, rows)))
            return
        try:
            self._driver.cursor().executemany(statement, rows)
        except self._error as error:
            raise self._told(statement, rows, error) from error

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
