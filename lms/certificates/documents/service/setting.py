"""Setting a certificate as a PDF, once: the file is kept under the hash of all it was made from."""

import hashlib

from lms.certificates.documents.service.writing import write
from lms.certificates.documents.values import Proof, Written
from lms.kernel import files, pdf


def set_certificate(proof: Proof) -> bytes:
    """Return a certificate as a tagged PDF (PDF/UA-1) in its holder's language; Unavailable without Pango."""
    written = write(proof)
    digest = hashlib.sha256(written.html.encode())
    for style in written.styles:
        digest.update(style.read_bytes())
    name = f"certificates/{digest.hexdigest()}.pdf"
    found = files.find_derived(name)
    if found is None:
        found = pdf.render(written.html, styles=written.styles)
        files.keep_derived(name, found)
    return found


def preview(written: Written) -> bytes:
    """Return what is written as a PDF that is not kept; Unavailable without Pango."""
    return pdf.render(written.html, styles=written.styles)
