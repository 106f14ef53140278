"""Certificates on the command line: what a file is worth, and who signs."""

import sys
from pathlib import Path

import click

from lms.certificates.badges import facade as badges
from lms.certificates.badges.rules.saying import Line, say_badge
from lms.certificates.verification import queries
from lms.certificates.verification.rules import Saying, say
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
    if badges.looks_like_badge(content):
        _verify_badge(content)
        return
    paper, verdict = uow.run(lambda: queries.read_paper(content, now=clock.now()), read_only=True)
    said = say(paper, verdict)
    for one in said:
        click.echo(f"{_mark(one)}  {one.words}")
    if any(one.is_well is False for one in said):
        sys.exit(1)


def _verify_badge(content: bytes) -> None:
    check = uow.run(lambda: badges.check_badge(content, now=clock.now()), read_only=True)
    for line in say_badge(check):
        click.echo(f"{_mark(line)}  {line.words}")
    if check.reason:
        click.echo(f"      {check.reason}")
    if check.code:
        click.echo(f"      It is the badge of certificate {check.code}.")
    if check.flaws:
        sys.exit(1)


def _mark(one: Saying | Line) -> str:
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
