"""What the pages of authors share: the blueprint, the editor around each form, and the answers to refusals."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from babel.core import Locale
from flask import Blueprint, render_template
from flask_babel import get_locale

from lms.courses import kinds
from lms.courses.authoring import queries
from lms.courses.authoring.forms import AddActivityForm, SectionForm, choices
from lms.courses.authoring.values import Editor, EditorItem
from lms.courses.policy import AUTHOR_COURSES
from lms.courses.values import Activity, ActivityKey, CourseId
from lms.kernel.actor import current
from lms.kernel.errors import Invalid, NotFound
from lms.web.forms import Form

blueprint = Blueprint("authoring", __name__, template_folder="../templates")

LANGUAGES = frozenset(
    (
        *("ar", "bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "hr", "hu", "it", "ja", "ko"),
        *("lt", "lv", "nb", "nl", "pl", "pt", "ro", "sk", "sl", "sr", "sv", "tr", "uk", "zh"),
    )
)


def language_choices(also: str) -> list[tuple[str, str]]:
    """Return languages with their names as the reader says them; `also` is one that must be there."""
    reader = get_locale() or Locale("en")
    codes = {*LANGUAGES, also}
    named = [(code, Locale.parse(code, sep="-").get_display_name(reader) or code) for code in codes]
    return sorted(named, key=lambda pair: pair[1].casefold())


def get_editor(course_id: UUID) -> Editor:
    """Return a course as its editor shows it."""
    return queries.get_editor(CourseId(course_id))


def get_item(editor: Editor, key: UUID) -> EditorItem:
    """Return one activity of the editor's version; NotFound if it is gone."""
    for item in editor.items:
        if item.key == key:
            return item
    raise NotFound


def show(template: str, editor: Editor, **more: Any) -> str:
    """Return a page of the editor: the outline at its side, with the forms that add to it."""
    more.setdefault("section_form", SectionForm(formdata=None, prefix="section-"))
    return render_template(
        template,
        editor=editor,
        course=editor.course,
        can_edit=current().may(AUTHOR_COURSES),
        kind_of=kinds.kind_of,
        **more,
    )


def add_form() -> AddActivityForm:
    """Return the form that adds an activity, with the kinds there are."""
    form = AddActivityForm(prefix="add-")
    form.kind.choices = choices((kind.key, kind.label) for kind in kinds.every())
    return form


def activity_of(editor: Editor, item: EditorItem) -> Activity:
    """Return an item as its kind meets it."""
    return Activity(
        id=item.id,
        key=ActivityKey(item.key),
        course_id=editor.course.id,
        version_id=editor.version_id,
        kind=item.kind,
        title=item.title,
        minutes=item.minutes,
        config=item.config,
    )


def saved(form: Form, save: Callable[[], object]) -> bool:
    """Return whether the form is valid and `save` took it; what a service refuses stands beside its field."""
    if not form.validate_on_submit():
        return False
    try:
        save()
    except Invalid as refusal:
        if not refusal.fields:
            raise
        form.refuse(dict(refusal.fields))
        return False
    return True
