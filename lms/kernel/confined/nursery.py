"""The process that loads a module and forks a child for each piece of work; it ends with who started it.

A child has its own memory, its own processor seconds, its own clock and no file to write. The kernel holds all of
these, so that no parser of a stranger's file has to.
"""

import importlib
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from lms.kernel.confined.values import BEGUN, DONE

IDLE_SECONDS: Final = 300.0
"""A nursery that nobody needed for so long gives its memory back."""
FILES_AT_MOST: Final = 64
NICER: Final = 10
PIECE_BYTES: Final = 1 << 16


def main() -> None:
    """Fork a child for each line that comes through the door, until the door is shut or nobody comes any more."""
    number, module, seconds, memory_bytes = sys.argv[1:]
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started us decides when we end
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children that end are not waited for
    work: Callable[[bytes], bytes] = importlib.import_module(module).work
    with socket.socket(fileno=int(number)) as door:
        door.settimeout(IDLE_SECONDS)
        while (line := _next_line(door)) is not None:
            if os.fork() == 0:
                door.close()
                _answer(line, work, int(seconds), int(memory_bytes))
            line.close()


def _next_line(door: socket.socket) -> socket.socket | None:
    try:
        said, numbers, _flags, _address = socket.recv_fds(door, 1, 1)
    except OSError:
        return None
    return socket.socket(fileno=numbers[0]) if said and numbers else None


def _answer(line: socket.socket, work: Callable[[bytes], bytes], seconds: int, memory_bytes: int) -> None:
    """Do one piece and end, whatever happens: nothing of a child may go on as the nursery."""
    status = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        line.settimeout(None)
        line.sendall(BEGUN)
        os.nice(NICER)  # whoever waits for a page goes first
        _limit(seconds, memory_bytes)
        piece = bytearray()
        while part := line.recv(PIECE_BYTES):
            piece += part
        line.sendall(DONE.removeprefix(BEGUN) + work(bytes(piece)))
        status = 0
    finally:
        # Without a word: what a stranger's file broke in a parser is no news of ours.
        os._exit(status)


def _limit(seconds: int, memory_bytes: int) -> None:
    loaded = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    for what, most in (
        (resource.RLIMIT_AS, loaded + memory_bytes),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, FILES_AT_MOST),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    # What sleeps uses no processor: its time runs out too, and nothing catches this signal.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)


if __name__ == "__main__":
    main()
