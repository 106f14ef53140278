"""What opens an exam: its password, and the codes that whoever watches over it makes for a day."""

import hashlib
import secrets
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel import events
from lms.kernel.actor import Actor
from lms.kernel.db import db
from lms.kernel.errors import Forbidden, Invalid
from lms.quizzes.errors import NotNow
from lms.quizzes.events import ExamPasswordSet, StartCodeMade
from lms.quizzes.policy import AUTHOR_QUESTIONS, SUPERVISE
from lms.quizzes.sittings import queries
from lms.quizzes.sittings.models import ExamPasswordRow, StartCodeRow
from lms.quizzes.values import Opening, Quiz, QuizId

LETTERS: Final = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""What nobody takes for another when it is read aloud or copied."""
LENGTH: Final = 8
TRIES: Final = "exam-start"


def set_password(*, quiz_id: QuizId, password: str, actor: Actor, now: datetime) -> None:
    """Give an exam a password; empty leaves the one that it has, Invalid where it has none."""
    if not actor.may(AUTHOR_QUESTIONS):
        raise Forbidden
    row = queries.find_password(quiz_id)
    if not password:
        if row is None:
            message = _("Give the password.")
            raise Invalid(message, fields={"password": message})
        return
    if row is None:
        row = ExamPasswordRow(quiz_id=quiz_id)
        db.session.add(row)
    row.password_hash, row.set_at = identity.hash_secret(password), now
    row.set_by = PersonId(actor.person_id) if actor.person_id else None
    db.session.flush()
    events.record(ExamPasswordSet(quiz_id=quiz_id))


def make_start_code(*, quiz_id: QuizId, zone: ZoneInfo, actor: Actor, now: datetime) -> str:
    """Return a code that opens an exam until the day ends in `zone`; older ones of the day hold beside it."""
    if not actor.may(SUPERVISE):
        raise Forbidden
    code = "".join(secrets.choice(LETTERS) for _place in range(LENGTH))
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    db.session.add(
        StartCodeRow(
            quiz_id=quiz_id,
            code_sha256=_digest(code),
            made_at=now,
            made_by=PersonId(actor.person_id) if actor.person_id else None,
            expires_at=datetime.combine(tomorrow, time(), tzinfo=zone),
        )
    )
    db.session.flush()
    events.record(StartCodeMade(quiz_id=quiz_id))
    return f"{code[:4]}-{code[4:]}"


def check_opening(quiz: Quiz, person_id: PersonId, typed: Opening, now: datetime) -> None:
    """Raise NotNow unless what was typed opens an exam, TooMany after many tries that did not.

    Whoever calls keeps that it was tried though the attempt does not begin.
    """
    sitting, tried = quiz.rules.sitting, f"{quiz.id}:{person_id}"
    if not sitting.has_password and not sitting.needs_supervisor:
        return
    identity.check_tries(TRIES, tried, now)
    if sitting.has_password and not _is_password(quiz.id, typed.password):
        identity.count_try(TRIES, tried, now)
        raise NotNow(_("The password of the exam is wrong."))
    if sitting.needs_supervisor and not queries.is_start_code(quiz.id, _digest(typed.code), now):
        identity.count_try(TRIES, tried, now)
        raise NotNow(_("The code is wrong, or is not of today. Ask whoever watches over the exam."))


def _is_password(quiz_id: QuizId, password: str) -> bool:
    row = queries.find_password(quiz_id)
    return identity.fits_secret(row.password_hash if row is not None else None, password)


def _digest(code: str) -> str:
    plain = code.upper().replace("-", "").replace(" ", "")
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()
