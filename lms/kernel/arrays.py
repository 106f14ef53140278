"""Arrays as PostgreSQL reads them from text: a list becomes one in a fraction of what the driver takes for it.

Source: https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO, https://www.postgresql.org/docs/current/datatype-binary.html
"""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from psycopg import Binary
from psycopg.types.json import Json, Jsonb


def _quoted(value: str) -> str:
    # A backslash stands before what would end the text; all else is as it is.
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _json(value: Json | Jsonb) -> str:
    written = (value.dumps or json.dumps)(value.obj)
    return _quoted(written if isinstance(written, str) else written.decode())


def _bytes(value: bytes) -> str:
    return f'"\\\\x{value.hex()}"'


_WRITTEN: Final[Mapping[type, Callable[[Any], str]]] = {
    type(None): lambda _value: "NULL",
    bool: lambda value: "t" if value else "f",
    int: int.__repr__,
    float: float.__repr__,
    Decimal: str,
    str: _quoted,
    UUID: lambda value: value.hex,
    datetime: lambda value: f'"{value.isoformat()}"',
    date: date.isoformat,
    bytes: _bytes,
    Binary: lambda value: _bytes(value.obj),
    Json: _json,
    Jsonb: _json,
}
"""How a value that the driver takes is written within an array."""


def literal(values: Iterable[Any]) -> str:
    """Return a one-dimensional array of these values, each as the driver would take it, for a cast to its type.

    Raises:
        TypeError: a value is of no kind that is known here.
    """
    try:
        return "{" + ",".join([_WRITTEN[type(value)](value) for value in values]) + "}"
    except KeyError as refused:
        raise TypeError(f"{refused.args[0]} has no place in an array") from None
