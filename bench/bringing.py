"""The figures of a big package that a trainer brings by the browser: how long, how much memory, who waits for it."""

import http
import os
import secrets
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import psutil

from bench.requests import cookie_of
from lms.app.portal import Portal
from lms.identity import facade as identity
from lms.identity import service as identity_service
from lms.identity.values import PersonState
from lms.kernel import clock
from lms.kernel.actor import EVERYTHING, SYSTEM, Role, acting_as
from lms.kernel.db import new_id
from lms.kernel.uow import unit_of_work
from tests.packages.packages import MANIFEST
from tests.support.serving import Serving

FILES, FILE_BYTES = 5_000, 99_000
"""Of a package that is brought: together just below the 500 MB that one may have."""
PATIENCE_SECONDS: Final = 120.0
LOOKS_EVERY_SECONDS: Final = 0.05


def big_package(folder: Path) -> Path:
    """Return a new SCORM package of `FILES` files."""
    path = folder / "big.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("imsmanifest.xml", MANIFEST.format(title="Big", mastery=""))
        archive.writestr("index.html", "<!doctype html><title>Big</title>")
        for number in range(FILES):
            archive.writestr(f"media/{number // 100:02}/{number:04}.mp4", os.urandom(FILE_BYTES))
    return path


def brought(running: Serving, portal: Portal, token: str, path: Path) -> dict[str, float]:
    """Return the seconds until a package is kept, the memory of the web process, and how long a writer beside waits.

    Memory is the most that any one web process holds: what it shares with others is counted by its share (PSS).
    """
    cookie = cookie_of(portal, _trainer())
    with _watched(running) as peak, _writing(portal) as waits:
        began = time.monotonic()
        looked = _upload(running, cookie, token, path)
        kept = _confirm(running, f"{looked}/confirm", cookie, token)
        seconds = time.monotonic() - began
    if not kept.startswith("/author/packages/"):
        raise AssertionError(f"the package was not kept: {kept}")
    return {"import.s": seconds, "import.peak_mb": max(peak) / 1e6, "import.others_wait_s": max(waits)}


def _trainer() -> str:
    with unit_of_work(), acting_as(SYSTEM):
        now = clock.now()
        person_id = identity.add_person(
            email="trainer@example.com", name="Trainer", state=PersonState.ACTIVE, now=now
        )
        identity_service.grant_role(
            person_id=person_id, role=Role.TRAINER, scope=EVERYTHING, actor=SYSTEM, now=now
        )
        return identity_service.open_sign_in(
            person_id=person_id, address="127.0.0.1", user_agent="bench", now=now
        )


@contextmanager
def _watched(running: Serving) -> Iterator[list[int]]:
    """Yield the bytes that each web process held whenever it was looked at."""
    web = [one for one in running.family() if "lms web" in " ".join(one.cmdline())]
    seen, is_over = [0], threading.Event()

    def look() -> None:
        while not is_over.wait(LOOKS_EVERY_SECONDS):
            seen.extend(_held(one) for one in web)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        is_over.set()
        watcher.join()


def _held(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.NoSuchProcess:
        return 0


@contextmanager
def _writing(portal: Portal) -> Iterator[list[float]]:
    """Yield how many seconds each of a neighbour's small writes took, one after the other."""
    waits, is_over = [0.0], threading.Event()

    def write() -> None:
        with portal.app_context():
            while not is_over.wait(LOOKS_EVERY_SECONDS):
                began = time.monotonic()
                with unit_of_work(), acting_as(SYSTEM):
                    identity.add_person(
                        email=f"{new_id()}@example.com",
                        name="Beside",
                        state=PersonState.ACTIVE,
                        now=clock.now(),
                    )
                waits.append(time.monotonic() - began)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield waits
    finally:
        is_over.set()
        writer.join()


def _upload(running: Serving, cookie: str, token: str, path: Path) -> str:
    """Send the file as a form of a browser does and return where what was found is shown."""
    edge = secrets.token_hex(16)
    fields = "".join(
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in (("csrf_token", token), ("key", str(new_id())))
    )
    opening = (
        f'{fields}--{edge}\r\nContent-Disposition: form-data; name="file"; filename="big.zip"\r\n'
        "Content-Type: application/zip\r\n\r\n"
    ).encode()
    closing = f"\r\n--{edge}--\r\n".encode()
    headers = {
        "Content-Type": f"multipart/form-data; boundary={edge}",
        "Content-Length": str(len(opening) + path.stat().st_size + len(closing)),
    }

    def body() -> Iterator[bytes]:
        yield opening
        with path.open("rb") as source:
            while chunk := source.read(1 << 20):
                yield chunk
        yield closing

    return _post(running, "/author/packages", cookie, headers, body())


def _confirm(running: Serving, path: str, cookie: str, token: str) -> str:
    body = urlencode({"csrf_token": token, "kept_as": "own"}).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body))}
    return _post(running, path, cookie, headers, iter([body]))


def _post(running: Serving, path: str, cookie: str, headers: dict[str, str], body: Iterator[bytes]) -> str:
    connection = HTTPConnection("127.0.0.1", running.port, timeout=PATIENCE_SECONDS)
    said = {"Cookie": cookie, "Origin": running.url, "Sec-Fetch-Site": "same-origin", **headers}
    try:
        connection.request("POST", path, body, said)
        answer: HTTPResponse = connection.getresponse()
        text = answer.read()
    finally:
        connection.close()
    if answer.status != http.HTTPStatus.SEE_OTHER:
        raise AssertionError(f"{path} was answered with {answer.status}: {text[:300]!r}")
    return answer.headers["Location"]
