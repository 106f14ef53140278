"""Pages of importing: upload, look at what will come and what not, confirm."""

from collections.abc import Sequence
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.courses.authoring import service
from lms.courses.authoring.forms import ImportForm
from lms.courses.authoring.views.room import blueprint, saved
from lms.courses.errors import ImportRefused
from lms.courses.policy import AUTHOR_COURSES
from lms.courses.values import CourseImportId, IssueLevel
from lms.identity import facade as identity
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.files import Laid
from lms.web.access import requires


@blueprint.get("/author/import")
@requires(AUTHOR_COURSES)
def import_course() -> ResponseReturnValue:
    """Show where a zip is dropped."""
    return render_template("authoring/import.html", form=ImportForm())


@blueprint.post("/author/import")
@requires(AUTHOR_COURSES, upload_bytes=service.UPLOAD_BYTES)
def upload() -> ResponseReturnValue:
    """Keep the zip to be looked at."""
    form = ImportForm()

    def save() -> None:
        service.begin_import(
            import_id=CourseImportId(form.new_id),
            upload=form.file.data.stream,
            filename=form.file.data.filename or "course.zip",
            actor=current(),
            now=clock.now(),
        )

    if not saved(form, save):
        return render_template("authoring/import.html", form=form), 422
    return redirect(url_for(".look", import_id=form.new_id), 303)


@blueprint.get("/author/imports/<uuid:import_id>")
@requires(AUTHOR_COURSES)
def look(import_id: UUID) -> ResponseReturnValue:
    """Show what an upload will bring, what not, and why."""
    return _show(import_id)


def _show(import_id: UUID, problems: Sequence[str] = ()) -> str:
    plan, row = service.plan_upload(CourseImportId(import_id))
    brands = {brand.id: brand.name for brand in identity.list_brands()}
    return render_template(
        "authoring/look.html",
        plan=plan,
        upload=row,
        import_id=import_id,
        errors=[issue for issue in plan.issues if issue.level is IssueLevel.ERROR],
        problems=problems,
        warnings=[issue for issue in plan.issues if issue.level is IssueLevel.WARNING],
        brands=brands,
        positions=[
            one.name for one in identity.list_positions() if plan.facts and one.id in plan.facts.positions
        ],
    )


def _lay(*, import_id: UUID) -> Laid:
    return service.lay_import(CourseImportId(import_id))


@blueprint.post("/author/imports/<uuid:import_id>/confirm")
@requires(AUTHOR_COURSES, prepare=_lay)
def confirm(import_id: UUID) -> ResponseReturnValue:
    """Store what the upload holds and open it in the editor."""
    try:
        course_id = service.confirm_import(
            import_id=CourseImportId(import_id),
            laid=g.prepared,
            apart=request.form.get("apart") == "1",
            actor=current(),
            now=clock.now(),
        )
    except ImportRefused as refusal:
        return _show(import_id, refusal.problems), 422
    flash(_("The course is in its draft. Look through it, then publish it."), "valid")
    return redirect(url_for(".edit_course", course_id=course_id), 303)
