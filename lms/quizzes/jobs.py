"""What quizzes do by themselves: finish attempts whose time is up."""

from lms.quizzes.attempts import service

FINISH_LAPSED = "quizzes.finish_lapsed"


def finish_lapsed() -> None:
    """Finish and mark every attempt whose time is up."""
    service.finish_lapsed()
