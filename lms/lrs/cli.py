"""Keys for sources of statements, made on the command line."""

import click

from lms.kernel import clock, uow
from lms.kernel.actor import SYSTEM, acting_as
from lms.lrs.service.credentials import LIMIT_BYTES, PER_MINUTE, make_credential
from lms.lrs.values import NewCredential, XapiScope


@click.group("tokens")
def tokens() -> None:
    """Look after the keys of sources that send or read xAPI statements."""


@tokens.command("create")
@click.option(
    "--name", required=True, help="What the source is called; its statements name it as their authority."
)
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice([scope.value for scope in XapiScope]),
    default=[XapiScope.WRITE.value, XapiScope.READ_MINE.value],
    show_default=True,
)
@click.option("--per-minute", type=click.IntRange(1, 10_000_000), default=PER_MINUTE, show_default=True)
@click.option("--limit-bytes", type=click.IntRange(1_000, 64_000_000), default=LIMIT_BYTES, show_default=True)
def create(name: str, scopes: tuple[str, ...], per_minute: int, limit_bytes: int) -> None:
    """Make a key and print it with its secret, which is shown this once."""

    def work() -> NewCredential | None:
        return make_credential(
            name=name.strip(),
            scopes=[XapiScope(one) for one in scopes],
            actor=SYSTEM,
            now=clock.now(),
            per_minute=per_minute,
            limit_bytes=limit_bytes,
        )

    with acting_as(SYSTEM):
        made = uow.run(work)
    if made is not None:
        click.echo(f"key     {made.key}\nsecret  {made.secret}")
