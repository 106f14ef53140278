"""What `lms doctor` looks at: every part this installation leans on, and what to do about one that is missing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import obstore
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from lms.app.settings import Settings
from lms.kernel import clock, credentials, files, jobs, pdf, signing
from lms.kernel.db import db

PANGO = "Debian and Ubuntu: apt-get install libpangoft2-1.0-0 libpango-1.0-0 libharfbuzz-subset0"


@dataclass(frozen=True, slots=True)
class Finding:
    """One part: whether it is well, what was seen, and the cure if it is not."""

    part: str
    is_well: bool
    seen: str
    cure: str = ""


def examine(chosen: Settings) -> Iterator[Finding]:
    """Yield one finding a part; needs an application context, not a running portal."""
    yield _try(
        "database", _database, "Is the server of LMS_DATABASE_URL up, and has `lms db upgrade` been run?"
    )
    if chosen.embedded_broker:
        yield Finding("broker", is_well=True, seen="embedded: `lms serve` starts it")
    else:
        yield _try("broker", _broker, "Is the server of LMS_REDIS_URL up and reachable from here?")
    yield _try("storage", _storage, "May this user write to the folder or bucket of LMS_STORAGE_URL?")
    yield Finding(
        "mail",
        is_well=True,
        seen="SMTP by LMS_MAIL_URL"
        if chosen.mail_url
        else "kept on the outbox page: LMS_MAIL_URL is not set",
    )
    yield Finding(
        "PDF",
        is_well=pdf.is_available(),
        seen="WeasyPrint with Pango"
        if pdf.is_available()
        else "Pango is missing: certificates cannot be printed",
        cure=PANGO,
    )
    yield _signature()
    yield _badges()


def _badges() -> Finding:
    base = str(current_app.config["LMS_PUBLIC_URL"])
    try:
        since = credentials.signer().since
    except credentials.NoKey as refusal:
        cure = f"Bring `{credentials.FOLDER}/` of the data folder back from a backup."
        return Finding("badges", is_well=False, seen=refusal.message, cure=cure)
    seen = f"signed for {base} with a key of {since:%Y-%m-%d}"
    if not base.startswith("https://"):
        # True of every portal that is tried out at home: no illness, but good to know.
        seen += "; others can check them once LMS_PUBLIC_URL is an https address"
    return Finding("badges", is_well=True, seen=seen)


def _signature() -> Finding:
    state = signing.look(clock.now())
    whose = "an authority of its own" if state.origin is signing.Origin.OWN else "LMS_SIGNING_CERTIFICATE"
    if state.is_well and state.until is not None:
        seen = f"{state.subject} until {state.until:%Y-%m-%d}, from {whose}"
        return Finding("signature", is_well=True, seen=seen)
    cure = (
        "`lms certificates replace-signer` makes a new one."
        if state.origin is signing.Origin.OWN
        else "Put another chain and its key where LMS_SIGNING_CERTIFICATE and LMS_SIGNING_KEY point to, and restart."
    )
    return Finding(
        "signature", is_well=False, seen=f"{state.reason} Certificates are issued all the same.", cure=cure
    )


def _try(part: str, look: Callable[[], str], cure: str) -> Finding:
    try:
        return Finding(part, is_well=True, seen=look())
    except (SQLAlchemyError, RedisError, OSError, LookupError, obstore.exceptions.BaseError) as error:
        return Finding(part, is_well=False, seen=str(error).splitlines()[0], cure=cure)


def _database() -> str:
    head = ScriptDirectory(str(current_app.extensions["migrate"].directory)).get_current_head()
    with db.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
        version = ".".join(map(str, connection.dialect.server_version_info or ()))
    if current != head:
        raise LookupError(f"its tables are at revision {current}, this version needs {head}")
    return f"{db.engine.dialect.name} {version} at revision {current}"


def _broker() -> str:
    jobs.broker().ping()
    return "answers"


def _storage() -> str:
    files.keep_derived("doctor", b"well")
    return (
        "takes files and gives them back"
        if files.find_derived("doctor") == b"well"
        else "gives back something else"
    )
