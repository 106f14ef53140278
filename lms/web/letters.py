"""Letters: one template pair (HTML and plain words), written in its reader's language, sent through the kernel."""

from flask import render_template
from flask_babel import force_locale

from lms.kernel import mail


def send_letter(
    template: str, *, to: str, language: str, subject: str | None = None, **values: object
) -> None:
    """Write the letter `template`.html and `template`.txt to one address in the current transaction.

    `subject` is translated already; without one the template's own block `heading` of the text is its first line.
    """
    with force_locale(language):
        text = render_template(f"{template}.txt", **values).strip() + "\n"
        html = render_template(f"{template}.html", **values)
    mail.send(to=to, subject=subject or text.partition("\n")[0], text=text, html=html, language=language)
