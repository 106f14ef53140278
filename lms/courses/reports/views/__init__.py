"""Pages of reports."""

from lms.courses.reports.views import transcripts
from lms.courses.reports.views.blueprint import blueprint

__all__ = ["blueprint", "transcripts"]
