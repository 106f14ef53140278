"""SELECTs of badges: where their state stands, and what one says."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from flask import current_app, get_template_attribute
from flask_babel import force_locale
from markupsafe import Markup
from sqlalchemy import func, select

from lms.certificates.badges.models import BadgeRow
from lms.certificates.badges.values import Place, Said
from lms.certificates.cycles.models import CertificationRow, RuleRow
from lms.certificates.cycles.queries import certifications
from lms.certificates.documents.values import Proof
from lms.certificates.values import CertificateId, Certification, CertificationId, Rule
from lms.identity import facade as identity
from lms.identity.values import PersonState
from lms.kernel.db import db

LISTED_AT_MOST = 1 << 17


def base_url() -> str:
    """Return the public address of this installation, without a slash at its end."""
    return str(current_app.config["LMS_PUBLIC_URL"])


def find_place(certificate_id: CertificateId) -> Place | None:
    """Return where the state of a certificate's badge of today stands, or None."""
    found = db.session.scalars(
        select(BadgeRow)
        .where(BadgeRow.certificate_id == certificate_id)
        .order_by(BadgeRow.turn.desc())
        .limit(1)
    ).first()
    return _place_of(found) if found else None


def find_bit(list_number: int, place: int) -> Place | None:
    """Return whose bit a place of a list is, or None."""
    found = db.session.scalars(
        select(BadgeRow).where(BadgeRow.list_number == list_number, BadgeRow.place == place)
    ).first()
    return _place_of(found) if found else None


def find_last_list() -> int | None:
    """Return the number of the list in which places are drawn, None before the first."""
    return db.session.scalar(select(func.max(BadgeRow.list_number)))


def list_revoked(list_number: int) -> Sequence[tuple[int, datetime]]:
    """Return the places of a list whose badge was revoked, and when: a list has so many places and no more."""
    found = db.session.execute(
        select(BadgeRow.place, BadgeRow.revoked_at)
        .where(BadgeRow.list_number == list_number, BadgeRow.revoked_at.is_not(None))
        .order_by(BadgeRow.place)
        .limit(LISTED_AT_MOST)
    )
    return [(place, at) for place, at in found if at is not None]


def get_certification(certification_id: CertificationId) -> Certification:
    """Return a certification, whoever asks: badges say as much in public. NotFound."""
    return certifications.get_certification(certification_id)


def brand_of(certification: Certification) -> str:
    """Return what the brand of a certification is called."""
    return next((one.name for one in identity.list_brands() if one.id == certification.brand_id), "")


def issuer_name() -> str:
    """Return in whose name badges are issued."""
    oem = identity.find_oem()
    return oem.name if oem else "Guildhall"


def find_said(proof: Proof) -> Said | None:
    """Return what a certificate's badge says, None for a certificate that has no place in a list."""
    certificate = proof.certificate
    place = find_place(certificate.id)
    if place is None:
        return None
    person = identity.get_person(certificate.person_id)
    description, rule = db.session.execute(
        select(CertificationRow.description, RuleRow.rule)
        .join(RuleRow, RuleRow.certification_id == CertificationRow.id)
        .where(
            CertificationRow.id == certificate.certification_id, RuleRow.version == certificate.rule_version
        )
    ).one()
    return Said(
        certificate=certificate,
        place=place,
        base_url=base_url(),
        language=proof.language,
        holder="" if person.state is PersonState.ERASED else proof.holder,
        issuer=proof.issuer,
        description=description,
        narrative=narrative_of(msgspec.convert(rule, Rule), proof.language),
    )


def narrative_of(rule: Rule, language: str) -> str:
    """Return what a rule asks of whom earns the certification, in a sentence without markup."""
    with force_locale(language):
        line = get_template_attribute("certificates/_rule.html", "line")
        return Markup(f"{line(rule.requirement)}.").unescape()  # noqa: S704  a template's output, made plain text


def _place_of(row: BadgeRow) -> Place:
    return Place(
        certificate_id=row.certificate_id,
        turn=row.turn,
        list_number=row.list_number,
        place=row.place,
        since=row.since,
        salt=row.salt,
        identity_hash=row.identity_hash,
        revoked_at=row.revoked_at,
    )
