"""Pages of a course's versions: publishing the draft, what was published, what differs, and going back."""

from uuid import UUID

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.courses import kinds
from lms.courses.authoring import queries, service
from lms.courses.authoring.forms import PublishForm
from lms.courses.authoring.rules.comparing import compare
from lms.courses.authoring.values import Editor
from lms.courses.authoring.views.reviews import show_publishing
from lms.courses.authoring.views.room import blueprint, get_editor, show
from lms.courses.errors import NotPublishable
from lms.courses.kinds import completing, locks
from lms.courses.policy import AUTHOR_COURSES, VIEW_AUTHORING
from lms.courses.values import CourseId, CourseVersionId
from lms.identity import facade as identity
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.errors import NotFound
from lms.web.access import requires
from lms.web.exports import this_app
from lms.web.numbers import whole_number
from lms.web.pages import page_request


@blueprint.get("/author/courses/<uuid:course_id>/publish")
@requires(VIEW_AUTHORING)
def review(course_id: UUID) -> ResponseReturnValue:
    """Show what publishing would do, whom it concerns, and what keeps it back."""
    editor = get_editor(course_id)
    problems = service.list_problems(editor.version_id) if editor.is_draft else ()
    return show_publishing(editor, problems=problems)


@blueprint.post("/author/courses/<uuid:course_id>/publish")
@requires(AUTHOR_COURSES)
def publish(course_id: UUID) -> ResponseReturnValue:
    """Publish the draft."""
    form = PublishForm()
    if not form.validate_on_submit():
        return show_publishing(get_editor(course_id), problems=(), form=form), 422
    try:
        service.publish(course_id=CourseId(course_id), moves=form.moves(), actor=current(), now=clock.now())
    except NotPublishable as refusal:
        editor = get_editor(course_id)
        return show_publishing(editor, problems=refusal.problems, form=form), 422
    editor = get_editor(course_id)
    flash(
        _("Version %(number)s is published: everyone can take it now.", number=editor.course.number), "valid"
    )
    return redirect(url_for(".edit_course", course_id=course_id), 303)


@blueprint.post("/author/courses/<uuid:course_id>/discard")
@requires(AUTHOR_COURSES)
def discard(course_id: UUID) -> ResponseReturnValue:
    """Throw the draft away."""
    service.discard_draft(course_id=CourseId(course_id), actor=current(), now=clock.now())
    flash(_("The draft is gone. What you see is what is published."), "valid")
    return redirect(url_for(".edit_course", course_id=course_id), 303)


@blueprint.get("/author/courses/<uuid:course_id>/versions")
@requires(VIEW_AUTHORING)
def versions(course_id: UUID) -> ResponseReturnValue:
    """List what was published, newest first."""
    editor = get_editor(course_id)
    page = queries.page_versions(CourseId(course_id), page_request())
    people = identity.list_people({one.published_by for one in page.items if one.published_by})
    return show("authoring/versions.html", editor, page=page, people=people)


@blueprint.get("/author/courses/<uuid:course_id>/versions/compare")
@requires(VIEW_AUTHORING)
def compare_versions(course_id: UUID) -> ResponseReturnValue:
    """Show what differs between two versions, or between one and the draft."""
    editor = get_editor(course_id)
    old, new = (_asked(editor, request.args.get(name, "")) for name in ("old", "new"))
    before, after = queries.get_snapshot(old), queries.get_snapshot(new)
    return show(
        "authoring/comparison.html",
        editor,
        found=compare(before, after),
        before=before,
        after=after,
        is_draft=editor.is_draft and new == editor.version_id,
        say_rule=completing.said,
        say_lock=lambda lock: locks.said(lock, {**before.names, **after.names}),
        label_of=lambda kind: kinds.kind_of(kind).label,
    )


def _asked(editor: Editor, asked: str) -> CourseVersionId:
    if asked == "draft" and editor.is_draft:
        return editor.version_id
    number = whole_number(asked)
    version = queries.find_version(editor.course.id, number) if number is not None else None
    if version is None:
        raise NotFound
    return version.id


@blueprint.post("/author/courses/<uuid:course_id>/versions/<int:number>/restore")
@requires(AUTHOR_COURSES)
def restore(course_id: UUID, number: int) -> ResponseReturnValue:
    """Make a draft of an older version and lead to its publishing."""
    service.restore(course_id=CourseId(course_id), number=number, actor=current(), now=clock.now())
    flash(_("The draft now says what version %(number)s said.", number=number), "valid")
    return redirect(url_for(".review", course_id=course_id), 303)


@blueprint.post("/author/courses/<uuid:course_id>/print")
@requires(AUTHOR_COURSES)
def ask_print(course_id: UUID) -> ResponseReturnValue:
    """Let the PDF of a version be made: the one asked for, else what the editor shows."""
    editor = get_editor(course_id)
    asked = request.form.get("version", "")
    version_id = _asked(editor, asked) if asked else editor.version_id
    is_there = service.ask_print(course_id=editor.course.id, version_id=version_id, actor=current())
    if not is_there:
        flash(_("The PDF is being made. You are told when it is ready."), "progress")
    target = url_for(".printed", course_id=course_id, version_id=version_id)
    return redirect(target if is_there else url_for(".versions", course_id=course_id), 303)


@blueprint.get("/author/courses/<uuid:course_id>/print/<uuid:version_id>")
@requires(VIEW_AUTHORING)
def printed(course_id: UUID, version_id: UUID) -> ResponseReturnValue:
    """Hand a version out as a PDF, or its volumes as a zip; one that was changed since has to be asked for again."""
    editor = get_editor(course_id)
    found = service.find_print(editor.course.id, CourseVersionId(version_id))
    if found is None:
        flash(_("This PDF is not there: the draft was changed, or it is still being made."), "soon")
        return redirect(url_for(".versions", course_id=course_id), 303)
    is_one = found.startswith(b"%PDF")
    answer = Response(found, mimetype="application/pdf" if is_one else "application/zip")
    answer.headers["Content-Disposition"] = (
        f'inline; filename="{editor.course.slug}.pdf"'
        if is_one
        else f'attachment; filename="{editor.course.slug}.zip"'
    )
    return answer


@blueprint.get("/author/courses/<uuid:course_id>/export.zip")
@requires(VIEW_AUTHORING)
def export(course_id: UUID) -> ResponseReturnValue:
    """Hand a version out as Markdown and files: the one asked for, else what the editor shows."""
    editor = get_editor(course_id)
    asked = request.args.get("version")
    version_id = editor.version_id if asked is None else _asked(editor, asked)
    name, content = service.export_course(editor.course.id, version_id)
    answer = Response(service.zip_chunks(this_app(), content), mimetype="application/zip")
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer
