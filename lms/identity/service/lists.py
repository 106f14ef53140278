"""Lists that name people, read with the same readers as tables of people: whatever wrote them."""

from collections.abc import Iterable, Sequence
from itertools import islice

from lms.identity import formats
from lms.identity.rules import mentioning
from lms.identity.rules.columns import knows
from lms.identity.values.lists import LIST_AT_MOST, LIST_BYTES, Mention
from lms.kernel.errors import Invalid
from lms.kernel.messages import Message


def read_list(content: bytes) -> Sequence[Mention]:
    """Return whom a CSV or XLSX names; Invalid, with the place in words, if it is no table or names nobody."""
    if len(content) > LIST_BYTES:
        raise Invalid(Message("The file is larger than %(most)s MB. Split it.", most=LIST_BYTES // 1_000_000))
    return _bounded(mentioning.in_table(formats.read(formats.open_table(content, knows))))


def read_pasted(text: str) -> Sequence[Mention]:
    """Return whom a pasted text names; Invalid if that is nobody, or more than are taken at once."""
    return _bounded(mentioning.in_text(text))


def _bounded(mentions: Iterable[Mention]) -> Sequence[Mention]:
    found = list(islice(mentions, LIST_AT_MOST + 1))
    if not found:
        raise Invalid(Message("The list names nobody."))
    if len(found) > LIST_AT_MOST:
        raise Invalid(
            Message("There are more than %(most)s people in it. Split the list.", most=f"{LIST_AT_MOST:,}")
        )
    return found
