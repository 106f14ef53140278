"""The overall sequencing process: from a navigation request to the activity that is delivered (SN OP.1)."""

from dataclasses import dataclass
from random import Random

from lms.packages.rules.sequencing.attempts import (
    arrange,
    begin_attempts,
    end_attempt,
    end_attempts_up_to,
    forget_suspension,
)
from lms.packages.rules.sequencing.choosing import leads_to, may_jump, why_not_choose
from lms.packages.rules.sequencing.conditions import holds, is_barred
from lms.packages.rules.sequencing.flow import Way, flow
from lms.packages.rules.sequencing.rollup import roll_up
from lms.packages.rules.sequencing.tree import Activity, Tree
from lms.packages.values.sequencing import (
    CourseState,
    Fact,
    Node,
    Outcome,
    PostAction,
    PostRule,
    Request,
    RequestKind,
    Scope,
)

WIDE = Scope()
EXITING = frozenset(
    {
        RequestKind.CONTINUE,
        RequestKind.PREVIOUS,
        RequestKind.CHOICE,
        RequestKind.JUMP,
        RequestKind.EXIT,
    }
)


@dataclass(frozen=True, slots=True)
class _Sought:
    """What a sequencing request asks to deliver; ``target`` is for choice and jump."""

    kind: RequestKind | PostAction
    target: Activity | None = None


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What a sequencing request came to."""

    deliver: Activity | None = None
    ended: bool = False
    refusal: str = ""


def navigate(
    root: Node, state: CourseState, request: Request, *, chance: Random, scope: Scope = WIDE
) -> Outcome:
    """Return what becomes of a request: where the learner then stands, and what is delivered.

    A request that may not be made, or a choice of what cannot be delivered, changes nothing but the arrangement of
    children; any other that leads to nothing leaves the activity all the same (OP.1). ``chance`` chooses and shuffles.
    What activities share is forgotten when all of the package is tried anew, unless its ``scope`` is wider.
    """
    tree = Tree(root, state)
    if tree.current is None:
        if not tree.root.suspended:
            _forget_shared(tree, scope)
        for activity in tree.by_id.values():
            arrange(activity, chance)
    target = tree.by_id.get(request.target)
    before = tree.state()
    if refusal := why_not(tree, request.kind, target):
        return Outcome(state=before, refusal=refusal)
    sought = _terminate(tree, request.kind, target, chance)
    if sought.kind is PostAction.RETRY and tree.current is tree.root:
        _forget_shared(tree, scope)
    verdict = _seek(tree, sought, chance)
    if verdict.deliver is None:
        is_undone = verdict.refusal and request.kind in {RequestKind.CHOICE, RequestKind.JUMP}
        return Outcome(
            state=before if is_undone else tree.state(), ended=verdict.ended, refusal=verdict.refusal
        )
    if any(is_barred(tree, one) for one in verdict.deliver.path()):
        return Outcome(state=before, refusal="DB.1.1-3")
    is_new = _deliver(tree, verdict.deliver, chance)
    return Outcome(state=tree.state(), deliver=verdict.deliver.id, is_new_attempt=is_new)


def _forget_shared(tree: Tree, scope: Scope) -> None:
    if not scope.keeps_objectives:
        tree.shared.clear()
    if not scope.keeps_stores:
        tree.stores.clear()


def why_not(tree: Tree, kind: RequestKind, target: Activity | None) -> str:  # noqa: PLR0911 - one case a request
    """Return why a navigation request may not be made here, empty if it may (NB.2.1)."""
    here = tree.current
    parent = here.parent if here else None
    match kind:
        case RequestKind.START:
            return "NB.2.1-1" if here else ""
        case RequestKind.RESUME_ALL:
            return "NB.2.1-1" if here else "" if tree.suspended else "NB.2.1-3"
        case RequestKind.CONTINUE:
            return "NB.2.1-2" if here is None else "" if parent and parent.says.flow else "NB.2.1-4"
        case RequestKind.PREVIOUS:
            return _why_not_back(tree, here)
        case RequestKind.CHOICE:
            if target is None:
                return "NB.2.1-11"
            return why_not_choose(tree, here, target)
        case RequestKind.JUMP:
            return "" if here and target and may_jump(tree, target) else "NB.2.1-11"
        case RequestKind.EXIT | RequestKind.ABANDON:
            return "NB.2.1-2" if here is None else "" if here.active else "NB.2.1-12"
        case _:
            return "NB.2.1-2" if here is None else ""


def _why_not_back(tree: Tree, here: Activity | None) -> str:
    if here is None:
        return "NB.2.1-2"
    if here.parent is None:
        return "NB.2.1-6"
    if not here.parent.says.flow or here.parent.says.forward_only:
        return "NB.2.1-5"
    found = flow(tree, here, Way.BACKWARD, into=False)
    return "" if found.is_deliverable else found.refusal or "SB.2.8"


def _terminate(tree: Tree, kind: RequestKind, target: Activity | None, chance: Random) -> _Sought:
    """End what the request ends (TB.2.3), and return what it seeks then: a rule may seek something else."""
    here = tree.current
    if here is None:
        return _Sought(kind, target)
    if kind in EXITING:
        return _exit(tree, here, _Sought(kind, target), chance) if here.active else _Sought(kind, target)
    if kind is RequestKind.EXIT_ALL:
        return _exit_all(tree, here, _Sought(RequestKind.EXIT), chance)
    if kind is RequestKind.SUSPEND_ALL:
        _suspend_all(tree, here)
    elif kind is RequestKind.ABANDON:
        _forget(tree, here)
        here.active = False
    elif kind is RequestKind.ABANDON_ALL:
        _forget(tree, here)
        for one in here.path():
            one.active = False
        tree.current = tree.root
    return _Sought(RequestKind.EXIT)


def _exit(tree: Tree, here: Activity, sought: _Sought, chance: Random) -> _Sought:
    end_attempt(tree, here, chance)
    here = _leave_by_rule(tree, here, chance)
    tree.current = here
    while not here.suspended:
        action = _first_action(tree, here)
        if action is PostAction.EXIT_PARENT and here.parent:
            here = tree.current = here.parent
            end_attempt(tree, here, chance)
            continue
        if action is PostAction.EXIT_ALL:
            return _exit_all(tree, here, _Sought(RequestKind.EXIT), chance)
        if action is PostAction.RETRY_ALL or (action is PostAction.RETRY and here is tree.root):
            return _exit_all(tree, here, _Sought(PostAction.RETRY), chance)
        if action in {PostAction.RETRY, PostAction.CONTINUE, PostAction.PREVIOUS} and action is not None:
            return _Sought(action)
        if here is tree.root:
            return _Sought(RequestKind.EXIT)
        break
    return sought


def _leave_by_rule(tree: Tree, here: Activity, chance: Random) -> Activity:
    """Return where the learner stands once exit rules above have ended what they end (TB.2.1)."""
    for above in reversed([*here.ancestors()]):
        if any(holds(tree, above, when) is True for when in above.says.leaving):
            end_attempts_up_to(tree, here, above, chance)
            end_attempt(tree, above, chance)
            return above
    return here


def _first_action(tree: Tree, activity: Activity) -> PostAction | None:
    def fires(rule: PostRule) -> bool:
        return holds(tree, activity, rule.when) is True

    return next((rule.action for rule in activity.says.after if fires(rule)), None)


def _exit_all(tree: Tree, here: Activity, sought: _Sought, chance: Random) -> _Sought:
    if here.active:
        end_attempt(tree, here, chance)
    end_attempts_up_to(tree, here, tree.root, chance)
    end_attempt(tree, tree.root, chance)
    tree.current = tree.root
    return sought


def _suspend_all(tree: Tree, here: Activity) -> None:
    if here.active or here.suspended:
        roll_up(tree, here)
        tree.suspended = here
    else:
        tree.suspended = here.parent
    for one in tree.suspended.path() if tree.suspended else ():
        one.active, one.suspended = False, True
    tree.current = tree.root


def _forget(tree: Tree, here: Activity) -> None:
    """What is abandoned does not count: nothing is known of it (TB.2.3.6)."""
    for fact in (Fact.SATISFIED, Fact.MEASURE, Fact.COMPLETED, Fact.PROGRESS):
        tree.forget(here, fact)


def _seek(tree: Tree, sought: _Sought, chance: Random) -> _Verdict:  # noqa: PLR0911 - one case a request
    """Return the activity that a sequencing request finds (SB.2.12)."""
    here = tree.current
    match sought.kind:
        case RequestKind.START:
            found = flow(tree, tree.root, Way.FORWARD, into=True)
            return (
                _Verdict(found.at) if found.is_deliverable else _Verdict(refusal=found.refusal or "SB.2.5-3")
            )
        case RequestKind.RESUME_ALL:
            # A cluster that was suspended by itself has nothing to deliver: the learner chooses.
            suspended = tree.suspended
            return _Verdict(suspended) if suspended and suspended.is_leaf else _Verdict(refusal="SB.2.6-2")
        case RequestKind.CONTINUE | PostAction.CONTINUE:
            return _continue(tree, here, chance)
        case RequestKind.PREVIOUS | PostAction.PREVIOUS:
            return _go_back(tree, here)
        case PostAction.RETRY | PostAction.RETRY_ALL:
            return _retry(tree, here)
        case RequestKind.CHOICE if sought.target:
            return _choose(tree, here, sought.target, chance)
        case RequestKind.JUMP if sought.target:
            return _Verdict(sought.target)
        case _:
            is_over = here is tree.root and not tree.root.active
            return _leave(tree) if is_over else _Verdict()


def _leave(tree: Tree) -> _Verdict:
    """The session is over: nobody stands anywhere any more."""
    tree.current = None
    return _Verdict(ended=True)


def _continue(tree: Tree, here: Activity | None, chance: Random) -> _Verdict:
    if here is None:
        return _Verdict(refusal="SB.2.7-1")
    if here.parent and not here.parent.says.flow:
        return _Verdict(refusal="SB.2.7-2")
    found = flow(tree, here, Way.FORWARD, into=False)
    if found.is_deliverable:
        return _Verdict(found.at)
    if found.ends:
        # Whoever walks off the end of the tree has ended it (SB.2.1).
        _exit_all(tree, here, _Sought(RequestKind.EXIT), chance)
        return _leave(tree)
    return _Verdict(refusal=found.refusal)


def _go_back(tree: Tree, here: Activity | None) -> _Verdict:
    if here is None:
        return _Verdict(refusal="SB.2.8-1")
    if here.parent and not here.parent.says.flow:
        return _Verdict(refusal="SB.2.8-2")
    found = flow(tree, here, Way.BACKWARD, into=False)
    return _Verdict(found.at) if found.is_deliverable else _Verdict(refusal=found.refusal)


def _retry(tree: Tree, here: Activity | None) -> _Verdict:
    if here is None or here.active or here.suspended:
        return _Verdict(refusal="SB.2.10-2")
    if here.is_leaf:
        return _Verdict(here)
    found = flow(tree, here, Way.FORWARD, into=True)
    return _Verdict(found.at) if found.is_deliverable else _Verdict(refusal="SB.2.10-3")


def _choose(tree: Tree, here: Activity | None, target: Activity, chance: Random) -> _Verdict:
    if refusal := why_not_choose(tree, here, target):
        return _Verdict(refusal=refusal)
    found = leads_to(tree, target)
    if found is not None:
        return _Verdict(found)
    if here is not None and not target.is_leaf:
        common = tree.common(here, target)
        end_attempts_up_to(tree, here, common, chance)
        tree.current = target
    return _Verdict(refusal="SB.2.9-9" if not target.is_leaf else "DB.1.1-3")


def _deliver(tree: Tree, target: Activity, chance: Random) -> bool:
    """Begin the attempts that a delivery begins (DB.2); return whether the activity's own is a new one."""
    forget_suspension(tree, target)
    end_attempts_up_to(tree, tree.current, target, chance)
    is_new = begin_attempts(target)
    tree.current = target
    return is_new
