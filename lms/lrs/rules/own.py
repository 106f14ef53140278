"""What the portal itself recorded, as statements of xAPI 1.0.3; pure.

An activity is named by its kind and its id, `https://portal/xapi/activities/course/…`, a person by their account here.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID, uuid5

from lms.lrs.values import VOIDED, Fact, Thing, Withdrawn

SPACE: Final = UUID("8f9a2c60-52d1-5b0e-8a55-3f0f6f6d9c41")
"""Names the ids of statements that are made of what they are about; never another."""


def id_of(*words: object) -> UUID:
    """Return the id of the statement about what these words name: the same whoever asks."""
    return uuid5(SPACE, " ".join(map(str, words)))


def statement(said: Fact | Withdrawn, *, home_page: str) -> Mapping[str, Any]:
    """Return the statement; `home_page` is this installation's address."""
    if isinstance(said, Withdrawn):
        return {
            "id": str(said.id),
            "actor": {"objectType": "Agent", "account": {"homePage": home_page, "name": "portal"}},
            "verb": _verb(VOIDED),
            "object": {"objectType": "StatementRef", "id": str(said.fact_id)},
            "timestamp": said.at.isoformat(),
        }
    context = _context(said, home_page)
    result = _result(said)
    return {
        "id": str(said.id),
        "actor": {
            "objectType": "Agent",
            "account": {"homePage": home_page, "name": str(said.person_id)},
        },
        "verb": _verb(said.verb),
        "object": _activity(said.thing, home_page),
        **({"result": result} if result else {}),
        **({"context": context} if context else {}),
        "timestamp": said.at.isoformat(),
    }


def _verb(verb: str) -> Mapping[str, Any]:
    return {"id": str(verb), "display": {"en": verb.rpartition("/")[2]}}


def _activity(thing: Thing, home_page: str) -> Mapping[str, Any]:
    named = {"name": {thing.language: thing.name}} if thing.name else {}
    return {
        "objectType": "Activity",
        "id": f"{home_page}/xapi/activities/{thing.kind}/{thing.id}",
        "definition": {**named, "type": thing.type, **thing.definition},
    }


def _context(fact: Fact, home_page: str) -> Mapping[str, Any]:
    context: dict[str, Any] = {}
    if fact.registration is not None:
        context["registration"] = str(fact.registration)
    lists: dict[str, Sequence[Mapping[str, Any]]] = {}
    if fact.within:
        lists["parent"] = [_activity(fact.within[0], home_page)]
    if fact.within[1:]:
        lists["grouping"] = [_activity(one, home_page) for one in fact.within[1:]]
    if lists:
        context["contextActivities"] = lists
    if fact.corrects is not None:
        context["statement"] = {"objectType": "StatementRef", "id": str(fact.corrects)}
    return context


def _result(fact: Fact) -> Mapping[str, Any]:
    score = {
        name: float(value)
        for name, value in (("scaled", fact.scaled), ("raw", fact.raw), ("max", fact.most))
        if value is not None
    }
    if fact.most is not None:
        # A question may cost marks, and what lies below the least is no score.
        score["min"] = min(0.0, score.get("raw", 0.0))
    said = {
        "score": score or None,
        "success": fact.success,
        "completion": fact.completion,
        "duration": None if fact.seconds is None else f"PT{fact.seconds}S",
        "response": fact.response,
    }
    return {name: value for name, value in said.items() if value is not None}
