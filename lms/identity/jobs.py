"""Identity's work outside requests: what nobody needs any more is forgotten, and imports of people go on."""

import time
from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import Final

from lms.identity import queries, service
from lms.identity.values.imports import PeopleImportId
from lms.kernel import clock, uow
from lms.kernel.errors import Invalid, NotFound
from lms.kernel.jobs import courier
from lms.kernel.messages import Message
from lms.kernel.tables import Line

JOB: Final = "identity.forget_traces"
IMPORTS: Final = service.IMPORTS_JOB
BATCH: Final = 400
WORK_SECONDS: Final = 20.0
"""How long one run works before it lets other jobs of the same worker have a turn."""


def forget_traces() -> None:
    """Delete tries, links, sign-ins and unconfirmed imports whose time has passed."""
    uow.run(lambda: service.forget_traces(clock.now()))
    uow.run(lambda: service.forget_imports(clock.now()))


def work_on_imports() -> None:
    """Go on with every import that has work to do, for a while; then come again."""
    until = time.monotonic() + WORK_SECONDS
    for import_id in uow.run(queries.list_open_imports, read_only=True):
        work_on_import(import_id, until=until)
        if time.monotonic() > until:
            courier(IMPORTS)()
            return


def work_on_import(import_id: PeopleImportId, *, until: float) -> None:
    """Go on with one import where it stands, until it waits for somebody or the time (of `time.monotonic`) is up.

    Killed at any moment, it goes on behind the last batch that was committed.
    """
    try:
        check = uow.run(lambda: service.open_check(import_id), read_only=True)
    except (Invalid, NotFound) as refusal:
        said = refusal.args[0] if refusal.args else ""
        reason = said if isinstance(said, Message) else Message("The file is gone. Bring it again.")
        uow.run(lambda: service.give_up(import_id, reason, clock.now()))
        return
    if check is not None and _look_at_all(check, until):
        uow.run(lambda: service.end_check(check))
    while time.monotonic() < until and uow.run(lambda: service.store_batch(import_id, clock.now())):
        uow.run(lambda: service.invite_batch(import_id, clock.now()))
    uow.run(lambda: service.invite_batch(import_id, clock.now()))


def _look_at_all(check: service.Check, until: float) -> bool:
    """Look at batch after batch; return whether none is left."""
    for batch in _batches(check.lines):
        if not uow.run(partial(service.check_batch, check, batch)):
            return False
        if time.monotonic() > until:
            return False
    return True


def _batches(lines: Iterator[Line]) -> Iterator[list[Line]]:
    while batch := list(islice(lines, BATCH)):
        yield batch
