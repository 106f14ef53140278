"""Pages of importing people: a table is brought, its columns named, the dry run read, confirmed and followed."""

from collections.abc import Sequence
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.identity import queries, service
from lms.identity.forms.imports import IMPORT_FIELDS, IMPORT_STATES, ROW_FATES, ColumnsForm, PeopleUploadForm
from lms.identity.policy import MANAGE_PEOPLE, VIEW_IMPORTS
from lms.identity.values import OrganisationId
from lms.identity.values.imports import (
    FILE_BYTES,
    UNDER_WAY,
    ImportField,
    ImportRow,
    ImportState,
    PeopleImport,
    PeopleImportId,
    RowFate,
    Survey,
)
from lms.identity.views.people import area_of_actor
from lms.identity.views.routes import blueprint
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.errors import Invalid
from lms.web.access import requires
from lms.web.asked import asked_word
from lms.web.exports import csv_download
from lms.web.pages import page_request, walk
from lms.web.words import said


@blueprint.get("/team/people/imports")
@requires(VIEW_IMPORTS)
def people_imports() -> ResponseReturnValue:
    """List the imports that the reader may see."""
    page = queries.page_imports(current(), page_request())
    brought_by = queries.list_people([one.uploaded_by for one in page.items if one.uploaded_by])
    return render_template(
        "identity/imports.html",
        page=page,
        brought_by=brought_by,
        states=IMPORT_STATES,
        area=area_of_actor(),
        may_manage=current().may(MANAGE_PEOPLE),
    )


@blueprint.get("/team/people/imports/new")
@requires(MANAGE_PEOPLE)
def import_people() -> ResponseReturnValue:
    """Show where a table is dropped."""
    return render_template("identity/import.html", form=PeopleUploadForm(), area=area_of_actor())


def _read_upload() -> Survey | Invalid | None:
    """Read the file to its end before anything is locked; return what it holds, or why it is not taken."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return None
    try:
        return service.open_upload(file.stream.read())
    except Invalid as refusal:
        return refusal


@blueprint.post("/team/people/imports/new")
@requires(MANAGE_PEOPLE, upload_bytes=FILE_BYTES, prepare=_read_upload)
def upload_people() -> ResponseReturnValue:
    """Hold a table until its columns are named."""
    form, survey = PeopleUploadForm(), g.prepared
    if isinstance(survey, Invalid):
        form.refuse({"file": said(survey.args[0])})
    elif form.validate_on_submit() and isinstance(survey, Survey):
        import_id = service.begin_import(
            import_id=PeopleImportId(form.new_id),
            filename=form.file.data.filename or "",
            source=form.file.data.stream,
            survey=survey,
            actor=current(),
            now=clock.now(),
        )
        return redirect(url_for(".people_import", people_import_id=import_id), 303)
    return render_template("identity/import.html", form=form, area=area_of_actor()), 422


@blueprint.get("/team/people/imports/<uuid:people_import_id>")
@requires(VIEW_IMPORTS)
def people_import(people_import_id: UUID) -> ResponseReturnValue:
    """Show an import where it stands: its columns, its dry run, or what was stored."""
    found = queries.get_import(PeopleImportId(people_import_id), current())
    if found.state is ImportState.MAPPING and current().may(MANAGE_PEOPLE):
        return _columns(found, _offered(ColumnsForm()))
    return _look(found)


@blueprint.get("/team/people/imports/<uuid:people_import_id>/columns")
@requires(MANAGE_PEOPLE)
def people_import_columns(people_import_id: UUID) -> ResponseReturnValue:
    """Show what the columns mean, to be changed before anything is confirmed."""
    found = queries.get_import(PeopleImportId(people_import_id), current())
    if found.state not in {ImportState.MAPPING, ImportState.CHECKED}:
        return redirect(url_for(".people_import", people_import_id=found.id), 303)
    form = ColumnsForm(organisation=str(found.organisation_id or ""), invites=found.invites)
    return _columns(found, _offered(form))


@blueprint.post("/team/people/imports/<uuid:people_import_id>/columns")
@requires(MANAGE_PEOPLE)
def name_columns(people_import_id: UUID) -> ResponseReturnValue:
    """Take what the columns mean, and let the dry run begin."""
    form, wanted = _offered(ColumnsForm()), PeopleImportId(people_import_id)
    mapping = _mapping()
    if form.validate_on_submit():
        try:
            service.name_columns(
                import_id=wanted,
                mapping=mapping,
                organisation_id=OrganisationId(UUID(form.organisation.data))
                if form.organisation.data
                else None,
                invites=bool(form.invites.data),
                actor=current(),
                now=clock.now(),
            )
        except Invalid as refusal:
            form.refuse(dict(refusal.fields))
        else:
            return redirect(url_for(".people_import", people_import_id=wanted), 303)
    return _columns(queries.get_import(wanted, current()), form, mapping), 422


@blueprint.post("/team/people/imports/<uuid:people_import_id>/confirm")
@requires(MANAGE_PEOPLE)
def confirm_people(people_import_id: UUID) -> ResponseReturnValue:
    """Let what was good in the dry run be stored."""
    wanted = PeopleImportId(people_import_id)
    service.confirm_import(import_id=wanted, actor=current(), now=clock.now())
    return redirect(url_for(".people_import", people_import_id=wanted), 303)


@blueprint.post("/team/people/imports/<uuid:people_import_id>/cancel")
@requires(MANAGE_PEOPLE)
def cancel_people(people_import_id: UUID) -> ResponseReturnValue:
    """Stop an import, or its invitations."""
    wanted = PeopleImportId(people_import_id)
    service.cancel_import(import_id=wanted, actor=current(), now=clock.now())
    flash(_("Stopped. What was stored before stays."), "valid")
    return redirect(url_for(".people_import", people_import_id=wanted), 303)


@blueprint.get("/team/people/imports/<uuid:people_import_id>.csv")
@requires(VIEW_IMPORTS)
def people_import_table(people_import_id: UUID) -> ResponseReturnValue:
    """Hand out an import's report row by row, narrowed as the page is."""
    found = queries.get_import(PeopleImportId(people_import_id), current())
    fields = [(at, column.name) for at, column in zip(found.mapping, found.columns, strict=True) if at]
    header = (_("Row"), _("Result"), *[name for _at, name in fields], _("Changes"), _("Reason"))
    fate = asked_word("fate", RowFate)
    batches = walk(lambda at: queries.page_rows(found.id, at, fate=fate))
    return csv_download(
        "people-import.csv",
        header,
        ([_line(row, [at for at, _name in fields]) for row in batch] for batch in batches),
    )


