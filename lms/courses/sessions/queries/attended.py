"""Who attended which live session, by the sheets that were closed."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select

from lms.courses.sessions.models import BookingRow, LiveSessionRow
from lms.courses.sessions.values import SessionState
from lms.courses.values import ActivityKey, LiveSessionId, Mark
from lms.courses.values.attending import Attended
from lms.identity.values import PersonId
from lms.kernel.among import among
from lms.kernel.db import db, fetch

_ATTENDED = (
    select(BookingRow.person_id, BookingRow.activity_key, BookingRow.id, LiveSessionRow.ends_at)
    .join(LiveSessionRow, LiveSessionRow.id == BookingRow.session_id)
    .where(
        among(BookingRow.person_id, "people"),
        among(BookingRow.activity_key, "keys"),
        BookingRow.mark == Mark.PRESENT,
        LiveSessionRow.state == SessionState.HELD,
    )
    .order_by(LiveSessionRow.ends_at, BookingRow.id)
)


def list_attendance(
    person_ids: Collection[PersonId], activity_keys: Collection[ActivityKey]
) -> Mapping[tuple[PersonId, ActivityKey], Sequence[Attended]]:
    """Return the sessions of these activities at which these people were present, oldest first, in one query."""
    found: dict[tuple[PersonId, ActivityKey], list[Attended]] = defaultdict(list)
    if person_ids and activity_keys:
        asked = {"people": list(person_ids), "keys": list(activity_keys)}
        for person_id, key, booking_id, ends_at in fetch(_ATTENDED, asked):
            found[person_id, key].append(Attended(booking_id, ends_at))
    return found


def list_present(session_id: LiveSessionId) -> Sequence[tuple[PersonId, ActivityKey]]:
    """Return who was present at a session that was held, and at which activity."""
    rows = db.session.execute(
        select(BookingRow.person_id, BookingRow.activity_key)
        .join(LiveSessionRow, LiveSessionRow.id == BookingRow.session_id)
        .where(
            BookingRow.session_id == session_id,
            BookingRow.mark == Mark.PRESENT,
            LiveSessionRow.state == SessionState.HELD,
        )
        .order_by(BookingRow.person_id)
    )
    return [(person_id, key) for person_id, key in rows]
