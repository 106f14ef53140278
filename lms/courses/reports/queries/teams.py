"""SELECTs of team reports: who has what open, what is due, and how that compares."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, Final, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Date, Select, and_, bindparam, case, exists, func, select, true

from lms.courses.authoring.models import CourseRow, CourseVersionRow
from lms.courses.learning.models import CompletionRow, EnrolmentRow
from lms.courses.learning.values.feedback import FEWEST
from lms.courses.reports.queries.counts import (
    open_in,
    scope_of_organisation,
    scope_of_region,
    sum_all_courses_in,
)
from lms.courses.reports.values import (
    RECENT,
    SOON,
    Funnel,
    OpenCourse,
    PersonReport,
    RecordLine,
    Shares,
    TeamFilter,
    TeamLine,
    TeamState,
    TeamTotals,
)
from lms.identity import facade as identity
from lms.identity.values import OrganisationId, PersonId
from lms.kernel.actor import EVERYTHING, Scope
from lms.kernel.among import among
from lms.kernel.db import db, fetch
from lms.web.pages import Page, PageRequest, keyset

S = TypeVar("S", bound=Select[*tuple[Any, ...]])
COURSES_AT_MOST: Final = 1000
"""How many open courses a page of people shows; one person has a handful."""


class AsOf(NamedTuple):
    """The instant of a report, and what day it is then for the manufacturer."""

    now: datetime
    today: date


def page_team(scope: Scope, wanted: TeamFilter, at: PageRequest, as_of: AsOf) -> Page[TeamLine]:
    """Return a page of people by name, with what each has open and completed of late. Three queries."""
    query = _people(scope, wanted, as_of)
    person_id, name = list(query.selected_columns)[:2]
    page = keyset(query, by=[name, person_id], wanted=at, scalars=False)
    people = [row[0] for row in page.items]
    opened = _list_opened(people, as_of)
    recent = count_recent(people, as_of)
    return page.map(lambda row: _team_line(row, opened.get(row[0], _NOTHING), recent.get(row[0], 0)))


class _Opened(NamedTuple):
    """What somebody has open: how many, and of the one that is due first how far they are."""

    open: int
    soon: int
    overdue: int
    title: str
    language: str
    done: int
    total: int
    due_on: date | None


_NOTHING: Final = _Opened(0, 0, 0, "", "", 0, 0, None)


@cache
def _opened() -> Select[*tuple[Any, ...]]:
    """Return the query of what people have open, a row for each of them."""
    today, soon = bindparam("today", type_=Date()), bindparam("soon", type_=Date())
    apart = EnrolmentRow.person_id
    inner = (
        select(
            EnrolmentRow.person_id,
            EnrolmentRow.course_id,
            EnrolmentRow.version_id,
            EnrolmentRow.done_count,
            EnrolmentRow.due_on,
            func.count().over(partition_by=apart).label("open"),
            func.sum(_one_if(EnrolmentRow.due_on.between(today, soon)))
            .over(partition_by=apart)
            .label("soon"),
            func.sum(_one_if(EnrolmentRow.due_on < today)).over(partition_by=apart).label("overdue"),
            func.row_number()
            .over(
                partition_by=apart,
                order_by=(EnrolmentRow.due_on.is_(None), EnrolmentRow.due_on, EnrolmentRow.id),
            )
            .label("place"),
        )
        .where(among(EnrolmentRow.person_id, "people"), EnrolmentRow.ended_at.is_(None))
        .subquery()
    )
    return (
        select(
            inner.c.person_id,
            inner.c.open,
            inner.c.soon,
            inner.c.overdue,
            CourseRow.title,
            CourseRow.language,
            inner.c.done_count,
            CourseVersionRow.required_count,
            inner.c.due_on,
        )
        .join(CourseRow, CourseRow.id == inner.c.course_id)
        .join(CourseVersionRow, CourseVersionRow.id == inner.c.version_id)
        .where(inner.c.place == 1)
    )


def _people_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((condition, EnrolmentRow.person_id)).distinct())


def _one_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)


def _list_opened(people: Sequence[PersonId], as_of: AsOf) -> Mapping[PersonId, _Opened]:
    given = {"people": people, "today": as_of.today, "soon": as_of.today + SOON}
    return {row[0]: _Opened._make(row[1:]) for row in fetch(_opened(), given)}


def _team_line(row: Any, opened: _Opened, recent: int) -> TeamLine:
    return TeamLine(
        person_id=row[0],
        name=row[1],
        employer_name=row[2],
        position_name=row[3] or "",
        open=opened.open,
        soon=opened.soon,
        overdue=opened.overdue,
        title=opened.title,
        language=opened.language,
        done=opened.done,
        total=opened.total,
        due_on=opened.due_on,
        recent=recent,
    )


def _people(scope: Scope, wanted: TeamFilter, as_of: AsOf) -> Select[PersonId, str, str, str | None]:
    query = identity.working_people(scope, **_narrowed(wanted))
    return _stateful(query, wanted, as_of)


def _ids(scope: Scope, wanted: TeamFilter, as_of: AsOf) -> Select[PersonId]:
    return _stateful(identity.working_ids(scope, **_narrowed(wanted)), wanted, as_of)


def _narrowed(wanted: TeamFilter) -> dict[str, Any]:
    return {
        "words": wanted.words,
        "organisation_id": wanted.organisation_id,
        "position_id": wanted.position_id,
    }


def _stateful(query: S, wanted: TeamFilter, as_of: AsOf) -> S:
    if wanted.state is None:
        return query
    return query.where(_in_state(query.selected_columns[0], wanted.state, as_of.today))


def _in_state(person_id: Any, state: TeamState, today: date) -> ColumnElement[bool]:
    is_open = and_(EnrolmentRow.person_id == person_id, EnrolmentRow.ended_at.is_(None))
    if state is TeamState.OVERDUE:
        return exists().where(is_open, EnrolmentRow.due_on < today)
    if state is TeamState.SOON:
        return exists().where(is_open, EnrolmentRow.due_on.between(today, today + SOON))
    found = exists().where(is_open)
    return ~found if state is TeamState.NOTHING else found


def sum_team(scope: Scope, wanted: TeamFilter, as_of: AsOf) -> TeamTotals:
    """Return a whole team in figures: one query over everybody that the filter takes.

    What all of them have open is read off the sums that learning keeps; for whom something is due, from an index of
    open ones by day.
    """
    is_whole = wanted == TeamFilter()
    is_everybody = scope.everything and is_whole
    team = _ids(scope, wanted, as_of).cte("team")
    today, soon = as_of.today, as_of.today + SOON
    is_theirs = _of(team, EnrolmentRow.person_id, is_everybody)
    is_open = EnrolmentRow.ended_at.is_(None), is_theirs
    opened = (open_in(scope) if is_whole else select(func.count().label("open")).where(*is_open)).subquery()
    due = (
        select(
            _people_if(EnrolmentRow.due_on >= today).label("soon"),
            _people_if(EnrolmentRow.due_on < today).label("overdue"),
        )
        # The list that these numbers lead to has only who is in the team: so have they, for everybody too.
        .where(
            EnrolmentRow.ended_at.is_(None),
            EnrolmentRow.due_on <= soon,
            EnrolmentRow.person_id.in_(select(team.c.person_id)),
        )
        .subquery()
    )
    recent = (
        select(func.count().label("recent"))
        .select_from(CompletionRow)
        .where(
            CompletionRow.completed_at > as_of.now - RECENT, _of(team, CompletionRow.person_id, is_everybody)
        )
        .subquery()
    )
    people = select(func.count().label("people")).select_from(team).subquery()
    row = fetch(
        select(people.c.people, opened.c.open, due.c.soon, due.c.overdue, recent.c.recent)
        .select_from(people)
        .join(opened, true())
        .join(due, true())
        .join(recent, true()),
        {},
    ).one()
    return TeamTotals(*row)


def _of(team: Any, person_id: Any, is_everybody: bool) -> ColumnElement[bool]:  # noqa: FBT001
    # Who works nowhere is in no team; but everybody is counted without asking for each.
    return true() if is_everybody else person_id.in_(select(team.c.person_id))


def list_open_courses(people: Sequence[PersonId]) -> Mapping[PersonId, Sequence[OpenCourse]]:
    """Return what these people have open, the first due first."""
    rows = db.session.execute(
        select(
            EnrolmentRow.person_id,
            EnrolmentRow.id,
            CourseRow.title,
            CourseRow.slug,
            CourseRow.language,
            EnrolmentRow.done_count,
            CourseVersionRow.required_count,
            EnrolmentRow.due_on,
        )
        .join(CourseRow, CourseRow.id == EnrolmentRow.course_id)
        .join(CourseVersionRow, CourseVersionRow.id == EnrolmentRow.version_id)
        .where(EnrolmentRow.person_id.in_(people), EnrolmentRow.ended_at.is_(None))
        .order_by(EnrolmentRow.due_on.is_(None), EnrolmentRow.due_on, CourseRow.title, EnrolmentRow.id)
        .limit(COURSES_AT_MOST)
    )
    found: dict[PersonId, list[OpenCourse]] = defaultdict(list)
    for person_id, enrolment_id, title, slug, language, done, total, due_on in rows:
        found[person_id].append(
            OpenCourse(
                enrolment_id=enrolment_id,
                title=title,
                slug=slug,
                language=language,
                done=done,
                total=total,
                due_on=due_on,
            )
        )
    return found


_RECENT = (
    select(CompletionRow.person_id, func.count())
    .where(
        among(CompletionRow.person_id, "people"),
        CompletionRow.completed_at > bindparam("since"),
    )
    .group_by(CompletionRow.person_id)
)


def count_recent(people: Sequence[PersonId], as_of: AsOf) -> Mapping[PersonId, int]:
    """Return how many courses each of these people completed in the last 90 days."""
    rows = fetch(_RECENT, {"people": people, "since": as_of.now - RECENT})
    return {person_id: count for person_id, count in rows}  # noqa: C416  rows are typed so


def get_shares(organisation_id: OrganisationId, own: Funnel | None = None) -> Shares:
    """Return how an organisation with all below it (or somebody of it) compares with its region and everybody.

    Others are told only where there are enough of them beside the organisation itself.
    """
    scope = scope_of_organisation(organisation_id)
    found = identity.find_region_of(organisation_id)
    region = scope_of_region(found.id) if found else None
    wider = [region, EVERYTHING] if region else [EVERYTHING]
    here, *others = sum_all_courses_in([scope, *wider])
    told = [
        sums.share if identity.employ_beside(one, scope, at_least=FEWEST) else None
        for one, sums in zip(wider, others, strict=True)
    ]
    return Shares(
        own=(own or here).share,
        region_name=found.name if found else "",
        region=told[0] if region else None,
        everybody=told[-1],
    )


def get_person(person_id: PersonId, employer_id: OrganisationId | None, as_of: AsOf) -> PersonReport:
    """Return somebody's open courses, what they completed, and how that compares."""
    own = funnel_of_person(person_id)
    shares = get_shares(employer_id, own) if employer_id is not None else Shares(own.share, "", None, None)
    return PersonReport(
        courses=list_open_courses([person_id]).get(person_id, ()),
        recent=count_recent([person_id], as_of).get(person_id, 0),
        completed=own.completed,
        shares=shares,
    )


