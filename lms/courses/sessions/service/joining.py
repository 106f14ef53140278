"""Two accounts of one person: their seats and where they were come together."""

from datetime import datetime

from lms.courses.learning import queries as learning
from lms.courses.sessions.queries import bookings
from lms.courses.values import BookingEnd
from lms.identity.values import PersonId
from lms.kernel.db import db
from lms.kernel.handing import Owned, Twice, hand_over

ACCOUNT_ROWS = (
    Owned(
        "session_bookings",
        once_per=("activity_key",),
        open="ended_at",
        twice=Twice.ENDS,
        also={"ended_why": BookingEnd.LEFT_COURSE, "remind_at": None},
    ),
    Owned("live_session_trainers", once_per=("session_id",)),
)
ACCOUNT_LEFT = dict.fromkeys(
    ("live_sessions.created_by", "live_sessions.closed_by", "session_bookings.marked_by"),
    "it says by which account it was done",
)


def join_accounts(*, kept_id: PersonId, merged_id: PersonId, now: datetime) -> None:
    """Let the bookings of one account be the other's, before the course that both are in goes on in one of the two.

    A seat that rests on the way which ends is kept on the way that goes on, unless that has one of its own.
    """
    for one in learning.list_open_twice(kept_id, merged_id):
        booked = {row.activity_key for row in bookings.list_open_of_enrolments([one.goes_on_id])}
        for row in bookings.list_open_of_enrolments([one.ends_id]):
            if row.activity_key not in booked:
                row.enrolment_id = one.goes_on_id
    db.session.flush()
    hand_over(ACCOUNT_ROWS, kept=kept_id, merged=merged_id, now=now)
