"""A lesson is shown in the words of its language."""

import pytest

from lms.courses.formats.render import render


@pytest.mark.parametrize(
    "language, title, table",
    [
        ("en", "Tip", "Table 1"),
        ("de-AT", "Tipp", "Tabelle 1"),
        ("ar", "نصيحة", "جدول 1"),
        ("fr", "Tip", "Table 1"),
    ],
)
def test_callouts_and_tables_are_named_in_the_language_of_the_course(
    language: str, title: str, table: str
) -> None:
    shown = render("> [!TIP]\n> x\n\n| a |\n|---|\n", language=language)
    assert f'<p class="callout-title">{title}</p>' in shown
    assert f'aria-label="{table}"' in shown


def test_pictures_are_shown_from_where_they_are_served() -> None:
    shown = render("![A](../images/a.png) ![B](b.png)", media={"../images/a.png": "/files/1"}.get)
    assert '<img src="/files/1" alt="A"' in shown
    assert 'src="b.png"' not in shown
