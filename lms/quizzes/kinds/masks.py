"""What pages of an attempt call the things that are picked from: by where they stand there.

The key of a choice says where its author wrote it, often first what is right: no page of an attempt may hold it.
"""

import re
from collections.abc import Collection, Sequence
from typing import Final

from lms.quizzes.kinds.kind import Form

_MASK: Final = re.compile(r"~([1-9][0-9]{0,3})")


def mask_of(order: Sequence[str], entry: str) -> str:
    """Return what a page that shows this order calls an entry of it; outside of an attempt its key is its name."""
    return f"~{order.index(entry) + 1}" if entry in order else _key_of(entry)


def opened(form: Form, name: str, order: Sequence[str], typed: Collection[str]) -> Form:
    """Return the fields of a question with the keys that a page's names stand for, but for the `typed` parts.

    Keys as they are hold too: pages of before send them.
    """
    if not order:
        return form
    found: dict[str, list[str]] = {}
    for field, values in form.items():
        part = field.removeprefix(f"{name}-")
        if field != name and part == field:
            continue
        # What somebody types is never the name of something else.
        given = values if part in typed else [_opened(value, order) for value in values]
        told = field if field == name else f"{name}-{_opened(part, order)}"
        found.setdefault(told, []).extend(given)
    return found


def _opened(value: str, order: Sequence[str]) -> str:
    found = _MASK.fullmatch(value)
    if found is None or int(found[1]) > len(order):
        return value
    return _key_of(order[int(found[1]) - 1])


def _key_of(entry: str) -> str:
    """Return the key in an entry of an order, which may name the list before it."""
    return entry.rpartition(".")[2]
