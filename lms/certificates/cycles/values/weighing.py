"""How far everybody on the way to a certification has been weighed anew."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighing:
    """So many of how many are weighed by a version of the rule, since when, and what goes wrong with it.

    `trouble` is empty while all goes well; it is tried again at `next_at`, which is None once it has ended.
    """

    version: int
    done: int
    total: int
    begun_at: datetime
    ended_at: datetime | None
    trouble: str
    next_at: datetime | None
