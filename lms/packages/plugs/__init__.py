"""What packages offer below: the kind "package", that a package may be a course, and what they hold of a person."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, BinaryIO
from uuid import UUID

from flask import render_template, url_for
from flask_babel import gettext as _

from lms.courses import facade as courses
from lms.courses.values import (
    Activity,
    CompletionRule,
    CourseId,
    EnrolmentId,
    ImportIssue,
    IssueLevel,
    RuleKind,
)
from lms.courses.values.packing import Archive, PackedCourse
from lms.courses.values.written import WrittenForm
from lms.identity.values import PersonId
from lms.kernel.actor import Actor, current
from lms.kernel.archives import FileTree
from lms.kernel.db import new_id
from lms.kernel.files import Laid
from lms.packages import queries, service
from lms.packages.formats import is_known, manifest_in
from lms.packages.formats.bare import open_bare
from lms.packages.formats.inspecting import inspect
from lms.packages.policy import EXPORT_COURSES, VIEW_PACKAGES
from lms.packages.queries import cmi5 as cmi5_queries
from lms.packages.queries import revisions
from lms.packages.queries import scorm2004 as sequenced_queries
from lms.packages.service import cmi5_standing
from lms.packages.service import scorm2004 as sequenced_service
from lms.packages.values import KIND, PackageId
from lms.packages.values.findings import Weight
from lms.web.words import lazy as _l


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
        CompletionRule(RuleKind.TIME, 5),
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
        revision_id = queries.revision_id_in(config)
        if revision_id is None:
            return (_("No package has been chosen."),)
        if revisions.is_undecided(revision_id):
            return (
                _(
                    "The package has a revision without some items of the one before: say what became of them, "
                    "on the package’s page."
                ),
            )
        return ()

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
            "commits": queries.export_commits(courses.enrolments_of(PersonId(person_id))),
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

    def opened(self, file: BinaryIO) -> FileTree | None:
        """Return a manifest that came alone."""
        return open_bare(file)

    def recognises(self, tree: FileTree) -> bool:
        """Return whether there is a manifest of any standard, wherever it lies, or a website without Markdown."""
        names = tree.names()
        if manifest_in(names) is not None:
            return True
        return not any(name.lower().endswith(".md") for name in names) and is_known(names)

    def read(self, tree: FileTree) -> PackedCourse:
        """Return the package's title, and what its standard and its files say against it."""
        file = manifest_in(tree.names()) or ""
        report = inspect(tree)
        issues = tuple(
            ImportIssue(
                IssueLevel.ERROR if one.weight is Weight.REFUSED else IssueLevel.WARNING,
                one.file or file,
                one.line,
                one.message,
            )
            for one in report.findings
        )
        return PackedCourse(title=report.title, file=file or report.edition, issues=issues)

    def holds(self, config: Mapping[str, Any], archive: Archive) -> bool:
        """Return whether the revision that is pinned was uploaded as these bytes."""
        revision_id = queries.revision_id_in(config)
        return revision_id is not None and queries.is_upload(revision_id, archive.sha256)

    def lay(self, tree: FileTree) -> Laid:
        """Keep the bytes of its files."""
        return service.lay_files(tree)

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
            laid=archive.laid,
        )
        return {"package_id": str(revision.package_id), "revision_id": str(revision.id)}


def enrolment_reports(*, enrolment_id: EnrolmentId) -> str | None:
    """Return links to what the packages of an enrolment report, for whoever may see it."""
    if not current().may(VIEW_PACKAGES):
        return None
    activities = courses.list_taken(courses.get_taker(enrolment_id, actor=current()), KIND)
    if not activities:
        return None
    return render_template(
        "packages/_enrolment_reports.html", activities=activities, enrolment_id=enrolment_id
    )


def preview_links(*, activity: Activity) -> str | None:
    """Return where an author finds what a package that is previewed reports."""
    if activity.kind != KIND or not current().may(VIEW_PACKAGES):
        return None
    return render_template("packages/_preview_links.html", activity=activity)


def export_link(*, course_id: CourseId) -> str | None:
    """Return the way to a course’s package for another system, for whoever may make one."""
    if not current().may(EXPORT_COURSES):
        return None
    return render_template("packages/_export_link.html", course_id=course_id)


def activity_setup(*, activity: Activity) -> str | None:
    """Return which package an activity plays, and in which revision."""
    playing = revisions.find_played(activity) if activity.kind == KIND else None
    if playing is None:
        return None
    latest = revisions.find_latest(playing.package_id)
    return render_template("packages/_setup.html", playing=playing, latest=latest)
