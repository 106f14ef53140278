"""A course handed out as files: the same version is the same bytes, and an import brings them back as they were."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO, cast

from flask import Flask

from lms.courses import kinds
from lms.courses.authoring import queries
from lms.courses.authoring.models import ActivityRow, CourseRow, CourseVersionRow
from lms.courses.formats.asking import write_rule
from lms.courses.formats.writing import (
    CourseFile,
    WrittenCourse,
    WrittenLesson,
    WrittenSection,
    files_of,
    write_zip,
)
from lms.courses.kinds import locks
from lms.courses.kinds.completing import rule_of
from lms.courses.values import TEXTS, CourseId, CourseVersionId
from lms.identity import facade as identity
from lms.kernel import files
from lms.kernel.db import db
from lms.kernel.errors import NotFound

SPOOL_BYTES = 8 << 20


def export_course(course_id: CourseId, version_id: CourseVersionId) -> tuple[str, Sequence[CourseFile]]:
    """Return the name of a zip and the files in it: every activity of a version that is written, and what they show.

    Exams and packages are not: their kinds have no written form.
    """
    course, version = db.session.get(CourseRow, course_id), db.session.get(CourseVersionRow, version_id)
    if course is None or version is None or version.course_id != course_id:
        raise NotFound
    return f"{course.slug}-{version.number}.zip", files_of(_written(course, version))


def zip_chunks(app: Flask, content: Sequence[CourseFile]) -> Iterator[bytes]:
    """Yield a zip of these files, made once the reader asks for it: large films never stand in memory whole."""
    with tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES) as target:
        # The request is over by then; what is read from the storage needs the application and no database.
        with app.app_context():
            write_zip(((file, _content(file)) for file in content), cast("BinaryIO", target))
        target.seek(0)
        while chunk := target.read(files.CHUNK_BYTES):
            yield chunk


def _content(file: CourseFile) -> Iterator[bytes]:
    return iter([file.text.encode()]) if file.text is not None else files.chunks(file.sha256)


def _written(course: CourseRow, version: CourseVersionRow) -> WrittenCourse:
    activities = queries.list_activities(version.id, whole=True)
    pages = [one for one in activities if one.kind in TEXTS or kinds.kind_of(one.kind).written]
    written = {one.key for one in pages}
    unwritten = {str(one.key): one.title for one in activities if one.key not in written}
    hashes = queries.hashes_of(
        {*version.intro_pictures.values(), *(one for page in pages for one in page.pictures.values())}
    )
    positions = queries.positions_of([course.id]).get(course.id, ())
    brands = {brand.id: brand.name for brand in identity.list_brands()}
    return WrittenCourse(
        slug=course.slug,
        title=course.title,
        summary=course.summary,
        brand=brands.get(course.brand_id, "") if course.brand_id else "",
        language=course.language,
        level=course.level.value if course.level else "",
        positions=sorted(one.name for one in identity.list_positions() if one.id in positions),
        objectives=tuple(version.objectives),
        intro=version.intro,
        intro_media=_media(version.intro_pictures, hashes),
        sections=[
            WrittenSection(
                slug=section.slug,
                title=section.title,
                lessons=[_lesson(page, hashes, unwritten) for page in pages if page.section_id == section.id],
            )
            for section in queries.list_sections(version.id)
            if any(page.section_id == section.id for page in pages)
        ],
    )


def _lesson(page: ActivityRow, hashes: Mapping[str, str], unwritten: Mapping[str, str]) -> WrittenLesson:
    rule, form = rule_of(page.kind, page.rule, page.least), kinds.kind_of(page.kind).written
    entries, text = form.write(page.config) if form else ({}, page.body)
    held = locks.from_json(page.locks)
    others = [
        (lock, locks.find_kind(lock.kind)) for lock in held if lock.kind not in {locks.AFTER, locks.FROM}
    ]
    return WrittenLesson(
        key=str(page.key),
        kind=page.kind,
        complete="" if rule == kinds.kind_of(page.kind).rules[0] else write_rule(rule),
        after=[unwritten.get(lock.value, lock.value) for lock in held if lock.kind == locks.AFTER],
        opens=max((lock.value for lock in held if lock.kind == locks.FROM), default=""),
        locks=sorted(
            f"{lock.kind} {kind.written(lock.value) if kind else lock.value}" for lock, kind in others
        ),
        slug=page.slug,
        title=page.title,
        minutes=page.minutes,
        is_required=page.is_required,
        body=text,
        entries=entries,
        media=_media(page.pictures, hashes),
    )


def _media(held: Mapping[str, str], hashes: Mapping[str, str]) -> Mapping[str, str]:
    return {address: hashes[file_id] for address, file_id in held.items() if file_id in hashes}
