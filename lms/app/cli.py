"""The command line: `lms serve`, `lms worker`, `lms db upgrade`, and what features add."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import click

from lms.app import settings
from lms.app.demo import load
from lms.app.doctor import examine
from lms.app.factory import create_app
from lms.app.prepare import prepare as prepare_database
from lms.app.prepare import upgrade_tables
from lms.app.worker import work
from lms.certificates.badges.cli import badge_keys, rotate_badge_key
from lms.certificates.verification.cli import certificates
from lms.courses.cli import courses
from lms.courses.reports.cli import reports
from lms.identity.cli import people
from lms.kernel import clock, sweep
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db
from lms.lrs.cli import tokens
from lms.quizzes.cli import questions


@contextmanager
def _opened(chosen: settings.Settings) -> Iterator[None]:
    """Enter the application, and leave no connection to its database open behind."""
    with create_app(chosen).app_context():
        try:
            yield
        finally:
            db.session.remove()
            db.engine.dispose()


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="guildhall", prog_name="lms")
def cli() -> None:
    """Guildhall: learn, certify, sell. Settings come from the environment (LMS_…)."""


@cli.group("db")
def database() -> None:
    """Look after the database."""


@database.command("upgrade")
def upgrade_database() -> None:
    """Bring the database's tables to this version."""
    with _opened(settings.read()):
        upgrade_tables()


@cli.command()
def serve() -> None:
    """Run everything: broker, worker, scheduler and web, until SIGTERM."""
    # In place of this process: every part of it would carry what the command line has loaded.
    os.execv(sys.executable, [sys.executable, "-m", "lms.app.serve"])  # noqa: S606  our own module


@cli.command()
def prepare() -> None:
    """Migrate the database and fill an empty demo; `lms serve` does this first."""
    chosen = settings.read()
    prepare_database(create_app(chosen), chosen)


@cli.command()
def doctor() -> None:
    """Look at every part this installation leans on; ends with 1 if one is not well."""
    # What it finds stands on its own lines; what its parts log meanwhile would stand between them.
    chosen = replace(settings.read(), log_level="ERROR")
    with _opened(chosen):
        findings = list(examine(chosen))
    for finding in findings:
        click.echo(f"{'well' if finding.is_well else 'ILL ':4}  {finding.part:10} {finding.seen}")
        if not finding.is_well:
            click.echo(f"{'':16} {finding.cure}")
    if not all(finding.is_well for finding in findings):
        sys.exit(1)


@cli.command()
def demo() -> None:
    """Fill an empty database with the demo; refused where somebody has begun to work."""
    with _opened(settings.read()):
        if not load.is_empty():
            raise click.ClickException("the database is not empty; the demo is for an empty one")
        load.load_demo()


@cli.group("files")
def stored_files() -> None:
    """Look after stored files."""


@stored_files.command("sweep")
@click.option("--dry-run", is_flag=True, help="Say what it would do, and change nothing.")
def sweep_files(*, dry_run: bool) -> None:
    """Delete the bytes that nothing has referred to for seven days; the worker does the same every day."""
    with _opened(settings.read()), acting_as(SYSTEM):
        found = sweep.run(clock.now(), dry=dry_run)
    waiting, size = max(0, found.unheld - found.dropped), max(0, found.unheld_bytes - found.dropped_bytes)
    click.echo(f"{found.blobs} blobs, {found.unheld} of them needed by nothing")
    goes = "to be deleted" if dry_run else "deleted"
    click.echo(f"{goes}: {found.dropped} ({found.dropped_bytes} bytes)")
    if found.unfinished:
        click.echo(f"{goes}, never finished: {found.unfinished} ({found.unfinished_bytes} bytes)")
    click.echo(f"not needed for less than {sweep.GRACE.days} days: {waiting} ({size} bytes)")


@cli.command()
def worker() -> None:
    """Run one worker until it is told to stop."""
    chosen = settings.read()
    work(create_app(chosen), chosen)


def _in_the_portal(group: click.Group) -> click.Group:
    """Return a feature's commands, to be run inside the application."""

    @click.pass_context
    def enter(context: click.Context) -> None:
        context.with_resource(_opened(settings.read()))

    # A group of its own: the feature's stays as it is for whoever runs it inside an application already.
    return click.Group(name=group.name, commands=group.commands, callback=enter, help=group.help)


certificates.add_command(badge_keys)
certificates.add_command(rotate_badge_key)
cli.add_command(_in_the_portal(certificates))
cli.add_command(_in_the_portal(courses))
cli.add_command(_in_the_portal(people))
cli.add_command(_in_the_portal(questions))
cli.add_command(_in_the_portal(reports))
cli.add_command(_in_the_portal(tokens))


def main() -> None:
    """Run the command line; a setting that cannot be used is said in one line."""
    try:
        cli()
    except settings.SettingsError as error:
        click.echo(f"lms: {error}", err=True)
        sys.exit(2)
