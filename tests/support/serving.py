"""A whole Guildhall, started as a person starts it: `lms serve` in a folder and on ports of its own."""

import contextlib
import http.client
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.support.processes import die_with_parent, plain_environment

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 90.0
STOP_SECONDS = 30.0


@dataclass
class Serving:
    """A running Guildhall."""

    process: subprocess.Popen[bytes]
    port: int
    data_dir: Path
    log: Path
    command: Sequence[str]
    environment: Mapping[str, str]
    cwd: Path

    def run(self, *arguments: str) -> str:
        """Run `lms` with these arguments on the same installation; return what it said, fail if it failed."""
        told = subprocess.run(
            [*self.command, *arguments],
            cwd=self.cwd,
            env=dict(self.environment),
            capture_output=True,
            text=True,
            check=False,
        )
        assert told.returncode == 0, told.stdout + told.stderr
        return told.stdout

    @property
    def url(self) -> str:
        """Return the portal's address."""
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, *, language: str = "en") -> tuple[int, str]:
        """Return status and body of a page, as a stranger sees it; redirects are not followed."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path, headers={"Accept-Language": language})
            answer = connection.getresponse()
            return answer.status, answer.read().decode("utf-8", "replace")
        finally:
            connection.close()

    def wait_until_ready(self, *, seconds: float = START_SECONDS) -> float:
        """Return how long it took until every part answers; fail with the log when it ends or takes too long."""
        began = time.monotonic()
        while (waited := time.monotonic() - began) < seconds and self.process.poll() is None:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if self.get("/readyz")[0] == http.HTTPStatus.OK:
                    return waited
            time.sleep(0.05)
        raise AssertionError(f"not ready after {waited:.0f} s:\n{self.said()}")

    def said(self) -> str:
        """Return what it has logged."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def family(self) -> list[psutil.Process]:
        """Return it and everything it started, supervisor first."""
        supervisor = psutil.Process(self.process.pid)
        return [supervisor, *supervisor.children(recursive=True)]

    def memory_bytes(self) -> int:
        """Return the proportional share of memory (PSS) of the whole family (Linux)."""
        total = 0
        for one in self.family():
            with contextlib.suppress(psutil.NoSuchProcess):  # who does a job ends with it
                total += one.memory_full_info().pss
        return total

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End it and return its exit code; fail when anything it started stays."""
        family = self.family() if self.process.poll() is None else []
        self.process.send_signal(how)
        code = self.process.wait(STOP_SECONDS)
        _gone, left = psutil.wait_procs(family[1:], timeout=STOP_SECONDS)
        assert not left, f"left behind: {left}"
        return code


def two_free_ports() -> int:
    """Return a port that is free together with the next one, where packages are served."""
    while True:
        port = random.randrange(20_000, 32_000)  # noqa: S311  below the ports that systems hand out themselves
        with socket.socket() as one, socket.socket() as other, contextlib.suppress(OSError):
            one.bind(("127.0.0.1", port))
            other.bind(("127.0.0.1", port + 1))
            return port


@contextlib.contextmanager
def serving(
    folder: Path,
    *,
    environment: Mapping[str, str] | None = None,
    command: Sequence[str | Path] = (sys.executable, "-m", "lms"),
    cwd: Path = ROOT,
) -> Iterator[Serving]:
    """Yield a Guildhall that keeps its data in `folder` and answers; stop it at the end and leave no process.

    `environment` adds to or replaces LMS_… settings; by default the database is empty and without a demo.
    """
    folder.mkdir(parents=True, exist_ok=True)
    port, log = two_free_ports(), folder / "serve.log"
    settings = {
        "LMS_DATA_DIR": str(folder / "var"),
        "LMS_PORT": str(port),
        "LMS_DEMO": "0",
        "LMS_QUIET_HOURS": "off",  # letters at any hour at which tests may run
        **(environment or {}),
    }
    words = [str(word) for word in command]
    whole = {**plain_environment(), **settings}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*words, "serve"],
            cwd=cwd,
            env=whole,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509  it only asks the kernel for a signal
        )
    running = Serving(process, int(settings["LMS_PORT"]), folder / "var", log, words, whole, cwd)
    try:
        running.wait_until_ready()
        yield running
    finally:
        if process.poll() is None:
            running.stop()
