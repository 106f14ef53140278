"""Exemptions and recognitions of prior learning: the list, asking, and deciding."""

from urllib.parse import quote
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.certificates.cycles.forms.requests import ApproveForm, RefuseForm, RequestForm, called
from lms.certificates.cycles.queries import certifications, requests
from lms.certificates.cycles.service import recognising
from lms.certificates.policy import ASK_EXEMPTION, REVOKE
from lms.certificates.values import CertificationId, RequestId, RequestKind, RequestState
from lms.courses import facade as courses
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.web.access import requires
from lms.web.asked import asked_id
from lms.web.blobs import send_blob
from lms.web.pages import page_request

blueprint = Blueprint("certification_requests", "lms.certificates", template_folder="templates")

HOUR_SECONDS = 3600
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


@blueprint.get("/team/exemptions")
@requires(ASK_EXEMPTION)
def index() -> ResponseReturnValue:
    """List what was asked for the people whom the reader's role reaches."""
    only_open = request.args.get("all") is None
    page = requests.page_requests(current(), page_request(), only_open=only_open)
    return render_template(
        "certificates/requests.html", page=page, only_open=only_open, may_decide=current().may(REVOKE)
    )


@blueprint.get("/team/exemptions/new")
@requires(ASK_EXEMPTION)
def new() -> ResponseReturnValue:
    """Show the form, filled with the person and the certification that the address names."""
    form = RequestForm(formdata=None)
    person_id, certification_id = asked_id("person", PersonId), asked_id("certification", CertificationId)
    if person_id is not None:
        form.email.data = _reached(person_id)
    form.certification_id.data = str(certification_id or "")
    return _show_form(form)


@blueprint.post("/team/exemptions/new")
@requires(ASK_EXEMPTION, upload_bytes=recognising.MOST_BYTES)
def ask() -> ResponseReturnValue:
    """Ask for an exemption or a recognition."""
    form = RequestForm()
    _offer(form)
    if form.validate_on_submit():
        try:
            _ask(form)
        except NotFound:
            form.refuse({"email": _("Nobody whom you look after has this address.")})
        except Invalid as refusal:
            form.refuse(dict(refusal.fields))
        except Conflict as refusal:
            form.refuse({"certification_id": refusal.message})
        else:
            flash(_("Asked. You are told as soon as it is decided."), "valid")
            return redirect(url_for(".index"), 303)
    return _show_form(form), 422


@blueprint.get("/team/exemptions/<uuid:request_id>")
@requires(ASK_EXEMPTION)
def show(request_id: UUID) -> ResponseReturnValue:
    """Show one request with its evidence, to decide for who may."""
    form = ApproveForm(formdata=None)
    form.show(requests.get_visible(RequestId(request_id), current()).through)
    return _show_request(RequestId(request_id), form, RefuseForm(formdata=None))


@blueprint.get("/team/exemptions/<uuid:request_id>/evidence")
@requires(ASK_EXEMPTION)
def evidence(request_id: UUID) -> ResponseReturnValue:
    """Serve the evidence to who sees the request; it can run no script."""
    stored = requests.find_file(RequestId(request_id), current())
    answer = send_blob(
        stored.sha256,
        size_bytes=stored.size_bytes,
        media_type=stored.media_type,
        max_age_seconds=HOUR_SECONDS,
    )
    is_pdf = stored.media_type == "application/pdf"
    answer.headers["Content-Security-Policy"] = POLICY if is_pdf else f"{POLICY}; sandbox"
    way = "inline" if courses.is_shown_file(stored.media_type) else "attachment"
    answer.headers["Content-Disposition"] = f"{way}; filename*=UTF-8''{quote(stored.filename)}"
    return answer


@blueprint.post("/team/exemptions/<uuid:request_id>/approve")
@requires(REVOKE)
def approve(request_id: UUID) -> ResponseReturnValue:
    """Approve a request."""
    form = ApproveForm()
    if form.validate_on_submit():
        try:
            recognising.approve(
                request_id=RequestId(request_id),
                through=form.through.data,
                answer=str(form.answer.data or ""),
                actor=current(),
                now=clock.now(),
            )
        except Invalid as refusal:
            form.refuse(dict(refusal.fields))
        else:
            flash(_("Approved. The person and who asked are told."), "valid")
            return redirect(url_for(".show", request_id=request_id), 303)
    return _show_request(RequestId(request_id), form, RefuseForm(formdata=None)), 422


@blueprint.post("/team/exemptions/<uuid:request_id>/refuse")
@requires(REVOKE)
def refuse(request_id: UUID) -> ResponseReturnValue:
    """Refuse a request, with an answer."""
    form = RefuseForm()
    if not form.validate_on_submit():
        return _show_request(RequestId(request_id), ApproveForm(formdata=None), form), 422
    recognising.refuse(
        request_id=RequestId(request_id), answer=str(form.answer.data), actor=current(), now=clock.now()
    )
    flash(_("Refused. Who asked reads your answer."), "valid")
    return redirect(url_for(".show", request_id=request_id), 303)


@blueprint.post("/team/exemptions/<uuid:request_id>/withdraw")
@requires(ASK_EXEMPTION)
def withdraw(request_id: UUID) -> ResponseReturnValue:
    """Take one's own request back."""
    recognising.withdraw(request_id=RequestId(request_id), actor=current(), now=clock.now())
    flash(_("Taken back: nobody needs to decide it."), "valid")
    return redirect(url_for(".index"), 303)


def _ask(form: RequestForm) -> None:
    person = identity.find_person_by_email(str(form.email.data))
    if person is None:
        raise NotFound
    file = form.file.data
    recognising.ask(
        request_id=RequestId(form.new_id),
        kind=RequestKind(form.kind.data),
        person_id=person.id,
        certification_id=CertificationId(UUID(form.certification_id.data)),
        words=str(form.words.data),
        evidence=recognising.Evidence(file.filename, file.stream) if file else None,
        through=form.through.data,
        actor=current(),
        now=clock.now(),
    )


def _reached(person_id: PersonId) -> str:
    people = identity.list_people([person_id], current().scope_of(ASK_EXEMPTION))
    if person_id not in people:
        raise NotFound
    return people[person_id].email


def _offer(form: RequestForm) -> None:
    form.offer((one.id, one.title) for one in certifications.list_certifications(only_active=True))


def _show_form(form: RequestForm) -> str:
    _offer(form)
    return render_template("certificates/request_form.html", form=form, most_bytes=recognising.MOST_BYTES)


def _show_request(request_id: RequestId, form: ApproveForm, refusal: RefuseForm) -> str:
    asked, actor = requests.get_visible(request_id, current()), current()
    is_open = asked.state is RequestState.OPEN
    is_own = actor.person_id == asked.asked_by
    return render_template(
        "certificates/request.html",
        asked=asked,
        form=form,
        refusal=called(refusal, "refuse"),
        may_decide=is_open and actor.may(REVOKE) and actor.person_id not in {asked.asked_by, asked.person_id},
        may_withdraw=is_open and is_own,
    )
