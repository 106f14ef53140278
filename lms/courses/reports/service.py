"""Setting a transcript as a PDF."""

from collections.abc import Sequence
from pathlib import Path

from babel.core import Locale
from flask import current_app, render_template
from flask_babel import get_locale

from lms.courses.reports import queries
from lms.courses.reports.values import Completed
from lms.identity.values import Person
from lms.kernel import clock, pdf
from lms.kernel.errors import Invalid
from lms.web.assets import static_folder
from lms.web.pages import PageRequest

STYLES = ("print/course.css", "print/transcript.css")
LINES_AT_MOST = 1000


def set_transcript(person: Person) -> bytes:
    """Return a person's transcript as a tagged PDF in the reader's language; Unavailable without Pango.

    Invalid past a thousand lines: the table has them all.
    """
    page = queries.page_transcript(person.id, PageRequest(size=LINES_AT_MOST))
    if page.next is not None:
        raise Invalid(f"A PDF takes {LINES_AT_MOST} lines. Take the table (CSV) instead.")
    return pdf.render(_write(person, page.items), styles=_styles())


def _styles() -> tuple[Path, ...]:
    return tuple(static_folder() / name for name in STYLES)


def _write(person: Person, lines: Sequence[Completed]) -> str:
    locale = get_locale() or Locale("en")
    count, minutes = queries.sum_transcript(person.id)
    return render_template(
        "reports/transcript_print.html",
        person=person,
        lines=lines,
        count=count,
        minutes=minutes,
        now=clock.now(),
        language=str(locale).replace("_", "-"),
        direction=locale.text_direction,
        url=current_app.config["LMS_PUBLIC_URL"],
    )
