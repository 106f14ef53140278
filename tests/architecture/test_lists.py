"""Every list holds to its address: whatever stands in its cursor gives a page or a refusal, and never a failure."""

import base64
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.architecture.samples import address, methods, routes, sample_for

LEAST = 12
WIDEST = 3
HOSTILE: tuple[object, ...] = (
    1,
    -1,
    2**31,
    2**63,
    2**70,
    1.5,
    True,
    None,
    "",
    "x",
    "\0",
    "NaN",
    "2027-01-01",
    "2027-01-01T00:00:00",
    "0001-01-01T00:00:00+14:00",
    "00000000-0000-7000-8000-000000000000",
    [],
    {},
    [1],
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
CURSORS = st.lists(st.sampled_from(HOSTILE) | JSON, max_size=WIDEST) | JSON


def cursor_of(values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


@pytest.fixture
def lists(sqlite_app, cast, visit):
    """Return each address that reads a cursor, with somebody who may see it: nonsense is refused there."""
    ids: dict[str, object] = {}
    visitors = [visit(one) for one in (cast.ada, cast.petra, cast.jonas, cast.tomas, cast.ruth, cast.amara)]
    found = {}
    for rule, said in routes(sqlite_app):
        if "GET" not in methods(rule) or said.cookieless:
            continue
        for name in rule.arguments:
            make = sample_for(rule, name)
            if make is not None and name not in ids:
                ids[name] = make(cast)
        path = address(sqlite_app, rule, ids)
        for visitor in visitors:
            if visitor.get(f"{path}?after=!").status_code == 422:
                found[path] = visitor
                break
    return found


def test_a_cursor_that_somebody_changed_gives_a_page_or_a_refusal_in_every_list(lists):
    assert len(lists) >= LEAST, sorted(lists)
    failed = set()

    @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
    @given(values=CURSORS, side=st.sampled_from(["after", "before"]))
    def walk(values, side):
        for path, visitor in lists.items():
            status = visitor.get(f"{path}?{side}={cursor_of(values)}").status_code
            assert status in {200, 422}, (path, status, values)

    for value in HOSTILE:
        for width in range(1, WIDEST + 1):
            failed |= {
                (path, repr(value))
                for path, visitor in lists.items()
                if visitor.get(f"{path}?after={cursor_of([value] * width)}").status_code not in {200, 422}
            }
    assert failed == set()
    walk()
