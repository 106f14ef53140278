"""What scripts do by themselves goes through one piece each: posts, which outlive a session, and times."""

import re
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "static" / "js"


@pytest.mark.parametrize(
    "pattern, places",
    [
        (r'method:\s*"POST"', {"shared/posting.js"}),
        (r"sendBeacon", set()),
        (r"\.csrf_token\.value|X-CSRFToken", {"shared/posting.js"}),
        # zone.js asks the device which zone it is in, to offer it to the account.
        (r"DateTimeFormat|toLocale(Time|Date)String|timeStyle", {"shared/clocks.js", "zone.js"}),
    ],
)
def test_no_script_does_on_its_own_what_all_share(pattern: str, places: set[str]) -> None:
    found = {
        path.relative_to(SCRIPTS).as_posix()
        for path in SCRIPTS.rglob("*.js")
        if re.search(pattern, path.read_text(encoding="utf-8"))
    }
    assert found == places
