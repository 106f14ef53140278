"""What differs between two versions of a course, as a person reads it: activities by key, texts by their words."""

import re
from bisect import bisect_left
from collections.abc import Hashable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final, TypeVar

from lms.courses.authoring.values import (
    ActivityChange,
    ActivitySnapshot,
    Comparison,
    Mark,
    Paragraph,
    Piece,
    SectionChange,
    SectionSnapshot,
    VersionSnapshot,
)

K = TypeVar("K", bound=Hashable)

AROUND: Final = 1
"""How many unchanged paragraphs stand around a change."""
LEFT_OUT: Final[Paragraph] = ()
"""Stands for unchanged paragraphs that are not shown."""
ALIKE: Final = 0.5
"""From which likeness on two paragraphs are one that changed; below, one went and another came."""


def compare(old: VersionSnapshot, new: VersionSnapshot) -> Comparison:
    """Return what became of `old` in `new`."""
    return Comparison(
        sections=tuple(_sections(old, new)),
        activities=tuple(_activities(old, new)),
        intro=compare_texts(old.intro, new.intro),
        objectives=tuple(_lines(old.objectives, new.objectives)),
    )


def _sections(old: VersionSnapshot, new: VersionSnapshot) -> Iterator[SectionChange]:
    before = {section.key: section for section in old.sections}
    moved = moved_keys([section.key for section in old.sections], [section.key for section in new.sections])
    for section in new.sections:
        earlier = before.pop(section.key, None)
        if earlier is None:
            yield SectionChange(title=section.title, mark=Mark.ADDED)
        elif earlier.title != section.title or section.key in moved:
            yield SectionChange(
                title=section.title,
                mark=Mark.CHANGED,
                is_moved=section.key in moved,
                title_before=earlier.title if earlier.title != section.title else None,
            )
    for gone in before.values():
        yield SectionChange(title=gone.title, mark=Mark.REMOVED)


def _activities(old: VersionSnapshot, new: VersionSnapshot) -> Iterator[ActivityChange]:
    places = {one.key: (section, one) for section in old.sections for one in section.activities}
    orders = {section.key: [one.key for one in section.activities] for section in old.sections}
    for section in new.sections:
        # By section: who left one, or came into it, has moved alone, and the section's own move is told once.
        moved = moved_keys(orders.get(section.key, []), [one.key for one in section.activities])
        for one in section.activities:
            before = places.pop(one.key, None)
            if before is None:
                yield _whole(one, section, Mark.ADDED)
                continue
            is_moved = one.key in moved or before[0].key != section.key
            change = _changed(before[1], one, section, is_moved=is_moved)
            if change is not None:
                yield change
    for section, gone in places.values():
        yield _whole(gone, section, Mark.REMOVED)


def _whole(one: ActivitySnapshot, section: SectionSnapshot, mark: Mark) -> ActivityChange:
    text = tuple((Piece(mark, paragraph),) for paragraph in paragraphs_of(one.body))
    return ActivityChange(
        key=one.key, kind=one.kind, title=one.title, mark=mark, section_title=section.title, text=text
    )


def _changed(
    old: ActivitySnapshot, new: ActivitySnapshot, section: SectionSnapshot, *, is_moved: bool
) -> ActivityChange | None:
    is_set_up_anew = (old.kind, dict(old.config)) != (new.kind, dict(new.config))
    told = (old.title, old.minutes, old.is_required, old.body, old.rule, set(old.locks))
    same = told == (new.title, new.minutes, new.is_required, new.body, new.rule, set(new.locks))
    if same and not is_moved and not is_set_up_anew:
        return None
    return ActivityChange(
        key=new.key,
        kind=new.kind,
        title=new.title,
        mark=Mark.CHANGED,
        section_title=section.title,
        is_moved=is_moved,
        title_before=old.title if old.title != new.title else None,
        minutes=(old.minutes, new.minutes) if old.minutes != new.minutes else None,
        is_required=new.is_required if old.is_required != new.is_required else None,
        is_set_up_anew=is_set_up_anew,
        rule=(old.rule, new.rule) if old.rule != new.rule else None,
        locked=tuple(sorted(set(new.locks) - set(old.locks))),
        unlocked=tuple(sorted(set(old.locks) - set(new.locks))),
        text=compare_texts(old.body, new.body),
    )


