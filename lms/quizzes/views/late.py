"""What pages tell beside answers: those that come when none is taken any more, and when the page was left."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.kernel import clock, uow
from lms.kernel.actor import current
from lms.kernel.errors import DomainError, Invalid
from lms.quizzes.attempts import queries, service
from lms.quizzes.attempts.values import Given, Late
from lms.quizzes.policy import TAKE_EXAMS
from lms.quizzes.values import AttemptId, Why
from lms.quizzes.views.blueprint import blueprint
from lms.web.access import requires
from lms.web.numbers import whole_number

FIRST_MS: Final = 946_684_800_000
"""The year 2000: no device of ours is older."""
LAST_MS: Final = 7_258_118_400_000
AFTER_MOST: Final = 20
"""How many names of earlier answers one comes with; exam.js sends as many at most."""


def keep_late(attempt_id: AttemptId, numbers: Sequence[int], key: UUID | None, why: Why) -> bool:
    """Keep for a person what the page held, answer by answer; return whether any of it is kept."""
    form: Mapping[str, Sequence[str]] = {name: request.form.getlist(name) for name in request.form}
    given_at, sent_at = _instant("given_at"), _instant("sent_at")
    age = sent_at - given_at if sent_at and given_at else None
    kept = []
    for number in numbers:
        try:
            kept.append(
                service.keep_late(
                    attempt_id=attempt_id,
                    slot=number,
                    form=form,
                    name=f"q{number}",
                    late=Late(key=key or uuid4(), why=why, device_at=given_at, age=age),
                    actor=current(),
                    now=clock.now(),
                )
            )
        except DomainError:
            # What no form of ours could send is nothing that anybody could decide.
            continue
    if any(kept):
        # Its page is told that the answer was not taken, and all the same it is kept.
        uow.keep()
    return any(kept)


@blueprint.post("/learn/exams/<uuid:attempt_id>/away")
@requires(TAKE_EXAMS)
def away(attempt_id: UUID) -> ResponseReturnValue:
    """Note that the page of an attempt was left for another, as its script tells once it is back."""
    queries.get_attempt(AttemptId(attempt_id), current())
    left_at, back_at, sent_at = (_instant(name) for name in ("left_at", "back_at", "sent_at"))
    try:
        key = UUID(request.form.get("key", ""))
    except ValueError as error:
        raise Invalid(_("This is nothing that a page of ours sends.")) from error
    if left_at is None or back_at is None or sent_at is None:
        raise Invalid(_("This is nothing that a page of ours sends."))
    service.note_absence(
        attempt_id=AttemptId(attempt_id),
        client_key=key,
        ago=sent_at - left_at,
        lasted=back_at - left_at,
        actor=current(),
        now=clock.now(),
    )
    return {"noted": True}


def told_of() -> Given:
    """Return what the page of an answer tells of when that was given; a form sent without script tells nothing."""
    given_at, sent_at = _instant("given_at"), _instant("sent_at")
    names = [key for one in request.form.getlist("after")[:AFTER_MOST] if (key := key_of(one)) is not None]
    return Given(sent_at - given_at if sent_at and given_at else None, frozenset(names))


def key_of(word: str) -> UUID | None:
    """Return a page's own name for what it sends, None for what is none."""
    try:
        return UUID(word)
    except ValueError:
        return None


def _instant(name: str) -> datetime | None:
    """Return what the clock of a device says, as milliseconds of its field."""
    number = whole_number(request.form.get(name), most=LAST_MS)
    if number is None or number < FIRST_MS:
        return None
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=number)
