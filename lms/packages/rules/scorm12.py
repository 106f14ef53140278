"""What SCORM 1.2 tracking may hold and what it amounts to (ADL SCORM 1.2 RTE 3.4); pure, decided again for ever."""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from lms.kernel.messages import Message
from lms.packages.errors import InvalidTracking
from lms.packages.values import (
    LaunchableItem,
    Result,
    ScormEntry,
    ScormExit,
    ScormStatus,
    ScormType,
    ScoTracking,
    format_timespan,
    parse_timespan,
)

ELEMENTS_MAX: Final = 10_000
INDEX_MAX: Final = 999
# The standard's own limits are 255 and 4,096 characters. Content goes past them, and to refuse a commit is to lose
# a learner's work: so the limits here are those of what can sensibly be stored.
SHORT_MAX_CHARACTERS: Final = 4_096
LONG_MAX_CHARACTERS: Final = 262_144
NUMBER_LIMIT: Final = Decimal(10) ** 9

NUMBER: Final = re.compile(r"[+-]?(?:\d{1,15}(?:\.\d{0,15})?|\.\d{1,15})")
TIME: Final = re.compile(r"\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d{1,6})?")
INDEX: Final = re.compile(r"\.(\d{1,9})(?=\.|$)")

OF_ONE_SESSION: Final = ("cmi.core.session_time", "cmi.core.exit")

_Check = Callable[[str], str]


def validate_commit(commit: Mapping[str, object]) -> dict[str, str]:
    """Return the elements of a commit that a SCO may set, as the standard spells them.

    What only the platform sets (``cmi.core.student_id``, ``…_count``) is left out, since a player sends the whole
    data model. Raises InvalidTracking, which names the element that is unknown or has an impossible value.
    """
    if len(commit) > ELEMENTS_MAX:
        raise InvalidTracking("cmi", Message("There are too many elements."))
    clean: dict[str, str] = {}
    for element, value in commit.items():
        model = _model_of(element)
        if model in READ_ONLY or model.rpartition(".")[2] in {"_children", "_count", "_version"}:
            continue
        check = WRITABLE.get(model)
        if check is None:
            raise InvalidTracking(element, Message("SCORM 1.2 does not know this element."))
        try:
            clean[element] = check(_as_text(value))
        except ValueError as error:
            raise InvalidTracking(element, error.args[0]) from error
    return clean


def roll_up_sco(tracking: ScoTracking, mastery_score: Decimal | None = None) -> Result:
    """Return what the tracking of one SCO amounts to.

    With a mastery score, the raw score decides between passed and failed once the SCO says that it is done or has
    ended (RTE 3.4.4); a SCO that ends without a status is completed.
    """
    status = _status(tracking)
    raw = _number(tracking.elements.get("cmi.core.score.raw", ""))
    is_done = tracking.finished or status in {ScormStatus.PASSED, ScormStatus.COMPLETED, ScormStatus.FAILED}
    if mastery_score is not None and raw is not None and is_done and status is not ScormStatus.BROWSED:
        status = ScormStatus.PASSED if raw >= mastery_score else ScormStatus.FAILED
    passed = {ScormStatus.PASSED: True, ScormStatus.FAILED: False}.get(status)
    return Result(
        completed=status in {ScormStatus.PASSED, ScormStatus.COMPLETED},
        passed=passed,
        score=_scaled(tracking.elements, raw),
        seconds=tracking.total_seconds + _session_seconds(tracking),
    )


def roll_up(items: Sequence[LaunchableItem], trackings: Mapping[str, ScoTracking]) -> Result:
    """Return what the tracking of a whole package amounts to, by item identifier.

    It is completed when every item that is shown is; passed when it is completed, some SCO was passed and none
    failed; its score is the mean of the scores there are. An asset is completed by being opened.
    """
    untouched = ScoTracking({})
    counted = [item for item in items if item.visible] or list(items)
    results = []
    for item in counted:
        result = roll_up_sco(trackings.get(item.identifier, untouched), item.mastery_score)
        is_opened_asset = item.scorm_type is ScormType.ASSET and item.identifier in trackings
        results.append((result.completed or is_opened_asset, result))
    completed = bool(results) and all(done for done, _ in results)
    stated = {result.passed for _, result in results}
    scores = [result.score for _, result in results if result.score is not None]
    return Result(
        completed=completed,
        passed=False if False in stated else True if True in stated and completed else None,
        score=sum(scores, Decimal(0)) / len(scores) if scores else None,
        seconds=sum((result.seconds for _, result in results), Decimal(0)),
    )


def begin(tracking: ScoTracking) -> ScoTracking:
    """Return the tracking as a new session begins: the time of one that was cut off joins the total."""
    elements = {name: value for name, value in tracking.elements.items() if name not in OF_ONE_SESSION}
    return ScoTracking(elements, tracking.total_seconds + _session_seconds(tracking), finished=False)


