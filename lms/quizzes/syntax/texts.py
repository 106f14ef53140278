"""A question's texts as safe HTML, with the pictures that came with it."""

from collections.abc import Callable
from urllib.parse import unquote

from lms.kernel.richtext import html_to_html, markdown_to_html, plain_to_html
from lms.quizzes.values import Text, TextFormat

ATTACHMENT = "attachment:"


def text_to_html(text: Text, *, attachment: Callable[[str], str | None] | None = None) -> str:
    """Return the text as safe HTML; ``attachment`` says where a file of the question is served, by its name.

    A picture it does not know, or that lies elsewhere, is not shown.
    """

    def picture(address: str) -> str | None:
        if attachment is None or not address.startswith(ATTACHMENT):
            return None
        return attachment(unquote(address.removeprefix(ATTACHMENT)))

    match text.format:
        case TextFormat.MARKDOWN:
            return markdown_to_html(text.source, media=picture)
        case TextFormat.HTML:
            return html_to_html(text.source, media=picture)
        case TextFormat.PLAIN:
            return plain_to_html(text.source)
