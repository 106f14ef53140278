"""Courses on the command line: `lms courses import FILE_OR_FOLDER [--publish]`."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import click

from lms.courses.authoring import queries, service
from lms.courses.authoring.values import ImportPlan
from lms.courses.errors import ImportRefused, NotPublishable
from lms.courses.values import PAGE, CourseId, IssueLevel
from lms.courses.values.packing import Archive
from lms.kernel import clock, uow
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.archives import FileTree, folder_source
from lms.kernel.errors import Invalid
from lms.web.exports import this_app


@click.group("courses")
def courses() -> None:
    """Bring courses in."""


@courses.command("import")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--publish", is_flag=True, help="Publish the course at once.")
@click.option("--dry-run", is_flag=True, help="Say what would come and what not, and store nothing.")
def import_course(path: Path, *, publish: bool, dry_run: bool) -> None:
    """Import a course, or update the draft of the one at its address.

    FILE is a zip or folder of Markdown and pictures, or a package of SCORM 1.2 or
    2004, cmi5 or xAPI, or a website, as a zip. A cmi5.xml or tincan.xml may come alone.
    """
    with acting_as(SYSTEM):
        try:
            with _opened(path) as (tree, archive):
                plan = uow.run(
                    lambda: service.plan_import(tree, name=path.stem, archive=archive), read_only=True
                )
                _tell(plan)
                if dry_run:
                    _end_dry_run(plan)
                    return
                whole = _laid(tree, archive) if plan.course is not None else archive
                course_id = uow.run(partial(_store, tree, path.stem, whole, publish=publish))
        except (ImportRefused, NotPublishable) as refusal:
            raise click.ClickException("nothing was stored.\n" + "\n".join(refusal.problems)) from refusal
        except Invalid as refusal:
            raise click.ClickException(f"{path.name}: {refusal.message}") from refusal
    click.echo(f"{'published' if publish else 'draft'}: {course_id}")


@contextmanager
def _opened(path: Path) -> Iterator[tuple[FileTree, Archive | None]]:
    if path.is_dir():
        yield folder_source(path), None
        return
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        with service.open_archive(file) as tree:
            yield tree, Archive(file, path.name, sha256)


def _laid(tree: FileTree, archive: Archive | None) -> Archive | None:
    """Return the archive with its files kept ahead: whoever writes meanwhile does not wait for them."""
    return None if archive is None else replace(archive, laid=service.lay_files(tree))


def _store(tree: FileTree, name: str, archive: Archive | None, *, publish: bool) -> CourseId:
    course_id = service.import_course(tree, name=name, archive=archive, actor=SYSTEM, now=clock.now())
    if publish:
        service.publish(course_id=course_id, actor=SYSTEM, now=clock.now())
    return course_id


@courses.command("export")
@click.argument("slug")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--version", "number", type=int, help="A published version; else the newest there is.")
def export_course(slug: str, path: Path, *, number: int | None) -> None:
    """Write the course at an address into a zip of Markdown and files."""
    with acting_as(SYSTEM):
        uow.run(lambda: _export(slug, path, number), read_only=True)
    click.echo(f"written: {path}")


def _export(slug: str, path: Path, number: int | None) -> None:
    course = queries.find_course_row(slug)
    if course is None:
        raise click.ClickException(f"there is no course at {slug}")
    version = queries.find_version(course.id, number) if number is not None else None
    if number is not None and version is None:
        raise click.ClickException(f"{slug} has no version {number}")
    version_id = version.id if version else course.published_id or course.draft_id
    if version_id is None:
        raise click.ClickException(f"{slug} has nothing in it yet")
    _name, content = service.export_course(course.id, version_id)
    with path.open("wb") as target:
        for chunk in service.zip_chunks(this_app(), content):
            target.write(chunk)


def _end_dry_run(plan: ImportPlan) -> None:
    if plan.course is None or any(issue.level is IssueLevel.ERROR for issue in plan.issues):
        raise click.ClickException("nothing of it would be stored.")


def _tell(plan: ImportPlan) -> None:
    for issue in plan.issues:
        click.echo(f"{issue.level.value:8} {service.sentence_of(issue)}", err=True)
    if plan.course is None:
        return
    where = (
        f"into the draft of /learn/{plan.course.slug}" if plan.existing else f"new: /learn/{plan.course.slug}"
    )
    click.echo(f"{plan.course.title} ({where})")
    for section in plan.sections:
        click.echo(f"  {section.title or 'Not in these files'}")
        for lesson in section.lessons:
            click.echo(
                f"    {lesson.fate.value:8} {lesson.title}{'' if lesson.kind == PAGE else f' ({lesson.kind})'}"
            )
