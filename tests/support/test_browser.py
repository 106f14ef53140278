"""The browser of the tests sees what a person would, and axe what a person would miss."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support.browser import SMALL, axe, overflow, page_in, shot, troubles_of

pytestmark = pytest.mark.browser

GOOD = "<!doctype html><html lang=en><title>Good</title><main><h1>Good</h1><p>Text.</p></main>"
BAD = "<!doctype html><html><body><img src='data:,'><p style='color:#eee;width:600px'>Faint</p>"


def test_axe_names_the_rule_and_the_place(chromium: Browser) -> None:
    with page_in(chromium) as page:
        page.set_content(BAD)
        found = axe(page)
        assert "(image-alt)" in found
        assert "(color-contrast)" in found
        assert "<img src" in found
        page.set_content(GOOD)
        assert axe(page) == ""


def test_a_page_too_wide_for_a_phone_is_measured(chromium: Browser) -> None:
    with page_in(chromium, width=SMALL) as page:
        page.set_content(BAD)
        assert overflow(page) > 0
        page.set_content(GOOD)
        assert overflow(page) == 0


def test_an_error_in_a_script_fails_the_test(chromium: Browser) -> None:
    with pytest.raises(AssertionError, match="nothing is not defined"), page_in(chromium) as page:
        page.set_content("<script>nothing.here()</script>")
    with page_in(chromium) as page:
        page.set_content("<script>nothing.here()</script>")
        assert len(troubles_of(page)) == 1
        troubles_of(page).clear()


def test_a_shot_is_kept_where_it_is_asked_for(
    chromium: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with page_in(chromium, scheme="dark") as page:
        page.set_content(GOOD)
        monkeypatch.delenv("LMS_SCREENSHOTS", raising=False)
        shot(page, "left out")
        monkeypatch.setenv("LMS_SCREENSHOTS", str(tmp_path))
        shot(page, "home / dark")
    assert [path.name for path in tmp_path.iterdir()] == ["home-dark.png"]
