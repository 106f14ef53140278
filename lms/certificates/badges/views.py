"""What programs of other sites read of badges, and the page on which a holder shares one."""

import hashlib
from uuid import UUID

import orjson
from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from lms.certificates.badges import queries
from lms.certificates.badges.rules import credential
from lms.certificates.badges.rules.addresses import linkedin_of
from lms.certificates.badges.service import making
from lms.certificates.cycles.queries import ledger
from lms.certificates.documents.queries import read_proof
from lms.certificates.values import CertificateId, CertificationId, MarkKind
from lms.kernel import credentials
from lms.kernel.actor import current
from lms.kernel.errors import NotFound
from lms.web.access import public_to_other_sites, signed_in

blueprint = Blueprint("badges", "lms.certificates", template_folder="templates")

KEYS_SECONDS = 60
"""So long a new key may be unknown to who asked just before."""
PICTURE_SECONDS = 3600
LANGUAGE = "en"
"""Of what stands for nobody: it has one address and is kept by others, so it is the same for every reader."""
CREDENTIAL = "application/vc+ld+json"


@blueprint.get("/.well-known/did.json")
@public_to_other_sites
def controller() -> ResponseReturnValue:
    """Say by which keys badges of this installation are checked, former ones too."""
    keys = [one.multikey for one in credentials.list_keys()]
    document = credential.write_controller(queries.base_url(), keys)
    return answer(orjson.dumps(document), "application/did+json", seconds=KEYS_SECONDS)


@blueprint.get("/badges/keys/<multikey>")
@public_to_other_sites
def key(multikey: str) -> ResponseReturnValue:
    """Show one key."""
    if multikey not in {one.multikey for one in credentials.list_keys()}:
        raise NotFound
    document = credential.write_key(queries.base_url(), multikey)
    return answer(orjson.dumps(document), "application/ld+json", seconds=KEYS_SECONDS)


@blueprint.get("/badges/status/<int:number>")
@public_to_other_sites
def status(number: int) -> ResponseReturnValue:
    """Say which badges of a list are revoked, as of now: whoever kept an answer asks whether it still holds."""
    return answer(making.make_list(number), "application/vc", seconds=0)


@blueprint.get("/badges/achievements/<uuid:certification_id>")
@public_to_other_sites
def achievement(certification_id: UUID) -> ResponseReturnValue:
    """Say what badges of a certification are for."""
    found = queries.get_certification(CertificationId(certification_id))
    document = making.write_achievement(found, LANGUAGE)
    return answer(orjson.dumps(document), "application/ld+json", seconds=KEYS_SECONDS)


@blueprint.get("/badges/achievements/<uuid:certification_id>.png")
@public_to_other_sites
def picture(certification_id: UUID) -> ResponseReturnValue:
    """Show the picture of a certification, which stands for no person."""
    found = queries.get_certification(CertificationId(certification_id))
    painted = making.paint(
        title=found.title,
        glyph=found.glyph,
        brand=queries.brand_of(found),
        language=LANGUAGE,
    )
    return answer(painted, "image/png", seconds=PICTURE_SECONDS)


@blueprint.get("/certificates/<uuid:certificate_id>/share")
@signed_in
def share(certificate_id: UUID) -> ResponseReturnValue:
    """Let the holder of a certificate show it: on LinkedIn, as a badge, as an address."""
    certificate = ledger.get_own(CertificateId(certificate_id), current())
    proof = read_proof(certificate)
    return render_template(
        "certificates/share.html",
        certificate=certificate,
        proof=proof,
        has_badge=queries.find_place(certificate.id) is not None,
        revoked=certificate.mark(MarkKind.REVOKED),
        linkedin=linkedin_of(
            certificate, issuer=proof.issuer, url=proof.url, valid_through=certificate.term.valid_through
        ),
    )


def answer(content: bytes, media_type: str, *, seconds: int) -> Response:
    """Return a public document that may be kept so many seconds, and asked for again by its tag."""
    found = Response(content, mimetype=media_type)
    found.set_etag(hashlib.sha256(content).hexdigest())
    found.cache_control.public = True
    if seconds:
        found.cache_control.max_age = seconds
    else:
        found.cache_control.no_cache = True
    found.headers["Access-Control-Allow-Origin"] = "*"
    found.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    found.headers["X-Robots-Tag"] = "noindex"
    found.make_conditional(request)
    return found
