"""The figures of packages: what a commit costs, 200 learners who commit at once, files served, a big one taken in."""

import http
import itertools
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import Context
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import msgspec
import psutil

from bench.bringing import big_package, brought
from bench.data import database_url_of, make_empty
from bench.figures import Figure, is_wanted
from bench.learners import PATIENCE_SECONDS, Learner, form_token, learners, spent
from bench.requests import Environ, answer, cpu_ms, most_queries, post
from lms.app import settings
from lms.app.factory import create_app
from lms.app.portal import Portal
from lms.courses.values import Activity
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db, new_id
from lms.kernel.uow import unit_of_work
from lms.web.content_links import sign_link
from tests.packages.packages import course_with, enrol, opening, package
from tests.support.processes import die_with_parent, plain_environment
from tests.support.serving import ROOT, Serving, serving, two_free_ports

LEARNERS: Final = 200
EVERY_SECONDS: Final = 10.0
WATCHED_SECONDS: Final = 60.0
FILE_BYTES: Final = 60_000
REQUESTS: Final = 6_000
CONNECTIONS: Final = 4
BARE_WORKERS: Final = 2


def figures(suffix: str) -> tuple[Figure, ...]:
    """Return the figures; `suffix` names the database where it is not SQLite."""
    return (
        Figure(f"packages.commit.cpu_ms{suffix}", "ms", 4),
        Figure(f"packages.commit.scored_cpu_ms{suffix}", "ms"),
        Figure(f"packages.commit.queries{suffix}", "queries"),
        Figure(f"packages.learners.p99_ms{suffix}", "ms", 250),
        Figure(f"packages.learners.median_ms{suffix}", "ms"),
        Figure(f"packages.import.s{suffix}", "s", 60),
        Figure(f"packages.import.peak_mb{suffix}", "MB", 150),
        Figure(f"packages.import.others_wait_s{suffix}", "s"),
        Figure(f"packages.import_command.s{suffix}", "s", 60),
        Figure(f"packages.import_command.peak_mb{suffix}", "MB"),
        Figure(f"packages.files.per_cpu_s{suffix}", "files/s of CPU"),
        Figure(f"packages.files.bare_per_cpu_s{suffix}", "files/s of CPU"),
        Figure(f"packages.files.share{suffix}", "of the bare rate", 0.8, at_least=True),
    )


def measure(pattern: str | None, database_url: str | None, suffix: str) -> dict[str, float]:
    """Return all figures if `pattern` asks for any of them."""
    if not any(is_wanted(figure.name, pattern) for figure in figures(suffix)):
        return {}
    with tempfile.TemporaryDirectory(prefix="guildhall-bench-") as name:
        url = database_url_of(Path(name), database_url, name="guildhall_bench_playing")
        named: dict[str, str] = {}
        if database_url:
            make_empty(url)
            named["LMS_DATABASE_URL"] = url.render_as_string(hide_password=False)
        with serving(Path(name), environment=named) as running:
            running.wait_until_ready()
            portal = create_app(settings.read(dict(running.environment)))
            with portal.app_context():
                activity, people = _fill(portal)
                found = _commits(portal, activity, people)
                found |= _learners(running, portal, activity, people)
                found |= _files(running, Path(name), activity)
                path = big_package(Path(name))
                found |= brought(running, portal, form_token(portal), path)
                found |= _commanded(running, path)
                db.session.remove()
                db.engine.dispose()
        if database_url:
            make_empty(url)
    return {f"packages.{one}{suffix}": value for one, value in found.items()}


def _fill(portal: Portal) -> tuple[Activity, Sequence[Learner]]:
    """Make a course that is one package, and people in the middle of it; return it and them."""
    page = b"<!doctype html><title>x</title>"
    with unit_of_work(), acting_as(SYSTEM):
        activity = course_with(package({"index.html": page, "course.js": os.urandom(FILE_BYTES)}))
    people = learners(portal, LEARNERS)
    with unit_of_work(), acting_as(SYSTEM):
        for one in people:
            enrol(one.person_id, activity)
    return activity, people


