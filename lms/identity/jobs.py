"""Identity's work outside requests: what nobody needs any more is forgotten."""

from typing import Final

from lms.identity import service
from lms.kernel import clock, uow

JOB: Final = "identity.forget_traces"


def forget_traces() -> None:
    """Delete tries, links and sign-ins that are over and whose time to be looked up has passed."""
    uow.run(lambda: service.forget_traces(clock.now()))
