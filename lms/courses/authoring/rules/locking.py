"""Activities that wait for each other: what no learner could ever open is found here."""

from collections.abc import Collection, Mapping, Sequence
from typing import TypeVar

K = TypeVar("K")


def find_cycle(waits_for: Mapping[K, Collection[K]]) -> Sequence[K]:
    """Return activities each of which waits for the next, and the last for the first; nothing if there are none."""
    done: set[K] = set()
    for first in waits_for:
        path: list[K] = []
        on_path: dict[K, int] = {}
        stack = [(first, False)]
        while stack:
            here, is_left = stack.pop()
            if is_left:
                done.add(path.pop())
                del on_path[here]
            elif here in on_path:
                return path[on_path[here] :]
            elif here not in done:
                on_path[here] = len(path)
                path.append(here)
                stack.append((here, True))
                stack += [(other, False) for other in waits_for.get(here, ())]
    return ()
