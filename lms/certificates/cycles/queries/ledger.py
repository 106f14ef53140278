"""SELECTs of the ledger: certificates and what was said of them since."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import aliased

from lms.certificates.cycles.models import CertificateRow, CycleRow, MarkRow
from lms.certificates.cycles.rules.ledger import Entry
from lms.certificates.cycles.values import Cycle, History
from lms.certificates.policy import VIEW_TEAM
from lms.certificates.values import Certificate, CertificateId, CertificationId, Mark, MarkKind, Term
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel.actor import Actor
from lms.kernel.db import db
from lms.kernel.errors import NotFound

AT_ONCE = 200


def visible_to(actor: Actor) -> Any:
    """Return the filter for certificates that are the actor's own or of people whom their role reaches."""
    return or_(
        CertificateRow.person_id == actor.person_id,
        identity.person_in_scope(CertificateRow.person_id, actor.scope_of(VIEW_TEAM)),
    )


@cache
def _ledger() -> Any:
    """Return the query of entries with their marks; built once."""
    predecessor, successor = aliased(CertificateRow), aliased(CertificateRow)
    return (
        select(CertificateRow, predecessor.code, MarkRow, successor.code)
        .outerjoin(predecessor, predecessor.id == CertificateRow.predecessor_id)
        .outerjoin(MarkRow, MarkRow.certificate_id == CertificateRow.id)
        .outerjoin(successor, successor.id == MarkRow.successor_id)
        .order_by(CertificateRow.issued_at, CertificateRow.id, MarkRow.turn, MarkRow.id)
    )


def _collect(query: Any, given: Mapping[str, Any] | None = None) -> Sequence[Certificate]:
    found: dict[CertificateId, tuple[CertificateRow, str | None, list[Mark]]] = {}
    for row, predecessor_code, mark, successor_code in db.session.execute(query, given):
        marks = found.setdefault(row.id, (row, predecessor_code, []))[2]
        if mark is not None:
            marks.append(Mark(kind=mark.kind, at=mark.at, reason=mark.reason, successor_code=successor_code))
    return [_certificate_of(*parts) for parts in found.values()]


def _certificate_of(row: CertificateRow, predecessor_code: str | None, marks: Sequence[Mark]) -> Certificate:
    return Certificate(
        id=row.id,
        code=row.code,
        certification_id=row.certification_id,
        person_id=row.person_id,
        employer_id=row.employer_id,
        title=row.title,
        glyph=row.glyph,
        maker=row.maker,
        brand_name=row.brand_name,
        rule_version=row.rule_version,
        issued_at=row.issued_at,
        issued_on=row.issued_on,
        term=Term(
            valid_through=row.valid_through,
            renewal_opens_at=row.renewal_opens_at,
            expires_at=row.expires_at,
            counts_until=row.counts_until,
        ),
        evidence=row.evidence,
        predecessor_code=predecessor_code,
        marks=tuple(marks),
    )


@cache
def _by_code() -> Any:
    return _ledger().where(CertificateRow.code == bindparam("code"))


def find_by_code(code: str) -> Certificate | None:
    """Return the certificate of a code as written in the ledger, or None. Whoever has the code may see it."""
    found = _collect(_by_code(), {"code": code})
    return found[0] if found else None


def get_certificate(certificate_id: CertificateId) -> Certificate:
    """Return a certificate, whoever asks: for jobs."""
    found = _collect(_ledger().where(CertificateRow.id == certificate_id))
    if not found:
        raise NotFound
    return found[0]


def get_visible(certificate_id: CertificateId, actor: Actor) -> Certificate:
    """Return a certificate that `actor` may see; NotFound for any other."""
    found = _collect(_ledger().where(CertificateRow.id == certificate_id, visible_to(actor)))
    if not found:
        raise NotFound
    return found[0]


def get_own(certificate_id: CertificateId, actor: Actor) -> Certificate:
    """Return a certificate of the actor's own; NotFound for any other."""
    found = _collect(
        _ledger().where(CertificateRow.id == certificate_id, CertificateRow.person_id == actor.person_id)
    )
    if not found:
        raise NotFound
    return found[0]


