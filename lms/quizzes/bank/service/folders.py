"""The folders of a bank: made, renamed, moved, removed once empty; each act holds the bank."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import delete, insert

from lms.kernel import events
from lms.kernel.actor import Actor
from lms.kernel.db import db, new_id
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.kernel.lines import fault_of_name, tidied
from lms.quizzes.bank import queries, rules
from lms.quizzes.bank.models import FolderRow, NamedRow
from lms.quizzes.bank.rules.sight import EVERYTHING, Sight
from lms.quizzes.bank.service.pictures import check_may_author
from lms.quizzes.bank.values import Folder
from lms.quizzes.events import FolderAdded, FolderChanged, FolderRemoved
from lms.quizzes.values import BankId, FolderId
from lms.web.words import said


def add_folder(
    *,
    folder_id: FolderId,
    bank_id: BankId,
    name: str,
    parent_id: FolderId | None,
    actor: Actor,
    now: datetime,
) -> FolderId:
    """Make a folder; an id used before changes nothing. Invalid for a name that is taken there, or a place too deep."""
    check_may_author(actor)
    queries.lock_bank(bank_id)
    if db.session.get(FolderRow, folder_id) is not None:
        return folder_id
    folder_in(bank_id, parent_id, queries.sight_of(actor), field="parent")
    queries.check_may_change(bank_id, parent_id, actor)
    folders = queries.list_folders(bank_id, sight=EVERYTHING)
    name = _checked(name, parent_id, folders, depth=1)
    if len(folders) >= rules.FOLDERS_MOST:
        message = _("A bank has at most %(most)s folders.", most=rules.FOLDERS_MOST)
        raise Invalid(message, fields={"name": message})
    row = FolderRow(id=folder_id, bank_id=bank_id, parent_id=parent_id, name=name, created_at=now)
    db.session.add(row)
    db.session.flush()
    queries.look_anew()
    events.record(FolderAdded(folder_id=folder_id, bank_id=bank_id, name=name))
    return folder_id


def change_folder(*, folder_id: FolderId, name: str, parent_id: FolderId | None, actor: Actor) -> None:
    """Give a folder another name or place; what lies in it goes along. Invalid as `add_folder`, and into itself."""
    check_may_author(actor)
    row, folders = _held(folder_id, actor)
    sight = queries.sight_of(actor)
    shown = queries.get_folder(folder_id, sight=sight)
    if parent_id == shown.parent_id:
        # It stays where it lies, also where the actor does not see in what.
        parent_id = row.parent_id
    if parent_id != row.parent_id:
        folder_in(row.bank_id, parent_id, sight, field="parent")
        queries.check_may_change(row.bank_id, parent_id, actor)
    within = queries.folders_within(folders, folder_id)
    if parent_id in within:
        message = _("A folder cannot lie in itself.")
        raise Invalid(message, fields={"parent": message})
    own = next(one.level for one in folders if one.id == folder_id)
    depth = max(one.level for one in folders if one.id in within) - own + 1
    name = _checked(name, parent_id, [one for one in folders if one.id != folder_id], depth=depth)
    if (row.name, row.parent_id) == (name, parent_id):
        return
    row.name, row.parent_id = name, parent_id
    db.session.flush()
    queries.look_anew()
    events.record(FolderChanged(folder_id=folder_id, bank_id=row.bank_id, name=name, parent_id=parent_id))


def remove_folder(*, folder_id: FolderId, actor: Actor) -> None:
    """Remove a folder. Conflict while anything lies in it, retired questions included."""
    check_may_author(actor)
    row, folders = _held(folder_id, actor)
    if any(one.parent_id == folder_id for one in folders) or queries.count_questions_in([folder_id]):
        raise Conflict(_("Something lies in this folder. Move it out first, retired questions too."))
    if queries.is_drawn_from(folder_id):
        raise Conflict(_("An exam draws from this folder. Let it draw from another first."))
    db.session.execute(delete(NamedRow).where(NamedRow.folder_id == folder_id))
    db.session.delete(row)
    db.session.flush()
    queries.look_anew()
    events.record(FolderRemoved(folder_id=folder_id, bank_id=row.bank_id, name=row.name))


def _held(folder_id: FolderId, actor: Actor) -> tuple[FolderRow, Sequence[Folder]]:
    found = db.session.get(FolderRow, folder_id)
    if found is None:
        raise NotFound
    queries.lock_bank(found.bank_id)
    row = db.session.get(FolderRow, folder_id, populate_existing=True)
    if row is None:
        raise NotFound
    queries.check_may_change(row.bank_id, folder_id, actor)
    return row, queries.list_folders(row.bank_id, sight=EVERYTHING)


def _checked(name: str, parent_id: FolderId | None, others: Collection[Folder], *, depth: int) -> str:
    """Return the name as it is kept, for a folder with `depth` levels that comes beside these others."""
    name = tidied(name)
    if not 0 < len(name) <= rules.FOLDER_CHARACTERS:
        message = _("Give a name of at most %(most)s characters.", most=rules.FOLDER_CHARACTERS)
        raise Invalid(message, fields={"name": message})
    if fault := fault_of_name(name):
        raise Invalid(said(fault), fields={"name": said(fault)})
    parent = next((one for one in others if one.id == parent_id), None)
    if parent_id is not None and parent is None:
        message = _("This folder is no more. Choose another.")
        raise Invalid(message, fields={"parent": message})
    if (parent.level if parent else 0) + depth > rules.LEVELS_MOST:
        message = _("Folders lie in each other %(most)s levels deep at most.", most=rules.LEVELS_MOST)
        raise Invalid(message, fields={"parent": message})
    if any((one.parent_id, one.name) == (parent_id, name) for one in others):
        message = _("There is a folder of this name already.")
        raise Invalid(message, fields={"name": message})
    return name


def folder_in(
    bank_id: BankId, folder_id: FolderId | None, sight: Sight, *, field: str = "folder"
) -> FolderId | None:
    """Return a folder's id where it is one of the bank's and seen, None for none; Invalid for any other."""
    if folder_id is None:
        return None
    found = db.session.get(FolderRow, folder_id)
    if found is None or found.bank_id != bank_id or not sight.sees(bank_id, folder_id):
        message = _("This folder is no more. Choose another.")
        raise Invalid(message, fields={field: message})
    return folder_id


def folders_for(
    bank_id: BankId, categories: Collection[tuple[str, ...]], sight: Sight, now: datetime
) -> Mapping[tuple[str, ...], FolderId | None]:
    """Return the folder of each category that questions come with, made where the bank, which is held, has none.

    A bank that has as many folders as it may gets no more: what would come into one stays in the nearest above. So
    does what would come into one that whose sight it is may not change in.
    """
    whole = queries.list_folders(bank_id, sight=EVERYTHING)
    known: dict[tuple[str, ...], FolderId] = {one.path: one.id for one in whole}
    made: list[FolderRow] = []
    found: dict[tuple[str, ...], FolderId | None] = {}
    for category in sorted(categories):
        at: FolderId | None = None
        path = rules.path_of(category)
        for level in range(1, len(path) + 1):
            here = path[:level]
            if here not in known:
                if at is None and not sight.may_change(bank_id, None):
                    break
                if len(known) >= rules.FOLDERS_MOST:
                    break
                known[here] = FolderId(new_id())
                made.append(
                    FolderRow(id=known[here], bank_id=bank_id, parent_id=at, name=here[-1], created_at=now)
                )
            if not sight.may_change(bank_id, known[here]):
                break
            at = known[here]
        found[category] = at
    if made:
        db.session.execute(
            insert(FolderRow),
            [
                {
                    "id": one.id,
                    "bank_id": bank_id,
                    "parent_id": one.parent_id,
                    "name": one.name,
                    "created_at": now,
                }
                for one in made
            ],
        )
        events.record_all([FolderAdded(folder_id=one.id, bank_id=bank_id, name=one.name) for one in made])
    return found
