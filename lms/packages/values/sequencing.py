"""SCORM 2004's sequencing: what a manifest says of an activity, and what is tracked of it (SN 3 and 4)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

PRIMARY: Final = ""
"""The name of a primary objective that the manifest gave none."""


class Condition(StrEnum):
    """What a rule asks of an activity (SN 3.4.2, 3.7)."""

    SATISFIED = "satisfied"
    STATUS_KNOWN = "objectiveStatusKnown"
    MEASURE_KNOWN = "objectiveMeasureKnown"
    MEASURE_GREATER = "objectiveMeasureGreaterThan"
    MEASURE_LESS = "objectiveMeasureLessThan"
    COMPLETED = "completed"
    PROGRESS_KNOWN = "activityProgressKnown"
    ATTEMPTED = "attempted"
    ATTEMPTS_EXCEEDED = "attemptLimitExceeded"
    TIME_EXCEEDED = "timeLimitExceeded"
    OUTSIDE_TIME = "outsideAvailableTimeRange"
    ALWAYS = "always"
    NEVER = "never"


class Combination(StrEnum):
    """Whether every condition must hold, or one."""

    ALL = "all"
    ANY = "any"


class PreAction(StrEnum):
    """What a precondition rule does (SN 3.4.4)."""

    SKIP = "skip"
    DISABLED = "disabled"
    HIDDEN = "hiddenFromChoice"
    STOP = "stopForwardTraversal"


class PostAction(StrEnum):
    """What a postcondition rule does; an exit rule knows nothing but to exit."""

    EXIT_PARENT = "exitParent"
    EXIT_ALL = "exitAll"
    RETRY = "retry"
    RETRY_ALL = "retryAll"
    CONTINUE = "continue"
    PREVIOUS = "previous"


class ChildSet(StrEnum):
    """Of how many children a rollup rule speaks (SN 3.7.2)."""

    ALL = "all"
    ANY = "any"
    NONE = "none"
    COUNT = "atLeastCount"
    PERCENT = "atLeastPercent"


class RollupAction(StrEnum):
    """What a rollup rule says of the parent."""

    SATISFIED = "satisfied"
    NOT_SATISFIED = "notSatisfied"
    COMPLETED = "completed"
    INCOMPLETE = "incomplete"


class Consideration(StrEnum):
    """When a child counts for its parent (SN 3.8)."""

    ALWAYS = "always"
    ATTEMPTED = "ifAttempted"
    NOT_SKIPPED = "ifNotSkipped"
    NOT_SUSPENDED = "ifNotSuspended"


class Timing(StrEnum):
    """When children are chosen or shuffled (SN 3.11, 3.12)."""

    NEVER = "never"
    ONCE = "once"
    EACH_ATTEMPT = "onEachNewAttempt"


class Control(StrEnum):
    """What a learner may ask the platform for, and a package may ask it to hide (SN 5.6, CAM 5.2)."""

    PREVIOUS = "previous"
    CONTINUE = "continue"
    EXIT = "exit"
    EXIT_ALL = "exitAll"
    ABANDON = "abandon"
    ABANDON_ALL = "abandonAll"
    SUSPEND_ALL = "suspendAll"


class Fact(StrEnum):
    """One thing that is tracked of an objective; the primary objective's are the activity's own."""

    SATISFIED = "satisfied"
    MEASURE = "measure"
    COMPLETED = "completed"
    PROGRESS = "progress"
    RAW = "raw"
    MIN = "minimum"
    MAX = "maximum"


@dataclass(frozen=True, slots=True)
class RuleCondition:
    """One condition; an objective that is not named is the primary one."""

    condition: Condition
    negated: bool = False
    objective: str = PRIMARY
    threshold: float = 0.0


@dataclass(frozen=True, slots=True)
class Conditions:
    """Conditions together."""

    parts: tuple[RuleCondition, ...]
    combination: Combination = Combination.ALL


@dataclass(frozen=True, slots=True)
class PreRule:
    """What is done with an activity before it is delivered."""

    action: PreAction
    when: Conditions


@dataclass(frozen=True, slots=True)
class PostRule:
    """Where the way leads when an activity was left."""

    action: PostAction
    when: Conditions


@dataclass(frozen=True, slots=True, kw_only=True)
class RollupRule:
    """What a parent becomes by what its children are; ``minimum`` counts them, or is their share from 0 to 1."""

    action: RollupAction
    when: Conditions
    children: ChildSet = ChildSet.ALL
    minimum: float = 0.0


@dataclass(frozen=True, slots=True)
class ObjectiveMap:
    """Which facts an objective reads from, and writes to, one that activities share (SN 3.10)."""

    target: str
    reads: frozenset[Fact] = frozenset()
    writes: frozenset[Fact] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """An objective of an activity; the first of a ``Sequencing`` is the primary one."""

    identifier: str = PRIMARY
    by_measure: bool = False
    minimum: float = 1.0
    maps: tuple[ObjectiveMap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """How progress makes an activity complete, and counts for its parent's progress (CAM 3.4.1.11, 4th edition)."""

    by_measure: bool = False
    minimum: float = 1.0
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequencing:
    """What imsss:sequencing says of an activity, with the standard's defaults (SN 3)."""

    choice: bool = True
    choice_exit: bool = True
    flow: bool = False
    forward_only: bool = False
    current_objectives: bool = True
    current_progress: bool = True
    before: tuple[PreRule, ...] = ()
    leaving: tuple[Conditions, ...] = ()
    after: tuple[PostRule, ...] = ()
    attempt_limit: int | None = None
    attempt_duration: str = ""
    rollup: tuple[RollupRule, ...] = ()
    rolls_satisfied: bool = True
    rolls_progress: bool = True
    measure_weight: float = 1.0
    objectives: tuple[Objective, ...] = (Objective(),)
    threshold: Threshold = Threshold()
    selection: Timing = Timing.NEVER
    select: int | None = None
    randomization: Timing = Timing.NEVER
    reorder: bool = False
    tracked: bool = True
    completion_by_content: bool = False
    objective_by_content: bool = False
    prevent_activation: bool = False
    constrain_choice: bool = False
    for_satisfied: Consideration = Consideration.ALWAYS
    for_not_satisfied: Consideration = Consideration.ALWAYS
    for_completed: Consideration = Consideration.ALWAYS
    for_incomplete: Consideration = Consideration.ALWAYS
    measure_if_active: bool = True


