"""From bytes to statements that keep every rule, with all that the store files them under."""

import re
from collections.abc import Callable, Iterator, Sequence
from uuid import UUID

import msgspec
from msgspec import UNSET

from lms.lrs.errors import Refused
from lms.lrs.formats import shapes, words
from lms.lrs.rules import checks, comparing, filing, packing, parts, twins
from lms.lrs.values import VOIDED, Accepted, AttachmentFact, Version

MOST_STATEMENTS = 5000
# A surrogate that is not one of two, and what may be a key.
_HALF = re.compile(
    rb"(?<!\\)(?:\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|"
    rb"(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2})"
)
_KEY = re.compile(rb'("[^"\\]{1,200}")\s*:')


def split(body: bytes) -> tuple[Sequence[bytes], bool]:
    """Return the statements of a body, and whether they came as a list."""
    if not body.lstrip().startswith(b"["):
        return [body], False
    try:
        found = [bytes(one) for one in shapes.MANY.decode(body)]
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Refused(f"the body is no JSON: {_why(body, error)}") from error
    if len(found) > MOST_STATEMENTS:
        raise Refused(f"more than {MOST_STATEMENTS} statements at once")
    return found, True


def accept(raw: bytes, *, version: Version, new_id: Callable[[], UUID]) -> Accepted:
    """Return one statement, checked; `new_id` gives its id if it brings none. Refused where it breaks a rule."""
    return parts.accept(raw, version=version, new_id=new_id) or accept_whole(
        raw, version=version, new_id=new_id
    )


def accept_whole(raw: bytes, *, version: Version, new_id: Callable[[], UUID]) -> Accepted:
    """Return one statement, checked as a whole: of any kind, and with the place where it breaks a rule."""
    try:
        shape = shapes.STATEMENT.decode(raw)
        about = checks.statement(shape, version)
        # What the shapes leave alone, such as extensions, must be JSON that can be read and written again.
        given = msgspec.json.decode(raw)
        twins.refuse(raw, given)
    except msgspec.DecodeError as error:
        raise Refused(_why(raw, error)) from error
    except (RecursionError, ValueError) as error:
        raise Refused("the statement is nested too deep, or a number in it is too long") from error
    filed = filing.filed(shape, about)
    return Accepted(
        id=new_id() if shape.id is UNSET else UUID(shape.id),
        raw=raw,
        packed=packing.pack(raw),
        terms=filed.lasting | filed.people,
        lasting=filed.lasting,
        content=comparing.digest(given),
        timestamp=None if shape.timestamp is UNSET else words.read_timestamp(shape.timestamp),
        target_id=UUID(about.id) if isinstance(about, shapes.StatementRef) else None,
        is_voiding=shape.verb.id == VOIDED,
        agents=filed.agents,
        activities=filing.described(filing.raw_activities(given)),
        attachments=[_fact(one) for one in _all_attachments(shape, about)],
    )


def _why(raw: bytes, error: Exception) -> str:
    """Return what is wrong with JSON in words: of half a character, the reader says that the text ends too early."""
    half = _HALF.search(raw) if "truncated" in str(error) or "surrogate" in str(error) else None
    if half is None:
        return str(error)
    keys = _KEY.findall(raw, 0, half.start())
    where = f" in the value of {keys[-1].decode(errors='replace')[:100]}" if keys else ""
    return f"half a character, {half[0].decode()} without its other half{where} (byte {half.start()})"


def terms_in(raw: bytes) -> frozenset[bytes]:
    """Return what a statement is found by that was accepted before."""
    shape = shapes.STATEMENT.decode(raw)
    about = shapes.TARGETS[shapes.KIND.decode(shape.object).object_type].decode(shape.object)
    filed = filing.filed(shape, about)
    return filed.lasting | filed.people


def _fact(one: shapes.Attachment) -> AttachmentFact:
    return AttachmentFact(one.sha2.lower(), one.content_type, one.usage_type, one.file_url is not UNSET)


def _all_attachments(shape: shapes.Statement, about: shapes.Target) -> Iterator[shapes.Attachment]:
    yield from shape.attachments or ()
    if isinstance(about, shapes.SubStatement):
        yield from about.attachments or ()
