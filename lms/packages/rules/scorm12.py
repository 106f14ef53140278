"""What SCORM 1.2 tracking may hold and what it amounts to (ADL SCORM 1.2 RTE 3.4); pure, decided again for ever."""

import re
from collections.abc import Iterator, Mapping, Sequence
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
from lms.packages.values import (
    Item,
    LaunchableItem,
    Opened,
    PackageManifest,
    Result,
    ScormEntry,
    ScormExit,
    ScormStatus,
    ScormType,
    ScoTracking,
    format_timespan,
    parse_timespan,
)
from lms.packages.values.prerequisites import DONE, parse_prerequisites
from lms.packages.values.sequencing import MenuEntry

TIME: Final = re.compile(r"\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d{1,6})?")

OF_ONE_SESSION: Final = ("cmi.core.session_time", "cmi.core.exit")


def validate_commit(commit: Mapping[str, object]) -> dict[str, str]:
    """Return the elements of a commit that a SCO may set, as the standard spells them.

    What only the platform sets (``cmi.core.student_id``, ``…_count``) is left out, since a player sends the whole
    data model. Raises InvalidTracking, which names the element that is unknown or has an impossible value.
    """
    if len(commit) > ELEMENTS_MAX:
        raise InvalidTracking("cmi", Message("There are too many elements."))
    clean: dict[str, str] = {}
    for element, value in commit.items():
        model = model_of(element)
        if model in READ_ONLY or model.rpartition(".")[2] in {"_children", "_count", "_version"}:
            continue
        check = WRITABLE.get(model)
        if check is None:
            raise InvalidTracking(element, Message("SCORM 1.2 does not know this element."))
        try:
            clean[element] = check(as_text(value))
        except ValueError as error:
            raise InvalidTracking(element, error.args[0]) from error
    return clean


