"""Looking around, before or after it counts: every item is open, one after the other; no rule of the manifest holds."""

from collections.abc import Iterator

from lms.packages.values.sequencing import (
    Control,
    CourseState,
    MenuEntry,
    Node,
    Outcome,
    Request,
    RequestKind,
    Ways,
)

NOWHERE = CourseState()


def browse(root: Node, here: str, request: Request | None) -> Outcome:
    """Return where a request leads from the item that is open; None opens the first."""
    leaves = [node.identifier for node in root.walk() if node.launch]
    if request is None:
        return Outcome(state=NOWHERE, deliver=leaves[0])
    if request.kind in {RequestKind.CHOICE, RequestKind.JUMP}:
        wanted = next((node for node in root.walk() if node.identifier == request.target), root)
        found = next((node.identifier for node in wanted.walk() if node.launch), None)
        return Outcome(state=NOWHERE, deliver=found)
    step = {RequestKind.CONTINUE: 1, RequestKind.PREVIOUS: -1}.get(request.kind)
    if step is None or here not in leaves:
        return Outcome(state=NOWHERE, ended=True)
    at = leaves.index(here) + step
    if at < 0:
        return Outcome(state=NOWHERE, refusal="SB.2.1-3")
    return (
        Outcome(state=NOWHERE, deliver=leaves[at]) if at < len(leaves) else Outcome(state=NOWHERE, ended=True)
    )


def browsing_ways(root: Node, here: str | None, states: dict[str, str]) -> Ways:
    """Return what may be asked for while looking around; ``states`` is how each item stands, if anything is known."""
    leaves = [node.identifier for node in root.walk() if node.launch]
    at = leaves.index(here) if here in leaves else None
    goes_back = at is not None and at > 0
    offered = {Control.CONTINUE} if at is not None else set()
    return Ways(
        continues=at is not None,
        goes_back=goes_back,
        choices=frozenset(node.identifier for node in root.walk()),
        jumps=frozenset(leaves),
        offered=frozenset(offered | ({Control.PREVIOUS} if goes_back else set())),
        menu=tuple(_entries(root, here, states, 0)),
    )


def _entries(node: Node, here: str | None, states: dict[str, str], depth: int) -> Iterator[MenuEntry]:
    if node.visible:
        yield MenuEntry(
            identifier=node.identifier,
            title=node.title,
            depth=depth,
            opens=bool(node.launch),
            selectable=bool(node.launch),
            current=node.identifier == here,
            state=states.get(node.identifier, "none"),
        )
    for child in node.children:
        yield from _entries(child, here, states, depth + 1 if node.visible else depth)
