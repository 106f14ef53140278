"""Where a programme manager says what counts for what."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.certificates.cycles.forms.equivalences import EquivalenceForm
from lms.certificates.cycles.queries import certifications, equivalences
from lms.certificates.cycles.service import crediting
from lms.certificates.cycles.values.equivalences import Concerned, Credited
from lms.certificates.policy import DEFINE_CERTIFICATIONS, VIEW_CERTIFICATIONS
from lms.certificates.values import CertificationId, CertificationState, EquivalenceId
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.errors import Invalid
from lms.web.access import requires
from lms.web.pages import page_request

blueprint = Blueprint("equivalences", "lms.certificates", template_folder="templates")


@blueprint.get("/programme/equivalences")
@requires(VIEW_CERTIFICATIONS)
def index() -> ResponseReturnValue:
    """List what counts for what, with the form that declares more."""
    return _show(EquivalenceForm(formdata=None))


@blueprint.post("/programme/equivalences")
@requires(DEFINE_CERTIFICATIONS)
def declare() -> ResponseReturnValue:
    """Let one certification count for another; whom that concerns is shown before."""
    form = EquivalenceForm()
    _offer(form)
    if form.validate_on_submit():
        concerned = _concerned(form)
        if concerned.counted and form.seen.data != form.mark:
            form.seen.data = form.mark
            return _show(form, concerned), 422
        try:
            crediting.declare(
                equivalence_id=EquivalenceId(form.new_id),
                from_id=CertificationId(UUID(form.from_id.data)),
                to_id=CertificationId(UUID(form.to_id.data)),
                credited=Credited(form.credited.data),
                up_to_version=form.up_to_version.data,
                through=form.through.data,
                actor=current(),
                now=clock.now(),
            )
        except Invalid as refusal:
            form.refuse(dict(refusal.fields))
        else:
            if form.credited.data == Credited.COMPANY:
                flash(_("Declared. It counts for partners from now on."), "valid")
            else:
                flash(
                    _("Declared. Who holds it is credited in a moment, who earns it later at once."), "valid"
                )
            return redirect(url_for(".index"), 303)
    return _show(form), 422


@blueprint.post("/programme/equivalences/<uuid:equivalence_id>/end")
@requires(DEFINE_CERTIFICATIONS)
def end(equivalence_id: UUID) -> ResponseReturnValue:
    """Credit nobody any more."""
    crediting.end(equivalence_id=EquivalenceId(equivalence_id), actor=current(), now=clock.now())
    flash(_("Nobody is credited any more. Certificates that were credited keep their dates."), "valid")
    return redirect(url_for(".index"), 303)


def _offer(form: EquivalenceForm) -> None:
    known = certifications.list_certifications()
    form.offer(
        [(one.id, one.title) for one in known],
        [(one.id, one.title) for one in known if one.state is CertificationState.ACTIVE],
    )


def _concerned(form: EquivalenceForm) -> Concerned:
    return equivalences.read_concerned(
        CertificationId(UUID(form.from_id.data)),
        CertificationId(UUID(form.to_id.data)),
        form.up_to_version.data,
        at=clock.now(),
    )


def _show(form: EquivalenceForm, concerned: Concerned | None = None) -> str:
    _offer(form)
    if concerned is None:
        form.seen.data = ""
    return render_template(
        "certificates/equivalences.html",
        form=form,
        concerned=concerned,
        page=equivalences.page_equivalences(page_request()),
        may_define=current().may(DEFINE_CERTIFICATIONS),
    )
