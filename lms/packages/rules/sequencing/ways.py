"""What may be asked for where the learner stands, and the outline that shows it (SN 5.6.3, CAM 5.2)."""

from collections.abc import Iterator, Mapping
from typing import Final

from lms.packages.rules.sequencing.choosing import leads_to, may_jump, why_not_choose
from lms.packages.rules.sequencing.conditions import applies
from lms.packages.rules.sequencing.opening import only_item
from lms.packages.rules.sequencing.requests import why_not
from lms.packages.rules.sequencing.tree import Activity, Tree
from lms.packages.values.sequencing import (
    Control,
    CourseState,
    Fact,
    MenuEntry,
    Node,
    PreAction,
    RequestKind,
    Ways,
)

# Abandoning is offered by nobody: whoever leaves the page keeps what they did.
OFFERED: Final = {
    Control.CONTINUE: RequestKind.CONTINUE,
    Control.PREVIOUS: RequestKind.PREVIOUS,
    Control.SUSPEND_ALL: RequestKind.SUSPEND_ALL,
    Control.EXIT_ALL: RequestKind.EXIT_ALL,
}


def ways(root: Node, state: CourseState) -> Ways:
    """Return what may be asked for, and the outline."""
    tree = Tree(root, state)
    here = tree.current
    choices = frozenset(one.id for one in tree.by_id.values() if _can_choose(tree, one))
    hidden = here.node.hides if here else frozenset()
    # To end the only lesson is to leave it.
    is_alone = only_item(root) is not None
    return Ways(
        continues=not why_not(tree, RequestKind.CONTINUE, None),
        goes_back=not why_not(tree, RequestKind.PREVIOUS, None),
        choices=choices,
        jumps=frozenset(one.id for one in tree.by_id.values() if here and may_jump(tree, one)),
        offered=frozenset(
            control
            for control, kind in OFFERED.items()
            if control not in hidden
            and not (control is Control.EXIT_ALL and is_alone)
            and not why_not(tree, kind, None)
        ),
        menu=tuple(_entries(tree, tree.root, choices, 0)),
    )


def states(root: Node, state: CourseState) -> Mapping[str, str]:
    """Return how every activity stands, whether or not the outline shows it, in the outline's words."""
    tree = Tree(root, state)
    return {activity.id: _state(tree, activity) for activity in tree.by_id.values()}


def _can_choose(tree: Tree, target: Activity) -> bool:
    return not why_not_choose(tree, tree.current, target) and leads_to(tree, target) is not None


def _entries(tree: Tree, activity: Activity, choices: frozenset[str], depth: int) -> Iterator[MenuEntry]:
    """Yield the lines of the outline, the package first: what is invisible gives its place to what lies below."""
    if applies(tree, activity, PreAction.HIDDEN):
        return
    is_shown = activity.node.visible
    if is_shown:
        yield MenuEntry(
            identifier=activity.id,
            title=activity.node.title,
            depth=depth,
            opens=bool(activity.node.launch),
            selectable=activity.id in choices,
            current=activity is tree.current,
            state=_state(tree, activity),
        )
    for child in activity.children:
        yield from _entries(tree, child, choices, depth + 1 if is_shown else depth)


def _state(tree: Tree, activity: Activity) -> str:
    satisfied = tree.known(activity, "", Fact.SATISFIED)
    if satisfied is False and activity.attempts and not activity.active:
        return "danger"
    if tree.completed(activity) is True and satisfied is not False:
        return "valid"
    return "progress" if activity.attempts else "none"
