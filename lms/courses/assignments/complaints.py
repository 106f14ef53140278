"""What was wrong with a draft, carried from the form that was sent to the page that is shown next, once."""

from collections.abc import Mapping
from typing import Final

from flask import session

from lms.courses.values import ActivityId

_KEY: Final = "assignments.complaints"


def keep(activity_id: ActivityId, fields: Mapping[str, str]) -> None:
    """Keep what is wrong with each field of an assignment's draft."""
    session[_KEY] = {"of": str(activity_id), "fields": dict(fields)}


def take(activity_id: ActivityId) -> Mapping[str, str]:
    """Return what is wrong with each field, and forget it; nothing if it was about another assignment."""
    if session.get(_KEY, {}).get("of") != str(activity_id):
        return {}
    found: dict[str, str] = session.pop(_KEY)["fields"]
    return found
