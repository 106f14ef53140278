"""Beginning and ending attempts, and choosing among children (SN UP.3, UP.4, DB.2, SR)."""

from random import Random

from lms.packages.rules.sequencing.rollup import roll_up
from lms.packages.rules.sequencing.tree import Activity, Tree
from lms.packages.values.sequencing import Fact, Timing


def end_attempt(tree: Tree, activity: Activity, chance: Random) -> None:
    """End an attempt (UP.4): what its content did not speak of is taken as done, unless it was suspended."""
    if activity.is_leaf:
        if activity.says.tracked and not activity.suspended:
            _take_as_done(tree, activity)
    else:
        activity.suspended = any(child.suspended for child in activity.children)
        if not activity.suspended:
            arrange(activity, chance, anew=True)
    activity.active = False
    tree.settle_measure(activity, activity.primary)
    roll_up(tree, activity)


def _take_as_done(tree: Tree, activity: Activity) -> None:
    says = activity.says
    if not says.completion_by_content and not activity.said_completed and tree.completed(activity) is None:
        tree.learn(activity, "", Fact.COMPLETED, value=True)
    if (
        not says.objective_by_content
        and not activity.said_satisfied
        and not tree.is_known_here(activity, Fact.SATISFIED)
    ):
        tree.learn(activity, "", Fact.SATISFIED, value=True)


def end_attempts_up_to(tree: Tree, start: Activity | None, other: Activity, chance: Random) -> None:
    """End the attempts between where the learner stands and what it has in common with ``other`` (UP.3)."""
    if start is None:
        return
    common = tree.common(start, other)
    for one in [start, *start.ancestors()]:
        if one is common:
            break
        if one.active or not one.is_leaf:
            end_attempt(tree, one, chance)


def begin_attempts(target: Activity) -> bool:
    """Begin an attempt on an activity and all above it that have none (DB.2); return whether its own is a new one."""
    is_new = False
    for one in target.path():
        if one.active:
            continue
        is_new = not one.suspended
        if one.suspended:
            one.suspended = False
        elif one.says.tracked:
            one.begin_attempt()
        one.active = True
    return is_new


def forget_suspension(tree: Tree, target: Activity) -> None:
    """Let go of what was suspended when something else is delivered (DB.2.1)."""
    left = tree.suspended
    tree.suspended = None
    if left is None or left is target:
        return
    common = tree.common(left, target)
    for one in [left, *left.ancestors()]:
        if one is common:
            break
        one.suspended = any(child.suspended for child in one.children)


def arrange(cluster: Activity, chance: Random, *, anew: bool = False) -> None:
    """Choose and shuffle the children of a cluster, when the manifest says that it is time (SR.1, SR.2)."""
    says = cluster.says
    if cluster.is_leaf:
        return
    if _is_due(says.selection, is_done=cluster.is_chosen, anew=anew):
        cluster.is_chosen = True
        if says.select is not None and 0 < says.select < len(cluster.every_child):
            chosen = set(chance.sample(range(len(cluster.every_child)), says.select))
            cluster.children = [one for at, one in enumerate(cluster.every_child) if at in chosen]
    if _is_due(says.randomization, is_done=cluster.is_shuffled, anew=anew):
        cluster.is_shuffled = True
        if says.reorder:
            cluster.children = chance.sample(cluster.children, len(cluster.children))


def _is_due(timing: Timing, *, is_done: bool, anew: bool) -> bool:
    if timing is Timing.NEVER:
        return False
    return timing is Timing.EACH_ATTEMPT if anew else not is_done
