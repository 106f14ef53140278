"""What a cmi5 session may say, and when what it said is enough (cmi5 Quartz, 9 to 11); pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from lms.packages.errors import StatementRefused
from lms.packages.rules.cmi5_words import (
    CMI5,
    MASTERY_SCORE,
    MOVE_ON_CATEGORY,
    PROGRESS,
    SESSION,
    activities_of,
    is_language_list,
    is_utc,
    read_instant,
)
from lms.packages.values import Result
from lms.packages.values.cmi5 import (
    AssignableUnit,
    CourseStructure,
    LaunchMode,
    LaunchSession,
    MoveOn,
    UnitStanding,
    Verb,
)

OF_UNITS: Final = frozenset({Verb.INITIALIZED, Verb.COMPLETED, Verb.PASSED, Verb.FAILED, Verb.TERMINATED})
ALWAYS: Final = frozenset({Verb.INITIALIZED, Verb.TERMINATED})
SUCCESS: Final[Mapping[str, bool]] = {Verb.PASSED: True, Verb.FAILED: False}
VOIDED: Final = "http://adlnet.gov/expapi/verbs/voided"
LASTS: Final = timedelta(hours=12)
"""How long a session may go on, whatever it says."""


def judge(
    session: LaunchSession, unit: UnitStanding, statement: Mapping[str, Any], *, now: datetime
) -> tuple[LaunchSession, UnitStanding]:
    """Return session and unit after one statement of xAPI; StatementRefused names the rule that it breaks.

    A cmi5 defined statement that was taken before, of the same id, changes nothing: the answer to it was lost.
    """
    verb = statement["verb"]["id"]
    is_defined = CMI5 in activities_of(statement, "category")
    if is_defined and session.said.get(verb) == str(statement.get("id", "")).lower():
        return session, unit
    _check_going_on(session, now)
    _check_any(session, statement, verb)
    at = _instant(statement)
    if not is_defined:
        _check_allowed(session, statement, at)
        return replace(session, last_at=_later(session.last_at, at)), unit
    _check_defined(session, statement, verb)
    _check_order(session, unit, verb, at)
    _check_result(session, statement, verb)
    return _taken(session, unit, statement, verb, at, now)


def check_preferences(content_type: str, document: object) -> None:
    """Refuse learner preferences that are not what 11 says; `document` is the JSON, None if it is none."""
    if content_type.partition(";")[0].strip().lower() != "application/json" or not isinstance(document, dict):
        raise StatementRefused("11.0", "cmi5LearnerPreferences is a JSON object (application/json)")
    if not is_language_list(document.get("languagePreference")):
        raise StatementRefused("11.1", "languagePreference is a list of language tags with commas between")
    if document.get("audioPreference") not in {"on", "off"}:
        raise StatementRefused("11.2", "audioPreference is on or off")


def is_over(session: LaunchSession, now: datetime) -> bool:
    """Return whether nothing more may come of a session."""
    return bool(session.terminated_at or session.abandoned_at) or now - session.opened_at > LASTS


def is_met(unit: AssignableUnit, standing: UnitStanding | None) -> bool:
    """Return whether a unit is satisfied: its moveOn is met, or it was waived."""
    known = standing or UnitStanding()
    completed, passed = known.completed_at is not None, known.passed_at is not None
    return (
        known.waived_at is not None
        or {
            MoveOn.NOT_APPLICABLE: True,
            MoveOn.PASSED: passed,
            MoveOn.COMPLETED: completed,
            MoveOn.COMPLETED_AND_PASSED: completed and passed,
            MoveOn.COMPLETED_OR_PASSED: completed or passed,
        }[unit.move_on]
    )


def satisfied(course: CourseStructure, standings: Mapping[str, UnitStanding]) -> Sequence[str]:
    """Return the ids of the blocks that are satisfied, inner before outer, and last the course's if it is."""
    around = {block.identifier: block.parent for block in course.blocks}
    open_blocks: set[str] = set()
    all_met = True
    for unit in course.units:
        if is_met(unit, standings.get(unit.identifier)):
            continue
        all_met = False
        block = unit.parent
        while block and block not in open_blocks:
            open_blocks.add(block)
            block = around[block]
    # A block stands before what it holds, so the order turned round has the inner ones first.
    done = [block.identifier for block in reversed(course.blocks) if block.identifier not in open_blocks]
    return [*done, course.identifier] if all_met else done


