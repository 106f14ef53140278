"""Acts on many questions: where they stand and how they are judged, in one transaction and by sets."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, insert, literal, select, update

from lms.kernel import events
from lms.kernel.actor import Actor
from lms.kernel.among import among
from lms.kernel.db import db
from lms.kernel.errors import Forbidden, Invalid, NotFound
from lms.quizzes.bank import queries
from lms.quizzes.bank.models import QuestionRow, QuestionTagRow
from lms.quizzes.bank.queries.changing import CHANGED_MOST, differs, tags_with, tags_without
from lms.quizzes.bank.queries.listing import QuestionFilter
from lms.quizzes.bank.rules.sight import Sight
from lms.quizzes.bank.service.folders import folder_in
from lms.quizzes.bank.service.pictures import check_may_author
from lms.quizzes.bank.values import Change, Folder
from lms.quizzes.events import QuestionsChanged
from lms.quizzes.values import BankId, QuestionId, Status

AT_ONCE = 5_000
TAG_CHARACTERS = 60


def change_questions(
    *,
    bank_id: BankId,
    chosen: QuestionFilter,
    change: Change,
    expected: int | None = None,
    actor: Actor,
    now: datetime,
) -> int:
    """Change all chosen questions of a bank, or none, and return how many were chosen.

    Attempts and versions stay as they are. Those that the actor does not see are not chosen, and Forbidden where one is
    that they may not change. Invalid where more or fewer are chosen by now than the `expected` number
    that the actor was shown.
    """
    check_may_author(actor)
    bank = queries.lock_bank(bank_id)
    sight = queries.sight_of(actor)
    folder = check_change(bank_id, change, sight)
    if bank_id in sight.banks:
        raise NotFound
    if (change.moves and not sight.may_change(bank_id, change.folder_id)) or queries.is_held(
        bank_id, chosen, sight
    ):
        raise Forbidden(_("You may see this folder, not change in it."))
    ids = queries.list_ids_like(bank_id, chosen, sight)
    if expected is not None and len(ids) != expected:
        raise Invalid(_("Other questions are chosen by now than you were shown. Look at the number again."))
    if len(ids) > CHANGED_MOST:
        raise Invalid(_("At most %(most)s questions are changed at once.", most=CHANGED_MOST))
    for some in _batches(ids):
        _set(some, change, now)
        if change.tag:
            _tag(bank_id, some, change.tag, now)
        if change.untag:
            _untag(bank_id, some, change.untag, now)
    if ids:
        bank.changed_at = now
        events.record(_told(bank_id, change, folder, len(ids)))
    return len(ids)


def check_change(bank_id: BankId, change: Change, sight: Sight) -> Folder | None:
    """Return the folder that a change moves into; Invalid, by field, for a change that cannot be."""
    if change.is_empty:
        raise Invalid(_("Choose what to change."), fields={"folder": _("Choose what to change.")})
    for field, tag in (("tag", change.tag), ("untag", change.untag)):
        if len(tag) > TAG_CHARACTERS or "," in tag:
            message = _("A tag has at most %(most)s characters and no comma.", most=TAG_CHARACTERS)
            raise Invalid(message, fields={field: message})
    folder_id = folder_in(bank_id, change.folder_id, sight)
    return queries.get_folder(folder_id, sight=sight) if folder_id else None


def _batches(ids: Sequence[QuestionId]) -> Iterator[Sequence[QuestionId]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]


def _set(ids: Sequence[QuestionId], change: Change, now: datetime) -> None:
    values: dict[str, Any] = {}
    if change.moves:
        values["folder_id"] = change.folder_id
    if change.judges:
        values["difficulty"] = change.difficulty
    if change.status is not None:
        is_retired = change.status is Status.RETIRED
        values["retired_at"] = now if is_retired else None
        if not is_retired:
            values["is_draft"] = change.status is Status.DRAFT
    if values:
        db.session.execute(
            update(QuestionRow)
            .where(among(QuestionRow.id, "ids"), differs(change))
            .values(**values, changed_at=now),
            {"ids": ids},
            execution_options={"synchronize_session": False},
        )


def _tag(bank_id: BankId, ids: Sequence[QuestionId], tag: str, now: datetime) -> None:
    has = select(QuestionTagRow.question_id).where(
        QuestionTagRow.bank_id == bank_id, QuestionTagRow.tag == tag
    )
    lacking = (among(QuestionRow.id, "ids"), QuestionRow.id.not_in(has))
    db.session.execute(
        update(QuestionRow).where(*lacking).values(tags=tags_with(tag), changed_at=now),
        {"ids": ids},
        execution_options={"synchronize_session": False},
    )
    db.session.execute(
        insert(QuestionTagRow.__table__).from_select(  # type: ignore[arg-type]  # as declared
            ["bank_id", "tag", "question_id"],
            select(literal(bank_id, QuestionTagRow.bank_id.type), literal(tag), QuestionRow.id).where(
                *lacking
            ),
        ),
        {"ids": ids},
    )


def _untag(bank_id: BankId, ids: Sequence[QuestionId], tag: str, now: datetime) -> None:
    has = select(QuestionTagRow.question_id).where(
        QuestionTagRow.bank_id == bank_id, QuestionTagRow.tag == tag
    )
    db.session.execute(
        update(QuestionRow)
        .where(among(QuestionRow.id, "ids"), QuestionRow.id.in_(has))
        .values(tags=tags_without(tag), changed_at=now),
        {"ids": ids},
        execution_options={"synchronize_session": False},
    )
    db.session.execute(
        delete(QuestionTagRow).where(
            QuestionTagRow.bank_id == bank_id,
            QuestionTagRow.tag == tag,
            among(QuestionTagRow.question_id, "ids"),
        ),
        {"ids": ids},
        execution_options={"synchronize_session": False},
    )


def _told(bank_id: BankId, change: Change, folder: Folder | None, chosen: int) -> QuestionsChanged:
    return QuestionsChanged(
        bank_id=bank_id,
        chosen=chosen,
        folder=(folder.said if folder else "/") if change.moves else "",
        difficulty=(change.difficulty.value if change.difficulty else "none") if change.judges else "",
        status=change.status.value if change.status else "",
        tagged=change.tag,
        untagged=change.untag,
    )
