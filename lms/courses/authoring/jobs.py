"""What authoring does by the clock for what an earlier version left: films without length, courses not shelved."""

from typing import Final
from uuid import UUID

from lms.courses.authoring import queries, service
from lms.kernel import uow

JOB: Final = "courses.measure_films"
SHELVE: Final = "courses.shelve"
AT_ONCE: Final = 50


def measure_films() -> None:
    """Read the length of every film that has none, each in a transaction of its own."""
    while found := uow.run(lambda: queries.list_unmeasured(at_most=AT_ONCE), read_only=True):
        for file_id in found:
            _measure(file_id)


def _measure(file_id: UUID) -> None:
    uow.run(lambda: service.measure_film(file_id))


def shelve() -> None:
    """Shelve every published course that the catalogue does not hold yet, some in each transaction."""
    while uow.run(service.shelve_missing):
        pass
