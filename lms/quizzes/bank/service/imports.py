"""Questions from files: kept first, looked at, then confirmed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from typing import IO

from flask_babel import gettext as _

from lms.kernel import files
from lms.kernel.actor import Actor
from lms.kernel.db import db
from lms.kernel.errors import Invalid, NotFound
from lms.quizzes.bank import queries
from lms.quizzes.bank.models import (
    QuestionImportRow,
)
from lms.quizzes.bank.service.pictures import check_may_author, read_picture
from lms.quizzes.bank.service.questions import (
    Added,
    Ready,
    add_ready,
    made_ready,
    sorted_out,
)
from lms.quizzes.bank.values import ImportView
from lms.quizzes.formats import FORMATS, Format, find_format, read_questions
from lms.quizzes.kinds import question_from_json
from lms.quizzes.values import (
    QUESTIONS_PER_FILE,
    Attachment,
    BankId,
    ImportedQuestion,
    ImportProblem,
    ImportReport,
    QuestionId,
    QuestionImportId,
    Severity,
)

FILE_BYTES = 20_000_000
EXPORTED_BYTES = 300 << 20
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
    queries.get_bank(bank_id, sight=queries.sight_of(actor))
    content = source.read(FILE_BYTES + 1)
    if find_format(filename, content) is None:
        message = _(
            "This is in no format that is known here: %(formats)s.",
            formats=", ".join(form.title for form in FORMATS.values()),
        )
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
        refused=tuple(one for one in report.errors if _is_placed(one)),
        unfit=tuple(one for one in report.errors if not _is_placed(one)),
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
    *,
    import_id: QuestionImportId,
    ready: Sequence[Ready],
    is_draft: bool = False,
    actor: Actor,
    now: datetime,
) -> Added:
    """Take what `read_import` found into the bank, all or none; a second click changes nothing.

    They count as reviewed, and are drawn at once, unless they are taken as drafts.
    """
    check_may_author(actor)
    row, _file = queries.get_import(import_id)
    queries.check_sees_bank(row.bank_id, actor)
    queries.lock_bank(row.bank_id)
    db.session.refresh(row)
    if row.confirmed_at is not None:
        return Added((), row.added)
    if not ready:
        raise Invalid(_("No question of this file can be taken."))
    added = add_ready(bank_id=row.bank_id, ready=ready, is_draft=is_draft, actor=actor, now=now)
    row.confirmed_at = now
    row.added = len(added.questions)
    return added


def _read(filename: str, content: bytes) -> tuple[Format, ImportReport]:
    form = find_format(filename, content)
    if form is None:
        raise NotFound
    return form, read_questions(form, content, most=QUESTIONS_PER_FILE)


def _is_placed(problem: ImportProblem) -> bool:
    """Return whether something is wrong with a part of the file, not with all of it."""
    return bool(problem.name or problem.line or problem.file)


def export_bank(bank_id: BankId, *, with_files: bool = True) -> Sequence[ImportedQuestion]:
    """Return a bank's questions in use with their files, as formats write them; where folders are categories.

    Drafts stay behind: files have no place for that, and what comes in from one counts as reviewed. Invalid for a bank
    whose pictures, films and sounds are more than a process holds at a time.
    """
    if with_files and queries.sum_picture_bytes(bank_id) > EXPORTED_BYTES:
        raise Invalid(
            _(
                "The pictures, films and sounds of this bank are more than %(most)s MB, too much for one file. Export "
                "a table, or move questions to another bank first.",
                most=EXPORTED_BYTES >> 20,
            )
        )
    exported: list[ImportedQuestion] = []
    paths = {one.id: one.path for one in queries.list_folders(bank_id)}
    after: QuestionId | None = None
    while batch := queries.list_contents(bank_id, after=after, limit=BATCH):
        exported += [
            ImportedQuestion(
                replace(
                    question_from_json(stored.content),
                    tags=line.tags,
                    category=paths.get(line.folder_id, ()) if line.folder_id else (),
                ),
                tuple(Attachment(name, read_picture(url)) for name, url in stored.pictures.items())
                if with_files
                else (),
            )
            for line, stored in batch
        ]
        after = batch[-1][0].id
    return exported
