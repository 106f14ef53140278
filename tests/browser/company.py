"""A fresh installation with everybody's browser open, and what is looked at on every page that is passed."""

import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page

from lms.identity.values import PersonId
from tests.support.browser import Troubles, axe, overflow, shot
from tests.support.guests import House


class Company:
    """The house with everybody's browser open, and what is looked at on every page."""

    def __init__(self, running: House, chromium: Browser, folder: Path) -> None:
        self.house = running
        self.folder = folder
        self.faults: dict[str, str] = {}
        self.troubles = Troubles()
        self._chromium = chromium
        self._last: Page | None = None
        self._contexts: dict[PersonId, BrowserContext] = {}

    def page_of(self, person_id: PersonId, *, anew: bool = False) -> Page:
        """Return a page of a person's browser; `anew` signs them in again, after so long a time."""
        if anew or person_id not in self._contexts:
            if anew and person_id in self._contexts:
                self._contexts.pop(person_id).close()
            self._contexts[person_id] = self.house.browser_of(
                self._chromium, person_id, viewport={"width": 1280, "height": 900}, reduced_motion="reduce"
            )
        page = self._contexts[person_id].new_page()
        self.watch(page)
        return page

    def stranger(self) -> Page:
        """Return a page of somebody who is nobody here."""
        page = self._chromium.new_context(base_url=self.house.origin, reduced_motion="reduce").new_page()
        self.watch(page)
        return page

    def watch(self, page: Page) -> None:
        """Let a page wait no longer than people do, and collect what goes wrong in it."""
        page.set_default_timeout(10_000)
        self.troubles.watch(page)
        self._last = page

    def look(self, page: Page, name: str) -> None:
        """Keep a picture; note what keeps people from using the page."""
        shot(page, f"job-{name}")
        if found := axe(page):
            self.faults[name] = found
        if (wide := overflow(page)) > 0:
            self.faults[f"{name}: too wide"] = f"{wide} px"

    def keep_last(self) -> None:
        """Keep a picture of the page that was opened last: there the way ended."""
        if self._last is not None and not self._last.is_closed():
            shot(self._last, "job-ended-here")

    def wait(self, page: Page, condition: Callable[[], bool], what: str, *, seconds: float = 20) -> None:
        """Reload until the worker has done its part."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, what
            page.wait_for_timeout(250)
            page.reload()
