"""What the pages of authors share: the blueprint, the editor around each form, and the answers to refusals."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from babel.core import Locale
from flask import Blueprint, render_template
from flask_babel import get_locale
from flask_babel import gettext as _

from lms.courses import kinds
from lms.courses.authoring import queries
from lms.courses.authoring.forms import ActivityForm, AddActivityForm, SectionForm, choices
from lms.courses.authoring.values import WHOLE, Editor, EditorItem, PageSource
from lms.courses.kinds import locks
from lms.courses.kinds.completing import NAMES, proposed
from lms.courses.policy import AUTHOR_COURSES
from lms.courses.values import Activity, ActivityKey, CourseId
from lms.kernel.actor import current
from lms.kernel.errors import Invalid, NotFound
from lms.web.context import oem_zone
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
        home_of=_home_of(editor),
        **more,
    )


def _home_of(editor: Editor) -> Mapping[str, str] | None:
    """Return by activity the section it is in, of a course so long that the outline shows one section; else None."""
    if len(editor.items) <= WHOLE:
        return None
    return {str(item.key): str(section.key) for section in editor.sections for item in section.items}


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


def activity_form(editor: Editor, page: PageSource, **more: Any) -> ActivityForm:
    """Return the form of an activity as it stands, with what may be chosen."""
    item = page.item
    opens = next((lock.value for lock in item.locks if lock.kind == locks.FROM), None)
    other_locks = [lock for lock in item.locks if lock.kind not in {locks.AFTER, locks.FROM}]
    form = ActivityForm(
        title=item.title,
        body=page.body,
        minutes=item.minutes,
        is_required=item.is_required,
        revision=page.revision,
        asks="1",
        rule=item.rule.kind.value,
        least=item.rule.least or None,
        after=[lock.value for lock in item.locks if lock.kind == locks.AFTER],
        opens=datetime.fromisoformat(opens).astimezone(oem_zone()).replace(tzinfo=None) if opens else None,
        others=[f"{lock.kind}:{lock.value}" for lock in other_locks],
        **more,
    )
    offered = [one.kind for one in proposed(item.kind)]
    form.rule.choices = choices(
        (one.value, NAMES[one]) for one in [*offered, *({item.rule.kind} - set(offered))]
    )
    form.rule.flags.required = True  # there is always one; only a form that does not show it leaves it out
    form.after.choices = choices((str(one.key), one.title) for one in editor.items if one.key != item.key)
    known = [
        (f"{kind.key}:{value}", f"{kind.label}: {name}")
        for kind in locks.offered()
        for value, name in kind.choices()
    ]
    held = [(f"{lock.kind}:{lock.value}", locks.said(lock, {})) for lock in other_locks]
    form.others.choices = choices(dict([*held, *known]).items())
    return form


def no_longer_waiting(freed: Sequence[str]) -> Sequence[str]:
    """Return a sentence for each activity whose lock went with what it waited for."""
    return [_("“%(title)s” no longer waits for it.", title=title) for title in freed]


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
