"""The gallery holds for every page: what is right here is right wherever the macros are used."""

import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

import pytest
from playwright.sync_api import Browser, FilePayload, Page, Route, expect

from tests.support.browser import SMALL, WIDE, axe, overflow, page_in, shot
from tests.support.portal import ORIGIN, Cast, Visitor

NARROWEST = 320


@contextmanager
def gallery_in(
    browser: Browser,
    visitor: Visitor,
    *,
    width: int = WIDE,
    scheme: Literal["light", "dark"] = "light",
    locale: str = "en",
    scripts: bool = True,
) -> Iterator[Page]:
    """Yield the gallery in a real browser whose every request the portal answers without a socket."""

    def answer(route: Route) -> None:
        wanted = route.request
        said = visitor.client.open(
            wanted.url.removeprefix(ORIGIN),
            method=wanted.method,
            headers=list(wanted.headers.items()),
            data=wanted.post_data_buffer,
            base_url=ORIGIN,
            buffered=True,
        )
        headers = {name: value for name, value in said.headers.items() if name != "Set-Cookie"}
        route.fulfill(status=said.status_code, headers=headers, body=said.get_data())

    visitor.client.set_cookie("locale", locale)
    with page_in(browser, base_url=ORIGIN, width=width, scheme=scheme, scripts=scripts) as page:
        page.route("**/*", answer)
        page.goto("/style")
        yield page


@pytest.fixture
def ada(cast: Cast, visit: Callable[..., Visitor]) -> Visitor:
    """Return the administrator at her browser."""
    return visit(cast.ada)


@pytest.mark.parametrize("locale", ["en", "ar"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, SMALL])
def test_every_component_is_accessible_and_fits(
    chromium: Browser, ada: Visitor, width: int, scheme: Literal["light", "dark"], locale: str
) -> None:
    with gallery_in(chromium, ada, width=width, scheme=scheme, locale=locale) as page:
        expect(page.locator("html")).to_have_attribute("dir", "rtl" if locale == "ar" else "ltr")
        shot(page, f"style-{width}-{scheme}-{locale}")
        assert axe(page) == ""
        assert overflow(page) == 0


def test_at_four_times_the_size_nothing_scrolls_sideways(chromium: Browser, ada: Visitor) -> None:
    with gallery_in(chromium, ada, width=NARROWEST) as page:
        assert overflow(page) == 0


@pytest.mark.parametrize("scripts", [True, False])
def test_a_dialog_opens_says_the_consequence_and_closes(
    chromium: Browser, ada: Visitor, *, scripts: bool
) -> None:
    with gallery_in(chromium, ada, scripts=scripts) as page:
        dialog = page.get_by_role("dialog", name="Revoke this certificate?")
        page.locator("[commandfor=revoke-sample][command=show-modal]").click()
        expect(dialog).to_be_visible()
        dialog.get_by_role("button", name="Keep it").click()
        expect(dialog).to_be_hidden()


def test_a_form_clicked_twice_is_sent_once(chromium: Browser, ada: Visitor) -> None:
    with gallery_in(chromium, ada) as page:
        sent = page.evaluate("""() => {
            let sent = 0;
            addEventListener("submit", (event) => { sent += event.defaultPrevented ? 0 : 1; event.preventDefault(); });
            const button = document.querySelector("form.inline[data-once] button");
            for (const _ of [1, 2, 3]) button.click();
            return sent;
        }""")
        assert sent == 1


def test_everyone_on_the_page_is_chosen_with_one_box_and_counted(chromium: Browser, ada: Visitor) -> None:
    with gallery_in(chromium, ada) as page:
        form = page.locator("#matrix [data-selects]")
        bar = form.get_by_role("group", name="With what is selected")
        expect(bar).to_be_hidden()
        form.locator("[data-selects-all]").check()
        expect(bar).to_contain_text("2 selected")


def test_a_chosen_file_is_named_and_weighed_before_it_travels(chromium: Browser, ada: Visitor) -> None:
    with gallery_in(chromium, ada) as page:
        file = FilePayload(name="course.zip", mimeType="application/zip", buffer=b"x" * 123_456)
        for one in page.locator(".drop input[type=file]").all():
            assert one.evaluate("input => input.labels.length") == 1, "nobody hears what this file is for"
        page.set_input_files(".drop input", file)
        expect(page.locator(".drop-said")).to_contain_text("123 kB")


def test_the_search_trigger_opens_the_palette_and_the_keyboard_leaves_it(
    chromium: Browser, ada: Visitor
) -> None:
    with gallery_in(chromium, ada) as page:
        page.keyboard.press("Control+k")
        field = page.get_by_role("combobox", name="Search courses, people, deals and pages")
        expect(field).to_be_focused()
        page.keyboard.press("Escape")
        expect(field).to_be_hidden()


@pytest.mark.parametrize(
    "who, is_demo, status",
    [(None, False, 404), (None, True, 200), ("amara", False, 404), ("amara", True, 200), ("ada", False, 200)],
)
def test_the_gallery_is_for_administrators_and_in_a_demo_for_everyone(
    cast: Cast,
    visit: Callable[..., Visitor],
    monkeypatch: pytest.MonkeyPatch,
    *,
    who: str | None,
    is_demo: bool,
    status: int,
) -> None:
    visitor = visit(getattr(cast, who)) if who else visit()
    monkeypatch.setitem(visitor.portal.config, "LMS_DEMO_SIGN_IN", is_demo)
    assert visitor.client.get("/style", base_url=ORIGIN).status_code == status


def test_a_page_carries_little(ada: Visitor) -> None:
    page = ada.client.get("/style", base_url=ORIGIN).get_data(as_text=True)
    heads = [
        line
        for line in page.splitlines()
        if "/static/dist/" in line and line.startswith(("<link", "<script"))
    ]
    urls = [line.split('"')[index] for line in heads for index in range(1, line.count('"'), 2)]
    built = {url for url in urls if url.startswith("/static/dist/")}
    weights = {
        url.rsplit(".", 1)[1]: len(
            gzip.compress(ada.client.get(url, base_url=ORIGIN, buffered=True).get_data(), 9)
        )
        for url in built
    }
    assert weights.keys() == {"css", "js", "svg", "woff2"}
    assert weights["css"] <= 15_000
    assert weights["js"] <= 25_000


def test_words_of_another_direction_hang_from_the_page_s_edge(chromium: Browser, ada: Visitor) -> None:
    with gallery_in(chromium, ada, locale="ar") as page:
        english = page.locator("main [dir=auto]").first
        aligned = english.evaluate(
            "one => [getComputedStyle(one).direction, getComputedStyle(one).textAlign]"
        )
        assert aligned == ["ltr", "right"]
