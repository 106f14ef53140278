"""Whether a document may be changed, by what its writer says of the one they know (xAPI, Communication 3.1)."""

from lms.kernel.errors import Conflict
from lms.lrs.errors import Precondition
from lms.lrs.values import Conditions


def check(given: Conditions, *, etag: str | None, must_say: bool) -> None:
    """Raise Precondition if the document is another one; Conflict if nothing is said where something must be.

    `etag` None means that there is none; `must_say` that a document which exists is changed by nobody who does not
    say which one they mean.
    """
    if given.if_match is not None and not _names(given.if_match, etag):
        raise Precondition("The document is not the one that If-Match names.")
    if given.if_none_match is not None and _names(given.if_none_match, etag):
        raise Precondition("The document is one that If-None-Match names.")
    if must_say and etag is not None and given.if_match is None and given.if_none_match is None:
        raise Conflict(
            "The document exists. Read it, then say with If-Match which one you mean to replace, or with"
            " If-None-Match: * that you mean to replace none."
        )


def _names(header: str, etag: str | None) -> bool:
    if etag is None:
        return False
    return header.strip() == "*" or f'"{etag}"' in {
        one.strip().removeprefix("W/") for one in header.split(",")
    }
