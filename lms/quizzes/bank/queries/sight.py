"""The one piece that says which banks, folders and questions somebody sees, for a row and for a query alike.

Lists and pages ask for the sight of who acts, so that none can forget it; services say whose sight they mean. Exams
draw, and learners are asked, whatever an author sees.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from flask import has_request_context, request
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Text, cast, or_, select

from lms.kernel.actor import Actor, current
from lms.kernel.db import AnyColumn, db
from lms.kernel.errors import Forbidden, NotFound
from lms.quizzes.bank.models import (
    BankRow,
    FolderRow,
    NamedRow,
    QuestionPictureRow,
    QuestionRow,
    QuestionVersionRow,
)
from lms.quizzes.bank.rules.sight import EVERYTHING, Named, Sight, is_told_nothing_of
from lms.quizzes.bank.rules.sight import sight_of as decide
from lms.quizzes.values import BankId, FolderId, QuestionId, QuestionVersionId

KEPT = "lms.quizzes.sight"


def sight_of(actor: Actor) -> Sight:
    """Return what of the banks an actor does not see or change. One query where nobody is named, else two."""
    if is_told_nothing_of(actor):
        return EVERYTHING
    named = list_named()
    if not named:
        return EVERYTHING
    rows = db.session.execute(
        select(FolderRow.id, FolderRow.bank_id, FolderRow.parent_id).where(
            FolderRow.bank_id.in_({one.bank_id for one in named})
        )
    )
    return decide(named, {row[0]: (row[1], row[2]) for row in rows}, actor)


def mine() -> Sight:
    """Return the sight of who acts now, asked once a request."""
    actor = current()
    if not has_request_context():
        return sight_of(actor)
    known = request.environ.get(KEPT)
    if known is None or known[0] != actor.person_id:
        known = request.environ[KEPT] = (actor.person_id, sight_of(actor))
    found: Sight = known[1]
    return found


def look_anew() -> None:
    """Forget what was asked in this request: who is named, or where a folder lies, has changed."""
    if has_request_context():
        request.environ.pop(KEPT, None)


def list_named(bank_id: BankId | None = None) -> Sequence[Named]:
    """Return everybody who is named, in one bank or in all."""
    query = select(NamedRow.bank_id, NamedRow.folder_id, NamedRow.person_id, NamedRow.may_change)
    if bank_id is not None:
        query = query.where(NamedRow.bank_id == bank_id)
    return [Named(*row) for row in db.session.execute(query.order_by(NamedRow.id))]


def questions_seen(sight: Sight) -> Sequence[ColumnElement[bool]]:
    """Return the filter for the questions that are seen: nothing where all are."""
    found: list[ColumnElement[bool]] = []
    if sight.folders:
        found.append(or_(QuestionRow.folder_id.is_(None), QuestionRow.folder_id.not_in(sight.folders)))
    if sight.tops:
        found.append(or_(QuestionRow.folder_id.is_not(None), QuestionRow.bank_id.not_in(sight.tops)))
    return found


def is_of_seen(question_id: AnyColumn, sight: Sight) -> Sequence[ColumnElement[bool]]:
    """Return the filter for rows of another table whose question is seen: nothing where all are."""
    found = questions_seen(sight)
    return [question_id.in_(select(QuestionRow.id).where(*found))] if found else []


def banks_seen(sight: Sight) -> Sequence[ColumnElement[bool]]:
    """Return the filter for the banks of which anything is seen."""
    return [BankRow.id.not_in(sight.banks)] if sight.banks else []


def hidden_among(ids: Collection[QuestionId], sight: Sight) -> frozenset[QuestionId]:
    """Return which of these questions are not seen; no query where all are."""
    if not sight.is_narrowed or not ids:
        return frozenset()
    seen = select(QuestionRow.id).where(QuestionRow.id.in_(ids), *questions_seen(sight))
    return frozenset(ids) - frozenset(db.session.scalars(seen))


def hidden_versions(ids: Collection[QuestionVersionId], sight: Sight) -> frozenset[QuestionVersionId]:
    """Return which of these versions are of questions that are not seen; no query where all are."""
    if not sight.is_narrowed or not ids:
        return frozenset()
    seen = select(QuestionVersionRow.id).where(
        QuestionVersionRow.id.in_(ids), *is_of_seen(QuestionVersionRow.question_id, sight)
    )
    return frozenset(ids) - frozenset(db.session.scalars(seen))


def versions_hiding(file_id: UUID, sight: Sight) -> Collection[QuestionVersionId]:
    """Return the versions that show a picture, where none of them is of a question that is seen; else none.

    A picture that no version shows is one that an author has just brought.
    """
    if not sight.is_narrowed:
        return ()
    bank_id = db.session.scalar(
        select(QuestionPictureRow.bank_id).where(QuestionPictureRow.file_id == file_id)
    )
    # A version keeps where its pictures are served, each with the id of its file.
    ids = db.session.scalars(
        select(QuestionVersionRow.id).where(
            QuestionVersionRow.bank_id == bank_id,
            cast(QuestionVersionRow.pictures, Text).contains(str(file_id)),
        )
    ).all()
    return ids if len(hidden_versions(ids, sight)) == len(ids) else ()


def check_may_change(bank_id: BankId, folder_id: FolderId | None, actor: Actor) -> None:
    """Raise unless an actor may change what lies in a folder, or in none: NotFound where they do not see it."""
    sight = sight_of(actor)
    if not sight.sees(bank_id, folder_id):
        raise NotFound
    if not sight.may_change(bank_id, folder_id):
        raise Forbidden(_("You may see this folder, not change in it."))


def check_may_change_question(question_id: QuestionId, actor: Actor) -> None:
    """Raise unless an actor may change a question: NotFound where they do not see it."""
    row = db.session.execute(
        select(QuestionRow.bank_id, QuestionRow.folder_id).where(QuestionRow.id == question_id)
    ).first()
    if row is None:
        raise NotFound
    check_may_change(row[0], row[1], actor)


def check_sees_bank(bank_id: BankId, actor: Actor) -> None:
    """Raise NotFound where an actor sees nothing of a bank."""
    if bank_id in sight_of(actor).banks:
        raise NotFound
