"""Setting a certificate as a PDF, once: the file is kept under the hash of all it was made from."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from flask import Flask, current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from lms.certificates.documents.service.writing import write
from lms.certificates.documents.values import Attaching, Proof, Written
from lms.kernel import clock, files, pdf, signing
from lms.kernel.errors import Unavailable
from lms.web.assets import static_folder

FONTS: Final = "print"
FIELD: Final = "Signature"
_KEY: Final = "lms.certificates.attaching"


def install_attaching(app: Flask, offers: Sequence[Attaching]) -> None:
    """Give the application what offers files to the PDFs of certificates."""
    app.extensions[_KEY] = tuple(offers)


def set_certificate(proof: Proof, attachments: Sequence[pdf.Attachment] | None = None) -> bytes:
    """Return a certificate as a signed PDF (PDF/UA-1, PAdES) in its holder's language, with what is attached to it.

    `attachments` None stands for all that is offered. Unavailable, with a reason for people, while it cannot be set
    or signed.
    """
    written = write(proof)
    if attachments is None:
        offers: Sequence[Attaching] = current_app.extensions[_KEY]
        attachments = [one for offer in offers for one in offer(proof)]
    name = f"certificates/{_digest(written, attachments)}.pdf"
    found = files.find_derived(name)
    if found is None:
        with force_locale(proof.language):
            field = pdf.SignatureField(FIELD, _("Signature of %(issuer)s", issuer=proof.issuer))
            reason = _("Certificate %(code)s", code=proof.certificate.code)
        try:
            plain = _render(written, attachments, field)
        except pdf.MissingSigns as missing:
            raise Unavailable(_say(missing, proof)) from missing
        found = signing.sign(plain, field=FIELD, reason=reason, now=clock.now())
        files.keep_derived(name, found)
    return found


def preview(written: Written) -> bytes:
    """Return what is written as a PDF that is neither signed nor kept; Unavailable if it cannot be set."""
    try:
        return _render(written, (), None)
    except pdf.MissingSigns as missing:
        raise Unavailable(_say(missing, None)) from missing


def _render(
    written: Written, attachments: Sequence[pdf.Attachment], field: pdf.SignatureField | None
) -> bytes:
    return pdf.render(
        written.html,
        styles=written.styles,
        assets=written.assets,
        fonts=static_folder() / FONTS,
        attachments=attachments,
        signature=field,
    )


def _digest(written: Written, attachments: Sequence[pdf.Attachment]) -> str:
    """Return the hash of all that a signed document is made from: who signs is a part of it, when is not."""
    digest = hashlib.sha256()
    for part in _parts(written, attachments):
        # Its length first, so that no two lists of parts run together into the same bytes.
        digest.update(len(part).to_bytes(8) + part)
    return digest.hexdigest()


def _parts(written: Written, attachments: Sequence[pdf.Attachment]) -> Iterator[bytes]:
    yield signing.fingerprint().encode()
    yield written.html.encode()
    yield from (style.read_bytes() for style in (*written.styles, static_folder() / FONTS / "coverage.json"))
    for name in sorted(written.assets):
        yield from (name.encode(), written.assets[name])
    for one in sorted(attachments, key=lambda one: one.name):
        yield from (one.name.encode(), one.media_type.encode(), one.relationship.encode(), one.content)


def _say(missing: pdf.MissingSigns, proof: Proof | None) -> str:
    """Return which signs of which field no font of ours has."""
    fields = _fields(proof) if proof is not None else {}
    said = []
    for place in missing.places:
        field = next((word for word, text in fields.items() if set(place.signs) & set(text)), None)
        where = f"{field} “{place.text}”" if field else f"“{place.text}”"
        said.append(_("%(where)s has %(signs)s", where=where, signs=pdf.named(place.signs)))
    return _(
        "The document cannot be set, for no font of ours has these signs: %(said)s.", said="; ".join(said)
    )


def _fields(proof: Proof) -> Mapping[str, str]:
    return {
        _("Holder"): proof.holder,
        _("Certification"): proof.certificate.title,
        _("Issuer"): proof.issuer,
        _("Employer when issued"): proof.employer,
        _("Rests on"): " ".join(one.title for one in proof.grounds),
    }
