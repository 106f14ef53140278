"""One person's page, and what may be done there."""

from uuid import UUID

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.identity import queries, service
from lms.identity.forms import PERSON_STATES, MoveForm, RenameForm, RoleForm
from lms.identity.policy import (
    ERASE_PERSON,
    EXPORT_PERSON,
    GRANT_ROLES,
    MANAGE_PEOPLE,
    MERGE_ACCOUNTS,
    RENAME_PERSON,
    VIEW_AUDIT,
    VIEW_EVERYONE,
    VIEW_TEAM,
)
from lms.identity.values import ROLES, OrganisationId, PersonId, PersonState, PositionId, RegionId
from lms.identity.views.people import EVERYONE, TEAM, Area, area_of_actor
from lms.identity.views.routes import blueprint
from lms.kernel import clock, privacy
from lms.kernel.actor import EVERYTHING, Role, current
from lms.kernel.errors import Invalid, NotFound
from lms.web.access import requires, signed_in

TRAIL_SHOWN = 10


@blueprint.get("/people/<uuid:person_id>")
@signed_in
def person(person_id: UUID) -> ResponseReturnValue:
    """Show a person to whoever may see them: the address by which the search knows people."""
    if not current().may(VIEW_EVERYONE) and not current().may(VIEW_TEAM):
        raise NotFound
    return _page(EVERYONE if current().may(VIEW_EVERYONE) else TEAM, PersonId(person_id))


@blueprint.get("/admin/people/<uuid:person_id>")
@requires(VIEW_EVERYONE)
def any_person(person_id: UUID) -> ResponseReturnValue:
    """Show anybody."""
    return _page(EVERYONE, PersonId(person_id))


@blueprint.get("/team/people/<uuid:person_id>")
@requires(VIEW_TEAM)
def team_person(person_id: UUID) -> ResponseReturnValue:
    """Show somebody within the reader's reach."""
    return _page(TEAM, PersonId(person_id))


@blueprint.post("/team/people/<uuid:person_id>/invite")
@requires(MANAGE_PEOPLE)
def invite_again(person_id: UUID) -> ResponseReturnValue:
    """Mail a fresh invitation."""
    service.invite_again(person_id=PersonId(person_id), actor=current(), now=clock.now())
    return _back(person_id, _("A new invitation is on its way. The one before no longer works."))


@blueprint.post("/team/people/<uuid:person_id>/move")
@requires(MANAGE_PEOPLE)
def move(person_id: UUID) -> ResponseReturnValue:
    """Give a person another position or organisation."""
    form = _move_form(MoveForm())
    if form.validate_on_submit():
        try:
            service.move(
                person_id=PersonId(person_id),
                organisation_id=OrganisationId(UUID(form.organisation.data)),
                position_id=PositionId(UUID(form.position.data)) if form.position.data else None,
                actor=current(),
                now=clock.now(),
            )
        except Invalid as refusal:
            form.refuse(dict(refusal.fields))
        else:
            return _back(person_id, _("From now on the person works there."))
    return _page(area_of_actor(), PersonId(person_id), move_form=form), 422


@blueprint.post("/team/people/<uuid:person_id>/leave")
@requires(MANAGE_PEOPLE)
def end_employment(person_id: UUID) -> ResponseReturnValue:
    """Let a person leave their organisation."""
    service.end_employment(person_id=PersonId(person_id), actor=current(), now=clock.now())
    flash(_("The employment has ended. The account and its certificates stay the person’s own."), "valid")
    area = area_of_actor()
    # Who has left is beyond a partner's reach from now on.
    if area is TEAM:
        return redirect(url_for(area.people), 303)
    return redirect(url_for(area.person, person_id=person_id), 303)


@blueprint.post("/team/people/<uuid:person_id>/suspend")
@requires(MANAGE_PEOPLE)
def suspend(person_id: UUID) -> ResponseReturnValue:
    """Keep a person out."""
    service.suspend(person_id=PersonId(person_id), actor=current(), now=clock.now())
    return _back(person_id, _("Suspended. Every browser of this person is signed out."))


@blueprint.post("/team/people/<uuid:person_id>/reactivate")
@requires(MANAGE_PEOPLE)
def reactivate(person_id: UUID) -> ResponseReturnValue:
    """Let a person in again."""
    service.reactivate(person_id=PersonId(person_id), actor=current())
    return _back(person_id, _("This person can sign in again."))


@blueprint.post("/admin/people/<uuid:person_id>/roles")
@requires(GRANT_ROLES)
def give_role(person_id: UUID) -> ResponseReturnValue:
    """Give a role, and say how far it reaches."""
    form = _role_form(RoleForm())
    if form.validate_on_submit():
        try:
            service.give_role(
                person_id=PersonId(person_id),
                role=Role(form.role.data),
                organisation_id=OrganisationId(UUID(form.organisation.data))
                if form.organisation.data
                else None,
                region_id=RegionId(UUID(form.region.data)) if form.region.data else None,
                actor=current(),
                now=clock.now(),
            )
        except Invalid as refusal:
            form.refuse(dict(refusal.fields))
        else:
            return _back(person_id, _("The role holds from the person’s next page on."))
    return _page(EVERYONE, PersonId(person_id), role_form=form), 422


