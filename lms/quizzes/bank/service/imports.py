"""Questions from files: kept first, looked at, then confirmed."""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import IO
from uuid import UUID

from flask_babel import gettext as _

from lms.kernel import files
from lms.kernel.actor import Actor
from lms.kernel.db import db
from lms.kernel.errors import Invalid, NotFound
from lms.quizzes.bank import queries
from lms.quizzes.bank.models import (
    QuestionImportRow,
)
from lms.quizzes.bank.service.questions import (
    Added,
    Ready,
    add_ready,
    check_may_author,
    made_ready,
    sorted_out,
)
from lms.quizzes.bank.values import ImportView
from lms.quizzes.formats import Format, find_format, read_questions
from lms.quizzes.values import (
    QUESTIONS_PER_FILE,
    Attachment,
    BankId,
    ImportedQuestion,
    ImportReport,
    QuestionId,
    QuestionImportId,
    Severity,
    question_from_json,
)

FILE_BYTES = 20_000_000
BATCH = 500


def upload_questions(
    *,
    import_id: QuestionImportId,
    bank_id: BankId,
    filename: str,
    source: IO[bytes],
    actor: Actor,
    now: datetime,
) -> QuestionImportId:
    """Keep a file to be looked at before anything of it is taken; an id used before changes nothing."""
    check_may_author(actor)
    if db.session.get(QuestionImportRow, import_id) is not None:
        return import_id
    queries.get_bank(bank_id)
    content = source.read(FILE_BYTES + 1)
    if find_format(filename, content) is None:
        message = _("This is no GIFT (.gift, .txt) and no Moodle XML (.xml) file.")
        raise Invalid(message, fields={"file": message})
    stored = files.store(
        BytesIO(content),
        filename=filename,
        media_type="application/octet-stream",
        purpose="question-import",
        limit_bytes=FILE_BYTES,
    )
    db.session.add(
        QuestionImportRow(
            id=import_id,
            bank_id=bank_id,
            file_id=stored.id,
            uploaded_at=now,
            uploaded_by=actor.person_id,
            confirmed_at=None,
            added=0,
        )
    )
    db.session.flush()
    return import_id


def look_at_import(import_id: QuestionImportId) -> ImportView:
    """Return what confirming an upload would do; NotFound if there is none. Nothing is written."""
    row, file = queries.get_import(import_id)
    form, report = _read(file.filename, files.read(file.sha256))
    new, known = sorted_out(row.bank_id, report.questions)
    return ImportView(
        id=row.id,
        bank=queries.get_bank(row.bank_id),
        filename=file.filename,
        format_title=form.title,
        new=new,
        known=known,
        refused=tuple(one for one in report.errors if one.name or one.line),
        unfit=tuple(one for one in report.errors if not (one.name or one.line)),
        warnings=tuple(one for one in report.problems if one.severity is Severity.WARNING),
        confirmed_at=row.confirmed_at,
        added=row.added,
    )


def read_import(import_id: QuestionImportId) -> Sequence[Ready]:
    """Return every good question of an upload, ready to be added; none of one that was confirmed. Nothing is written.

    It takes seconds for thousands: ask before the transaction that writes, in which others wait.
    """
    row, file = queries.get_import(import_id)
    if row.confirmed_at is not None:
        return ()
    _form, report = _read(file.filename, files.read(file.sha256))
    return [made_ready(one) for one in report.questions]


def confirm_import(
    *, import_id: QuestionImportId, ready: Sequence[Ready], actor: Actor, now: datetime
) -> Added:
    """Take what `read_import` found into the bank, all or none; a second click changes nothing."""
    check_may_author(actor)
    row, _file = queries.get_import(import_id)
    queries.lock_bank(row.bank_id)
    db.session.refresh(row)
    if row.confirmed_at is not None:
        return Added((), row.added)
    if not ready:
        raise Invalid(_("No question of this file can be taken."))
    added = add_ready(bank_id=row.bank_id, ready=ready, actor=actor, now=now)
    row.confirmed_at = now
    row.added = len(added.questions)
    return added


def _read(filename: str, content: bytes) -> tuple[Format, ImportReport]:
    form = find_format(filename, content)
    if form is None:
        raise NotFound
    return form, read_questions(form, content, most=QUESTIONS_PER_FILE)


def export_bank(bank_id: BankId) -> Sequence[ImportedQuestion]:
    """Return a bank's questions in use with their pictures, as formats write them."""
    exported: list[ImportedQuestion] = []
    after: QuestionId | None = None
    while batch := queries.list_contents(bank_id, after=after, limit=BATCH):
        exported += [
            ImportedQuestion(
                question_from_json(stored.content),
                tuple(Attachment(name, _picture(url)) for name, url in stored.pictures.items()),
            )
            for _question_id, stored in batch
        ]
        after = batch[-1][0]
    return exported


def _picture(url: str) -> bytes:
    return files.read(queries.get_picture(UUID(url.rpartition("/")[2])).sha256)
