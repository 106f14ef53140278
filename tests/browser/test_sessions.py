"""A live session in a real browser: booked by a learner, marked by a trainer with the keyboard alone."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from lms.courses import facade as courses
from lms.courses.values import BookingState
from lms.kernel import clock
from tests.courses.courses import enrol
from tests.courses.sessions import book, draft, schedule, see, see_booking, write_live_course
from tests.support.browser import SMALL, WIDE, axe, overflow, page_in, shot
from tests.support.live import Live

pytestmark = pytest.mark.browser


def _check(page: Page, name: str) -> None:
    shot(page, name)
    assert axe(page) == ""
    assert overflow(page) <= 0


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "no-script"])
def test_a_learner_takes_the_last_seat_and_gives_it_to_who_waits(
    live_server: Live, chromium: Browser, scripts: bool
) -> None:
    cast = live_server.cast
    course_id, activity = write_live_course()
    for person in (cast.amara, cast.dafydd):
        enrol(person, course_id)
    session_id = schedule(activity, seats=1)
    with page_in(chromium, base_url=live_server.url, scripts=scripts) as page:
        live_server.sign_in(page, cast.amara)
        page.goto(f"/learn/on-site/{activity.id}")
        page.get_by_role("button", name="Book:").click()
        expect(page.get_by_text("You have a seat", exact=True)).to_be_visible()
        dafydd = book(live_server.portal, session_id, cast.dafydd)
        with page.expect_download() as download:
            page.get_by_role("link", name="Add to my calendar").click()
        assert "BEGIN:VEVENT" in download.value.path().read_text(encoding="utf-8")
        if scripts:
            _check(page, "session-booked")
            page.get_by_role("button", name="Give it up …").press("Enter")
            page.get_by_role("dialog").get_by_role("button", name="Give it up").press("Enter")
            expect(page.get_by_text("Your booking is given up.")).to_be_visible()
            assert see_booking(dafydd).state is BookingState.CONFIRMED


def test_a_trainer_marks_and_closes_a_sheet_with_the_keyboard(live_server: Live, chromium: Browser) -> None:
    cast = live_server.cast
    now = clock.now()
    with clock.frozen_at(now - timedelta(days=3)):
        course_id, activity = write_live_course()
        for person in (cast.amara, cast.dafydd):
            enrol(person, course_id)
        session_id = schedule(activity, draft(now - timedelta(hours=9)))
        for person in (cast.amara, cast.dafydd):
            book(live_server.portal, session_id, person)
    with page_in(chromium, base_url=live_server.url) as page:
        live_server.sign_in(page, cast.tomas)
        page.goto("/author/sessions?show=to_close")
        page.get_by_role("link", name="Commissioning day").press("Enter")
        amara = page.get_by_role("group", name="Amara Osei")
        amara.get_by_role("radio", name="present").focus()
        page.keyboard.press("Space")
        page.keyboard.press("Tab")  # the minutes
        page.keyboard.press("Tab")  # the next person
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
        page.keyboard.type("90")
        _check(page, "session-sheet")
        page.get_by_role("button", name="Keep and close the sheet").press("Enter")
        expect(page.get_by_text("partly, 90 min")).to_be_visible()
        _check(page, "session-closed")
    assert (cast.amara, course_id) in courses.completions([cast.amara, cast.dafydd], [course_id])
    assert (cast.dafydd, course_id) not in courses.completions([cast.amara, cast.dafydd], [course_id])
    assert see(session_id).closed_at is not None


@pytest.mark.parametrize("width", [WIDE, SMALL])
@pytest.mark.parametrize("locale", ["en", "de"])
def test_the_pages_of_sessions_stand_at_every_width_and_in_german(
    live_server: Live, chromium: Browser, width: int, locale: str
) -> None:
    cast = live_server.cast
    course_id, activity = write_live_course(f"on-site-{width}-{locale}")
    for person in (cast.amara, cast.dafydd):
        enrol(person, course_id)
    session_id = schedule(
        activity, draft(length=2, seats=1, time_zone="Asia/Tokyo", link="https://meet.example")
    )
    for person in (cast.amara, cast.dafydd):
        book(live_server.portal, session_id, person)
    new = f"/author/courses/{activity.course_id}/sessions/{activity.key}"
    pages = [
        (cast.dafydd, ["/", f"/learn/on-site-{width}-{locale}/{activity.id}"]),
        (
            cast.tomas,
            [
                "/author/sessions",
                new,
                f"{new}/new",
                f"/author/sessions/{session_id}",
                f"/author/sessions/{session_id}/print",
                f"/author/sessions/{session_id}/edit",
            ],
        ),
        (cast.ruth, ["/team/sessions"]),
    ]
    for person, addresses in pages:
        with page_in(
            chromium,
            base_url=live_server.url,
            width=width,
            locale=locale,
            scheme="dark" if width == SMALL else "light",
        ) as page:
            live_server.sign_in(page, person)
            page.context.add_cookies([{"name": "locale", "value": locale, "url": live_server.url}])
            for number, address in enumerate(addresses):
                page.goto(address)
                _check(page, f"sessions-{locale}-{width}-{person}-{number}")
