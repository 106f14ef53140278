"""What a certificate's document is set from."""

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import current_app
from sqlalchemy import Select, func, select

from lms.certificates.cycles.models import CertificateRow, CertificationRow, TrackRow
from lms.certificates.cycles.queries import ledger
from lms.certificates.documents.models import BundleItemRow, BundleRow, WaitRow
from lms.certificates.documents.values import Bundle, BundleId, Ground, Proof, Waiting
from lms.certificates.policy import VIEW_TEAM
from lms.certificates.values import Certificate, CertificateId, CertificationId
from lms.identity import facade as identity
from lms.identity.values import OrganisationId
from lms.kernel.actor import Actor
from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.web.pages import Page, PageRequest, keyset

ITEMS_AT_ONCE = 100
BUNDLES_SHOWN = 20
RETRIED_AT_ONCE = 20


def read_proof(certificate: Certificate) -> Proof:
    """Return a certificate with the names of its holder, issuer and employer as they are today."""
    person = identity.get_person(certificate.person_id)
    oem = identity.find_oem()
    employer_id = certificate.employer_id
    employer = identity.list_organisations([employer_id]).get(employer_id) if employer_id else None
    evidence = certificate.evidence
    return Proof(
        certificate=certificate,
        holder=person.name,
        language=person.locale,
        issuer=oem.name if oem else certificate.brand_name,
        employer=employer.name if employer else "",
        url=f"{current_app.config['LMS_PUBLIC_URL']}/verify/{certificate.code}",
        grounds=[
            *[
                Ground(
                    kind="score",
                    title=one["title"],
                    score=Decimal(one["score"]),
                    minimum=Decimal(one["minimum"]),
                )
                for one in evidence.get("scores", ())
            ],
            *[Ground(kind="course", title=one["title"]) for one in evidence.get("courses", ())],
            *[Ground(kind="certificate", title=one["title"]) for one in evidence.get("certificates", ())],
            *[Ground(kind="attendance", title=one["title"]) for one in evidence.get("attendance", ())],
            *[
                Ground(kind="practice", title=one["title"], hours=one["hours"])
                for one in evidence.get("practice", ())
            ],
            *[Ground(kind="given", title=one["title"]) for one in evidence.get("given", ())],
            *[Ground(kind="recognition", title=one["title"]) for one in evidence.get("recognitions", ())],
        ],
    )


def get_visible_proof(certificate_id: CertificateId, actor: Actor) -> Proof:
    """Return what a certificate that `actor` may see says; NotFound for any other."""
    return read_proof(ledger.get_visible(certificate_id, actor))


def get_proof(certificate_id: CertificateId) -> Proof:
    """Return what a certificate says, whoever asks: for jobs."""
    return read_proof(ledger.get_certificate(certificate_id))


def held_now(
    actor: Actor, partner_id: OrganisationId | None, certification_id: CertificationId | None, now: datetime
) -> Select[Any]:
    """Return the query of the certificates that count now, of people whom the actor's role reaches."""
    query = select(TrackRow.certificate_id).where(
        TrackRow.certificate_id.is_not(None),
        TrackRow.counts_until > now,
        TrackRow.revoked_at.is_(None),
        identity.person_in_scope(TrackRow.person_id, actor.scope_of(VIEW_TEAM)),
    )
    if partner_id is not None:
        query = query.where(TrackRow.person_id.in_(identity.employed_at(partner_id, with_branches=True)))
    if certification_id is not None:
        query = query.where(TrackRow.certification_id == certification_id)
    return query


def list_items(bundle_id: BundleId, after: CertificateId | None) -> Sequence[tuple[Proof, str]]:
    """Return some of a bundle's certificates behind `after`, each with why it has no document, or nothing."""
    query = select(BundleItemRow).where(BundleItemRow.bundle_id == bundle_id)
    if after is not None:
        query = query.where(BundleItemRow.certificate_id > after)
    rows = db.session.scalars(query.order_by(BundleItemRow.certificate_id).limit(ITEMS_AT_ONCE)).all()
    found = ledger.list_certificates([row.certificate_id for row in rows])
    return [(read_proof(found[row.certificate_id]), row.reason) for row in rows]


def certificates_of(person_id: object) -> Select[Any]:
    """Return the query of a person's certificates."""
    return select(CertificateRow.id).where(CertificateRow.person_id == person_id)


def list_bundles(actor: Actor) -> Sequence[Bundle]:
    """Return the bundles that the actor asked for, the latest first."""
    return _bundles(BundleRow.asked_by == actor.person_id)


def get_bundle(bundle_id: BundleId, actor: Actor) -> Bundle:
    """Return a bundle that the actor asked for; NotFound for any other."""
    found = _bundles((BundleRow.id == bundle_id) & (BundleRow.asked_by == actor.person_id))
    if not found:
        raise NotFound
    return found[0]


def _bundles(condition: Any) -> Sequence[Bundle]:
    rows = db.session.execute(
        select(BundleRow, CertificationRow.title)
        .outerjoin(CertificationRow, CertificationRow.id == BundleRow.certification_id)
        .where(condition)
        .order_by(BundleRow.id.desc())
        .limit(BUNDLES_SHOWN)
    ).all()
    counts = {
        one[0]: one[1:]
        for one in db.session.execute(
            select(
                BundleItemRow.bundle_id,
                func.count(BundleItemRow.done_at),
                func.count(func.nullif(BundleItemRow.reason, "")),
            )
            .where(BundleItemRow.bundle_id.in_([row.id for row, _title in rows]))
            .group_by(BundleItemRow.bundle_id)
        )
    }
    partners = identity.list_organisations([row.partner_id for row, _title in rows if row.partner_id])
    return [
        Bundle(
            id=row.id,
            partner_id=row.partner_id,
            partner=partners[row.partner_id].name if row.partner_id else "",
            certification_id=row.certification_id,
            certification=title or "",
            state=row.state,
            asked_at=row.asked_at,
            total=row.total,
            done=counts.get(row.id, (0, 0))[0],
            left_out=counts.get(row.id, (0, 0))[1],
            failure=row.failure,
            zip_sha256=row.zip_sha256,
            size_bytes=row.size_bytes,
        )
        for row, title in rows
    ]


def page_waiting(page: PageRequest) -> Page[Waiting]:
    """Return a page of the certificates whose document waits, in the order of their ids."""
    query = select(WaitRow, CertificateRow).join(CertificateRow, CertificateRow.id == WaitRow.certificate_id)
    found = keyset(query, by=[WaitRow.certificate_id], wanted=page, scalars=False)
    people = identity.list_people({certificate.person_id for _wait, certificate in found.items})
    waiting = [
        Waiting(
            certificate_id=certificate.id,
            code=certificate.code,
            title=certificate.title,
            holder=people[certificate.person_id].name if certificate.person_id in people else "",
            issued_on=certificate.issued_on,
            reason=wait.reason,
            since=wait.since,
        )
        for wait, certificate in found.items
    ]
    return Page(waiting, found.next, found.previous)


def list_to_retry(after: CertificateId | None) -> Collection[CertificateId]:
    """Return some certificates whose document waits, behind `after`."""
    query = select(WaitRow.certificate_id).order_by(WaitRow.certificate_id).limit(RETRIED_AT_ONCE)
    return db.session.scalars(query if after is None else query.where(WaitRow.certificate_id > after)).all()
