"""The address of a certificate's PDF."""

from uuid import UUID

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from lms.certificates.documents import queries
from lms.certificates.documents.service import setting
from lms.certificates.values import CertificateId
from lms.kernel.actor import current
from lms.web.access import signed_in

blueprint = Blueprint("certificate_documents", "lms.certificates", template_folder="templates")


@blueprint.get("/certificates/<uuid:certificate_id>.pdf")
@signed_in
def download(certificate_id: UUID) -> ResponseReturnValue:
    """Give the PDF to the holder, and to whom their role shows the holder's certificates."""
    proof = queries.get_visible_proof(CertificateId(certificate_id), current())
    answer = Response(setting.set_certificate(proof), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{proof.certificate.code}.pdf"'
    return answer
