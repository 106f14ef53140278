"""What SCORM 2004 content may say and find, and what of it sequencing hears (ADL RTE 4th edition, 4.2); pure."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from lms.kernel.messages import Message
from lms.packages.errors import InvalidTracking
from lms.packages.rules.elements import (
    ELEMENTS_MAX,
    LONG_MAX_CHARACTERS,
    SHORT_MAX_CHARACTERS,
    Check,
    as_text,
    decimal,
    model_of,
    number_of,
    string,
    word,
)
from lms.packages.values import Result, ScormEntry, ScormExit, ScoTracking
from lms.packages.values.scorm2004 import Mode, format_duration, parse_duration
from lms.packages.values.sequencing import (
    PRIMARY,
    DataStore,
    Fact,
    Facts,
    Node,
    Objective,
    Reported,
    Request,
    RequestKind,
    Told,
)

OF_ONE_SESSION: Final = ("cmi.session_time", "cmi.exit")
TIMESTAMP: Final = re.compile(r"[\dT:.Z+\-]{4,32}")
TARGET: Final = re.compile(r"\{target=(?P<target>[^{}]{1,4000})\}(?P<kind>choice|jump)")
INTERACTIONS: Final = (
    "true-false",
    "choice",
    "fill-in",
    "long-fill-in",
    "matching",
    "performance",
    "sequencing",
    "likert",
    "numeric",
    "other",
)
COMPLETION: Final = {"completed": True, "incomplete": False, "not attempted": False, "unknown": None}
SUCCESS: Final = {"passed": True, "failed": False, "unknown": None}


def _checked(parse: Check) -> Check:
    """Return a check that lets nothing pass unchecked but nothing."""
    return lambda text: parse(text) if text.strip() else ""


def _duration(text: str) -> str:
    if parse_duration(text) is None:
        raise ValueError(Message("“%(value)s” is not a duration (PT1H30M5S).", value=text[:40]))
    return text.strip()


def _timestamp(text: str) -> str:
    if not TIMESTAMP.fullmatch(text.strip()):
        raise ValueError(Message("“%(value)s” is not a time (2030-04-05T10:15:00).", value=text[:40]))
    return text.strip()


def _result(text: str) -> str:
    return text.strip() if number_of(text.strip()) is not None else word(*RESULTS)(text)


RESULTS: Final = ("correct", "incorrect", "unanticipated", "neutral")
_SHORT, _LONG = string(SHORT_MAX_CHARACTERS), string(LONG_MAX_CHARACTERS)
_COMPLETION, _SUCCESS = word(*COMPLETION), word(*SUCCESS)
_SHARE, _SCALED = decimal(Decimal(0), Decimal(1)), decimal(Decimal(-1), Decimal(1))

WRITABLE: Final[Mapping[str, Check]] = {
    "cmi.comments_from_learner.n.comment": _LONG,
    "cmi.comments_from_learner.n.location": _SHORT,
    "cmi.comments_from_learner.n.timestamp": _checked(_timestamp),
    "cmi.completion_status": _COMPLETION,
    "cmi.exit": word(*(way.value for way in ScormExit), "normal"),
    "cmi.interactions.n.id": _SHORT,
    "cmi.interactions.n.type": word(*INTERACTIONS, ""),
    "cmi.interactions.n.objectives.n.id": _SHORT,
    "cmi.interactions.n.timestamp": _checked(_timestamp),
    "cmi.interactions.n.correct_responses.n.pattern": _LONG,
    "cmi.interactions.n.weighting": decimal(),
    "cmi.interactions.n.learner_response": _LONG,
    "cmi.interactions.n.result": _checked(_result),
    "cmi.interactions.n.latency": _checked(_duration),
    "cmi.interactions.n.description": _SHORT,
    "cmi.learner_preference.audio_level": decimal(Decimal(0)),
    "cmi.learner_preference.audio_captioning": word("-1", "0", "1", ""),
    "cmi.learner_preference.delivery_speed": decimal(Decimal(0)),
    "cmi.learner_preference.language": _SHORT,
    "cmi.location": _SHORT,
    "cmi.objectives.n.id": _SHORT,
    "cmi.objectives.n.score.scaled": _SCALED,
    "cmi.objectives.n.score.raw": decimal(),
    "cmi.objectives.n.score.min": decimal(),
    "cmi.objectives.n.score.max": decimal(),
    "cmi.objectives.n.success_status": _SUCCESS,
    "cmi.objectives.n.completion_status": _COMPLETION,
    "cmi.objectives.n.progress_measure": _SHARE,
    "cmi.objectives.n.description": _SHORT,
    "cmi.progress_measure": _SHARE,
    "cmi.score.scaled": _SCALED,
    "cmi.score.raw": decimal(),
    "cmi.score.min": decimal(),
    "cmi.score.max": decimal(),
    "cmi.session_time": _checked(_duration),
    "cmi.success_status": _SUCCESS,
    "cmi.suspend_data": _LONG,
    "adl.data.n.store": _LONG,
}
READ_ONLY: Final = frozenset(
    {
        "adl.data.n.id",
        "cmi.completion_threshold",
        "cmi.credit",
        "cmi.entry",
        "cmi.launch_data",
        "cmi.learner_id",
        "cmi.learner_name",
        "cmi.max_time_allowed",
        "cmi.mode",
        "cmi.scaled_passing_score",
        "cmi.time_limit_action",
        "cmi.total_time",
    }
)
OF_OBJECTIVES: Final[Mapping[str, Fact]] = {
    "success_status": Fact.SATISFIED,
    "completion_status": Fact.COMPLETED,
    "progress_measure": Fact.PROGRESS,
    "score.scaled": Fact.MEASURE,
    "score.raw": Fact.RAW,
    "score.min": Fact.MIN,
    "score.max": Fact.MAX,
}


def validate_commit(commit: Mapping[str, object]) -> dict[str, str]:
    """Return the elements of a commit that content may set; raises InvalidTracking, which names the element."""
    if len(commit) > ELEMENTS_MAX:
        raise InvalidTracking("cmi", Message("There are too many elements."))
    clean: dict[str, str] = {}
    for element, value in commit.items():
        model = model_of(element)
        if model in READ_ONLY or model.rpartition(".")[2] in {"_children", "_count", "_version"}:
            continue
        if model.startswith("cmi.comments_from_lms"):
            continue
        check = WRITABLE.get(model)
        if check is None:
            raise InvalidTracking(element, Message("SCORM 2004 does not know this element."))
        try:
            clean[element] = check(as_text(value))
        except ValueError as error:
            raise InvalidTracking(element, error.args[0]) from error
    return clean


def elements_at_launch(
    node: Node,
    tracking: ScoTracking,
    told: Mapping[str, Told],
    stores: Mapping[str, str],
    *,
    entry: ScormEntry,
    mode: Mode,
    learner: tuple[str, str],
) -> dict[str, str]:
    """Return the data model that content finds when it is opened.

    What it set before in this attempt stands, but for what it reads from objectives that activities share (RTE 4.2.17);
    ``told`` is that, and what else its objectives know, by their name; ``learner`` is id and name. What has no value is
    not in it.
    """
    own = {name: value for name, value in tracking.elements.items() if name not in OF_ONE_SESSION}
    given = {
        **_told(node, told),
        **own,
        **_told(node, told, only_read=True),
        "cmi.learner_id": learner[0],
        "cmi.learner_name": learner[1],
        "cmi.mode": mode.value,
        "cmi.credit": "credit" if mode is Mode.NORMAL else "no-credit",
        "cmi.entry": entry.value,
        "cmi.total_time": format_duration(tracking.total_seconds + session_seconds(tracking)),
        "cmi.launch_data": node.data_from_lms,
        "cmi.time_limit_action": node.time_limit_action,
        "cmi.completion_threshold": _written(node.completion_threshold),
        "cmi.max_time_allowed": node.sequencing.attempt_duration,
    }
    primary = node.sequencing.objectives[0]
    if primary.by_measure:
        given["cmi.scaled_passing_score"] = _written(primary.minimum)
    for index, store in enumerate(node.stores):
        given[f"adl.data.{index}.id"] = store.target
        if store.readable and store.target in stores:
            given[f"adl.data.{index}.store"] = stores[store.target]
    return {name: value for name, value in given.items() if value != "" or name in own}


def _told(node: Node, told: Mapping[str, Told], *, only_read: bool = False) -> dict[str, str]:
    """Return what content is told of its objectives: those with a name, in the manifest's order, come first."""
    found: dict[str, str] = {}
    for index, objective in enumerate(_named(node)):
        found[f"cmi.objectives.{index}.id"] = objective.identifier
        one = told.get(objective.identifier, Told())
        found |= {
            f"cmi.objectives.{index}.{name}": value for name, value in _as_elements(one, only_read=only_read)
        }
    return found


