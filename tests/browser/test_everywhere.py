"""Every page that anybody of the demo can reach, small and wide, light and dark, under an accessibility checker."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from playwright.sync_api import Browser, Page
from werkzeug.exceptions import HTTPException

from lms.app.demo.load import load_demo
from lms.identity import queries as identity
from lms.identity.values import PersonId
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from tests.support.browser import SMALL, WIDE, looked_at, overflow, page_in
from tests.support.live import Live, served_portal

# Every feature looks at its own pages in `make test`; all of them for every role are seven minutes of one browser.
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.proof, pytest.mark.timeout(900)]

DEEPEST = 1200
TWICE = """() => {
  const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
  const twice = [...new Set(ids.filter((id, at) => ids.indexOf(id) !== at))];
  const names = twice.map((id) => `two elements are called ${id}`);
  const heads = [...document.querySelectorAll("h1")].map((one) => one.textContent.trim());
  return heads.length > 1 ? [...names, `${heads.length} h1: ${heads.join(", ")}`] : names;
}"""
STAYS = """() => {
  const head = document.querySelector(".table-wrap[data-fits] thead th");
  if (!head) return 0;
  const rows = head.closest("table").getBoundingClientRect();
  scrollTo({top: rows.top + scrollY + rows.height / 2, behavior: "instant"});
  const {top} = head.getBoundingClientRect();
  return scrollY > rows.top + 100 && top >= 0 && top < 100 ? 1 : 0;
}"""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Yield a portal full of the demo."""
    with served_portal(tmp_path_factory.mktemp("demo"), stage=load_demo) as live:
        yield live


def _people() -> list[tuple[PersonId, str]]:
    with unit_of_work(read_only=True):
        people = [(one.person.id, str(one.role)) for one in identity.list_showcase()]
    db.session.remove()
    assert len(people) >= 7, "the demo shows one person of every role"
    return people


def _endpoint(live: Live, address: str) -> str | None:
    """Return what answers an address, None for what is no page."""
    try:
        found, _given = live.portal.url_map.bind("127.0.0.1").match(address.partition("?")[0], method="GET")
    except HTTPException:
        return None
    return str(found)


def _pages(live: Live, page: Page) -> Iterator[tuple[str, str, str]]:
    """Yield each kind of page with one address of it and its text, following every link from the home page."""
    waiting, met = ["/"], {"/"}
    kinds: set[str] = set()
    for address in waiting:
        assert len(met) < DEEPEST, "the links lead on for ever"
        kind = _endpoint(live, address)
        if kind is None or kind in kinds:
            continue
        answer = page.context.request.get(address)
        assert answer.status == 200, f"{address} is linked and answers {answer.status}"
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        kinds.add(kind)
        yield kind, address, answer.text()
        links = {unescape(link) for link in re.findall(r'href="(/[^"#]*)', answer.text())} - met
        met |= links
        waiting += sorted(links)


def _faults(page: Page, address: str) -> list[str]:
    """Return what is wrong with a page."""
    page.set_viewport_size({"width": SMALL, "height": 812})
    page.goto(address)
    name = f"everywhere-{re.sub(r'[0-9a-f-]{36}', 'x', address)}"
    return [*page.evaluate(TWICE), *looked_at(page, name)]


def test_no_page_that_a_role_can_reach_shuts_anybody_out(demo: Live, chromium: Browser) -> None:
    faults: dict[str, list[str]] = {}
    seen: set[str] = set()
    for person_id, role in _people():
        with page_in(chromium, base_url=demo.url) as page:
            demo.sign_in(page, person_id)
            db.session.remove()
            for kind, address, _text in _pages(demo, page):
                # Home is a page of its own for every role; another page is made of the same parts for all of them.
                if kind in seen and address != "/":
                    continue
                seen.add(kind)
                if found := _faults(page, address):
                    faults[f"{role} {address}"] = found
    assert faults == {}
    assert len(seen) > 45, sorted(seen)


def test_no_list_in_german_is_wider_than_its_page_and_the_head_of_one_that_fits_stays(
    demo: Live, chromium: Browser
) -> None:
    faults: dict[str, int] = {}
    lists: set[str] = set()
    stayed = 0
    for person_id, role in _people():
        with page_in(chromium, base_url=demo.url, width=WIDE) as page:
            demo.sign_in(page, person_id)
            db.session.remove()
            page.context.add_cookies([{"name": "locale", "value": "de", "url": demo.url}])
            for kind, address, text in _pages(demo, page):
                if 'class="table-wrap"' not in text:
                    continue
                lists.add(kind)
                page.goto(address)
                if (wider := overflow(page)) > 0:
                    faults[f"{role} {address}"] = wider
                stayed += page.evaluate(STAYS)
    assert faults == {}
    assert len(lists) > 15, sorted(lists)
    assert stayed > 5, "the head of no list stays while the page scrolls"
