"""Writing what a certificate's document says, as HTML in its holder's language, in its design or in our plain one."""

import base64
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from babel.core import Locale
from flask import render_template
from flask_babel import force_locale
from flask_babel import gettext as _

from lms.certificates.documents.queries import designs
from lms.certificates.documents.rules import colours, qr_code
from lms.certificates.documents.rules.designs import ground_of, way_of
from lms.certificates.documents.rules.rosette import rosette
from lms.certificates.documents.rules.sheets import set_sheet
from lms.certificates.documents.service.measuring import faces_of
from lms.certificates.documents.service.wording import said_of
from lms.certificates.documents.values import Proof, Written
from lms.certificates.documents.values.designs import Backdrop, Base, Field, Layout, Picture, Sheet
from lms.courses.values import Level
from lms.kernel import files
from lms.web.assets import icon_shapes, static_folder

NOTHING: Final[Mapping[str, bytes]] = {}
PLAIN_SEAL: Final = {"body": "#63265f", "mill": "#b893b5", "rim": "#e0cfdf", "glyph": "#fff"}
PLAIN_MARKS: Final = {"line": "#6e6570", "ink": "#4b424d"}


def write(proof: Proof) -> Written:
    """Return a certificate's document in the design it was issued with; it names nothing outside itself."""
    layout = designs.find_layout_of(proof.certificate.id)
    if layout is None:
        return _write_plain(proof)
    level = designs.find_level(proof.certificate) if Field.LEVEL in _fields_of(layout) else None
    return write_designed(proof, layout, level=level)


def write_designed(
    proof: Proof, layout: Layout, *, level: Level | None, held: Mapping[str, bytes] = NOTHING
) -> Written:
    """Return a certificate's document in a design; `held` are pictures that are not stored yet, by their hash."""
    certificate = proof.certificate
    direction = Locale.parse(proof.language, sep="-").text_direction
    with force_locale(proof.language):
        said = said_of(proof, layout, level)
        sheet = set_sheet(
            layout, said, faces_of(layout.heading, layout.text), is_from_right=direction == "rtl"
        )
        drawn = {
            "sheet": sheet,
            "layout": layout,
            "pictures": _pictures_of(proof, layout, sheet, held),
            "grounds": _grounds_of(layout),
        }
        style = render_template("certificates/designed.css", colours=_colours_of(layout), **drawn)
        html = render_template(
            "certificates/designed.html",
            **drawn,
            way_of=way_of,
            style=_address(style.encode(), "text/css"),
            alts={
                "logo": said.wordmark,
                "seal": _("Seal of the certification %(title)s", title=said.title),
                "hallmarks": _hallmarks_alt(proof),
                "qr": _("QR code of the page that says whether this certificate is still valid"),
                **{
                    f"signature-{number}": _("Signature of %(name)s", name=one.name)
                    for number, one in enumerate(layout.signatures)
                },
            },
            language=proof.language,
            direction=direction,
            about={
                "title": _("%(title)s: %(holder)s", title=said.title, holder=said.name),
                "author": proof.issuer,
                "number": _("Certificate %(code)s", code=certificate.code),
                "url": proof.url,
                "address": said.address,
            },
        )
    return Written(html=html, styles=(_style("designed.css"),), assets=NOTHING)


def _write_plain(proof: Proof) -> Written:
    certificate = proof.certificate
    with force_locale(proof.language):
        html = render_template(
            "certificates/document.html",
            proof=proof,
            certificate=certificate,
            host=urlsplit(proof.url).netloc,
            direction=Locale.parse(proof.language, sep="-").text_direction,
            seal=_drawing("certificates/_seal.svg", glyph=icon_shapes(certificate.glyph), seal=PLAIN_SEAL),
            hallmarks=_hallmarks(proof, PLAIN_MARKS),
            qr=_drawing("certificates/_qr.svg", code=qr_code(proof.url)),
        )
    return Written(html=html, styles=(_style("certificate.css"),), assets=NOTHING)


def _fields_of(layout: Layout) -> set[Field]:
    """Return what a design may say."""
    words = f"{layout.intro}{layout.holding}{layout.body}{layout.foot}"
    return {*layout.facts, *(one for one in Field if f"{{{one}}}" in words)}


