"""The public pages on which a certificate is checked: by people, and by other sites' programs."""

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.certificates.cycles import rules
from lms.certificates.documents.rules import qr_code
from lms.certificates.verification.service import looking_up
from lms.certificates.verification.forms import CodeForm
from lms.certificates.verification.values import Verdict
from lms.kernel import clock
from lms.kernel.errors import NotFound
from lms.web.access import public, public_to_other_sites

blueprint = Blueprint("verification", "lms.certificates", template_folder="templates")


@blueprint.get("/verify")
@public
def ask() -> ResponseReturnValue:
    """Ask for a code, and lead to its page."""
    form = CodeForm(request.args)
    if "code" not in request.args:
        return render_template("certificates/verify_ask.html", form=form, typed="")
    if not form.validate():
        return render_template("certificates/verify_ask.html", form=form, typed=""), 422
    typed = str(form.code.data).strip()
    return redirect(url_for(".show", code=rules.read_code(typed) or typed), 303)


@blueprint.get("/verify/<code>")
@public
def show(code: str) -> ResponseReturnValue:
    """Say what a certificate claims and what it is worth now."""
    meant = rules.read_code(code)
    if meant is not None and meant != code:
        return redirect(url_for(".show", code=meant), 303)
    verdict = looking_up.look_up(code, address=request.remote_addr or "", now=clock.now())
    if verdict is None:
        form = CodeForm(code=code[:100])
        return _unindexed(
            Response(render_template("certificates/verify_ask.html", form=form, typed=code[:100]), 404)
        )
    page = render_template("certificates/verify.html", verdict=verdict, qr=qr_code(verdict.proof.url))
    return _unindexed(Response(page))


@blueprint.get("/verify/<code>.json")
@public_to_other_sites
def show_json(code: str) -> ResponseReturnValue:
    """Say the same to a program, of any site."""
    verdict = looking_up.look_up(code, address=request.remote_addr or "", now=clock.now())
    if verdict is None:
        raise NotFound
    answer = jsonify(_json_of(verdict))
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return _unindexed(answer)


def _json_of(verdict: Verdict) -> dict[str, object]:
    proof, certificate = verdict.proof, verdict.proof.certificate
    return {
        "code": certificate.code,
        "url": proof.url,
        "state": verdict.state.value,
        "checked_at": verdict.checked_at.isoformat(),
        "holder": proof.holder,
        "certification": certificate.title,
        "brand": certificate.brand_name,
        "issuer": proof.issuer,
        "issued_on": certificate.issued_on.isoformat(),
        "valid_through": certificate.term.valid_through.isoformat(),
        "expires_at": certificate.term.expires_at.isoformat(),
        "employer_when_issued": proof.employer or None,
        "rests_on": [
            {
                "kind": one.kind,
                "title": one.title,
                "score": str(one.score) if one.score is not None else None,
                "minimum": str(one.minimum) if one.minimum is not None else None,
            }
            for one in proof.grounds
        ],
        "replaces": certificate.predecessor_code,
        "marks": [
            {
                "kind": mark.kind.value,
                "at": mark.at.isoformat(),
                "reason": mark.reason or None,
                "replaced_by": mark.successor_code,
            }
            for mark in certificate.marks
        ],
    }


def _unindexed(answer: Response) -> Response:
    answer.headers["X-Robots-Tag"] = "noindex, noarchive"
    return answer
