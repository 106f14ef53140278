"""The keys of badges on the command line."""

import sys

import click

from lms.certificates.badges.queries import base_url
from lms.certificates.badges.rules.addresses import did_of
from lms.kernel import clock, credentials


@click.command("badge-keys")
def badge_keys() -> None:
    """Say by which keys badges are checked, the one that signs first; ends with 1, and the reason, if none can."""
    try:
        _show()
    except credentials.NoKey as refusal:
        click.echo(f"ILL   {refusal.message}")
        sys.exit(1)


@click.command("rotate-badge-key")
def rotate_badge_key() -> None:
    """Sign badges with a new key from now on. What was signed before stays known as ours.

    The secret half of the former key is destroyed, its public half kept beside the new one.
    """
    try:
        credentials.rotate_key(clock.now())
    except credentials.NoKey as refusal:
        raise click.ClickException(f"nothing is changed: {refusal.message}") from refusal
    _show()
    click.echo("Whoever asks for the keys hears of it within a minute. Nothing need be restarted.")


def _show() -> None:
    signer = credentials.signer()
    click.echo(f"well  {did_of(base_url())}")
    for one in credentials.list_keys():
        when = f"signed until {one.until:%Y-%m-%d}" if one.until else f"signs since {signer.since:%Y-%m-%d}"
        click.echo(f"      {one.multikey} {when}")
