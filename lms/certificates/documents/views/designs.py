"""The designer: a form beside the sheet that it makes, its versions, and where designs are used.

All of it is one form. Saving the draft shows it; with script the sheet follows what is typed.
"""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.certificates.documents.forms.designs import KINDS_TAKEN, NAMED, DesignForm, NewDesignForm
from lms.certificates.documents.queries import designs
from lms.certificates.documents.rules.designs import changes
from lms.certificates.documents.rules.samples import Sample
from lms.certificates.documents.service import designs as designing
from lms.certificates.documents.service import pictures, previewing
from lms.certificates.documents.service.pictures import PICTURE_BYTES, Brought
from lms.certificates.documents.values.designs import Base, Design, DesignId, Draft, Field, Layout
from lms.certificates.errors import DesignChanged, DesignRefused
from lms.certificates.policy import DESIGN_CERTIFICATES, VIEW_CERTIFICATIONS
from lms.identity import facade as identity
from lms.identity.values import BrandId
from lms.kernel import clock, pdf
from lms.kernel.actor import current
from lms.kernel.errors import Invalid, Unavailable
from lms.web.access import requires
from lms.web.asked import asked_number, asked_word
from lms.web.context import LOCALES, oem_zone

blueprint = Blueprint("certificate_designs", "lms.certificates", template_folder="templates")

UPLOAD_BYTES: Final = 5 * PICTURE_BYTES


@blueprint.get("/programme/designs")
@requires(VIEW_CERTIFICATIONS)
def index() -> ResponseReturnValue:
    """List the designs, and for what each is used."""
    return render_template(
        "certificates/designs.html",
        designs=designs.list_designs(),
        brands=_brands(),
        languages=dict(LOCALES),
        may_design=current().may(DESIGN_CERTIFICATES),
    )


@blueprint.get("/programme/designs/new")
@requires(DESIGN_CERTIFICATES)
def new() -> ResponseReturnValue:
    """Show what a design can start from."""
    return _new_page(NewDesignForm())


@blueprint.post("/programme/designs/new")
@requires(DESIGN_CERTIFICATES)
def make() -> ResponseReturnValue:
    """Make a design."""
    form = NewDesignForm()
    form.offer(brands=_brands().items(), languages=LOCALES)
    if form.validate_on_submit():
        try:
            design_id = designing.make_design(
                design_id=DesignId(form.new_id),
                name=str(form.name.data),
                brand_id=_brand_id(form),
                language=form.language.data or None,
                base=Base(form.base.data),
                actor=current(),
                now=clock.now(),
            )
        except DesignRefused as refusal:
            form.refuse(dict(refusal.fields))
        else:
            return redirect(url_for(".edit", design_id=design_id), 303)
    return _new_page(form), 422


@blueprint.get("/programme/designs/<uuid:design_id>")
@requires(VIEW_CERTIFICATIONS)
def edit(design_id: UUID) -> ResponseReturnValue:
    """Show a design and its sheet."""
    design = designs.get_design(DesignId(design_id))
    form = DesignForm(
        formdata=None,
        name=design.name,
        brand_id=str(design.brand_id or ""),
        language=design.language or "",
        revision=str(design.revision),
        sample=(asked_word("sample", Sample) or Sample.USUAL).value,
    )
    form.show(design.draft)
    return _page(form, design)


@blueprint.post("/programme/designs/<uuid:design_id>")
@requires(DESIGN_CERTIFICATES, upload_bytes=UPLOAD_BYTES)
def change(design_id: UUID) -> ResponseReturnValue:
    """Save the draft, and publish it where that was asked for."""
    design, form = designs.get_design(DesignId(design_id)), DesignForm()
    form.offer(brands=_brands().items(), languages=LOCALES)
    brought = _brought(form) if form.validate_on_submit() else None
    if brought is None or not _saved(form, design, brought):
        return _page(form, design), 422
    if request.form.get("op") == "publish":
        number = designing.publish(design_id=design.id, actor=current(), now=clock.now())
        flash(_("Published: new certificates get version %(number)s.", number=str(number)), "valid")
    else:
        flash(_("The draft is saved. New certificates get it once it is published."), "valid")
    return redirect(url_for(".edit", design_id=design.id, sample=form.sample.data), 303)


@blueprint.post("/programme/designs/<uuid:design_id>/look")
@requires(DESIGN_CERTIFICATES, upload_bytes=UPLOAD_BYTES)
def look(design_id: UUID) -> ResponseReturnValue:
    """Give the sheet of what is in the form, saved or not; or say, while somebody types, what is wrong with it."""
    design, form = designs.get_design(DesignId(design_id)), DesignForm()
    form.offer(brands=_brands().items(), languages=LOCALES)
    brought = _brought(form) if form.validate_on_submit() else None
    if brought is None:
        return jsonify(wrong=_first_fault(form))
    layout = _layout(form, design, brought)
    try:
        designing.check(layout)
        sheet = _sheet(
            layout,
            Sample(form.sample.data),
            brand_id=_brand_id(form),
            language=form.language.data or None,
            held={one.picture.sha256: one.content for one in brought.values()},
        )
    except DesignRefused as refusal:
        return jsonify(wrong=next(iter(refusal.fields.values())))
    except Unavailable as refusal:
        return jsonify(wrong=refusal.message)
    return _as_picture(sheet)


