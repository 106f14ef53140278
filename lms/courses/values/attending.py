"""What others may hold of live sessions that somebody attended."""

from dataclasses import dataclass
from datetime import datetime

from lms.courses.values import BookingId


@dataclass(frozen=True, slots=True)
class Attended:
    """One session at which a person was present; `ended_at` is when its last day ended."""

    booking_id: BookingId
    ended_at: datetime