def _line(row: ImportRow, fields: Sequence[ImportField]) -> tuple[str, ...]:
    return (
        str(row.number),
        str(ROW_FATES[row.fate][1]),
        *[row.cells.get(at, "") for at in fields],
        "; ".join(f"{IMPORT_FIELDS[at]}: {was} → {now}" for at, (was, now) in row.changes.items()),
        " ".join(_reasons(row)),
    )


def _reasons(row: ImportRow) -> list[str]:
    return [
        f"{IMPORT_FIELDS[one.field]}: {said(one.reason)}" if one.field else said(one.reason)
        for one in row.problems
    ]


def _mapping() -> list[ImportField | None]:
    known = {field.value: field for field in ImportField}
    return [known.get(one) for one in request.form.getlist("column")]


def _offered(form: ColumnsForm) -> ColumnsForm:
    return form.offer(queries.list_organisations_in(current().scope_of(MANAGE_PEOPLE)))


def _columns(
    found: PeopleImport, form: ColumnsForm, mapping: Sequence[ImportField | None] | None = None
) -> str:
    return render_template(
        "identity/import_columns.html",
        found=found,
        form=form,
        mapping=mapping if mapping and len(mapping) == len(found.columns) else found.mapping,
        fields=IMPORT_FIELDS,
        area=area_of_actor(),
    )


def _look(found: PeopleImport) -> str:
    fate = asked_word("fate", RowFate)
    return render_template(
        "identity/import_look.html",
        found=found,
        page=queries.page_rows(found.id, page_request(), fate=fate),
        fate=fate,
        fates=ROW_FATES,
        fields=IMPORT_FIELDS,
        states=IMPORT_STATES,
        reasons=_reasons,
        is_under_way=found.state in UNDER_WAY,
        area=area_of_actor(),
        may_manage=current().may(MANAGE_PEOPLE),
    )
