"""Certificates on the command line: what a file is worth, and who signs."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from lms.certificates.verification.service import checking
from lms.certificates.verification.values import Checked, Ruling, Saying
from lms.kernel import clock, signing, uow

LARGEST_BYTES = 20_000_000


@click.group("certificates")
def certificates() -> None:
    """Check certificates, and look after the signature on them."""


@certificates.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def verify(file: Path) -> None:
    """Say whether FILE, a PDF or a badge, is of this portal and as it was signed, and what it is worth today.

    Ends with 1 if anything is wrong with it.
    """
    if file.stat().st_size > LARGEST_BYTES:
        raise click.ClickException(f"{file}: larger than {LARGEST_BYTES} bytes; no certificate is")
    content = file.read_bytes()
    checked = uow.run(lambda: checking.check(content, now=clock.now()), read_only=True)
    for one in _lines(checked):
        click.echo(f"{_mark(one)}  {one.words}")
    if checked.ruling is not Ruling.GENUINE:
        sys.exit(1)


def _lines(checked: Checked) -> Iterator[Saying]:
    """Yield what is said of a file, then what differs, then what the register says of its certificate."""
    yield from checked.sayings
    yield from (Saying(f"It shows now: {line}", is_well=False) for line in checked.added)
    yield from (Saying(f"It showed when it was signed: {line}", is_well=False) for line in checked.gone)
    if checked.verdict is not None:
        certificate = checked.verdict.proof.certificate
        words = (
            f"The register says of {certificate.code}: {checked.verdict.proof.holder}, {certificate.title}, "
            f"issued {certificate.issued_on.isoformat()}, valid through {certificate.term.valid_through.isoformat()}."
            " Compare it with what the file says."
        )
        yield Saying(words)
        missed = [claim for claim in checked.claims if claim.is_shown is False]
        yield from (Saying(f"The file does not show: {one.what}, {one.text}") for one in missed)


def _mark(one: Saying) -> str:
    return {True: "well", False: "ILL ", None: "    "}[one.is_well]


@certificates.command("signer")
def signer() -> None:
    """Say who signs certificates and until when; ends with 1, and the reason, if nobody can."""
    _show(signing.look(clock.now()))


@certificates.command("replace-signer")
@click.option(
    "--certificate", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="PEM: a chain."
)
@click.option("--key", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="PEM: its key.")
def replace_signer(certificate: Path | None, key: Path | None) -> None:
    """Sign with another certificate from now on: the one given, else a new one of an authority made for it.

    It is kept in the data folder. The former stays beside it, so that what it signed is known as ours.
    """
    if (certificate is None) is not (key is None):
        raise click.ClickException(
            "a certificate signs with its key: give --certificate and --key, or neither"
        )
    try:
        state = signing.replace_own(clock.now(), certificate=certificate, key=key)
    except signing.ChainRefused as refusal:
        raise click.ClickException(f"nothing is changed: {refusal}") from refusal
    if state.origin is signing.Origin.SETTINGS:
        click.echo("LMS_SIGNING_CERTIFICATE is set and goes first: what was put here is used once it is not.")
    _show(state)
    click.echo("Restart what runs: a process keeps the key that it has loaded.")


def _show(state: signing.SignerState) -> None:
    if not state.is_well:
        click.echo(f"ILL   {state.reason}")
        sys.exit(1)
    click.echo(f"well  {state.subject}, certified by {state.issuer}, until {state.until:%Y-%m-%d}")
