"""What an activity's objectives know, from wherever they read it: what its content is told (SN 4.2.1.2)."""

from collections.abc import Mapping

from lms.packages.rules.sequencing.tree import Tree
from lms.packages.values.sequencing import CourseState, Fact, Facts, Node, Told


def told(root: Node, state: CourseState, item: str) -> Mapping[str, Told]:
    """Return what is known of each objective of an activity, by its name."""
    tree = Tree(root, state)
    activity = tree.by_id[item]
    return {
        objective.identifier: Told(
            Facts(**{fact.value: tree.read(activity, objective, fact) for fact in Fact}),
            frozenset(fact for one in objective.maps for fact in one.reads),
        )
        for objective in activity.says.objectives
    }
