"""Work of the kinds that a stranger's file may cause, for children that must not outlive their limits."""

import json
import os
import time
from pathlib import Path


def work(piece: bytes) -> bytes:
    """Do as the piece says."""
    said = piece.partition(b" ")[0]
    return {
        b"echo": lambda: piece[5:],
        b"sleep": _sleep,
        b"spin": _spin,
        b"burst": lambda: bytes(len(bytearray(1 << 40))),
        b"die": os.abort,
        b"flood": lambda: b"x" * (2 << 20),
        b"nursery": lambda: str(os.getppid()).encode(),
        b"surroundings": lambda: json.dumps([_names(), _can_write()]).encode(),
    }[said]()


def _names() -> list[str]:
    own = Path("/proc/self/environ").read_bytes().decode()
    return sorted(one.partition("=")[0] for one in own.split("\0") if one)


def _sleep() -> bytes:
    time.sleep(60)
    return b""


def _spin() -> bytes:
    while True:
        pass


def _can_write() -> bool:
    target = Path("/tmp") / f"confined-{os.getpid()}"  # noqa: S108  nothing is ever in it
    try:
        target.write_bytes(b"x")
    except OSError:
        return False
    finally:
        target.unlink(missing_ok=True)
    return True
