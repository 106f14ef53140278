"""Files of answers: stored with the answer that they make, and let go with their person."""

from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from flask_babel import gettext as _

from lms.courses import facade as courses
from lms.identity.values import PersonId
from lms.kernel import events, files
from lms.kernel.actor import Actor
from lms.kernel.db import db, new_id
from lms.kernel.errors import Invalid, NotFound
from lms.quizzes.attempts import queries, rules
from lms.quizzes.attempts.models import AnswerFileRow, AttemptRow, SlotRow
from lms.quizzes.attempts.service.answering import hold_slot, keep
from lms.quizzes.attempts.values import Saved
from lms.quizzes.events import AnswersErased
from lms.quizzes.kinds import kind_of, question_from_json, response_from_json
from lms.quizzes.values import AttemptId, Question
from lms.web.words import said

UPLOADS_AT_MOST = 40
"""How often a file may come for one answer, those that were taken out again included."""
ROOM_BYTES = 1_000_000_000
"""What the files that came for one answer may have together."""


def add_file(
    *,
    attempt_id: AttemptId,
    slot: int,
    filename: str,
    upload: BinaryIO,
    client_key: UUID,
    actor: Actor,
    now: datetime,
) -> Saved:
    """Store a file and make it part of the answer; the same key again changes nothing.

    Invalid, naming the field of the file, for one that is not asked for; else as `save_answer`. Nothing is stored of
    what is refused.
    """
    attempt, row, content = hold_slot(attempt_id, slot, actor)
    question = question_from_json(content)
    kind = kind_of(question)
    given = response_from_json(row.given) if row.given is not None else None
    ids = given.file_ids if given is not None else ()
    over = attempt.finished_at is not None or rules.is_late(attempt.deadline_at, now)
    if over or queries.find_answer(attempt.id, client_key) is not None:
        return keep(attempt, row, question, kind.response_of(question, ids), client_key, now)
    name = filename.rpartition("/")[2].rpartition("\\")[2].strip()[-200:]
    _check_file(attempt, row, question, name, upload, len(ids))
    upload.seek(0)
    stored = files.store(
        upload,
        filename=name,
        media_type=courses.media_type_of_file(name),
        purpose="answer",
    )
    made = AnswerFileRow(
        id=new_id(),
        attempt_id=attempt.id,
        slot=row.number,
        person_id=attempt.person_id,
        file_id=stored.id,
    )
    db.session.add(made)
    db.session.flush()
    saved = keep(attempt, row, question, kind.response_of(question, (*ids, made.id)), client_key, now)
    db.session.flush()
    return saved


def _check_file(
    attempt: AttemptRow, row: SlotRow, question: Question, name: str, upload: BinaryIO, count: int
) -> None:
    field = f"q{row.number}-file"
    asked = kind_of(question).files_asked(question)
    if asked is None:
        raise NotFound
    problem = courses.fault_of_file(name, upload, asked.kinds, asked.most_bytes)
    if problem is not None:
        raise Invalid(said(problem), fields={field: said(problem)})
    came, size = queries.sum_files(attempt.id, row.number)
    if count >= asked.most:
        message = _("At most %(most)s files. Take one out first.", most=asked.most)
        raise Invalid(message, fields={field: message})
    if came >= UPLOADS_AT_MOST or size + upload.seek(0, 2) > ROOM_BYTES:
        message = _("Too many files came for this question already. The last answer that was saved counts.")
        raise Invalid(message, fields={field: message})


def erase_files(person_id: PersonId) -> None:
    """Delete the files of a person's answers; that they came stays in what was answered, which names them by id."""
    found = queries.list_files_of(person_id)
    for row, _stored in found:
        db.session.delete(row)
    db.session.flush()
    for _row, stored in found:
        db.session.delete(stored)
    db.session.flush()
    if found:
        hashes = tuple(sorted({stored.sha256 for _row, stored in found}))
        events.record(AnswersErased(person_id=person_id, hashes=hashes))