def waived_effect(
    course: CourseStructure, standings: Mapping[str, UnitStanding], unit: AssignableUnit, now: datetime
) -> tuple[Sequence[str], bool]:
    """Return the blocks, and the course, that would be satisfied by waiving a unit, and whether that completes it."""
    after = {
        **standings,
        unit.identifier: replace(standings.get(unit.identifier, UnitStanding()), waived_at=now),
    }
    before = set(satisfied(course, standings))
    fresh = [node for node in satisfied(course, after) if node not in before]
    return fresh, roll_up(course, after).completed and not roll_up(course, standings).completed


def roll_up(course: CourseStructure, standings: Mapping[str, UnitStanding]) -> Result:
    """Return what a registration amounts to: completed as the course is satisfied.

    Failed while a unit was failed and not passed since; passed once all is satisfied and some unit was passed. The
    score is the mean of the units' best.
    """
    known = [standings.get(unit.identifier, UnitStanding()) for unit in course.units]
    completed = all(is_met(unit, standings.get(unit.identifier)) for unit in course.units)
    was_passed = any(one.passed_at for one in known)
    is_failed = any(one.failed_at and not one.passed_at and not one.waived_at for one in known)
    scores = [one.score for one in known if one.score is not None]
    return Result(
        completed=completed,
        passed=False if is_failed else True if completed and was_passed else None,
        score=sum(scores, Decimal(0)) / len(scores) if scores else None,
        seconds=Decimal(0),
    )


def mode_for(standing: UnitStanding | None, *, is_preview: bool, wanted: LaunchMode | None) -> LaunchMode:
    """Return the mode of a launch: a preview only browses, and where nothing is left to be said it is a review.

    Who wants to look on without being judged may; nobody asks a preview into counting.
    """
    if is_preview:
        return LaunchMode.BROWSE
    if wanted in {LaunchMode.BROWSE, LaunchMode.REVIEW}:
        return wanted or LaunchMode.NORMAL
    known = standing or UnitStanding()
    is_done = (known.completed_at and known.passed_at) or known.waived_at
    return LaunchMode.REVIEW if is_done else LaunchMode.NORMAL


def other_modes(
    mode: LaunchMode, unit: AssignableUnit, standing: UnitStanding | None
) -> Sequence[LaunchMode]:
    """Return what a learner may have in place of a mode: a look without being judged, a review of what is done."""
    if mode is not LaunchMode.NORMAL:
        again = mode_for(standing, is_preview=False, wanted=None)
        return [] if again is mode else [again]
    return [LaunchMode.REVIEW] if standing and is_met(unit, standing) else [LaunchMode.BROWSE]


def unit_to_open(
    course: CourseStructure,
    standings: Mapping[str, UnitStanding],
    tried: Collection[str],
    *,
    wanted: str | None = None,
) -> AssignableUnit:
    """Return the unit that was asked for, else the first that is left to do, else the first.

    What needs nothing (NotApplicable) is left to do until it was opened.
    """
    by_id = {unit.identifier: unit for unit in course.units}
    if wanted in by_id:
        return by_id[wanted]
    left = (unit for unit in course.units if state_of(unit, standings, tried) != "valid")
    return next(left, course.units[0])


def following(course: CourseStructure, unit: AssignableUnit) -> AssignableUnit | None:
    """Return the unit that comes next in reading order."""
    at = course.units.index(unit) + 1
    return course.units[at] if at < len(course.units) else None


def state_of(unit: AssignableUnit, standings: Mapping[str, UnitStanding], tried: Collection[str]) -> str:
    """Return a unit's state for a page: valid, progress or none."""
    standing = standings.get(unit.identifier)
    is_judged = unit.move_on is not MoveOn.NOT_APPLICABLE or (standing and standing.waived_at)
    if is_met(unit, standing) and (is_judged or unit.identifier in tried):
        return "valid"
    return "progress" if unit.identifier in tried else "none"


def groups(course: CourseStructure) -> Sequence[tuple[Mapping[str, str], Sequence[AssignableUnit]]]:
    """Return the units in reading order, under the title of the block that each lies in, or of the course."""
    titles = {"": course.titles, **{block.identifier: block.title for block in course.blocks}}
    found: list[tuple[str, list[AssignableUnit]]] = []
    for unit in course.units:
        if not found or found[-1][0] != unit.parent:
            found.append((unit.parent, []))
        found[-1][1].append(unit)
    return [(titles[parent], units) for parent, units in found]


