"""Reports on the command line: `lms reports check [--mend]`."""

import sys

import click

from lms.courses.learning import facade as learning
from lms.courses.learning.queries import counts
from lms.kernel import uow
from lms.kernel.actor import SYSTEM, acting_as


@click.group("reports")
def reports() -> None:
    """Look after what reports count."""


@reports.command("check")
@click.option("--mend", is_flag=True, help="Count everything anew where anything differs.")
def check(*, mend: bool) -> None:
    """Count everything anew and say where it differs from what is kept; ends with 1 if it does and is not mended.

    Counts are kept by every act itself, so they differ only if rows were written past Guildhall.
    """
    with acting_as(SYSTEM):
        found = uow.run(counts.list_differences, read_only=True)
        for one in found:
            what = ", ".join(f"{measure} {count:+}" for measure, count in one.too_many.items())
            click.echo(f"{one.subject_id} at {one.place_id}: {what}")
        if not found:
            click.echo("every count is what the rows say")
        elif mend:
            uow.run(learning.count_anew)
            click.echo("counted anew")
        else:
            sys.exit(1)