def funnel_of_person(person_id: PersonId) -> Funnel:
    """Return how many enrolments somebody had, completed and was withdrawn from."""
    row = db.session.execute(
        select(
            func.count(),
            func.count(EnrolmentRow.started_at),
            func.count(EnrolmentRow.completed_at),
            func.count(EnrolmentRow.ended_at),
        ).where(EnrolmentRow.person_id == person_id)
    ).one()
    enrolled, begun, completed, ended = row
    return Funnel(
        enrolled=enrolled, begun=begun, half=completed, completed=completed, withdrawn=ended - completed
    )


def page_records(scope: Scope, wanted: TeamFilter, at: PageRequest, as_of: AsOf) -> Page[RecordLine]:
    """Return a page of every enrolment of a team's people, the oldest first: what is exported. Two queries."""
    query = (
        select(
            EnrolmentRow.person_id,
            CourseRow.title,
            CourseVersionRow.number,
            EnrolmentRow.enrolled_at,
            EnrolmentRow.started_at,
            EnrolmentRow.due_on,
            EnrolmentRow.done_count,
            CourseVersionRow.required_count,
            EnrolmentRow.completed_at,
            EnrolmentRow.ended_at,
        )
        .select_from(EnrolmentRow)
        .join(CourseRow, CourseRow.id == EnrolmentRow.course_id)
        .join(CourseVersionRow, CourseVersionRow.id == EnrolmentRow.version_id)
    )
    if not (scope.everything and wanted == TeamFilter()):
        query = query.where(EnrolmentRow.person_id.in_(_ids(scope, wanted, as_of)))
    page = keyset(query, by=[EnrolmentRow.id], wanted=at, scalars=False)
    people_by_id = identity.list_people({row[0] for row in page.items})
    return page.map(lambda row: _record_of(row, people_by_id[row[0]]))


def _record_of(row: Any, person: Any) -> RecordLine:
    return RecordLine(
        name=person.name,
        email=person.email,
        position_name=person.position_name,
        employer_name=person.employer_name or "",
        course=row[1],
        version=row[2],
        enrolled_at=row[3],
        started_at=row[4],
        due_on=row[5],
        done=row[6],
        total=row[7],
        completed_at=row[8],
        ended_at=row[9],
    )