def _named(node: Node) -> list[Objective]:
    return [one for one in node.sequencing.objectives if one.identifier != PRIMARY]


def _as_elements(told: Told, *, only_read: bool) -> Iterator[tuple[str, str]]:
    for name, fact in OF_OBJECTIVES.items():
        value = getattr(told.facts, fact.value)
        if value is None or (only_read and fact not in told.read):
            continue
        if fact is Fact.SATISFIED:
            yield name, "passed" if value else "failed"
        elif fact is Fact.COMPLETED:
            yield name, "completed" if value else "incomplete"
        else:
            yield name, _written(value)


def _written(value: float | None) -> str:
    """Return a number as content writes it: at most seven places, and none that say nothing (RTE 4.1.1.5)."""
    return "" if value is None else f"{Decimal(str(round(value, 7))).normalize():f}"


def reported(node: Node, elements: Mapping[str, str]) -> Reported:
    """Return what sequencing hears of an item's elements (SN 4.2.1.1): the primary objective's are the item's own."""
    primary = node.sequencing.objectives[0].identifier
    found: dict[str, dict[Fact, bool | float | None]] = {}
    names = {str(index): one.identifier for index, one in enumerate(_named(node))}
    names |= {
        element.split(".")[2]: value
        for element, value in elements.items()
        if element.startswith("cmi.objectives.") and element.endswith(".id")
    }
    for element, value in elements.items():
        head, _dot, rest = element.removeprefix("cmi.objectives.").partition(".")
        if element.startswith("cmi.objectives.") and rest in OF_OBJECTIVES and head in names:
            _hear(found.setdefault(names[head], {}), rest, value)
    own = found.setdefault(primary, {})
    for name in OF_OBJECTIVES:
        if (said := elements.get(f"cmi.{name}")) is not None:
            _hear(own, name, said)
    progress, least = own.get(Fact.PROGRESS), node.completion_threshold
    if progress is not None and least is not None:
        own[Fact.COMPLETED] = progress >= least
    return Reported(objectives=found, suspends=elements.get("cmi.exit") == ScormExit.SUSPEND)


