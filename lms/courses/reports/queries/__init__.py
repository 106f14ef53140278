"""Every SELECT of reports."""

from lms.courses.reports.queries.courses import (
    get_course,
    get_report,
    page_courses,
    page_organisations,
    title_of_activity,
)
from lms.courses.reports.queries.feedback import find_ratings, page_feedback
from lms.courses.reports.queries.learners import page_learners
from lms.courses.reports.queries.teams import (
    AsOf,
    get_person,
    get_shares,
    page_records,
    page_team,
    sum_team,
)
from lms.courses.reports.queries.transcripts import page_transcript, sum_transcript

__all__ = [
    "AsOf",
    "find_ratings",
    "get_course",
    "get_person",
    "get_report",
    "get_shares",
    "page_courses",
    "page_feedback",
    "page_learners",
    "page_organisations",
    "page_records",
    "page_team",
    "page_transcript",
    "sum_team",
    "sum_transcript",
    "title_of_activity",
]