@blueprint.post("/admin/people/<uuid:person_id>/roles/<uuid:grant_id>/withdraw")
@requires(GRANT_ROLES)
def withdraw_role(person_id: UUID, grant_id: UUID) -> ResponseReturnValue:
    """Take a role back."""
    service.withdraw_role(person_id=PersonId(person_id), grant_id=grant_id, actor=current())
    return _back(person_id, _("The role is withdrawn."))


@blueprint.post("/admin/people/<uuid:person_id>/name")
@requires(RENAME_PERSON)
def rename(person_id: UUID) -> ResponseReturnValue:
    """Give a person another name."""
    form = RenameForm()
    if form.validate_on_submit():
        service.rename(person_id=PersonId(person_id), name=str(form.name.data), actor=current())
        return _back(person_id, _("Saved."))
    return _page(EVERYONE, PersonId(person_id), rename_form=form), 422


@blueprint.post("/admin/people/<uuid:person_id>/export")
@requires(EXPORT_PERSON)
def export_person(person_id: UUID) -> ResponseReturnValue:
    """Hand out all that is held of a person."""
    queries.get_entry(PersonId(person_id), EVERYTHING)
    return as_download(PersonId(person_id))


@blueprint.post("/admin/people/<uuid:person_id>/erase")
@requires(ERASE_PERSON)
def erase_person(person_id: UUID) -> ResponseReturnValue:
    """Erase a person; their address must be typed."""
    try:
        service.erase_everywhere(
            person_id=PersonId(person_id), typed_email=request.form.get("email", ""), actor=current()
        )
    except Invalid as refusal:
        return _page(EVERYONE, PersonId(person_id), refused_erasure=refusal.fields["email"]), 422
    return _back(person_id, _("Erased. What proves certificates and deals stays, without the name."))


def as_download(person_id: PersonId) -> Response:
    """Return everything held of a person as a JSON file, and write down that it was handed out."""
    service.record_export(person_id=person_id)
    response = Response(current_app.json.dumps(privacy.export(person_id)), mimetype="application/json")
    response.headers.set("Content-Disposition", "attachment", filename=f"guildhall-{person_id}.json")
    return response


def _move_form(form: MoveForm) -> MoveForm:
    return form.offer(
        queries.list_organisations_in(current().scope_of(MANAGE_PEOPLE)), queries.list_positions()
    )


def _role_form(form: RoleForm) -> RoleForm:
    return form.offer(queries.list_organisations_in(EVERYTHING), queries.list_regions())


def _back(person_id: UUID, said: str) -> ResponseReturnValue:
    flash(said, "valid")
    return redirect(url_for(area_of_actor().person, person_id=person_id), 303)


def _page(
    area: Area,
    person_id: PersonId,
    *,
    move_form: MoveForm | None = None,
    role_form: RoleForm | None = None,
    rename_form: RenameForm | None = None,
    refused_erasure: str = "",
) -> str:
    actor = current()
    person = queries.get_entry(person_id, actor.scope_of(area.permission))
    may_manage, may_grant = actor.may(MANAGE_PEOPLE), actor.may(GRANT_ROLES)
    if may_manage and move_form is None:
        chosen = person.person
        move_form = _move_form(
            MoveForm(organisation=str(chosen.employer_id or ""), position=str(chosen.position_id or ""))
        )
    if may_grant and role_form is None:
        role_form = _role_form(RoleForm())
    return render_template(
        "identity/person.html",
        area=area,
        person=person.person,
        added_at=person.added_at,
        state=PERSON_STATES[person.person.state],
        employments=queries.list_employments(person_id),
        held=queries.list_held_roles(person_id),
        roles=ROLES,
        trail=queries.latest_about(person_id, limit=TRAIL_SHOWN) if actor.may(VIEW_AUDIT) else None,
        is_self=person_id == actor.person_id,
        may_manage=may_manage,
        may_grant=may_grant,
        may_export=actor.may(EXPORT_PERSON),
        may_erase=actor.may(ERASE_PERSON),
        may_merge=actor.may(MERGE_ACCOUNTS),
        former=queries.list_former(person_id) if actor.may(VIEW_AUDIT) else (),
        kept=queries.find_kept_account(person_id) if person.person.state is PersonState.MERGED else None,
        move_form=move_form,
        role_form=role_form,
        rename_form=(rename_form or RenameForm(name=person.person.name))
        if actor.may(RENAME_PERSON)
        else None,
        refused_erasure=refused_erasure,
    )
