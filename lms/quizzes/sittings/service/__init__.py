"""Every write of sittings: extra time, and what opens an exam."""

from lms.quizzes.sittings.service.extra import erase_person, give_extra_time, withdraw_extra_time
from lms.quizzes.sittings.service.opening import check_opening, make_start_code, set_password

__all__ = [
    "check_opening",
    "erase_person",
    "give_extra_time",
    "make_start_code",
    "set_password",
    "withdraw_extra_time",
]
