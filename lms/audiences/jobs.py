"""What audiences do in the background: filling those whose rule means more people than a request should wait for."""

from lms.audiences import service
from lms.kernel import uow


def fill() -> None:
    """Fill every audience that does not follow its rule yet, each piece in a transaction of its own."""
    while uow.run(service.fill_next):
        pass
