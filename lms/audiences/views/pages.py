"""The pages of audiences: the list, the editor with whom it means now, and one as it is today."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.audiences import service
from lms.audiences.forms import AudienceForm
from lms.audiences.policy import MANAGE_AUDIENCES, VIEW_AUDIENCES
from lms.audiences.queries import audiences, registry
from lms.audiences.values import Audience, AudienceId, Rule
from lms.audiences.views.editor import Editor, editor_of, prepared, rule_of
from lms.kernel import clock
from lms.kernel.actor import Scope, current
from lms.kernel.errors import Invalid
from lms.web.access import requires
from lms.web.pages import page_request

blueprint = Blueprint("audiences", __name__, template_folder="../templates")


@blueprint.get("/author/audiences")
@requires(VIEW_AUDIENCES)
def index() -> ResponseReturnValue:
    """List the audiences, each in a sentence and with its number of people."""
    words = request.args.get("q", "").strip()[:100]
    return render_template(
        "audiences/index.html",
        page=audiences.page_lines(_scope(), words, page_request()),
        words=words,
        may_manage=_may_manage(),
    )


@blueprint.get("/author/audiences/<uuid:audience_id>")
@requires(VIEW_AUDIENCES)
def show(audience_id: UUID) -> ResponseReturnValue:
    """Show one audience: what it says, who is in it today, and where it is used."""
    audience = audiences.get_audience(AudienceId(audience_id))
    return render_template(
        "audiences/show.html",
        audience=audience,
        crowd=audiences.look_into(audience, _scope()),
        uses=registry.uses(audience.id),
        may_manage=_may_manage(),
    )


@blueprint.get("/author/audiences/new")
@requires(MANAGE_AUDIENCES)
def new() -> ResponseReturnValue:
    """Show the editor for a new audience."""
    return _page(AudienceForm(), editor_of(Rule(), _scope(), itself=None), None)


@blueprint.get("/author/audiences/<uuid:audience_id>/edit")
@requires(MANAGE_AUDIENCES)
def edit(audience_id: UUID) -> ResponseReturnValue:
    """Show the editor of an audience."""
    audience = audiences.get_audience(AudienceId(audience_id))
    form = AudienceForm(seen=str(audience.version), name=audience.name, note=audience.note)
    return _page(form, editor_of(audience.rule, _scope(), itself=audience.id), audience)


def _look(audience_id: UUID | None = None) -> Editor:
    return editor_of(rule_of(request.form), _scope(), itself=AudienceId(audience_id) if audience_id else None)


@blueprint.post("/author/audiences/look")
@requires(MANAGE_AUDIENCES, prepare=_look)
def look_new() -> ResponseReturnValue:
    """Show the editor of a new audience with whom it means so far. It stores nothing."""
    return _page(AudienceForm(), prepared(), None)


@blueprint.post("/author/audiences/<uuid:audience_id>/look")
@requires(MANAGE_AUDIENCES, prepare=_look)
def look(audience_id: UUID) -> ResponseReturnValue:
    """Show the editor of an audience with whom it means so far. It stores nothing."""
    return _page(AudienceForm(), prepared(), audiences.get_audience(AudienceId(audience_id)))


@blueprint.post("/author/audiences/new")
@requires(MANAGE_AUDIENCES)
def create() -> ResponseReturnValue:
    """Make an audience."""
    return _save(None)


@blueprint.post("/author/audiences/<uuid:audience_id>/edit")
@requires(MANAGE_AUDIENCES)
def save(audience_id: UUID) -> ResponseReturnValue:
    """Let an audience mean other people."""
    return _save(audiences.get_audience(AudienceId(audience_id)))


def _save(audience: Audience | None) -> ResponseReturnValue:
    form, rule = AudienceForm(), rule_of(request.form)
    if form.validate_on_submit():
        try:
            audience_id = service.save_audience(
                audience_id=audience.id if audience else AudienceId(form.new_id),
                name=str(form.name.data),
                note=form.note.data or "",
                rule=rule,
                actor=current(),
                now=clock.now(),
                seen=(form.seen.version or 0) if audience else None,
            )
        except Invalid as refusal:
            form.refuse(dict(refusal.fields))
            form.form_errors.extend(word for field, word in refusal.fields.items() if field == "rule")
        else:
            flash(_("The audience is saved."), "valid")
            return redirect(url_for(".show", audience_id=audience_id), 303)
    return _page(form, editor_of(rule, _scope(), itself=audience.id if audience else None), audience), 422


@blueprint.post("/author/audiences/<uuid:audience_id>/delete")
@requires(MANAGE_AUDIENCES)
def delete(audience_id: UUID) -> ResponseReturnValue:
    """Delete an audience that nothing uses."""
    service.delete_audience(audience_id=AudienceId(audience_id), actor=current())
    flash(_("The audience is deleted."), "valid")
    return redirect(url_for(".index"), 303)


def _scope() -> Scope:
    return current().scope_of(VIEW_AUDIENCES)


def _may_manage() -> bool:
    return current().scope_of(MANAGE_AUDIENCES).everything


def _page(form: AudienceForm, editor: Editor, audience: Audience | None) -> str:
    return render_template("audiences/edit.html", audience=audience, form_of=form, editor=editor)
