"""The activity tree while a request is worked on: what the manifest says beside what is tracked (SN 4)."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from lms.packages.values.sequencing import (
    ActivityState,
    CourseState,
    Fact,
    Facts,
    Node,
    Objective,
    Sequencing,
)

UNKNOWN = Facts()
Value = bool | float | None
FROM_THERE_ALONE = frozenset({Fact.SATISFIED, Fact.MEASURE})
STALE_WITH_PROGRESS = frozenset({Fact.COMPLETED, Fact.PROGRESS})


class Activity:
    """One activity. ``children`` are those that were chosen, in their order."""

    __slots__ = (
        "active",
        "attempts",
        "children",
        "depth",
        "every_child",
        "facts",
        "is_chosen",
        "is_shuffled",
        "node",
        "objectives",
        "parent",
        "place",
        "said_completed",
        "said_satisfied",
        "says",
        "stale_objectives",
        "stale_progress",
        "suspended",
    )

    def __init__(self, node: Node, parent: "Activity | None", state: ActivityState, place: int) -> None:
        self.node, self.parent, self.place = node, parent, place
        self.depth: int = parent.depth + 1 if parent else 0
        self.says: Sequencing = node.sequencing
        self.objectives: dict[str, Objective] = {one.identifier: one for one in self.says.objectives}
        self.facts: dict[str, Facts] = dict(state.objectives)
        self.attempts, self.active, self.suspended = state.attempts, state.active, state.suspended
        self.stale_objectives, self.stale_progress = state.stale_objectives, state.stale_progress
        self.said_satisfied, self.said_completed = state.said_satisfied, state.said_completed
        self.is_chosen, self.is_shuffled = state.is_chosen, state.is_shuffled
        self.every_child: list[Activity] = []
        self.children: list[Activity] = []

    @property
    def id(self) -> str:
        """Return its identifier."""
        return self.node.identifier

    @property
    def is_leaf(self) -> bool:
        """Return whether nothing lies below it."""
        return not self.every_child

    @property
    def primary(self) -> Objective:
        """Return the objective that stands for the activity."""
        return self.says.objectives[0]

    def objective(self, name: str) -> Objective | None:
        """Return an objective by its name; none named is the primary one."""
        return self.objectives.get(name) if name else self.primary

    def ancestors(self) -> Iterator["Activity"]:
        """Yield its parent, and so on up to the root."""
        above = self.parent
        while above is not None:
            yield above
            above = above.parent

    def path(self) -> list["Activity"]:
        """Return the way from the root down to it."""
        return [*reversed([*self.ancestors()]), self]

    def walk(self) -> Iterator["Activity"]:
        """Yield it and every activity below it that is available, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()

    def begin_attempt(self) -> None:
        """Start anew: nothing is known of this attempt, and what was tracked below belongs to the one before."""
        self.attempts += 1
        self.facts = {}
        self.stale_objectives = self.stale_progress = False
        self.said_satisfied = self.said_completed = False
        for child in self.children:
            child.go_stale(objectives=self.says.current_objectives, progress=self.says.current_progress)

    def go_stale(self, *, objectives: bool, progress: bool) -> None:
        """Mark what is tracked here, and below, as of an earlier attempt on the parent."""
        if self.facts:
            self.stale_objectives = self.stale_objectives or objectives
            self.stale_progress = self.stale_progress or progress
        for child in self.children:
            child.go_stale(
                objectives=objectives and self.says.current_objectives,
                progress=progress and self.says.current_progress,
            )

    def state(self) -> ActivityState:
        """Return what is tracked of it."""
        is_arranged = self.children != self.every_child
        return ActivityState(
            attempts=self.attempts,
            active=self.active,
            suspended=self.suspended,
            objectives={name: facts for name, facts in self.facts.items() if facts != UNKNOWN},
            stale_objectives=self.stale_objectives,
            stale_progress=self.stale_progress,
            said_satisfied=self.said_satisfied,
            said_completed=self.said_completed,
            children=tuple(child.id for child in self.children) if is_arranged else None,
            is_chosen=self.is_chosen,
            is_shuffled=self.is_shuffled,
        )


UNTOUCHED = ActivityState()


