"""The result of a check as a picture, and in one text that says everything the picture does.

A picture that is shared goes on saying what it said, so it names the day it was made and the address that knows better.
"""

import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from babel.core import Locale
from flask import get_template_attribute, render_template
from flask_babel import force_locale
from flask_babel import gettext as _

from lms.certificates.documents.rules import qr_code
from lms.certificates.values import CertificateState, MarkKind
from lms.certificates.verification.rules import network_of
from lms.certificates.verification.values import Verdict
from lms.kernel import pdf, rasters
from lms.kernel.buckets import Buckets
from lms.kernel.errors import TooMany
from lms.web.assets import static_folder
from lms.web.context import oem_zone, write_date
from lms.web.translations import AS_WRITTEN, END

WIDTH_PIXELS: Final = 1200
"""With 630 down: what those who show a shared address ask for."""
KEPT_SECONDS: Final = 300
PICTURES_EACH: Final = 60
"""So many a minute for one network."""
PICTURES_KEPT: Final = 64
LETTERS_IN_A_SIZE: Final = (26, 52, 110)
_asked = Buckets()


class Said(NamedTuple):
    """A verdict in words: a title, who holds what, the facts that go with it, and what it rests on."""

    title: str
    claim: str
    lines: tuple[str, ...]
    grounds: str

    @property
    def text(self) -> str:
        """Return everything in one paragraph."""
        return " ".join(one for one in (f"{self.title}.", self.claim, *self.lines, self.grounds) if one)


def say(verdict: Verdict) -> Said:
    """Return all that a verdict claims, in the reader's language; names keep their own direction."""
    proof, certificate = verdict.proof, verdict.proof.certificate
    ground = get_template_attribute("certificates/_grounds.html", "ground")
    today = verdict.checked_at.astimezone(oem_zone()).date()
    titles = {
        CertificateState.VALID: _("Valid on %(day)s", day=write_date(today)),
        CertificateState.IN_GRACE: _("Expired, in grace on %(day)s", day=write_date(today)),
        CertificateState.EXPIRED: _("Expired"),
        CertificateState.REVOKED: _("Revoked"),
        CertificateState.SUPERSEDED: _("Replaced by a newer certificate"),
    }
    holds = (
        _("%(issuer)s certifies that %(holder)s holds the certification %(title)s.")
        if verdict.state in (CertificateState.VALID, CertificateState.IN_GRACE)
        else _("%(issuer)s certified that %(holder)s held the certification %(title)s.")
    )
    names = {"issuer": proof.issuer, "holder": proof.holder, "title": certificate.title}
    return Said(
        titles[verdict.state],
        holds % {name: _apart(value) for name, value in names.items()},
        (
            _("Issued %(day)s.", day=write_date(certificate.issued_on)),
            *_ending(verdict),
            _("Certificate %(code)s.", code=certificate.code),
            *([_("Employer when issued: %(name)s.", name=_apart(proof.employer))] if proof.employer else []),
        ),
        _("Rests on: %(what)s.", what="; ".join(_apart(str(ground(one))) for one in proof.grounds))
        if proof.grounds
        else "",
    )


def _ending(verdict: Verdict) -> tuple[str, ...]:
    """Return through when it is or was valid, and what ended it."""
    certificate, mark = verdict.proof.certificate, verdict.mark
    through = write_date(certificate.term.valid_through)
    if verdict.state is CertificateState.VALID:
        return (_("Valid through %(day)s.", day=through),)
    was = _("It was valid through %(day)s.", day=through)
    if mark is not None and mark.kind is MarkKind.REVOKED:
        return (_("Revoked %(day)s.", day=write_date(mark.at)),)
    if mark is not None:
        replaced = _("Replaced %(day)s.", day=write_date(mark.at))
        return (was, replaced)
    if verdict.state is CertificateState.IN_GRACE:
        return (was, _("It counts until %(day)s.", day=write_date(certificate.term.counts_until)))
    return (was,)


def picture_of(verdict: Verdict, *, address: str) -> bytes:
    """Return a verdict as a PNG of 1200 × 630 that carries its own words; TooMany for who asks too often.

    Unavailable on a machine that sets no PDFs. It is in the holder's language, as the certificate is. A sign that no
    font of ours has (an emoji) is left out: the page has it.
    """
    if not _asked.take(network_of(address), PICTURES_EACH):
        raise TooMany(_("Too many pictures within a minute. Wait a minute and try again."))
    proof, certificate = verdict.proof, verdict.proof.certificate
    with force_locale(proof.language):
        said = say(verdict)
        html = render_template(
            "certificates/verify_picture.html",
            verdict=verdict,
            said=said,
            qr=qr_code(proof.url),
            sizes={"holder": _size(proof.holder), "title": _size(certificate.title)},
            language=proof.language,
            direction=Locale.parse(proof.language, sep="-").text_direction,
        )
    return _paint(html, said.text)


@lru_cache(maxsize=PICTURES_KEPT)
def _paint(html: str, words: str) -> bytes:
    try:
        document = _set(html)
    except pdf.MissingSigns as missing:
        unknown = {ord(sign): None for place in missing.places for sign in place.signs}
        document = _set(html.translate(unknown))
    return rasters.picture_of(document, width=WIDTH_PIXELS, words=words)


def _set(html: str) -> bytes:
    fonts: Path = static_folder() / "print"
    return pdf.render(html, styles=(fonts / "verdict.css",), fonts=fonts)


def _size(text: str) -> int:
    """Return in which of four sizes a text is set, from 0 for a short one: ideographs count twice."""
    letters = sum(1 + (unicodedata.east_asian_width(sign) in "WF") for sign in text)
    return sum(letters > most for most in LETTERS_IN_A_SIZE)


def _apart(text: str) -> str:
    """Return a name between isolates: whichever way it runs, and whatever it turns around, ends with it."""
    return f"{AS_WRITTEN}{text}{END}"
