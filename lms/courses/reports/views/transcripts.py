"""Transcripts: everything somebody completed, as a page, a table and a PDF, for themselves and who looks after them."""

from uuid import UUID

from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.courses.policy import VIEW_COURSES, VIEW_LEARNING
from lms.courses.reports import queries, service
from lms.courses.reports.views.blueprint import blueprint
from lms.identity import facade as identity
from lms.identity.values import Person, PersonId
from lms.kernel.actor import current
from lms.kernel.errors import NotFound
from lms.web.access import requires
from lms.web.context import write_percent
from lms.web.exports import CSV, XLSX, in_zone, table_download
from lms.web.pages import page_request, walk


@blueprint.get("/learn/transcript")
@requires(VIEW_COURSES)
def own() -> ResponseReturnValue:
    """Show the reader what they completed."""
    return _page(_me(), own=True)


@blueprint.get("/learn/transcript.<any(csv, xlsx):ending>")
@requires(VIEW_COURSES)
def own_table(ending: str) -> ResponseReturnValue:
    """Hand it out as a table."""
    return _table(_me(), ending)


@blueprint.get("/learn/transcript.pdf")
@requires(VIEW_COURSES)
def own_pdf() -> ResponseReturnValue:
    """Hand it out as a PDF."""
    return _pdf(_me())


@blueprint.get("/team/people/<uuid:person_id>/transcript")
@requires(VIEW_LEARNING)
def of_person(person_id: UUID) -> ResponseReturnValue:
    """Show what somebody completed to who looks after them."""
    return _page(_visible(person_id), own=False)


@blueprint.get("/team/people/<uuid:person_id>/transcript.<any(csv, xlsx):ending>")
@requires(VIEW_LEARNING)
def table_of_person(person_id: UUID, ending: str) -> ResponseReturnValue:
    """Hand it out as a table."""
    return _table(_visible(person_id), ending)


@blueprint.get("/team/people/<uuid:person_id>/transcript.pdf")
@requires(VIEW_LEARNING)
def pdf_of_person(person_id: UUID) -> ResponseReturnValue:
    """Hand it out as a PDF."""
    return _pdf(_visible(person_id))


def _me() -> Person:
    person_id = current().person_id
    if person_id is None:
        raise NotFound
    return identity.get_person(PersonId(person_id))


def _visible(person_id: UUID) -> Person:
    if not identity.is_person_visible(PersonId(person_id), current().scope_of(VIEW_LEARNING)):
        raise NotFound
    return identity.get_person(PersonId(person_id))


def _page(person: Person, *, own: bool) -> str:
    count, minutes = queries.sum_transcript(person.id)
    tables = {
        ending: url_for(".own_table", ending=ending)
        if own
        else url_for(".table_of_person", person_id=person.id, ending=ending)
        for ending in (CSV, XLSX)
    }
    pdf = url_for(".own_pdf") if own else url_for(".pdf_of_person", person_id=person.id)
    return render_template(
        "reports/transcript.html",
        person=person,
        is_own=own,
        page=queries.page_transcript(person.id, page_request()),
        count=count,
        minutes=minutes,
        tables=tables,
        pdf_url=pdf,
    )


def _table(person: Person, ending: str) -> ResponseReturnValue:
    header = (_("Course"), _("Version"), in_zone(_("Completed")), _("Minutes"), _("Results"), _("Address"))
    rows = walk(
        lambda at: queries.page_transcript(person.id, at).map(
            lambda one: (
                one.title,
                one.version,
                one.completed_at,
                one.minutes or None,
                ", ".join(write_percent(score) for score in one.scores),
                f"/learn/{one.slug}",
            )
        )
    )
    return table_download(ending, "transcript", header, rows)


def _pdf(person: Person) -> ResponseReturnValue:
    answer = Response(service.set_transcript(person), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = 'inline; filename="transcript.pdf"'
    return answer
