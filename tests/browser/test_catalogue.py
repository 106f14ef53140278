"""The catalogue in a real browser: searched, narrowed, taken back, at both widths; and words within a course."""

import pytest
from playwright.sync_api import Browser, expect

from lms.courses.values import Level, Lock
from tests.audiences.scene import rule, save
from tests.courses.courses import ask_of, enrol, publish, write_course
from tests.support.browser import SMALL, WIDE, axe, overflow, page_in, shot
from tests.support.live import Live

pytestmark = pytest.mark.browser


def write_courses(live_server: Live) -> None:
    cast = live_server.cast
    for slug, title, brand_id, level, language in (
        ("cold-stores", "Cold stores", cast.cold, Level.FOUNDATION, "en"),
        ("heat-pumps", "Heat pumps", cast.air, Level.ADVANCED, "en"),
        ("kaelte", "Kälteanlagen", cast.cold, Level.ADVANCED, "de"),
    ):
        course_id = write_course(slug, title=title, brand_id=brand_id, level=level, language=language)
        ask_of(course_id, 0, body=f"## How {title} work\n\nThe thermostatic valve keeps the superheat.\n")
        publish(course_id)


@pytest.mark.parametrize("width", [WIDE, SMALL])
@pytest.mark.parametrize("scripts", [True, False])
def test_a_learner_searches_narrows_and_takes_a_choice_back(
    live_server: Live, chromium: Browser, width: int, scripts: bool
) -> None:
    write_courses(live_server)
    with page_in(chromium, base_url=live_server.url, width=width, scripts=scripts) as page:
        live_server.sign_in(page, live_server.cast.amara)
        page.goto("/learn")
        found = page.locator(".course-card-title")
        expect(found).to_have_count(3)
        page.get_by_role("searchbox", name="Course, subject or word in a lesson").fill("thermostatik")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Showing results for thermostatic.")).to_be_visible()
        expect(page.locator("mark", has_text="thermostatic")).to_have_count(3)
        if width == SMALL:
            expect(page.get_by_role("checkbox", name="Halden Cold")).to_be_hidden()
            page.locator("summary", has_text="Filter").click()
        page.get_by_role("checkbox", name="Halden Cold").check()
        page.get_by_role("checkbox", name="Advanced").check()
        page.get_by_role("button", name="Show courses").press("Enter")
        expect(found).to_have_text(["Kälteanlagen"])
        if scripts:
            shot(page, f"catalogue-narrow-{width}")
            assert axe(page) == ""
            assert overflow(page) <= 0
        page.get_by_role("link", name="Take away: Brand Halden Cold").press("Enter")
        expect(found).to_have_count(2)
        page.get_by_role("link", name="Search for “thermostatik” exactly as typed").press("Enter")
        expect(page.get_by_role("heading", name="No course fits")).to_be_visible()
        page.get_by_role("link", name="Show all courses").press("Enter")
        expect(found).to_have_count(3)


@pytest.mark.parametrize("width, scheme", [(WIDE, "dark"), (SMALL, "light")])
def test_words_are_found_within_a_course_and_what_is_locked_keeps_its_text(
    live_server: Live, chromium: Browser, width: int, scheme: str
) -> None:
    cast = live_server.cast
    course_id = write_course("cold-stores", title="Cold stores")
    ask_of(
        course_id,
        0,
        body="Before.\n\n## Set point\n\n" + "More to read.\n\n" * 60 + "The relief valve opens.\n",
    )
    others = save("Technicians", rule(position=[cast.technician]))
    ask_of(course_id, 1, body="A relief of its own.\n", locks=[Lock("audience", str(others))])
    publish(course_id)
    enrol(cast.amara, course_id)
    with page_in(chromium, base_url=live_server.url, width=width, scheme=scheme) as page:  # type: ignore[arg-type]
        live_server.sign_in(page, cast.amara)
        page.goto("/learn/cold-stores")
        with page.expect_navigation():
            page.get_by_role("link", name="Start the course").click()
        page.keyboard.press("/")
        field = page.get_by_role("searchbox", name="Search in this course")
        expect(field).to_be_focused()
        page.keyboard.type("relief val")
        expect(page.get_by_text("Found in 1 lesson")).to_be_visible()
        expect(page.locator("[data-inside-found] mark")).to_have_text(["relief", "valve"])
        expect(page.get_by_text("1 lesson is still locked, and its text is not searched")).to_be_visible()
        expect(page.get_by_text("of its own")).to_have_count(0)
        shot(page, f"inside-{width}-{scheme}")
        assert axe(page) == ""
        page.locator(".found-passage").press("Enter")
        expect(page.get_by_text("The relief valve opens.").last).to_be_in_viewport()
        page.goto("/learn/cold-stores/search?q=relief")
        expect(page.get_by_role("heading", name="Search in this course")).to_be_visible()
        shot(page, f"inside-page-{width}-{scheme}")
        assert axe(page) == ""
        assert overflow(page) <= 0


def test_a_course_is_searched_by_a_form_where_no_script_runs(live_server: Live, chromium: Browser) -> None:
    course_id = write_course("cold-stores", title="Cold stores")
    enrol(live_server.cast.amara, course_id)
    with page_in(chromium, base_url=live_server.url, scripts=False) as page:
        live_server.sign_in(page, live_server.cast.amara)
        page.goto("/learn/cold-stores")
        page.get_by_role("link", name="Start the course").click()
        page.get_by_role("searchbox", name="Search in this course").fill("superheat")
        page.keyboard.press("Enter")
        expect(page.get_by_role("link", name="Superheat").first).to_be_visible()


FURTHEST_FROM_ITS_EDGE = """(edged) => Math.max(...edged.map((one) => {
  const box = one.getBoundingClientRect(), lines = new Map();
  const isLeft = getComputedStyle(one).borderLeftWidth !== "0px";
  const texts = document.createTreeWalker(one, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const words = document.createRange();
    words.selectNodeContents(texts.currentNode);
    for (const part of words.getClientRects()) {
      const away = isLeft ? part.left - box.left : box.right - part.right;
      const line = Math.round(part.bottom / 8);
      lines.set(line, Math.min(away, lines.get(line) ?? Infinity));
    }
  }
  return Math.max(...lines.values());
}))"""


@pytest.mark.parametrize("width", [WIDE, SMALL])
def test_an_english_passage_begins_at_its_edge_also_on_an_arabic_page(
    live_server: Live, chromium: Browser, width: int
) -> None:
    """A text keeps its own direction: the line beside it stands where the text begins."""
    write_courses(live_server)
    with page_in(chromium, base_url=live_server.url, width=width, locale="ar") as page:
        live_server.sign_in(page, live_server.cast.amara)
        page.context.add_cookies([{"name": "locale", "value": "ar", "url": live_server.url}])
        page.goto("/learn?q=valve")
        assert page.evaluate("document.dir") == "rtl"
        passages = page.locator(".course-card-passage")
        expect(passages).to_have_count(3)
        assert passages.evaluate_all(FURTHEST_FROM_ITS_EDGE) < 24
        shot(page, f"catalogue-arabic-{width}")
        assert overflow(page) <= 0
