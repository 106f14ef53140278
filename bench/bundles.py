"""The figure of documents in bulk: a zip of a thousand certificates by two workers, and the memory of both."""

import os
import time
from collections.abc import Iterator, Sequence
from typing import Final

import psutil
from sqlalchemy import select

from bench import certifying
from bench.data import thrown_away
from bench.figures import Figure, is_wanted
from lms.certificates import jobs as cycles
from lms.certificates.cycles.service import definitions, weighing
from lms.certificates.documents import jobs
from lms.certificates.documents.models import BundleRow
from lms.certificates.documents.service import bundling
from lms.certificates.documents.values import BundleId, BundleState
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db, new_id
from lms.kernel.uow import unit_of_work

CERTIFICATES: Final = 1_000
WORKERS: Final = 2
ZIP_S, ZIP_MB = 60, 300
EVERY_SECONDS: Final = 0.25


def figures(suffix: str) -> Iterator[Figure]:
    """Yield every figure of bundles; `suffix` names the database where it is not SQLite."""
    yield Figure(f"bundle.zip_s.{CERTIFICATES}{suffix}", "s", ZIP_S)
    yield Figure(f"bundle.zip_mb.{CERTIFICATES}{suffix}", "MB", ZIP_MB)


def measure(pattern: str | None, database_url: str | None, suffix: str) -> dict[str, float]:
    """Return both figures if `pattern` asks for any of them."""
    if not any(is_wanted(figure.name, pattern) for figure in figures(suffix)):
        return {}
    with thrown_away(database_url, name="guildhall_bench_bundles"):
        found = take(CERTIFICATES)
    return {f"bundle.{name}.{CERTIFICATES}{suffix}": value for name, value in found.items()}


def take(certificates: int) -> dict[str, float]:
    """Return what a zip of so many certificates takes, in the current portal's empty database."""
    made = certifying.make(certificates)
    bundle_id = BundleId(new_id())
    with unit_of_work(), acting_as(SYSTEM):
        version = definitions.change_rules(
            certification_id=made.certification_id,
            rule=certifying.rule_of(made.course, "0.5"),
            actor=SYSTEM,
            now=clock.now(),
        )
        weighing.begin(certification_id=made.certification_id, version=version, now=clock.now())
    cycles.weigh()
    with unit_of_work(), acting_as(SYSTEM):
        bundling.order(
            bundle_id=bundle_id,
            partner_id=None,
            certification_id=made.certification_id,
            actor=SYSTEM,
            now=clock.now(),
        )
    db.session.remove()
    db.engine.dispose()
    began = time.monotonic()
    workers = [_fork() for _number in range(WORKERS)]
    most = 0
    while alive := [one for one in workers if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]:
        most = max(most, _memory_bytes(alive))
        time.sleep(EVERY_SECONDS)
    took = time.monotonic() - began
    codes = [os.waitpid(one.pid, 0)[1] for one in workers]
    with unit_of_work(read_only=True):
        row = db.session.scalars(select(BundleRow).where(BundleRow.id == bundle_id)).one()
        if row.state is not BundleState.READY or row.total != certificates or any(codes):
            raise AssertionError(f"the zip was not made: {row.state}, {row.total} documents, {codes}")
    return {"zip_s": took, "zip_mb": most / 1e6}


def _fork() -> psutil.Process:
    """Return a process that does what a worker does, from the program that is loaded, as a worker's own are forked."""
    pid = os.fork()
    if pid:
        return psutil.Process(pid)
    code = 1
    try:
        jobs.set_bundles()
        code = 0
    finally:
        os._exit(code)


def _memory_bytes(workers: Sequence[psutil.Process]) -> int:
    """Return the memory of all workers together: pages that they share count once (PSS)."""
    total = 0
    for one in (psutil.Process(), *workers):
        try:
            total += one.memory_full_info().pss
        except psutil.NoSuchProcess:  # it ended meanwhile
            continue
    return total
