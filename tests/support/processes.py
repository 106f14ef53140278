"""Child processes that end with their parent, and the account that servers run under when we are root."""

import ctypes
import os
import pwd
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1


def die_with_parent(death_signal: signal.Signals = signal.SIGKILL) -> Callable[[], None]:
    """Return a `preexec_fn` by which the kernel signals the child once its parent is gone (Linux)."""
    if not sys.platform.startswith("linux"):
        return lambda: None
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def ask() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != parent:  # it went away between fork and prctl
            os.kill(os.getpid(), death_signal)

    return ask


def unprivileged() -> pwd.struct_passwd | None:
    """Return the account for servers that refuse to run as root, or None when we are not root."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def plain_environment() -> dict[str, str]:
    """Return the environment for a program that must not know it is tested, nor how we are set up."""
    ours = ("LMS_", "PYTEST", "PYTHON", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}
