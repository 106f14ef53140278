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
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
NOT_RUN = 75
"""The exit code by which a step says that this machine lacks what it needs (EX_TEMPFAIL)."""

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
    "proof": ((), "proof"),
    "interop": ((), "interop"),
}


@dataclass
class Outcome:
    """What ran, what failed, and what this machine could not run, by reason."""

    passed: int = 0
    failed: list[str] = field(default_factory=list)
    not_run: Counter[str] = field(default_factory=Counter)


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
    """Run pytest on all cores, letting it speak, and count from its report."""
    with tempfile.TemporaryDirectory(prefix="guildhall-suite-") as folder:
        report = Path(folder) / "report.xml"
        ran = subprocess.run(
            [
                str(BIN / "python"), "-m", "pytest", "--quiet",
                f"--numprocesses={processes(mode)}", "--dist=worksteal", f"--junit-xml={report}",
                "--durations=25", "--durations-min=10", "-m", SELECTED[mode][1], *arguments,
            ],
            cwd=ROOT,
            check=False,
        )  # fmt: skip
        if ran.returncode == NO_TESTS:
            outcome.not_run["tests: none are marked so yet"] += 1
        elif not report.exists():
            outcome.failed.append("tests: pytest did not finish")
        else:
            count(ET.parse(report), outcome)  # noqa: S314
            if ran.returncode and not outcome.failed:
                outcome.failed.append(f"tests: pytest ended with {ran.returncode}")


def count(report: "ET.ElementTree[ET.Element]", outcome: Outcome) -> None:
    """Add pytest's cases to the outcome; a skipped one says what it lacked."""
    for case in report.iter("testcase"):
        skipped = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            outcome.failed.append(f"{case.get('classname')}::{case.get('name')}")
        elif skipped is not None and skipped.get("type") != "pytest.xfail":
            outcome.not_run[skipped.get("message", "no reason given")] += 1
        else:
            outcome.passed += 1


def close(outcome: Outcome, *, complete: bool) -> int:
    """Say what is left to say and return the exit code; the last line is the count."""
    if outcome.not_run:
        print("\nNot run here:")
        for reason, times in outcome.not_run.most_common():
            print(f"  {times:>4} × {reason}")
        if complete:
            print("  With CI=true that is a failure.")
    if outcome.failed:
        print("\nFailed:")
        for name in outcome.failed:
            print(f"  {name}")
    skipped = outcome.not_run.total()
    print(f"\n{outcome.passed} passed, {len(outcome.failed)} failed, {skipped} skipped", flush=True)
    return 1 if outcome.failed or (complete and skipped) else 0


def main(mode: str, arguments: Sequence[str]) -> int:
    """Run what the mode selects; arguments go to pytest."""
    steps, _selection = SELECTED[mode]
    outcome = Outcome()
    print(f"\n{mode}")
    for name in steps:
        run_step(name, outcome)
    if mode == "check":
        arguments = ("--hypothesis-profile=quick", *arguments)
    run_tests(mode, arguments, outcome)
    return close(outcome, complete=os.environ.get("CI") == "true")


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1], sys.argv[2:]))
    except KeyboardInterrupt:
        sys.exit("\nstopped")
