"""The page: text and pictures that the player itself shows."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from lms.courses.values import PAGE, Activity, CompletionRule, EnrolmentId, RuleKind
from lms.courses.values.written import WrittenForm
from lms.web.words import lazy as _l


class Page:
    """A lesson to read; opening it and saying done completes it, unless its author asks for more."""

    key = PAGE
    label = _l("Page")
    icon = "file-text"
    is_graded = False
    activity_type = "http://adlnet.gov/expapi/activities/lesson"
    rules: Sequence[CompletionRule] = (
        CompletionRule(RuleKind.VIEWED),
        CompletionRule(RuleKind.TIME, 5),
        CompletionRule(RuleKind.WATCHED, 90),
    )
    written: WrittenForm | None = None

    def noun(self, config: Mapping[str, Any]) -> str:  # noqa: ARG002  the Protocol's shape
        """Return what it is to a learner."""
        return _("Lesson")

    def play_url(self, activity: Activity, enrolment_id: EnrolmentId | None) -> str | None:  # noqa: ARG002
        """Return None: the player shows it."""
        return None

    def problems(self, config: Mapping[str, Any]) -> Sequence[str]:  # noqa: ARG002
        """Return nothing: an empty page is found by its text, which the course keeps."""
        return ()

    def edit_url(self, activity: Activity) -> str | None:  # noqa: ARG002
        """Return None: the course editor edits it."""
        return None
