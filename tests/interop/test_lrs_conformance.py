"""ADL's LRS conformance suite against a whole Guildhall: every test, in both versions of xAPI, on both databases.

Needs Node, and the suite's checkout with its packages (`npm install`) in a folder of LMS_SUITES, whatever its name.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.serving import serving

pytestmark = [pytest.mark.interop, pytest.mark.slow, pytest.mark.timeout(1800)]

NAME = "adl-lrs-conformance-tests"
COUNTS = {"1.0.3": 1365, "2.0.0": 1442}


@pytest.fixture(scope="module")
def suite() -> Path:
    """Return the folder of the suite, ready to run."""
    named = os.environ.get("LMS_SUITES")  # noqa: TID251  said to `make interop`, no setting of the product
    manifests = sorted(Path(named).glob("*/package.json")) if named else []
    found = [one.parent for one in manifests if json.loads(one.read_text("utf-8")).get("name") == NAME]
    if not found:
        pytest.skip(f"LMS_SUITES holds no checkout of {NAME}")
    folder = found[0]
    if not (folder / "node_modules").is_dir():
        pytest.skip(f"{folder} lacks its packages: run npm install in it")
    if shutil.which("node") is None:
        pytest.skip("the suite runs on Node, which is not here")
    return folder


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def guildhall(request, suite, tmp_path_factory):
    named = {}
    if request.param == "postgresql":
        named["LMS_DATABASE_URL"] = request.getfixturevalue("postgres").clone()
    with serving(tmp_path_factory.mktemp("lrs"), environment=named) as running:
        yield running


@pytest.mark.parametrize("version", sorted(COUNTS))
def test_every_test_of_the_public_suite_passes(suite, guildhall, version, record_property, capsys, request):
    # A key for each: a refusal for want of a version is answered in the one that its source speaks.
    told = guildhall.run("tokens", "create", "--name", f"Conformance {version}", "--scope", "all")
    key, secret = re.findall(r"^(?:key|secret)\s+(\S+)$", told, re.MULTILINE)
    command = ["node", "bin/console_runner.js", "-e", f"{guildhall.url}/xapi", "-a", "-u", key, "-p", secret]
    done = subprocess.run(
        [*command, "-x", version, "-z"], cwd=suite, capture_output=True, text=True, check=False, timeout=1500
    )
    summaries = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"total"')]
    assert summaries, done.stdout[-2000:] + done.stderr[-2000:]
    last = summaries[-1]
    told = f"xAPI {version} on {request.node.callspec.params['guildhall']}: {last['passed']} of {last['total']} passed"
    record_property("counts", told)
    with capsys.disabled():
        sys.stdout.write(f"\n{told}\n")
    log = re.search(r"Full run log written to (\S+)", done.stdout)
    assert last["failed"] == 0, _failures(Path(log[1])) if log else done.stdout[-2000:]
    assert last["passed"] == last["total"]
    assert last["total"] >= COUNTS[version]


def _failures(log: Path) -> str:
    found: list[str] = []
    waiting = [json.loads(log.read_text(encoding="utf-8")).get("log") or {}]
    while waiting:
        node = waiting.pop()
        below = [one for one in node.get("tests") or [] if one]
        if not below and node.get("status") == "failed":
            found.append(f"{node.get('title')}: {str(node.get('error'))[:300]}")
        waiting += below
    return "\n".join(found)
