"""Questions: banks for them, adding, editing, retiring."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy import delete, insert
from sqlalchemy.dialects import postgresql, sqlite

from lms.kernel import events
from lms.kernel.actor import Actor
from lms.kernel.db import db, new_id
from lms.kernel.errors import Forbidden, Invalid
from lms.kernel.lines import fault_of_name, tidied
from lms.quizzes.bank import queries, rules
from lms.quizzes.bank.models import (
    BankRow,
    QuestionRow,
    QuestionTagRow,
    QuestionVersionRow,
)
from lms.quizzes.bank.rules.sight import EVERYTHING
from lms.quizzes.bank.service.folders import folder_in, folders_for
from lms.quizzes.bank.service.pictures import check_may_author, is_shown, keep_picture, read_picture
from lms.quizzes.bank.service.searching import make_findable, words_of
from lms.quizzes.bank.values import Change
from lms.quizzes.errors import EditedMeanwhile
from lms.quizzes.events import (
    BankAdded,
    QuestionEdited,
    QuestionRetired,
    QuestionsImported,
    QuestionWritten,
)
from lms.quizzes.kinds import kind_of, question_from_json
from lms.quizzes.syntax.phrases import phrase_in, phrase_of
from lms.quizzes.syntax.texts import text_to_html
from lms.quizzes.values import (
    Attachment,
    BankId,
    ImportedQuestion,
    Question,
    QuestionId,
    QuestionVersionId,
    Status,
    StoredQuestion,
    question_to_json,
)

NAME_CHARACTERS = 120
AS_WRITTEN: Final = Change()


@dataclass(frozen=True, slots=True)
class Added:
    """What came into a bank: the new questions, and how many it had already."""

    questions: tuple[QuestionId, ...]
    known: int


@dataclass(frozen=True, slots=True)
class Ready:
    """A question of a file with what its version will hold; ``html`` is None while it waits for its pictures.

    ``words`` is what the search will find it by.
    """

    imported: ImportedQuestion
    digest: str
    content: dict[str, Any]
    html: dict[str, Any] | None
    words: str


def add_bank(*, bank_id: BankId, name: str, actor: Actor, now: datetime) -> BankId:
    """Make a bank; an id used before changes nothing. Invalid for a name that is taken or none."""
    check_may_author(actor)
    if db.session.get(BankRow, bank_id) is not None:
        return bank_id
    name = tidied(name)
    if not 0 < len(name) <= NAME_CHARACTERS:
        message = _("Give a name of at most %(most)s characters.", most=NAME_CHARACTERS)
        raise Invalid(message, fields={"name": message})
    if fault := fault_of_name(name):
        raise Invalid(fault, fields={"name": fault})
    insert_new = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    made = db.session.scalar(
        insert_new(BankRow)
        .values(id=bank_id, name=name, created_at=now, created_by=actor.person_id, changed_at=now)
        .on_conflict_do_nothing()
        .returning(BankRow.id)
    )
    if made is None:
        message = _("There is a bank of this name already.")
        raise Invalid(message, fields={"name": message})
    events.record(BankAdded(bank_id=bank_id, name=name))
    return bank_id


def add_questions(
    *, bank_id: BankId, imported: Sequence[ImportedQuestion], actor: Actor, now: datetime
) -> Added:
    """Add questions to a bank, but for those it has already, in whichever version."""
    return add_ready(bank_id=bank_id, ready=[made_ready(one) for one in imported], actor=actor, now=now)


def made_ready(imported: ImportedQuestion) -> Ready:
    """Return a question with what its version will hold: the slow part of adding it, which no lock has to wait for."""
    question = imported.question
    # Pictures get their addresses when they are stored.
    html = html_of(question, {})
    return Ready(
        imported,
        rules.digest(imported),
        question_to_json(question),
        None if imported.attachments else html,
        words_of(question, html),
    )


def add_ready(
    *, bank_id: BankId, ready: Sequence[Ready], actor: Actor, now: datetime, is_draft: bool = False
) -> Added:
    """Add questions that were made ready, but for those the bank has already: a few statements, however many.

    The categories they come with become folders of the bank, where it has none of that path yet.
    """
    check_may_author(actor)
    queries.check_sees_bank(bank_id, actor)
    bank = queries.lock_bank(bank_id)
    fresh = _are_new(bank_id, [one.digest for one in ready], [one.imported for one in ready])
    new = [(QuestionId(new_id()), one) for one, is_new in zip(ready, fresh, strict=True) if is_new]
    known = len(ready) - len(new)
    if new:
        sight = queries.sight_of(actor)
        folders = folders_for(bank_id, {one.imported.question.category for _id, one in new}, sight, now)
        if bank_id in sight.held_tops and None in folders.values():
            raise Forbidden(
                _("You may not add questions to this bank outside of the folders you may change in.")
            )
        questions = [
            _question_values(question_id, bank_id, one, now)
            | {"folder_id": folders.get(one.imported.question.category), "is_draft": is_draft}
            for question_id, one in new
        ]
        versions = [_version_values(question_id, bank_id, one, actor, now) for question_id, one in new]
        tags = [
            {"bank_id": bank_id, "tag": tag, "question_id": question_id}
            for question_id, one in new
            for tag in dict.fromkeys(one.imported.question.tags)
        ]
        db.session.execute(insert(QuestionRow), questions)
        db.session.execute(insert(QuestionVersionRow), versions)
        if tags:
            db.session.execute(insert(QuestionTagRow), tags)
        make_findable([(question_id, one.imported.question.title, one.words) for question_id, one in new])
        bank.changed_at = now
        events.record(QuestionsImported(bank_id=bank_id, added=len(new), known=known))
    return Added(tuple(question_id for question_id, _one in new), known)


def _question_values(question_id: QuestionId, bank_id: BankId, one: Ready, now: datetime) -> dict[str, Any]:
    question = one.imported.question
    return {
        "id": question_id,
        "bank_id": bank_id,
        "number": 1,
        "type": question.type,
        "title": question.title,
        "marks": question.marks,
        "tags": list(question.tags),
        "objective": question.objective,
        "is_drawn": bool(question.drawing),
        "created_at": now,
        "changed_at": now,
        "retired_at": None,
    }


def _version_values(
    question_id: QuestionId, bank_id: BankId, one: Ready, actor: Actor, now: datetime
) -> dict[str, Any]:
    pictures = {
        attachment.name: keep_picture(bank_id, attachment.name, attachment.content)
        for attachment in one.imported.attachments
        if is_shown(attachment.name, attachment.content)
    }
    return {
        "id": QuestionVersionId(new_id()),
        "question_id": question_id,
        "bank_id": bank_id,
        "number": 1,
        "digest": one.digest,
        "content": one.content,
        "html": html_of(one.imported.question, pictures) if one.html is None else one.html,
        "pictures": pictures,
        "made_at": now,
        "made_by": actor.person_id,
    }


def _row(question_id: QuestionId, bank_id: BankId, question: Question, now: datetime) -> QuestionRow:
    """Return a question without a version yet."""
    return QuestionRow(
        id=question_id,
        bank_id=bank_id,
        number=0,
        type=question.type,
        title="",
        marks=question.marks,
        tags=[],
        objective=question.objective,
        is_drawn=bool(question.drawing),
        created_at=now,
        changed_at=now,
        retired_at=None,
    )


def write_question(
    *,
    question_id: QuestionId,
    bank_id: BankId,
    question: Question,
    pictures: Mapping[str, str] | None = None,
    place: Change = AS_WRITTEN,
    actor: Actor,
    now: datetime,
) -> QuestionId:
    """Add one question that its author wrote; an id used before changes nothing. Invalid if the bank has it.

    `pictures` are those that it came with, by name: where each is served. It stands at the `place`, in its bank
    itself and reviewed where that says nothing else.
    """
    check_may_author(actor)
    bank = queries.lock_bank(bank_id)
    if db.session.get(QuestionRow, question_id) is not None:
        return question_id
    folder_id = folder_in(bank_id, place.folder_id, queries.sight_of(actor))
    queries.check_may_change(bank_id, folder_id, actor)
    digest = rules.digest(ImportedQuestion(question))
    if queries.known_digests(bank_id, [digest]):
        message = _("This bank has a question that is equal in everything.")
        raise Invalid(message, fields={"stem": message})
    row = _row(question_id, bank_id, question, now)
    row.folder_id = folder_id
    row.difficulty, row.is_draft = place.difficulty, place.status is Status.DRAFT
    db.session.add(row)
    db.session.flush()
    _add_version(row, question, digest, pictures or {}, actor, now)
    bank.changed_at = now
    events.record(QuestionWritten(question_id=question_id, bank_id=bank_id))
    return question_id


def sorted_out(
    bank_id: BankId, imported: Sequence[ImportedQuestion]
) -> tuple[tuple[ImportedQuestion, ...], tuple[ImportedQuestion, ...]]:
    """Return which questions are new to a bank and which it has, those twice in a file among them."""
    fresh = _are_new(bank_id, [rules.digest(one) for one in imported], imported)
    new = tuple(one for one, is_new in zip(imported, fresh, strict=True) if is_new)
    known = tuple(one for one, is_new in zip(imported, fresh, strict=True) if not is_new)
    return new, known


def _are_new(bank_id: BankId, digests: Sequence[str], imported: Sequence[ImportedQuestion]) -> Sequence[bool]:
    """Return of each question whether neither the bank nor what stands before it has it.

    One that only stands elsewhere in the bank, or has other tags there, is known: those are no part of a version.
    """
    met = queries.known_digests(bank_id, digests)
    waiting = {one.question.title for one, digest in zip(imported, digests, strict=True) if digest not in met}
    bare = {
        rules.bare_digest(_with_pictures(stored)) for stored in queries.list_titled(bank_id, sorted(waiting))
    }
    fresh = []
    for one, digest in zip(imported, digests, strict=True):
        fresh.append(digest not in met and (not bare or rules.bare_digest(one) not in bare))
        met.add(digest)
    return fresh


def _with_pictures(stored: StoredQuestion) -> ImportedQuestion:
    pictures = tuple(Attachment(name, read_picture(url)) for name, url in stored.pictures.items())
    return ImportedQuestion(question_from_json(stored.content), pictures)


def edit_question(
    *,
    question_id: QuestionId,
    question: Question,
    seen: int,
    pictures: Mapping[str, str] | None = None,
    actor: Actor,
    now: datetime,
) -> int:
    """Give a question a new version and return its number; nothing changed gives none.

    `seen` is the version the author had before them; EditedMeanwhile when there is a newer one. `pictures` are those
    that it may show from now on; None leaves it those that it has.
    """
    check_may_author(actor)
    queries.check_may_change_question(question_id, actor)
    row = queries.lock_question(question_id)
    present = queries.get_question(question_id, sight=EVERYTHING)
    shown = present.stored.pictures if pictures is None else pictures
    if question == present.question and dict(shown) == dict(present.stored.pictures):
        return row.number
    if row.number != seen:
        raise EditedMeanwhile(
            _("Somebody else saved this after you opened it. Your text is below; compare before you save it.")
        )
    if question.type != row.type:
        raise Invalid(_("A question keeps its type."))
    _add_version(row, question, rules.digest(ImportedQuestion(question)), shown, actor, now)
    bank = db.session.get(BankRow, row.bank_id)
    if bank is not None:
        bank.changed_at = now
    events.record(QuestionEdited(question_id=question_id, number=row.number))
    return row.number


def _add_version(
    row: QuestionRow,
    question: Question,
    digest: str,
    pictures: Mapping[str, str],
    actor: Actor,
    now: datetime,
) -> None:
    row.number += 1
    row.title, row.marks, row.tags, row.changed_at = question.title, question.marks, list(question.tags), now
    row.objective, row.is_drawn = question.objective, bool(question.drawing)
    html = html_of(question, pictures)
    db.session.add(
        QuestionVersionRow(
            id=QuestionVersionId(new_id()),
            question_id=row.id,
            bank_id=row.bank_id,
            number=row.number,
            digest=digest,
            content=question_to_json(question),
            html=html,
            pictures=dict(pictures),
            made_at=now,
            made_by=actor.person_id,
        )
    )
    db.session.execute(delete(QuestionTagRow).where(QuestionTagRow.question_id == row.id))
    db.session.add_all(
        QuestionTagRow(bank_id=row.bank_id, tag=tag, question_id=row.id)
        for tag in dict.fromkeys(question.tags)
    )
    db.session.flush()
    make_findable([(row.id, question.title, words_of(question, html))])


def html_of(question: Question, pictures: Mapping[str, str]) -> dict[str, Any]:
    """Return what a page shows of a question: its stem, and each choice or stem of a pair by its key."""
    stem = text_to_html(question.stem, attachment=pictures.get)
    phrase = phrase_in(stem)
    parts = {
        key: phrase_of(text_to_html(text, attachment=pictures.get))
        for key, text in kind_of(question).shown_texts(question).items()
    }
    return {"stem": stem if phrase is None else phrase, "is_plain": phrase is not None, "parts": parts}


def stored_as(question: Question, pictures: Mapping[str, str]) -> StoredQuestion:
    """Return a question as a version of it would be stored, for a look at it before it is."""
    html = html_of(question, pictures)
    return StoredQuestion(
        id=QuestionVersionId(new_id()),
        question_id=QuestionId(new_id()),
        number=0,
        content=question_to_json(question),
        stem=html["stem"],
        is_plain=html["is_plain"],
        parts=html["parts"],
        pictures=pictures,
    )


def retire_question(*, question_id: QuestionId, is_back: bool, actor: Actor, now: datetime) -> None:
    """Let a question be drawn no more, or again; attempts that have it keep it."""
    check_may_author(actor)
    queries.check_may_change_question(question_id, actor)
    row = queries.lock_question(question_id)
    if (row.retired_at is None) == is_back:
        return
    row.retired_at = None if is_back else now
    row.changed_at = now
    events.record(QuestionRetired(question_id=question_id, is_back=is_back))
