"""Pages on which something is asked for many people of a course: whom, until when and why; first it is looked at."""

from collections.abc import Sequence
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.audiences import facade as audiences
from lms.audiences.values import AudienceId
from lms.courses.learning import queries, service
from lms.courses.learning.forms import AudienceForm, ListForm, ManyForm, PeopleForm
from lms.courses.learning.values import ActKind, ActWay, Ask, EnrolmentActId, Listed, Whom
from lms.courses.learning.views.blueprint import blueprint
from lms.courses.learning.views.enrolments import taken
from lms.courses.policy import ENROL_PEOPLE, VIEW_AUTHORING
from lms.courses.values import CourseId
from lms.identity import facade as identity
from lms.identity.values import Organisation, OrganisationId, PeopleFilter, PersonId, PositionId
from lms.identity.values.lists import LIST_AT_MOST, LIST_BYTES
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.errors import Invalid, NotFound
from lms.web.access import requires
from lms.web.asked import unknown
from lms.web.forms import Choice
from lms.web.pages import page_request
from lms.web.words import said

BY_LIST, BY_AUDIENCE, BY_PEOPLE = "list", "audience", "people"
ADDRESS = "/team/enrolments/courses/<uuid:course_id>/many/<any(enrol, extend, withdraw):kind>"
FILENAME_MOST = 200


@blueprint.get(ADDRESS)
@requires(ENROL_PEOPLE)
def many(course_id: UUID, kind: str) -> ResponseReturnValue:
    """Show where it is said whom something is about, in one of three ways."""
    return _page(CourseId(course_id), ActKind(kind), _form(ActKind(kind)))


def _read_list(course_id: UUID, kind: str) -> Sequence[Listed] | Invalid | None:
    """Read a list and find whom it names before anything is locked; return its lines, or why it is not taken."""
    del course_id, kind
    file, pasted = request.files.get("file"), request.form.get("pasted", "")
    try:
        if file is not None and file.filename:
            return service.lines_of_table(file.stream.read(), current())
        return service.lines_of_text(pasted, current()) if pasted.strip() else None
    except Invalid as refusal:
        return refusal


@blueprint.post(ADDRESS)
@requires(ENROL_PEOPLE, upload_bytes=LIST_BYTES, prepare=_read_list)
def look_at_many(course_id: UUID, kind: str) -> ResponseReturnValue:
    """Find out what it would come to for everybody who is meant; nothing is done yet."""
    course, form = CourseId(course_id), _form(ActKind(kind))
    whom = _whom(form) if form.validate_on_submit() else None
    if whom is None or not taken(form, lambda: _look(course, ActKind(kind), form, whom)):
        return _page(course, ActKind(kind), form), 422
    return redirect(url_for(".act", act_id=form.new_id), 303)


def _look(course_id: CourseId, kind: ActKind, form: ManyForm, whom: Whom) -> None:
    ask = Ask(
        id=EnrolmentActId(form.new_id),
        course_id=course_id,
        kind=kind,
        whom=whom,
        due=form.due,
        reason=str(form.reason.data or "").strip(),
    )
    service.look(ask=ask, actor=current(), now=clock.now())


def _by() -> str:
    by = request.args.get("by", BY_LIST)
    if by not in {BY_LIST, BY_PEOPLE} and not (by == BY_AUDIENCE and current().may(VIEW_AUTHORING)):
        raise NotFound
    return by


def _form(kind: ActKind) -> ManyForm:
    form = {BY_LIST: ListForm, BY_AUDIENCE: AudienceForm, BY_PEOPLE: PeopleForm}[_by()]()
    form.reason.flags.required = kind is not ActKind.ENROL
    if isinstance(form, AudienceForm):
        form.audience.choices = [
            Choice("", _("Choose …")),
            *[Choice(str(one.id), one.name) for one in audiences.list_audiences()],
        ]
    return form


def _whom(form: ManyForm) -> Whom | None:
    """Return whom a form is about; None, with the reason beside its field, if it does not say."""
    if isinstance(form, ListForm):
        return _whom_listed(form)
    if isinstance(form, AudienceForm):
        return Whom(way=ActWay.AUDIENCE, audience_id=AudienceId(UUID(form.audience.data)))
    if isinstance(form, PeopleForm) and form.everybody.data:
        return Whom(way=ActWay.MATCHING, words=_words_of(_wanted()), matching=_wanted())
    ticked = [PersonId(one) for one in _ids("person")]
    if not ticked:
        form.refuse({"whom": _("Tick somebody, or all who match.")})
        return None
    return Whom(way=ActWay.TICKED, ticked=ticked)


def _whom_listed(form: ListForm) -> Whom | None:
    lines, file = g.prepared, form.file.data
    name = str(file.filename)[:FILENAME_MOST] if file else ""
    if isinstance(lines, Invalid):
        form.refuse({"file" if name else "pasted": said(lines.args[0])})
        return None
    if lines is None:
        form.refuse({"file": _("Choose a table, or paste whom you mean.")})
        return None
    return Whom(way=ActWay.FILE if name else ActWay.PASTED, words=name, lines=lines)


def _page(course_id: CourseId, kind: ActKind, form: ManyForm) -> str:
    by = _by()
    return render_template(
        "learning/many.html",
        course=queries.get_managed_course(course_id, current()),
        kind=kind,
        form=form,
        by=by,
        may_by_audience=current().may(VIEW_AUTHORING),
        most=LIST_AT_MOST,
        people=_people(course_id, kind) if by == BY_PEOPLE else None,
    )


def _people(course_id: CourseId, kind: ActKind) -> dict[str, object]:
    """Return a page of whom the reader's filter leaves, how many that are, and what may be filtered by."""
    scope, wanted = current().scope_of(ENROL_PEOPLE), _wanted()
    among = None if kind is ActKind.ENROL else queries.in_course(course_id)
    return {
        "page": identity.page_people_like(scope, wanted, page_request(), among),
        "count": identity.count_people_like(scope, wanted, among),
        "wanted": wanted,
        "ticked": {PersonId(one) for one in _ids("person")},
        "organisations": _organisations(),
        "positions": identity.list_positions(),
        "query": request.args.to_dict(),
    }


def _organisations() -> Sequence[Organisation]:
    return identity.list_organisations_in(current().scope_of(ENROL_PEOPLE))


def _wanted() -> PeopleFilter:
    organisation, position = _id("organisation"), _id("position")
    return PeopleFilter(
        words=request.args.get("q", "").strip()[:100],
        organisation_id=OrganisationId(organisation) if organisation else None,
        position_id=PositionId(position) if position else None,
    )


def _words_of(wanted: PeopleFilter) -> str:
    """Return what a filter asked for, for the report."""
    organisations = {one.id: one.name for one in _organisations()}
    positions = {one.id: one.name for one in identity.list_positions()}
    named = (
        wanted.words,
        organisations.get(wanted.organisation_id, "") if wanted.organisation_id else "",
        positions.get(wanted.position_id, "") if wanted.position_id else "",
    )
    return " · ".join(one for one in named if one)


def _id(name: str) -> UUID | None:
    """Return the id that a filter names, None without one."""
    try:
        return next((UUID(one) for one in request.values.getlist(name) if one), None)
    except ValueError as error:
        raise unknown(name) from error


def _ids(name: str) -> list[UUID]:
    """Return the ids that a request says under a name; what is none belongs to nobody."""
    try:
        return [UUID(one) for one in request.values.getlist(name) if one]
    except ValueError as error:
        raise NotFound from error
