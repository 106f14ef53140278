"""ADL's CATAPULT LMS test suite for cmi5 against a whole Guildhall: every one of its tests, in a real browser.

Needs Node, and the suite (adlnet/CATAPULT, folder lts) in a folder of LMS_SUITES, with its packages (`npm ci`) and its
courses built (`npx webpack` in pkg/, with NODE_OPTIONS=--openssl-legacy-provider on Node 17 or newer).
"""

import base64
import io
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from html import unescape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest

from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db
from lms.kernel.errors import DomainError
from lms.kernel.messages import Message
from lms.kernel.uow import unit_of_work
from lms.packages import queries
from lms.packages.errors import PackageRefused
from lms.packages.queries import cmi5 as cmi5_queries
from lms.packages.service import cmi5 as service
from lms.packages.service.waiving import waive_unit
from lms.packages.values import PackageStandard
from lms.packages.values.cmi5 import LaunchSessionId, RegistrationId
from tests.packages.packages import course_with, enrol
from tests.support.browser import QUIET, find_chromium
from tests.support.guests import House, house

pytestmark = [pytest.mark.interop, pytest.mark.slow, pytest.mark.timeout(900)]

NAME = "catapult-lts"
COUNT = 87
HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def suite() -> Path:
    """Return the folder of the suite, ready to run."""
    named = os.environ.get("LMS_SUITES")  # noqa: TID251  said to `make interop`, no setting of the product
    manifests = (
        [*Path(named).glob("*/package.json"), *Path(named).glob("*/lts/package.json")] if named else []
    )
    found = [one.parent for one in manifests if json.loads(one.read_text("utf-8")).get("name") == NAME]
    if not found:
        pytest.skip(f"LMS_SUITES holds no checkout of {NAME}")
    folder = found[0]
    if not (folder / "node_modules").is_dir() or not (folder / "pkg/dist/001-essentials.zip").is_file():
        pytest.skip(f"{folder} lacks its packages or its courses: npm ci in it, npx webpack in pkg/")
    if shutil.which("node") is None:
        pytest.skip("the suite runs on Node, which is not here")
    return folder


class Bridge:
    """What the suite asks of a platform beside what a launched unit does: imports, launches, waivers, endings."""

    def __init__(self, guildhall: House) -> None:
        self.house = guildhall
        self.cookie = f"guildhall={guildhall.cookie_of(guildhall.cast.amara)}"
        self.courses = 0

    def take(self, content: bytes) -> Mapping[str, Any]:
        """Import a package as a published course on which the learner is enrolled.

        A ZIP without a cmi5.xml is no cmi5 package: what has an index.html is taken for a website, and a trainer is
        told so before it is kept. Who brings a cmi5 course is refused it.
        """
        self.courses += 1
        activity = course_with(io.BytesIO(content), slug=f"catapult-{self.courses}")
        revision = queries.get_revision_of(activity)
        if revision.standard is not PackageStandard.CMI5:
            raise PackageRefused(Message("This is not a cmi5 package."))
        enrol(self.house.cast.amara, activity)
        return {"course": f"{activity.id} {activity.config['revision_id']}"}

    def launch(self, course: str, index: int, mode: str | None = None, **_other: Any) -> Mapping[str, Any]:
        """Open the player's page as the learner does, and ask for the launch as its script does."""
        activity_id, revision_id = course.split()
        with self.house.app.app_context(), unit_of_work(read_only=True):
            structure = queries.course_of(queries.get_revision(UUID(revision_id)))  # type: ignore[arg-type]
            unit = structure.units[index].identifier
        address = f"{self.house.origin}/learn/packages/{activity_id}"
        told = self._send(f"{address}?item={quote(unit, safe='')}")
        begin = json.loads(unescape(_found(r'data-begin="([^"]*)"', told)))
        answer = self._send(
            f"{address}/launch",
            json.dumps({**begin, "mode": mode or ""}).encode(),
            {
                "Content-Type": "application/json",
                "Origin": self.house.origin,
                "X-CSRFToken": _found(r'name="csrf_token" value="([^"]*)"', told),
            },
        )
        return dict(json.loads(answer))

    def _send(self, url: str, data: bytes | None = None, headers: Mapping[str, str] | None = None) -> str:
        """Send a request as the learner's browser does, with the one session cookie that is newest."""
        asked = urllib.request.Request(url, data, {"Cookie": self.cookie, **(headers or {})})  # noqa: S310  our own
        with urllib.request.urlopen(asked, timeout=30) as answer:  # noqa: S310  server
            for fresh in answer.headers.get_all("Set-Cookie") or ():
                self.cookie = fresh.partition(";")[0]
            return str(answer.read().decode())

    def waive(self, registration: str, index: int, reason: str) -> Mapping[str, Any]:
        """Waive a unit."""
        held = cmi5_queries.hold_registration(RegistrationId(UUID(registration)))
        assert held is not None
        structure = queries.course_of(queries.get_revision(held.revision_id))
        waive_unit(
            registration_id=held.id,
            unit_id=structure.units[index].identifier,
            reason=reason,
            home_page=self.house.app.config["LMS_PUBLIC_URL"],
            actor=SYSTEM,
            now=clock.now(),
        )
        return {}

    def abandon(self, session: str) -> Mapping[str, Any]:
        """End a session that has not ended by itself."""
        service.abandon_session(LaunchSessionId(UUID(session)), now=clock.now())
        return {}


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found is not None, f"the page lacks {pattern}"
    return found[1]


