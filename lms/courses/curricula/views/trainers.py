"""What a trainer does with curricula: the list, the editor with its stages, publishing."""

from collections.abc import Callable
from uuid import UUID

from babel.core import Locale
from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from lms.courses.authoring import queries as authoring
from lms.courses.curricula import rules
from lms.courses.curricula.forms import (
    CurriculumForm,
    NewStageForm,
    OrderForm,
    PublishForm,
    StageForm,
    form_of,
)
from lms.courses.curricula.queries import authored
from lms.courses.curricula.service import editing
from lms.courses.curricula.values import Curriculum, Stage
from lms.courses.curricula.views.blueprint import blueprint
from lms.courses.errors import EditedMeanwhile
from lms.courses.policy import AUTHOR_COURSES, VIEW_AUTHORING
from lms.courses.values import CurriculumId, StageKey
from lms.identity import facade as identity
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.errors import Invalid, NotFound
from lms.web.access import requires
from lms.web.context import LOCALES
from lms.web.forms import Choice, Form
from lms.web.pages import page_request

OTHER_LANGUAGES = ("fr", "es", "it", "nl", "sv", "nb", "pl")


@blueprint.get("/author/curricula")
@requires(VIEW_AUTHORING)
def curricula() -> ResponseReturnValue:
    """List every curriculum, the one changed last first."""
    return render_template(
        "curricula/curricula.html",
        page=authored.page_authored(page_request()),
        can_edit=current().may(AUTHOR_COURSES),
    )


@blueprint.get("/author/curricula/new")
@requires(AUTHOR_COURSES)
def new() -> ResponseReturnValue:
    """Show the form of a new curriculum."""
    return render_template("curricula/new.html", form=_offered(CurriculumForm()))


@blueprint.post("/author/curricula/new")
@requires(AUTHOR_COURSES)
def create() -> ResponseReturnValue:
    """Make a curriculum and open its editor."""
    form = _offered(CurriculumForm())

    def save() -> None:
        editing.create(
            curriculum_id=CurriculumId(form.new_id), facts=form.facts(), actor=current(), now=clock.now()
        )

    if not saved(form, save):
        return render_template("curricula/new.html", form=form), 422
    return redirect(url_for(".edit", curriculum_id=form.new_id), 303)


def _offered(form: CurriculumForm) -> CurriculumForm:
    locale = get_locale() or Locale("en")
    codes = {code for code, _name in LOCALES} | {*OTHER_LANGUAGES, str(form.language.data or "en")}
    names = [(code, Locale.parse(code, sep="-").get_display_name(locale) or code) for code in codes]
    form.language.choices = [Choice(*pair) for pair in sorted(names, key=lambda pair: pair[1].casefold())]
    form.brand.choices = [
        Choice("", _("All brands")),
        *[Choice(str(one.id), one.name) for one in identity.list_brands()],
    ]
    return form


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


@blueprint.get("/author/curricula/<uuid:curriculum_id>")
@requires(VIEW_AUTHORING)
def edit(curriculum_id: UUID) -> ResponseReturnValue:
    """Show a curriculum's editor: the picture, its stages, what it says of itself."""
    return _show(_get(curriculum_id))


def _get(curriculum_id: UUID) -> Curriculum:
    return authored.get_authored(CurriculumId(curriculum_id))


def _facts_form(one: Curriculum) -> CurriculumForm:
    facts = one.facts
    return _offered(
        CurriculumForm(
            formdata=None,
            seen=str(one.revision),
            title=facts.title,
            slug=facts.slug,
            summary=facts.summary,
            brand=str(facts.brand_id or ""),
            language=facts.language,
            is_strict=facts.is_strict,
        )
    )


def _show(
    one: Curriculum,
    *,
    form: CurriculumForm | None = None,
    stage_form: NewStageForm | None = None,
    conflict: str = "",
) -> str:
    courses = authoring.list_courses(rules.courses_of(one.stages))
    return render_template(
        "curricula/edit.html",
        curriculum=one,
        place=rules.place_on(one.stages, (), {key: course.minutes for key, course in courses.items()}),
        courses=courses,
        form=form or _facts_form(one),
        stage_form=stage_form or NewStageForm(formdata=None, prefix="stage-"),
        problems=editing.list_problems(one.stages),
        conflict=conflict,
        can_edit=current().may(AUTHOR_COURSES),
    )


@blueprint.post("/author/curricula/<uuid:curriculum_id>/facts")
@requires(AUTHOR_COURSES)
def save_facts(curriculum_id: UUID) -> ResponseReturnValue:
    """Save what a curriculum says of itself; who is overtaken keeps what they typed."""
    one, form = _get(curriculum_id), _offered(CurriculumForm())

    def save() -> None:
        editing.save_facts(
            curriculum_id=one.id,
            facts=form.facts(),
            seen=form.seen.version or 0,
            actor=current(),
            now=clock.now(),
        )

    try:
        if not saved(form, save):
            return _show(one, form=form), 422
    except EditedMeanwhile as refusal:
        form.seen.data = str(one.revision)
        return _show(one, form=form, conflict=refusal.message), 409
    flash(_("Saved."), "valid")
    return redirect(url_for(".edit", curriculum_id=curriculum_id), 303)


@blueprint.post("/author/curricula/<uuid:curriculum_id>/stages")
@requires(AUTHOR_COURSES)
def add_stage(curriculum_id: UUID) -> ResponseReturnValue:
    """Add a stage and open it."""
    form = NewStageForm(prefix="stage-")

    def save() -> None:
        editing.add_stage(
            curriculum_id=CurriculumId(curriculum_id),
            key=StageKey(form.new_id),
            title=str(form.title.data),
            actor=current(),
            now=clock.now(),
        )

    if not saved(form, save):
        return _show(_get(curriculum_id), stage_form=form), 422
    return redirect(url_for(".edit_stage", curriculum_id=curriculum_id, stage_key=form.new_id), 303)


