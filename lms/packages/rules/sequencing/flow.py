"""Walking the tree for the next activity to deliver (SN SB.2.1 to SB.2.4, SB.2.7, SB.2.8)."""

from dataclasses import dataclass
from enum import Enum

from lms.packages.rules.sequencing.conditions import applies, is_barred
from lms.packages.rules.sequencing.tree import Activity, Tree
from lms.packages.values.sequencing import PreAction


class Way(Enum):
    """Where a walk goes."""

    FORWARD = 1
    BACKWARD = -1


@dataclass(frozen=True, slots=True)
class Step:
    """Where a walk came to, and where it now goes; ``ends`` when it ran past the last activity; else why it stopped."""

    at: Activity | None
    way: Way
    ends: bool = False
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What a walk found: an activity to deliver, or the place where it stopped and why."""

    at: Activity
    is_deliverable: bool
    ends: bool = False
    refusal: str = ""


def flow(tree: Tree, start: Activity, way: Way, *, into: bool) -> Found:
    """Return the next activity that can be delivered (SB.2.3); ``into`` looks below the start first."""
    step = _step(tree, start, way, before=None, into=into)
    if step.at is None:
        return Found(start, is_deliverable=False, ends=step.ends, refusal=step.refusal)
    return _try(tree, step.at, way, before=None)


def _step(tree: Tree, activity: Activity, way: Way, *, before: Way | None, into: bool) -> Step:
    """Take one step in the tree (SB.2.1); ``before`` is the way that the walk went until it turned."""
    turned = False
    parent = activity.parent
    if before is Way.BACKWARD and parent and parent.children[-1] is activity:
        way, activity, turned = Way.BACKWARD, parent.children[0], True
    if way is Way.FORWARD:
        return _step_forward(tree, activity, into=into)
    return _step_backward(tree, activity, into=into, turned=turned)


def _step_forward(tree: Tree, activity: Activity, *, into: bool) -> Step:
    if into and activity.children:
        return Step(activity.children[0], Way.FORWARD)
    if activity.parent is None or _is_last(activity):
        return Step(None, Way.FORWARD, ends=True)
    siblings = activity.parent.children
    at = siblings.index(activity) + 1
    if at < len(siblings):
        return Step(siblings[at], Way.FORWARD)
    return _step(tree, activity.parent, Way.FORWARD, before=None, into=False)


def _step_backward(tree: Tree, activity: Activity, *, into: bool, turned: bool) -> Step:
    if into and activity.children:
        # Who may only go forward begins a cluster at its beginning, even from behind.
        if activity.says.forward_only:
            return Step(activity.children[0], Way.FORWARD)
        return Step(activity.children[-1], Way.BACKWARD)
    parent = activity.parent
    if parent is None:
        return Step(None, Way.BACKWARD, refusal="SB.2.1-3")
    if parent.says.forward_only and not turned:
        return Step(None, Way.BACKWARD, refusal="SB.2.1-4")
    at = parent.children.index(activity)
    if at > 0:
        return Step(parent.children[at - 1], Way.BACKWARD)
    return _step(tree, parent, Way.BACKWARD, before=None, into=False)


def _is_last(activity: Activity) -> bool:
    """Return whether nothing comes after an activity in the whole tree."""
    return all(
        one.parent is None or one.parent.children[-1] is one for one in [activity, *activity.ancestors()]
    )


def _try(tree: Tree, activity: Activity, way: Way, *, before: Way | None) -> Found:
    """Return the activity if it can be delivered, else the next one that can (SB.2.2)."""
    if activity.parent is None or not activity.parent.says.flow:
        return Found(activity, is_deliverable=False, refusal="SB.2.2-1")
    if applies(tree, activity, PreAction.SKIP):
        step = _step(tree, activity, way, before=before, into=False)
        turns = before is Way.BACKWARD and step.way is Way.BACKWARD
        return _go_on(tree, activity, step, Way.BACKWARD if turns else way, before=None if turns else before)
    if is_barred(tree, activity):
        return Found(activity, is_deliverable=False, refusal="SB.2.2-2")
    if activity.is_leaf:
        return Found(activity, is_deliverable=True)
    step = _step(tree, activity, way, before=None, into=True)
    turns = way is Way.BACKWARD and step.way is Way.FORWARD
    return _go_on(tree, activity, step, step.way if turns else way, before=Way.BACKWARD if turns else None)


def _go_on(tree: Tree, activity: Activity, step: Step, way: Way, *, before: Way | None) -> Found:
    if step.at is None:
        return Found(activity, is_deliverable=False, ends=step.ends, refusal=step.refusal)
    return _try(tree, step.at, way, before=before)


def may_pass(tree: Tree, activity: Activity, way: Way) -> str:
    """Return why a choice may not pass an activity on its way, empty if it may (SB.2.4)."""
    if way is Way.FORWARD:
        return "SB.2.4-1" if applies(tree, activity, PreAction.STOP) else ""
    if activity.parent is None:
        return "SB.2.4-3"
    return "SB.2.4-2" if activity.parent.says.forward_only else ""


def neighbour(activity: Activity, way: Way) -> Activity:
    """Return what comes next to an activity by choice, itself if nothing does (SB.2.7, SB.2.8)."""
    here = activity
    while here.parent is not None:
        siblings = here.parent.children
        at = siblings.index(here) + way.value
        if 0 <= at < len(siblings):
            return siblings[at]
        here = here.parent
    return activity