def _hear(facts: dict[Fact, bool | float | None], name: str, value: str) -> None:
    fact = OF_OBJECTIVES[name]
    if fact is Fact.SATISFIED:
        facts[fact] = SUCCESS[value]
    elif fact is Fact.COMPLETED:
        facts[fact] = COMPLETION[value]
    elif (number := number_of(value)) is not None:
        facts[fact] = float(number)


def stored(node: Node, elements: Mapping[str, str]) -> dict[str, str]:
    """Return the shared data that an item wrote and may write, by target."""
    stores: tuple[DataStore, ...] = node.stores
    return {
        store.target: elements[name]
        for index, store in enumerate(stores)
        if store.writable and (name := f"adl.data.{index}.store") in elements
    }


def session_seconds(tracking: ScoTracking) -> Decimal:
    """Return the time of the session that has not ended yet."""
    return parse_duration(tracking.elements.get("cmi.session_time", "")) or Decimal(0)


def begin(tracking: ScoTracking) -> ScoTracking:
    """Return the tracking as a new session of the attempt begins: time that was cut off joins the total."""
    elements = {name: value for name, value in tracking.elements.items() if name not in OF_ONE_SESSION}
    return ScoTracking(elements, tracking.total_seconds + session_seconds(tracking), finished=False)


def refresh(node: Node, tracking: ScoTracking, told: Mapping[str, Told]) -> ScoTracking:
    """Return the tracking as its item is opened again: what it said of shared objectives is what they say now."""
    now = _told(node, told, only_read=True)
    elements = {name: now.get(name, value) for name, value in tracking.elements.items()}
    return ScoTracking(elements, tracking.total_seconds, tracking.finished)


