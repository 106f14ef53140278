"""Who may see a folder or a whole bank and change in it: asked by every act of the bank, and set here."""

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel import events
from lms.kernel.actor import Actor
from lms.kernel.db import db
from lms.kernel.errors import Invalid, NotFound
from lms.quizzes.bank import queries
from lms.quizzes.bank.models import FolderRow, NamedRow
from lms.quizzes.bank.rules.sight import NAMED_MOST, NAMES, is_told_nothing_of
from lms.quizzes.bank.service.pictures import check_may_author
from lms.quizzes.events import PersonNamed, PersonNamedNoMore
from lms.quizzes.values import BankId, FolderId


def name_person(
    *,
    bank_id: BankId,
    folder_id: FolderId | None = None,
    person_id: PersonId,
    may_change: bool,
    actor: Actor,
    now: datetime,
) -> None:
    """Let a person see a folder with all in it, or the whole bank, or change in it too; nobody else then does.

    Named again, a person has what was said last. Who names the first one is named too, so as not to shut
    themselves out.
    """
    _hold(bank_id, folder_id, actor)
    if person_id not in identity.list_holders(roles=NAMES):
        message = _("Choose somebody who works with questions.")
        raise Invalid(message, fields={"person": message})
    found = _named(bank_id, folder_id)
    if person_id == actor.person_id and found and not may_change and not is_told_nothing_of(actor):
        message = _("Ask somebody else who may change in it, or an administrator, to take that from you.")
        raise Invalid(message, fields={"person": message})
    if len(found) >= NAMED_MOST and person_id not in found:
        message = _("At most %(most)s people are named.", most=NAMED_MOST)
        raise Invalid(message, fields={"person": message})
    if not found and actor.person_id is not None and not is_told_nothing_of(actor):
        _name(bank_id, folder_id, PersonId(actor.person_id), may_change=True, now=now)
        if person_id == actor.person_id:
            return
    held = found.get(person_id)
    if held is None:
        _name(bank_id, folder_id, person_id, may_change=may_change, now=now)
    elif held.may_change is not may_change:
        held.may_change = may_change
        db.session.flush()
        _tell(bank_id, folder_id, person_id, may_change=may_change)


def name_no_more(
    *, bank_id: BankId, folder_id: FolderId | None = None, person_id: PersonId, actor: Actor
) -> None:
    """Take a person's name off a folder or bank; a second time changes nothing.

    Once nobody is named, what it lies in says who sees it, in the end everybody.
    """
    _hold(bank_id, folder_id, actor)
    found = _named(bank_id, folder_id)
    if person_id not in found:
        return
    if person_id == actor.person_id and len(found) > 1 and not is_told_nothing_of(actor):
        message = _("Ask somebody else who may change in it, or an administrator, to take that from you.")
        raise Invalid(message, fields={"person": message})
    db.session.delete(found[person_id])
    db.session.flush()
    queries.look_anew()
    events.record(PersonNamedNoMore(bank_id=bank_id, folder_id=folder_id, person_id=person_id))


def _hold(bank_id: BankId, folder_id: FolderId | None, actor: Actor) -> None:
    """Hold the bank, for who may change in this place of it; NotFound for a folder of another."""
    check_may_author(actor)
    queries.lock_bank(bank_id)
    if folder_id is not None:
        folder = db.session.get(FolderRow, folder_id, populate_existing=True)
        if folder is None or folder.bank_id != bank_id:
            raise NotFound
    queries.check_may_change(bank_id, folder_id, actor)


def _named(bank_id: BankId, folder_id: FolderId | None) -> dict[PersonId, NamedRow]:
    rows = db.session.scalars(
        select(NamedRow).where(
            NamedRow.bank_id == bank_id,
            NamedRow.folder_id.is_(None) if folder_id is None else NamedRow.folder_id == folder_id,
        )
    )
    return {row.person_id: row for row in rows}


def _name(
    bank_id: BankId, folder_id: FolderId | None, person_id: PersonId, *, may_change: bool, now: datetime
) -> None:
    db.session.add(
        NamedRow(
            bank_id=bank_id, folder_id=folder_id, person_id=person_id, may_change=may_change, named_at=now
        )
    )
    db.session.flush()
    _tell(bank_id, folder_id, person_id, may_change=may_change)


def _tell(bank_id: BankId, folder_id: FolderId | None, person_id: PersonId, *, may_change: bool) -> None:
    queries.look_anew()
    events.record(
        PersonNamed(bank_id=bank_id, folder_id=folder_id, person_id=person_id, may_change=may_change)
    )
