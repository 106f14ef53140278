"""What a test does when the machine lacks what it needs: it is left out by name, and under CI it fails."""

import os
from typing import NoReturn

import pytest


def give_up(lacking: str, cure: str) -> NoReturn:
    """Leave the test out, saying what is lacking and how to get it; with CI=true fail it."""
    reason = f"{lacking}; {cure}"
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
