"""Pages of who learns, and of who answers for who learns."""

from lms.courses.learning.views import enrolments, learners
from lms.courses.learning.views.blueprint import blueprint

__all__ = ["blueprint", "enrolments", "learners"]
