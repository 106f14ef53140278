"""A whole course on paper: a tagged PDF of a version, made by a job and kept until something of it changes.

A long course is bound in volumes, because setting a page takes a megabyte and a half until the last one is set.
"""

import gc
import hashlib
import io
import re
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from babel.core import Locale, UnknownLocaleError
from flask import current_app, render_template
from flask_babel import force_locale
from flask_babel import gettext as _
from markupsafe import Markup

from lms.courses import kinds
from lms.courses.authoring import queries
from lms.courses.authoring.models import ActivityRow, CourseRow, CourseVersionRow
from lms.courses.authoring.rules.printing import bind
from lms.courses.authoring.values import PrintedLesson, PrintedSection
from lms.courses.events import CoursePrintAsked
from lms.courses.formats import scaling
from lms.courses.formats.render import render
from lms.courses.policy import AUTHOR_COURSES
from lms.courses.values import PAGE, TEXTS, CourseId, CourseVersionId
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel import events, files, pdf
from lms.kernel.actor import Actor
from lms.kernel.db import db
from lms.kernel.errors import Forbidden, Invalid, NotFound
from lms.kernel.richtext import with_checks
from lms.web.assets import static_folder

STYLE = "print/course.css"
LESSONS_AT_MOST = 500
TEXT_AT_MOST = 2_000_000
WIDTH = 960
"""A picture's width on paper, in pixels: about 150 a inch of the column."""


def ask_print(*, course_id: CourseId, version_id: CourseVersionId, actor: Actor) -> bool:
    """Let a job make the PDF of a version and tell the actor; return whether it is there already.

    Invalid for a version too long for a job: it must end, and a printer too.
    """
    if not actor.may(AUTHOR_COURSES):
        raise Forbidden
    course, version = _found(course_id, version_id)
    if files.find_derived(_name(course, version)) is not None:
        return True
    count, length = queries.measure_version(version.id)
    if count > LESSONS_AT_MOST or length > TEXT_AT_MOST:
        raise Invalid(
            _(
                "This version has %(count)s lessons: a PDF takes at most %(most)s, and 2 MB of text. "
                "Export it as Markdown instead.",
                count=count,
                most=LESSONS_AT_MOST,
            )
        )
    events.record(
        CoursePrintAsked(
            course_id=course.id,
            version_id=version.id,
            asked_by=PersonId(actor.person_id) if actor.person_id else None,
        )
    )
    return False


def find_print(course_id: CourseId, version_id: CourseVersionId) -> bytes | None:
    """Return the PDF of a version as it is now, a zip of its volumes if it is long, None while it has not been made."""
    return files.find_derived(_name(*_found(course_id, version_id)))


def make_print(course_id: CourseId, version_id: CourseVersionId) -> None:
    """Set a version as a PDF, unless it is there; Unavailable on a machine without Pango."""
    course, version = _found(course_id, version_id)
    name = _name(course, version)
    if files.find_derived(name) is not None:
        return
    with tempfile.TemporaryDirectory(prefix="guildhall-print-") as folder:
        written = _write(course, version, _Pictures(Path(folder)))
        made = [_set(html, Path(folder)) for html in written]
    files.keep_derived(name, made[0] if len(made) == 1 else _zip(course.slug, made))


def _set(html: str, folder: Path) -> bytes:
    made = pdf.render(html, styles=(static_folder() / STYLE,), folder=folder)
    gc.collect()  # the pages refer to one another: they would stay beside those of the next volume
    return made


