"""Chromium of this machine, driven by Playwright, and what a test wants to know of a page."""

import contextlib
import ctypes
import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)
PATIENCE_MS = 10_000
"""How long what is expected of a page may take: other tests share the machine."""
WIDE, SMALL = 1280, 375
_HEIGHTS = {WIDE: 900, SMALL: 812}


class BrowserMissingError(Exception):
    """Raised when no Chromium is found."""


def find_chromium() -> str:
    """Return the path of the browser that LMS_CHROMIUM names, else of the system's."""
    named = os.environ.get("LMS_CHROMIUM")
    found = (
        named if named and os.access(named, os.X_OK) else next(filter(None, map(shutil.which, NAMES)), None)
    )
    if found is None:
        raise BrowserMissingError(f"{named} does not run" if named else "no Chromium on this machine")
    if sys.platform.startswith("linux"):
        try:
            ctypes.CDLL("libatomic.so.1")
        except OSError as problem:
            raise BrowserMissingError(f"its driver needs libatomic1: {problem}") from problem
    return found


@contextlib.contextmanager
def running_chromium() -> Iterator[Browser]:
    """Yield a headless Chromium with a profile of its own, gone at the end. Raises BrowserMissingError."""
    path = find_chromium()
    # Chromium's own sandbox refuses to be set up by root.
    options = [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else [*QUIET]
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=options)
        try:
            yield browser
        finally:
            browser.close()


class Troubles(list[str]):
    """What went wrong in a page by itself: script errors, console errors, refused resources."""

    def watch(self, page: Page) -> None:
        """Collect from now on. A status that the test provokes is a console error too: `clear()` it."""
        page.on("pageerror", lambda error: self.append(f"script error: {error}"))
        page.on(
            "console", lambda said: self.append(f"console: {said.text}") if said.type == "error" else None
        )


@contextlib.contextmanager
def page_in(
    browser: Browser,
    *,
    base_url: str | None = None,
    width: int = WIDE,
    scheme: Literal["light", "dark"] = "light",
    locale: str = "en",
    scripts: bool = True,
) -> Iterator[Page]:
    """Yield a page in a fresh profile: no cookies, no storage, animations reduced.

    Fails at the end when the page itself met an error, in its scripts or its console.
    """
    context = browser.new_context(
        base_url=base_url,
        viewport={"width": width, "height": _HEIGHTS.get(width, 900)},
        color_scheme=scheme,
        locale=locale,
        reduced_motion="reduce",
        java_script_enabled=scripts,
        service_workers="allow",
    )
    context.set_default_timeout(10_000)
    try:
        page = context.new_page()
        troubles = Troubles()
        troubles.watch(page)
        page.troubles = troubles  # type: ignore[attr-defined]  # so that a test may clear what it provoked
        yield page
        assert not troubles, "the page met errors:\n" + "\n".join(troubles)
    finally:
        context.close()


def troubles_of(page: Page) -> Troubles:
    """Return what went wrong in a page of `page_in` so far."""
    troubles: Troubles = page.troubles  # type: ignore[attr-defined]
    return troubles


def axe(page: Page) -> str:
    """Return the accessibility violations of the page as it stands, readable, empty when there are none."""
    page.wait_for_load_state()  # a page that is being left has no document
    violations: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return "\n".join(_described(violation) for violation in violations)


def _described(violation: dict[str, Any]) -> str:
    places = [
        f"    {node['html'][:200]}\n      {node['failureSummary'].replace(chr(10), ' ')}"
        for node in violation["nodes"][:5]
    ]
    more = len(violation["nodes"]) - len(places)
    head = f"{violation['impact']}: {violation['help']} ({violation['id']})"
    return "\n".join([head, *places, *([f"    and {more} more"] if more else [])])


_RULES = """async ([only]) => {
  const asked = only ? {runOnly: [only]} : {};
  const found = (await axe.run(document, {...asked, resultTypes: ["violations"]})).violations;
  return found.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).slice(0, 3).join(" | ")}`);
}"""


def looked_at(page: Page, name: str) -> list[str]:
    """Return what is wrong with the page as it stands, looked at in four ways: small and wide, light and dark.

    It is loaded once and made wider; light and dark differ in nothing but colour. `name` is what pictures are called.
    """
    page.wait_for_load_state()
    page.evaluate(Axe().axe_script)
    faults: list[str] = []
    for width in (SMALL, WIDE):
        page.set_viewport_size({"width": width, "height": _HEIGHTS[width]})
        for scheme, only in (("light", None), ("dark", "color-contrast")):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of its two words
            faults += [f"{name} {width} {scheme}: {fault}" for fault in page.evaluate(_RULES, [only])]
            shot(page, f"{name}-{width}-{scheme}")
        if (wider := overflow(page)) > 0:
            faults.append(f"{name} {width}: {wider} px wider than the screen")
    return faults


def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than its window; more than 0 scrolls sideways."""
    width: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width


def shot(page: Page, name: str) -> None:
    """Keep a picture of the whole page in the folder LMS_SCREENSHOTS names; without it do nothing."""
    folder = os.environ.get("LMS_SCREENSHOTS")
    if folder:
        safe = re.sub(r"[^\w.-]+", "-", name)
        page.screenshot(path=Path(folder) / f"{safe}.png", full_page=True)