def _colours_of(layout: Layout) -> Mapping[str, str]:
    ground = ground_of(layout)
    return {
        "sheet": layout.sheet,
        "ink": layout.ink,
        "accent": layout.accent,
        "soft": colours.soft(layout.ink, ground),
        "line": colours.mixed(layout.ink, layout.sheet, 72),
    }


def _grounds_of(layout: Layout) -> list[str]:
    return {Backdrop.PLAIN: [], Backdrop.ROSETTE: ["rosette"], Backdrop.PICTURE: ["background"]}[
        layout.backdrop
    ]


def _pictures_of(proof: Proof, layout: Layout, sheet: Sheet, held: Mapping[str, bytes]) -> Mapping[str, str]:
    """Return the pictures of a sheet as addresses that hold them whole."""
    paint = _colours_of(layout)
    seal = next(box for box in sheet.boxes if box.picture == "seal")
    size = {"width": sheet.width, "height": sheet.height}
    # On a plate the seal is struck the other way round: light on the accent.
    light, dark = (layout.sheet, layout.accent)
    body, glyph = (light, dark) if layout.base is Base.PLATE else (dark, light)
    found = {
        "seal": _drawing(
            "certificates/_seal.svg",
            glyph=icon_shapes(proof.certificate.glyph),
            seal={
                "body": body,
                "mill": colours.mixed(body, glyph, 45),
                "rim": colours.mixed(body, glyph, 75),
                "glyph": glyph,
            },
        ),
        "hallmarks": _hallmarks(proof, {"line": paint["soft"], "ink": layout.ink}),
        "qr": _drawing("certificates/_qr.svg", code=qr_code(proof.url)),
    }
    if layout.base is Base.CHARTER:
        found["frame"] = _drawing("certificates/_frame.svg", accent=layout.accent, **size)
        found["rule"] = _drawing("certificates/_line.svg", accent=layout.accent)
    else:
        plate = next(box for box in sheet.boxes if box.shape == "plate")
        found["plate"] = _drawing(
            "certificates/_plate.svg",
            width=plate.width,
            height=plate.height,
            x=seal.x + seal.width / 2 - plate.x,
            y=seal.y + seal.height / 2 - plate.y,
            sheet=layout.sheet,
        )
    if layout.backdrop is Backdrop.ROSETTE:
        plate_ends = max(
            (box.x + box.width for box in sheet.boxes if box.shape == "plate" and box.x == 0), default=0
        )
        found["rosette"] = _drawing(
            "certificates/_rosette.svg",
            x=(sheet.width + (plate_ends if plate_ends < sheet.width else 0)) / 2,
            y=sheet.height / 2,
            size=min(sheet.width, sheet.height) * 0.86,
            accent=layout.accent,
            path=rosette(),
            **size,
        )
    brought = {"logo": layout.logo, "background": layout.background} | {
        f"signature-{number}": one.picture for number, one in enumerate(layout.signatures)
    }
    return found | {
        name: _address(_content_of(one, held), one.media_type)
        for name, one in brought.items()
        if one is not None
    }


def _content_of(picture: Picture, held: Mapping[str, bytes]) -> bytes:
    return held[picture.sha256] if picture.sha256 in held else files.read(picture.sha256)


def _address(content: bytes, media_type: str) -> str:
    """Return an address that holds all it leads to."""
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


def _hallmarks(proof: Proof, paint: Mapping[str, str]) -> str:
    certificate = proof.certificate
    return _drawing(
        "certificates/_hallmarks.svg",
        glyph=icon_shapes(certificate.glyph),
        maker=certificate.maker,
        year=certificate.issued_on.year,
        **paint,
    )


def _hallmarks_alt(proof: Proof) -> str:
    certificate = proof.certificate
    return _(
        "Hallmarks: maker %(maker)s, year %(year)s", maker=certificate.maker, year=certificate.issued_on.year
    )


def _drawing(template: str, **values: Any) -> str:
    svg = render_template(template, **values)
    return _address(svg.encode(), "image/svg+xml")


def _style(name: str) -> Any:
    return static_folder() / "print" / name
