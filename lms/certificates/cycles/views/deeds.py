"""Practice and what is given by hand: logging it, the trainer's queue, a person's proofs, and evidence files."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from lms.certificates.cycles.forms import ItemForm, PracticeForm, ReasonForm, VerdictForm
from lms.certificates.cycles.forms.requests import called
from lms.certificates.cycles.queries import certifications, deeds, meant
from lms.certificates.cycles.queries.sheets import read_sheets
from lms.certificates.cycles.rules import requirements
from lms.certificates.cycles.service import deeds as proofs
from lms.certificates.cycles.values.deeds import Practice, PracticeSheet
from lms.certificates.policy import APPROVE_DEEDS, LOG_PRACTICE, VIEW_DEEDS
from lms.certificates.values import Certification, CertificationId, DeedKey, ItemGiven
from lms.courses import facade as courses
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel import clock, files
from lms.kernel.actor import current
from lms.kernel.errors import Forbidden, Invalid, NotFound
from lms.web.access import requires, signed_in
from lms.web.blobs import send_blob
from lms.web.context import oem_zone
from lms.web.forms import Form
from lms.web.pages import page_request

blueprint = Blueprint("certification_deeds", "lms.certificates", template_folder="templates")

HOUR_SECONDS = 3600
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
PDF = "application/pdf"


@blueprint.get("/certificates/<uuid:certification_id>/practice")
@signed_in
def practice(certification_id: UUID) -> ResponseReturnValue:
    """Show the reader's own practice for a certification, and the forms that log more."""
    return _own(CertificationId(certification_id), None, _log_form())


@blueprint.post("/certificates/<uuid:certification_id>/practice/<uuid:key>")
@signed_in
def log(certification_id: UUID, key: UUID) -> ResponseReturnValue:
    """Log practice of the reader."""
    form = PracticeForm()
    if not _saved(form, lambda now: _log(form, _me(), CertificationId(certification_id), DeedKey(key), now)):
        return _own(CertificationId(certification_id), DeedKey(key), form), 422
    flash(_("Logged. It counts as soon as a trainer approves it."), "valid")
    return redirect(url_for(".practice", certification_id=certification_id), 303)


@blueprint.get("/author/practice")
@requires(APPROVE_DEEDS)
def queue() -> ResponseReturnValue:
    """List the practice that waits for a word, and people to whom something can be given."""
    words = request.args.get("q", "").strip()[:100]
    scope = current().scope_of(APPROVE_DEEDS)
    return render_template(
        "certificates/practice_queue.html",
        page=(page := deeds.page_waiting(scope, page_request())),
        forms=_verdicts(page.items, None, VerdictForm(formdata=None)),
        refused=None,
        words=words,
        people=meant.find_people(words, scope) if words else (),
        certifications=_with_deeds(),
        reader_id=current().person_id,
    )


@blueprint.post("/author/practice/<uuid:practice_id>/approve")
@requires(APPROVE_DEEDS)
def approve(practice_id: UUID) -> ResponseReturnValue:
    """Approve practice."""
    found = proofs.decide_practice(
        practice_id=practice_id, is_approved=True, reason="", actor=current(), now=clock.now()
    )
    flash(_("Approved: %(title)s counts.", title=found.title), "valid")
    return redirect(url_for(".queue"), 303)


@blueprint.post("/author/practice/<uuid:practice_id>/decline")
@requires(APPROVE_DEEDS)
def decline(practice_id: UUID) -> ResponseReturnValue:
    """Turn practice down, with a reason."""
    form = VerdictForm()

    def save(now: datetime) -> None:
        proofs.decide_practice(
            practice_id=practice_id,
            is_approved=False,
            reason=str(form.reason.data or ""),
            actor=current(),
            now=now,
        )

    if not _saved(form, save):
        return render_template(
            "certificates/practice_queue.html",
            page=(page := deeds.page_waiting(current().scope_of(APPROVE_DEEDS), page_request())),
            forms=_verdicts(page.items, practice_id, form),
            form=form,
            refused=practice_id,
            words="",
            people=(),
            certifications=_with_deeds(),
            reader_id=current().person_id,
        ), 422
    flash(_("Turned down. Whoever logged it reads why."), "valid")
    return redirect(url_for(".queue"), 303)