def list_certificates(ids: Collection[CertificateId]) -> Mapping[CertificateId, Certificate]:
    """Return the certificates of these ids, by id; at most `AT_ONCE`."""
    wanted = list(ids)[:AT_ONCE]
    if not wanted:
        return {}
    return {one.id: one for one in _collect(_ledger().where(CertificateRow.id.in_(wanted)))}


def list_certified(people: Collection[PersonId]) -> Collection[PersonId]:
    """Return those of these people to whom anything was ever issued, whatever has become of it."""
    return db.session.scalars(
        select(CertificateRow.person_id).where(CertificateRow.person_id.in_(people)).distinct()
    ).all()


def read_history(person_id: PersonId, certification_id: CertificationId) -> History:
    """Return a person's cycles and certificates of one certification, oldest first."""
    cycles = db.session.scalars(
        select(CycleRow)
        .where(CycleRow.person_id == person_id, CycleRow.certification_id == certification_id)
        .order_by(CycleRow.id)
        .limit(AT_ONCE)
    )
    certificates = _collect(
        _ledger().where(
            CertificateRow.person_id == person_id, CertificateRow.certification_id == certification_id
        )
    )
    return History(cycles=[_cycle_of(row) for row in cycles], certificates=certificates)


def list_entries(person_id: PersonId, certification_id: CertificationId) -> Sequence[Entry]:
    """Return a person's certificates of one certification as the rules read them, in the order of their issue."""
    return [
        entry_of(one)
        for one in _collect(
            _ledger().where(
                CertificateRow.person_id == person_id, CertificateRow.certification_id == certification_id
            )
        )
    ]


def entry_of(one: Certificate) -> Entry:
    """Return a certificate as the rules read it."""
    return Entry(
        id=one.id,
        code=one.code,
        issued_at=one.issued_at,
        term=one.term,
        revoked_at=revoked.at if (revoked := one.mark(MarkKind.REVOKED)) else None,
        is_superseded=one.mark(MarkKind.SUPERSEDED) is not None,
    )


def list_of_person(person_id: PersonId) -> Sequence[Certificate]:
    """Return every certificate a person was ever issued, oldest first."""
    return _collect(_ledger().where(CertificateRow.person_id == person_id))


def list_latest(person_id: PersonId, most: int) -> Sequence[Certificate]:
    """Return a person's last certificates, the newest first."""
    ids = (
        select(CertificateRow.id)
        .where(CertificateRow.person_id == person_id)
        .order_by(CertificateRow.issued_at.desc(), CertificateRow.id.desc())
        .limit(most)
    )
    return _collect(_ledger().where(CertificateRow.id.in_(ids.scalar_subquery())))[::-1]


def _cycle_of(row: CycleRow) -> Cycle:
    return Cycle(
        id=row.id,
        source=row.source,
        assigned_at=row.assigned_at,
        assigned_by=row.assigned_by,
        due_on=row.due_on,
        closed_at=row.closed_at,
        ended_as=row.ended_as,
        reason=row.reason,
    )


def export_person(person_id: PersonId) -> Mapping[str, Any]:
    """Return what is held of a person's certification, as JSON values."""
    cycles = db.session.scalars(
        select(CycleRow).where(CycleRow.person_id == person_id).order_by(CycleRow.id).limit(AT_ONCE * 5)
    )
    return {
        "certificates": [
            {
                "code": one.code,
                "title": one.title,
                "issued_at": one.issued_at.isoformat(),
                "valid_through": one.term.valid_through.isoformat(),
                "rests_on": dict(one.evidence),
                "marks": [
                    {"kind": mark.kind.value, "at": mark.at.isoformat(), "reason": mark.reason}
                    for mark in one.marks
                ],
            }
            for one in list_of_person(person_id)
        ],
        "cycles": [
            {
                "certification_id": str(row.certification_id),
                "source": row.source.value,
                "assigned_at": row.assigned_at.isoformat(),
                "due_on": row.due_on.isoformat() if row.due_on else None,
                "ended_as": row.ended_as.value if row.ended_as else None,
            }
            for row in cycles
        ],
    }
