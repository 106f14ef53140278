"""What the record store does by the clock: it learns what verbs and activities are called."""

import time
from typing import Final

from lms.kernel import uow
from lms.lrs.service.naming import learn_some

JOB: Final = "lrs.learn_names"
SECONDS_AT_ONCE: Final = 20
"""Then others have their turn; the next run goes on."""


def learn_names() -> None:
    """Learn the names in what was stored since, each batch in a transaction of its own."""
    ends = time.monotonic() + SECONDS_AT_ONCE
    while uow.run(learn_some) and time.monotonic() < ends:
        pass
