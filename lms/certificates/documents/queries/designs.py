"""SELECTs of designs: drafts, versions, and the one a certificate was issued with."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import func, or_, select

from lms.certificates.documents.models.designs import DesignedCertificate, DesignRow, DesignVersionRow
from lms.certificates.documents.rules.designs import languages_of
from lms.certificates.documents.values.designs import (
    Candidate,
    Design,
    DesignId,
    DesignVersion,
    Layout,
)
from lms.certificates.values import Certificate, CertificateId
from lms.courses import facade as courses
from lms.courses.values import CourseId, Level
from lms.identity.values import BrandId
from lms.kernel.db import db
from lms.kernel.errors import NotFound

AT_ONCE: Final = 200
RANKS: Final = {Level.FOUNDATION: 0, Level.INTERMEDIATE: 1, Level.ADVANCED: 2}


def layout_from(stored: Mapping[str, Any]) -> Layout:
    """Return a design as it was stored."""
    return msgspec.convert(stored, Layout)


def find_layout_of(certificate_id: CertificateId) -> Layout | None:
    """Return the design that a certificate was issued with, None for our plain one."""
    stored = db.session.scalars(
        select(DesignVersionRow.layout)
        .join(DesignedCertificate, DesignedCertificate.version_id == DesignVersionRow.id)
        .where(DesignedCertificate.certificate_id == certificate_id)
    ).first()
    return layout_from(stored) if stored is not None else None


def find_level(certificate: Certificate) -> Level | None:
    """Return the highest level of the courses that a certificate rests on."""
    named = [
        CourseId(UUID(one["course_id"]))
        for kind in ("courses", "scores")
        for one in certificate.evidence.get(kind, ())
    ]
    if not named:
        return None
    levels = [one.level for one in courses.list_courses(named).values() if one.level is not None]
    return max(levels, key=RANKS.__getitem__, default=None)


def list_candidates(brand_id: BrandId, locale: str) -> Sequence[Candidate]:
    """Return the published designs that a certificate of a brand in a language may get."""
    found = db.session.execute(
        select(DesignVersionRow.id, DesignRow.brand_id, DesignRow.language)
        .join(
            DesignRow,
            (DesignRow.id == DesignVersionRow.design_id) & (DesignRow.number == DesignVersionRow.number),
        )
        .where(
            DesignRow.retired_at.is_(None),
            or_(DesignRow.brand_id == brand_id, DesignRow.brand_id.is_(None)),
            or_(DesignRow.language.in_(languages_of(locale)), DesignRow.language.is_(None)),
        )
        .limit(AT_ONCE)
    )
    return [
        Candidate(version_id=version, brand_id=brand, language=spoken) for version, brand, spoken in found
    ]


def list_designs() -> Sequence[Design]:
    """Return every design by name, those in use first."""
    rows = _designs().order_by(DesignRow.retired_at.is_not(None), DesignRow.name, DesignRow.id).limit(AT_ONCE)
    return [_design_of(row, published) for row, published in db.session.execute(rows)]


def get_design(design_id: DesignId) -> Design:
    """Return a design; NotFound if there is none."""
    found = db.session.execute(_designs().where(DesignRow.id == design_id)).first()
    if found is None:
        raise NotFound
    return _design_of(*found)


def list_versions(design_id: DesignId) -> Sequence[DesignVersion]:
    """Return the published versions of a design, latest first, each with how many certificates have it."""
    issued = (
        select(func.count())
        .select_from(DesignedCertificate)
        .where(DesignedCertificate.version_id == DesignVersionRow.id)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(DesignVersionRow, issued)
        .where(DesignVersionRow.design_id == design_id)
        .order_by(DesignVersionRow.number.desc())
        .limit(AT_ONCE)
    )
    return [
        DesignVersion(
            id=row.id,
            number=row.number,
            layout=layout_from(row.layout),
            published_at=row.published_at,
            published_by=row.published_by,
            issued=count,
        )
        for row, count in rows
    ]


def get_version(design_id: DesignId, number: int) -> Layout:
    """Return one published version of a design; NotFound if there is none."""
    stored = db.session.scalars(
        select(DesignVersionRow.layout).where(
            DesignVersionRow.design_id == design_id, DesignVersionRow.number == number
        )
    ).first()
    if stored is None:
        raise NotFound
    return layout_from(stored)


def _designs() -> Any:
    return select(DesignRow, DesignVersionRow.layout).outerjoin(
        DesignVersionRow,
        (DesignVersionRow.design_id == DesignRow.id) & (DesignVersionRow.number == DesignRow.number),
    )


def _design_of(row: DesignRow, published: Mapping[str, Any] | None) -> Design:
    draft = layout_from(row.draft)
    return Design(
        id=row.id,
        name=row.name,
        brand_id=row.brand_id,
        language=row.language,
        draft=draft,
        number=row.number,
        revision=row.revision,
        is_published=published is not None and layout_from(published) == draft,
        is_retired=row.retired_at is not None,
        changed_at=row.changed_at,
    )