def moved_keys(old: Sequence[K], new: Sequence[K]) -> frozenset[K]:
    """Return the fewest keys whose moving makes the order of `old` that of `new`; those in one alone do not count."""
    kept = set(old) & set(new)
    before, after = [key for key in old if key in kept], [key for key in new if key in kept]
    place = {key: at for at, key in enumerate(before)}
    # What stays is a longest run that rises; everything else was moved around it.
    ends: list[int] = []
    """For each length of a run, the place in `after` of the lowest end such a run can have."""
    came_from: list[int] = []
    for at, key in enumerate(after):
        length = bisect_left(ends, place[key], key=lambda end: place[after[end]])
        came_from.append(ends[length - 1] if length else -1)
        ends[length : length + 1] = [at]
    stays = set()
    at = ends[-1] if ends else -1
    while at >= 0:
        stays.add(after[at])
        at = came_from[at]
    return frozenset(key for key in after if key not in stays)


def compare_texts(old: str, new: str) -> tuple[Paragraph, ...]:
    """Return two texts as one with its changes marked, unchanged paragraphs far from them left out; empty if equal."""
    if old == new:
        return ()
    before, after = paragraphs_of(old), paragraphs_of(new)
    found: list[Paragraph] = []
    for what, i1, i2, j1, j2 in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if what == "equal":
            found += [(Piece(Mark.SAME, paragraph),) for paragraph in before[i1:i2]]
        else:
            found += _replaced(before[i1:i2], after[j1:j2])
    return tuple(_near_changes(found))


def paragraphs_of(text: str) -> list[str]:
    """Return the paragraphs of a Markdown text; a code block's empty lines do not part it."""
    found: list[str] = []
    fence = ""
    for line in text.strip("\n").split("\n"):
        opened = re.match(r" {0,3}(`{3,}|~{3,})", line)
        if fence or (found and found[-1] and line.strip()):
            found[-1] += ("\n" if found[-1] else "") + line
        elif line.strip():
            if found and not found[-1]:
                found[-1] = line
            else:
                found.append(line)
        elif found and found[-1]:
            found.append("")
        if opened and not fence:
            fence = opened[1]
        elif fence and line.strip().startswith(fence) and set(line.strip()) == {fence[0]}:
            fence = ""
    return [paragraph for paragraph in found if paragraph]


def _replaced(before: Sequence[str], after: Sequence[str]) -> list[Paragraph]:
    """Pair the paragraphs that are alike, in order; the rest went or came."""
    found: list[Paragraph] = []
    waiting = list(after)
    for old in before:
        at = next((at for at, new in enumerate(waiting) if _likeness(old, new) >= ALIKE), None)
        if at is None:
            found.append((Piece(Mark.REMOVED, old),))
            continue
        found += [(Piece(Mark.ADDED, new),) for new in waiting[:at]]
        found.append(tuple(_words(old, waiting[at])))
        waiting = waiting[at + 1 :]
    return [*found, *((Piece(Mark.ADDED, new),) for new in waiting)]


def _likeness(old: str, new: str) -> float:
    matcher = SequenceMatcher(a=_split(old), b=_split(new), autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= ALIKE else 0


def _split(text: str) -> list[str]:
    return re.findall(r"\w+|\s+|[^\w\s]", text)


def _words(old: str, new: str) -> Iterator[Piece]:
    before, after = _split(old), _split(new)
    for what, i1, i2, j1, j2 in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if what == "equal":
            yield Piece(Mark.SAME, "".join(before[i1:i2]))
            continue
        if i2 > i1:
            yield Piece(Mark.REMOVED, "".join(before[i1:i2]))
        if j2 > j1:
            yield Piece(Mark.ADDED, "".join(after[j1:j2]))


def _lines(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    if tuple(old) == tuple(new):
        return
    for what, i1, i2, j1, j2 in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        yield from (Piece(Mark.SAME if what == "equal" else Mark.REMOVED, line) for line in old[i1:i2])
        if what != "equal":
            yield from (Piece(Mark.ADDED, line) for line in new[j1:j2])


def _near_changes(paragraphs: Sequence[Paragraph]) -> Iterator[Paragraph]:
    changed = [at for at, one in enumerate(paragraphs) if any(piece.mark is not Mark.SAME for piece in one)]
    shown = {near for at in changed for near in range(at - AROUND, at + AROUND + 1)}
    was_left_out = False
    for at, one in enumerate(paragraphs):
        if at in shown:
            yield one
        elif not was_left_out:
            yield LEFT_OUT
        was_left_out = at not in shown
