"""The public pages on which a certificate is checked: by people, and by other sites' programs."""

import hashlib

from flask import Blueprint, Response, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.certificates.badges import facade as badges
from lms.certificates.cycles import rules
from lms.certificates.documents.rules import qr_code
from lms.certificates.documents.values import Proof
from lms.certificates.verification import formats
from lms.certificates.verification.forms import CodeForm, FileForm
from lms.certificates.verification.service import checking, looking_up, picturing
from lms.certificates.verification.values import Checked, Ruling, Verdict
from lms.kernel import clock
from lms.kernel.errors import NotFound
from lms.web.access import public, public_to_other_sites, public_upload

blueprint = Blueprint("verification", "lms.certificates", template_folder="templates")
TYPED_MOST = 100


def look_into(**_arguments: object) -> Checked | None:
    """Return what the file is that a form brought; None without one, and for one that is larger than we take."""
    given = request.files.get("file")
    if given is None or not given.filename:
        return None
    content = given.stream.read(checking.FILE_BYTES + 1)
    if len(content) > checking.FILE_BYTES:
        return None
    return checking.check_for(content, address=request.remote_addr or "", now=clock.now())


@blueprint.get("/verify")
@public
def ask() -> ResponseReturnValue:
    """Ask for a code, and lead to its page; or for a file."""
    form = CodeForm(request.args)
    if "code" not in request.args:
        return _unindexed(_ask_page(form))
    if not form.validate():
        return _unindexed(_ask_page(form, status=422))
    typed = str(form.code.data).strip()
    return redirect(url_for(".show", code=rules.read_code(typed) or typed), 303)


@blueprint.post("/verify")
@public_upload(upload_bytes=checking.FILE_BYTES, prepare=look_into)
def check_file() -> ResponseReturnValue:
    """Say what a file is that somebody was given."""
    form, checked = _read_file()
    return _unindexed(
        _ask_page(CodeForm(formdata=None), file_form=form, checked=checked, status=200 if checked else 422)
    )


@blueprint.get("/verify/<code>")
@public
def show(code: str) -> ResponseReturnValue:
    """Say what a certificate claims and what it is worth now."""
    meant = rules.read_code(code)
    if meant is not None and meant != code:
        return redirect(url_for(".show", code=meant), 303)
    verdict = _look_up(code)
    return _unindexed(_not_found(code) if verdict is None else _page(verdict))


@blueprint.post("/verify/<code>")
@public_upload(upload_bytes=checking.FILE_BYTES, prepare=look_into)
def check_file_of(code: str) -> ResponseReturnValue:
    """Say what a file is that is said to be the certificate of this page."""
    form, checked = _read_file()
    verdict = _look_up(code)
    if verdict is None:
        return _unindexed(_not_found(code))
    return _unindexed(_page(verdict, file_form=form, checked=checked, status=200 if checked else 422))


@blueprint.get("/verify/<code>.json")
@public_to_other_sites
def show_json(code: str) -> ResponseReturnValue:
    """Say the same to a program, of any site."""
    verdict = _look_up(code)
    if verdict is None:
        raise NotFound
    return _unindexed(_for_any_site(jsonify(formats.write_verdict(verdict))))


@blueprint.get("/verify/<code>.png")
@public_to_other_sites
def show_picture(code: str) -> ResponseReturnValue:
    """Show the same as a picture, for who shares the address."""
    verdict = _look_up(code)
    if verdict is None:
        raise NotFound
    picture = picturing.picture_of(verdict, address=request.remote_addr or "")
    answer = Response(picture, mimetype="image/png")
    answer.headers["Cache-Control"] = f"public, max-age={picturing.KEPT_SECONDS}"
    return _unindexed(_for_any_site(answer))


def _look_up(code: str) -> Verdict | None:
    return looking_up.look_up(code, address=request.remote_addr or "", now=clock.now())


def _read_file() -> tuple[FileForm, Checked | None]:
    form, checked = FileForm(), g.prepared
    if form.validate_on_submit() and checked is None:
        form.refuse({"file": _("This file is larger than 5 MB. No certificate of ours is.")})
    return form, checked if form.is_submitted() and not form.errors else None


def _ask_page(
    form: CodeForm,
    *,
    typed: str = "",
    file_form: FileForm | None = None,
    checked: Checked | None = None,
    status: int = 200,
) -> Response:
    page = render_template(
        "certificates/verify_ask.html",
        form=form,
        typed=typed,
        file_form=file_form or FileForm(formdata=None),
        checked=checked,
        **_of_files(),
    )
    return Response(page, status)


def _not_found(code: str) -> Response:
    typed = code[:TYPED_MOST]
    return _ask_page(CodeForm(code=typed), typed=typed, status=404)


def _page(
    verdict: Verdict,
    *,
    file_form: FileForm | None = None,
    checked: Checked | None = None,
    status: int = 200,
) -> Response:
    page = render_template(
        "certificates/verify.html",
        verdict=verdict,
        qr=qr_code(verdict.proof.url),
        said=picturing.say(verdict),
        file_form=file_form or FileForm(formdata=None),
        checked=checked,
        **_of_files(),
    )
    return Response(page, status)


def _of_files() -> dict[str, object]:
    return {"accepted": ",".join(checking.names()), "rulings": Ruling, "file_bytes": checking.FILE_BYTES}


def _for_any_site(answer: Response) -> Response:
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


@blueprint.get("/verify/<code>/badge.json")
@public_to_other_sites
def badge(code: str) -> ResponseReturnValue:
    """Give the badge of a certificate to whoever has its code: it says no more than the page."""
    return _badge_file(badges.make_badge(_proof_of(code)), "application/vc+ld+json", f"{code}.json")


@blueprint.get("/verify/<code>/badge.png")
@public_to_other_sites
def badge_picture(code: str) -> ResponseReturnValue:
    """Give the same as a picture that carries it."""
    return _badge_file(badges.make_baked(_proof_of(code)), "image/png", f"{code}.png")


def _proof_of(code: str) -> Proof:
    verdict = _look_up(code)
    if verdict is None or verdict.proof.certificate.code != code:
        raise NotFound
    return verdict.proof


def _badge_file(content: bytes, media_type: str, name: str) -> Response:
    answer = _for_any_site(Response(content, mimetype=media_type))
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    answer.set_etag(hashlib.sha256(content).hexdigest())
    answer.cache_control.public = True
    answer.cache_control.no_cache = True
    answer.make_conditional(request)
    return _unindexed(answer)


def _unindexed(answer: Response) -> Response:
    answer.headers["X-Robots-Tag"] = "noindex, noarchive"
    return answer
