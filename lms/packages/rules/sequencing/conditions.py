"""Whether the conditions of a rule hold: true, false, or None for unknown (SN UP.2.1, RB.1.4.1)."""

from collections.abc import Callable, Mapping
from typing import Final

from lms.packages.rules.sequencing.tree import Activity, Tree
from lms.packages.values.sequencing import (
    Combination,
    Condition,
    Conditions,
    Fact,
    PreAction,
    RuleCondition,
)

_Asked = Callable[[Tree, Activity, RuleCondition, bool], bool | None]


def _satisfied(tree: Tree, activity: Activity, asked: RuleCondition, rolls: bool) -> bool | None:  # noqa: FBT001
    found: bool | None = tree.known(activity, asked.objective, Fact.SATISFIED, for_rollup=rolls)
    return found


def _measure(tree: Tree, activity: Activity, asked: RuleCondition, rolls: bool) -> float | None:  # noqa: FBT001
    found: float | None = tree.known(activity, asked.objective, Fact.MEASURE, for_rollup=rolls)
    return found


def _greater(tree: Tree, activity: Activity, asked: RuleCondition, rolls: bool) -> bool | None:  # noqa: FBT001
    measure = _measure(tree, activity, asked, rolls)
    return None if measure is None else measure > asked.threshold


def _less(tree: Tree, activity: Activity, asked: RuleCondition, rolls: bool) -> bool | None:  # noqa: FBT001
    measure = _measure(tree, activity, asked, rolls)
    return None if measure is None else measure < asked.threshold


def _completed(tree: Tree, activity: Activity, asked: RuleCondition, rolls: bool) -> bool | None:  # noqa: FBT001
    return tree.completed(activity, asked.objective, for_rollup=rolls)


def _attempts_exceeded(_tree: Tree, activity: Activity, _asked: RuleCondition, _rolls: bool) -> bool | None:  # noqa: FBT001
    limit = activity.says.attempt_limit
    return None if limit is None else activity.attempts >= limit


# Time limits and time ranges are left out of SCORM (SN 3.5): nobody knows whether they are passed.
ASKED: Final[Mapping[Condition, _Asked]] = {
    Condition.SATISFIED: _satisfied,
    Condition.STATUS_KNOWN: lambda *given: _satisfied(*given) is not None,
    Condition.MEASURE_KNOWN: lambda *given: _measure(*given) is not None,
    Condition.MEASURE_GREATER: _greater,
    Condition.MEASURE_LESS: _less,
    Condition.COMPLETED: _completed,
    Condition.PROGRESS_KNOWN: lambda *given: _completed(*given) is not None,
    Condition.ATTEMPTED: lambda _tree, activity, _asked, _rolls: activity.attempts > 0,
    Condition.ATTEMPTS_EXCEEDED: _attempts_exceeded,
    Condition.TIME_EXCEEDED: lambda *_given: None,
    Condition.OUTSIDE_TIME: lambda *_given: None,
    Condition.ALWAYS: lambda *_given: True,
    Condition.NEVER: lambda *_given: False,
}


def holds(tree: Tree, activity: Activity, when: Conditions, *, for_rollup: bool = False) -> bool | None:
    """Return whether the conditions hold of an activity; what is unknown stays unknown, negated or not."""
    found = [_one(tree, activity, asked, for_rollup) for asked in when.parts]
    if when.combination is Combination.ALL:
        return next((one for one in found if one is not True), True)
    if True in found:
        return True
    return None if None in found else False


def _one(tree: Tree, activity: Activity, asked: RuleCondition, rolls: bool) -> bool | None:  # noqa: FBT001
    found = ASKED[asked.condition](tree, activity, asked, rolls)
    return found if found is None or not asked.negated else not found


def applies(tree: Tree, activity: Activity, action: PreAction) -> bool:
    """Return whether a precondition rule of that action fires."""
    return any(
        rule.action is action and holds(tree, activity, rule.when) is True for rule in activity.says.before
    )


def is_barred(tree: Tree, activity: Activity) -> bool:
    """Return whether an activity may not be delivered: disabled, or attempted as often as it may be (SN UP.5)."""
    return applies(tree, activity, PreAction.DISABLED) or _is_used_up(activity)


def _is_used_up(activity: Activity) -> bool:
    limit = activity.says.attempt_limit
    return (
        limit is not None
        and activity.says.tracked
        and not (activity.active or activity.suspended)
        and activity.attempts >= limit
    )
