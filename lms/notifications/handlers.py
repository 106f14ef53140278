"""What notifications do when a person's account changes."""

from lms.identity.events import AccountChanged, AccountsMerged
from lms.kernel import clock
from lms.notifications import service
from lms.notifications.service import joining


def on_account_changed(event: AccountChanged) -> None:
    """Let letters that wait go by the clocks of the zone that a person is in now."""
    if "time_zone" in event.fields:
        service.move_hours(person_id=event.person_id, now=clock.now())


def on_accounts_merged(event: AccountsMerged) -> None:
    """Let the notices of both accounts be those of one, and its waiting letters go by its own clocks."""
    now = clock.now()
    joining.join_accounts(kept_id=event.kept_id, merged_id=event.merged_id, now=now)
    service.move_hours(person_id=event.kept_id, now=now)