@dataclass(frozen=True, slots=True)
class DataStore:
    """Data that items of a package share (adlcp:map): what this one may do with it."""

    target: str
    readable: bool = True
    writable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """An activity of the tree: the organization, a folder of items, or an item that opens a file.

    ``launch`` is path, query and parameters together, percent-encoded; empty where nothing is opened.
    """

    identifier: str
    title: str
    launch: str = ""
    is_sco: bool = False
    visible: bool = True
    hides: frozenset[Control] = frozenset()
    time_limit_action: str = ""
    data_from_lms: str = ""
    completion_threshold: float | None = None
    stores: tuple[DataStore, ...] = ()
    sequencing: Sequencing = Sequencing()
    children: tuple["Node", ...] = ()

    def walk(self) -> Iterator["Node"]:
        """Yield this node and everything below it, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of an objective; None is what is not. Measures are from -1 to 1, progress from 0 to 1."""

    satisfied: bool | None = None
    measure: float | None = None
    completed: bool | None = None
    progress: float | None = None
    raw: float | None = None
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What content is told of an objective, and which of it is read from one that activities share."""

    facts: Facts = Facts()
    read: frozenset[Fact] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityState:
    """What is tracked of one activity (SN 4.2).

    ``children`` are those chosen, in their order, None while all are as the manifest has them. What is ``stale`` was
    tracked in an earlier attempt on the parent. ``said_satisfied`` and ``said_completed``: its content spoke of it.
    """

    attempts: int = 0
    active: bool = False
    suspended: bool = False
    objectives: Mapping[str, Facts] = field(default_factory=dict)
    stale_objectives: bool = False
    stale_progress: bool = False
    said_satisfied: bool = False
    said_completed: bool = False
    children: tuple[str, ...] | None = None
    is_chosen: bool = False
    is_shuffled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseState:
    """Where a learner stands in a package: what was never touched is not in it."""

    current: str | None = None
    suspended: str | None = None
    activities: Mapping[str, ActivityState] = field(default_factory=dict)
    objectives: Mapping[str, Facts] = field(default_factory=dict)
    stores: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whether objectives and data that activities share outlast an attempt on the whole (CAM 5.1.1, 3.4.1.1)."""

    keeps_objectives: bool = True
    keeps_stores: bool = True


class RequestKind(StrEnum):
    """What is asked for (SN 5.6.2); an item by its identifier for the last two."""

    START = "start"
    RESUME_ALL = "resumeAll"
    CONTINUE = "continue"
    PREVIOUS = "previous"
    EXIT = "exit"
    EXIT_ALL = "exitAll"
    ABANDON = "abandon"
    ABANDON_ALL = "abandonAll"
    SUSPEND_ALL = "suspendAll"
    CHOICE = "choice"
    JUMP = "jump"


@dataclass(frozen=True, slots=True)
class Request:
    """A navigation request."""

    kind: RequestKind
    target: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What an item's content said of itself, as sequencing takes it: what it did not speak of is not in it.

    ``objectives`` are by their identifier, the primary one's under its own or ``PRIMARY``. A fact of None was said to
    be unknown.
    """

    objectives: Mapping[str, Mapping[Fact, bool | float | None]] = field(default_factory=dict)
    suspends: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuEntry:
    """One line of the outline; ``state`` is valid (done), danger (failed), progress or none."""

    identifier: str
    title: str
    depth: int
    opens: bool
    selectable: bool
    current: bool
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """What may be asked for now, what our page offers of it (``offered``), and the outline."""

    continues: bool
    goes_back: bool
    choices: frozenset[str]
    jumps: frozenset[str]
    offered: frozenset[Control]
    menu: tuple[MenuEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a request: the item to deliver (None: none), whether it is all over, and why nothing is delivered.

    ``refusal`` is the standard's exception (SN, appendix C), empty if there was none.
    """

    state: CourseState
    deliver: str | None = None
    is_new_attempt: bool = False
    ended: bool = False
    refusal: str = ""
