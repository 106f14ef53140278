"""What a launched xAPI package may say, and when what it said is enough; pure.

Source: "Incorporating a Tin Can LRS into an LMS" of Rustici Software. It has no rules for the order of statements: what
counts is what is said of the activity that was launched.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from urllib.parse import quote, urlencode
from uuid import UUID

from lms.packages.errors import ReachRefused
from lms.packages.values.cmi5 import LaunchSession, UnitStanding, Verb

VOIDED: Final = "http://adlnet.gov/expapi/verbs/voided"
JUDGING: Final = frozenset({Verb.COMPLETED, Verb.PASSED, Verb.FAILED})
RAW_MAX: Final = Decimal(100)


def check(session: LaunchSession, statement: Mapping[str, Any]) -> None:
    """Refuse a statement of somebody else or of another registration, and one that takes others back."""
    verb = statement["verb"]["id"]
    if verb == VOIDED:
        raise ReachRefused("A launched package voids no statements.")
    actor = statement["actor"]
    if actor.get("objectType", "Agent") != "Agent" or actor.get("account") != session.actor["account"]:
        raise ReachRefused("The actor is the one of the launch.")
    given = statement.get("context", {}).get("registration")
    if given is not None and UUID(given) != session.registration:
        raise ReachRefused("The registration is the one of the launch.")


def judge(
    session: LaunchSession, unit: UnitStanding, statement: Mapping[str, Any], *, now: datetime
) -> tuple[UnitStanding, bool]:
    """Return what the package stands at after a statement, and whether that says anything of it.

    What was reached stays; the best score counts. A package that completes and says that it did not succeed has failed.
    """
    verb = statement["verb"]["id"]
    about = statement["object"]
    is_of_it = about.get("objectType", "Activity") == "Activity" and about.get("id") == session.activity_id
    if verb not in JUDGING or not is_of_it:
        return unit, False
    result = statement.get("result", {})
    success = {Verb.PASSED: True, Verb.FAILED: False}.get(verb, result.get("success"))
    is_completed = verb == Verb.COMPLETED or result.get("completion") is True
    return (
        replace(
            unit,
            completed_at=unit.completed_at or (now if is_completed else None),
            passed_at=unit.passed_at or (now if success is True else None),
            failed_at=unit.failed_at or (now if success is False else None),
            score=_best(unit.score, scaled(result.get("score", {}))),
        ),
        True,
    )


def scaled(score: Mapping[str, Any]) -> Decimal | None:
    """Return a score as a share from 0 to 1; a raw one without bounds is of a hundred. None if it says none."""
    if "scaled" in score:
        return max(Decimal(0), min(Decimal(1), Decimal(str(score["scaled"]))))
    if "raw" not in score:
        return None
    low, high = Decimal(str(score.get("min", 0))), Decimal(str(score.get("max", RAW_MAX)))
    if high <= low:
        low, high = Decimal(0), RAW_MAX
    return max(Decimal(0), min(Decimal(1), (Decimal(str(score["raw"])) - low) / (high - low)))


def with_parameters(url: str, parameters: Mapping[str, str]) -> str:
    """Return an address with what the launch adds to it."""
    front, hash_sign, fragment = url.partition("#")
    sign = "&" if "?" in front else "?"
    return f"{front}{sign}{urlencode(parameters, quote_via=quote)}{hash_sign}{fragment}"


def _best(before: Decimal | None, now: Decimal | None) -> Decimal | None:
    return max((one for one in (before, now) if one is not None), default=None)
