"""Uploads that are too large, against `lms serve`: refused before they are read, and so that people see why."""

import http
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, expect

from lms.kernel.db import new_id
from tests.support.browser import axe, shot
from tests.support.guests import House, house

pytestmark = pytest.mark.slow

TWO_GIGABYTES = 2 << 30
PIECE = 1 << 16
PATIENCE_SECONDS = 60


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Yield one Guildhall for all tests of this file."""
    with house(tmp_path_factory.mktemp("uploads")) as running:
        yield running


@pytest.fixture
def tomas(home: House) -> dict[str, str]:
    """Return what a trainer's browser sends with a form."""
    return {
        "Cookie": f"guildhall={home.cookie_of(home.cast.tomas)}",
        "Origin": home.origin,
        "Content-Type": "multipart/form-data; boundary=b",
    }


def _opened(home: House) -> socket.socket:
    return socket.create_connection(("127.0.0.1", home.running.port), timeout=PATIENCE_SECONDS)


def _head(path: str, headers: dict[str, str]) -> bytes:
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1:PORT",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _send_head(home: House, connection: socket.socket, path: str, headers: dict[str, str]) -> None:
    connection.sendall(_head(path, headers).replace(b"PORT", str(home.running.port).encode()))


def _answer(connection: socket.socket) -> tuple[int, str]:
    reply = http.client.HTTPResponse(connection)
    reply.begin()
    return reply.status, reply.read().decode()


@pytest.mark.parametrize(
    "path, limit",
    [
        ("/author/packages", "500 MB"),
        ("/author/import", "500 MB"),
        ("/author/questions/{id}", "20 MB"),
        ("/author/courses/{id}/activities/{id}/pictures", "500 MB"),
        ("/author/courses/new", "6 MB"),
        ("/sign-in", "6 MB"),
    ],
)
def test_two_gigabytes_are_refused_with_the_limit_before_a_byte_of_them_is_sent(home, tomas, path, limit):
    path = path.replace("{id}", str(new_id()))
    with _opened(home) as connection:
        began = time.monotonic()
        _send_head(home, connection, path, {**tomas, "Content-Length": str(TWO_GIGABYTES)})
        status, page = _answer(connection)
        assert status == http.HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        assert f"at most {limit}" in page
        assert time.monotonic() - began < 2


def test_who_may_not_send_a_file_is_told_before_it_is_read(home, tomas):
    for headers, wanted in (
        ({**tomas, "Cookie": ""}, {303, 401}),
        ({**tomas, "Cookie": f"guildhall={home.cookie_of(home.cast.amara)}"}, {403}),
    ):
        with _opened(home) as connection:
            _send_head(home, connection, "/author/packages", {**headers, "Content-Length": str(400 << 20)})
            assert _answer(connection)[0] in wanted


def test_an_upload_without_a_length_ends_at_the_limit_and_fills_neither_memory_nor_disk(home, tomas):
    path, limit = f"/author/questions/{new_id()}", 21_000_000
    start = b'--b\r\nContent-Disposition: form-data; name="file"; filename="x.gift"\r\n\r\n'
    peaks = []
    for _turn in range(3):  # the first ones warm the processes up
        with _opened(home) as connection:
            _send_head(home, connection, path, {**tomas, "Transfer-Encoding": "chunked"})
            sent = _pour(connection, start, at_most=40 * limit)
            status, page = _answer(connection)
        assert status == http.HTTPStatus.REQUEST_ENTITY_TOO_LARGE, page
        assert "at most 20 MB" in page
        assert limit - 1_000_000 < sent < limit + 8_000_000
        peaks.append(_peak_bytes(home))
    assert peaks[-1] - peaks[0] < 24 << 20
    assert _temporary_bytes(home) == 0


@pytest.mark.parametrize("path", ["/author/packages", "/sign-in"])
def test_a_form_without_a_length_is_refused_at_once_and_never_cut_short(home, tomas, path):
    kind = "application/x-www-form-urlencoded"
    with _opened(home) as connection:
        _send_head(home, connection, path, {**tomas, "Content-Type": kind, "Transfer-Encoding": "chunked"})
        status, page = _answer(connection)
    assert status == http.HTTPStatus.LENGTH_REQUIRED
    assert "Content-Length" in page


def _web(home: House) -> list[psutil.Process]:
    return [one for one in home.running.family() if "gunicorn" in " ".join(one.cmdline())]


def _peak_bytes(home: House) -> int:
    """Return the most memory that one web process has ever held."""
    status = [Path(f"/proc/{one.pid}/status").read_text(encoding="ascii") for one in _web(home)]
    return max(int(text.partition("VmHWM:")[2].split()[0]) for text in status) << 10


def _temporary_bytes(home: House) -> int:
    """Return the bytes of files that web processes hold open although they have no name."""
    held = [Path(f"/proc/{one.pid}/fd") for one in _web(home)]
    nameless = [
        link for folder in held for link in folder.iterdir() if str(link.readlink()).endswith("(deleted)")
    ]
    return sum(link.stat().st_size for link in nameless)


def _pour(connection: socket.socket, start: bytes, *, at_most: int) -> int:
    """Send chunks until the server answers; return how many bytes went out until then."""
    piece, sent = start + b"x" * (PIECE - len(start)), 0
    while sent < at_most:
        connection.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
        sent += len(piece)
        piece = b"x" * PIECE
        connection.setblocking(False)
        try:
            if connection.recv(1, socket.MSG_PEEK):
                break
        except BlockingIOError:
            pass
        finally:
            connection.settimeout(PATIENCE_SECONDS)
    return sent


def _sparse(folder: Path) -> Path:
    """Return a file of two gigabytes that takes no room."""
    path = folder / "course.zip"
    with path.open("wb") as file:
        file.truncate(TWO_GIGABYTES)
    return path


def test_a_browser_says_that_a_file_is_too_large_before_it_is_sent(home, chromium: Browser, tmp_path):
    context = home.browser_of(chromium, home.cast.tomas)
    page = context.new_page()
    sent: list[str] = []
    for path in ("/author/import", "/author/packages"):
        page.goto(path)
        page.set_input_files("input[type=file]", _sparse(tmp_path))
        expect(page.get_by_text("This file is larger than 500 MB. Choose a smaller one.")).to_be_visible()
        page.on("request", lambda request: sent.append(request.method))
        page.locator("main form[enctype] button[type=submit]").click()
        page.wait_for_timeout(300)
        assert "POST" not in sent
        assert axe(page) == ""
        shot(page, f"too-large{path.replace('/', '-')}")
    context.close()


def test_a_browser_without_script_shows_the_refusal_and_no_reset(home, chromium: Browser, tmp_path):
    context = home.browser_of(chromium, home.cast.tomas, java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(PATIENCE_SECONDS * 1000)
    page.goto("/author/packages")
    page.set_input_files("input[type=file]", _sparse(tmp_path))
    page.get_by_role("button", name="Look into it").click()
    expect(page.get_by_text("at most 500 MB")).to_be_visible(timeout=PATIENCE_SECONDS * 1000)
    shot(page, "too-large-refused")
    context.close()
    assert home.running.get("/healthz")[0] == http.HTTPStatus.OK
