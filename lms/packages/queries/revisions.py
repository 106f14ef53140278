"""Every SELECT about revisions of packages: what they hold, and what became of the items of those before."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import select

from lms.courses.values import Activity
from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.packages import queries
from lms.packages.formats import format_of
from lms.packages.models import ItemFateRow, PackageRevision, PackageUploadRow
from lms.packages.rules.lineage import Fates
from lms.packages.values import PackageId, PackageSummary, RevisionId, UploadId
from lms.packages.values.findings import PackageItem
from lms.web.pages import Page, PageRequest, keyset

MOST: Final = 200


def package_of(row: PackageRevision) -> Any:
    """Return what a revision's manifest said, as its format reads it."""
    return msgspec.convert(row.manifest, format_of(row.standard).shape)


def items_of(row: PackageRevision) -> Sequence[PackageItem]:
    """Return what is opened and tracked by itself in a revision, in reading order."""
    return format_of(row.standard).items(package_of(row))


def list_revisions(package_id: PackageId, wanted: PageRequest) -> Page[PackageSummary]:
    """Return one page of a package's revisions, the latest first."""
    query = select(PackageRevision).where(PackageRevision.package_id == package_id)
    page = keyset(query, by=[PackageRevision.number], wanted=wanted, descending=True)
    return page.map(queries.summary_of)


def find_latest(package_id: PackageId) -> PackageRevision | None:
    """Return a package's latest revision, None without one."""
    return queries.find_latest_revision(package_id)


def find_played(activity: Activity) -> PackageRevision | None:
    """Return the revision that an activity plays, None while none was chosen."""
    found = queries.revision_id_of(activity)
    return db.session.get(PackageRevision, found) if found else None


def find_revision_before(row: PackageRevision) -> PackageRevision | None:
    """Return the revision before this one, None for the first."""
    query = select(PackageRevision).where(
        PackageRevision.package_id == row.package_id, PackageRevision.number == row.number - 1
    )
    return db.session.scalars(query).one_or_none()


def get_revisions(ids: Collection[RevisionId]) -> Mapping[RevisionId, PackageRevision]:
    """Return the revisions of these ids."""
    query = select(PackageRevision).where(PackageRevision.id.in_(ids))
    return {row.id: row for row in db.session.scalars(query)}


def steps_of(package_id: PackageId) -> Mapping[int, Fates]:
    """Return what became of items, by the number of the revision that no longer has them: what was decided."""
    query = (
        select(PackageRevision.number, ItemFateRow.item, ItemFateRow.became)
        .join(PackageRevision, PackageRevision.id == ItemFateRow.revision_id)
        .where(PackageRevision.package_id == package_id, ItemFateRow.decided_at.is_not(None))
    )
    found: dict[int, dict[str, str | None]] = defaultdict(dict)
    for number, item, became in db.session.execute(query):
        found[number][item] = became
    return found


def list_fates(revision_id: RevisionId) -> Sequence[ItemFateRow]:
    """Return what a revision no longer has, decided or not."""
    query = select(ItemFateRow).where(ItemFateRow.revision_id == revision_id).order_by(ItemFateRow.item)
    return list(db.session.scalars(query))


def is_undecided(revision_id: RevisionId) -> bool:
    """Return whether nobody has said yet what became of some item of the revisions up to this one."""
    here = select(PackageRevision).where(PackageRevision.id == revision_id).subquery()
    query = (
        select(ItemFateRow.item)
        .join(PackageRevision, PackageRevision.id == ItemFateRow.revision_id)
        .join(here, here.c.package_id == PackageRevision.package_id)
        .where(PackageRevision.number <= here.c.number, ItemFateRow.decided_at.is_(None))
        .limit(1)
    )
    return db.session.scalar(query) is not None


def list_undecided(package_id: PackageId) -> Sequence[PackageSummary]:
    """Return the revisions of a package of which something is to be said yet, the oldest first."""
    open_fates = (
        select(ItemFateRow.revision_id).where(ItemFateRow.decided_at.is_(None)).distinct().scalar_subquery()
    )
    query = (
        select(PackageRevision)
        .where(PackageRevision.package_id == package_id, PackageRevision.id.in_(open_fates))
        .order_by(PackageRevision.number)
        .limit(MOST)
    )
    return [queries.summary_of(row) for row in db.session.scalars(query)]


def get_upload(upload_id: UploadId, *, lock: bool = False) -> PackageUploadRow:
    """Return an upload that is looked at; NotFound if there is none."""
    row = db.session.get(PackageUploadRow, upload_id, with_for_update=lock or None, populate_existing=lock)
    if row is None:
        raise NotFound
    return row
