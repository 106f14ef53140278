"""Setting a certificate as a PDF, once: the file is kept under the hash of all it was made from."""

import base64
import hashlib
import re
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from babel.core import Locale
from flask import render_template
from flask_babel import force_locale

from lms.certificates.documents.rules import qr_code
from lms.certificates.documents.values import Proof
from lms.kernel import files, pdf
from lms.web.assets import icon_sprite_url, static_folder

STYLES = ("print/certificate.css",)


def set_certificate(proof: Proof) -> bytes:
    """Return a certificate as a tagged PDF (PDF/UA-1) in its holder's language; Unavailable without Pango."""
    html = _write(proof)
    styles = tuple(static_folder() / name for name in STYLES)
    digest = hashlib.sha256(html.encode())
    for style in styles:
        digest.update(style.read_bytes())
    name = f"certificates/{digest.hexdigest()}.pdf"
    found = files.find_derived(name)
    if found is None:
        found = pdf.render(html, styles=styles)
        files.keep_derived(name, found)
    return found


def _write(proof: Proof) -> str:
    certificate = proof.certificate
    with force_locale(proof.language):
        return render_template(
            "certificates/document.html",
            proof=proof,
            certificate=certificate,
            host=urlsplit(proof.url).netloc,
            direction=Locale.parse(proof.language, sep="-").text_direction,
            seal=_picture("certificates/_seal.svg", glyph=_glyph(certificate.glyph)),
            hallmarks=_picture(
                "certificates/_hallmarks.svg",
                glyph=_glyph(certificate.glyph),
                maker=certificate.maker,
                year=certificate.issued_on.year,
            ),
            qr=_picture("certificates/_qr.svg", code=qr_code(proof.url)),
        )


def _picture(template: str, **values: Any) -> str:
    svg = render_template(template, **values)
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def _glyph(name: str) -> str:
    """Return the shapes of one glyph of the sprite, on its 24 × 24 field."""
    return _sprite().get(name) or _sprite()["award"]


@cache
def _sprite() -> Mapping[str, str]:
    text = (static_folder() / icon_sprite_url().removeprefix("/static/")).read_text(encoding="utf-8")
    return dict(re.findall(r'<symbol id="([^"]+)"[^>]*>(.*?)</symbol>', text, re.DOTALL))
