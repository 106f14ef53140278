"""What standing asks the certificates for: the portal's one window on them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from lms.certificates import facade as certificates
from lms.certificates.values import Certification, CertificationId, Missing
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.portal.standing.values import Held, Step, Way


def list_held(
    people: Select[Any],
    given: Mapping[str, Any],
    certification_id: UUID,
    at: datetime,
    *,
    at_most: int,
    for_partner: bool,
) -> Sequence[Held]:
    """Return certificates of a certification that count at an instant among `people`, longest first: any `at_most`.

    `for_partner` says that heads are counted: then what is credited to the company alone counts too.
    """
    holdings = certificates.some_holdings(
        people=people,
        given=given,
        certification_id=CertificationId(certification_id),
        at=at,
        at_most=at_most,
        for_partner=for_partner,
    )
    held = [
        Held(
            person_id=holding.person_id,
            certificate_id=holding.certificate_id,
            code=holding.code,
            valid_through=holding.valid_through,
            counts_until=holding.counts_until,
            held_title=holding.held_title,
        )
        for holding in holdings
    ]
    return sorted(held, key=lambda one: (one.counts_until, one.person_id.int), reverse=True)


def count_holders(
    people: Select[Any] | Collection[PersonId], certification_ids: Collection[UUID], at: datetime
) -> Mapping[UUID, int]:
    """Return how many distinct people hold each of these certifications at an instant; none are left out."""
    counted = certificates.count_holders(
        people=people, certification_ids=[CertificationId(one) for one in certification_ids], at=at
    )
    return {one: counted.get(CertificationId(one), 0) for one in certification_ids}


def partners_of_holders(certification_id: UUID, at: datetime) -> Select[Any]:
    """Return the subquery of partners who employ a holder of a certification at an instant."""
    person_id, partner_id = identity.pairs_of_employer().subquery().c
    holding = certificates.people_holding(CertificationId(certification_id), at=at)
    return select(partner_id).where(person_id.in_(holding)).distinct().order_by(partner_id)


def list_lacking(people: Collection[PersonId], certification_id: UUID) -> Sequence[tuple[PersonId, Missing]]:
    """Return what each of these people lacks for a certification, shortest first."""
    if not people:
        return ()
    lacking = certificates.missing(people, CertificationId(certification_id))
    return sorted(lacking.items(), key=lambda one: (one[1].minutes, one[0].int))


def way_of(person_id: PersonId, missing: Missing) -> Way:
    """Return somebody's way to a certificate, as a decision keeps it."""
    steps = tuple(Step(title=step.title, minutes=step.minutes, url=step.url) for step in missing.steps)
    return Way(person_id=person_id, minutes=missing.minutes, steps=steps)


def list_certifications() -> Sequence[Certification]:
    """Return every certification, by title."""
    return sorted(certificates.list_certifications(), key=lambda one: one.title)


def holds_any(people: Collection[PersonId], certification_ids: Collection[UUID], at: datetime) -> bool:
    """Return whether any of these people holds any of these certifications."""
    wanted = [CertificationId(one) for one in certification_ids]
    return bool(certificates.count_holders(people=people, certification_ids=wanted, at=at))
