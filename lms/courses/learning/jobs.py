"""What learning does in the background: acts on many people, each batch in a transaction of its own."""

from lms.courses.learning import service
from lms.kernel import clock, uow


def act() -> None:
    """Do every act that is running, batch by batch."""
    while uow.run(lambda: service.do_next(clock.now())):
        pass
