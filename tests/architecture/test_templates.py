"""Every template can be translated and passes the strict Content-Security-Policy."""

from pathlib import Path

import pytest

from tests.architecture.templates import ROOT, all_templates, faults_of


@pytest.mark.parametrize("path", all_templates(), ids=lambda path: str(path.relative_to(ROOT / "lms")))
def test_a_template_shows_no_text_unseen_by_translators_and_no_inline_script(path: Path) -> None:
    assert not faults_of(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "source",
    [
        "<p>{{ _('Save') }}</p>",
        "<p>{% trans name=person.name %}Dear {{ name }}, <b>welcome</b>.{% endtrans %}</p>",
        "<p>{% trans n=count %}One{% pluralize %}{{ n }} people{% endtrans %} · 3</p>",
        "{{ button(_('Save'), kind='primary', classes='wide firm') }}",
        "<kbd translate=no>Ctrl</kbd> <span translate=no><b>Guildhall</b></span>",
        "<img alt='{{ person.name }}'><img alt=''>",
        "<script nonce='{{ nonce }}'>let it = 'be'</script><script src='/a.js'></script>",
        "{% if state == 'Open' %}<br>{% else %}<div class='x'>{% endif %}</div>",
        "{% block page_class %}page-wide{% endblock %}{% block x %}{{ _('Yes') }}{% endblock %}",
        "{# A comment is for us #}<!-- and so is this -->",
        "<{{ 'a' if href else 'span' }} class=x>{{ label }}</{{ tag }}>",
        "<a href='{{ url }}' title='{{ _('Home') }}'>&nbsp;…</a>",
    ],
)
def test_what_is_right_passes(source: str) -> None:
    assert faults_of(source) == []


@pytest.mark.parametrize(
    "source, fault",
    [
        ("<p>\n  Save</p>", "line 1: text outside _() and trans: 'Save'"),
        ("<p>{{ name }}\n’s deals</p>", "line 1: text outside _() and trans: '’s deals'"),
        ("{% block title %}Home{% endblock %}", "line 1: text outside _() and trans: 'Home'"),
        ("{% block a_class %}wide{% endblock %}Home", "line 1: text outside _() and trans: 'Home'"),
        ("{% trans %}ok{% endtrans %}\n\n<b>Nein</b>", "line 3: text outside _() and trans: 'Nein'"),
        ("<p translate=no>a</p>x", "line 1: text outside _() and trans: 'x'"),
        ("{{ button('Save') }}", "line 1: text outside _(): 'Save'"),
        ("{{ 'Not yet' if late }}", "line 1: text outside _(): 'Not yet'"),
        ("<img alt='A seal'>", "line 1: text outside _() and trans: 'A seal'"),
        ("<input aria-label='{{ x }} of'>", "line 1: text outside _() and trans: 'of'"),
        ("<input type=submit value=Send>", "line 1: text outside _() and trans: 'Send'"),
        ("<p style='color:red'></p>", "line 1: style= attribute"),
        ("{% trans %}<b style='x'>a</b>{% endtrans %}", "line 1: style= attribute"),
        ("<p onclick='x()'></p>", "line 1: onclick= attribute"),
        ("<a href='javascript:x()'></a>", "line 1: script in href="),
        ("<script>x()</script>", "line 1: inline <script> without a nonce"),
        ('{% macro m() %} id="a" onclick="x()"{% endmacro %}', "line 1: onclick= attribute"),
        ("<style>p {}</style>", "line 1: <style>: rules belong in static/css"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(source: str, fault: str) -> None:
    assert faults_of(source) == [fault]


KEEPS_NOTHING = {
    "base/fixed/palette.html": "a search, which changes nothing",
    "certificates/verify_ask.html": "a look-up by code, which changes nothing",
    "learning/lesson.html": "a search, which changes nothing",
    "quizzes/question_page.html": "an author's own try, which stores nothing",
    "quizzes/knowledge_check.html": "a try, which stores nothing",
    "quizzes/_fields.html": "an exam, as below",
    "quizzes/question.html": "an exam shows what the server keeps; what did not reach it, its script keeps and sends",
    "identity/person.html": "an address that confirms an erasure is to be typed anew",
    "authoring/activity.html": "a link's address, which stands in the text once it is set",
}
"""Templates with fields that browsers shall forget, and why nobody loses anything by that."""


def test_no_form_tells_the_browser_to_forget_what_was_typed() -> None:
    forgetting = {
        path.as_posix().partition("/templates/")[2]
        for path in all_templates()
        if 'autocomplete="off"' in path.read_text(encoding="utf-8")
    }
    assert forgetting == KEEPS_NOTHING.keys(), "the page of a lost session says that the way back leads to it"
