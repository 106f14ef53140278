"""The folders of a bank: a small tree, read whole."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from sqlalchemy import Select, func, select

from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.quizzes.bank.models import FolderRow, QuestionRow
from lms.quizzes.bank.queries.sight import mine
from lms.quizzes.bank.rules import FOLDERS_MOST
from lms.quizzes.bank.rules.sight import Sight
from lms.quizzes.bank.values import Folder
from lms.quizzes.values import BankId, FolderId


def list_folders(bank_id: BankId, *, sight: Sight | None = None) -> Sequence[Folder]:
    """Return a bank's folders as its tree reads: by name, each before those within it. One query."""
    return list_folders_of([bank_id], sight=sight)[bank_id]


def list_folders_of(
    banks: Collection[BankId], *, sight: Sight | None = None
) -> Mapping[BankId, Sequence[Folder]]:
    """Return the folders of a few banks, each as `list_folders` does. One query.

    What lies in a folder that is not seen, and is seen itself, stands where that one would.
    """
    hidden = (mine() if sight is None else sight).folders
    counts = (
        select(QuestionRow.folder_id, func.count().label("count"))
        .where(QuestionRow.bank_id.in_(banks))
        .group_by(QuestionRow.folder_id)
        .subquery()
    )
    rows = db.session.execute(
        select(FolderRow, func.coalesce(counts.c.count, 0))
        .outerjoin(counts, counts.c.folder_id == FolderRow.id)
        .where(FolderRow.bank_id.in_(banks))
        .order_by(FolderRow.name, FolderRow.id)
        .limit(FOLDERS_MOST * max(len(banks), 1))
    )
    found = [(row, number) for row, number in rows]
    above = {row.id: row.parent_id for row, _number in found}
    within: dict[BankId, dict[FolderId | None, list[tuple[FolderRow, int]]]] = {one: {} for one in banks}
    for row, number in found:
        if row.id not in hidden:
            parent_id = row.parent_id
            while parent_id in hidden:
                parent_id = above[parent_id]
            within[row.bank_id].setdefault(parent_id, []).append((row, number))
    return {bank_id: tuple(_tree(tree, None, ())) for bank_id, tree in within.items()}


def _tree(
    within: Mapping[FolderId | None, Sequence[tuple[FolderRow, int]]],
    parent_id: FolderId | None,
    above: tuple[str, ...],
) -> Iterator[Folder]:
    for row, count in within.get(parent_id, ()):
        path = (*above, row.name)
        below = tuple(_tree(within, row.id, path))
        yield Folder(
            id=row.id,
            bank_id=row.bank_id,
            parent_id=parent_id,
            name=row.name,
            path=path,
            count=count,
            total=count + sum(one.count for one in below),
        )
        yield from below


def folders_within(folders: Collection[Folder], folder_id: FolderId) -> frozenset[FolderId]:
    """Return a folder and all that lie within it, of a bank's tree as `list_folders` gives it."""
    found = {folder_id}
    for one in folders:
        if one.parent_id in found:
            found.add(one.id)
    return frozenset(found)


def folders_around(folder_id: FolderId | None) -> Select[FolderId]:
    """Return the query of a folder and all that it lies within; of none for none."""
    start = select(FolderRow.id, FolderRow.parent_id).where(FolderRow.id == folder_id)
    around = start.cte(recursive=True)
    above = select(FolderRow.id, FolderRow.parent_id).join(around, around.c.parent_id == FolderRow.id)
    found = around.union_all(above)
    return select(found.c.id)


def list_around(folder_id: FolderId | None) -> Sequence[FolderId]:
    """Return a folder and all that it lies within, the nearest first; none for none."""
    if folder_id is None:
        return ()
    rows = db.session.execute(
        select(FolderRow.id, FolderRow.parent_id).where(FolderRow.id.in_(folders_around(folder_id)))
    )
    above = {row[0]: row[1] for row in rows}
    found = []
    at: FolderId | None = folder_id
    while at is not None and at in above:
        found.append(at)
        at = above[at]
    return found


def folders_below(folder_id: FolderId) -> Select[FolderId]:
    """Return the query of a folder and all that lie within it. Its name is its own: one statement may hold several."""
    below = select(FolderRow.id).where(FolderRow.id == folder_id).cte(recursive=True)
    found = below.union_all(select(FolderRow.id).join(below, FolderRow.parent_id == below.c.id))
    return select(found.c.id)


def find_folder(folder_id: FolderId, *, sight: Sight | None = None) -> Folder | None:
    """Return a folder, or None."""
    bank_id = db.session.scalar(select(FolderRow.bank_id).where(FolderRow.id == folder_id))
    if bank_id is None:
        return None
    return next((one for one in list_folders(bank_id, sight=sight) if one.id == folder_id), None)


def get_folder(folder_id: FolderId, *, sight: Sight | None = None) -> Folder:
    """Return a folder; NotFound if there is none."""
    found = find_folder(folder_id, sight=sight)
    if found is None:
        raise NotFound
    return found


def count_questions_in(folders: Collection[FolderId]) -> int:
    """Return how many questions lie in these folders, retired ones included."""
    query = select(func.count()).select_from(QuestionRow).where(QuestionRow.folder_id.in_(folders))
    return db.session.scalar(query) or 0
