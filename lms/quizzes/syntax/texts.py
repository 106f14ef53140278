"""A question's texts as safe HTML, with the pictures, films and sounds that came with it."""

from collections.abc import Callable
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

from lms.kernel.richtext import html_to_html, markdown_to_html, plain_text_of, plain_to_html
from lms.quizzes.values import Text, TextFormat

ATTACHMENT = "attachment:"
KEPT: Final = 4096
LONGEST_KEPT: Final = 2000
"""How many texts each process keeps made ready, and how many characters one of them has at most: eight megabytes."""

Attachment = Callable[[str], str | None]


def text_to_html(text: Text, *, attachment: Attachment | None = None) -> str:
    """Return the text as safe HTML; ``attachment`` says where a file of the question is served, by its name.

    A picture it does not know, or that lies elsewhere, is not shown.
    """
    if text.format is TextFormat.PLAIN:
        return plain_to_html(text.source)
    if len(text.source) > LONGEST_KEPT:
        return _made(text, attachment)
    made = _without_files(text)
    return made if made is not None else _made(text, attachment)


def text_to_words(text: Text) -> str:
    """Return the text's words alone, in one line."""
    return _words(text) if len(text.source) <= LONGEST_KEPT else _said(text)


@lru_cache(maxsize=KEPT)
def _words(text: Text) -> str:
    return _said(text)


def _said(text: Text) -> str:
    # Wherever its files are served: what a film is called is a word of the text, that one is missing is none.
    return plain_text_of(text_to_html(text, attachment=lambda name: name))


@lru_cache(maxsize=KEPT)
def _without_files(text: Text) -> str | None:
    """Return the HTML of a text that shows none of its question's files, None for any other.

    It says the same wherever it stands, and hundreds of people read it in one exam.
    """
    asked: list[str] = []

    def note(name: str) -> None:
        asked.append(name)

    made = _made(text, note)
    return None if asked else made


def _made(text: Text, attachment: Attachment | None) -> str:
    def picture(address: str) -> str | None:
        if attachment is None or not address.startswith(ATTACHMENT):
            return None
        return attachment(unquote(address.removeprefix(ATTACHMENT)))

    made = markdown_to_html if text.format is TextFormat.MARKDOWN else html_to_html
    return made(text.source, media=picture)
