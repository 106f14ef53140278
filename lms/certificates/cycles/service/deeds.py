"""Deeds that no course knows: logging practice, approving it, giving an item by hand.

They are stored once and never changed. Each weighs, within the transaction that stored it, what it may complete.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, select

from lms.certificates.cycles.models.deeds import (
    DeedWords,
    GivenRow,
    PracticeRow,
    PracticeVerdict,
    TakenBackRow,
)
from lms.certificates.cycles.queries import certifications, deeds
from lms.certificates.cycles.rules import requirements
from lms.certificates.cycles.service import issuing
from lms.certificates.cycles.values.deeds import Practice, Said
from lms.certificates.events import ItemTakenBack, ItemWasGiven, PracticeDecided, PracticeLogged
from lms.certificates.policy import APPROVE_DEEDS, LOG_PRACTICE
from lms.certificates.values import (
    Certification,
    CertificationId,
    CertificationState,
    DeedKey,
    HoursPractised,
    ItemGiven,
)
from lms.courses import facade as courses
from lms.courses.values.marking import FileKind
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel import events, files
from lms.kernel.actor import Actor
from lms.kernel.db import db
from lms.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from lms.kernel.lines import is_blank
from lms.web.context import oem_zone
from lms.web.words import said

MINUTES_AT_MOST = 24 * 60 * 31
FILE_BYTES = 20_000_000
KINDS = tuple(FileKind)
Upload = tuple[str, BinaryIO]
"""A file's name and its bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Practice as somebody logs it, with its evidence."""

    minutes: int
    done_on: date
    words: str
    upload: Upload | None = None


def log_practice(
    *,
    practice_id: UUID,
    person_id: PersonId,
    certification_id: CertificationId,
    key: DeedKey,
    entry: Entry,
    actor: Actor,
    now: datetime,
) -> None:
    """Log practice of one's own or of one's people; a second click with the same id logs nothing.

    NotFound for what the rule in force does not ask for. Invalid names the field: what cannot be, and no evidence.
    """
    if actor.person_id != person_id and not identity.is_person_visible(
        person_id, actor.scope_of(LOG_PRACTICE)
    ):
        raise NotFound
    if db.session.get(PracticeRow, practice_id) is not None:
        return
    certification = _active(certification_id)
    title = _title(certification, key, HoursPractised)
    if not 1 <= entry.minutes <= MINUTES_AT_MOST:
        _refuse("hours", _("Give at least a quarter of an hour, and no more than a month has."))
    if entry.done_on > now.astimezone(oem_zone()).date():
        _refuse("done_on", _("This day has not come yet."))
    if is_blank(entry.words):
        _refuse("words", _("Say what was done, where, and who saw it: the trainer decides by it."))
    db.session.add(
        PracticeRow(
            id=practice_id,
            certification_id=certification_id,
            key=key,
            title=title,
            person_id=person_id,
            minutes=entry.minutes,
            done_on=entry.done_on,
            logged_at=now,
            logged_by=_who(actor),
        )
    )
    db.session.flush()
    _say(practice_id, Said.EVIDENCE, person_id, entry.words, entry.upload)
    events.record(
        PracticeLogged(
            practice_id=practice_id,
            person_id=person_id,
            certification_id=certification_id,
            minutes=entry.minutes,
        )
    )


def decide_practice(
    *, practice_id: UUID, is_approved: bool, reason: str, actor: Actor, now: datetime
) -> Practice:
    """Approve practice, or turn it down with a reason; approved hours may complete a certificate at once.

    Nobody decides about what they did or logged themselves. Conflict if it was decided otherwise before.
    """
    found = deeds.get_practice(practice_id, actor.scope_of(APPROVE_DEEDS))
    if actor.person_id is not None and actor.person_id in {found.person_id, found.logged_by}:
        raise Forbidden(_("Somebody else has to decide about what you did or logged yourself."))
    # The row is held: of two trainers at once the second one sees what the first one said.
    db.session.execute(select(PracticeRow.id).where(PracticeRow.id == practice_id).with_for_update()).one()
    before = db.session.get(PracticeVerdict, practice_id, populate_existing=True)
    if before is not None:
        if before.is_approved is is_approved:
            return found
        raise Conflict(_("This was decided meanwhile. Reload the page to see how."))
    if not is_approved and is_blank(reason):
        _refuse("reason", _("Say why: whoever logged it reads it."))
    db.session.add(PracticeVerdict(practice_id=practice_id, is_approved=is_approved, at=now, by=_who(actor)))
    db.session.flush()
    if not is_blank(reason):
        _say(practice_id, Said.VERDICT, found.person_id, reason, None)
    events.record(
        PracticeDecided(practice_id=practice_id, person_id=found.person_id, is_approved=is_approved)
    )
    if is_approved:
        issuing.reconsider(person_id=found.person_id, subject_id=found.key, now=now)
    return found


