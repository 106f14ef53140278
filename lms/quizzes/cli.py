"""The command line of questions: `lms questions import FILE --bank NAME` and `lms questions export --bank NAME`."""

from pathlib import Path

import click

from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import new_id
from lms.kernel.uow import unit_of_work
from lms.quizzes.bank import queries, service
from lms.quizzes.formats import FORMATS, find_format, read_questions
from lms.quizzes.values import BankId, ImportProblem, Severity


@click.group("questions")
def questions() -> None:
    """Take questions in and out."""


@questions.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--bank", required=True, help="The bank's name; a new one is made if there is none.")
@click.option("--dry-run", is_flag=True, help="Say what would come, and take nothing.")
def import_questions(file: Path, bank: str, *, dry_run: bool) -> None:
    """Import FILE (GIFT or Moodle XML); questions that are bad are named with their line, the others are taken."""
    content = file.read_bytes()
    form = find_format(file.name, content)
    if form is None:
        raise click.ClickException(f"{file}: no GIFT (.gift, .txt) and no Moodle XML (.xml) file")
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
@click.option("--format", "name", type=click.Choice(sorted(FORMATS)), default="moodle_xml", show_default=True)
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
    form = FORMATS[name]
    for imported in whole:
        for loss in form.losses(imported):
            click.echo(f"{imported.question.title}: left out {loss}", err=True)
    content = form.write(whole)
    if output is None:
        click.echo(content, nl=False)
    else:
        output.write_bytes(content)
        click.echo(f"{len(whole)} questions written to {output}", err=True)


def _line(file: Path, problem: ImportProblem) -> str:
    word = "refused" if problem.severity is Severity.ERROR else "note"
    place = f"{file.name}:{problem.line}" if problem.line else file.name
    title = f" “{problem.name}”" if problem.name else ""
    return f"{place}: {word}{title}: {problem.message}"
