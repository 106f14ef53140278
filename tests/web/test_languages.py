"""A person who chose a language is answered in it, to the last word of the frame."""

import re

import pytest
from flask_babel import force_locale, gettext

ENGLISH = (
    "Sign in",
    "Sign out",
    "Password",
    "Forgot",
    "Skip to",
    "Appearance",
    "Dark",
    "Courses",
    "People",
    "Search",
)
"""Words that stand on these pages in English; names of languages and people stay as they are."""


def _page(visitor, address, locale):
    visitor.client.set_cookie("locale", locale)
    answer = visitor.get(address)
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize(
    "locale, words", [("de", ("Anmelden", "Passwort")), ("ar", ("تسجيل الدخول", "كلمة المرور"))]
)
def test_signing_in_speaks_the_chosen_language(sqlite_app, visit, locale, words):
    page = _page(visit(), "/sign-in", locale)
    assert all(word in page for word in words)
    assert _english(page) == []


@pytest.mark.parametrize(
    "locale, words", [("de", ("Kurse", "Abmelden")), ("ar", ("الدورات", "تسجيل الخروج"))]
)
def test_home_and_its_frame_speak_the_chosen_language(sqlite_app, cast, visit, locale, words):
    page = _page(visit(cast.amara), "/", locale)
    assert all(word in page for word in words)
    assert _english(page) == []


def test_arabic_runs_from_right_to_left_and_german_does_not(sqlite_app, visit):
    assert re.search(r'<html[^>]* lang="ar"[^>]* dir="rtl"', _page(visit(), "/sign-in", "ar"))
    german = _page(visit(), "/sign-in", "de")
    assert re.search(r'<html[^>]* lang="de"', german)
    assert 'dir="rtl"' not in german


def test_what_arabic_lacks_stands_apart_in_english_and_only_where_people_read(sqlite_app, cast, visit):
    with sqlite_app.test_request_context(), force_locale("ar"):
        assert gettext("Met.") == "\u2066Met.\u2069", "its full stop would go to the other side"
        assert "\u2066" not in gettext("Sign in")
    with sqlite_app.test_request_context(), force_locale("de"):
        assert gettext("Met.") == "Erfüllt."
    table = _page(visit(cast.jonas), "/deals.csv", "ar")
    assert table.count("\n") >= 1
    assert not {"\u2066", "\u2068", "\u2069"} & set(table), "a program reads a table"


def _english(page):
    """Return the English words a reader would meet: texts and labels, without what only programs read."""
    texts = re.findall(
        r">([^<>]+)<|(?:aria-label|title|placeholder)=\"([^\"]*)\"",
        re.sub(r"(?s)<script.*?</script>", "", page),
    )
    shown = " ".join(one or other for one, other in texts)
    return [word for word in ENGLISH if re.search(rf"\b{word}\b", shown)]
