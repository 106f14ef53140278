"""The page of a course's files: how much of its room they take, and where each is shown."""

from uuid import UUID

from flask import current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.courses.authoring import queries, service
from lms.courses.authoring.views.room import blueprint, get_editor, show
from lms.courses.policy import AUTHOR_COURSES, VIEW_AUTHORING
from lms.courses.values import CourseId
from lms.kernel import clock
from lms.kernel.actor import current
from lms.web.access import requires
from lms.web.pages import page_request


@blueprint.get("/author/courses/<uuid:course_id>/files")
@requires(VIEW_AUTHORING)
def course_files(course_id: UUID) -> ResponseReturnValue:
    """List a course's files, newest first, each with where it is shown."""
    editor = get_editor(course_id)
    return show(
        "authoring/files.html",
        editor,
        page=queries.page_files(editor.course.id, page_request()),
        held=queries.sum_file_bytes(editor.course.id),
        most=current_app.config["LMS_COURSE_QUOTA"],
        url_of=queries.picture_url,
    )


@blueprint.post("/author/courses/<uuid:course_id>/files/<uuid:file_id>/remove")
@requires(AUTHOR_COURSES)
def remove_file(course_id: UUID, file_id: UUID) -> ResponseReturnValue:
    """Take a file out that nothing shows."""
    service.remove_file(course_id=CourseId(course_id), file_id=file_id, actor=current(), now=clock.now())
    flash(_("The file is gone."), "valid")
    return redirect(url_for(".course_files", course_id=course_id), 303)
