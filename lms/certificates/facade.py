"""The door of certificates: who holds what, what is missing, and the few writes that others may ask for."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select

from lms.certificates.cycles.queries import certifications, holders, ledger
from lms.certificates.cycles.queries import missing as lacking
from lms.certificates.cycles.service import crediting, deeds, definitions, issuing, recognising, revoking
from lms.certificates.cycles.values import equivalences
from lms.certificates.documents.rules.designs import STARTS
from lms.certificates.documents.service import designs as designing
from lms.certificates.documents.service import pictures, setting
from lms.certificates.documents.values import designs
from lms.certificates.values import (
    Certificate,
    CertificateId,
    Certification,
    CertificationId,
    Holding,
    Missing,
)
from lms.identity.values import PersonId
from lms.kernel import clock

# Writes that the demo and imports use.
define_certification = definitions.define_certification
assign = issuing.assign
PracticeEntry = deeds.Entry
log_practice = deeds.log_practice
decide_practice = deeds.decide_practice
exempt = revoking.exempt
revoke = revoking.revoke
reinstate = revoking.reinstate
ExemptionEvidence = recognising.Evidence
ask_exemption = recognising.ask
Credited = equivalences.Credited
declare_equivalence = crediting.declare
approve_exemption = recognising.approve

DesignId = designs.DesignId
DesignBase = designs.Base
DesignLayout = designs.Layout
DesignDraft = designs.Draft
DESIGN_STARTS = STARTS
BroughtPicture = pictures.Brought
install_attaching = setting.install_attaching
make_design = designing.make_design
save_design = designing.save_draft
publish_design = designing.publish
look_into_picture = pictures.look_into


def list_certifications(ids: Collection[CertificationId] | None = None) -> Sequence[Certification]:
    """Return certifications by title, with the rule in force: all, or those of `ids`."""
    return certifications.list_certifications(ids)


def get_certification(certification_id: CertificationId) -> Certification:
    """Return one certification; NotFound if there is none."""
    return certifications.get_certification(certification_id)


def holdings(
    *,
    people: Select[PersonId] | Collection[PersonId],
    certification_ids: Collection[CertificationId],
    at: datetime,
) -> Sequence[Holding]:
    """Return the certificates of these people that count at `at`, in grace included, the first to end first.

    `at` is now or later: what was held before and is replaced lies in the ledger. One query.
    """
    return holders.list_holdings(people, certification_ids, at=at)


def some_holdings(
    *,
    people: Select[PersonId],
    given: Mapping[str, Any],
    certification_id: CertificationId,
    at: datetime,
    at_most: int,
    for_partner: bool,
) -> Sequence[Holding]:
    """Return any `at_most` certificates of these people that count at `at`, now or later, in no order.

    `people` is a query that is built once, `given` its parameters. It costs the same however many hold one.
    `for_partner` takes in what counts for the certification where partners are counted, each person once.
    """
    return holders.list_some_holdings(
        people, given, certification_id, at=at, at_most=at_most, for_partner=for_partner
    )


def count_holders(
    *,
    people: Select[PersonId] | Collection[PersonId],
    certification_ids: Collection[CertificationId],
    at: datetime,
) -> Mapping[CertificationId, int]:
    """Return for how many of these people a partner has each certification at `at`, now or later.

    Whoever holds what counts for it where partners are counted is one of them. Certifications of nobody are left out.
    """
    return holders.count_holders(people, certification_ids, at=at)


def people_holding(certification_id: CertificationId, *, at: datetime) -> Select[PersonId]:
    """Return the subquery of people who hold a certification at `at`, now or later."""
    return holders.people_holding(certification_id, at=at)


def former_holders(
    *,
    people: Select[PersonId] | Collection[PersonId],
    certification_id: CertificationId,
    at: datetime,
    limit: int = 20,
) -> Sequence[tuple[PersonId, datetime]]:
    """Return who of these people held a certification and does no more, and until when, latest first."""
    return holders.list_former(people, certification_id, at=at, limit=limit)


def missing(
    person_ids: Collection[PersonId], certification_id: CertificationId
) -> Mapping[PersonId, Missing]:
    """Return what each of these people lacks for a certification, the shortest way; no steps when nothing."""
    return lacking.list_missing(
        person_ids, certifications.get_certification(certification_id), now=clock.now()
    )


def list_revoked(person_id: PersonId, certification_id: CertificationId) -> Sequence[CertificateId]:
    """Return a person's certificates of one certification that are revoked, in the order of their issue."""
    return [one.id for one in ledger.list_entries(person_id, certification_id) if one.revoked_at is not None]


def list_certificates(ids: Collection[CertificateId]) -> Mapping[CertificateId, Certificate]:
    """Return entries of the ledger by id, with what was said of them since."""
    return ledger.list_certificates(ids)
