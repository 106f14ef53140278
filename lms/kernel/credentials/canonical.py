"""Credentials as RDF in one order (RDF Dataset Canonicalization 1.0), from the contexts of this folder alone.

What has no meaning in them is refused, not passed over: what is passed over is not signed.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from pyld import ContextResolver, jsonld
from pyld.jsonld import JsonLdError

from lms.kernel.credentials.values import Unreadable

CREDENTIALS: Final = "https://www.w3.org/ns/credentials/v2"
BADGES: Final = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
FILES: Final = {CREDENTIALS: "credentials-v2.json", BADGES: "open-badges-3.0.3.json"}
NOWHERE: Final = "https://relative.invalid/"
"""What a name without a scheme would be under: such a name is refused."""
FOLDER: Final = Path(__file__).with_name("contexts")


@cache
def _read(address: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads((FOLDER / FILES[address]).read_text(encoding="utf-8"))
    return found


def load(address: str, _options: object = None) -> Mapping[str, Any]:
    """Return one of our contexts as PyLD takes it; Unreadable for any other address, and no network."""
    if address not in FILES:
        raise Unreadable(f"it is written in a context that no badge of ours uses: {address[:200]}")
    return {
        "contentType": "application/ld+json",
        "contextUrl": None,
        "documentUrl": address,
        "document": _read(address),
    }


# Contexts that were read once stay read: that is most of the work.
_kept: Final[dict[str, Any]] = {}
_resolver: Final = ContextResolver(_kept, load)


def canonical(document: Mapping[str, Any]) -> bytes:
    """Return a JSON-LD document as canonical N-Quads; Unreadable for what our contexts do not know."""
    _check_contexts(document)
    options = {"documentLoader": load, "contextResolver": _resolver, "base": NOWHERE}
    try:
        expanded = jsonld.expand(document, options, on_property_dropped=_refuse)
        for name in _names(expanded):
            # A name that is none of JSON-LD's becomes None.
            if not isinstance(name, str) or ":" not in name or name.startswith(NOWHERE):
                _refuse(str(name).removeprefix(NOWHERE))
        found = jsonld.normalize(
            expanded, options | {"algorithm": "URDNA2015", "format": "application/n-quads"}
        )
    except (JsonLdError, RecursionError) as error:
        raise Unreadable(f"it cannot be read as a credential: {str(error.args[0])[:200]}") from error
    return str(found).encode()


def _check_contexts(document: Mapping[str, Any]) -> None:
    """Refuse contexts that are not ours, and those in the document itself: they could give words another meaning."""
    found = document.get("@context")
    for one in found if isinstance(found, list) else [found]:
        if not isinstance(one, str):
            raise Unreadable("it gives words a meaning of its own")
        load(one)
    if any(_holds_context(value) for key, value in document.items() if key != "@context"):
        raise Unreadable("it gives words a meaning of its own")


def _holds_context(found: Any) -> bool:
    if isinstance(found, dict):
        return "@context" in found or any(map(_holds_context, found.values()))
    return isinstance(found, list) and any(map(_holds_context, found))


def _refuse(name: str) -> None:
    raise Unreadable(f"it says “{name[:100]}”, which has no meaning in a badge and is not signed")


def _names(found: Any) -> Iterator[object]:
    """Yield what names a thing or its type: a name without a scheme would be passed over."""
    if isinstance(found, list):
        for one in found:
            yield from _names(one)
    elif isinstance(found, dict):
        if "@id" in found:
            yield found["@id"]
        types = found.get("@type", ())
        yield from [types] if isinstance(types, str) else types
        for key, value in found.items():
            if not key.startswith("@") or key in {"@list", "@set", "@graph"}:
                yield from _names(value)
