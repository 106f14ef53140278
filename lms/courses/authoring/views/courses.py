"""Pages of a whole course: the list, a new one, what it says of itself, publishing."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.courses.authoring import queries, rules, service
from lms.courses.authoring.forms import CourseForm, IntroForm, choices
from lms.courses.authoring.values import STATE_WORDS, CourseFacts, CourseState, Editor
from lms.courses.authoring.views.room import blueprint, get_editor, language_choices, saved, show
from lms.courses.policy import AUTHOR_COURSES, VIEW_AUTHORING
from lms.courses.values import CourseId, Level
from lms.identity import facade as identity
from lms.identity.values import BrandId, PositionId
from lms.kernel import clock
from lms.kernel.actor import current
from lms.web.access import requires
from lms.web.asked import asked_word
from lms.web.exports import csv_download
from lms.web.pages import page_order, page_request, walk

SORTS = ("title", "changed")


@blueprint.get("/author/courses")
@requires(VIEW_AUTHORING)
def courses() -> ResponseReturnValue:
    """List every course, the one changed last first."""
    wanted = _wanted()
    return render_template(
        "authoring/courses.html",
        page=queries.list_authored(page_request(), **wanted),
        brands=_brand_names(),
        words=wanted["words"],
        state=request.args.get("state", ""),
        sort=wanted["order"].asked,
        can_edit=current().may(AUTHOR_COURSES),
    )


@blueprint.get("/author/courses.csv")
@requires(VIEW_AUTHORING)
def courses_table() -> ResponseReturnValue:
    """Hand out the courses as a table, narrowed and ordered as the list is."""
    wanted, brands = _wanted(), _brand_names()
    header = (_("Title"), _("Address"), _("Brand"), _("Language"), _("State"), _("Version"), _("Lessons"))
    return csv_download(
        "courses.csv",
        (*header, _("Minutes"), _("Changed")),
        walk(
            lambda at: queries.list_authored(at, **wanted).map(
                lambda one: (
                    one.title,
                    one.slug,
                    brands.get(one.brand_id, ""),
                    one.language,
                    str(STATE_WORDS[one.state]),
                    str(one.number or ""),
                    str(one.activity_count),
                    str(one.minutes or ""),
                    one.changed_at.isoformat(),
                )
            )
        ),
    )


def _wanted() -> dict[str, Any]:
    return {
        "words": request.args.get("q", "").strip()[:100],
        "state": asked_word("state", CourseState),
        "order": page_order(SORTS, default=queries.LAST_CHANGED),
    }


def _brand_names() -> dict[BrandId | None, str]:
    return {brand.id: brand.name for brand in identity.list_brands()}


def _course_form(*, facts: CourseFacts | None = None) -> CourseForm:
    form = CourseForm(obj=facts)
    form.brand.choices = choices(_brands())
    form.positions.choices = choices(_positions())
    form.language.choices = choices(language_choices(facts.language if facts else "en"))
    if not form.is_submitted():
        form.brand.data = str(facts.brand_id) if facts and facts.brand_id else ""
        form.level.data = facts.level.value if facts and facts.level else ""
        form.positions.data = [str(one) for one in facts.positions] if facts else []
        form.language.data = facts.language if facts else "en"
    return form


def _brands() -> list[tuple[str, str]]:
    return [("", _("All brands")), *[(str(one.id), one.name) for one in identity.list_brands()]]


def _positions() -> list[tuple[str, str]]:
    return [(str(one.id), one.name) for one in identity.list_positions()]


def _facts_of(form: CourseForm, *, course_id: CourseId) -> CourseFacts:
    def is_taken(slug: str) -> bool:
        return queries.is_slug_taken(slug, by_other_than=course_id)

    title = str(form.title.data)
    return CourseFacts(
        title=" ".join(title.split()),
        slug=str(form.slug.data or "").strip() or rules.free_slug(rules.slug_of(title), is_taken),
        summary=" ".join(str(form.summary.data or "").split()),
        brand_id=BrandId(UUID(form.brand.data)) if form.brand.data else None,
        language=str(form.language.data),
        level=Level(form.level.data) if form.level.data else None,
        positions=frozenset(PositionId(UUID(one)) for one in form.positions.data or ()),
    )


@blueprint.get("/author/courses/new")
@requires(AUTHOR_COURSES)
def new_course() -> ResponseReturnValue:
    """Show the form of a new course."""
    return render_template("authoring/new_course.html", form=_course_form())


@blueprint.post("/author/courses/new")
@requires(AUTHOR_COURSES)
def create_course() -> ResponseReturnValue:
    """Make a course and open its editor."""
    form = _course_form()

    def save() -> None:
        course_id = CourseId(form.new_id)
        service.create_course(
            course_id=course_id, facts=_facts_of(form, course_id=course_id), actor=current(), now=clock.now()
        )

    if not saved(form, save):
        return render_template("authoring/new_course.html", form=form), 422
    return redirect(url_for(".edit_course", course_id=form.new_id), 303)


@blueprint.get("/author/courses/<uuid:course_id>")
@requires(VIEW_AUTHORING)
def edit_course(course_id: UUID) -> ResponseReturnValue:
    """Show a course's editor at its introduction and facts."""
    editor = get_editor(course_id)
    return _show_course(editor, _course_form(facts=editor.facts), _intro_form(editor))


