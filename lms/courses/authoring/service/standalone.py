"""A version of a course for another system: lessons as HTML that needs nothing of ours, and what cannot go along."""

from collections.abc import Mapping

from markupsafe import Markup

from lms.courses import kinds
from lms.courses.authoring import queries
from lms.courses.authoring.models import ActivityRow, CourseRow, CourseVersionRow
from lms.courses.formats import media, pictures
from lms.courses.formats.render import render
from lms.courses.values import TEXTS, CourseId, CourseVersionId
from lms.courses.values.standalone import (
    LeftBehind,
    StandaloneCourse,
    StandaloneLesson,
    StandaloneSection,
)
from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.kernel.richtext import checks_in, with_checks

FOLDER = "files"
ENDINGS = {
    kind: ending
    for ending, kind in reversed(
        [
            *((ending, one.name) for ending, one in media.TYPES.items()),
            *pictures.MEDIA_TYPES.items(),
        ]
    )
}
"""How a file of each media type ends: another system knows it by that alone."""


def stand_alone(course_id: CourseId, version_id: CourseVersionId, *, check: str) -> StandaloneCourse:
    """Return a version as files; `check` is what stands in place of a knowledge check, whose marking stays here.

    What is marked, booked or played by us stays behind. NotFound without such a version.
    """
    course, version = db.session.get(CourseRow, course_id), db.session.get(CourseVersionRow, version_id)
    if course is None or version is None or version.course_id != course_id:
        raise NotFound
    rows = queries.list_activities(version.id, whole=True)
    texts = [row for row in rows if row.kind in TEXTS]
    shown = queries.stored_of({one for row in texts for one in row.pictures.values()})
    paths = {file_id: _path(sha256, media_type) for file_id, (sha256, media_type) in shown.items()}
    note = str(Markup('<p class="note">{}</p>').format(check))
    sections = [
        StandaloneSection(
            title=section.title,
            lessons=[
                _lesson(row, paths, course.language, note) for row in texts if row.section_id == section.id
            ],
        )
        for section in queries.list_sections(version.id)
    ]
    return StandaloneCourse(
        slug=course.slug,
        title=course.title,
        summary=course.summary,
        language=course.language,
        number=version.number if version.id != course.draft_id else None,
        sections=[section for section in sections if section.lessons],
        files={paths[file_id]: sha256 for file_id, (sha256, _media) in shown.items()},
        left_behind=[
            LeftBehind(title=row.title, noun=str(kinds.kind_of(row.kind).noun(row.config)))
            for row in rows
            if row.kind not in TEXTS
        ],
    )


def _lesson(row: ActivityRow, paths: Mapping[str, str], language: str, note: str) -> StandaloneLesson:
    shown = {address: f"../{paths[one]}" for address, one in row.pictures.items() if one in paths}
    html = render(row.body, media=shown.get, language=language)
    return StandaloneLesson(
        key=row.key,
        title=row.title,
        html=with_checks(html, lambda _name: note),
        minutes=row.minutes,
        checks=len(checks_in(html)),
    )


def _path(sha256: str, media_type: str) -> str:
    return f"{FOLDER}/{sha256[:20]}{ENDINGS.get(media_type, '')}"
