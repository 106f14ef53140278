"""The pages of assignments: setting one up, handing in, the marking queue, and a team's work."""

from lms.courses.assignments.views import authors, files, learners, markers
from lms.courses.assignments.views.blueprint import blueprint

__all__ = ["authors", "blueprint", "files", "learners", "markers"]