@blueprint.get("/team/certifications/<uuid:person_id>/<uuid:certification_id>/proofs")
@requires(VIEW_DEEDS)
def show(person_id: UUID, certification_id: UUID) -> ResponseReturnValue:
    """Show a person's practice and what they were given, and the forms that add to it."""
    return _proofs(
        PersonId(person_id), CertificationId(certification_id), _log_form(), ItemForm(formdata=None)
    )


@blueprint.post("/team/certifications/<uuid:person_id>/<uuid:certification_id>/practice/<uuid:key>")
@requires(LOG_PRACTICE)
def log_for(person_id: UUID, certification_id: UUID, key: UUID) -> ResponseReturnValue:
    """Log practice of one of the reader's people."""
    form, person, wanted = PracticeForm(), PersonId(person_id), CertificationId(certification_id)
    if not _saved(form, lambda now: _log(form, person, wanted, DeedKey(key), now)):
        return _proofs(person, wanted, form, ItemForm(formdata=None), DeedKey(key)), 422
    flash(_("Logged. It counts as soon as a trainer approves it."), "valid")
    return redirect(url_for(".show", person_id=person_id, certification_id=certification_id), 303)


@blueprint.post("/team/certifications/<uuid:person_id>/<uuid:certification_id>/give")
@requires(APPROVE_DEEDS)
def give(person_id: UUID, certification_id: UUID) -> ResponseReturnValue:
    """Give a person an item by hand."""
    form, person, wanted = ItemForm(), PersonId(person_id), CertificationId(certification_id)
    _offer_items(form, certifications.get_certification(wanted))

    def save(now: datetime) -> None:
        proofs.give_item(
            given_id=form.new_id,
            person_id=person,
            certification_id=wanted,
            key=DeedKey(UUID(form.item.data)),
            reason=str(form.reason.data),
            upload=_upload(form),
            actor=current(),
            now=now,
        )

    if not _saved(form, save):
        return _proofs(person, wanted, _log_form(), form), 422
    flash(_("Given, and on record."), "valid")
    return redirect(url_for(".show", person_id=person_id, certification_id=certification_id), 303)


@blueprint.post("/team/certifications/given/<uuid:given_id>/take-back")
@requires(APPROVE_DEEDS)
def take_back(given_id: UUID) -> ResponseReturnValue:
    """Take back what a person was given by hand."""
    form, row = ReasonForm(), deeds.get_given(given_id, current().scope_of(APPROVE_DEEDS))
    person, wanted = row.person_id, row.certification_id

    def save(now: datetime) -> None:
        proofs.take_back(given_id=given_id, reason=str(form.reason.data), actor=current(), now=now)

    if not _saved(form, save):
        return _proofs(person, wanted, _log_form(), ItemForm(formdata=None), taken=form), 422
    flash(_("Taken back. The person reads why."), "valid")
    return redirect(url_for(".show", person_id=person, certification_id=wanted), 303)


@blueprint.get("/certificates/evidence/<uuid:file_id>")
@signed_in
def evidence(file_id: UUID) -> ResponseReturnValue:
    """Serve a file that shows a deed, to whose deed it is and to who may see it; it can run no script."""
    found = deeds.find_evidence(file_id)
    actor = current()
    if found is None or (
        found[0] != actor.person_id and not identity.is_person_visible(found[0], actor.scope_of(VIEW_DEEDS))
    ):
        raise NotFound
    stored = files.get(file_id)
    answer = send_blob(
        stored.sha256,
        size_bytes=stored.size_bytes,
        media_type=stored.media_type,
        max_age_seconds=HOUR_SECONDS,
    )
    # Browsers show a PDF in a viewer of their own, which does not start in a sandbox; it runs nothing of the page's.
    answer.headers["Content-Security-Policy"] = POLICY if stored.media_type == PDF else f"{POLICY}; sandbox"
    way = "inline" if courses.is_shown_file(stored.media_type) else "attachment"
    answer.headers["Content-Disposition"] = f"{way}; filename*=UTF-8''{quote(stored.filename)}"
    return answer


# ---- parts of the above


