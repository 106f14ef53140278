"""A call of a program: who asks, in which version, with which parameters; also by the alternate syntax of 1.0.3."""

import base64
import binascii
import re
import threading
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs

from flask import g, request

from lms.kernel.buckets import Buckets
from lms.kernel.errors import Forbidden, TooLarge, TooMany
from lms.lrs.errors import NoCredential, Refused
from lms.lrs.kinds import Guard, find_guard
from lms.lrs.queries.credentials import find_credential, is_secret
from lms.lrs.values import Credential, Version, XapiScope
from lms.web.bodies import FORM_BYTES
from lms.web.characters import UNKEPT

REMEMBERED_SECONDS: Final = 5.0
"""So long a revoked key may still be taken by a process that has just seen it."""
REMEMBERED_KEYS: Final = 1000
_VERSIONS: Final = (
    (Version.ONE, re.compile(r"1\.0(?:\.\d+)?")),
    (Version.TWO, re.compile(r"2\.0(?:\.\d+)?")),
)
_METHODS: Final = frozenset({"GET", "PUT", "POST", "DELETE"})
_HEADERS: Final = frozenset(
    {
        "authorization",
        "x-experience-api-version",
        "content-type",
        "content-length",
        "if-match",
        "if-none-match",
        "accept",
        "accept-language",
        "accept-encoding",
    }
)
_FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Call:
    """What a program asks; `headers` by their names in small letters."""

    method: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    version: Version
    credential: Credential
    guard: Guard | None = None
    """What a launched package may do, if one asks."""

    @property
    def content_type(self) -> str:
        """Return what the body is said to be."""
        return self.headers.get("content-type", "")

    def only(self, *known: str) -> None:
        """Refuse parameters that this resource does not know; their case counts."""
        unknown = self.params.keys() - set(known)
        if unknown:
            raise Refused(f"unknown parameter: {', '.join(sorted(unknown))}")

    def need(self, name: str) -> str:
        """Return a parameter that must be there."""
        if name not in self.params:
            raise Refused(f"the parameter {name} is missing")
        return self.params[name]

    def allow(self, *scopes: XapiScope) -> None:
        """Forbid what the credential has none of these scopes for."""
        if not self.credential.may(*scopes):
            raise Forbidden(f"This key lacks the scope {' or '.join(scopes)}.")


def read_call() -> Call:
    """Return the call that this request is. NoCredential, Refused, TooMany and TooLarge as the case may be."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    params = _single(request.args.to_dict(flat=False))
    method = request.method
    if method == "HEAD":
        method = "GET"
    is_alternate = request.method == "POST" and "method" in params
    if is_alternate:
        _bound(FORM_BYTES)
        method, params, headers, body = _alternate(params, headers, request.get_data(cache=True))
        credential, guard = _credential(headers.get("authorization", ""))
    else:
        # Nobody fills the memory who has no key.
        credential, guard = _credential(headers.get("authorization", ""))
        _bound(credential.limit_bytes)
        body = request.get_data(cache=True) if method != "GET" else b""
    # A refusal for want of a version is answered in the one that this source spoke last.
    g.xapi_version = _spoken.get(credential.key)
    g.xapi_version = _spoken[credential.key] = _version(headers)
    if is_alternate and g.xapi_version is Version.TWO:
        raise Refused("the alternate request syntax ended with 1.0.3")
    return Call(method, params, headers, body, g.xapi_version, credential, guard)


def _bound(most: int) -> None:
    if (request.content_length or 0) > most:
        raise TooLarge(f"At most {most} bytes at once.")


def _single(given: Mapping[str, Collection[str]]) -> dict[str, str]:
    for name, values in given.items():
        if len(values) > 1:
            raise Refused(f"the parameter {name} stands there twice")
        if any(UNKEPT.search(value) for value in values):
            raise Refused(f"the parameter {name} holds a zero byte, or half a character")
    return {name: next(iter(values)) for name, values in given.items()}


def _alternate(
    params: Mapping[str, str], headers: Mapping[str, str], body: bytes
) -> tuple[str, dict[str, str], dict[str, str], bytes]:
    """Return method, parameters, headers and body of a call that came as a form (1.0.3, Communication 1.3)."""
    if params.keys() != {"method"}:
        raise Refused("beside method, every parameter stands in the form")
    if headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise Refused(f"the alternate request syntax is {_FORM}")
    method = params["method"]
    if method not in _METHODS:
        raise Refused(f"no method of xAPI: {method}")
    try:
        read = parse_qs(body.decode(), keep_blank_values=True, strict_parsing=bool(body), errors="strict")
    except (UnicodeDecodeError, ValueError) as error:
        raise Refused(f"the form cannot be read: {error}") from error
    content = read.pop("content", [""])
    fields = _single(read)
    given = {name.lower(): value for name, value in fields.items() if name.lower() in _HEADERS}
    rest = {name: value for name, value in fields.items() if name.lower() not in _HEADERS}
    if method in {"PUT", "POST"} and "content" not in parse_qs(body.decode(), keep_blank_values=True):
        raise Refused("the form brings no content")
    kept = {name: value for name, value in headers.items() if name not in {"content-type", "content-length"}}
    return method, rest, {**kept, "content-type": "application/json", **given}, content[0].encode()


def _version(headers: Mapping[str, str]) -> Version:
    asked = headers.get("x-experience-api-version", "").strip()
    for version, pattern in _VERSIONS:
        if pattern.fullmatch(asked):
            return version
    raise Refused("X-Experience-API-Version must be 1.0.x or 2.0.x")


_lock = threading.Lock()
_remembered: dict[str, tuple[float, Credential, bytes]] = {}
_spent = Buckets(REMEMBERED_KEYS)
_spoken: dict[str, Version] = {}


def _credential(header: str) -> tuple[Credential, Guard | None]:
    kind, _space, written = header.partition(" ")
    if kind.lower() != "basic":
        raise NoCredential("Say who you are: Authorization: Basic, with a key and its secret.")
    try:
        key, _colon, secret = base64.b64decode(written.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise NoCredential("The Authorization header cannot be read.") from error
    if (guard := find_guard(key, secret)) is not None:
        _spend(guard.credential)
        return guard.credential, guard
    found = None if UNKEPT.search(key) else _held(key)
    if found is None or not is_secret(secret, found[1]):
        raise NoCredential("No such key, or not its secret.")
    _spend(found[0])
    return found[0], None


def _held(key: str) -> tuple[Credential, bytes] | None:
    now = time.monotonic()
    kept = _remembered.get(key)
    if kept is not None and kept[0] > now:
        return kept[1], kept[2]
    found = find_credential(key)
    with _lock:
        if len(_remembered) >= REMEMBERED_KEYS:
            _remembered.clear()
            _spoken.clear()
        if found is None:
            _remembered.pop(key, None)
        else:
            _remembered[key] = (now + REMEMBERED_SECONDS, *found)
    return found


def forget_credentials() -> None:
    """Look every key up anew: one was revoked here."""
    with _lock:
        _remembered.clear()


def _spend(credential: Credential) -> None:
    """Count one call. Each web process counts its own."""
    if not _spent.take(credential.key, credential.per_minute):
        raise TooMany("This key has asked too often.", retry_after_seconds=1 + 60 // credential.per_minute)