class Tree:
    """The activities of a package, and where the learner stands among them."""

    def __init__(self, root: Node, state: CourseState) -> None:
        self.by_id: dict[str, Activity] = {}
        self.shared: dict[str, Facts] = dict(state.objectives)
        self.stores: dict[str, str] = dict(state.stores)
        self.root = self._grow(root, None, state)
        self.current = self.by_id.get(state.current or "")
        self.suspended = self.by_id.get(state.suspended or "")

    def _grow(self, node: Node, parent: Activity | None, state: CourseState) -> Activity:
        kept = state.activities.get(node.identifier, UNTOUCHED)
        activity = self.by_id[node.identifier] = Activity(node, parent, kept, len(self.by_id))
        activity.every_child = [self._grow(child, activity, state) for child in node.children]
        chosen = (
            [self.by_id[name] for name in kept.children if name in self.by_id]
            if kept.children is not None
            else activity.every_child
        )
        activity.children = list(chosen)
        return activity

    def state(self) -> CourseState:
        """Return where the learner stands."""
        states = {activity.id: activity.state() for activity in self.by_id.values()}
        return CourseState(
            current=self.current.id if self.current else None,
            suspended=self.suspended.id if self.suspended else None,
            activities={name: state for name, state in states.items() if state != UNTOUCHED},
            objectives=dict(self.shared),
            stores=dict(self.stores),
        )

    def common(self, one: Activity, other: Activity) -> Activity:
        """Return the deepest activity whose subtree holds both; a leaf is held by its parent."""
        around = {id(above) for above in _clusters(one)}
        return next((above for above in _clusters(other) if id(above) in around), self.root)

    def known(self, activity: Activity, name: str, fact: Fact, *, for_rollup: bool = False) -> Any:
        """Return a fact of an objective as sequencing sees it; None if unknown.

        Status and measure that are read from a shared objective are read from there alone, even while they are unknown
        there; the rest from there first. Rollup does not see what an earlier attempt on the parent left behind.
        """
        objective = activity.objective(name)
        if objective is None or not activity.says.tracked:
            return None
        return self.read(activity, objective, fact, for_rollup=for_rollup)

    def read(self, activity: Activity, objective: Objective, fact: Fact, *, for_rollup: bool = False) -> Any:
        """Return a fact of an objective as ``known`` does, of an activity that is not tracked too."""
        if fact is Fact.SATISFIED and objective.by_measure:
            return self._by_measure(activity, objective, for_rollup=for_rollup)
        for one in objective.maps:
            if fact in one.reads:
                found = getattr(self.shared.get(one.target, UNKNOWN), fact.value)
                if found is not None or fact in FROM_THERE_ALONE:
                    return found
        stale = activity.stale_progress if fact in STALE_WITH_PROGRESS else activity.stale_objectives
        if for_rollup and stale:
            return None
        return getattr(activity.facts.get(objective.identifier, UNKNOWN), fact.value)

    def is_known_here(self, activity: Activity, fact: Fact) -> bool:
        """Return whether a fact of the primary objective is known to the activity itself, or from where it reads."""
        own = activity.facts.get(activity.primary.identifier, UNKNOWN)
        return getattr(own, fact.value) is not None or self.known(activity, "", fact) is not None

    def _by_measure(self, activity: Activity, objective: Objective, *, for_rollup: bool) -> bool | None:
        if activity.active and not activity.says.measure_if_active:
            return None
        measure = self.read(activity, objective, Fact.MEASURE, for_rollup=for_rollup)
        return None if measure is None else measure >= objective.minimum

    def completed(self, activity: Activity, name: str = "", *, for_rollup: bool = False) -> bool | None:
        """Return whether an activity is completed, by its progress where that decides."""
        threshold = activity.says.threshold
        if threshold.by_measure and name in {"", activity.primary.identifier}:
            progress = self.known(activity, "", Fact.PROGRESS, for_rollup=for_rollup)
            return None if progress is None else progress >= threshold.minimum
        found: bool | None = self.known(activity, name, Fact.COMPLETED, for_rollup=for_rollup)
        return found

    def learn(self, activity: Activity, name: str, fact: Fact, value: Value) -> None:
        """Set a fact of an objective, there and wherever it is written to: it may be set to unknown."""
        objective = activity.objective(name)
        if objective is None or not activity.says.tracked:
            return
        if fact is Fact.SATISFIED and objective.by_measure:
            return
        by_progress = objective is activity.primary and activity.says.threshold.by_measure
        if fact is Fact.COMPLETED and by_progress:
            return
        self._set(activity, objective, fact, value)
        if fact is Fact.PROGRESS and by_progress:
            self._set(activity, objective, Fact.COMPLETED, self.completed(activity))
        if fact is Fact.MEASURE and objective.by_measure:
            self.settle_measure(activity, objective)

    def settle_measure(self, activity: Activity, objective: Objective) -> None:
        """Make the status of an objective follow its measure, where its measure decides."""
        if not objective.by_measure:
            return
        is_primary = objective is activity.primary
        if is_primary and activity.active and not activity.says.measure_if_active:
            return
        measure = self.known(activity, objective.identifier, Fact.MEASURE)
        satisfied = None if measure is None else measure >= objective.minimum
        own = activity.facts.get(objective.identifier, UNKNOWN)
        if satisfied is not None or own.satisfied is not None:
            self._set(activity, objective, Fact.SATISFIED, satisfied)

    def forget(self, activity: Activity, fact: Fact) -> None:
        """Set a fact of the primary objective to unknown, where it was known: what was never known writes nothing."""
        own = activity.facts.get(activity.primary.identifier, UNKNOWN)
        if getattr(own, fact.value) is not None:
            self.learn(activity, "", fact, None)

    def _set(self, activity: Activity, objective: Objective, fact: Fact, value: Value) -> None:
        name = objective.identifier
        before = activity.facts.get(name, UNKNOWN)
        change: dict[str, Any] = {fact.value: value}
        activity.facts[name] = replace(before, **change)
        if fact in STALE_WITH_PROGRESS:
            activity.stale_progress = False
        else:
            activity.stale_objectives = False
        for one in objective.maps:
            if fact in one.writes:
                self.shared[one.target] = replace(self.shared.get(one.target, UNKNOWN), **change)


def _clusters(activity: Activity) -> Iterator[Activity]:
    if not activity.is_leaf:
        yield activity
    yield from activity.ancestors()
