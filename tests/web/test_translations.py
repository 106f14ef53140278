"""What is looked up once per request, or written once per process, still speaks each reader's own language."""

from flask import render_template_string
from flask_babel import force_locale, gettext


def test_the_frame_follows_each_reader_whoever_came_before(sqlite_app, cast, visit):
    english, german = visit(cast.amara), visit(cast.ruth)
    german.client.set_cookie("locale", "de")
    for _turn in range(2):
        assert "Search or jump to" in english.get("/").text
        page = german.get("/").text
        assert "Search or jump to" not in page
        assert "Abmelden" in page


def test_the_frame_shows_the_theme_that_each_reader_chose(sqlite_app, cast, visit):
    amara, dark = visit(cast.amara), visit(cast.ruth)
    dark.client.set_cookie("theme", "dark")
    for _turn in range(2):
        assert 'name="theme" value="dark" aria-pressed="false"' in amara.get("/").text
        assert 'name="theme" value="dark" aria-pressed="true"' in dark.get("/").text


def test_another_language_may_be_spoken_for_a_while(sqlite_app):
    with sqlite_app.test_request_context("/", headers={"Accept-Language": "en"}):
        assert gettext("Sign out") == "Sign out"
        with force_locale("de"):
            assert gettext("Sign out") == "Abmelden"
            assert render_template_string("{{ _('Sign out') }}") == "Abmelden"
        assert gettext("Sign out") == "Sign out"
        assert render_template_string("{{ _('Sign out') }}") == "Sign out"


def test_a_sentences_places_are_escaped_in_pages_and_a_percent_sign_is_written_twice(sqlite_app):
    with sqlite_app.test_request_context("/"):
        assert render_template_string("{{ _('Hello %(name)s', name=name) }}", name="<b>") == "Hello &lt;b&gt;"
        assert render_template_string("{{ _('100 %% sure') }}") == "100 % sure"
        assert (
            render_template_string(
                "{% trans count=n %}{{ count }} owl{% pluralize %}{{ count }} owls{% endtrans %}", n=2
            )
            == "2 owls"
        )
