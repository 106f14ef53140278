"""Whether a document may be changed, by what its writer says of the one they know (xAPI, Communication 3.1)."""

from enum import Enum

from lms.kernel.errors import Conflict
from lms.lrs.errors import Precondition, Refused
from lms.lrs.values import Conditions


class Saying(Enum):
    """What a writer must say of the document they know."""

    NOTHING = "nothing"
    IF_THERE = "if there is one"
    ALWAYS = "always"


def check(given: Conditions, *, etag: str | None, must_say: Saying = Saying.NOTHING) -> None:
    """Raise Precondition if the document is another one; Conflict or Refused if nothing is said where it must be.

    `etag` None means that there is no document.
    """
    if given.if_match is not None and not _names(given.if_match, etag):
        raise Precondition("The document is not the one that If-Match names.")
    if given.if_none_match is not None and _names(given.if_none_match, etag):
        raise Precondition("The document is one that If-None-Match names.")
    if must_say is Saying.NOTHING or given.if_match is not None or given.if_none_match is not None:
        return
    if etag is None and must_say is Saying.ALWAYS:
        raise Refused("PUT of a profile needs If-Match, or If-None-Match: * for a new one")
    if etag is not None:
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
