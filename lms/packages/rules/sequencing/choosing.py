"""Whether an activity may be chosen, or jumped to (SN SB.2.9, SB.2.13)."""

from lms.packages.rules.sequencing.conditions import applies, is_barred
from lms.packages.rules.sequencing.flow import Way, flow, may_pass, neighbour
from lms.packages.rules.sequencing.tree import Activity, Tree
from lms.packages.values.sequencing import PreAction


def why_not_choose(tree: Tree, start: Activity | None, target: Activity) -> str:
    """Return why a choice of ``target`` is refused, empty if it is not; ``start`` is where the learner stands."""
    if refusal := _why_not_shown(tree, target):
        return refusal
    if start is None:
        return _why_not_down(tree, tree.root, target)
    if start.active and not start.says.choice_exit:
        return "NB.2.1-8"
    if start is target:
        return ""
    if start.parent is target.parent:
        return _why_not_along(tree, start, target)
    return _why_not_away(tree, start, target, tree.common(start, target))


def _why_not_shown(tree: Tree, target: Activity) -> str:
    if refusal := _hidden(target):
        return refusal
    if any(applies(tree, one, PreAction.HIDDEN) for one in target.path()):
        return "SB.2.9-3"
    return "SB.2.9-4" if target.parent and not target.parent.says.choice else ""


def _why_not_away(tree: Tree, start: Activity, target: Activity, common: Activity) -> str:
    if start is common:
        return _why_not_down(tree, common, target)
    # Whatever is left on the way up must let itself be left by choice.
    if any(not one.says.choice_exit for one in _below(start, common)):
        return "SB.2.9-8"
    return "" if target is common else _why_not_across(tree, start, target, common)


def _hidden(target: Activity) -> str:
    """Return a refusal if the activity, or one above it, is not among those that were selected."""
    for one in target.path():
        if one.parent and one not in one.parent.children:
            return "SB.2.9-2"
    return ""


def _why_not_along(tree: Tree, start: Activity, target: Activity) -> str:
    siblings = start.parent.children if start.parent else []
    here, there = siblings.index(start), siblings.index(target)
    way = Way.FORWARD if there > here else Way.BACKWARD
    passed = siblings[here:there] if way is Way.FORWARD else siblings[there + 1 : here + 1]
    return next((why for one in passed if (why := may_pass(tree, one, way))), "")


def _why_not_down(tree: Tree, common: Activity, target: Activity) -> str:
    """Return why the way down from ``common`` to ``target`` is barred."""
    for one in [common, *_clusters_between(common, target)]:
        if why := may_pass(tree, one, Way.FORWARD):
            return why
        if one is not common and not one.active and one.says.prevent_activation:
            return "SB.2.9-6"
    return ""


def _why_not_across(tree: Tree, start: Activity, target: Activity, common: Activity) -> str:
    constrained = next((one for one in _below(start, common) if one.says.constrain_choice), None)
    way = Way.FORWARD if _comes_after(start, target, common) else Way.BACKWARD
    if constrained is not None:
        reached = neighbour(constrained, way)
        if (
            target not in (reached, constrained)
            and reached not in target.path()
            and constrained not in target.path()
        ):
            return "SB.2.9-8"
    if way is Way.FORWARD:
        return _why_not_down(tree, common, target)
    inactive = (one for one in _clusters_between(common, target) if not one.active)
    return "SB.2.9-6" if any(one.says.prevent_activation for one in inactive) else ""


def _comes_after(start: Activity, target: Activity, common: Activity) -> bool:
    order = {id(one): at for at, one in enumerate(common.walk())}
    return order.get(id(target), 0) > order.get(id(start), 0)


def _below(activity: Activity, common: Activity) -> list[Activity]:
    """Return the ancestors of an activity that lie below ``common``, from the bottom up."""
    found = []
    for one in activity.ancestors():
        if one is common:
            break
        found.append(one)
    return found


def _clusters_between(common: Activity, target: Activity) -> list[Activity]:
    """Return the activities between the two, without them, from the top down."""
    return [*reversed(_below(target, common))]


def leads_to(tree: Tree, target: Activity) -> Activity | None:
    """Return the activity that a choice of ``target`` would deliver, None if there is none to deliver."""
    if target.is_leaf:
        found = target
    else:
        flowed = flow(tree, target, Way.FORWARD, into=True)
        if not flowed.is_deliverable:
            return None
        found = flowed.at
    return None if any(is_barred(tree, one) for one in found.path()) else found


def may_jump(tree: Tree, target: Activity) -> bool:
    """Return whether a jump can deliver an activity: it needs to be there, and nothing else."""
    return target.is_leaf and not _hidden(target) and not any(is_barred(tree, one) for one in target.path())
