"""What authoring does by the clock: reading the length of films that were there before lengths were read."""

from typing import Final
from uuid import UUID

from lms.courses.authoring import queries, service
from lms.kernel import uow

JOB: Final = "courses.measure_films"
AT_ONCE: Final = 50


def measure_films() -> None:
    """Read the length of every film that has none, each in a transaction of its own."""
    while found := uow.run(lambda: queries.list_unmeasured(at_most=AT_ONCE), read_only=True):
        for file_id in found:
            _measure(file_id)


def _measure(file_id: UUID) -> None:
    uow.run(lambda: service.measure_film(file_id))