def _stage(one: Curriculum, key: UUID) -> Stage:
    for stage in one.stages:
        if stage.key == key:
            return stage
    raise NotFound


@blueprint.get("/author/curricula/<uuid:curriculum_id>/stages/<uuid:stage_key>")
@requires(AUTHOR_COURSES)
def edit_stage(curriculum_id: UUID, stage_key: UUID) -> ResponseReturnValue:
    """Show a stage: its courses, how many are enough, what comes first."""
    one = _get(curriculum_id)
    return _show_stage(one, form_of(_stage(one, stage_key), one.revision), stage_key)


def _show_stage(one: Curriculum, form: StageForm, key: UUID, *, conflict: str = "") -> str:
    return render_template(
        "curricula/stage.html",
        curriculum=one,
        form=_offer(one, form, key),
        stage=_stage(one, key),
        conflict=conflict,
    )


def _offer(one: Curriculum, form: StageForm, key: UUID) -> StageForm:
    named = {course.id: course.title for course in authoring.list_published()}
    named |= {course.id: course.title for course in authoring.list_courses(_stage(one, key).courses).values()}
    courses = sorted(
        ((str(course_id), title) for course_id, title in named.items()), key=lambda pair: pair[1]
    )
    return form.offer(courses, [(str(other.key), other.title) for other in one.stages if other.key != key])


@blueprint.post("/author/curricula/<uuid:curriculum_id>/stages/<uuid:stage_key>")
@requires(AUTHOR_COURSES)
def save_stage(curriculum_id: UUID, stage_key: UUID) -> ResponseReturnValue:
    """Save a stage; who is overtaken keeps what they typed."""
    one = _get(curriculum_id)
    form = _offer(one, StageForm(), stage_key)

    def save() -> None:
        editing.save_stage(
            curriculum_id=one.id,
            stage=form.stage(StageKey(stage_key)),
            seen=form.seen.version or 0,
            actor=current(),
            now=clock.now(),
        )

    try:
        if not saved(form, save):
            return _show_stage(one, form, stage_key), 422
    except EditedMeanwhile as refusal:
        form.seen.data = str(one.revision)
        return _show_stage(one, form, stage_key, conflict=refusal.message), 409
    flash(_("Saved in the draft."), "valid")
    return redirect(url_for(".edit", curriculum_id=curriculum_id), 303)


@blueprint.post("/author/curricula/<uuid:curriculum_id>/stages/<uuid:stage_key>/move-<any(up, down):way>")
@requires(AUTHOR_COURSES)
def move_stage(curriculum_id: UUID, stage_key: UUID, way: str) -> ResponseReturnValue:
    """Move a stage one place; a move that would close a ring is refused with its names."""
    try:
        editing.move_stage(
            curriculum_id=CurriculumId(curriculum_id),
            key=StageKey(stage_key),
            steps=-1 if way == "up" else 1,
            actor=current(),
            now=clock.now(),
        )
    except Invalid as refusal:
        flash(refusal.message, "soon")
    return redirect(url_for(".edit", curriculum_id=curriculum_id, _anchor=f"stage-{stage_key}"), 303)


@blueprint.post("/author/curricula/<uuid:curriculum_id>/order")
@requires(AUTHOR_COURSES)
def order(curriculum_id: UUID) -> ResponseReturnValue:
    """Take the order that dragging made."""
    form = OrderForm()
    if not form.validate_on_submit():
        raise Invalid(_("Reload this page and try again."))
    editing.order_stages(
        curriculum_id=CurriculumId(curriculum_id), keys=form.keys, actor=current(), now=clock.now()
    )
    return "", 204


@blueprint.post("/author/curricula/<uuid:curriculum_id>/stages/<uuid:stage_key>/remove")
@requires(AUTHOR_COURSES)
def remove_stage(curriculum_id: UUID, stage_key: UUID) -> ResponseReturnValue:
    """Take a stage out of the draft."""
    editing.remove_stage(
        curriculum_id=CurriculumId(curriculum_id),
        key=StageKey(stage_key),
        actor=current(),
        now=clock.now(),
    )
    flash(_("The stage is out of the draft."), "valid")
    return redirect(url_for(".edit", curriculum_id=curriculum_id), 303)


@blueprint.get("/author/curricula/<uuid:curriculum_id>/publish")
@requires(VIEW_AUTHORING)
def review(curriculum_id: UUID) -> ResponseReturnValue:
    """Show what publishing means: the picture, who is affected, what is missing."""
    one = _get(curriculum_id)
    courses = authoring.list_courses(rules.courses_of(one.stages))
    return render_template(
        "curricula/publish.html",
        curriculum=one,
        place=rules.place_on(one.stages, (), {key: course.minutes for key, course in courses.items()}),
        courses=courses,
        problems=editing.list_problems(one.stages),
        followers=authored.count_followers(one.id),
        form=PublishForm(),
        can_edit=current().may(AUTHOR_COURSES),
    )


@blueprint.post("/author/curricula/<uuid:curriculum_id>/publish")
@requires(AUTHOR_COURSES)
def publish(curriculum_id: UUID) -> ResponseReturnValue:
    """Publish the draft."""
    form = PublishForm()
    if not form.validate_on_submit():
        raise Invalid(_("Reload this page and try again."))
    editing.publish(
        curriculum_id=CurriculumId(curriculum_id),
        moves=bool(form.moves.data),
        actor=current(),
        now=clock.now(),
    )
    flash(_("Published. Learners find it under Paths."), "valid")
    return redirect(url_for(".edit", curriculum_id=curriculum_id), 303)