def give_item(
    *,
    given_id: UUID,
    person_id: PersonId,
    certification_id: CertificationId,
    key: DeedKey,
    reason: str,
    upload: Upload | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Give a person an item by hand; it may complete a certificate at once. A second click gives nothing.

    NotFound for what the rule in force does not ask for. Nobody gives themselves anything.
    """
    if not identity.is_person_visible(person_id, actor.scope_of(APPROVE_DEEDS)):
        raise NotFound
    if actor.person_id == person_id:
        raise Forbidden(_("Somebody else has to give it to you."))
    if db.session.get(GivenRow, given_id) is not None:
        return
    title = _title(_active(certification_id), key, ItemGiven)
    if is_blank(reason):
        _refuse("reason", _("Say why: it stays on record."))
    db.session.add(
        GivenRow(
            id=given_id,
            certification_id=certification_id,
            key=key,
            title=title,
            person_id=person_id,
            at=now,
            by=_who(actor),
        )
    )
    db.session.flush()
    _say(given_id, Said.EVIDENCE, person_id, reason, upload)
    events.record(
        ItemWasGiven(given_id=given_id, person_id=person_id, certification_id=certification_id, title=title)
    )
    issuing.reconsider(person_id=person_id, subject_id=key, now=now)


def take_back(*, given_id: UUID, reason: str, actor: Actor, now: datetime) -> None:
    """Take an item back, with a reason, from this moment on: it counts for no certificate to come.

    A certificate that rests on it stays, and is revoked on its own if it must be. Nobody takes anything from
    themselves. Conflict if it was taken back before.
    """
    row = deeds.get_given(given_id, actor.scope_of(APPROVE_DEEDS))
    if actor.person_id == row.person_id:
        raise Forbidden(_("Somebody else has to take it back."))
    if db.session.get(TakenBackRow, given_id, populate_existing=True) is not None:
        raise Conflict(_("This was taken back before."))
    if is_blank(reason):
        _refuse("reason", _("Say why: the person reads it."))
    db.session.add(TakenBackRow(given_id=given_id, at=now, by=_who(actor)))
    db.session.flush()
    _say(given_id, Said.VERDICT, row.person_id, reason, None)
    events.record(
        ItemTakenBack(
            given_id=given_id,
            person_id=row.person_id,
            certification_id=row.certification_id,
            title=row.title,
            reason=reason.strip(),
        )
    )
    issuing.reconsider(person_id=row.person_id, subject_id=row.key, now=now)


def forget_words(person_id: PersonId) -> None:
    """Delete what was written about an erased person's deeds, and the files; the bare deeds stay, as proof."""
    db.session.execute(delete(DeedWords).where(DeedWords.person_id == person_id))


def _active(certification_id: CertificationId) -> Certification:
    certification = certifications.get_certification(certification_id)
    if certification.state is not CertificationState.ACTIVE:
        raise Conflict(_("This certification is given no more."))
    return certification


def _title(certification: Certification, key: DeedKey, kind: type[HoursPractised | ItemGiven]) -> str:
    for leaf in requirements.all_leaves(certification.rule):
        if isinstance(leaf, kind) and leaf.key == key:
            return leaf.title
    raise NotFound


def _say(deed_id: UUID, whose: Said, person_id: PersonId, words: str, upload: Upload | None) -> None:
    db.session.add(
        DeedWords(
            deed_id=deed_id,
            said=whose,
            person_id=person_id,
            words=words.strip(),
            file_id=_keep(upload) if upload else None,
        )
    )
    db.session.flush()


def _keep(upload: Upload) -> UUID:
    name = upload[0].rpartition("/")[2].rpartition("\\")[2].strip()[-200:]
    fault = courses.fault_of_file(name, upload[1], KINDS, FILE_BYTES)
    if fault:
        _refuse("file", said(fault))
    upload[1].seek(0)
    return files.store(
        upload[1],
        filename=name,
        media_type=courses.media_type_of_file(name),
        purpose="practice-evidence",
        limit_bytes=FILE_BYTES,
    ).id


def _refuse(field: str, message: str) -> None:
    raise Invalid(message, fields={field: message})


def _who(actor: Actor) -> PersonId | None:
    return PersonId(actor.person_id) if actor.person_id else None
