"""Packages' door: uploads for the demo and the command line, and files for the content origin."""

from lms.packages import queries, service
from lms.packages.values import PackageFile, RevisionId

store_package = service.store_package


def find_file(revision_id: RevisionId, path: str) -> PackageFile | None:
    """Return one file of a revision, or None."""
    return queries.find_file(revision_id, path)
