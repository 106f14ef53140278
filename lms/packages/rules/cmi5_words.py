"""cmi5's identifiers, and the values that its statements are made of."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

CMI5: Final = "https://w3id.org/xapi/cmi5/context/categories/cmi5"
MOVE_ON_CATEGORY: Final = "https://w3id.org/xapi/cmi5/context/categories/moveon"
SESSION: Final = "https://w3id.org/xapi/cmi5/context/extensions/sessionid"
MASTERY_SCORE: Final = "https://w3id.org/xapi/cmi5/context/extensions/masteryscore"
LAUNCH_MODE: Final = "https://w3id.org/xapi/cmi5/context/extensions/launchmode"
LAUNCH_URL: Final = "https://w3id.org/xapi/cmi5/context/extensions/launchurl"
MOVE_ON: Final = "https://w3id.org/xapi/cmi5/context/extensions/moveon"
LAUNCH_PARAMETERS: Final = "https://w3id.org/xapi/cmi5/context/extensions/launchparameters"
PROGRESS: Final = "https://w3id.org/xapi/cmi5/result/extensions/progress"
REASON: Final = "https://w3id.org/xapi/cmi5/result/extensions/reason"
BLOCK_TYPE: Final = "https://w3id.org/xapi/cmi5/activitytype/block"
COURSE_TYPE: Final = "https://w3id.org/xapi/cmi5/activitytype/course"

_UTC: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|\+00:?00)", re.ASCII)
_LANGUAGES: Final = re.compile(
    r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*(?:, ?[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)*"
)
_DURATION: Final = re.compile(
    r"P(?:(\d+(?:[.,]\d+)?)W)?(?:(\d+(?:[.,]\d+)?)D)?"
    r"(?:T(?:(\d+(?:[.,]\d+)?)H)?(?:(\d+(?:[.,]\d+)?)M)?(?:(\d+(?:[.,]\d+)?)S)?)?",
    re.ASCII,
)
_SECONDS: Final = (604_800, 86_400, 3600, 60, 1)


def activities_of(statement: Mapping[str, Any], name: str) -> frozenset[str]:
    """Return the ids of a statement's context activities of one kind."""
    found = statement.get("context", {}).get("contextActivities", {}).get(name, [])
    return frozenset(one["id"] for one in (found if isinstance(found, list) else [found]))


def is_utc(written: object) -> bool:
    """Return whether this is a timestamp that says that it is in UTC."""
    return isinstance(written, str) and _UTC.fullmatch(written) is not None


def read_instant(written: str) -> datetime | None:
    """Return the instant of such a timestamp, to the microsecond; None for a day that there is not."""
    day, _mark, clock = written.upper().partition("T")
    whole, _dot, fraction = re.split(r"[Z+]", clock)[0].partition(".")
    whole = whole[:6] + "59" if whole.endswith(":60") else whole
    try:
        return datetime.fromisoformat(f"{day}T{whole}.{fraction[:6].ljust(6, '0')}").replace(tzinfo=UTC)
    except ValueError:
        return None


def is_language_list(written: object) -> bool:
    """Return whether this is a list of language tags with commas between."""
    return isinstance(written, str) and _LANGUAGES.fullmatch(written) is not None


def seconds_of(duration: str) -> Decimal:
    """Return the seconds of an ISO 8601 duration; none for one of months or years, which have no fixed length."""
    found = _DURATION.fullmatch(duration)
    if found is None:
        return Decimal(0)
    parts = zip(found.groups(), _SECONDS, strict=True)
    return sum((Decimal((part or "0").replace(",", ".")) * seconds for part, seconds in parts), Decimal(0))


def write_duration(seconds: float) -> str:
    """Return seconds as an ISO 8601 duration, to hundredths."""
    return f"PT{max(seconds, 0):.2f}S"