def commit(tracking: ScoTracking, clean: Mapping[str, str], *, is_last: bool) -> ScoTracking:
    """Return the tracking after a commit; with the last one its session's time joins the total, once."""
    elements = {**tracking.elements, **clean}
    kept = ScoTracking(elements, tracking.total_seconds, finished=False)
    if not is_last:
        return kept
    total = tracking.total_seconds + session_seconds(kept)
    return ScoTracking(
        {name: value for name, value in elements.items() if name != "cmi.session_time"}, total, finished=True
    )


def entry_of(tracking: ScoTracking | None, *, is_new_attempt: bool) -> ScormEntry:
    """Return how the learner comes in (RTE 4.2.9): anew, or to what was suspended or cut off."""
    if is_new_attempt or tracking is None:
        return ScormEntry.FROM_START
    left = tracking.elements.get("cmi.exit", "")
    return ScormEntry.RESUME if left == ScormExit.SUSPEND or not tracking.finished else ScormEntry.NEITHER


def request_of(said: str) -> Request | None:
    """Return the navigation that content asks for (adl.nav.request, RTE 4.4), None if it is none that is known."""
    if found := TARGET.fullmatch(said):
        return Request(RequestKind(found["kind"]), found["target"])
    known = {kind.value for kind in RequestKind} - {"start", "resumeAll", "choice", "jump"}
    return Request(RequestKind(said)) if said in known else None


def request_by_exit(tracking: ScoTracking) -> Request | None:
    """Return the navigation that a way of leaving stands for: time out and logout end it all (RTE 4.2.8)."""
    ends = tracking.elements.get("cmi.exit") in {ScormExit.TIME_OUT, ScormExit.LOGOUT}
    return Request(RequestKind.EXIT_ALL) if ends else None


def amounts_to(root: Facts, seconds: Decimal) -> Result:
    """Return what the root of a package amounts to.

    Content that only says that it was passed, and never that it is complete, is complete; what was failed is not.
    """
    completed = root.completed is True or (root.completed is None and root.satisfied is True)
    score = None if root.measure is None else Decimal(str(round(min(1.0, max(0.0, root.measure)), 7)))
    return Result(
        completed=completed and root.satisfied is not False,
        passed=root.satisfied,
        score=score,
        seconds=seconds,
    )


def roll_up_sco(tracking: ScoTracking) -> Result:
    """Return what one SCO itself has said in the attempt that it is in, for who reads its log."""
    said = tracking.elements
    passed = {"passed": True, "failed": False}.get(said.get("cmi.success_status", ""))
    return Result(
        completed=said.get("cmi.completion_status") == "completed" and passed is not False,
        passed=passed,
        score=_score_of(said),
        seconds=tracking.total_seconds,
    )


def stands(state: str, tracking: ScoTracking | None) -> Result | None:
    """Return how an item stands, for who reads its report; None if it was never begun.

    ``state`` is the one in which the learner's outline shows it: what sequencing holds of an item counts, whatever its
    content has said or not said. Score, and that it was passed, are its content's own words.
    """
    if state == "none" and (tracking is None or not tracking.elements):
        return None
    tracking = tracking or ScoTracking({})
    passed = state == "valid" and tracking.elements.get("cmi.success_status") == "passed"
    return Result(
        completed=state == "valid",
        passed=False if state == "danger" else passed or None,
        score=_score_of(tracking.elements),
        seconds=tracking.total_seconds,
    )


def _score_of(said: Mapping[str, str]) -> Decimal | None:
    scaled = number_of(said.get("cmi.score.scaled", ""))
    return None if scaled is None else min(Decimal(1), max(Decimal(0), Decimal(scaled)))
