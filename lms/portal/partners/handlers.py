"""What partners do when accounts come together."""

from lms.identity.events import AccountsMerged
from lms.kernel import clock
from lms.portal.partners import service


def on_accounts_merged(event: AccountsMerged) -> None:
    """Let the partners that either account looks after be looked after by one, within the transaction."""
    service.join_accounts(kept_id=event.kept_id, merged_id=event.merged_id, now=clock.now())
