"""Pages of reports."""

from lms.courses.reports.views import courses, feedback, teams, transcripts
from lms.courses.reports.views.blueprint import blueprint

__all__ = ["blueprint", "courses", "feedback", "teams", "transcripts"]
