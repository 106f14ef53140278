"""Pages of a course's activities: adding, writing, moving, and the pictures of a page."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.courses import kinds
from lms.courses.authoring import queries, service
from lms.courses.authoring.forms import ActivityForm, OrderForm, PictureForm, SectionForm
from lms.courses.authoring.values import Direction, Editor, EditorSection, PageSource
from lms.courses.authoring.views.room import (
    activity_form,
    activity_of,
    add_form,
    blueprint,
    get_editor,
    get_item,
    no_longer_waiting,
    saved,
    show,
)
from lms.courses.errors import EditedMeanwhile
from lms.courses.formats import media, pictures
from lms.courses.kinds import checks
from lms.courses.policy import AUTHOR_COURSES, VIEW_AUTHORING
from lms.courses.values import TEXTS, ActivityKey, CourseId, SectionKey
from lms.identity import facade as identity
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.errors import Invalid, NotFound
from lms.web.access import requires
from lms.web.context import oem_zone, write_ago
from lms.web.errors import refuse, wants_json
from lms.web.numbers import whole_number


@blueprint.post("/author/courses/<uuid:course_id>/sections/<uuid:section_key>/activities")
@requires(AUTHOR_COURSES)
def add_activity(course_id: UUID, section_key: UUID) -> ResponseReturnValue:
    """Add an activity and open it, at its kind's own page if it has one."""
    form = add_form()

    def save() -> None:
        service.add_activity(
            course_id=CourseId(course_id),
            section_key=SectionKey(section_key),
            key=ActivityKey(form.new_id),
            kind=str(form.kind.data),
            title=str(form.title.data),
            actor=current(),
            now=clock.now(),
        )

    if not saved(form, save):
        editor = get_editor(course_id)
        section = next((one for one in editor.sections if one.key == section_key), None)
        if section is None:
            raise NotFound
        naming = SectionForm(formdata=None, title=section.title)
        return show("authoring/section.html", editor, section=section, form=naming, add_form=form), 422
    editor = get_editor(course_id)
    item = get_item(editor, form.new_id)
    own_page = kinds.kind_of(item.kind).edit_url(activity_of(editor, item))
    return redirect(own_page or url_for(".edit_activity", course_id=course_id, key=item.key), 303)


@blueprint.get("/author/courses/<uuid:course_id>/activities/<uuid:key>")
@requires(VIEW_AUTHORING)
def edit_activity(course_id: UUID, key: UUID) -> ResponseReturnValue:
    """Show an activity: its text, its settings, its place."""
    editor, page = _opened(course_id, key)
    return _show(editor, page, activity_form(editor, page))


def _opened(course_id: UUID, key: UUID) -> tuple[Editor, PageSource]:
    editor = get_editor(course_id)
    return editor, queries.get_page(editor.version_id, ActivityKey(key))


def _show(
    editor: Editor,
    page: PageSource,
    form: ActivityForm,
    *,
    preview: str | None = None,
    conflict: str = "",
    picture_form: PictureForm | None = None,
) -> str:
    kind = kinds.kind_of(page.item.kind)
    return show(
        "authoring/activity.html",
        editor,
        item=page.item,
        page=page,
        form=form,
        picture_form=picture_form or PictureForm(formdata=None),
        kind=kind,
        activity=activity_of(editor, page.item),
        kind_url=kind.edit_url(activity_of(editor, page.item)),
        kind_problems=kind.problems(page.item.config),
        is_page=page.item.kind in TEXTS,
        zone=str(oem_zone()),
        preview=preview,
        conflict=conflict,
        checks=checks.choices() if page.item.kind in TEXTS else [],
        is_picture=pictures.media_type_of,
        is_film=media.is_film,
    )


@blueprint.post("/author/courses/<uuid:course_id>/activities/<uuid:key>")
@requires(AUTHOR_COURSES)
def save_activity(course_id: UUID, key: UUID) -> ResponseReturnValue:
    """Save an activity in the draft; who was overtaken keeps their text and sees it beside what is saved."""
    editor, page = _opened(course_id, key)
    form = activity_form(editor, page)
    revisions: list[int] = []
    try:
        if not saved(form, lambda: revisions.append(_save(editor, page, form))):
            return refuse(form) if wants_json() else (_show(editor, page, form), 422)
    except EditedMeanwhile as refusal:
        if wants_json():
            return _overtaken(editor, page, refusal), 409
        form.revision.data = str(page.revision)
        form.revision.raw_data = [str(page.revision)]
        return _show(editor, page, form, preview=page.html, conflict=_told(editor, page, refusal)), 409
    if wants_json():
        return {"revision": revisions[0], "saved_at": clock.now().isoformat()}
    flash(_("Saved in the draft."), "valid")
    return redirect(url_for(".edit_activity", course_id=course_id, key=key), 303)


def _told(editor: Editor, page: PageSource, refusal: EditedMeanwhile) -> str:
    """Return who saved it meanwhile and when; without a name where nobody is known."""
    edit = queries.find_last_edit(editor.course.id, page.item.key)
    author = identity.find_person(edit[0]) if edit and edit[0] else None
    if edit is None or author is None:
        return refusal.message
    if author.id == current().person_id:
        return _(
            "You saved this in another window %(when)s. Your text is below; compare before you save it.",
            when=write_ago(edit[1]),
        )
    return _(
        "%(name)s saved this %(when)s, after you opened it. Your text is below; compare before you save it.",
        name=author.name,
        when=write_ago(edit[1]),
    )