@contextmanager
def bridged(bridge: Bridge) -> Iterator[str]:
    """Yield the address at which the suite's script finds the bridge."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = self.headers.get("Content-Length")
            content = (
                self.rfile.read(int(length)) if length else _chunks(self.rfile.readline, self.rfile.read)
            )
            status, body = self._answer(self.path.strip("/"), content)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def _answer(self, name: str, content: bytes) -> tuple[HTTPStatus, Mapping[str, Any]]:
            try:
                if name == "launch":
                    return HTTPStatus.OK, bridge.launch(**json.loads(content))
                with bridge.house.app.app_context(), unit_of_work(), acting_as(SYSTEM):
                    if name == "import":
                        return HTTPStatus.OK, bridge.take(content)
                    done: Callable[..., Mapping[str, Any]] = getattr(bridge, name)
                    return HTTPStatus.OK, done(**json.loads(content))
            except DomainError as refusal:
                return refusal.status, {"message": refusal.message or str(refusal)}

        def log_message(self, *_said: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _chunks(line: Callable[[], bytes], read: Callable[[int], bytes]) -> bytes:
    """Return a body that came in chunks (RFC 9112, 7.1), as the suite streams its packages."""
    whole = b""
    while size := int(line().split(b";")[0], 16):
        whole += read(size)
        line()
    line()
    return whole


def test_every_test_of_the_public_cmi5_suite_passes(suite, tmp_path, record_property, capsys):
    with house(tmp_path) as guildhall:
        told = guildhall.running.run("tokens", "create", "--name", "CATAPULT", "--scope", "all")
        key, secret = re.findall(r"^(?:key|secret)\s+(\S+)$", told, re.MULTILINE)
        with bridged(Bridge(guildhall)) as address:
            db.session.remove()
            command = ["node", "node_modules/jest/bin/jest.js", "--runInBand", "--testTimeout=60000"]
            environment = {
                **os.environ,  # noqa: TID251  Node's own
                "CATAPULT_LMS": str(HERE / "catapult.cjs"),
                "JEST_PUPPETEER_CONFIG": str(HERE / "catapult_browser.cjs"),
                "GUILDHALL_BRIDGE": address,
                "GUILDHALL_XAPI": f"{guildhall.origin}/xapi",
                "GUILDHALL_KEY": _basic(key, secret),
                "GUILDHALL_CHROMIUM": find_chromium(),
                "GUILDHALL_CHROMIUM_ARGS": json.dumps([*QUIET, "--no-sandbox"]),
            }
            done = subprocess.run(
                [*command, "--json", f"--outputFile={tmp_path / 'result.json'}"],
                cwd=suite,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
                timeout=800,
            )
    result = tmp_path / "result.json"
    assert result.is_file(), done.stdout[-2000:] + done.stderr[-4000:]
    counted = json.loads(result.read_text(encoding="utf-8"))
    passed, total = counted["numPassedTests"], counted["numTotalTests"]
    record_property("counts", f"cmi5: {passed} of {total} passed")
    with capsys.disabled():
        sys.stdout.write(f"\ncmi5: {passed} of {total} passed\n")
    failures = [
        f"{one['fullName']}: {one['failureMessages'][0][:500]}"
        for file in counted["testResults"]
        for one in file["assertionResults"]
        if one["status"] == "failed"
    ]
    broken = [file["message"][:2000] for file in counted["testResults"] if not file["assertionResults"]]
    assert (broken, failures) == ([], [])
    assert (passed, total) == (COUNT, COUNT)


def _basic(key: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{key}:{secret}".encode()).decode()