def commit(tracking: ScoTracking, clean: Mapping[str, str]) -> ScoTracking:
    """Return the tracking after a commit that ``validate_commit`` let through; what is not in it stays."""
    return ScoTracking({**tracking.elements, **clean}, tracking.total_seconds, finished=False)


def finish(tracking: ScoTracking) -> ScoTracking:
    """Return the tracking after LMSFinish: the session's time joins the total, once.

    A commit that comes later is of another session or a repetition: whoever keeps tracking tells them apart.
    """
    elements = {name: value for name, value in tracking.elements.items() if name != "cmi.core.session_time"}
    return ScoTracking(elements, tracking.total_seconds + _session_seconds(tracking), finished=True)


def entry_of(tracking: ScoTracking | None) -> ScormEntry:
    """Return how the learner comes in: anew, to resume what was suspended or cut off, or neither (RTE 3.4.4)."""
    if tracking is None or not tracking.elements:
        return ScormEntry.FROM_START
    left = tracking.elements.get("cmi.core.exit", "")
    return ScormEntry.RESUME if left == ScormExit.SUSPEND or not tracking.finished else ScormEntry.NEITHER


def elements_at_launch(
    item: LaunchableItem, tracking: ScoTracking | None, *, learner_id: str, learner_name: str
) -> dict[str, str]:
    """Return the data model that a SCO finds when it is opened: what it set before, and what the platform sets."""
    begun = begin(tracking or ScoTracking({}))
    limit = item.max_time_allowed_seconds
    return {
        "cmi.core.lesson_status": ScormStatus.NOT_ATTEMPTED.value,
        **begun.elements,
        "cmi.core.student_id": learner_id,
        "cmi.core.student_name": learner_name,
        "cmi.core.credit": "credit",
        "cmi.core.lesson_mode": "normal",
        "cmi.core.entry": entry_of(tracking).value,
        "cmi.core.total_time": format_timespan(begun.total_seconds),
        "cmi.launch_data": item.data_from_lms,
        "cmi.student_data.mastery_score": "" if item.mastery_score is None else f"{item.mastery_score:f}",
        "cmi.student_data.max_time_allowed": "" if limit is None else format_timespan(limit),
        "cmi.student_data.time_limit_action": item.time_limit_action.value if item.time_limit_action else "",
    }


def _status(tracking: ScoTracking) -> ScormStatus:
    status = ScormStatus(tracking.elements.get("cmi.core.lesson_status") or ScormStatus.NOT_ATTEMPTED)
    if status is ScormStatus.NOT_ATTEMPTED and tracking.finished and tracking.elements:
        return ScormStatus.COMPLETED
    return status


def _session_seconds(tracking: ScoTracking) -> Decimal:
    return parse_timespan(tracking.elements.get("cmi.core.session_time", "")) or Decimal(0)


def _scaled(elements: Mapping[str, str], raw: Decimal | None) -> Decimal | None:
    """Return the raw score as a share of its range, which is 0 to 100 where the SCO names none that makes sense."""
    if raw is None:
        return None
    low = _number(elements.get("cmi.core.score.min", ""))
    high = _number(elements.get("cmi.core.score.max", ""))
    low = Decimal(0) if low is None else low
    high = Decimal(100) if high is None else high
    if high <= low:
        low, high = Decimal(0), Decimal(100)
    return max(Decimal(0), min(Decimal(1), (raw - low) / (high - low)))


def _number(text: str) -> Decimal | None:
    return Decimal(text) if NUMBER.fullmatch(text) else None


def _model_of(element: str) -> str:
    """Return the name of an element in the data model, with ``n`` for each index; raises InvalidTracking."""
    indexes = INDEX.findall(element)
    if any(int(index) > INDEX_MAX for index in indexes):
        raise InvalidTracking(element, Message("An index is larger than %(most)s.", most=INDEX_MAX))
    return INDEX.sub(".n", element)


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(Message("The value is neither text nor a number."))  # noqa: TRY004 - named by the caller
    text = str(value)
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError(Message("The value has characters that are none."))
    return text


def _string(most: int) -> _Check:
    def check(text: str) -> str:
        if len(text) > most:
            raise ValueError(Message("The value is longer than %(most)s characters.", most=most))
        return text

    return check


def _word(*words: str) -> _Check:
    def check(text: str) -> str:
        lowered = text.strip().lower()
        if lowered not in words:
            raise ValueError(
                Message("“%(value)s” is not one of: %(words)s.", value=text[:40], words=", ".join(words))
            )
        return lowered

    return check


