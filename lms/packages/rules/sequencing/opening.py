"""Coming back to a package: what was left open is ended, or suspended, before anything is opened (SN 5.6)."""

from lms.packages.rules.sequencing.choosing import why_not_choose
from lms.packages.rules.sequencing.flow import Way, flow
from lms.packages.rules.sequencing.requests import why_not
from lms.packages.rules.sequencing.tree import Tree
from lms.packages.values.sequencing import CourseState, Node, Request, RequestKind


def opening(root: Node, state: CourseState) -> Request:
    """Return the request that opens a package: resume, start, or the one thing to open where nothing flows."""
    if state.suspended:
        return Request(RequestKind.RESUME_ALL)
    tree = Tree(root, state)
    if flow(tree, tree.root, Way.FORWARD, into=True).is_deliverable:
        return Request(RequestKind.START)
    only = only_item(root)
    if only and not why_not_choose(tree, None, tree.by_id[only]):
        return Request(RequestKind.CHOICE, only)
    return Request(RequestKind.START)


def only_item(root: Node) -> str | None:
    """Return the one item that opens something, None if there are several."""
    leaves = [node.identifier for node in root.walk() if node.launch]
    return leaves[0] if len(leaves) == 1 else None


def leaving(root: Node, state: CourseState, *, is_finished: bool) -> Request | None:
    """Return the request that a learner made by closing the page, None if nothing was open.

    What was not finished is suspended. What was is left as if by the way on; the only item, by leaving it all.
    """
    if state.current is None:
        return None
    tree = Tree(root, state)
    here = tree.current
    if here is not None and here.active and not is_finished:
        return Request(RequestKind.SUSPEND_ALL)
    if not why_not(tree, RequestKind.CONTINUE, None):
        return Request(RequestKind.CONTINUE)
    if only_item(root):
        return Request(RequestKind.EXIT_ALL)
    return Request(RequestKind.EXIT) if here is not None and here.active else Request(RequestKind.SUSPEND_ALL)
