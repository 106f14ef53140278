"""Pages of who learns, and of who answers for who learns."""

from lms.courses.learning.views import (
    acts,
    asking,
    catalogue,
    enrolments,
    feedback,
    inside,
    learners,
    waiting,
)
from lms.courses.learning.views.blueprint import blueprint

__all__ = [
    "acts",
    "asking",
    "blueprint",
    "catalogue",
    "enrolments",
    "feedback",
    "inside",
    "learners",
    "waiting",
]