def _decimal(low: Decimal = -NUMBER_LIMIT, high: Decimal = NUMBER_LIMIT) -> _Check:
    def check(text: str) -> str:
        text = text.strip()
        number = _number(text)
        if text and (number is None or not low <= number <= high):
            raise ValueError(Message("“%(value)s” is not a number that fits here.", value=text[:40]))
        return text

    return check


def _timespan(text: str) -> str:
    if parse_timespan(text) is None:
        raise ValueError(Message("“%(value)s” is not a timespan (HHHH:MM:SS.SS).", value=text[:40]))
    return text.strip()


def _time(text: str) -> str:
    if not TIME.fullmatch(text.strip()):
        raise ValueError(Message("“%(value)s” is not a time (HH:MM:SS).", value=text[:40]))
    return text.strip()


def _outcome(text: str) -> str:
    return text.strip() if _number(text.strip()) is not None else _word(*OUTCOMES)(text)


OUTCOMES: Final = ("correct", "wrong", "unanticipated", "neutral")
INTERACTIONS: Final = (
    "true-false",
    "choice",
    "fill-in",
    "matching",
    "performance",
    "sequencing",
    "likert",
    "numeric",
)
_SHORT, _LONG = _string(SHORT_MAX_CHARACTERS), _string(LONG_MAX_CHARACTERS)
_STATUS = _word(*(status.value for status in ScormStatus), "")
_LEVEL = _decimal(Decimal(-100), Decimal(100))

WRITABLE: Final[Mapping[str, _Check]] = {
    "cmi.core.lesson_location": _SHORT,
    "cmi.core.lesson_status": _STATUS,
    "cmi.core.score.raw": _decimal(),
    "cmi.core.score.min": _decimal(),
    "cmi.core.score.max": _decimal(),
    "cmi.core.exit": _word(*(way.value for way in ScormExit)),
    "cmi.core.session_time": lambda text: _timespan(text) if text.strip() else "",
    "cmi.suspend_data": _LONG,
    "cmi.comments": _LONG,
    "cmi.objectives.n.id": _SHORT,
    "cmi.objectives.n.score.raw": _decimal(),
    "cmi.objectives.n.score.min": _decimal(),
    "cmi.objectives.n.score.max": _decimal(),
    "cmi.objectives.n.status": _STATUS,
    "cmi.student_preference.audio": _LEVEL,
    "cmi.student_preference.language": _SHORT,
    "cmi.student_preference.speed": _LEVEL,
    "cmi.student_preference.text": _LEVEL,
    "cmi.interactions.n.id": _SHORT,
    "cmi.interactions.n.objectives.n.id": _SHORT,
    "cmi.interactions.n.time": lambda text: _time(text) if text.strip() else "",
    "cmi.interactions.n.type": _word(*INTERACTIONS, ""),
    "cmi.interactions.n.correct_responses.n.pattern": _SHORT,
    "cmi.interactions.n.weighting": _decimal(),
    "cmi.interactions.n.student_response": _SHORT,
    "cmi.interactions.n.result": lambda text: _outcome(text) if text.strip() else "",
    "cmi.interactions.n.latency": lambda text: _timespan(text) if text.strip() else "",
}
READ_ONLY: Final = frozenset(
    {
        "cmi.core.student_id",
        "cmi.core.student_name",
        "cmi.core.credit",
        "cmi.core.entry",
        "cmi.core.total_time",
        "cmi.core.lesson_mode",
        "cmi.launch_data",
        "cmi.comments_from_lms",
        "cmi.student_data.mastery_score",
        "cmi.student_data.max_time_allowed",
        "cmi.student_data.time_limit_action",
    }
)


def item_to_open(
    items: Sequence[LaunchableItem], trackings: Mapping[str, ScoTracking], *, wanted: str | None = None
) -> LaunchableItem:
    """Return the item that was asked for, else the first that is not completed, else the first."""
    by_id = {item.identifier: item for item in items}
    if wanted in by_id:
        return by_id[wanted]
    waiting = (item for item in items if item.visible and not _is_completed(item, trackings))
    return next(waiting, items[0])


def outline(
    items: Sequence[LaunchableItem], trackings: Mapping[str, ScoTracking]
) -> Sequence[tuple[LaunchableItem, str]]:
    """Return each item that is shown, with its page state: valid, progress or none."""
    return [
        (
            item,
            "valid"
            if _is_completed(item, trackings)
            else "progress"
            if item.identifier in trackings
            else "none",
        )
        for item in items
        if item.visible
    ]


def _is_completed(item: LaunchableItem, trackings: Mapping[str, ScoTracking]) -> bool:
    tracking = trackings.get(item.identifier)
    if tracking is None:
        return False
    return item.scorm_type is ScormType.ASSET or roll_up_sco(tracking, item.mastery_score).completed
