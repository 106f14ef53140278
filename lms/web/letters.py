"""Letters: one template pair (HTML and plain words), written in its reader's language, sent through the kernel."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template
from flask_babel import force_locale

from lms.kernel import mail


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as it will be read."""

    subject: str
    text: str
    html: str


def write_letter(template: str, *, language: str, subject: str | None = None, **values: object) -> Letter:
    """Return the letter `template`.html and `template`.txt, written in `language`.

    `subject` is translated already; without one the text's first line, its block `heading`, is the subject.
    """
    with force_locale(language):
        text = render_template(f"{template}.txt", **values).strip() + "\n"
        html = render_template(f"{template}.html", **values)
    return Letter(subject or text.partition("\n")[0], text, html)


def send_letter(
    template: str,
    *,
    to: str,
    language: str,
    subject: str | None = None,
    calendar: Sequence[mail.CalendarFile] = (),
    stop_url: str = "",
    **values: object,
) -> None:
    """Write a letter to one address in the current transaction; a job sends it after the commit.

    Whoever has it stops more of its kind by a POST to `stop_url` (RFC 8058).
    """
    letter = write_letter(template, language=language, subject=subject, stop_url=stop_url, **values)
    mail.send(
        to=to,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        language=language,
        calendar=calendar,
        stop_url=stop_url,
    )
