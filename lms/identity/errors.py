"""What can go wrong with people and their sign-ins, beyond the kernel's errors."""

from http import HTTPStatus

from lms.kernel.errors import DomainError


class LinkSpent(DomainError):
    """A single-use link that was used, ran out or was never ours."""

    status = HTTPStatus.GONE
    code = "link-spent"
