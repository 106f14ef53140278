"""Writing what a certificate's document says, as HTML in its holder's language."""

import base64
import re
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from babel.core import Locale
from flask import render_template
from flask_babel import force_locale

from lms.certificates.documents.rules import qr_code
from lms.certificates.documents.values import Proof, Written
from lms.web.assets import icon_sprite_url, static_folder

STYLES = ("print/certificate.css",)


def write(proof: Proof) -> Written:
    """Return a certificate's document in its holder's language; it names nothing outside itself."""
    certificate = proof.certificate
    with force_locale(proof.language):
        html = render_template(
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
    return Written(html, tuple(static_folder() / name for name in STYLES), {})


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
