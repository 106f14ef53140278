"""Formulas in the texts of questions: MathML Core is kept, and what could hide in it is not."""

import pytest

from lms.kernel.richtext import html_to_html, markdown_to_html, no_media
from lms.quizzes.syntax.phrases import phrase_in, phrase_of

SQUARE = "<math><msup><mi>c</mi><mn>2</mn></msup></math>"


@pytest.mark.parametrize(
    "html, kept",
    [
        (SQUARE, SQUARE),
        ('<math display="block"><mfrac linethickness="2px"><mi>a</mi><mi>b</mi></mfrac></math>',) * 2,
        (
            "<math onclick='x()'><mi href='javascript:x()' style='color:red'>a</mi></math>",
            "<math><mi>a</mi></math>",
        ),
        ("<math><mi mathvariant='x\" onclick='>a</mi></math>", "<math><mi>a</mi></math>"),
        (
            "<math><semantics><mi>a</mi><annotation encoding='TeX'>a</annotation></semantics></math>",
            "<math><mi>a</mi></math>",
        ),
        (
            "<math><mtext><script>x</script><img src=x onerror=x></mtext></math>",
            "<math><mtext><img></mtext></math>",
        ),
        (
            "<math><maction actiontype='statusline' xlink:href='javascript:x'><mi>a</mi></maction></math>",
            "<math><mi>a</mi></math>",
        ),
        (
            "<math><annotation-xml encoding='text/html'><style><img onerror=x></style></annotation-xml></math>",
            "<math></math>",
        ),
        ("<math><mtext><table><mglyph><style><img onerror=x></style></mglyph></table></mtext></math>", None),
    ],
)
def test_a_formula_is_kept_and_what_hides_in_it_is_not(html: str, kept: str | None) -> None:
    shown = html_to_html(html, media=no_media)
    assert kept is None or shown == kept
    assert "onerror" not in shown
    assert html_to_html(shown, media=no_media) == shown


def test_a_formula_may_stand_where_only_words_may() -> None:
    assert phrase_of(f"<p>{SQUARE}</p><p>and more</p>") == f"{SQUARE}<br>and more"
    assert phrase_in(f"<p>{SQUARE}</p>") == SQUARE


def test_a_formula_may_stand_in_markdown() -> None:
    assert SQUARE in markdown_to_html(f"Energy is *m* {SQUARE}.", media=no_media)
