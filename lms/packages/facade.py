"""Packages' door: uploads for the demo and the command line, and files for the content origin."""

from lms.courses.values import Launch
from lms.packages import queries, service
from lms.packages.models import PackageRevision
from lms.packages.values import PackageFile, RevisionId

store_package = service.store_package
commit = service.commit


def get_revision(launch: Launch) -> PackageRevision:
    """Return the revision that an activity plays; NotFound if it has none."""
    return queries.get_revision_of(launch.activity)


def first_item(revision: PackageRevision) -> str:
    """Return the identifier of the first item that can be opened."""
    return queries.manifest_of(revision).launchables[0].identifier


def find_file(revision_id: RevisionId, path: str) -> PackageFile | None:
    """Return one file of a revision, or None."""
    return queries.find_file(revision_id, path)
