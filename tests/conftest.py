"""Fixtures for all tests."""

import gc
import os

import hypothesis

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


def pytest_collection_finish() -> None:
    """Leave what is collected out of the search for garbage, which would walk through all of it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
