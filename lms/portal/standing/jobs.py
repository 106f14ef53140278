"""What standing does by the clock: a certificate that runs out moves no row, so tiers are looked at again daily."""

from lms.identity import facade as identity
from lms.kernel import clock, uow
from lms.kernel.actor import EVERYTHING
from lms.portal.standing import service
from lms.web.pages import PageRequest

JOB = service.EVERYBODY
AT_ONCE = 50


def restand_everybody() -> None:
    """Stand every partner anew, some at a time, each batch in a transaction of its own."""
    cursor: str | None = None
    while True:
        after = _restand_page(PageRequest(after=cursor, size=AT_ONCE))
        if after is None:
            return
        cursor = after


def _restand_page(wanted: PageRequest) -> str | None:
    def work() -> str | None:
        page = identity.page_partners(EVERYTHING, wanted)
        service.restand(partner_ids=[one.id for one in page.items], now=clock.now())
        return page.next

    return uow.run(work)