def _bodies(turn: int, opened: str, *, scores: bool = False) -> Iterator[bytes]:
    """Yield what a SCO of a few pages commits again and again: its whole state, a page further each time.

    Its score changes with each tenth page, or with each if it `scores`.
    """
    for sequence in itertools.count(1):
        elements = {
            "cmi.core.lesson_status": "incomplete",
            "cmi.core.lesson_location": f"page-{sequence % 40}",
            "cmi.core.score.raw": str((sequence if scores else sequence // 10) % 100),
            "cmi.core.session_time": f"00:{sequence // 60 % 60:02}:{sequence % 60:02}",
            "cmi.suspend_data": f"{turn}:" + "visited;" * 200 + str(sequence),
            **{
                f"cmi.interactions.{one}.{field}": value
                for one in range(10)
                for field, value in (("id", f"q{one}"), ("type", "choice"), ("student_response", "a"))
            },
        }
        yield msgspec.json.encode(
            {"item": "I1", "session": opened, "sequence": sequence, "last": False, "elements": elements}
        )


def _commits(portal: Portal, activity: Activity, playing: Sequence[Learner]) -> dict[str, float]:
    path, token = f"/learn/packages/{activity.id}/commit", form_token(portal)
    asked: list[Environ] = []
    turns: Iterator[tuple[str, Iterator[bytes]]] = iter(())

    def begin(*, scores: bool) -> None:
        nonlocal turns
        people = [
            (one.cookie, _bodies(turn, opening(one.person_id, activity), scores=scores))
            for turn, one in enumerate(playing[:8])
        ]
        turns = itertools.cycle(people)

    def next_one() -> None:
        cookie, bodies = next(turns)
        body = next(bodies)
        asked[:] = [
            {
                **post(path, cookie, {}),
                "CONTENT_TYPE": "application/json",
                "CONTENT_LENGTH": str(len(body)),
                "HTTP_X_CSRFTOKEN": token,
                "HTTP_HOST": f"127.0.0.1:{portal.config['LMS_PUBLIC_URL'].rpartition(':')[2]}",
                "HTTP_ORIGIN": portal.config["LMS_PUBLIC_URL"],
                "body": body,
            }
        ]

    def commit() -> None:
        # In a context of its own, as on a server: in ours it would share who is signed in.
        Context().run(answer, portal, asked[0])

    begin(scores=False)
    found = {"commit.cpu_ms": cpu_ms(commit, before=next_one)}
    next_one()
    found["commit.queries"] = most_queries(db.engine, [commit])
    begin(scores=True)
    found["commit.scored_cpu_ms"] = cpu_ms(commit, before=next_one)
    return found


def _learners(
    running: Serving, portal: Portal, activity: Activity, playing: Sequence[Learner]
) -> dict[str, float]:
    """Let everybody commit every ten seconds, each at a moment of their own, and return how long they wait."""
    token, waits, lock = form_token(portal), list[float](), threading.Lock()
    openings = [opening(one.person_id, activity) for one in playing]
    until = time.monotonic() + WATCHED_SECONDS

    def learn(number: int) -> None:
        bodies = _bodies(number, openings[number])
        at = time.monotonic() + EVERY_SECONDS * number / LEARNERS
        while at < until:
            time.sleep(max(0.0, at - time.monotonic()))
            body = next(bodies)
            began = time.monotonic()
            _post(running, f"/learn/packages/{activity.id}/commit", playing[number].cookie, token, body)
            with lock:
                waits.append(time.monotonic() - began)
            at += EVERY_SECONDS

    with ThreadPoolExecutor(LEARNERS) as pool:
        for done in [pool.submit(learn, number) for number in range(LEARNERS)]:
            done.result()
    return {
        "learners.p99_ms": statistics.quantiles(waits, n=100)[98] * 1e3,
        "learners.median_ms": statistics.median(waits) * 1e3,
    }


def _post(running: Serving, path: str, cookie: str, token: str, body: bytes) -> None:
    connection = HTTPConnection("127.0.0.1", running.port, timeout=PATIENCE_SECONDS)
    headers = {
        "Content-Type": "application/json",
        "Cookie": cookie,
        "Origin": running.url,
        "X-CSRFToken": token,
        "Sec-Fetch-Site": "same-origin",
    }
    try:
        connection.request("POST", path, body, headers)
        told = connection.getresponse()
        said = told.read()
    finally:
        connection.close()
    if told.status != http.HTTPStatus.OK or not msgspec.json.decode(said)["kept"]:
        raise AssertionError(f"a commit was not kept: {told.status} {said[:300]!r}")


def _files(running: Serving, folder: Path, activity: Activity) -> dict[str, float]:
    """Return how many files the content origin serves in a second of processor time, and how many a bare server."""
    revision_id = UUID(activity.config["revision_id"])
    token = sign_link(revision_id=revision_id, opening_id=new_id())
    # Not its worker, which goes on with what the learners left.
    web = [one for one in running.family() if "lms web" in " ".join(one.cmdline())]
    ours = _per_cpu_second(running.port + 1, f"/{token}/course.js", web)
    path = folder / "course.js"
    path.write_bytes(os.urandom(FILE_BYTES))
    with _bare(path) as (port, family):
        bare = _per_cpu_second(port, "/", family)
    return {"files.per_cpu_s": ours, "files.bare_per_cpu_s": bare, "files.share": ours / bare}


@contextmanager
def _bare(path: Path) -> Iterator[tuple[int, list[psutil.Process]]]:
    port = two_free_ports()
    command = [sys.executable, "-m", "gunicorn", "bench.bare_files:answer", "--bind", f"127.0.0.1:{port}"]
    process = subprocess.Popen(
        [
            *command,
            "--workers",
            str(BARE_WORKERS),
            "--threads",
            "4",
            "--worker-class",
            "gthread",
            "--log-level",
            "error",
        ],
        cwd=ROOT,
        env={**plain_environment(), "BARE_FILE": str(path)},
        preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509  it only asks the kernel for a signal
    )
    try:
        server, deadline = psutil.Process(process.pid), time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline and len(server.children()) < BARE_WORKERS:
            time.sleep(0.05)
        while time.monotonic() < deadline:
            try:
                _get_all(port, "/", 1)
                break
            except OSError:
                time.sleep(0.05)
        yield port, [server, *server.children()]
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def _per_cpu_second(port: int, path: str, family: Sequence[psutil.Process]) -> float:
    _get_all(port, path, REQUESTS // 10)
    before = spent(family)
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        for done in [pool.submit(_get_all, port, path, REQUESTS // CONNECTIONS) for _ in range(CONNECTIONS)]:
            done.result()
    return REQUESTS / (spent(family) - before)


def _commanded(running: Serving, path: Path) -> dict[str, float]:
    """Return how long the command takes to bring a package that is here, its start included, and all of its memory."""
    began = time.monotonic()
    process = subprocess.Popen(
        [*running.command, "courses", "import", str(path)],
        cwd=running.cwd,
        env=dict(running.environment),
        stdout=subprocess.DEVNULL,
    )
    _pid, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise AssertionError("the package was not taken")
    return {"import_command.s": time.monotonic() - began, "import_command.peak_mb": used.ru_maxrss / 1e3}


def _get_all(port: int, path: str, count: int) -> None:
    connection: Any = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    try:
        for _ in range(count):
            connection.request("GET", path, headers={"Accept-Encoding": "identity"})
            told = connection.getresponse()
            if len(told.read()) != FILE_BYTES:
                raise AssertionError(f"not the file: {told.status}")
    finally:
        connection.close()
