"""Pages of handing a course to another system: what travels and what stays behind, then the package."""

from uuid import UUID

from flask import Response, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.courses import facade as courses
from lms.courses.values import CourseId
from lms.kernel.actor import current
from lms.kernel.errors import Invalid
from lms.packages.policy import EXPORT_COURSES
from lms.packages.service import exporting
from lms.packages.service.exporting import ExportFormat
from lms.packages.views.room import blueprint
from lms.web.access import requires
from lms.web.exports import this_app


@blueprint.get("/author/courses/<uuid:course_id>/packed")
@requires(EXPORT_COURSES)
def ask_export(course_id: UUID) -> ResponseReturnValue:
    """Show what of a course would travel, and ask in which format."""
    version_id = courses.version_to_export(CourseId(course_id), actor=current())
    course = exporting.look_at_export(CourseId(course_id), version_id, actor=current())
    return render_template(
        "packages/export.html",
        course=course,
        course_id=course_id,
        formats=list(reversed(exporting.NAMES.items())),
    )


@blueprint.get("/author/courses/<uuid:course_id>/packed.zip")
@requires(EXPORT_COURSES)
def export(course_id: UUID) -> ResponseReturnValue:
    """Hand a course out as a package."""
    asked = request.args.get("format", "")
    form = next((one for one in ExportFormat if one.value == asked), None)
    if form is None:
        raise Invalid(_("Choose a format."), fields={"format": _("Choose one.")})
    name, content = exporting.export_course(
        CourseId(course_id),
        courses.version_to_export(CourseId(course_id), actor=current()),
        form,
        home_page=str(current_app.config["LMS_PUBLIC_URL"]),
        actor=current(),
    )
    answer = Response(courses.zip_chunks(this_app(), content), mimetype="application/zip")
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer
