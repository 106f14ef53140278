"""Lists of people: everyone for administrators and auditors, one's own reach for who looks after a team."""

from dataclasses import dataclass
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from lms.identity import queries, service
from lms.identity.forms import PERSON_STATES, InviteForm
from lms.identity.policy import MANAGE_PEOPLE, VIEW_EVERYONE, VIEW_IMPORTS, VIEW_TEAM
from lms.identity.values import ROLES, OrganisationId, PeopleFilter, PersonId, PersonState, PositionId
from lms.identity.views.routes import blueprint
from lms.kernel import clock
from lms.kernel.actor import Permission, Role, current
from lms.kernel.errors import Invalid
from lms.web.access import requires
from lms.web.asked import asked_id, asked_word
from lms.web.exports import csv_download
from lms.web.pages import Order, page_order, page_request, walk

SORTS = ("name", "added")


@dataclass(frozen=True, slots=True)
class Area:
    """One of the two places where people are listed: its permission and the names of its pages."""

    permission: Permission
    people: str
    person: str
    table: str


EVERYONE = Area(VIEW_EVERYONE, "identity.all_people", "identity.any_person", "identity.all_people_table")
TEAM = Area(VIEW_TEAM, "identity.team_people", "identity.team_person", "identity.team_people_table")


@blueprint.get("/admin/people")
@requires(VIEW_EVERYONE)
def all_people() -> ResponseReturnValue:
    """List everyone."""
    return _list(EVERYONE)


@blueprint.get("/team/people")
@requires(VIEW_TEAM)
def team_people() -> ResponseReturnValue:
    """List the people within the reader's reach."""
    return _list(TEAM)


@blueprint.get("/admin/people.csv")
@requires(VIEW_EVERYONE)
def all_people_table() -> ResponseReturnValue:
    """Hand out everyone as a table."""
    return _table(EVERYONE)


@blueprint.get("/team/people.csv")
@requires(VIEW_TEAM)
def team_people_table() -> ResponseReturnValue:
    """Hand out the people within the reader's reach as a table."""
    return _table(TEAM)


@blueprint.get("/team/people/new")
@requires(MANAGE_PEOPLE)
def invite_person() -> ResponseReturnValue:
    """Show the form for somebody new."""
    return render_template(
        "identity/invite.html", invite=_offered(InviteForm(locale=str(get_locale()))), area=area_of_actor()
    )


@blueprint.post("/team/people/new")
@requires(MANAGE_PEOPLE)
def invite_person_submit() -> ResponseReturnValue:
    """Add somebody and mail them an invitation."""
    form = _offered(InviteForm())
    if form.validate_on_submit():
        try:
            person_id = service.invite_person(
                person_id=PersonId(form.new_id),
                email=str(form.email.data),
                name=str(form.name.data),
                locale=str(form.locale.data),
                organisation_id=OrganisationId(UUID(form.organisation.data)),
                position_id=PositionId(UUID(form.position.data)) if form.position.data else None,
                actor=current(),
                now=clock.now(),
            )
        except Invalid as refusal:
            form.refuse(dict(refusal.fields))
        else:
            flash(_("An invitation goes to %(email)s.", email=form.email.data), "valid")
            return redirect(url_for(area_of_actor().person, person_id=person_id), 303)
    return render_template("identity/invite.html", invite=form, area=area_of_actor()), 422


def area_of_actor() -> Area:
    """Return where the reader finds people: everyone where they may, else their team."""
    return EVERYONE if current().may(VIEW_EVERYONE) else TEAM


def _offered(form: InviteForm) -> InviteForm:
    scope = current().scope_of(MANAGE_PEOPLE)
    return form.offer(queries.list_organisations_in(scope), queries.list_positions())


def _list(area: Area) -> str:
    scope = current().scope_of(area.permission)
    organisations = queries.list_organisations_in(scope)
    wanted, order = _wanted(), page_order(SORTS, default=Order("name"))
    return render_template(
        "identity/people.html",
        area=area,
        page=queries.list_entries(scope, wanted, page_request(), order),
        wanted=wanted,
        sort=order.asked,
        roles=ROLES,
        states=PERSON_STATES,
        role_choices=[(role.value, word) for role, word in ROLES.items() if role is not Role.LEARNER],
        state_choices=[(state.value, word) for state, (_look, word) in PERSON_STATES.items()],
        organisation_choices=[(str(one.id), one.name) for one in organisations],
        may_manage=current().may(MANAGE_PEOPLE),
        may_import=current().may(VIEW_IMPORTS),
    )


def _wanted() -> PeopleFilter:
    return PeopleFilter(
        words=request.args.get("q", "").strip()[:100],
        organisation_id=asked_id("organisation", OrganisationId),
        role=asked_word("role", Role),
        state=asked_word("state", PersonState),
    )


def _table(area: Area) -> ResponseReturnValue:
    header = (_("Name"), _("E-mail"), _("Organisation"), _("Position"), _("Roles"), _("State"), _("Added"))
    scope, wanted, order = (
        current().scope_of(area.permission),
        _wanted(),
        page_order(SORTS, default=Order("name")),
    )
    batches = walk(lambda at: queries.list_entries(scope, wanted, at, order))
    rows = (
        [
            (
                entry.person.name,
                entry.person.email,
                entry.person.employer_name,
                entry.person.position_name,
                ", ".join(str(ROLES[role]) for role in entry.roles),
                str(PERSON_STATES[entry.person.state][1]),
                entry.added_at.isoformat(),
            )
            for entry in batch
        ]
        for batch in batches
    )
    return csv_download("people.csv", header, rows)
