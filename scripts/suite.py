#!/usr/bin/env python3
"""Run the checks and tests, one line each: suite.py check | test | proof | interop [pytest arguments].

What could not be run is named at the end with how to get it; with CI=true it is a failure.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
NOT_RUN = 75
"""The exit code by which a step says that this machine lacks what it needs (EX_TEMPFAIL)."""

EXAMPLES = {"check": "quick", "test": "usual", "proof": "thorough"}
"""How many random examples are looked at, by the name of a profile in tests/conftest.py."""

MOST_AGAIN = 10
"""How many failed tests are tried once more alone; more than that is no matter of chance."""

NO_TESTS = 5
"""Pytest's exit code when the selection holds no test."""

STEPS = {
    "lint": (BIN / "ruff", "check", "--quiet", "."),
    "format": (BIN / "ruff", "format", "--check", "--quiet", "."),
    "types": (BIN / "mypy",),
    "contracts": (BIN / "lint-imports", "--no-logo"),
    "messages": (BIN / "python", "scripts/messages.py", "--check"),
    "front": (ROOT / "scripts" / "front", "--check"),
}
QUICK = ("lint", "format", "types", "contracts")
SELECTED = {
    "check": (QUICK, "not browser and not postgresql and not slow and not proof and not interop"),
    "test": ((*QUICK, "messages", "front"), "not proof and not interop"),
    "proof": ((), "proof or (hypothesis and not interop)"),
    "interop": ((), "interop"),
}


@dataclass
class Outcome:
    """What ran, what failed, and what this machine could not run, by reason."""

    passed: int = 0
    failed: list[str] = field(default_factory=list)
    not_run: Counter[str] = field(default_factory=Counter)
    unsteady: list[str] = field(default_factory=list)
    """What failed beside other tests and passed alone."""


def run_step(name: str, outcome: Outcome) -> None:
    """Run one tool quietly; show what it printed only when it objects."""
    started = time.monotonic()
    print(f"  {name:<10} ", end="", flush=True)
    ran = subprocess.run(
        [str(word) for word in STEPS[name]],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    print(f"{('ok' if ran.returncode == 0 else 'FAILED'):<8}{time.monotonic() - started:5.1f} s", flush=True)
    if ran.returncode == 0:
        outcome.passed += 1
    elif ran.returncode == NOT_RUN:
        outcome.not_run[f"{name}: {ran.stdout.strip().splitlines()[-1]}"] += 1
    else:
        outcome.failed.append(name)
        print(ran.stdout, flush=True)


def processes(mode: str) -> int:
    """Return how many processes run tests: one a core, and one more where many wait for a browser or a server."""
    return min((os.cpu_count() or 1) + (mode == "test"), 5)


def run_tests(mode: str, arguments: Sequence[str], outcome: Outcome) -> None:
    """Run pytest on all cores and count from its report; a few that failed are tried once more, alone.

    Whatever passes then is named as unsteady: a page that took too long beside two others is no reason to refuse the
    work of a day, and none to be quiet about it (docs/decisions/0016).
    """
    found = pytest(
        f"--numprocesses={processes(mode)}", "--dist=worksteal", "--durations=25", "--durations-min=10",
        "-m", SELECTED[mode][1], *arguments,
    )  # fmt: skip
    add(found, outcome)
    if mode == "test" and 0 < len(found.failed) <= MOST_AGAIN:
        print(f"\nOnce more, alone: {len(found.failed)} that failed\n", flush=True)
        again = pytest("--last-failed", "--last-failed-no-failures=none", "-m", SELECTED[mode][1], *arguments)
        outcome.unsteady = [name for name in found.failed if name in again.passed]
        outcome.failed = [name for name in outcome.failed if name not in outcome.unsteady]
        outcome.passed += len(outcome.unsteady)


@dataclass(frozen=True)
class Ran:
    """What one run of pytest said; `broken` if it did not come to an end."""

    passed: Sequence[str] = ()
    failed: Sequence[str] = ()
    skipped: Sequence[str] = ()
    broken: str = ""


def pytest(*arguments: str) -> Ran:
    """Run pytest, letting it speak, and return what its report says."""
    with tempfile.TemporaryDirectory(prefix="guildhall-suite-") as folder:
        report = Path(folder) / "report.xml"
        ran = subprocess.run(
            [str(BIN / "python"), "-m", "pytest", "--quiet", f"--junit-xml={report}", *arguments],
            cwd=ROOT,
            check=False,
        )
        if ran.returncode == NO_TESTS:
            return Ran(skipped=("tests: none are marked so yet",))
        if not report.exists():
            return Ran(broken="tests: pytest did not finish")
        said = read(ET.parse(report))  # noqa: S314
        if ran.returncode and not said.failed:
            return replace(said, broken=f"tests: pytest ended with {ran.returncode}")
        return said


def add(ran: Ran, outcome: Outcome) -> None:
    """Add what one run of pytest said."""
    outcome.passed += len(ran.passed)
    outcome.failed += [*ran.failed, *([ran.broken] if ran.broken else [])]
    outcome.not_run.update(ran.skipped)


def read(report: "ET.ElementTree[ET.Element]") -> Ran:
    """Return pytest's cases by how they went; a skipped one says what it lacked."""
    passed, failed, skipped = dict[str, None](), dict[str, None](), []
    for case in report.iter("testcase"):
        name = f"{case.get('classname')}::{case.get('name')}"
        left_out = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            failed[name] = None
        elif left_out is not None and left_out.get("type") != "pytest.xfail":
            skipped.append(left_out.get("message", "no reason given"))
        else:
            passed[name] = None
    return Ran(tuple(name for name in passed if name not in failed), tuple(failed), tuple(skipped))


def close(outcome: Outcome, *, complete: bool) -> int:
    """Say what is left to say and return the exit code; the last line is the count."""
    if outcome.not_run:
        print("\nNot run here:")
        for reason, times in outcome.not_run.most_common():
            print(f"  {times:>4} × {reason}")
        if complete:
            print("  With CI=true that is a failure.")
    if outcome.unsteady:
        print("\nFailed beside others and passed alone (mend these: something in them waits too little):")
        for name in outcome.unsteady:
            print(f"  {name}")
    if outcome.failed:
        print("\nFailed:")
        for name in outcome.failed:
            print(f"  {name}")
    skipped = outcome.not_run.total()
    unsteady = f", {len(outcome.unsteady)} only alone" if outcome.unsteady else ""
    print(f"\n{outcome.passed} passed, {len(outcome.failed)} failed, {skipped} skipped{unsteady}", flush=True)
    return 1 if outcome.failed or (complete and skipped) else 0


def main(mode: str, arguments: Sequence[str]) -> int:
    """Run what the mode selects; arguments go to pytest."""
    steps, _selection = SELECTED[mode]
    outcome = Outcome()
    print(f"\n{mode}")
    for name in steps:
        run_step(name, outcome)
    if mode in EXAMPLES:
        arguments = (f"--hypothesis-profile={EXAMPLES[mode]}", *arguments)
    run_tests(mode, arguments, outcome)
    return close(outcome, complete=os.environ.get("CI") == "true")


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1], sys.argv[2:]))
    except KeyboardInterrupt:
        sys.exit("\nstopped")
