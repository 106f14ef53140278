"""Figures of the whole product as a person runs it: its start, its memory, and what a browser fetches."""

import contextlib
import http
import http.client
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page

from bench.figures import Figure, is_wanted
from tests.support.browser import running_chromium
from tests.support.processes import die_with_parent, plain_environment
from tests.support.serving import ROOT, Serving, two_free_ports

COURSE = "/learn/selling-halden"
PATIENCE_SECONDS = 600.0

VIEW = (
    Figure("first_view.course.kb", "kB", 90),
    Figure("first_view.course.requests", "requests", 12),
)
MEMORY = Figure("serve.pss_mb", "MB", 450)
START = Figure("serve.start_s", "s", 4)
CLONE = Figure("clone.first_page_s", "s", 90)
FIGURES = (*VIEW, MEMORY, START, CLONE)


def measure(pattern: str | None) -> dict[str, float]:
    """Return the figures that `pattern` asks for, and those they are measured along with."""
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="guildhall-bench-") as name:
        if any(is_wanted(figure.name, pattern) for figure in (*VIEW, MEMORY, START)):
            found |= _measure_running(Path(name) / "running")
        if is_wanted(CLONE.name, pattern):
            found[CLONE.name] = _measure_clone(Path(name))
    return found


@contextlib.contextmanager
def serving(
    folder: Path, python: str | Path, cwd: Path, named: Mapping[str, str] | None = None
) -> Iterator[tuple[Serving, float]]:
    """Yield a running Guildhall with its demo and the seconds from its start to its first page.

    `named` are further settings.
    """
    folder.mkdir(parents=True, exist_ok=True)
    port = two_free_ports()
    settings = {"LMS_DATA_DIR": str(folder / "var"), "LMS_PORT": str(port), **(named or {})}
    command, environment = [str(python), "-m", "lms"], {**plain_environment(), **settings}
    began = time.monotonic()
    with (folder / "serve.log").open("ab") as output:
        process = subprocess.Popen(
            [*command, "serve"],
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509  it only asks the kernel for a signal
        )
    running = Serving(process, port, folder / "var", folder / "serve.log", command, environment, cwd)
    try:
        _wait_for_page(running)
        seconds = time.monotonic() - began
        running.wait_until_ready(seconds=PATIENCE_SECONDS)
        yield running, seconds
    finally:
        if process.poll() is None:
            running.stop()


def _wait_for_page(running: Serving) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and running.process.poll() is None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            if running.get("/sign-in")[0] == http.HTTPStatus.OK:
                return
        time.sleep(0.02)
    raise AssertionError(f"no page came:\n{running.said()}")


def _measure_running(folder: Path) -> dict[str, float]:
    """Return what a Guildhall that was set up before needs to start, to run and to show a course."""
    with serving(folder, sys.executable, ROOT):
        pass  # the first start migrates and loads the demo: set up it is from now on
    with serving(folder, sys.executable, ROOT) as (running, seconds), running_chromium() as browser:
        cookies = _visit(browser, running.url)
        size, requests = _first_view(browser, running.url + COURSE, cookies)
        return {
            START.name: seconds,
            MEMORY.name: running.memory_bytes() / 1e6,
            VIEW[0].name: size / 1e3,
            VIEW[1].name: requests,
        }


def _visit(browser: Browser, url: str) -> Sequence[Mapping[str, object]]:
    """Look at every kind of page as the demo's first person, a certificate's PDF too, and return the cookies."""
    context = browser.new_context(base_url=url)
    page = context.new_page()
    page.goto("/sign-in")
    page.locator("button.enter").first.click()
    page.wait_for_load_state("networkidle")
    for path in ("/", "/learn", COURSE, "/certificates", "/notifications", "/search?q=safety"):
        page.goto(path, wait_until="networkidle")
    _fetch_certificate(page, context)
    cookies = context.cookies()
    context.close()
    return [dict(cookie) for cookie in cookies]


def _fetch_certificate(page: Page, context: BrowserContext) -> None:
    page.goto("/certificates", wait_until="networkidle")
    link = page.locator('a[href$=".pdf"]').first
    if link.count():
        path = link.get_attribute("href") or ""
        for _worker in range(4):  # any of the web processes may answer; WeasyPrint shall be in all of them
            context.request.get(path)


def _first_view(browser: Browser, url: str, cookies: Sequence[Mapping[str, object]]) -> tuple[int, int]:
    """Return how many bytes came over the line, headers and compression as sent, and in how many requests."""
    context = browser.new_context()
    context.add_cookies([{**cookie} for cookie in cookies])  # type: ignore[typeddict-item]  # as cookies() gave them
    page = context.new_page()
    session: CDPSession = context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: dict[str, float] = {}

    def begin(told: Mapping[str, Any]) -> None:
        sizes.setdefault(told["requestId"], 0)

    session.on("Network.requestWillBeSent", begin)

    def note(told: Mapping[str, Any]) -> None:
        sizes[told["requestId"]] = told["encodedDataLength"]

    session.on("Network.loadingFinished", note)
    page.goto(url, wait_until="networkidle")
    context.close()
    return int(sum(sizes.values())), len(sizes)


def _measure_clone(folder: Path) -> float:
    """Return the seconds from `git clone` to the first page, the demo loaded on the way.

    A first clone is set up and thrown away, so that every package lies in the caches of pip and uv: the second, which
    is measured, downloads nothing.
    """
    warm = folder / "warm"
    _run("git", "clone", "--quiet", str(ROOT), str(warm), cwd=folder)
    _run("make", "setup", cwd=warm)
    clone, began = folder / "clone", time.monotonic()
    _run("git", "clone", "--quiet", str(ROOT), str(clone), cwd=folder)
    _run("make", "setup", cwd=clone)
    set_up = time.monotonic() - began
    with serving(folder / "data", clone / ".venv" / "bin" / "python", clone) as (_running, seconds):
        return set_up + seconds


def _run(*command: str, cwd: Path) -> None:
    subprocess.run(command, cwd=cwd, env=plain_environment(), stdout=subprocess.DEVNULL, check=True)
