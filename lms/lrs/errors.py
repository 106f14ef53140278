"""What the record store refuses, with the status that xAPI gives it."""

from http import HTTPStatus

from lms.kernel.errors import DomainError


class Refused(DomainError):
    """A request or a statement that breaks the standard; the message names the place."""

    code = "xapi-refused"


class NoCredential(DomainError):
    """No key, or none that holds. The answer carries no `WWW-Authenticate`: Chromium would ask a learner for it."""

    status = HTTPStatus.UNAUTHORIZED
    code = "no-credential"


class Precondition(DomainError):
    """The document is not the one that `If-Match` or `If-None-Match` speaks of."""

    status = HTTPStatus.PRECONDITION_FAILED
    code = "precondition-failed"