def said_in(texts: Mapping[str, str], language: str) -> str:
    """Return a text in a language: that very one, one of its family, else the first."""
    wanted = language.replace("_", "-").lower()
    by_tag = {tag.lower(): text for tag, text in texts.items()}
    family = wanted.partition("-")[0]
    near = (text for tag, text in by_tag.items() if tag.partition("-")[0] == family)
    return by_tag.get(wanted) or next(near, next(iter(texts.values()), ""))


def _check_going_on(session: LaunchSession, now: datetime) -> None:
    if session.abandoned_at is not None:
        raise StatementRefused("9.3.6", "the session was abandoned")
    if session.terminated_at is not None:
        raise StatementRefused("9.3.8", "the session was terminated")
    if is_over(session, now):
        raise StatementRefused("8.2.1", "the session is too old")


def _check_any(session: LaunchSession, statement: Mapping[str, Any], verb: str) -> None:
    """Check what holds for every statement of a session, defined or allowed."""
    if "id" not in statement:
        raise StatementRefused("9.1", "a statement has an id of its own")
    if verb == VOIDED:
        raise StatementRefused("6.3", "a unit voids no statements")
    if not is_utc(statement.get("timestamp")):
        raise StatementRefused("9.7", "a statement has a timestamp, in UTC")
    actor = statement["actor"]
    if actor.get("objectType", "Agent") != "Agent" or actor.get("account") != session.actor["account"]:
        raise StatementRefused("9.2", "the actor is the one of the launch")
    context = statement.get("context", {})
    if context.get("extensions", {}).get(SESSION) != str(session.id):
        raise StatementRefused("9.6.3.1", "the context has the session's id")
    if session.publisher_id not in activities_of(statement, "grouping"):
        raise StatementRefused("9.6.2", "the context has what the template says, and so the publisher's id")
    given = context.get("registration")
    if given is not None and UUID(given) != session.registration:
        raise StatementRefused("9.6.1", "the registration is the one of the launch")
    progress = statement.get("result", {}).get("extensions", {}).get(PROGRESS)
    if progress is not None and not (type(progress) is int and 0 <= progress <= 100):  # noqa: PLR2004  per cent
        raise StatementRefused("9.5.5.1", "progress is a whole number from 0 to 100")


def _check_allowed(session: LaunchSession, statement: Mapping[str, Any], at: datetime) -> None:
    if MOVE_ON_CATEGORY in activities_of(statement, "category"):
        raise StatementRefused("9.6.2.2", "only what cmi5 defines has the category moveon")
    if session.initialized_at is None or at < session.initialized_at:
        raise StatementRefused("9.3", "initialized comes first")


def _check_defined(session: LaunchSession, statement: Mapping[str, Any], verb: str) -> None:
    if verb not in OF_UNITS:
        raise StatementRefused("9.3", "no verb that cmi5 gives to a unit")
    about = statement["object"]
    if about.get("objectType", "Activity") != "Activity" or about["id"] != session.activity_id:
        raise StatementRefused("9.4", "the object is the activityId of the launch")
    if statement.get("context", {}).get("registration") is None:
        raise StatementRefused("9.6.1", "the context has the registration")
    if session.mode is not LaunchMode.NORMAL and verb not in ALWAYS:
        raise StatementRefused("10.2.2", f"in mode {session.mode} nothing is judged")
    if verb == Verb.INITIALIZED and not session.has_read_launch_data:
        raise StatementRefused("10.2.1", "a unit reads LMS.LaunchData before it initializes")
    if verb == Verb.INITIALIZED and not session.has_read_preferences:
        raise StatementRefused("11.0", "a unit reads cmi5LearnerPreferences before it initializes")


def _check_order(session: LaunchSession, unit: UnitStanding, verb: str, at: datetime) -> None:
    said = session.said
    if verb in said:
        raise StatementRefused("9.3", "this verb was said in this session")
    if verb != Verb.INITIALIZED and (session.initialized_at is None or at < session.initialized_at):
        raise StatementRefused("9.3", "initialized comes first")
    if verb == Verb.TERMINATED and session.last_at is not None and at < session.last_at:
        raise StatementRefused("9.3", "terminated comes last")
    if verb in SUCCESS and not said.keys().isdisjoint(SUCCESS):
        raise StatementRefused("9.3", "a session has either passed or failed")
    if verb == Verb.COMPLETED and unit.completed_at is not None:
        raise StatementRefused("9.3.3", "the unit is completed in this registration")
    if verb in SUCCESS and unit.passed_at is not None:
        raise StatementRefused("9.3.4", "the unit is passed in this registration")


