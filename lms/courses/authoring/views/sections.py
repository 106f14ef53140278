"""Pages of a course's sections."""

from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.courses.authoring import service
from lms.courses.authoring.forms import SectionForm
from lms.courses.authoring.values import Direction, Editor, EditorSection
from lms.courses.authoring.views.room import add_form, blueprint, get_editor, no_longer_waiting, saved, show
from lms.courses.policy import AUTHOR_COURSES, VIEW_AUTHORING
from lms.courses.values import CourseId, SectionKey
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.errors import NotFound
from lms.web.access import requires


@blueprint.post("/author/courses/<uuid:course_id>/sections")
@requires(AUTHOR_COURSES)
def add_section(course_id: UUID) -> ResponseReturnValue:
    """Add a section and open it."""
    form = SectionForm(prefix="section-")

    def save() -> None:
        service.add_section(
            course_id=CourseId(course_id),
            key=SectionKey(form.new_id),
            title=str(form.title.data),
            actor=current(),
            now=clock.now(),
        )

    if not saved(form, save):
        return show("authoring/new_section.html", get_editor(course_id), section_form=form), 422
    return redirect(url_for(".edit_section", course_id=course_id, key=form.new_id), 303)


@blueprint.get("/author/courses/<uuid:course_id>/sections/<uuid:key>")
@requires(VIEW_AUTHORING)
def edit_section(course_id: UUID, key: UUID) -> ResponseReturnValue:
    """Show a section: its title, its place, what to add to it."""
    editor = get_editor(course_id)
    section = _section(editor, key)
    form = SectionForm(title=section.title)
    return show("authoring/section.html", editor, section=section, form=form, add_form=add_form())


def _section(editor: Editor, key: UUID) -> EditorSection:
    for section in editor.sections:
        if section.key == key:
            return section
    raise NotFound


@blueprint.post("/author/courses/<uuid:course_id>/sections/<uuid:key>")
@requires(AUTHOR_COURSES)
def rename_section(course_id: UUID, key: UUID) -> ResponseReturnValue:
    """Give a section another title."""
    form = SectionForm()

    def save() -> None:
        service.rename_section(
            course_id=CourseId(course_id),
            key=SectionKey(key),
            title=str(form.title.data),
            actor=current(),
            now=clock.now(),
        )

    if not saved(form, save):
        editor = get_editor(course_id)
        section = _section(editor, key)
        return show("authoring/section.html", editor, section=section, form=form, add_form=add_form()), 422
    flash(_("Saved in the draft."), "valid")
    return redirect(url_for(".edit_section", course_id=course_id, key=key), 303)


@blueprint.post("/author/courses/<uuid:course_id>/sections/<uuid:key>/move-<any(up, down):way>")
@requires(AUTHOR_COURSES)
def move_section(course_id: UUID, key: UUID, way: str) -> ResponseReturnValue:
    """Move a section one place."""
    service.move_section(
        course_id=CourseId(course_id),
        key=SectionKey(key),
        direction=Direction(way),
        actor=current(),
        now=clock.now(),
    )
    return redirect(url_for(".edit_section", course_id=course_id, key=key), 303)


@blueprint.post("/author/courses/<uuid:course_id>/sections/<uuid:key>/remove")
@requires(AUTHOR_COURSES)
def remove_section(course_id: UUID, key: UUID) -> ResponseReturnValue:
    """Take a section and all in it out of the draft."""
    freed = service.remove_section(
        course_id=CourseId(course_id), key=SectionKey(key), actor=current(), now=clock.now()
    )
    flash(" ".join([_("The section is out of the draft."), *no_longer_waiting(freed)]), "valid")
    return redirect(url_for(".edit_course", course_id=course_id), 303)
