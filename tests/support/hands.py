"""Somebody at a browser who sends again what got no answer, and the processes that are killed under them."""

import contextlib
import http.client
import random
import secrets
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import psutil
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import func, select

from lms.identity.values import PersonId
from lms.kernel.db import db
from lms.kernel.outbox import DeliveryState, OutboxDelivery
from tests.support.guests import House

PATIENCE_SECONDS = 90.0
MASTER_SHARE, MASTERS = 0.2, 2
WEB_PROCESSES = 3
BOUNDARY = "guildhall-boundary"


@dataclass
class Hand:
    """Somebody at a browser that sends again, word for word, what got no answer."""

    home: House
    person_id: PersonId
    interrupted: list[str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Sign in."""
        raw = secrets.token_hex(20)
        signer = URLSafeTimedSerializer(self.home.app.config["SECRET_KEY"], salt="wtf-csrf-token")
        self.headers = {
            "Cookie": f"guildhall={self.home.cookie_of(self.person_id, csrf_token=raw)}",
            "Origin": self.home.origin,
            "X-CSRFToken": str(signer.dumps(raw)),
        }

    def send(self, path: str, fields: Mapping[str, object]) -> str:
        """Send a form until it is answered; return where it leads."""
        body = urllib.parse.urlencode(fields, doseq=True).encode()
        answer, page = self._ask("POST", path, body, "application/x-www-form-urlencoded")
        assert answer.status == http.HTTPStatus.SEE_OTHER, f"{path}: {answer.status}\n{page[:2000]}"
        return answer.headers["Location"]

    def upload(self, path: str, fields: Mapping[str, object], *, filename: str, content: bytes) -> str:
        """Send a form with a file, in the field `file`, until it is answered; return where it leads."""
        parts = [
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        ]
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{filename}"\r\n\r\n'
        body = "".join([*parts, head]).encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()
        answer, page = self._ask("POST", path, body, f"multipart/form-data; boundary={BOUNDARY}")
        assert answer.status == http.HTTPStatus.SEE_OTHER, f"{path}: {answer.status}\n{page[:2000]}"
        return answer.headers["Location"]

    def post(self, path: str, body: bytes) -> tuple[int, str]:
        """Send JSON until it is answered; return status and text."""
        answer, text = self._ask("POST", path, body, "application/json")
        return answer.status, text

    def get(self, path: str) -> str:
        """Ask for a page until it is there."""
        answer, page = self._ask("GET", path, None, "text/plain")
        assert answer.status == http.HTTPStatus.OK, f"{path}: {answer.status}\n{page[:2000]}"
        return page

    def _ask(
        self, method: str, path: str, body: bytes | None, kind: str
    ) -> tuple[http.client.HTTPResponse, str]:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            connection = http.client.HTTPConnection("127.0.0.1", self.home.running.port, timeout=20)
            was_sent = False
            try:
                connection.request(method, path, body, {**self.headers, "Content-Type": kind})
                was_sent = True
                answer = connection.getresponse()
                return answer, answer.read().decode()
            except (OSError, http.client.HTTPException):
                if was_sent:
                    self.interrupted.append(path)
                assert time.monotonic() < deadline, f"{path} is not answered"
                time.sleep(0.05)
            finally:
                connection.close()


def web_processes(home: House) -> list[psutil.Process]:
    """Return gunicorn's processes, the master first."""
    return _processes(home, "gunicorn")


def worker_processes(home: House) -> list[psutil.Process]:
    """Return the processes that do the jobs."""
    return _processes(home, "lms worker")


def _processes(home: House, name: str) -> list[psutil.Process]:
    found = []
    for process in home.running.family():
        with contextlib.suppress(psutil.NoSuchProcess):
            if name in " ".join(process.cmdline()):
                found.append(process)
    return sorted(found, key=lambda one: (one.create_time(), one.pid))


@contextlib.contextmanager
def killing_web(home: House, seed: int) -> Iterator[Callable[[], int]]:
    """Kill web processes at seeded moments while the block runs, now and then their master; yield the count."""
    chance = random.Random(seed)  # noqa: S311  to be repeated, not to be secret
    over, killed, masters = threading.Event(), list[int](), list[int]()

    def kill() -> None:
        while not over.wait(chance.uniform(0.1, 0.9)):
            found = web_processes(home)
            takes_master = chance.random() < MASTER_SHARE
            if len(found) < WEB_PROCESSES:
                continue  # who is still coming up has nothing in hand
            victim = found[0] if takes_master and len(masters) < MASTERS else chance.choice(found[1:])
            with contextlib.suppress(psutil.NoSuchProcess):
                victim.kill()
                killed.append(victim.pid)
                if victim is found[0]:
                    masters.append(victim.pid)

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield lambda: len(killed)
    finally:
        over.set()
        thread.join()
        home.running.wait_until_ready(seconds=60)


@contextlib.contextmanager
def killing_all(home: House, seed: int, *, kills: int, apart: tuple[float, float]) -> Iterator[list[int]]:
    """Kill whatever serves or works, again and again while the block runs; yield the processes that died.

    `apart` are the least and the most seconds between two rounds, of which the last one has made up `kills`.
    """
    chance, over, killed = random.Random(seed), threading.Event(), list[int]()  # noqa: S311  to be repeated

    def kill() -> None:
        while len(killed) < kills and not over.wait(chance.uniform(*apart)):
            for process in [*web_processes(home)[1:], *worker_processes(home)]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
                    killed.append(process.pid)

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield killed
    finally:
        over.set()
        thread.join()
        home.running.wait_until_ready(seconds=60)


def until_told(home: House) -> None:
    """Wait until the worker has delivered everything that follows."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    waits = select(func.count()).select_from(OutboxDelivery).where(OutboxDelivery.state != DeliveryState.DONE)
    while db.session.scalar(waits):
        db.session.remove()
        assert time.monotonic() < deadline, "what follows was not delivered"
        time.sleep(0.2)
    # On SQLite whoever has asked outside a unit of work holds everybody off who writes.
    db.session.remove()