def roll_up_sco(tracking: ScoTracking, mastery_score: Decimal | None = None) -> Result:
    """Return what the tracking of one SCO amounts to.

    With a mastery score, the raw score decides between passed and failed once the SCO says that it is done or has
    ended (RTE 3.4.4); a SCO that ends without a status is completed.
    """
    status = _status(tracking)
    raw = number_of(tracking.elements.get("cmi.core.score.raw", ""))
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
    item: LaunchableItem,
    tracking: ScoTracking | None,
    *,
    learner_id: str,
    learner_name: str,
    opened: Opened = Opened.NORMAL,
) -> dict[str, str]:
    """Return the data model that a SCO finds when it is opened: what it set before, and what the platform sets."""
    if opened is Opened.ANEW:
        tracking = None
    begun = begin(tracking or ScoTracking({}))
    limit = item.max_time_allowed_seconds
    return {
        "cmi.core.lesson_status": ScormStatus.NOT_ATTEMPTED.value,
        **begun.elements,
        "cmi.core.student_id": learner_id,
        "cmi.core.student_name": learner_name,
        "cmi.core.credit": "credit" if opened.counts else "no-credit",
        "cmi.core.lesson_mode": opened.value if not opened.counts else Opened.NORMAL.value,
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
    low = number_of(elements.get("cmi.core.score.min", ""))
    high = number_of(elements.get("cmi.core.score.max", ""))
    low = Decimal(0) if low is None else low
    high = Decimal(100) if high is None else high
    if high <= low:
        low, high = Decimal(0), Decimal(100)
    return max(Decimal(0), min(Decimal(1), (raw - low) / (high - low)))


def _timespan(text: str) -> str:
    if parse_timespan(text) is None:
        raise ValueError(Message("“%(value)s” is not a timespan (HHHH:MM:SS.SS).", value=text[:40]))
    return text.strip()


def _time(text: str) -> str:
    if not TIME.fullmatch(text.strip()):
        raise ValueError(Message("“%(value)s” is not a time (HH:MM:SS).", value=text[:40]))
    return text.strip()


def _outcome(text: str) -> str:
    return text.strip() if number_of(text.strip()) is not None else word(*OUTCOMES)(text)


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
_SHORT, _LONG = string(SHORT_MAX_CHARACTERS), string(LONG_MAX_CHARACTERS)
_STATUS = word(*(status.value for status in ScormStatus), "")
_LEVEL = decimal(Decimal(-100), Decimal(100))

WRITABLE: Final[Mapping[str, Check]] = {
    "cmi.core.lesson_location": _SHORT,
    "cmi.core.lesson_status": _STATUS,
    "cmi.core.score.raw": decimal(),
    "cmi.core.score.min": decimal(),
    "cmi.core.score.max": decimal(),
    "cmi.core.exit": word(*(way.value for way in ScormExit)),
    "cmi.core.session_time": lambda text: _timespan(text) if text.strip() else "",
    "cmi.suspend_data": _LONG,
    "cmi.comments": _LONG,
    "cmi.objectives.n.id": _SHORT,
    "cmi.objectives.n.score.raw": decimal(),
    "cmi.objectives.n.score.min": decimal(),
    "cmi.objectives.n.score.max": decimal(),
    "cmi.objectives.n.status": _STATUS,
    "cmi.student_preference.audio": _LEVEL,
    "cmi.student_preference.language": _SHORT,
    "cmi.student_preference.speed": _LEVEL,
    "cmi.student_preference.text": _LEVEL,
    "cmi.interactions.n.id": _SHORT,
    "cmi.interactions.n.objectives.n.id": _SHORT,
    "cmi.interactions.n.time": lambda text: _time(text) if text.strip() else "",
    "cmi.interactions.n.type": word(*INTERACTIONS, ""),
    "cmi.interactions.n.correct_responses.n.pattern": _SHORT,
    "cmi.interactions.n.weighting": decimal(),
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
    manifest: PackageManifest, trackings: Mapping[str, ScoTracking], *, wanted: str | None = None
) -> LaunchableItem:
    """Return the item that was asked for, else the first that is not completed, else the first.

    What waits for others to be done is passed over, unless everything waits.
    """
    items = manifest.launchables
    locked = locked_items(manifest, trackings)
    by_id = {item.identifier: item for item in items if item.identifier not in locked}
    if wanted in by_id:
        return by_id[wanted]
    waiting = (item for item in by_id.values() if item.visible and not _is_completed(item, trackings))
    return next(waiting, next(iter(by_id.values()), items[0]))


def locked_items(manifest: PackageManifest, trackings: Mapping[str, ScoTracking]) -> frozenset[str]:
    """Return the items whose prerequisites are not met (CAM 2.3.2.5.1), theirs or those of what they lie in."""
    statuses = _statuses(manifest, trackings)
    locked: set[str] = set()
    waiting = [(item, False) for item in manifest.default_organization.items]
    while waiting:
        item, is_locked = waiting.pop()
        wanted = parse_prerequisites(item.prerequisites)
        is_locked = is_locked or (wanted is not None and not wanted.holds(statuses))
        if is_locked:
            locked.add(item.identifier)
        waiting += [(child, is_locked) for child in item.children]
    return frozenset(locked)


def _statuses(manifest: PackageManifest, trackings: Mapping[str, ScoTracking]) -> dict[str, str]:
    """Return the status of each item: a folder's is what those in it come to."""
    launchables = {item.identifier: item for item in manifest.launchables}
    found: dict[str, str] = {}
    every = [item for top in manifest.default_organization.items for item in top.walk()]
    for item in reversed(every):
        if (launchable := launchables.get(item.identifier)) is not None:
            found[item.identifier] = _status_of(launchable, trackings)
        else:
            inner = {found[child.identifier] for child in item.children}
            if inner and inner <= DONE:
                found[item.identifier] = "completed"
            else:
                found[item.identifier] = "not attempted" if inner <= {"not attempted"} else "incomplete"
    return found


def _status_of(item: LaunchableItem, trackings: Mapping[str, ScoTracking]) -> str:
    tracking = trackings.get(item.identifier)
    if tracking is None:
        return ScormStatus.NOT_ATTEMPTED.value
    if item.scorm_type is ScormType.ASSET:
        return ScormStatus.COMPLETED.value
    result = roll_up_sco(tracking, item.mastery_score)
    if result.passed is not None:
        return (ScormStatus.PASSED if result.passed else ScormStatus.FAILED).value
    return (ScormStatus.COMPLETED if result.completed else _status(tracking)).value


def how_to_open(
    manifest: PackageManifest, trackings: Mapping[str, ScoTracking], *, is_preview: bool, anew: bool
) -> Opened:
    """Return how an item is opened: what is done is looked back at, unless it is taken once more."""
    if is_preview:
        return Opened.BROWSE
    if not is_done(manifest, trackings):
        return Opened.NORMAL
    return Opened.ANEW if anew else Opened.REVIEW


def is_done(manifest: PackageManifest, trackings: Mapping[str, ScoTracking]) -> bool:
    """Return whether a package is completed and nothing of it is open or suspended.

    What says nothing itself is never done with: it is completed by being opened, and the time in it goes on.
    """
    kept = [trackings.get(one.identifier) for one in manifest.launchables if one.scorm_type is ScormType.SCO]
    is_closed = all(
        one is None or (one.finished and one.elements.get("cmi.core.exit") != ScormExit.SUSPEND)
        for one in kept
    )
    return bool(kept) and is_closed and roll_up(manifest.launchables, trackings).completed


def following(
    manifest: PackageManifest, trackings: Mapping[str, ScoTracking], here: str
) -> LaunchableItem | None:
    """Return the next item that is shown and can be opened, None after the last."""
    locked = locked_items(manifest, trackings)
    items = manifest.launchables
    at = next((at for at, item in enumerate(items) if item.identifier == here), len(items))
    return next((one for one in items[at + 1 :] if one.visible and one.identifier not in locked), None)


def outline(
    manifest: PackageManifest, trackings: Mapping[str, ScoTracking], here: str = ""
) -> Sequence[MenuEntry]:
    """Return the lines of the outline, folders among them; what is invisible gives its place to what lies below."""
    locked = locked_items(manifest, trackings)
    launchables = {item.identifier: item for item in manifest.launchables}

    def entries(items: Sequence[Item], depth: int) -> Iterator[MenuEntry]:
        for item in items:
            opens = launchables.get(item.identifier)
            if item.visible:
                yield MenuEntry(
                    identifier=item.identifier,
                    title=item.title,
                    depth=depth,
                    opens=opens is not None,
                    selectable=item.identifier not in locked,
                    current=item.identifier == here,
                    state=_state_of(opens, trackings) if opens else "none",
                )
            yield from entries(item.children, depth + 1 if item.visible else depth)

    return list(entries(manifest.default_organization.items, 1))


def _state_of(item: LaunchableItem, trackings: Mapping[str, ScoTracking]) -> str:
    if _is_completed(item, trackings):
        return "valid"
    return "progress" if item.identifier in trackings else "none"


def _is_completed(item: LaunchableItem, trackings: Mapping[str, ScoTracking]) -> bool:
    tracking = trackings.get(item.identifier)
    if tracking is None:
        return False
    return item.scorm_type is ScormType.ASSET or roll_up_sco(tracking, item.mastery_score).completed
