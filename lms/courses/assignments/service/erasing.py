"""Erasing a person: texts, files and words about them go; what was decided stays as proof."""

from datetime import datetime

from sqlalchemy import delete

from lms.courses.assignments.models import HandInErasure, HandInFile, HandInText
from lms.courses.assignments.queries import handed
from lms.courses.assignments.queries import work as queue
from lms.courses.assignments.service.handing_in import drop_draft_files
from lms.courses.events import WorkErased
from lms.identity.values import PersonId
from lms.kernel import events, sweep
from lms.kernel.db import db


def erase_person(person_id: PersonId, now: datetime) -> None:
    """Delete what a person drafted and handed in, and what markers wrote about it; nothing of theirs waits any more.

    The database lets no text or file of a hand-in go before its erasure is on record.
    """
    stored, ids = handed.list_stored_of(person_id), handed.list_ids_of(person_id)
    db.session.add_all(HandInErasure(hand_in_id=hand_in_id, erased_at=now) for hand_in_id in ids)
    db.session.flush()
    db.session.execute(delete(HandInText).where(HandInText.hand_in_id.in_(ids)))
    db.session.execute(delete(HandInFile).where(HandInFile.hand_in_id.in_(ids)))
    drop_draft_files(person_id)
    for words in queue.list_words_about(person_id):
        db.session.delete(words)
    for row in queue.list_waiting_of(person_id):
        row.ended_at = now
        row.claimed_by = row.claimed_until = None
    hashes = tuple(sorted({one.sha256 for one in stored}))
    for one in stored:
        db.session.delete(one)
    db.session.flush()
    if hashes:
        events.record(WorkErased(person_id=person_id, hashes=hashes))


def drop_blobs(hashes: tuple[str, ...]) -> None:
    """Delete bytes that no file of anybody is any more."""
    sweep.drop_at_once(hashes)
