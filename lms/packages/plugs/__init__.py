"""What packages offer below: the kind "package", that a package may be a course, and what they hold of a person."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _

from lms.courses import facade as courses
from lms.courses.values import (
    Activity,
    Archive,
    CompletionRule,
    EnrolmentId,
    ImportIssue,
    IssueLevel,
    PackedCourse,
    RuleKind,
)
from lms.courses.values.written import WrittenForm
from lms.identity.values import PersonId
from lms.kernel.actor import Actor
from lms.kernel.archives import ArchiveRefused, FileTree
from lms.kernel.db import new_id
from lms.kernel.messages import Message
from lms.packages import queries, service
from lms.packages.errors import PackageRefused
from lms.packages.formats import manifest_in, read_package
from lms.packages.queries import cmi5 as cmi5_queries
from lms.packages.queries import scorm2004 as sequenced_queries
from lms.packages.service import cmi5_standing
from lms.packages.service import scorm2004 as sequenced_service
from lms.packages.values import PackageId, RevisionId
from lms.web.words import lazy as _l

KIND = "package"


class PackageKind:
    """An uploaded package. Config: {"package_id", "revision_id"}; the revision is pinned by the course version."""

    key = KIND
    label = _l("Package")
    icon = "package"
    is_graded = True
    activity_type = "http://adlnet.gov/expapi/activities/module"
    rules: Sequence[CompletionRule] = (
        CompletionRule(RuleKind.FINISHED),
        CompletionRule(RuleKind.SCORE, 80),
        CompletionRule(RuleKind.VIEWED),
    )
    written: WrittenForm | None = None

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
        return {
            "trackings": queries.export_enrolments(courses.enrolments_of(PersonId(person_id))),
            "units": cmi5_queries.export_person(PersonId(person_id)),
            "sequenced": sequenced_queries.export_enrolments(courses.enrolments_of(PersonId(person_id))),
        }

    def erase(self, person_id: UUID) -> None:
        """Forget it: scores and completions are kept as results of the course, nothing else is proof."""
        service.forget_trackings(courses.enrolments_of(PersonId(person_id)))
        sequenced_service.forget_enrolments(courses.enrolments_of(PersonId(person_id)))
        cmi5_standing.forget_person(PersonId(person_id))


class PackagePacking:
    """A package's zip as a course: its title, one activity that plays it."""

    kind = KIND

    def recognises(self, tree: FileTree) -> bool:
        """Return whether there is a manifest of any standard, wherever it lies."""
        return manifest_in(tree) is not None

    def read(self, tree: FileTree) -> PackedCourse:
        """Return the package's title, and what its standard says against it."""
        file = manifest_in(tree) or ""
        try:
            manifest = read_package(tree)
        except ArchiveRefused as refusal:
            return _refused(refusal.member or file, None, refusal.message)
        except PackageRefused as refusal:
            return _refused(file, refusal.line, refusal.message)
        notes = [*tree.notes, *manifest.warnings]
        return PackedCourse(
            title=manifest.title,
            file=file,
            issues=tuple(ImportIssue(IssueLevel.WARNING, file, None, note) for note in notes),
        )

    def holds(self, config: Mapping[str, Any], archive: Archive) -> bool:
        """Return whether the revision that is pinned was uploaded as these bytes."""
        revision_id = _revision(config)
        return revision_id is not None and queries.is_upload(RevisionId(revision_id), archive.sha256)

    def store(
        self, archive: Archive, *, before: Mapping[str, Any], actor: Actor, now: datetime
    ) -> Mapping[str, Any]:
        """Keep it as the next revision of the package that was played until now, else as a new package."""
        known = before.get("package_id")
        revision = service.store_package(
            package_id=PackageId(UUID(str(known)) if known else new_id()),
            source=archive.file,
            filename=archive.filename,
            actor=actor,
            now=now,
        )
        return {"package_id": str(revision.package_id), "revision_id": str(revision.id)}


def _refused(file: str, line: int | None, message: str | Message) -> PackedCourse:
    return PackedCourse(title="", file=file, issues=(ImportIssue(IssueLevel.ERROR, file, line, message),))


def _revision(config: Mapping[str, Any]) -> UUID | None:
    try:
        return UUID(str(config.get("revision_id", "")))
    except ValueError:
        return None
