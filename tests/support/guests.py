"""A running Guildhall as the tests of real browsers need it: its data at hand, and a browser signed in."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext

from lms.app import settings
from lms.app.factory import create_app
from lms.app.portal import Portal
from lms.identity import service as identity_service
from lms.identity.values import PersonId
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from tests.support.portal import Cast, put_on_stage
from tests.support.serving import Serving, serving, two_free_ports


@dataclass
class House:
    """A Guildhall that runs, the same application in this process on the same data, and the cast in it."""

    running: Serving
    app: Portal
    cast: Cast
    origin: str
    shift: Path

    def cookie_of(self, person_id: PersonId, **more: object) -> str:
        """Return the value of the session cookie of a person who is signed in; `more` stands in the session too."""
        with unit_of_work(), acting_as(SYSTEM):
            token = identity_service.open_sign_in(
                person_id=person_id, address="127.0.0.1", user_agent="test", now=clock.now()
            )
        signer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        return str(signer.dumps({"_user_id": token, "_fresh": True, **more}))

    def browser_of(self, chromium: Browser, person_id: PersonId, **options: object) -> BrowserContext:
        """Return a new browser context in which a person is signed in."""
        value = self.cookie_of(person_id)
        context = chromium.new_context(base_url=self.origin, **options)  # type: ignore[arg-type]
        context.add_cookies(
            [{"name": "guildhall", "value": value, "url": self.origin, "httpOnly": True, "sameSite": "Lax"}]
        )
        return context

    def move_clock(self, seconds: float) -> None:
        """Let every process of the house, and this one, believe that so many seconds have passed."""
        self.shift.write_text(str(seconds))

    def stop_clock(self, instant: datetime) -> None:
        """Let every process of the house, and this one, believe that it is this instant and stays it."""
        self.shift.write_text(f"@{instant.isoformat()}", encoding="ascii")


@contextlib.contextmanager
def house(
    folder: Path, *, by_name: bool = False, environment: Mapping[str, str] | None = None
) -> Iterator[House]:
    """Yield a running Guildhall with the cast; `by_name` gives portal and content names instead of ports."""
    folder.mkdir(parents=True, exist_ok=True)
    shift = folder / "clock"
    shift.write_text("0")
    port = two_free_ports()
    named = {
        "LMS_PUBLIC_URL": f"http://guildhall.localhost:{port}",
        "LMS_CONTENT_URL": f"http://content.guildhall.localhost:{port}",
    }
    given = {
        "LMS_PORT": str(port),
        "LMS_CLOCK_FILE": str(shift),
        **(named if by_name else {}),
        **(environment or {}),
    }
    with serving(folder, environment=given) as running:
        app = create_app(
            settings.read(
                {"LMS_LOG_LEVEL": "ERROR", "LMS_DEMO": "0", "LMS_DATA_DIR": str(running.data_dir), **given}
            )
        )
        try:
            with app.app_context():
                origin = named["LMS_PUBLIC_URL"] if by_name else f"http://127.0.0.1:{port}"
                yield House(running, app, put_on_stage(), origin, shift)
                db.session.remove()
                db.engine.dispose()
        finally:
            clock.set_source(None)
