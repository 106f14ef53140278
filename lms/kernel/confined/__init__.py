"""Work on what strangers send, in a process of its own: it can hang, burst or die, and takes nobody with it.

One process for each of ours (the nursery) loads the module that does the work, once; it forks a child for each piece,
which has so much memory, so many seconds and nothing of ours: no settings, no database, no file to write.
"""

import atexit
import contextlib
import os
import socket
import subprocess
import sys
import threading
from typing import Final

import structlog

from lms.kernel.confined.values import DONE, GaveUp, TooBusy

__all__ = ["Confined", "GaveUp", "TooBusy"]

log = structlog.get_logger(__name__)
NURSERY: Final = "lms.kernel.confined.nursery"
START_SECONDS: Final = 20.0
"""For a nursery to load what it needs, on a slow machine."""
END_SECONDS: Final = 2.0
PIECE_BYTES: Final = 1 << 16
ANSWER_BYTES: Final = 1 << 20
"""The longest answer: a child that says more is taken for one that went wrong."""


class Confined:
    """A module's `work(bytes) -> bytes`, in children with limits; `at_once` of them for each process of ours."""

    def __init__(
        self,
        module: str,
        *,
        at_once: int = 2,
        seconds: int = 5,
        memory_bytes: int = 256 << 20,
        wait_seconds: float = 3.0,
    ) -> None:
        self._given = (module, str(seconds), str(memory_bytes))
        self._seconds, self._wait_seconds = seconds, wait_seconds
        self._free = threading.BoundedSemaphore(at_once)
        self._lock = threading.Lock()
        self._nursery: subprocess.Popen[bytes] | None = None
        self._door: socket.socket | None = None
        self._owner = 0
        atexit.register(self.close)

    def run(self, piece: bytes) -> bytes:
        """Return what the work makes of a piece.

        GaveUp if it took more than it is given, or died; TooBusy if there is no room for it now.
        """
        if not self._free.acquire(timeout=self._wait_seconds):
            raise TooBusy
        try:
            # A nursery may end in the very moment in which it is given something: then nobody began with it.
            said = self._ask(piece) or self._ask(piece)
        finally:
            self._free.release()
        if not said:
            # Twice nobody began: that is our own machine's fault, and says nothing of the piece.
            log.error("confined.nobody_began", module=self._given[0])
            raise TooBusy
        if not said.startswith(DONE) or len(said) > ANSWER_BYTES:
            raise GaveUp
        return said.removeprefix(DONE)

    def _ask(self, piece: bytes) -> bytes:
        """Return what is said on the line: nothing if nobody was there, `BEGUN` alone if who began did not end."""
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                self._hand_over(theirs)
            # The child's own clocks end it; this is for a nursery that is stuck.
            ours.settimeout(START_SECONDS + self._seconds)
            try:
                # Whoever ends without having read all breaks the line; what was said before is still on it.
                with contextlib.suppress(ConnectionError):
                    ours.sendall(piece)
                    ours.shutdown(socket.SHUT_WR)
                return _read(ours)
            except TimeoutError as error:
                raise GaveUp from error

    def _hand_over(self, line: socket.socket) -> None:
        """Give the nursery a line on which a child is to answer; a nursery that has ended is started anew."""
        with self._lock:
            # After a fork the nursery is our parent's.
            if self._door is not None and self._owner == os.getpid():
                with contextlib.suppress(OSError):
                    socket.send_fds(self._door, [b"1"], [line.fileno()])
                    return
            self._start()
            assert self._door is not None  # noqa: S101  it was just made
            socket.send_fds(self._door, [b"1"], [line.fileno()])

    def close(self) -> None:
        """End the nursery; another is started when there is something to do."""
        if self._door is not None:
            self._door.close()
        if self._nursery is not None and self._owner == os.getpid():
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._nursery.wait(END_SECONDS)
            self._nursery.kill()
            self._nursery.wait()
        self._door = self._nursery = None

    def _start(self) -> None:
        self.close()
        ours, theirs = socket.socketpair()
        with theirs:
            # It reads what strangers send: of our surroundings it has where the code lies, and no secret.
            self._nursery = subprocess.Popen(  # noqa: S603  our own interpreter and our own module
                [sys.executable, "-m", NURSERY, str(theirs.fileno()), *self._given],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env={"PYTHONPATH": os.pathsep.join(one for one in sys.path if one)},
            )
        self._door, self._owner = ours, os.getpid()


def _read(line: socket.socket) -> bytes:
    said = bytearray()
    while len(said) <= ANSWER_BYTES:
        try:
            part = line.recv(PIECE_BYTES)
        except ConnectionError:  # told once; then comes what was said, and the end
            continue
        if not part:
            break
        said += part
    return bytes(said)
