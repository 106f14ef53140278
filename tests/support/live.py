"""A portal and its content origin that a browser can reach: in this process, on two loopback ports, with fresh data."""

import contextlib
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from playwright.sync_api import Page
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from lms.app import settings
from lms.app.content import create_content_app
from lms.app.factory import create_app
from lms.app.portal import Portal
from lms.identity import service as identity_service
from lms.identity.values import PersonId
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from tests.support.portal import Cast, build_schema, folder_in_memory, put_on_stage

HOST = "127.0.0.1"


class _Compiled(BytecodeCache):
    """Templates compiled once for all portals of this process: each test serves one of its own."""

    def __init__(self) -> None:
        self.known: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give back what was compiled of the same source."""
        if bucket.key in self.known:
            bucket.bytecode_from_string(self.known[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self.known[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _Compiled()
_STAGED: list[tuple[bytes, Cast]] = []
"""A database's file with the cast, once it was on stage by the true clock."""


@dataclass(frozen=True, slots=True)
class Live:
    """A portal being served, with the cast on stage."""

    url: str
    content_url: str
    portal: Portal
    cast: Cast

    def sign_in(self, page: Page, person_id: PersonId) -> None:
        """Let the page's browser be signed in as a person, without their password."""
        with unit_of_work(), acting_as(SYSTEM):
            token = identity_service.open_sign_in(
                person_id=person_id, address=HOST, user_agent="test", now=clock.now()
            )
        signer: Any = self.portal.session_interface.get_signing_serializer(self.portal)  # type: ignore[attr-defined]
        cookie = signer.dumps({"_user_id": token, "_fresh": True})
        name = self.portal.config["SESSION_COOKIE_NAME"]
        page.context.add_cookies([{"name": name, "value": cookie, "url": self.url}])


class _Quiet(WSGIRequestHandler):
    def log_request(self, *_args: Any) -> None:
        """Say nothing: the tests' output is for failures."""


@contextlib.contextmanager
def _listening() -> Iterator[socket.socket]:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen(128)
        yield taken


@contextlib.contextmanager
def _served(app: Any, on: socket.socket) -> Iterator[BaseWSGIServer]:
    server = make_server(
        HOST, on.getsockname()[1], app, threaded=True, fd=on.fileno(), request_handler=_Quiet
    )
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


@contextlib.contextmanager
def served_portal(folder: Path, *, stage: Callable[[], Any] = put_on_stage) -> Iterator[Live]:
    """Serve a new portal whose data lies in `folder`, inside whose context the caller may write.

    `stage` fills it; what is not the cast has none.
    """
    with _listening() as for_portal, _listening() as for_content:
        port, content_port = for_portal.getsockname()[1], for_content.getsockname()[1]
        database = folder / "live.db"
        database_url = f"sqlite:///{database}"
        may_be_kept = stage is put_on_stage and not clock.is_set()
        staged = _STAGED[0] if _STAGED and may_be_kept else None
        if staged:
            database.write_bytes(staged[0])
        else:
            build_schema(database_url)
        chosen = settings.read(
            {
                "LMS_DATA_DIR": str(folder),
                "LMS_DATABASE_URL": database_url,
                "LMS_PORT": str(port),
                "LMS_CONTENT_PORT": str(content_port),
                "LMS_REDIS_URL": "redis://127.0.0.1:1/0",
                "LMS_SECRET_KEY": "a secret of the tests",
                "LMS_TIME_ZONE": "Europe/Vienna",
                "LMS_LOG_LEVEL": "ERROR",
            }
        )
        portal = create_app(chosen)
        portal.jinja_env.bytecode_cache = _COMPILED
        with (
            _served(portal, for_portal),
            _served(create_content_app(chosen), for_content),
            portal.app_context(),
        ):
            cast = staged[1] if staged else stage()
            db.session.remove()
            if may_be_kept and not staged:
                db.engine.dispose()  # which closes the last connection, so the log is in the file
                _STAGED.append((database.read_bytes(), cast))
            yield Live(f"http://{HOST}:{port}", f"http://{HOST}:{content_port}", portal, cast)
            db.session.remove()
            clock.set_source(None)
        with portal.app_context():
            db.engine.dispose()


@pytest.fixture
def live_server() -> Iterator[Live]:
    """Yield a portal that a browser can reach, with an empty database but for the cast."""
    with (
        tempfile.TemporaryDirectory(prefix="guildhall-live-", dir=folder_in_memory()) as folder,
        served_portal(Path(folder)) as live,
    ):
        yield live
