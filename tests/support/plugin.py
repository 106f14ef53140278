"""The fixtures that hand out servers and browsers; the root conftest names this module as a plugin."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support.browser import BrowserMissingError, running_chromium
from tests.support.needs import give_up, need_pango
from tests.support.postgres import PostgresMissingError, Server, session_server
from tests.support.s3 import Bucket, s3_server
from tests.support.smtp import Mailbox, mail_server

MARKED_BY_FIXTURE = {"chromium": pytest.mark.browser, "postgres": pytest.mark.postgresql}
SLOW_FOLDER = Path(__file__).resolve().parents[1] / "faults"
"""Where whole installations are started and killed."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by what they use, so that no one forgets and `make check` stays quick."""
    for item in items:
        for fixture in MARKED_BY_FIXTURE.keys() & set(getattr(item, "fixturenames", ())):
            item.add_marker(MARKED_BY_FIXTURE[fixture])
        if item.path.is_relative_to(SLOW_FOLDER):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def session_id() -> str:
    """Return what all processes of this test session share."""
    return os.environ.get("PYTEST_XDIST_TESTRUNUID", f"{os.getpid():012d}")


@pytest.fixture(scope="session")
def postgres(session_id: str) -> Iterator[Server]:
    """Yield the PostgreSQL server of the session."""
    try:
        with session_server(session_id) as server:
            yield server
    except PostgresMissingError as problem:
        give_up(
            f"PostgreSQL is missing ({problem})", "set up again, or name a server in LMS_TEST_POSTGRES_URL"
        )


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Yield the browser of this process."""
    try:
        with running_chromium() as browser:
            yield browser
    except BrowserMissingError as problem:
        give_up(
            f"Chromium is missing ({problem})",
            "Debian: apt-get install chromium libatomic1; or LMS_CHROMIUM=/path/to/it",
        )


@pytest.fixture(scope="session")
def pango() -> None:
    """Ask for this in a test that makes a PDF."""
    need_pango()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """Yield the mailbox of a mail server that runs for this test."""
    with mail_server() as running:
        yield running


@pytest.fixture
def bucket() -> Iterator[Bucket]:
    """Yield an empty bucket on an S3-compatible server that runs for this test."""
    with s3_server() as running:
        yield running
