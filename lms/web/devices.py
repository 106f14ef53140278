"""The key by which a browser is known again, whoever signs in there: a cookie of this host that no script reads."""

import hashlib
import secrets
from typing import Final

from flask import Response, current_app, request

LASTS: Final = 400 * 86_400


def present() -> str:
    """Return the digest of the key that this request brought; empty without one."""
    key = request.cookies.get(_name(), "")
    return digest(key) if key else ""


def digest(key: str) -> str:
    """Return what is kept of a key: enough to know it again, useless to whoever reads the table."""
    return hashlib.sha256(key.encode()).hexdigest()


def new_key() -> str:
    """Return a key for a browser that has none."""
    return secrets.token_urlsafe(32)


def keep_key(response: Response, key: str) -> Response:
    """Let the browser keep a key."""
    response.set_cookie(
        _name(),
        key,
        max_age=LASTS,
        path="/",
        samesite="Lax",
        httponly=True,
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
    )
    return response


def _name() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-device"
