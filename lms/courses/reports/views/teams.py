"""Pages of team reports: who has what open and what is due, and one person's courses for themselves and their admin."""

from collections.abc import Sequence
from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.courses.policy import VIEW_COURSES, VIEW_LEARNING
from lms.courses.reports import queries
from lms.courses.reports.values import RecordLine, TeamFilter, TeamLine, TeamState
from lms.courses.reports.views.asked import EXPORT_SIZE, as_of, asked_words
from lms.courses.reports.views.blueprint import blueprint
from lms.identity import facade as identity
from lms.identity.values import Organisation, OrganisationId, Person, PersonId, PositionId
from lms.kernel.actor import current
from lms.kernel.errors import NotFound
from lms.web.access import requires
from lms.web.asked import asked_id, asked_word
from lms.web.exports import Row, in_zone, table_download
from lms.web.pages import page_request, walk


@blueprint.get("/team/progress")
@requires(VIEW_LEARNING)
def team() -> ResponseReturnValue:
    """Show a team's courses: what is open, due and overdue, with the sums over everybody that the filter takes."""
    scope, wanted, at = current().scope_of(VIEW_LEARNING), _wanted(), as_of()
    organisations = identity.list_visible_organisations(current(), scope)
    chosen = _chosen(organisations, wanted)
    return render_template(
        "reports/team.html",
        wanted=wanted,
        organisations=organisations,
        chosen=chosen,
        positions=identity.list_positions(),
        page=queries.page_team(scope, wanted, page_request(), at),
        totals=queries.sum_team(scope, wanted, at),
        shares=queries.get_shares(chosen.id) if chosen else None,
    )


@blueprint.get("/team/progress.<any(csv, xlsx):ending>")
@requires(VIEW_LEARNING)
def table_of_team(ending: str) -> ResponseReturnValue:
    """Hand the team out as a table, a row for each person."""
    scope, wanted, at = current().scope_of(VIEW_LEARNING), _wanted(), as_of()
    header = (
        _("Person"),
        _("Position"),
        _("Organisation"),
        _("Open"),
        _("Due within 14 days"),
        _("Overdue"),
        _("Completed in 90 days"),
        _("Next due"),
    )
    batches = walk(
        lambda page: queries.page_team(scope, wanted, page, at).map(_team_cells),
        size=EXPORT_SIZE,
    )
    return table_download(ending, f"team-{at.today.isoformat()}", header, batches)


@blueprint.get("/team/progress/records.<any(csv, xlsx):ending>")
@requires(VIEW_LEARNING)
def table_of_records(ending: str) -> ResponseReturnValue:
    """Hand out every enrolment of a team's people, a row for each."""
    scope, wanted, at = current().scope_of(VIEW_LEARNING), _wanted(), as_of()
    header = (
        _("Person"),
        _("E-mail"),
        _("Position"),
        _("Organisation"),
        _("Course"),
        _("Version"),
        _("Done"),
        _("Of"),
        _("Due"),
        in_zone(_("Enrolled")),
        in_zone(_("Begun")),
        in_zone(_("Completed")),
        in_zone(_("Ended")),
    )
    batches = walk(
        lambda page: queries.page_records(scope, wanted, page, at).map(_record_cells), size=EXPORT_SIZE
    )
    return table_download(ending, f"records-{at.today.isoformat()}", header, batches)


@blueprint.get("/learn/progress")
@requires(VIEW_COURSES)
def own_progress() -> ResponseReturnValue:
    """Show the reader their own courses and how they compare."""
    person_id = current().person_id
    if person_id is None:
        raise NotFound
    return _person_page(identity.get_person(PersonId(person_id)), own=True)


@blueprint.get("/team/people/<uuid:person_id>/progress")
@requires(VIEW_LEARNING)
def of_person_progress(person_id: UUID) -> ResponseReturnValue:
    """Show somebody's courses to who looks after them."""
    if not identity.is_person_visible(PersonId(person_id), current().scope_of(VIEW_LEARNING)):
        raise NotFound
    return _person_page(identity.get_person(PersonId(person_id)), own=False)


def _person_page(person: Person, *, own: bool) -> str:
    at = as_of()
    report = queries.get_person(person.id, person.employer_id, at)
    return render_template("reports/person.html", person=person, report=report, is_own=own, today=at.today)


def _wanted() -> TeamFilter:
    return TeamFilter(
        words=asked_words(),
        organisation_id=asked_id("organisation", OrganisationId),
        position_id=asked_id("position", PositionId),
        state=asked_word("state", TeamState),
    )


def _chosen(organisations: Sequence[Organisation], wanted: TeamFilter) -> Organisation | None:
    """Return the organisation whose share is compared: the one asked for, else the reader's own; None for neither.

    NotFound for one that the reader does not reach.
    """
    by_id = {one.id: one for one in organisations}
    scope = current().scope_of(VIEW_LEARNING)
    if wanted.organisation_id is not None:
        found = identity.list_organisations([wanted.organisation_id], scope).get(wanted.organisation_id)
        if found is None:
            raise NotFound
        return found
    employer_id = current().employer_id
    if employer_id is None or not identity.is_organisation_visible(OrganisationId(employer_id), scope):
        return None
    return by_id.get(OrganisationId(employer_id)) if not scope.everything else None


def _team_cells(one: TeamLine) -> Row:
    return (
        one.name,
        one.position_name,
        one.employer_name,
        one.open,
        one.soon,
        one.overdue,
        one.recent,
        one.due_on,
    )


def _record_cells(one: RecordLine) -> Row:
    return (
        one.name,
        one.email,
        one.position_name,
        one.employer_name,
        one.course,
        one.version,
        one.done,
        one.total,
        one.due_on,
        one.enrolled_at,
        one.started_at,
        one.completed_at,
        one.ended_at,
    )
