"""Designs: made, drafted, published, and given to certificates as they are issued."""

import io
from collections.abc import Collection
from datetime import datetime
from typing import Any

import msgspec
from flask_babel import gettext as _
from sqlalchemy import select

from lms.certificates.documents.models.designs import (
    DesignedCertificate,
    DesignPictureRow,
    DesignRow,
    DesignVersionRow,
)
from lms.certificates.documents.queries import designs
from lms.certificates.documents.rules.designs import STARTS, faults_of, pick
from lms.certificates.documents.service.pictures import Brought
from lms.certificates.documents.values.designs import Base, DesignId, DesignVersionId, Draft, Layout
from lms.certificates.errors import DesignChanged, DesignRefused
from lms.certificates.events import DesignPublished
from lms.certificates.values import CertificateId
from lms.identity.values import BrandId, PersonId
from lms.kernel import events, files
from lms.kernel.actor import Actor
from lms.kernel.db import db, new_id
from lms.kernel.errors import NotFound
from lms.web.words import said


def make_design(
    *,
    design_id: DesignId,
    name: str,
    brand_id: BrandId | None,
    language: str | None,
    base: Base,
    actor: Actor,
    now: datetime,
) -> DesignId:
    """Make a design that starts as one of ours; twice with one id is once. DesignRefused for a place that is taken."""
    if db.session.get(DesignRow, design_id) is not None:
        return design_id
    place = _free_place(brand_id, language, None)
    db.session.add(
        DesignRow(
            id=design_id,
            name=name,
            brand_id=brand_id,
            language=language,
            place=place,
            draft=_stored(STARTS[base]),
            revision=1,
            number=None,
            made_at=now,
            changed_at=now,
            changed_by=_person(actor),
            retired_at=None,
        )
    )
    db.session.flush()
    return design_id


def save_draft(
    *,
    design_id: DesignId,
    revision: int,
    draft: Draft,
    brought: Collection[Brought],
    actor: Actor,
    now: datetime,
) -> None:
    """Save the draft over `revision`; DesignChanged if somebody saved meanwhile, DesignRefused names what is wrong."""
    row = _held(design_id)
    if row.revision != revision:
        raise DesignChanged(_("Somebody else saved this design meanwhile. Reload the page to see it."))
    check(draft.layout)
    if row.retired_at is None:
        row.place = _free_place(draft.brand_id, draft.language, design_id)
    for one in brought:
        _keep(design_id, one)
    row.name, row.brand_id, row.language = draft.name, draft.brand_id, draft.language
    row.draft, row.revision = _stored(draft.layout), revision + 1
    row.changed_at, row.changed_by = now, _person(actor)
    db.session.flush()


def publish(*, design_id: DesignId, actor: Actor, now: datetime) -> int:
    """Publish the draft and return the number of its version; what is published already keeps its own."""
    row = _held(design_id)
    layout = designs.layout_from(row.draft)
    check(layout)
    if row.number is not None and designs.get_version(design_id, row.number) == layout:
        return row.number
    number = (row.number or 0) + 1
    db.session.add(
        DesignVersionRow(
            id=DesignVersionId(new_id()),
            design_id=design_id,
            number=number,
            layout=_stored(layout),
            published_at=now,
            published_by=_person(actor),
        )
    )
    row.number = number
    db.session.flush()
    events.record(DesignPublished(design_id=design_id, number=number))
    return number


def retire(*, design_id: DesignId, now: datetime) -> None:
    """Give the design to no new certificate; those that have it keep it."""
    row = _held(design_id)
    row.retired_at = row.retired_at or now
    db.session.flush()


def revive(*, design_id: DesignId) -> None:
    """Give a retired design again; DesignRefused if its place was taken meanwhile."""
    row = _held(design_id)
    row.place = _free_place(row.brand_id, row.language, design_id)
    row.retired_at = None
    db.session.flush()


def dress(*, certificate_id: CertificateId, brand_id: BrandId, locale: str) -> None:
    """Give a certificate that is being issued its design, for ever; without a design it has our plain one."""
    chosen = pick(designs.list_candidates(brand_id, locale), brand_id=brand_id, locale=locale)
    if chosen is not None:
        db.session.add(DesignedCertificate(certificate_id=certificate_id, version_id=chosen.version_id))
        db.session.flush()


def check(layout: Layout) -> None:
    """Do nothing for a design that can be kept; DesignRefused names what is wrong with any other."""
    if faults := faults_of(layout):
        raise DesignRefused(
            _("This design cannot be kept as it is."),
            fields={name: said(message) for name, message in faults.items()},
        )


# ---- parts of the above


def _held(design_id: DesignId) -> DesignRow:
    row = db.session.get(DesignRow, design_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    return row


def _free_place(brand_id: BrandId | None, language: str | None, own: DesignId | None) -> str:
    place = f"{brand_id or '*'}/{language or '*'}"
    taken = db.session.execute(
        select(DesignRow.id, DesignRow.name).where(DesignRow.place == place, DesignRow.retired_at.is_(None))
    ).first()
    if taken is not None and taken.id != own:
        message = _("The design “%(name)s” is for this brand and language already.", name=taken.name)
        raise DesignRefused(message, fields={"brand_id": message})
    return place


def _keep(design_id: DesignId, one: Brought) -> None:
    sha256 = one.picture.sha256
    if db.session.get(DesignPictureRow, (design_id, sha256)) is not None:
        return
    stored = files.store(
        io.BytesIO(one.content),
        filename=f"{sha256[:12]}.{one.picture.media_type.rpartition('/')[2].removesuffix('+xml')}",
        media_type=one.picture.media_type,
        purpose="certificate-design",
    )
    db.session.add(DesignPictureRow(design_id=design_id, sha256=sha256, file_id=stored.id))
    db.session.flush()


def _stored(layout: Layout) -> dict[str, Any]:
    built: dict[str, Any] = msgspec.to_builtins(layout)
    return built


def _person(actor: Actor) -> PersonId | None:
    return PersonId(actor.person_id) if actor.person_id else None
