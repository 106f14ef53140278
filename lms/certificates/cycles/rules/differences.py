"""What differs between two versions of a rule, so that people can read it."""

from collections.abc import Iterator, Sequence
from uuid import UUID

import msgspec

from lms.certificates.cycles.rules.requirements import leaves, nameless
from lms.certificates.cycles.values.defining import Aspect, Change
from lms.certificates.values import (
    AllOf,
    AnyOf,
    AtLeast,
    HoursPractised,
    Leaf,
    Requirement,
    Rule,
    ScoreReached,
    subject_of,
    subjects_of,
)
from lms.courses.values import ActivityKey

_PLAIN = (
    (Aspect.MONTHS, "active_months"),
    (Aspect.WINDOW, "renewal_window_days"),
    (Aspect.GRACE, "grace_days"),
    (Aspect.MODE, "mode"),
    (Aspect.BASE, "base_on"),
    (Aspect.MINIMUM, "minimum_active_days"),
    (Aspect.DUE, "due_days"),
    (Aspect.AUDIENCE, "audience_id"),
)


def changes(was: Rule, now: Rule) -> Sequence[Change]:
    """Return what `now` asks for otherwise than `was`: leaves first, then how they hang together, then the terms.

    Empty exactly when both ask for the same; titles that changed meanwhile are no difference.
    """
    return [*_of_trees(was.requirement, now.requirement), *_of_renewals(was, now), *_of_terms(was, now)]


def _of_trees(was: Requirement, now: Requirement) -> Iterator[Change]:
    old, new = _by_subject(was), _by_subject(now)
    # An exam that took another's place is that one, so that nothing else is said of it.
    for key, leaf in list(new.items()):
        before = next((one for one in _former(leaf) if one in old and one not in new), None)
        if key not in old and before is not None:
            yield Change(Aspect.EXCHANGED, old.pop(before), new.pop(key))
            was = _with_exchanged(was, before[1], subject_of(leaf))
    for key, leaf in new.items():
        if key not in old:
            yield Change(Aspect.ADDED, now=leaf)
        elif nameless(old[key]) != nameless(leaf):
            yield Change(Aspect.NUMBER, old[key], leaf)
    for key, leaf in old.items():
        if key not in new:
            yield Change(Aspect.REMOVED, was=leaf)
    if _shape(was) != _shape(now):
        yield Change(Aspect.SHAPE, was, now)


def _former(leaf: Leaf) -> Sequence[tuple[type[Leaf], UUID]]:
    return [(type(leaf), one) for one in reversed(subjects_of(leaf)[1:])]


def _with_exchanged(tree: Requirement, was: UUID, now: UUID) -> Requirement:
    if isinstance(tree, AllOf | AnyOf | AtLeast):
        parts = tuple(_with_exchanged(part, was, now) for part in tree.parts)
        return msgspec.structs.replace(tree, parts=parts)
    if isinstance(tree, ScoreReached) and tree.activity_key == was:
        return msgspec.structs.replace(tree, activity_key=ActivityKey(now))
    return tree


def _by_subject(tree: Requirement) -> dict[object, Leaf]:
    found: dict[object, Leaf] = {}
    for leaf in leaves(tree):
        key = (type(leaf), subject_of(leaf))
        # The same thing twice with another number is two things.
        found[(*key, _number(leaf)) if key in found else key] = leaf
    return found


def _number(leaf: Leaf) -> object:
    if isinstance(leaf, ScoreReached):
        return leaf.minimum
    return leaf.hours if isinstance(leaf, HoursPractised) else None


def _shape(tree: Requirement) -> object:
    """Return how a tree hangs together, in its order, without numbers and titles of leaves."""
    if isinstance(tree, AllOf | AnyOf):
        return (type(tree).__name__, tuple(map(_shape, tree.parts)))
    if isinstance(tree, AtLeast):
        return (tree.count, tuple(map(_shape, tree.parts)))
    return (type(tree).__name__, subject_of(tree))


def _of_renewals(was: Rule, now: Rule) -> Iterator[Change]:
    if was.renewal is None and now.renewal is not None:
        yield Change(Aspect.RENEWAL_ADDED, now=now.renewal)
    elif was.renewal is not None and now.renewal is None:
        yield Change(Aspect.RENEWAL_REMOVED, was=was.renewal)
    elif (
        was.renewal is not None and now.renewal is not None and nameless(was.renewal) != nameless(now.renewal)
    ):
        yield Change(Aspect.RENEWAL, was.renewal, now.renewal)


def _of_terms(was: Rule, now: Rule) -> Iterator[Change]:
    for aspect, name in _PLAIN:
        if getattr(was, name) != getattr(now, name):
            yield Change(aspect, getattr(was, name), getattr(now, name))
