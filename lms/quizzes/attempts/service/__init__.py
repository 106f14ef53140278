"""Every write of attempts: beginning one, answering, flagging, finishing, and what a person decides of it later."""

from lms.quizzes.attempts.service.absences import note_absence
from lms.quizzes.attempts.service.answering import check_answer, save_answer, save_response
from lms.quizzes.attempts.service.deciding import put_mark
from lms.quizzes.attempts.service.devices import offer_handover, take_over
from lms.quizzes.attempts.service.extending import extend_attempts
from lms.quizzes.attempts.service.files import add_file, erase_files
from lms.quizzes.attempts.service.late import decide_late, keep_late
from lms.quizzes.attempts.service.remarking import mark_anew
from lms.quizzes.attempts.service.sections import close_section
from lms.quizzes.attempts.service.taking import (
    QUIZ,
    Place,
    draw_paper,
    find_quiz_of,
    finish_attempt,
    finish_lapsed,
    flag,
    get_exam,
    start_attempt,
    take_part,
)

__all__ = [
    "QUIZ",
    "Place",
    "add_file",
    "check_answer",
    "close_section",
    "decide_late",
    "draw_paper",
    "erase_files",
    "extend_attempts",
    "find_quiz_of",
    "finish_attempt",
    "finish_lapsed",
    "flag",
    "get_exam",
    "keep_late",
    "mark_anew",
    "note_absence",
    "offer_handover",
    "put_mark",
    "save_answer",
    "save_response",
    "start_attempt",
    "take_over",
    "take_part",
]