def _zip(slug: str, volumes: list[bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number, volume in enumerate(volumes, 1):
            archive.writestr(f"{slug}-{number}.pdf", volume)
    return packed.getvalue()


def _found(course_id: CourseId, version_id: CourseVersionId) -> tuple[CourseRow, CourseVersionRow]:
    course, version = db.session.get(CourseRow, course_id), db.session.get(CourseVersionRow, version_id)
    if course is None or version is None or version.course_id != course.id:
        raise NotFound
    return course, version


def _name(course: CourseRow, version: CourseVersionRow) -> str:
    """Return where the PDF of a version is kept: under all that it follows from."""
    digest = hashlib.sha256((static_folder() / STYLE).read_bytes())
    changes = course.changes if version.id == course.draft_id else 0
    digest.update(f"{version.id} {changes} {course.title} {course.summary} {course.language}".encode())
    return f"courses/{digest.hexdigest()}.print"


class _Pictures:
    """The pictures of a course as files beside the text that is printed: each once, in a width that paper needs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: dict[str, str | None] = {}

    def place(self, sha256: str, media_type: str) -> str | None:
        """Return a picture's name in the folder, None for what cannot be printed."""
        if sha256 not in self._kept:
            self._kept[sha256] = self._put(sha256, media_type) if media_type.startswith("image/") else None
        return self._kept[sha256]

    def _put(self, sha256: str, media_type: str) -> str:
        small = files.find_derived(scaling.name_of(sha256, WIDTH)) if media_type in scaling.RASTER else None
        name = f"{sha256[:20]}.{media_type.partition('/')[2].partition('+')[0]}"
        (self._folder / name).write_bytes(files.read(sha256) if small is None else small)
        return name


def _write(course: CourseRow, version: CourseVersionRow, pictures: _Pictures) -> Iterator[str]:
    """Yield the markup of each volume."""
    rows = queries.list_activities(version.id, whole=True)
    shown = queries.stored_of(
        {one for row in rows for one in row.pictures.values()} | {*version.intro_pictures.values()}
    )

    def media_of(held: Mapping[str, str]) -> Mapping[str, str]:
        return {
            at: pictures.place(*shown[one])
            or f"{current_app.config['LMS_PUBLIC_URL']}{queries.picture_url(one)}"
            for at, one in held.items()
            if one in shown
        }

    language = _locale(course.language)
    with force_locale(language):
        sections = [
            PrintedSection(
                title=section.title,
                lessons=tuple(
                    _lesson(row, media_of(row.pictures), course.language)
                    for row in rows
                    if row.section_id == section.id
                ),
            )
            for section in queries.list_sections(version.id)
        ]
        brand = next((one.name for one in identity.list_brands() if one.id == course.brand_id), "")
        intro = render(version.intro, media=media_of(version.intro_pictures).get, language=course.language)
        volumes = bind(sections)
    for volume, bound in enumerate(volumes, 1):
        with force_locale(language):
            yield render_template(
                "authoring/print.html",
                course=course,
                brand=brand,
                number=version.number if version.id != course.draft_id else None,
                published_at=version.published_at,
                intro=_inner(intro, 0) if volume == 1 else "",
                objectives=version.objectives if volume == 1 else (),
                sections=bound,
                volume=volume,
                volumes=len(volumes),
                minutes=version.minutes,
                url=f"{current_app.config['LMS_PUBLIC_URL']}/learn/{course.slug}",
                direction=Locale.parse(language).text_direction,
            )


def _lesson(row: ActivityRow, media: Mapping[str, str], language: str) -> PrintedLesson:
    kind = kinds.kind_of(row.kind)
    text = render(row.body, media=media.get, language=language) if row.kind in TEXTS else ""
    asked = _("A knowledge check stands here: it is answered on the page.")
    film = _("A film stands here: it is watched on the page.")
    return PrintedLesson(
        number=row.position,
        title=row.title,
        minutes=row.minutes,
        is_required=row.is_required,
        noun="" if row.kind == PAGE else str(kind.noun(row.config)),
        html=_inner(
            _FILM.sub(_note(film), with_checks(text, lambda _name: _note(asked))),
            row.position,
        ),
    )


def _note(text: str) -> str:
    return str(Markup('<p class="note">{}</p>').format(text))


_FILM = re.compile(r"<(video|audio)\b.*?</\1>", re.DOTALL)
_HEADING = re.compile(r"(</?h)([2-6])\b")
_ANCHOR = re.compile(r'(\b(?:id="|href="#))s-')


def _inner(html: str, number: int) -> str:
    """Return a lesson's text as it stands in a book: its headings below the lesson's, its anchors its own."""
    lower = _HEADING.sub(lambda found: f"{found[1]}{min(6, int(found[2]) + 2)}", html)
    return _ANCHOR.sub(rf"\1s-{number}-", lower)


def _locale(language: str) -> str:
    """Return the language a course is written in, as the words around it are chosen by."""
    try:
        return str(Locale.parse(language, sep="-"))
    except (ValueError, UnknownLocaleError):
        return "en"
