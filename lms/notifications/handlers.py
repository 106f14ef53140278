"""What notifications do when a person's account changes."""

from lms.identity.events import AccountChanged
from lms.kernel import clock
from lms.notifications import service


def on_account_changed(event: AccountChanged) -> None:
    """Let letters that wait go by the clocks of the zone that a person is in now."""
    if "time_zone" in event.fields:
        service.move_hours(person_id=event.person_id, now=clock.now())
