"""What packages offer below: the activity kind "package", and what they hold of a person."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _

from lms.courses import facade as courses
from lms.courses.values import Activity, EnrolmentId
from lms.identity.values import PersonId
from lms.packages import queries, service
from lms.web.words import lazy as _l


class PackageKind:
    """An uploaded package. Config: {"package_id", "revision_id"}; the revision is pinned by the course version."""

    key = "package"
    label = _l("Package")
    icon = "package"
    is_graded = True

    def noun(self, config: Mapping[str, Any]) -> str:
        """Return what it is to a learner."""
        return _("Package") if config else _("Package, not chosen yet")

    def play_url(self, activity: Activity, enrolment_id: EnrolmentId | None) -> str | None:
        """Return the player's address; it finds out itself whether this is a preview."""
        del enrolment_id
        return url_for("packages.play", activity_id=activity.id)

    def problems(self, config: Mapping[str, Any]) -> Sequence[str]:
        """Return what keeps it from being published."""
        return () if _revision(config) else (_("No package has been chosen."),)

    def edit_url(self, activity: Activity) -> str | None:
        """Return where an author chooses the package."""
        return url_for("packages.choose", course_id=activity.course_id, key=activity.key)


class PackagesData:
    """What packages have kept for a person: places, answers, notes, in whatever words the package chose."""

    name = "packages"

    def export(self, person_id: UUID) -> Mapping[str, Any]:
        """Return it as JSON values."""
        return {"trackings": queries.export_enrolments(courses.enrolments_of(PersonId(person_id)))}

    def erase(self, person_id: UUID) -> None:
        """Forget it: scores and completions are kept as results of the course, nothing else is proof."""
        service.forget_trackings(courses.enrolments_of(PersonId(person_id)))


def _revision(config: Mapping[str, Any]) -> UUID | None:
    try:
        return UUID(str(config.get("revision_id", "")))
    except ValueError:
        return None