def _saved(form: Form, save: Callable[[datetime], object]) -> bool:
    """Return whether the form is valid and `save` took it; what is refused stands beside its field."""
    if not form.validate_on_submit():
        return False
    try:
        save(clock.now())
    except Invalid as refusal:
        form.refuse(dict(refusal.fields))
        return False
    return True


def _log(
    form: PracticeForm, person_id: PersonId, certification_id: CertificationId, key: DeedKey, now: datetime
) -> None:
    proofs.log_practice(
        practice_id=form.new_id,
        person_id=person_id,
        certification_id=certification_id,
        key=key,
        entry=proofs.Entry(
            minutes=form.minutes(),
            done_on=form.done_on.data or now.astimezone(oem_zone()).date(),
            words=str(form.words.data),
            upload=_upload(form),
        ),
        actor=current(),
        now=now,
    )


def _upload(form: Any) -> proofs.Upload | None:
    chosen = form.file.data
    if not isinstance(chosen, FileStorage) or not chosen.filename:
        return None
    return chosen.filename, chosen.stream  # type: ignore[return-value]  # a spooled file is one to read


def _me() -> PersonId:
    person_id = current().person_id
    if person_id is None:
        raise Forbidden
    return PersonId(person_id)


def _log_form() -> PracticeForm:
    return PracticeForm(formdata=None, done_on=clock.today(oem_zone()))


def _own(certification_id: CertificationId, key: DeedKey | None, form: PracticeForm) -> str:
    certification = certifications.get_certification(certification_id)
    sheets = read_sheets(_me(), certification, now=clock.now())
    if not sheets:
        raise NotFound
    return render_template(
        "certificates/practice.html",
        certification=certification,
        sheets=sheets,
        forms=_forms(sheets, key, form),
        refused=key,
        given=deeds.list_given(_me(), certification_id),
    )


def _forms(
    sheets: Sequence[PracticeSheet], refused: DeedKey | None, form: PracticeForm
) -> dict[DeedKey, PracticeForm]:
    """Return a form for each sheet, whose fields have ids of their own: the one that was refused, else an empty one."""
    return {
        one.key: called(form if one.key == refused else _log_form(), f"practice-{one.key}") for one in sheets
    }


def _verdicts(
    waiting: Iterable[Practice], refused: UUID | None, form: VerdictForm
) -> dict[UUID, VerdictForm]:
    return {
        one.id: called(form if one.id == refused else VerdictForm(formdata=None), f"practice-{one.id}")
        for one in waiting
    }


def _proofs(
    person_id: PersonId,
    certification_id: CertificationId,
    form: PracticeForm,
    item: ItemForm,
    refused: DeedKey | None = None,
    taken: ReasonForm | None = None,
) -> str:
    actor = current()
    if not identity.is_person_visible(person_id, actor.scope_of(VIEW_DEEDS)):
        raise NotFound
    certification = certifications.get_certification(certification_id)
    may_give = identity.is_person_visible(person_id, actor.scope_of(APPROVE_DEEDS))
    _offer_items(item, certification)
    given = deeds.list_given(person_id, certification_id)
    sheets = read_sheets(person_id, certification, now=clock.now())
    return render_template(
        "certificates/proofs.html",
        person=identity.get_person(person_id),
        certification=certification,
        sheets=sheets,
        given=given,
        givers=identity.list_people({one.by for one in given if one.by}),
        forms=_forms(sheets, refused, form),
        refused=refused,
        item=called(item, "item"),
        taken=taken,
        takes={one.id: called(ReasonForm(formdata=None), f"take-{one.id}") for one in given},
        may_log=identity.is_person_visible(person_id, actor.scope_of(LOG_PRACTICE)),
        may_give=may_give and person_id != actor.person_id,
    )


def _offer_items(form: ItemForm, certification: Certification) -> None:
    leaves = requirements.all_leaves(certification.rule)
    form.offer((leaf.key, leaf.title) for leaf in leaves if isinstance(leaf, ItemGiven))


def _with_deeds() -> list[Certification]:
    """Return the active certifications that ask for practice or for something given by hand."""
    return [
        one
        for one in certifications.list_certifications(only_active=True)
        if requirements.asks_for_deeds(one.rule)
    ]
