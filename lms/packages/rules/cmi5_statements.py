"""What the platform itself says of a cmi5 course: launch data, and statements that keep section 9; pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID, uuid5

from lms.packages.rules import cmi5_words as words
from lms.packages.values.cmi5 import (
    AssignableUnit,
    CourseStructure,
    LaunchSession,
    RegistrationId,
    Texts,
    Verb,
)

Statement = Mapping[str, Any]
SPACE = UUID("5c0f7a54-3f1d-5c5e-9b5e-6b1f2a9d7c11")
"""Names the ids that are made of a package's and a publisher's; never another."""


def actor_of(person_id: UUID, *, home_page: str) -> Mapping[str, Any]:
    """Return a person as packages know them: an account of this portal, without name or address."""
    return {"objectType": "Agent", "account": {"homePage": home_page, "name": str(person_id)}}


def activity_id_of(package_id: UUID, publisher_id: str, *, home_page: str) -> str:
    """Return our id of a course, a block or a unit: the same in every registration and revision of the package."""
    return f"{home_page}/cmi5/{uuid5(SPACE, f'{package_id} {publisher_id}')}"


def launch_url(base: str, unit: AssignableUnit) -> str:
    """Return where a unit lies, without what the launch adds; `base` is where its package's files do."""
    return unit.url if unit.is_elsewhere else f"{base}/{unit.url}"


def with_parameters(url: str, parameters: Mapping[str, str]) -> str:
    """Return an address with the launch's parameters after its own (8.1)."""
    front, hash_sign, fragment = url.partition("#")
    sign = "&" if "?" in front else "?"
    return f"{front}{sign}{urlencode(parameters, quote_via=quote)}{hash_sign}{fragment}"


def launch_data(session: LaunchSession, unit: AssignableUnit, *, return_url: str) -> Mapping[str, Any]:
    """Return the document LMS.LaunchData (10.2)."""
    return {
        "contextTemplate": _template(session),
        "launchMode": session.mode.value,
        "moveOn": unit.move_on.value,
        "returnURL": return_url,
        **_judged(session, "masteryScore"),
        **({"launchParameters": unit.launch_parameters} if unit.launch_parameters is not None else {}),
        **(
            {"entitlementKey": {"courseStructure": unit.entitlement_key}}
            if unit.entitlement_key is not None
            else {}
        ),
    }


def launched(
    statement_id: UUID, session: LaunchSession, unit: AssignableUnit, *, url: str, now: datetime
) -> Statement:
    """Return the statement that a unit was launched (9.3.1)."""
    said = _of_unit(statement_id, Verb.LAUNCHED, session, unit, now)
    said["context"]["extensions"] |= {
        words.LAUNCH_MODE: session.mode.value,
        words.LAUNCH_URL: url,
        words.MOVE_ON: unit.move_on.value,
        **_judged(session, words.MASTERY_SCORE),
        **({words.LAUNCH_PARAMETERS: unit.launch_parameters} if unit.launch_parameters is not None else {}),
    }
    return said


def abandoned(
    statement_id: UUID, session: LaunchSession, unit: AssignableUnit, *, now: datetime
) -> Statement:
    """Return the statement that a session ended without a word (9.3.6)."""
    seconds = ((session.last_at or session.opened_at) - session.opened_at).total_seconds()
    said = _of_unit(statement_id, Verb.ABANDONED, session, unit, now)
    return {**said, "result": {"duration": words.write_duration(seconds)}}


def waived(
    statement_id: UUID, session: LaunchSession, unit: AssignableUnit, *, reason: str, now: datetime
) -> Statement:
    """Return the statement that a unit need not be done (9.3.7); `session` is one that nothing else uses."""
    said = _of_unit(statement_id, Verb.WAIVED, session, unit, now)
    said["context"]["contextActivities"]["category"].append({"id": words.MOVE_ON_CATEGORY})
    result = {"success": True, "completion": True, "extensions": {words.REASON: reason}}
    return {**said, "result": result}


def satisfied(
    statement_id: UUID,
    course: CourseStructure,
    publisher_id: str,
    *,
    object_id: str,
    actor: Mapping[str, Any],
    registration: RegistrationId,
    session_id: UUID,
    now: datetime,
) -> Statement:
    """Return the statement that a block, or the course, is satisfied (9.3.9)."""
    block = next((one for one in course.blocks if one.identifier == publisher_id), None)
    kind, title = (words.BLOCK_TYPE, block.title) if block else (words.COURSE_TYPE, course.titles)
    return {
        "id": str(statement_id),
        "timestamp": _written(now),
        "actor": dict(actor),
        "verb": _verb(Verb.SATISFIED),
        "object": {"objectType": "Activity", "id": object_id, "definition": {"type": kind, **_name(title)}},
        "context": {
            "registration": str(registration),
            "extensions": {words.SESSION: str(session_id)},
            "contextActivities": {
                "category": [{"id": words.CMI5}],
                "grouping": [{"id": publisher_id}],
            },
        },
    }


def _of_unit(
    statement_id: UUID, verb: Verb, session: LaunchSession, unit: AssignableUnit, now: datetime
) -> dict[str, Any]:
    template = _template(session)
    definition = {**_name(unit.title), **({"type": unit.activity_type} if ":" in unit.activity_type else {})}
    return {
        "id": str(statement_id),
        "timestamp": _written(now),
        "actor": dict(session.actor),
        "verb": _verb(verb),
        "object": {
            "objectType": "Activity",
            "id": session.activity_id,
            **({"definition": definition} if definition else {}),
        },
        "context": {
            **template,
            "registration": str(session.registration),
            "contextActivities": {**template["contextActivities"], "category": [{"id": words.CMI5}]},
        },
    }


def _template(session: LaunchSession) -> dict[str, Any]:
    grouping: Sequence[Mapping[str, str]] = [{"id": session.publisher_id}]
    return {
        "contextActivities": {"grouping": grouping},
        "extensions": {words.SESSION: str(session.id)},
    }


def _judged(session: LaunchSession, name: str) -> Mapping[str, float]:
    return {} if session.mastery_score is None else {name: float(session.mastery_score)}


def _verb(verb: Verb) -> Mapping[str, Any]:
    return {"id": verb.value, "display": {"en": verb.value.rpartition("/")[2]}}


def _name(texts: Texts) -> Mapping[str, Any]:
    """Return a title as a definition has it: in the languages that are named."""
    named = {language: text for language, text in texts.items() if language}
    return {"name": named} if named else {}


def _written(now: datetime) -> str:
    return now.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
