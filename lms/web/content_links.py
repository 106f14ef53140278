"""Links into the content origin: signed, bound to one revision and one opening, good for twelve hours."""

from datetime import datetime, timedelta
from uuid import UUID

from flask import current_app
from itsdangerous import BadSignature, TimestampSigner, URLSafeSerializer, URLSafeTimedSerializer

from lms.kernel import clock
from lms.web.security import content_origin

LASTS_SECONDS = 12 * 3600
OWN_FOLDER = "~guildhall"
"""Where the content origin serves our own player below a link; no package may have a file there."""


class _Signer(TimestampSigner):
    """Signs by the clock of the house, which tests move."""

    def get_timestamp(self) -> int:
        """Return the seconds since 1970."""
        return int(clock.now().timestamp())


def _serializer(secret_key: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret_key, salt="content-link", signer=_Signer)


def sign_link(*, revision_id: UUID, opening_id: UUID) -> str:
    """Return the first path segment under which a revision's files are given out to one opening."""
    return str(_serializer(current_app.config["SECRET_KEY"]).dumps([revision_id.hex, opening_id.hex]))


def revision_of(token: str, secret_key: str) -> UUID | None:
    """Return the revision that a link is for, or None if it is forged, altered or too old."""
    found = good_until(token, secret_key)
    return None if found is None else found[0]


def good_until(token: str, secret_key: str) -> tuple[UUID, datetime] | None:
    """Return the revision that a link is for and until when, None if it is no good by now."""
    try:
        (revision, _opening), made_at = _serializer(secret_key).loads(
            token, max_age=LASTS_SECONDS, return_timestamp=True
        )
        return UUID(hex=revision), made_at + timedelta(seconds=LASTS_SECONDS)
    except (BadSignature, ValueError, TypeError):
        return None


def sign_opening(*, activity_id: UUID, person_id: UUID, session_id: UUID, word: str) -> str:
    """Return what the page of one opening of a package commits with: good for this person and activity alone.

    ``word`` says how it was opened. It never grows old: what could not be sent for a week is sent after it, and whether
    something newer has been kept meanwhile is seen from the session.
    """
    return str(_openings().dumps([activity_id.hex, person_id.hex, session_id.hex, word]))


def opening_of(token: str, *, activity_id: UUID, person_id: UUID) -> tuple[UUID, str] | None:
    """Return the session and the word of an opening; None if it was never given out, or to another or for another."""
    try:
        activity, person, session, word = _openings().loads(token)
        if (activity, person) != (activity_id.hex, person_id.hex):
            return None
        return UUID(hex=session), str(word)
    except (BadSignature, ValueError, TypeError):
        return None


def _openings() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="package-opening")


def sign_fetch(session_id: UUID) -> str:
    """Return the secret part of the address at which a launched package asks, once, for its token."""
    return str(_fetches().dumps(session_id.hex))


def session_of_fetch(token: str) -> UUID | None:
    """Return the session that such an address is for, or None if it is forged, altered or too old."""
    try:
        return UUID(hex=_fetches().loads(token, max_age=LASTS_SECONDS))
    except (BadSignature, ValueError, TypeError):
        return None


def _fetches() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="package-fetch", signer=_Signer)


def origin_for(revision_id: UUID) -> str:
    """Return the origin that plays a revision, as seen from the host this request came to."""
    return content_origin().replace("{package}", f"p{revision_id.hex}")
