"""Every write of learning: enrolling, reading, watching, results, completion."""

from lms.courses.learning.service.enrolling import enrol, forget_places, withdraw_all
from lms.courses.learning.service.locking import check_open_activity, check_open_for, with_locks
from lms.courses.learning.service.moving import move_to_version
from lms.courses.learning.service.reading import finish_page, note_opened, note_reading, note_watched
from lms.courses.learning.service.results import record_result

__all__ = [
    "check_open_activity",
    "check_open_for",
    "enrol",
    "finish_page",
    "forget_places",
    "move_to_version",
    "note_opened",
    "note_reading",
    "note_watched",
    "record_result",
    "with_locks",
    "withdraw_all",
]
