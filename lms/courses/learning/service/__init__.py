"""Every write of learning: enrolling, reading, watching, results, completion."""

from lms.courses.learning.service.acts import JOB, do_next
from lms.courses.learning.service.asking import (
    FORGET_JOB,
    begin,
    discard_stale,
    forget_given,
    lines_of_table,
    lines_of_text,
    look,
    stop,
)
from lms.courses.learning.service.changing import extend, leave, withdraw
from lms.courses.learning.service.counting import count_anew, count_elsewhere
from lms.courses.learning.service.crowds import enrol_audiences, enrol_joined, withdraw_left
from lms.courses.learning.service.enrolling import enrol, forget_places, forget_reasons, withdraw_all
from lms.courses.learning.service.feedback import forget_comments, pass_over, rate
from lms.courses.learning.service.locking import check_open_activity, check_open_for, with_locks
from lms.courses.learning.service.moving import move_to_version
from lms.courses.learning.service.places import fill, leave_list, take_off
from lms.courses.learning.service.reading import finish_page, note_opened, note_reading, note_watched
from lms.courses.learning.service.results import record_result

__all__ = [
    "FORGET_JOB",
    "JOB",
    "begin",
    "check_open_activity",
    "check_open_for",
    "count_anew",
    "count_elsewhere",
    "discard_stale",
    "do_next",
    "enrol",
    "enrol_audiences",
    "enrol_joined",
    "extend",
    "fill",
    "finish_page",
    "forget_comments",
    "forget_given",
    "forget_places",
    "forget_reasons",
    "leave",
    "leave_list",
    "lines_of_table",
    "lines_of_text",
    "look",
    "move_to_version",
    "note_opened",
    "note_reading",
    "note_watched",
    "pass_over",
    "rate",
    "record_result",
    "stop",
    "take_off",
    "with_locks",
    "withdraw",
    "withdraw_all",
    "withdraw_left",
]
