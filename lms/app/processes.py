"""Processes that never outlive the one that started them."""

import ctypes
import signal
import sys

PR_SET_PDEATHSIG = 1  # prctl(2)


def die_with_parent() -> None:
    """Ask the kernel to end this process when its parent goes, however it goes; call it in the child.

    Linux only: elsewhere a killed supervisor leaves its children to be stopped by hand.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
