"""Which device an attempt belongs to: the one it began on, until that or a supervisor hands it over."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import update

from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel import events
from lms.kernel.actor import Actor
from lms.kernel.db import db
from lms.kernel.errors import Invalid, NotFound
from lms.quizzes.attempts import queries
from lms.quizzes.attempts.models import AttemptRow, HandoverRow
from lms.quizzes.attempts.service.answering import check_device
from lms.quizzes.events import AttemptHandedOver, HandoverOffered
from lms.quizzes.policy import SUPERVISE
from lms.quizzes.values import AttemptId

LETTERS: Final = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""What nobody takes for another when it is read aloud or copied."""
LENGTH: Final = 8
HOLDS: Final = timedelta(minutes=10)


def bind(attempt_id: AttemptId, device: str) -> None:
    """Let an attempt belong to a device, unless it belongs to one already."""
    db.session.execute(
        update(AttemptRow)
        .where(AttemptRow.id == attempt_id, AttemptRow.device.is_(None))
        .values(device=device)
        .execution_options(synchronize_session=False)
    )
    db.session.expire_all()


def offer_handover(*, attempt_id: AttemptId, actor: Actor, now: datetime) -> str:
    """Return a code with which another device can take the attempt over, once and for ten minutes.

    Its owner makes it where the attempt is under way, whoever watches over the exam anywhere. An older code is void.
    """
    attempt = queries.lock_attempt(attempt_id)
    if attempt is None or attempt.finished_at is not None or attempt.device is None:
        raise NotFound
    if attempt.person_id == actor.person_id:
        check_device(attempt, actor)
    elif not actor.may(SUPERVISE):
        raise NotFound
    code = "".join(secrets.choice(LETTERS) for _place in range(LENGTH))
    row = queries.find_handover(attempt_id) or HandoverRow(attempt_id=attempt_id)
    row.code_sha256, row.expires_at = _digest(code), now + HOLDS
    row.made_by = PersonId(actor.person_id) if actor.person_id else None
    db.session.add(row)
    db.session.flush()
    events.record(HandoverOffered(attempt_id=attempt_id, person_id=attempt.person_id))
    return f"{code[:4]}-{code[4:]}"


def take_over(*, attempt_id: AttemptId, code: str, actor: Actor, now: datetime) -> None:
    """Let one's own attempt belong to this device from now on; Invalid for a code that is none, TooMany after many.

    What the other device sends after that is refused, and kept for a person.
    """
    attempt = queries.lock_attempt(attempt_id)
    if attempt is None or attempt.person_id != actor.person_id:
        raise NotFound
    if attempt.finished_at is not None or attempt.device == actor.device:
        return
    identity.check_tries("handover", str(attempt_id), now)
    row = queries.find_handover(attempt_id)
    if row is None or now >= row.expires_at or not _fits(row, code) or not actor.device:
        identity.count_try("handover", str(attempt_id), now)
        message = _("This code is wrong, was used, or is older than ten minutes.")
        raise Invalid(message, fields={"code": message})
    attempt.device = actor.device
    made_by = row.made_by
    db.session.delete(row)
    db.session.flush()
    events.record(AttemptHandedOver(attempt_id=attempt_id, person_id=attempt.person_id, offered_by=made_by))


def _fits(row: HandoverRow, code: str) -> bool:
    return secrets.compare_digest(row.code_sha256, _digest(code.upper().replace("-", "").replace(" ", "")))


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
