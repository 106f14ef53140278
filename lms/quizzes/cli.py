"""The command line of questions: `lms questions import FILE --bank NAME`, `export --bank NAME` and `count-anew`."""

from pathlib import Path

import click

from lms.kernel import clock, uow
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import new_id
from lms.kernel.uow import unit_of_work
from lms.quizzes import jobs
from lms.quizzes.bank import queries, service
from lms.quizzes.formats import FORMATS, WRITTEN, find_format, read_questions
from lms.quizzes.statistics import service as statistics
from lms.quizzes.values import BankId, ImportProblem, Severity


@click.group("questions")
def questions() -> None:
    """Take questions in and out."""


@questions.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--bank", required=True, help="The bank's name; a new one is made if there is none.")
@click.option("--dry-run", is_flag=True, help="Say what would come, and take nothing.")
def import_questions(file: Path, bank: str, *, dry_run: bool) -> None:
    """Import FILE (Moodle XML, QTI, Common Cartridge, GIFT, Aiken, CSV or XLSX).

    Questions that are bad are named with their line, the others are taken.
    """
    content = file.read_bytes()
    form = find_format(file.name, content)
    if form is None:
        titles = ", ".join(one.title for one in FORMATS.values())
        raise click.ClickException(f"{file} is in no format that is known: {titles}")
    report = read_questions(form, content)
    for problem in report.problems:
        click.echo(_line(file, problem), err=True)
    if not report.questions:
        raise click.ClickException("no question can be taken")
    if dry_run:
        click.echo(f"{len(report.questions)} questions could be taken")
        return
    with unit_of_work(), acting_as(SYSTEM):
        now = clock.now()
        found = queries.find_bank_by_name(bank)
        bank_id = (
            found.id
            if found
            else service.add_bank(bank_id=BankId(new_id()), name=bank, actor=SYSTEM, now=now)
        )
        added = service.add_questions(bank_id=bank_id, imported=report.questions, actor=SYSTEM, now=now)
    click.echo(f"{len(added.questions)} added, {added.known} known already, {len(report.errors)} refused")


@questions.command("export")
@click.option("--bank", required=True, help="The bank's name.")
@click.option("--format", "name", type=click.Choice(sorted(WRITTEN)), default="moodle_xml", show_default=True)
@click.option(
    "--output", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="Not on the screen."
)
def export_questions(bank: str, name: str, output: Path | None) -> None:
    """Export a bank's questions; what the format cannot hold is named."""
    with unit_of_work(read_only=True), acting_as(SYSTEM):
        found = queries.find_bank_by_name(bank)
        if found is None:
            raise click.ClickException(f"no bank is called {bank}")
        whole = service.export_bank(found.id)
    form = WRITTEN[name]
    said = "others do not read" if form.keeps_all else "left out"
    for imported in whole:
        for loss in form.losses(imported):
            click.echo(f"{imported.question.title}: {said} {loss}", err=True)
    content = form.write(whole)
    if output is None:
        click.echo(content, nl=False)
    else:
        output.write_bytes(content)
        click.echo(f"{len(whole)} questions written to {output}", err=True)


@questions.command("count-anew")
def count_anew() -> None:
    """Forget the statistics of exams and count every attempt again, ten in each transaction.

    They are kept by every attempt itself, so this is needed only where rows were written past Guildhall. It may be
    stopped: the worker goes on where it was.
    """
    with acting_as(SYSTEM):
        uow.run(statistics.count_anew)
        jobs.count_attempts()
    click.echo("counted anew")


def _line(file: Path, problem: ImportProblem) -> str:
    word = "refused" if problem.severity is Severity.ERROR else "note"
    name = f"{file.name}/{problem.file}" if problem.file else file.name
    place = f"{name}:{problem.line}" if problem.line else name
    title = f" “{problem.name}”" if problem.name else ""
    return f"{place}: {word}{title}: {problem.message}"
