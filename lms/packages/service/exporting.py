"""A course of ours as a package that plays alone in another system: the same version is the same bytes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from babel.core import Locale, UnknownLocaleError
from flask import render_template
from flask_babel import force_locale
from flask_babel import gettext as _

from lms.courses import facade as courses
from lms.courses.facade import CourseFile
from lms.courses.values import CourseId, CourseVersionId
from lms.courses.values.standalone import StandaloneCourse, StandaloneLesson
from lms.kernel.actor import Actor
from lms.kernel.errors import Forbidden, Invalid
from lms.packages import policy


class ExportFormat(StrEnum):
    """What a course can be packed as."""

    SCORM_12 = "scorm12"
    SCORM_2004 = "scorm2004"
    CMI5 = "cmi5"


NAMES: Final = {
    ExportFormat.SCORM_12: "SCORM 1.2",
    ExportFormat.SCORM_2004: "SCORM 2004 (4th Edition)",
    ExportFormat.CMI5: "cmi5",
}
MANIFESTS: Final = {
    ExportFormat.SCORM_12: ("imsmanifest.xml", "imsmanifest12.xml", "scorm12.js"),
    ExportFormat.SCORM_2004: ("imsmanifest.xml", "imsmanifest2004.xml", "scorm2004.js"),
    ExportFormat.CMI5: ("cmi5.xml", "cmi5.xml", "cmi5.js"),
}
SHARED: Final = ("lesson.css", "report.js")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Packed:
    """A lesson in the package."""

    identifier: str
    title: str
    path: str
    lesson: StandaloneLesson


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A section in the package."""

    identifier: str
    title: str
    lessons: Sequence[_Packed]


def look_at_export(course_id: CourseId, version_id: CourseVersionId, *, actor: Actor) -> StandaloneCourse:
    """Return what of a version would travel, and what stays behind."""
    if not actor.may(policy.EXPORT_COURSES):
        raise Forbidden
    note = _("A knowledge check stands here in the course that this was made from.")
    return courses.stand_alone(course_id, version_id, check=note)


def export_course(
    course_id: CourseId, version_id: CourseVersionId, form: ExportFormat, *, home_page: str, actor: Actor
) -> tuple[str, Sequence[CourseFile]]:
    """Return the name of a package and its files. Invalid for a course of which nothing can travel."""
    if not actor.may(policy.EXPORT_COURSES):
        raise Forbidden
    language, direction = _language(courses.list_courses([course_id])[course_id].language)
    with force_locale(language.replace("-", "_")):
        course = look_at_export(course_id, version_id, actor=actor)
        if not course.sections:
            raise Invalid(_("Nothing of this course can travel: it has no written lessons."))
        parts = list(_parts(course, form, f"{home_page}/export/{course_id}"))
        pages = [
            CourseFile(
                one.path,
                render_template(
                    "packages/export/lesson.html", lesson=one.lesson, language=language, direction=direction
                ),
            )
            for part in parts
            for one in part.lessons
        ]
    name, manifest, script = MANIFESTS[form]
    written = render_template(
        f"packages/export/{manifest}",
        identifier=f"{home_page}/export/{course_id}" if form is ExportFormat.CMI5 else f"C-{course_id}",
        course=course,
        language=language,
        parts=parts,
        shared=[*SHARED, *sorted(course.files)],
    )
    number = f"-{course.number}" if course.number else ""
    return f"{course.slug}{number}-{form.value}.zip", [
        CourseFile(name, written),
        CourseFile("lesson.css", render_template("packages/export/lesson.css")),
        CourseFile("report.js", render_template(f"packages/export/{script}")),
        *pages,
        *(CourseFile(path, sha256=sha256) for path, sha256 in sorted(course.files.items())),
    ]


def _parts(course: StandaloneCourse, form: ExportFormat, home: str) -> Iterator[_Part]:
    """Yield the sections, named so that a further version of the course is a further revision of the package."""
    at = 0
    is_iri = form is ExportFormat.CMI5
    for number, section in enumerate(course.sections, 1):
        lessons = []
        for lesson in section.lessons:
            at += 1
            lessons.append(
                _Packed(
                    identifier=f"{home}/{lesson.key}" if is_iri else f"L-{lesson.key}",
                    title=lesson.title,
                    path=f"lessons/{at:03}.html",
                    lesson=lesson,
                )
            )
        identifier = f"{home}/section/{number}" if is_iri else f"S-{number}"
        yield _Part(identifier=identifier, title=section.title, lessons=lessons)


def _language(written: str) -> tuple[str, str]:
    """Return a language as HTML names it, and which way it runs; English for one that is none."""
    try:
        locale = Locale.parse(written, sep="-")
    except (ValueError, UnknownLocaleError):
        locale = Locale.parse("en")
    return str(locale).replace("_", "-"), locale.text_direction
