"""Documents' work outside requests: bundles are set and put together, and documents that waited are tried again."""

import time
from functools import partial
from typing import Final

from lms.certificates.documents import queries
from lms.certificates.documents.service import bundling, setting, waiting
from lms.certificates.values import CertificateId
from lms.kernel import clock, uow
from lms.kernel.errors import Unavailable
from lms.kernel.jobs import courier

BUNDLE: Final = bundling.JOB
RETRY: Final = "certificates.set_waiting"
WORK_SECONDS: Final = 240.0
"""How long one run works: what it loads to set the first document costs seconds."""


def set_bundles() -> None:
    """Set documents of bundles, batch after batch, and put together what is whole; forget old ones."""
    until = time.monotonic() + WORK_SECONDS
    while time.monotonic() < until:
        batch = uow.run(lambda: bundling.claim_batch(clock.now()))
        if not batch:
            break
        if len(batch) == bundling.BATCH:
            courier(BUNDLE)()  # A second worker, if one is free, takes the next.
        done = {one: set_document(one[1]) for one in batch}
        uow.run(partial(bundling.settle, done, clock.now()))
    while (bundle_id := uow.run(lambda: bundling.claim_packing(clock.now()))) is not None:
        bundling.pack(bundle_id, clock.now())
    uow.run(lambda: bundling.forget(clock.now()))


def set_document(certificate_id: CertificateId) -> str:
    """Set and keep one certificate's document; return why it cannot be, or nothing."""
    proof = uow.run(lambda: queries.get_proof(certificate_id), read_only=True)
    try:
        # What is read on the way is read in a unit that writes nothing: it would hold up every write meanwhile.
        uow.run(partial(setting.set_certificate, proof), read_only=True)
    except Unavailable as refusal:
        uow.run(partial(waiting.note, certificate_id, refusal.message, clock.now()))
        return refusal.message
    return ""


def set_waiting() -> None:
    """Try again to set what waits, some at a time."""
    after: CertificateId | None = None
    while batch := uow.run(partial(queries.list_to_retry, after), read_only=True):
        for after in batch:
            if not set_document(after):
                uow.run(partial(waiting.end, after))
