"""How live sessions react: seats of who leaves a course become free, and people are told what happened."""

from collections.abc import Sequence

from lms.courses.events import (
    EnrolmentWithdrawn,
    LearnersMoved,
    SeatGivenUp,
    SeatTaken,
    SessionCancelled,
    SessionChanged,
)
from lms.courses.sessions.service import booking, joining, stating, telling
from lms.identity.events import AccountsMerged
from lms.kernel import clock
from lms.kernel.events import Past, in_batches, in_sets

NOTICES = telling.NOTICES


@in_sets
def on_enrolment_withdrawn(facts: Sequence[EnrolmentWithdrawn]) -> None:
    """Free the seats of who left the course, within the transaction."""
    booking.release_enrolments([fact.enrolment_id for fact in facts], clock.now())


def on_accounts_merged(event: AccountsMerged) -> None:
    """Let the bookings of both accounts be those of one, within the transaction."""
    joining.join_accounts(kept_id=event.kept_id, merged_id=event.merged_id, now=clock.now())


def on_learners_moved(event: LearnersMoved) -> None:
    """Free the seats of who goes on in a version that has the activity no longer, within the transaction."""
    booking.release_without_activity(event.course_id, event.version_id, clock.now())


def tell_seat(event: SeatTaken) -> None:
    """Tell who booked, or moved up."""
    telling.tell_seat(event)


def tell_given_up(event: SeatGivenUp) -> None:
    """Tell whose booking ended."""
    telling.tell_given_up(event)


def tell_changed(event: SessionChanged) -> None:
    """Tell everybody who booked that it is moved."""
    telling.tell_changed(event)


def tell_called_off(event: SessionCancelled) -> None:
    """Tell everybody who had booked that it is called off."""
    telling.tell_called_off(event)


@in_batches(10)
def state_attendance(past: Sequence[Past]) -> None:
    """Tell the record store who attended, once the sheet is closed."""
    stating.state_attendance(past)


@in_batches(100)
def state_corrections(past: Sequence[Past]) -> None:
    """Tell the record store what was corrected afterwards."""
    stating.state_corrections(past)
