"""What becomes of a package's items from one revision to the next; pure.

A fate says of an item that a revision no longer has which of its own it is now, or None if it was removed. Whoever is
in the middle of an item goes on in what it has become.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from lms.kernel.messages import Message
from lms.packages.values.findings import PackageItem
from lms.packages.values.sequencing import CourseState

Fates = Mapping[str, str | None]
Sign = Callable[[PackageItem], str]


def vanished(before: Sequence[PackageItem], now: Sequence[PackageItem]) -> Sequence[PackageItem]:
    """Return the items that the later revision no longer has."""
    there = {one.identifier for one in now}
    return [one for one in before if one.identifier not in there]


def suggest(gone: Sequence[PackageItem], fresh: Sequence[PackageItem]) -> Mapping[str, str]:
    """Return which of the new items each that is gone may be: by title and address, by title, by address.

    Only where it is clear: what two are called alike, neither is meant by. Each new item is given away once.
    """
    found: dict[str, str] = {}
    for sign in (_title_and_href, _title, _href):
        gone_by = _unique([one for one in gone if one.identifier not in found], sign)
        fresh_by = _unique([one for one in fresh if one.identifier not in found.values()], sign)
        found |= {gone_by[key]: fresh_by[key] for key in gone_by.keys() & fresh_by.keys()}
    return found


def _title(item: PackageItem) -> str:
    return " ".join(item.title.casefold().split())


def _href(item: PackageItem) -> str:
    return item.href


def _title_and_href(item: PackageItem) -> str:
    return f"{_title(item)}\n{_href(item)}" if _title(item) and _href(item) else ""


def _unique(items: Sequence[PackageItem], sign: Sign) -> Mapping[str, str]:
    times = Counter(sign(one) for one in items)
    return {sign(one): one.identifier for one in items if sign(one) and times[sign(one)] == 1}


def faults(fates: Fates, gone: Sequence[PackageItem], fresh: Sequence[PackageItem]) -> Mapping[str, Message]:
    """Return what is wrong with the answers about the items that are gone, by item; nothing if all is said."""
    offered = {one.identifier for one in fresh}
    times = Counter(became for became in fates.values() if became is not None)
    found: dict[str, Message] = {}
    for item in gone:
        if item.identifier not in fates:
            found[item.identifier] = Message("Say what it is now, or that it was removed.")
            continue
        became = fates[item.identifier]
        if became is not None and became not in offered:
            found[item.identifier] = Message("Choose one of the new items.")
        elif became is not None and times[became] > 1:
            found[item.identifier] = Message("Two items cannot become the same one.")
    return found


def became(
    item: str, steps: Mapping[int, Fates], *, start: int, end: int, there: Collection[str]
) -> str | None:
    """Return what an item of revision `start` is in revision `end`, whose items are `there`; None if it is not.

    `steps` has the fates that each revision decided. Going back to an older revision undoes them.
    """
    now: str | None = item
    for number in range(start + 1, end + 1):
        now = steps.get(number, {}).get(now, now) if now is not None else None
    for number in range(start, end, -1):
        before = {after: known for known, after in steps.get(number, {}).items() if after is not None}
        now = before.get(now, now) if now is not None else None
    if now is None or now not in there:
        # What was removed and came back under its own name is itself again.
        return item if item in there else None
    return now


def origin(item: str, steps: Mapping[int, Fates], *, number: int) -> str:
    """Return what an item of a revision was called when it first came."""
    for step in range(number, 1, -1):
        before = {after: known for known, after in steps.get(step, {}).items() if after is not None}
        item = before.get(item, item)
    return item


def renamed(state: CourseState, moves: Fates) -> CourseState:
    """Return where a learner stands in a SCORM 2004 package once its items are called otherwise, or are not there."""

    def now(item: str) -> str | None:
        return moves.get(item, item)

    def all_now(items: Iterable[str]) -> tuple[str, ...]:
        return tuple(found for one in items if (found := now(one)) is not None)

    return replace(
        state,
        current=now(state.current) if state.current else None,
        suspended=now(state.suspended) if state.suspended else None,
        activities={
            found: one if one.children is None else replace(one, children=all_now(one.children))
            for item, one in state.activities.items()
            if (found := now(item)) is not None
        },
    )
