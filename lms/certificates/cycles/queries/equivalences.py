"""SELECTs of equivalences: what counts for what, and what was credited."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import aliased

from lms.certificates.cycles.models import CertificateRow, CertificationRow, TrackRow
from lms.certificates.cycles.models.equivalences import CreditRow, EquivalenceRow
from lms.certificates.cycles.queries import holders
from lms.certificates.cycles.queries.affected import by_partner
from lms.certificates.cycles.values.equivalences import Concerned, Credited, Equivalence
from lms.certificates.values import (
    CertificateId,
    CertificationId,
    CertificationState,
    EquivalenceId,
    Term,
)
from lms.identity.values import PersonId
from lms.kernel.db import db
from lms.web.pages import Page, PageRequest, keyset

AT_ONCE = 200


class Counted(NamedTuple):
    """A certificate that counts now, as it is credited for another."""

    id: CertificateId
    code: str
    title: str
    rule_version: int
    term: Term


def read_concerned(
    from_id: CertificationId, to_id: CertificationId, up_to_version: int | None, *, at: datetime
) -> Concerned:
    """Return whom it concerns if holding the one counts for the other from now on; nothing is changed."""
    own = aliased(TrackRow)
    counted = holders.people_holding(from_id, at=at).where(
        ~exists(
            select(own.person_id).where(
                own.certification_id == to_id,
                own.person_id == TrackRow.person_id,
                own.counts_until > at,
            )
        )
    )
    if up_to_version is not None:
        counted = counted.where(
            exists(
                select(CertificateRow.id).where(
                    CertificateRow.id == TrackRow.certificate_id,
                    CertificateRow.rule_version <= up_to_version,
                )
            )
        )
    all_of_them, some = (
        select(func.count()).select_from(one.subquery()).scalar_subquery()
        for one in (holders.people_holding(from_id, at=at), counted)
    )
    held, fresh = db.session.execute(select(all_of_them, some)).one()
    partners, others = by_partner(counted)
    return Concerned(holders=held, counted=fresh, partners=partners, other_partners=others)


def page_equivalences(wanted: PageRequest) -> Page[Equivalence]:
    """Return a page of what was declared, the newest first."""
    given, got = aliased(CertificationRow), aliased(CertificationRow)
    credited = (
        select(func.count())
        .where(CreditRow.equivalence_id == EquivalenceRow.id)
        .correlate(EquivalenceRow)
        .scalar_subquery()
    )
    query = (
        select(EquivalenceRow, given.title, got.title, got.glyph, credited)
        .join(given, given.id == EquivalenceRow.from_id)
        .join(got, got.id == EquivalenceRow.to_id)
    )
    found = keyset(query, by=(EquivalenceRow.id,), wanted=wanted, descending=True, scalars=False)
    return found.map(_equivalence_of)


def _equivalence_of(row: Any) -> Equivalence:
    one, from_title, to_title, to_glyph, certificates = row
    return Equivalence(
        id=one.id,
        from_id=one.from_id,
        from_title=from_title,
        to_id=one.to_id,
        to_title=to_title,
        to_glyph=to_glyph,
        credited=one.credited,
        up_to_version=one.up_to_version,
        through=one.through,
        declared_at=one.declared_at,
        ended_at=one.ended_at,
        certificates=certificates,
    )


def list_in_force(from_id: CertificationId, today: date) -> Sequence[EquivalenceRow]:
    """Return what people are credited today for holding a certification, among certifications that are given."""
    return db.session.scalars(
        select(EquivalenceRow)
        .join(CertificationRow, CertificationRow.id == EquivalenceRow.to_id)
        .where(
            EquivalenceRow.from_id == from_id,
            EquivalenceRow.credited == Credited.PERSON,
            EquivalenceRow.ended_at.is_(None),
            or_(EquivalenceRow.through.is_(None), EquivalenceRow.through >= today),
            CertificationRow.state == CertificationState.ACTIVE,
        )
        .order_by(EquivalenceRow.to_id)
    ).all()


def list_counting_for(to_ids: Collection[CertificationId], today: date) -> Collection[CertificationId]:
    """Return the certifications for which whoever holds them is credited one of these today."""
    return db.session.scalars(
        select(EquivalenceRow.from_id)
        .where(
            EquivalenceRow.to_id.in_(to_ids),
            EquivalenceRow.credited == Credited.PERSON,
            EquivalenceRow.ended_at.is_(None),
            or_(EquivalenceRow.through.is_(None), EquivalenceRow.through >= today),
        )
        .distinct()
    ).all()


def find_in_force(from_id: CertificationId, to_id: CertificationId) -> EquivalenceRow | None:
    """Return what is declared of two certifications and has not been ended."""
    return db.session.scalars(
        select(EquivalenceRow).where(
            EquivalenceRow.from_id == from_id,
            EquivalenceRow.to_id == to_id,
            EquivalenceRow.ended_at.is_(None),
        )
    ).first()


def find_counting(person_id: PersonId, certification_id: CertificationId, *, at: datetime) -> Counted | None:
    """Return the certificate by which a person holds a certification at an instant, None if they do not."""
    row = db.session.scalars(
        select(CertificateRow)
        .join(TrackRow, TrackRow.certificate_id == CertificateRow.id)
        .where(
            TrackRow.person_id == person_id,
            TrackRow.certification_id == certification_id,
            TrackRow.counts_until > at,
        )
    ).first()
    if row is None:
        return None
    term = Term(
        valid_through=row.valid_through,
        renewal_opens_at=row.renewal_opens_at,
        expires_at=row.expires_at,
        counts_until=row.counts_until,
    )
    return Counted(row.id, row.code, row.title, row.rule_version, term)


def list_holders(
    equivalence_id: EquivalenceId, *, after: PersonId | None, at: datetime
) -> Sequence[tuple[PersonId, CertificationId]]:
    """Return a batch of the people who hold what an equivalence is credited for, and that certification."""
    query = (
        select(TrackRow.person_id, TrackRow.certification_id)
        .join(EquivalenceRow, EquivalenceRow.from_id == TrackRow.certification_id)
        .where(EquivalenceRow.id == equivalence_id, TrackRow.counts_until > at)
        .order_by(TrackRow.person_id)
        .limit(AT_ONCE)
    )
    if after is not None:
        query = query.where(TrackRow.person_id > after)
    return [(person_id, from_id) for person_id, from_id in db.session.execute(query)]


def list_resting_on(certificate_ids: Collection[CertificateId]) -> Sequence[CreditRow]:
    """Return what was credited for these certificates."""
    return db.session.scalars(
        select(CreditRow).where(CreditRow.rests_on_id.in_(certificate_ids)).order_by(CreditRow.certificate_id)
    ).all()
