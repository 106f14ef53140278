"""Fixtures for all tests."""

import gc
import os

import hypothesis
import pytest

pytest_plugins = ("tests.support.plugin", "tests.support.portal", "tests.support.live")

# A slow machine is no counterexample; CI judges a change, so it looks where it looked before.
hypothesis.settings.register_profile(
    "guildhall", deadline=None, print_blob=True, derandomize=os.environ.get("CI") == "true"
)
hypothesis.settings.load_profile("guildhall")
# `make check` looks at few examples, `make test` at more, `make proof` at many.
for _name, _examples in (("quick", 25), ("usual", 50), ("thorough", 500)):
    hypothesis.settings.register_profile(
        _name, hypothesis.settings.get_profile("guildhall"), max_examples=_examples
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Spread the files of browser tests evenly among the others: a browser waits while the others reckon."""
    files: dict[str, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.nodeid.partition("::")[0], []).append(item)
    placed: list[tuple[float, list[pytest.Item]]] = []
    for in_browser in (True, False):
        these = [one for name, one in files.items() if ("/browser/" in name) is in_browser]
        whole, so_far = sum(map(len, these)), 0
        for one in these:
            placed.append(((so_far + len(one) / 2) / whole, one))
            so_far += len(one)
    items[:] = [item for _at, one in sorted(placed, key=lambda pair: pair[0]) for item in one]


def pytest_collection_finish() -> None:
    """Leave what is collected out of the search for garbage, which would walk through all of it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
