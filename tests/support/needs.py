"""What a test does when the machine lacks what it needs: it is left out by name, and under CI it fails."""

import ctypes
import os
import shutil
from typing import NoReturn

import pytest


def give_up(lacking: str, cure: str) -> NoReturn:
    """Leave the test out, saying what is lacking and how to get it; with CI=true fail it."""
    reason = f"{lacking}; {cure}"
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def need_program(name: str, *, package: str) -> str:
    """Return the path of a program of this machine, or leave the test out; `package` is Debian's."""
    found = shutil.which(name)
    return found or give_up(f"{name} is missing", f"Debian: apt-get install {package}")


def need_pango() -> None:
    """Leave the test out when WeasyPrint would find no Pango."""
    try:
        for library in ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0"):
            ctypes.CDLL(library)
    except OSError as problem:
        packages = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
        give_up(f"Pango is missing ({problem})", f"Debian: apt-get install {packages}")
