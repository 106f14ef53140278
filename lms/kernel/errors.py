"""Errors that carry their HTTP status, so that one place can answer them as a page or as problem+json."""

from collections.abc import Mapping
from http import HTTPStatus


class DomainError(Exception):
    """Something a person asked for that cannot be done; `message` is for that person, translated."""

    status: HTTPStatus = HTTPStatus.BAD_REQUEST
    code: str = "bad-request"

    def __init__(self, message: str = "", *, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fields: Mapping[str, str] = fields or {}


class NotFound(DomainError):
    """No such thing, or none that this person may know of."""

    status = HTTPStatus.NOT_FOUND
    code = "not-found"


class Forbidden(DomainError):
    """The thing may be seen, but this may not be done with it by this person."""

    status = HTTPStatus.FORBIDDEN
    code = "forbidden"


class NotSignedIn(DomainError):
    """Nobody is signed in; pages lead to the sign-in form, interfaces say 401."""

    status = HTTPStatus.UNAUTHORIZED
    code = "not-signed-in"


class Conflict(DomainError):
    """The thing stands so that this cannot be done with it: something uses it, or it has ended."""

    status = HTTPStatus.CONFLICT
    code = "conflict"


class Stale(Conflict):
    """The thing has changed since the person looked at it: what they have before them is no longer so."""


class Invalid(DomainError):
    """What was given cannot be taken; `fields` maps each field's name to what is wrong with it."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "invalid"


class TooLarge(DomainError):
    """More bytes than this place takes."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "too-large"


class LengthRequired(DomainError):
    """A body came without saying how long it is, where that must be known before it is read."""

    status = HTTPStatus.LENGTH_REQUIRED
    code = "length-required"


class TooMany(DomainError):
    """Asked too often; `retry_after_seconds` says when the next try is worth it."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    code = "too-many-requests"

    def __init__(self, message: str = "", *, retry_after_seconds: int = 60) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class Unavailable(DomainError):
    """A part of the installation that this needs is missing or down; the message says which."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = "unavailable"
