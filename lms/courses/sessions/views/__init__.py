"""The pages of live sessions: who takes part, who holds them, and whose team it is."""

from lms.courses.sessions.views import learners, sheets, trainers
from lms.courses.sessions.views.blueprint import blueprint

__all__ = ["blueprint", "learners", "sheets", "trainers"]
