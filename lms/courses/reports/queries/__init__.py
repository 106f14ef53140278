"""Every SELECT of reports."""

from lms.courses.reports.queries.transcripts import page_transcript, sum_transcript

__all__ = ["page_transcript", "sum_transcript"]
