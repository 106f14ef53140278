"""Bundles: the documents of many certificates in one zip, set by as many workers as are free.

Every step is a row before it is work: a worker that is killed leaves claims that end by themselves, and documents that
were kept are found again by what they were made from.
"""

import errno
import re
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import IO, Final

from flask_babel import gettext as _
from obstore.exceptions import BaseError
from sqlalchemy import delete, func, insert, literal, null, or_, select, update

from lms.certificates.cycles.queries import team
from lms.certificates.documents import queries
from lms.certificates.documents.models import BundleItemRow, BundleRow
from lms.certificates.documents.service import setting
from lms.certificates.documents.values import Bundle, BundleId, BundleState, Proof
from lms.certificates.policy import DEFINE_CERTIFICATIONS
from lms.certificates.values import CertificateId, CertificationId
from lms.identity.values import OrganisationId
from lms.kernel import files, uow
from lms.kernel.actor import Actor
from lms.kernel.db import db
from lms.kernel.errors import Forbidden, Invalid, Unavailable
from lms.kernel.jobs import courier

JOB: Final = "certificates.bundle"
MOST: Final = 5000
BATCH: Final = 20
CLAIM: Final = timedelta(minutes=5)
PACKING: Final = timedelta(minutes=10)
MOST_BYTES: Final = 1 << 31
KEPT: Final = timedelta(days=7)
LEFT_OUT: Final = "LEFT-OUT.txt"
ZIP_DAY: Final = (1980, 1, 1, 0, 0, 0)


