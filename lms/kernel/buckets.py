"""How often something may be asked: a bucket each, that fills as time goes by, kept by this process alone."""

import threading
import time
from collections.abc import Callable


class Buckets:
    """A bucket by key that holds a minute's worth and fills evenly; `most` are remembered, then all are full again.

    Several processes allow so much each: that bounds what is done in vain, it does not count to the last one.
    """

    def __init__(self, most: int = 10_000, seconds: Callable[[], float] = time.monotonic) -> None:
        self._most, self._seconds = most, seconds
        self._kept: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def left(self, key: str, per_minute: int) -> float:
        """Return how many times are left now, from 0 to `per_minute`."""
        with self._lock:
            return self._left(key, per_minute, self._seconds())

    def take(self, key: str, per_minute: int) -> bool:
        """Take one time; return whether there was one."""
        with self._lock:
            now = self._seconds()
            left = self._left(key, per_minute, now)
            if len(self._kept) >= self._most and key not in self._kept:
                self._kept.clear()
            self._kept[key] = (max(left - 1, 0.0), now)
            return left >= 1

    def _left(self, key: str, per_minute: int, now: float) -> float:
        left, at = self._kept.get(key, (float(per_minute), now))
        return min(float(per_minute), left + (now - at) * per_minute / 60)
