"""What can go wrong with certificates, each with its status."""

from lms.kernel.errors import Conflict, Invalid


class AlreadyHeld(Conflict):
    """The person holds it and its renewal is not open yet."""

    code = "already-held"


class CannotBeRevoked(Conflict):
    """The certificate was revoked before."""

    code = "cannot-be-revoked"


class NotMeant(Conflict):
    """The person is not among those who may hold it."""

    code = "not-meant"


class CannotBeReinstated(Conflict):
    """The certificate is not revoked."""

    code = "cannot-be-reinstated"


class RequestClosed(Conflict):
    """The request was decided or taken back meanwhile."""

    code = "request-closed"


class RuleRefused(Invalid):
    """A certification's rule that cannot be kept; `fields` says which part."""

    code = "rule-refused"


class DesignRefused(Invalid):
    """A design of certificates that cannot be kept; `fields` says what is wrong with it."""

    code = "design-refused"


class DesignChanged(Conflict):
    """Somebody else saved the draft meanwhile."""

    code = "design-changed"