def _intro_form(editor: Editor) -> IntroForm:
    form = IntroForm()
    if not form.is_submitted():
        form.intro.data = queries.get_intro(editor.version_id)
        form.objectives.data = "\n".join(editor.objectives)
    return form


def _show_course(editor: Editor, form: CourseForm, intro: IntroForm) -> str:
    return show("authoring/course.html", editor, form=form, intro=intro)


@blueprint.post("/author/courses/<uuid:course_id>/facts")
@requires(AUTHOR_COURSES)
def save_facts(course_id: UUID) -> ResponseReturnValue:
    """Save what a course says of itself."""
    editor = get_editor(course_id)
    form = _course_form(facts=editor.facts)

    def save() -> None:
        facts = _facts_of(form, course_id=editor.course.id)
        service.edit_facts(course_id=editor.course.id, facts=facts, actor=current(), now=clock.now())

    if not saved(form, save):
        intro = IntroForm(formdata=None)
        intro.intro.data = queries.get_intro(editor.version_id)
        intro.objectives.data = "\n".join(editor.objectives)
        return _show_course(editor, form, intro), 422
    flash(_("Saved."), "valid")
    return redirect(url_for(".edit_course", course_id=course_id), 303)


@blueprint.post("/author/courses/<uuid:course_id>/intro")
@requires(AUTHOR_COURSES)
def save_intro(course_id: UUID) -> ResponseReturnValue:
    """Save the introduction and what a learner will be able to do."""
    form = IntroForm()

    def save() -> None:
        service.edit_intro(
            course_id=CourseId(course_id),
            intro=str(form.intro.data or ""),
            objectives=str(form.objectives.data or "").splitlines(),
            actor=current(),
            now=clock.now(),
        )

    if not saved(form, save):
        editor = get_editor(course_id)
        return _show_course(editor, _facts_form(editor), form), 422
    flash(_("Saved in the draft."), "valid")
    return redirect(url_for(".edit_course", course_id=course_id), 303)


def _facts_form(editor: Editor) -> CourseForm:
    form = CourseForm(formdata=None, obj=editor.facts)
    form.brand.choices = choices(_brands())
    form.language.choices = choices(language_choices(editor.facts.language))
    form.positions.choices = choices(_positions())
    form.positions.data = [str(one) for one in editor.facts.positions]
    form.brand.data = str(editor.facts.brand_id or "")
    form.level.data = editor.facts.level.value if editor.facts.level else ""
    return form
