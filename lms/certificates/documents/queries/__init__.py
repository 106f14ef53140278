"""What a certificate's document is set from."""

from decimal import Decimal

from flask import current_app

from lms.certificates.cycles.queries import ledger
from lms.certificates.documents.values import Ground, Proof
from lms.certificates.values import Certificate, CertificateId
from lms.identity import facade as identity
from lms.kernel.actor import Actor


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
