"""Making badges, lists and pictures: each once, kept under the hash of all that it says."""

import base64
import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import orjson
from flask import render_template
from flask_babel import force_locale
from flask_babel import gettext as _

from lms.certificates.badges import queries
from lms.certificates.badges.rules import credential
from lms.certificates.badges.rules.addresses import did_of
from lms.certificates.documents.values import Proof
from lms.certificates.values import Certification
from lms.kernel import credentials, files, pdf, rasters
from lms.kernel.credentials import baking, bitstrings
from lms.kernel.errors import NotFound, Unavailable
from lms.kernel.lines import cleaned
from lms.web.assets import icon_shapes, static_folder

PIXELS: Final = 800
FILENAME: Final = "badge.json"
FOLDER: Final = "badges"
SEAL: Final = {"body": "#63265f", "mill": "#b893b5", "rim": "#e0cfdf", "glyph": "#fff"}


def make_badge(proof: Proof) -> bytes:
    """Return a certificate's badge as signed JSON; NotFound if it has no place in a list, NoKey if nobody can sign."""
    said = queries.find_said(proof)
    if said is None:
        raise NotFound
    # Signed anew each time, to the same bytes: what says a person's name is kept nowhere but in its row.
    return _sign(credential.write_credential(said), since=said.place.since)


def make_baked(proof: Proof) -> bytes:
    """Return a certificate's badge as its picture, with the signed JSON baked in; Unavailable without Pango."""
    badge, certificate = make_badge(proof), proof.certificate
    picture = paint(
        title=certificate.title,
        glyph=certificate.glyph,
        brand=certificate.brand_name,
        language=proof.language,
    )
    return baking.bake(picture, badge)


def attach(proof: Proof) -> list[pdf.Attachment]:
    """Return what a certificate's PDF carries: its badge, if it has a place in a list."""
    if queries.find_place(proof.certificate.id) is None:
        return []
    with force_locale(proof.language):
        words = _("Open Badge of certificate %(code)s", code=proof.certificate.code)
    return [
        pdf.Attachment(
            name=FILENAME,
            media_type="application/json",
            content=make_badge(proof),
            relationship="Alternative",
            description=words,
        )
    ]


def make_list(number: int) -> bytes:
    """Return a public list as signed JSON, true at this instant; NotFound for one that no badge names."""
    last = queries.find_last_list()
    if last is None or not 0 <= number <= last:
        raise NotFound
    revoked = queries.list_revoked(number)
    since = max((at for _place, at in revoked), default=credentials.signer().since)
    document = credential.write_list(
        queries.base_url(),
        queries.issuer_name(),
        number,
        bitstrings.encode(place for place, _at in revoked),
        since,
    )
    return _kept(document, since=since)


def write_achievement(certification: Certification, language: str) -> Mapping[str, Any]:
    """Return what badges of a certification are for, as its rule is today."""
    return credential.write_achievement(
        queries.base_url(), certification, queries.narrative_of(certification.rule, language)
    )


def paint(*, title: str, glyph: str, brand: str, language: str) -> bytes:
    """Return the picture of a certification as a PNG; Unavailable without Pango, or for signs that no font has."""
    seal = render_template("certificates/_seal.svg", glyph=icon_shapes(glyph), seal=SEAL)
    html = render_template(
        "certificates/badge.html",
        title=cleaned(title),
        brand=cleaned(brand),
        language=language,
        seal=f"data:image/svg+xml;base64,{base64.b64encode(seal.encode()).decode()}",
    )
    style = _style()
    name = f"{FOLDER}/{hashlib.sha256(html.encode() + style.read_bytes()).hexdigest()}.png"
    found = files.find_derived(name)
    if found is None:
        try:
            page = pdf.render(html, styles=(style,), fonts=static_folder() / "print")
        except pdf.MissingSigns as missing:
            raise Unavailable(_("No font of ours has these signs: the badge cannot be painted.")) from missing
        found = rasters.picture_of(page, width=PIXELS)
        files.keep_derived(name, found)
    return found


def _style() -> Path:
    return static_folder() / "print" / "badge.css"


def _kept(document: Mapping[str, Any], *, since: datetime) -> bytes:
    """Return a signed document, kept under the hash of all that it says: a list of many bits is dear to sign."""
    plain = orjson.dumps(document)
    name = f"{FOLDER}/{hashlib.sha256(credentials.signer().multikey.encode() + plain).hexdigest()}.json"
    found = files.find_derived(name)
    if found is None:
        found = _sign(document, since=since)
        files.keep_derived(name, found)
    return found


def _sign(document: Mapping[str, Any], *, since: datetime) -> bytes:
    """Return a document with its proof as JSON, the same for the same words and the same key.

    The proof says that it was made when what it proves came true, or when its key was, if that was later.
    """
    created = credential.instant(max(since, credentials.signer().since))
    return orjson.dumps(credentials.sign(document, controller=did_of(queries.base_url()), created=created))
