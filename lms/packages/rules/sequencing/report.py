"""What an item's content says, taken into the tree, and what the whole amounts to (SN 4.2.1, RTE 4.2)."""

from collections.abc import Mapping

from lms.packages.rules.sequencing.rollup import roll_up
from lms.packages.rules.sequencing.tree import Activity, Tree
from lms.packages.values.sequencing import CourseState, Fact, Facts, Node, Reported


def report(
    root: Node, state: CourseState, item: str, said: Reported, *, stores: Mapping[str, str] = {}
) -> CourseState:
    """Return the state after an item's content spoke; what an item that is not current says is not heard.

    ``stores`` is the shared data that it wrote, by target.
    """
    tree = Tree(root, state)
    activity = tree.by_id.get(item)
    if activity is None or activity is not tree.current or not activity.active:
        return state
    activity.suspended = said.suspends
    tree.stores |= stores
    for name, facts in said.objectives.items():
        is_primary = name in {"", activity.primary.identifier}
        for fact, value in facts.items():
            tree.learn(activity, name, fact, value)
            if is_primary:
                _note(activity, fact)
    roll_up(tree, activity)
    return tree.state()


def _note(activity: Activity, fact: Fact) -> None:
    """Keep that the content spoke of a status itself: leaving then sets it no more (UP.4)."""
    if fact is Fact.SATISFIED:
        activity.said_satisfied = True
    elif fact is Fact.COMPLETED:
        activity.said_completed = True


def standing(root: Node, state: CourseState, item: str = "") -> Facts:
    """Return what is known of an activity as a whole, the root if none is named."""
    tree = Tree(root, state)
    activity = tree.by_id.get(item, tree.root)
    return Facts(
        satisfied=tree.known(activity, "", Fact.SATISFIED),
        measure=tree.known(activity, "", Fact.MEASURE),
        completed=tree.completed(activity),
        progress=tree.known(activity, "", Fact.PROGRESS),
    )