def _overtaken(editor: Editor, page: PageSource, refusal: EditedMeanwhile) -> dict[str, Any]:
    edit = queries.find_last_edit(editor.course.id, page.item.key)
    return {
        "detail": _told(editor, page, refusal),
        "is_own": edit is not None and edit[0] is not None and edit[0] == current().person_id,
        "title": page.item.title,
        "body": page.body,
        "revision": page.revision,
    }


def _save(editor: Editor, page: PageSource, form: ActivityForm) -> int:
    return service.edit_activity(
        course_id=editor.course.id,
        key=page.item.key,
        title=str(form.title.data),
        minutes=int(form.minutes.data or 0),
        is_required=bool(form.is_required.data),
        body=str(form.body.data or "") if page.item.kind in TEXTS else None,
        rule=form.chosen_rule(),
        locks=form.chosen_locks(oem_zone()),
        revision=_revision(form),
        actor=current(),
        now=clock.now(),
    )


def _revision(form: ActivityForm) -> int:
    number = whole_number(str(form.revision.data or ""))
    if number is None:
        raise Invalid(_("Reload this page and try again."), fields={"revision": _("Reload this page.")})
    return number


@blueprint.post("/author/courses/<uuid:course_id>/activities/<uuid:key>/preview")
@requires(AUTHOR_COURSES)
def preview_activity(course_id: UUID, key: UUID) -> ResponseReturnValue:
    """Show how what is typed would look; nothing is saved."""
    editor, page = _opened(course_id, key)
    form = activity_form(editor, page)
    shown = service.preview(page, str(form.body.data or ""), editor.facts.language)
    return _show(editor, page, form, preview=shown)


@blueprint.post("/author/courses/<uuid:course_id>/activities/<uuid:key>/pictures")
@requires(AUTHOR_COURSES, upload_bytes=service.MEDIA_BYTES)
def add_media(course_id: UUID, key: UUID) -> ResponseReturnValue:
    """Keep a picture, film or file for a page and say how its text shows it."""
    editor, page = _opened(course_id, key)
    form = PictureForm()
    addresses: list[str] = []

    def save() -> None:
        upload = form.file.data
        addresses.append(
            service.add_media(
                course_id=editor.course.id,
                key=page.item.key,
                filename=upload.filename or "",
                upload=upload.stream,
                actor=current(),
                now=clock.now(),
            )
        )

    if wants_json():
        return _media_of(course_id, key, addresses) if saved(form, save) else refuse(form)
    if not saved(form, save):
        return _show(editor, page, activity_form(editor, page, formdata=None), picture_form=form), 422
    flash(_("It is here. Its address in the text is %(address)s.", address=addresses[0]), "valid")
    return redirect(url_for(".edit_activity", course_id=course_id, key=key), 303)


def _media_of(course_id: UUID, key: UUID, addresses: Sequence[str]) -> ResponseReturnValue:
    _editor, page = _opened(course_id, key)
    return {"address": addresses[0], "url": page.pictures[addresses[0]]}


@blueprint.post("/author/courses/<uuid:course_id>/order")
@requires(AUTHOR_COURSES)
def reorder(course_id: UUID) -> ResponseReturnValue:
    """Put the activities where they were dragged."""
    form = OrderForm()
    if not form.validate_on_submit():
        return refuse(form)
    service.reorder(course_id=CourseId(course_id), order=form.outline(), actor=current(), now=clock.now())
    return "", 204


@blueprint.post("/author/courses/<uuid:course_id>/activities/<uuid:key>/move-<any(up, down):way>")
@requires(AUTHOR_COURSES)
def move_activity(course_id: UUID, key: UUID, way: str) -> ResponseReturnValue:
    """Move an activity one place, and say so where that leads into another section."""
    before = _section_of(course_id, key)
    service.move_activity(
        course_id=CourseId(course_id),
        key=ActivityKey(key),
        direction=Direction(way),
        actor=current(),
        now=clock.now(),
    )
    section = _section_of(course_id, key)
    if section.key != before.key:
        flash(_("Moved into the section “%(title)s”.", title=section.title), "valid")
    if request.form.get("back") == "section":
        # The button that was pressed stands elsewhere now; whoever goes on by keyboard goes on there.
        address = url_for(".edit_section", course_id=course_id, key=section.key, _anchor=f"{way}-{key}")
        return redirect(address, 303)
    return redirect(url_for(".edit_activity", course_id=course_id, key=key), 303)


def _section_of(course_id: UUID, key: UUID) -> EditorSection:
    found = (one for one in get_editor(course_id).sections if key in {item.key for item in one.items})
    section = next(found, None)
    if section is None:
        raise NotFound
    return section


@blueprint.post("/author/courses/<uuid:course_id>/activities/<uuid:key>/remove")
@requires(AUTHOR_COURSES)
def remove_activity(course_id: UUID, key: UUID) -> ResponseReturnValue:
    """Take an activity out of the draft."""
    freed = service.remove_activity(
        course_id=CourseId(course_id), key=ActivityKey(key), actor=current(), now=clock.now()
    )
    flash(" ".join([_("It is out of the draft."), *no_longer_waiting(freed)]), "valid")
    return redirect(url_for(".edit_course", course_id=course_id), 303)