@blueprint.get("/programme/designs/<uuid:design_id>/sheet.png")
@requires(VIEW_CERTIFICATIONS)
def picture(design_id: UUID) -> ResponseReturnValue:
    """Give the sheet of the draft or of a version, as a picture."""
    return _as_picture(_asked_sheet(DesignId(design_id)))


@blueprint.get("/programme/designs/<uuid:design_id>/sheet.pdf")
@requires(VIEW_CERTIFICATIONS)
def document(design_id: UUID) -> ResponseReturnValue:
    """Give the sheet of the draft or of a version, as it is printed."""
    return Response(_asked_sheet(DesignId(design_id)), mimetype="application/pdf")


@blueprint.get("/programme/designs/<uuid:design_id>/versions")
@requires(VIEW_CERTIFICATIONS)
def versions(design_id: UUID) -> ResponseReturnValue:
    """List the versions of a design: who published each, what it changed, and how many certificates have it."""
    design = designs.get_design(DesignId(design_id))
    found = designs.list_versions(design.id)
    earlier = [*found[1:], None]
    return render_template(
        "certificates/design_versions.html",
        design=design,
        named=NAMED,
        versions=[
            (one, changes(before.layout, one.layout) if before else ())
            for one, before in zip(found, earlier, strict=True)
        ],
        people=identity.list_people({one.published_by for one in found if one.published_by}),
    )


@blueprint.post("/programme/designs/<uuid:design_id>/retire")
@requires(DESIGN_CERTIFICATES)
def retire(design_id: UUID) -> ResponseReturnValue:
    """Give a design to no new certificate."""
    designing.retire(design_id=DesignId(design_id), now=clock.now())
    flash(_("New certificates get it no more. Those that have it keep it."), "valid")
    return redirect(url_for(".index"), 303)


@blueprint.post("/programme/designs/<uuid:design_id>/revive")
@requires(DESIGN_CERTIFICATES)
def revive(design_id: UUID) -> ResponseReturnValue:
    """Use a retired design again."""
    try:
        designing.revive(design_id=DesignId(design_id))
    except DesignRefused as refusal:
        flash(str(refusal), "danger")
    else:
        flash(_("It is used again."), "valid")
    return redirect(url_for(".index"), 303)


# ---- parts of the above


def _brands() -> Mapping[BrandId, str]:
    return {one.id: one.name for one in identity.list_brands()}


def _brand_id(form: NewDesignForm | DesignForm) -> BrandId | None:
    return BrandId(UUID(form.brand_id.data)) if form.brand_id.data else None


def _brought(form: DesignForm) -> Mapping[str, Brought] | None:
    """Return the pictures that were brought, by their fields; None if one is refused, which stands beside its field."""
    found: dict[str, Brought] = {}
    is_right = True
    for field, upload in form.uploads().items():
        try:
            found[field] = pictures.look_into(field, upload.stream)
        except Invalid as refusal:
            is_right = False
            form.refuse_picture(field, refusal.fields[field])
    return found if is_right else None


def _layout(form: DesignForm, design: Design, brought: Mapping[str, Brought]) -> Layout:
    return form.layout(design.draft, {field: one.picture for field, one in brought.items()})


def _saved(form: DesignForm, design: Design, brought: Mapping[str, Brought]) -> bool:
    """Return whether the draft was saved; what is refused stands beside its field."""
    try:
        designing.save_draft(
            design_id=design.id,
            revision=form.revision.version or 0,
            draft=Draft(
                name=str(form.name.data),
                brand_id=_brand_id(form),
                language=form.language.data or None,
                layout=_layout(form, design, brought),
            ),
            brought=list(brought.values()),
            actor=current(),
            now=clock.now(),
        )
    except DesignRefused as refusal:
        form.refuse(dict(refusal.fields))
        return False
    except DesignChanged as refusal:
        form.name.errors = [*form.name.errors, str(refusal)]
        return False
    return True


def _first_fault(form: DesignForm) -> str:
    faults: Sequence[tuple[str, str, str]] = form.error_list()
    return f"{faults[0][1]}: {faults[0][2]}" if faults else _("Reload this page and try again.")


def _asked_sheet(design_id: DesignId) -> bytes:
    design, number = designs.get_design(design_id), asked_number("version")
    layout = design.draft if number is None else designs.get_version(design.id, number)
    sample = asked_word("sample", Sample) or Sample.USUAL
    return _sheet(layout, sample, brand_id=design.brand_id, language=design.language, held={})


def _sheet(
    layout: Layout,
    sample: Sample,
    *,
    brand_id: BrandId | None,
    language: str | None,
    held: Mapping[str, bytes],
) -> bytes:
    return previewing.preview(
        layout,
        sample,
        brand_id=brand_id,
        language=language,
        title=_("Commissioning Engineer"),
        today=clock.today(oem_zone()),
        held=held,
    )


def _as_picture(sheet: bytes) -> Response:
    return Response(previewing.picture_of(sheet), mimetype="image/png")


def _new_page(form: NewDesignForm) -> str:
    form.offer(brands=_brands().items(), languages=LOCALES)
    return render_template("certificates/design_new.html", form=form)


def _page(form: DesignForm, design: Design) -> str:
    form.offer(brands=_brands().items(), languages=LOCALES)
    return render_template(
        "certificates/design.html",
        form=form,
        design=design,
        kinds=KINDS_TAKEN,
        picture_bytes=PICTURE_BYTES,
        fields=list(Field),
        has_press=pdf.is_available(),
        may_design=current().may(DESIGN_CERTIFICATES),
    )
