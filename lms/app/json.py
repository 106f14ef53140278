"""JSON for pages and interfaces: orjson behind Flask's provider."""

from typing import Any

import orjson
from flask.json.provider import JSONProvider


class OrjsonProvider(JSONProvider):
    """Flask's JSON by orjson, which writes UUIDs, instants and dataclasses by itself."""

    def dumps(self, obj: Any, **_options: Any) -> str:
        """Return `obj` as JSON text."""
        return orjson.dumps(obj, default=str).decode()

    def loads(self, s: str | bytes, **_options: Any) -> Any:
        """Return what JSON text says."""
        return orjson.loads(s)