def order(
    *,
    bundle_id: BundleId,
    partner_id: OrganisationId | None,
    certification_id: CertificationId | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Ask for the documents of what people of a partner hold now, or of who holds one certification, or both.

    A partner beyond the actor's reach is NotFound, everybody's is for who runs the programme: Forbidden. None to set,
    or more than `MOST`, is Invalid. The same id twice is one bundle.
    """
    if partner_id is None and not actor.may(DEFINE_CERTIFICATIONS):
        raise Forbidden
    if partner_id is not None:
        team.find_partners(actor, partner_id)
    if db.session.get(BundleRow, bundle_id) is not None:
        return
    held = queries.held_now(actor, partner_id, certification_id, now)
    count = db.session.scalar(select(func.count()).select_from(held.limit(MOST + 1).subquery())) or 0
    if not count:
        raise Invalid(fields={"certification_id": _("Nobody there holds a certificate now.")})
    if count > MOST:
        words = _("More than %(most)s certificates. Choose one certification, or a partner.", most=MOST)
        raise Invalid(fields={"certification_id": words})
    db.session.add(
        BundleRow(
            id=bundle_id,
            partner_id=partner_id,
            certification_id=certification_id,
            state=BundleState.SETTING,
            asked_by=actor.person_id,
            asked_at=now,
            total=count,
            failure="",
            zip_sha256=None,
            size_bytes=0,
            finished_at=None,
            packed_until=None,
        )
    )
    db.session.flush()
    chosen = held.subquery()
    columns = ("bundle_id", "certificate_id", "claimed_until", "done_at", "reason")
    rows = select(
        literal(bundle_id, BundleItemRow.bundle_id.type), chosen.c[0], null(), null(), literal("")
    ).select_from(chosen)
    db.session.execute(insert(BundleItemRow).from_select(columns, rows))
    uow.after_commit(courier(JOB))


def claim_batch(now: datetime) -> Sequence[tuple[BundleId, CertificateId]]:
    """Take some certificates of the bundle that was asked for first, for this worker alone and a while."""
    free = or_(BundleItemRow.claimed_until.is_(None), BundleItemRow.claimed_until < now)
    found = db.session.execute(
        select(BundleItemRow.bundle_id, BundleItemRow.certificate_id)
        .join(BundleRow, BundleRow.id == BundleItemRow.bundle_id)
        .where(BundleRow.state == BundleState.SETTING, BundleItemRow.done_at.is_(None), free)
        .order_by(BundleRow.asked_at, BundleItemRow.certificate_id)
        .limit(BATCH)
        .with_for_update(of=BundleItemRow, skip_locked=True)
    ).all()
    for bundle_id in {one.bundle_id for one in found}:
        db.session.execute(
            update(BundleItemRow)
            .where(
                BundleItemRow.bundle_id == bundle_id,
                BundleItemRow.certificate_id.in_([one.certificate_id for one in found]),
            )
            .values(claimed_until=now + CLAIM)
        )
    return [(one.bundle_id, one.certificate_id) for one in found]


def settle(done: Mapping[tuple[BundleId, CertificateId], str], now: datetime) -> None:
    """Say of certificates of bundles that they are done: with a reason for those whose document cannot be set."""
    for (bundle_id, certificate_id), reason in done.items():
        db.session.execute(
            update(BundleItemRow)
            .where(BundleItemRow.bundle_id == bundle_id, BundleItemRow.certificate_id == certificate_id)
            .values(done_at=now, reason=reason)
        )


def claim_packing(now: datetime) -> BundleId | None:
    """Take a bundle whose every document is done, to put it together; None if there is none."""
    waits = (
        select(BundleItemRow.bundle_id)
        .where(BundleItemRow.bundle_id == BundleRow.id, BundleItemRow.done_at.is_(None))
        .exists()
    )
    free = or_(BundleRow.packed_until.is_(None), BundleRow.packed_until < now)
    row = db.session.scalar(
        select(BundleRow)
        .where(BundleRow.state == BundleState.SETTING, free, ~waits)
        .order_by(BundleRow.asked_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if row is None:
        return None
    row.packed_until = now + PACKING
    return row.id


def pack(bundle_id: BundleId, now: datetime) -> None:
    """Put a bundle's zip together and keep it; what goes wrong with the storage ends the bundle with the reason."""
    try:
        # Laid before the row that names it: killed in between, it is an orphan and is made again.
        with tempfile.TemporaryFile() as whole:
            _write(bundle_id, whole)
            whole.seek(0)
            laid = files.lay_blob(whole, named="certificates.zip", limit_bytes=MOST_BYTES)
    except (OSError, BaseError) as error:
        uow.run(partial(_fail, bundle_id, _why(error), now))
    else:
        uow.run(partial(_finish, bundle_id, laid, now))


def _write(bundle_id: BundleId, whole: IO[bytes]) -> None:
    left = list[str]()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as archive:
        for proof, said in _documents(bundle_id):
            content, reason = (b"", said) if said else _content(proof)
            if reason:
                left.append(f"{proof.certificate.code} {proof.holder}: {reason}")
            else:
                archive.writestr(zipfile.ZipInfo(_name(proof), ZIP_DAY), content)
        if left:
            archive.writestr(zipfile.ZipInfo(LEFT_OUT, ZIP_DAY), "\n".join([*left, ""]))


def _content(proof: Proof) -> tuple[bytes, str]:
    """Return a document, kept since it was set, or set again if it is gone; else why it cannot be."""
    try:
        return uow.run(partial(setting.set_certificate, proof), read_only=True), ""
    except Unavailable as refusal:
        return b"", refusal.message


def _documents(bundle_id: BundleId) -> Iterator[tuple[Proof, str]]:
    after: CertificateId | None = None
    while batch := uow.run(partial(queries.list_items, bundle_id, after), read_only=True):
        yield from batch
        after = batch[-1][0].certificate.id


def _name(proof: Proof) -> str:
    """Return a file's name that every system takes: the holder's letters, then the number, which no two share."""
    letters = unicodedata.normalize("NFC", proof.holder)
    plain = re.sub(r"[^\w\-]+", " ", letters).strip()[:60].strip() or "certificate"
    return f"{plain} {proof.certificate.code}.pdf"


def _finish(bundle_id: BundleId, laid: tuple[str, int], now: datetime) -> None:
    sha256, size = laid
    row = db.session.get_one(BundleRow, bundle_id, with_for_update=True)
    # A sweep may have taken it in between: then the claim ends and it is put together again.
    if row.state is BundleState.SETTING and not files.hold_blobs([sha256]):
        row.state, row.zip_sha256, row.size_bytes, row.finished_at = BundleState.READY, sha256, size, now


def _fail(bundle_id: BundleId, reason: str, now: datetime) -> None:
    row = db.session.get_one(BundleRow, bundle_id, with_for_update=True)
    row.state, row.failure, row.finished_at = BundleState.FAILED, reason, now


def _why(error: Exception) -> str:
    full = getattr(error, "errno", None) == errno.ENOSPC or "No space left" in str(error)
    return "full" if full else "storage"


def forget(now: datetime) -> None:
    """Delete bundles whose time has passed; their zips go with the next sweep."""
    old = select(BundleRow.id).where(BundleRow.asked_at < now - KEPT).limit(50)
    _delete(db.session.scalars(old).all())


def forget_of(person_id: object) -> None:
    """Delete the bundles that a person asked for or stands in: they were erased."""
    theirs = select(BundleItemRow.bundle_id).where(
        BundleItemRow.certificate_id.in_(queries.certificates_of(person_id))
    )
    found = select(BundleRow.id).where(or_(BundleRow.asked_by == person_id, BundleRow.id.in_(theirs)))
    _delete(db.session.scalars(found).all())


def _delete(ids: Sequence[BundleId]) -> None:
    db.session.execute(delete(BundleItemRow).where(BundleItemRow.bundle_id.in_(ids)))
    db.session.execute(delete(BundleRow).where(BundleRow.id.in_(ids)))


def may_download(bundle: Bundle, actor: Actor) -> None:
    """Refuse who has lost the role that reached the bundle's people: NotFound, Forbidden."""
    if bundle.partner_id is None:
        if not actor.may(DEFINE_CERTIFICATIONS):
            raise Forbidden
    else:
        team.find_partners(actor, bundle.partner_id)