def _check_result(session: LaunchSession, statement: Mapping[str, Any], verb: str) -> None:
    result = statement.get("result", {})
    if result.get("success") != SUCCESS.get(verb):
        raise StatementRefused("9.5.2", "success is true in passed, false in failed, and in nothing else")
    if result.get("completion") != (True if verb == Verb.COMPLETED else None):
        raise StatementRefused("9.5.3", "completion is true in completed, and in nothing else")
    if verb != Verb.INITIALIZED and "duration" not in result:
        raise StatementRefused("9.5.4.1", "this verb has a duration")
    has_category = MOVE_ON_CATEGORY in activities_of(statement, "category")
    if has_category is not (verb not in ALWAYS):
        raise StatementRefused(
            "9.6.2.2", "the category moveon goes with success and completion, and with them alone"
        )
    score = result.get("score")
    if score is not None:
        _check_score(session, statement, verb, score)
    given = statement["context"].get("extensions", {}).get(MASTERY_SCORE)
    if session.mastery_score is not None and verb in SUCCESS:
        if given is None and score is not None and "scaled" in score:
            raise StatementRefused("9.6.3.2", "what is judged by the mastery score names it")
        if given is not None and not _is(given, session.mastery_score):
            raise StatementRefused("9.6.3.2", "the mastery score is the one of the launch")


def _check_score(
    session: LaunchSession, statement: Mapping[str, Any], verb: str, score: Mapping[str, Any]
) -> None:
    del statement
    if verb not in SUCCESS:
        raise StatementRefused("9.5.1", "only passed and failed have a score")
    if "raw" in score and not score.keys() >= {"min", "max"}:
        raise StatementRefused("9.5.1", "a raw score has min and max")
    scaled = score.get("scaled")
    if scaled is None:
        return
    if not 0 <= scaled <= 1:
        raise StatementRefused("9.5.1", "scaled is from 0 to 1")
    if session.mastery_score is None:
        return
    if SUCCESS[verb] is not (Decimal(str(scaled)) >= session.mastery_score):
        raise StatementRefused("9.3.4", "the score contradicts the mastery score")


def _taken(
    session: LaunchSession,
    unit: UnitStanding,
    statement: Mapping[str, Any],
    verb: str,
    at: datetime,
    now: datetime,
) -> tuple[LaunchSession, UnitStanding]:
    session = replace(
        session,
        said={**session.said, verb: str(statement["id"]).lower()},
        last_at=_later(session.last_at, at),
        initialized_at=at if verb == Verb.INITIALIZED else session.initialized_at,
        terminated_at=now if verb == Verb.TERMINATED else session.terminated_at,
    )
    if verb == Verb.COMPLETED:
        return session, replace(unit, completed_at=now)
    if verb in SUCCESS:
        score = _best(unit.score, _scaled(statement["result"].get("score", {})))
        judged = {"passed_at": now} if SUCCESS[verb] else {"failed_at": now}
        return session, replace(unit, score=score, **judged)
    return session, unit


def _scaled(score: Mapping[str, Any]) -> Decimal | None:
    if "scaled" in score:
        return Decimal(str(score["scaled"]))
    if "raw" not in score or not score["max"] > score["min"]:
        return None
    low, high, raw = (Decimal(str(score[name])) for name in ("min", "max", "raw"))
    return (raw - low) / (high - low)


def _best(before: Decimal | None, now: Decimal | None) -> Decimal | None:
    known = [one for one in (before, now) if one is not None]
    return max(known, default=None)


def _is(given: object, score: Decimal) -> bool:
    return type(given) in {int, float} and Decimal(str(given)) == score


def _instant(statement: Mapping[str, Any]) -> datetime:
    found = read_instant(statement["timestamp"])
    if found is None:
        raise StatementRefused("9.7", "a statement has a timestamp, in UTC")
    return found


def _later(before: datetime | None, at: datetime) -> datetime:
    return at if before is None else max(before, at)
