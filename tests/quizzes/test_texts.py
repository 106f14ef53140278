"""A question is shown with its pictures, whatever it is written in, and with nothing else."""

import pytest

from lms.quizzes.syntax.texts import text_to_html
from lms.quizzes.values import Text, TextFormat

FILES = {"a b.png": "/files/1"}


@pytest.mark.parametrize(
    "form, source, shown",
    [
        (TextFormat.PLAIN, "1 < 2\n<b>", "1 &lt; 2<br>\n&lt;b&gt;"),
        (TextFormat.HTML, '<img src="attachment:a%20b.png" alt="x">', '<img src="/files/1" alt="x">'),
        (TextFormat.HTML, '<img alt="x" src="attachment:gone.png">', '<img alt="x">'),
        (TextFormat.HTML, '<img alt="x" src="https://evil/x.png">', '<img alt="x">'),
        (TextFormat.HTML, "<p onclick=x>a<script>b</script></p>", "<p>a</p>"),
        (TextFormat.MARKDOWN, "*a*", "<p><em>a</em></p>\n"),
    ],
)
def test_a_text_is_shown_in_its_format(form: TextFormat, source: str, shown: str) -> None:
    assert text_to_html(Text(source, form), attachment=FILES.get) == shown


def test_a_picture_in_markdown_is_shown() -> None:
    assert 'src="/files/1"' in text_to_html(Text("![x](attachment:a%20b.png)"), attachment=FILES.get)
    assert "src" not in text_to_html(Text("![x](attachment:a%20b.png)"))
