"""What a parent becomes by what its children are (SN RB.1)."""

from collections.abc import Iterable, Sequence
from typing import Final

from lms.packages.rules.sequencing.conditions import applies, holds
from lms.packages.rules.sequencing.tree import Activity, Tree
from lms.packages.values.sequencing import (
    ChildSet,
    Combination,
    Condition,
    Conditions,
    Consideration,
    Fact,
    PreAction,
    RollupAction,
    RollupRule,
    RuleCondition,
)

OF_OBJECTIVES: Final = frozenset({RollupAction.SATISFIED, RollupAction.NOT_SATISFIED})


def _every_child(action: RollupAction, condition: Condition) -> RollupRule:
    return RollupRule(action=action, when=Conditions((RuleCondition(condition),), Combination.ANY))


# What holds where a cluster has no rules of that kind (SN RB.1.2.c, RB.1.3): the second wins over the first.
DEFAULT_OBJECTIVES: Final = (
    _every_child(RollupAction.NOT_SATISFIED, Condition.STATUS_KNOWN),
    _every_child(RollupAction.SATISFIED, Condition.SATISFIED),
)
DEFAULT_PROGRESS: Final = (
    _every_child(RollupAction.INCOMPLETE, Condition.PROGRESS_KNOWN),
    _every_child(RollupAction.COMPLETED, Condition.COMPLETED),
)


def roll_up(tree: Tree, start: Activity) -> None:
    """Carry what is known of an activity up to the root, and to whoever reads an objective that it writes."""
    waiting = {id(one): one for one in start.path() if not one.is_leaf}
    for written in _written(start.path()):
        for activity in tree.by_id.values():
            if activity.parent and _reads(activity, written):
                waiting |= {id(one): one for one in activity.ancestors()}
    for cluster in sorted(waiting.values(), key=lambda one: (-one.depth, one.place)):
        _roll_up_one(tree, cluster)


def _written(activities: Iterable[Activity]) -> set[str]:
    return {
        one.target
        for activity in activities
        for objective in activity.says.objectives
        for one in objective.maps
        if one.writes
    }


def _reads(activity: Activity, target: str) -> bool:
    return any(
        one.target == target and one.reads for objective in activity.says.objectives for one in objective.maps
    )


def _roll_up_one(tree: Tree, cluster: Activity) -> None:
    if not cluster.says.tracked or not cluster.children:
        return
    _roll_up_measure(tree, cluster)
    _roll_up_progress(tree, cluster)
    rules = cluster.says.rollup
    objectives = [rule for rule in rules if rule.action in OF_OBJECTIVES] or DEFAULT_OBJECTIVES
    progress = [rule for rule in rules if rule.action not in OF_OBJECTIVES] or DEFAULT_PROGRESS
    if not cluster.primary.by_measure:
        fired = {rule.action for rule in objectives if _fires(tree, cluster, rule)}
        if RollupAction.SATISFIED in fired:
            tree.learn(cluster, "", Fact.SATISFIED, value=True)
        elif RollupAction.NOT_SATISFIED in fired:
            tree.learn(cluster, "", Fact.SATISFIED, value=False)
    if not cluster.says.threshold.by_measure:
        fired = {rule.action for rule in progress if _fires(tree, cluster, rule)}
        if RollupAction.COMPLETED in fired:
            tree.learn(cluster, "", Fact.COMPLETED, value=True)
        elif RollupAction.INCOMPLETE in fired:
            tree.learn(cluster, "", Fact.COMPLETED, value=False)


def _roll_up_measure(tree: Tree, cluster: Activity) -> None:
    """Set the weighted mean of the children's measures: one that is unknown counts as nothing (RB.1.1)."""
    counted = [child for child in cluster.children if child.says.tracked and child.says.measure_weight > 0]
    found = [(child.says.measure_weight, tree.known(child, "", Fact.MEASURE)) for child in counted]
    _take(tree, cluster, Fact.MEASURE, _mean(found))


def _roll_up_progress(tree: Tree, cluster: Activity) -> None:
    """The same for progress (RB.1.1.b)."""
    counted = [child for child in cluster.children if child.says.tracked and child.says.threshold.weight > 0]
    found = [(child.says.threshold.weight, tree.known(child, "", Fact.PROGRESS)) for child in counted]
    _take(tree, cluster, Fact.PROGRESS, _mean(found))


def _take(tree: Tree, cluster: Activity, fact: Fact, value: float | None) -> None:
    if value is None:
        tree.forget(cluster, fact)
    else:
        tree.learn(cluster, "", fact, value)


def _mean(weighted: Sequence[tuple[float, float | None]]) -> float | None:
    if not any(value is not None for _weight, value in weighted):
        return None
    return sum(weight * (value or 0.0) for weight, value in weighted) / sum(
        weight for weight, _value in weighted
    )


def _fires(tree: Tree, cluster: Activity, rule: RollupRule) -> bool:
    """Return whether a rollup rule holds of the children that count for it (RB.1.4).

    Where none counts, "all" and "none" hold of every one of them.
    """
    found = [
        holds(tree, child, rule.when, for_rollup=True)
        for child in cluster.children
        if _counts(tree, child, rule.action)
    ]
    true = sum(one is True for one in found)
    match rule.children:
        case ChildSet.ALL:
            return true == len(found)
        case ChildSet.ANY:
            return true > 0
        case ChildSet.NONE:
            return all(one is False for one in found)
        case ChildSet.COUNT:
            return true >= rule.minimum and any(one is not None for one in found)
        case ChildSet.PERCENT:
            return true >= rule.minimum * len(found) and any(one is not None for one in found)


def _counts(tree: Tree, child: Activity, action: RollupAction) -> bool:
    """Return whether a child is asked for its parent's status (RB.1.4.2)."""
    says = child.says
    if not says.tracked:
        return False
    if not (says.rolls_satisfied if action in OF_OBJECTIVES else says.rolls_progress):
        return False
    when = {
        RollupAction.SATISFIED: says.for_satisfied,
        RollupAction.NOT_SATISFIED: says.for_not_satisfied,
        RollupAction.COMPLETED: says.for_completed,
        RollupAction.INCOMPLETE: says.for_incomplete,
    }[action]
    match when:
        case Consideration.ALWAYS:
            return True
        case Consideration.ATTEMPTED:
            return child.attempts > 0
        case Consideration.NOT_SUSPENDED:
            return not (child.attempts > 0 and child.suspended)
        case Consideration.NOT_SKIPPED:
            return not applies(tree, child, PreAction.SKIP)
