"""Looking a code up: who guesses is slowed down, who has a code is not."""

from datetime import datetime
from typing import Final

from flask_babel import gettext as _

from lms.certificates.verification import queries
from lms.certificates.verification.rules import network_of
from lms.certificates.verification.values import Verdict
from lms.kernel.buckets import Buckets
from lms.kernel.errors import TooMany

MISSES_EACH: Final = 20
"""So many wrong codes a minute from one network."""
MISSES_ALL: Final = 600
"""So many a minute from all together; beyond it networks that were wrong this minute wait, and no other."""
WAIT_SECONDS: Final = 60
_misses, _of_all = Buckets(), Buckets()


def look_up(typed: str, *, address: str, now: datetime) -> Verdict | None:
    """Return what the certificate of a code is worth now, or None; TooMany for who was wrong too often."""
    network = network_of(address)
    left = _misses.left(network, MISSES_EACH)
    if left < 1 or (left < MISSES_EACH - 1 and _of_all.left("", MISSES_ALL) < 1):
        raise TooMany(
            _("Too many codes that do not exist. Wait a minute and try again."),
            retry_after_seconds=WAIT_SECONDS,
        )
    verdict = queries.find_verdict(typed, now=now)
    if verdict is None:
        _misses.take(network, MISSES_EACH)
        _of_all.take("", MISSES_ALL)
    return verdict
