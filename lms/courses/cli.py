"""Courses on the command line: `lms courses import FILE_OR_FOLDER [--publish]`."""

from contextlib import ExitStack
from pathlib import Path

import click

from lms.courses.authoring import service
from lms.courses.authoring.values import ImportPlan
from lms.courses.errors import ImportRefused, NotPublishable
from lms.courses.values import CourseId
from lms.kernel import clock, uow
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.archives import ArchiveRefused, FileTree, folder_source, open_zip


@click.group("courses")
def courses() -> None:
    """Bring courses in."""


@courses.command("import")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--publish", is_flag=True, help="Publish the course at once.")
@click.option("--dry-run", is_flag=True, help="Say what would come and what not, and store nothing.")
def import_course(path: Path, *, publish: bool, dry_run: bool) -> None:
    """Import a course from a zip or folder of Markdown, or update the draft of the one at its address."""
    with ExitStack() as stack:
        stack.enter_context(acting_as(SYSTEM))
        try:
            tree: FileTree = folder_source(path) if path.is_dir() else stack.enter_context(open_zip(path))
            plan = uow.run(lambda: service.plan_import(tree, name=path.stem), read_only=True)
            _tell(plan)
            if dry_run:
                return
            course_id = uow.run(lambda: _store(tree, path.stem, publish=publish))
        except ArchiveRefused as refusal:
            raise click.ClickException(f"{path.name}: {refusal.message}") from refusal
        except (ImportRefused, NotPublishable) as refusal:
            raise click.ClickException("nothing was stored.\n" + "\n".join(refusal.problems)) from refusal
    click.echo(f"{'published' if publish else 'draft'}: {course_id}")


def _store(tree: FileTree, name: str, *, publish: bool) -> CourseId:
    course_id = service.import_course(tree, name=name, actor=SYSTEM, now=clock.now())
    if publish:
        service.publish(course_id=course_id, actor=SYSTEM, now=clock.now())
    return course_id


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
            click.echo(f"    {lesson.fate.value:8} {lesson.title}")
