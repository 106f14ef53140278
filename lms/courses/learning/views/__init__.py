"""Pages of who learns, and of who answers for who learns."""

from lms.courses.learning.views import catalogue, enrolments, inside, learners
from lms.courses.learning.views.blueprint import blueprint

__all__ = ["blueprint", "catalogue", "enrolments", "inside", "learners"]
