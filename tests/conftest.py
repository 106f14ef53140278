"""Fixtures for all tests."""

import os

import hypothesis

pytest_plugins = ("tests.support.plugin", "tests.support.portal", "tests.support.live")

# A slow machine is no counterexample; CI judges a change, so it looks where it looked before.
hypothesis.settings.register_profile(
    "guildhall", deadline=None, print_blob=True, derandomize=os.environ.get("CI") == "true"
)
hypothesis.settings.load_profile("guildhall")
