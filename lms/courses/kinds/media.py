"""A film, a sound or a file that is an activity of its own, with captions and a transcript."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from lms.courses.values import MEDIA, Activity, CompletionRule, EnrolmentId, RuleKind
from lms.courses.values.written import WrittenForm
from lms.web.words import lazy as _l


class Media:
    """One film, sound or file; its text is the block that shows it, written as in a page."""

    key = MEDIA
    label = _l("Film, sound or file")
    icon = "video"
    is_graded = False
    activity_type = "http://adlnet.gov/expapi/activities/media"
    rules: Sequence[CompletionRule] = (
        CompletionRule(RuleKind.WATCHED, 90),
        CompletionRule(RuleKind.VIEWED),
        CompletionRule(RuleKind.TIME, 5),
    )
    written: WrittenForm | None = None

    def noun(self, config: Mapping[str, Any]) -> str:  # noqa: ARG002  the Protocol's shape
        """Return what it is to a learner."""
        return _("Film, sound or file")

    def play_url(self, activity: Activity, enrolment_id: EnrolmentId | None) -> str | None:  # noqa: ARG002
        """Return None: the player shows it."""
        return None

    def problems(self, config: Mapping[str, Any]) -> Sequence[str]:  # noqa: ARG002
        """Return nothing: what it shows is found by its text, which the course keeps."""
        return ()

    def edit_url(self, activity: Activity) -> str | None:  # noqa: ARG002
        """Return None: the course editor edits it."""
        return None
