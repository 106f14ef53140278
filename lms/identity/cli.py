"""People on the command line: `lms people add-administrator`, which begins an installation that has nobody yet."""

import click

from lms.identity import queries, service
from lms.identity.service import passwords
from lms.identity.values import OrganisationId, OrganisationKind
from lms.kernel import clock, uow
from lms.kernel.actor import EVERYTHING, SYSTEM, Role, acting_as
from lms.kernel.errors import DomainError


@click.group("people")
def people() -> None:
    """Look after people."""


@people.command("add-administrator")
@click.option("--email", prompt=True)
@click.option("--name", prompt=True)
@click.option(
    "--organisation", prompt="Manufacturer", default="", help="Needed once, to name the manufacturer."
)
@click.password_option()
def add_administrator(email: str, name: str, organisation: str, password: str) -> None:
    """Add an administrator, and the manufacturer they work for if there is none yet."""
    with acting_as(SYSTEM):
        try:
            uow.run(lambda: _add(email, name, organisation, password))
        except DomainError as refusal:
            raise click.ClickException(
                "; ".join([refusal.message, *refusal.fields.values()]).strip("; ")
            ) from refusal
    click.echo(f"{name} may sign in as {email}.")


def _add(email: str, name: str, organisation: str, password: str) -> None:
    now = clock.now()
    oem = queries.find_oem()
    employer_id = OrganisationId(oem.id) if oem else _found(organisation)
    passwords.check_choice(password, email=email, name=name)
    person_id = service.add_person(email=email, name=name, password=password, now=now)
    service.employ(
        person_id=person_id, organisation_id=employer_id, position_id=None, region_id=None, now=now
    )
    service.grant_role(person_id=person_id, role=Role.ADMINISTRATOR, scope=EVERYTHING, actor=SYSTEM, now=now)


def _found(name: str) -> OrganisationId:
    if not name.strip():
        raise click.ClickException("name the manufacturer with --organisation")
    return service.add_organisation(
        name=name.strip(),
        kind=OrganisationKind.OEM,
        model=None,
        parent_id=None,
        region_id=None,
        country="",
        domain="",
        now=clock.now(),
    )
