"""Showing a design before any certificate has it: set with a made-up holder, as a PDF or as its picture."""

from collections.abc import Mapping
from datetime import date

from flask import current_app

from lms.certificates.documents.rules.samples import Sample, Setting, proof_of
from lms.certificates.documents.service import setting
from lms.certificates.documents.service.writing import NOTHING, write_designed
from lms.certificates.documents.values.designs import Layout
from lms.courses.values import Level
from lms.identity import facade as identity
from lms.identity.values import BrandId
from lms.kernel import rasters

WIDTH_PIXELS = 1240
GLYPH = "gauge"


def preview(
    layout: Layout,
    sample: Sample,
    *,
    brand_id: BrandId | None,
    language: str | None,
    title: str,
    today: date,
    held: Mapping[str, bytes] = NOTHING,
) -> bytes:
    """Return a design as the PDF of somebody's certificate; Unavailable without Pango."""
    oem = identity.find_oem()
    brands = identity.list_brands()
    brand = next((one for one in brands if brand_id in (one.id, None)), None)
    name = brand.name if brand else "Guildhall"
    made_up = Setting(
        issuer=oem.name if oem else name,
        brand=name,
        maker=brand.code if brand else "GH",
        title=title,
        glyph=GLYPH,
        language=language or "en",
        base_url=current_app.config["LMS_PUBLIC_URL"],
        today=today,
    )
    written = write_designed(proof_of(sample, made_up), layout, level=Level.ADVANCED, held=held)
    return setting.preview(written)


def picture_of(document: bytes) -> bytes:
    """Return the sheet of a PDF as a PNG."""
    return rasters.picture_of(document, width=WIDTH_PIXELS)
