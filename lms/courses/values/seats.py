"""Places that run out: who gets one, who waits, and how many are free; the same for courses and for live sessions."""


def free(places: int | None, taken: int) -> int | None:
    """Return how many places are free: never less than none, and None without limit."""
    return None if places is None else max(0, places - taken)


def gets_one(places: int | None, taken: int, waiting: int) -> bool:
    """Return whether the next who asks gets a place; nobody passes those who wait."""
    return free(places, taken) != 0 and not waiting
