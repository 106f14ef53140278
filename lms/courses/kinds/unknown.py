"""What stands in for a kind whose feature is no longer installed."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from lms.courses.values import Activity, CompletionRule, EnrolmentId, RuleKind
from lms.courses.values.written import WrittenForm
from lms.web.words import lazy as _l


class Unknown:
    """An activity that nobody here can play; its results so far still count."""

    label = _l("Not available")
    icon = "help"
    is_graded = False
    activity_type = "http://adlnet.gov/expapi/activities/module"
    rules: Sequence[CompletionRule] = tuple(CompletionRule(kind) for kind in (RuleKind.FINISHED, *RuleKind))
    written: WrittenForm | None = None

    def __init__(self, key: str) -> None:
        self.key = key

    def noun(self, config: Mapping[str, Any]) -> str:  # noqa: ARG002  the Protocol's shape
        """Say that it cannot be taken here."""
        return _("Not available")

    def play_url(self, activity: Activity, enrolment_id: EnrolmentId | None) -> str | None:  # noqa: ARG002
        """Return None: nothing plays it."""
        return None

    def problems(self, config: Mapping[str, Any]) -> Sequence[str]:  # noqa: ARG002
        """Say why a course with it is not published."""
        return (_("The kind of activity “%(kind)s” is not installed.", kind=self.key),)

    def edit_url(self, activity: Activity) -> str | None:  # noqa: ARG002
        """Return None: nothing edits it."""
        return None
