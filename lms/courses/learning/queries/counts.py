"""What is counted, told anew from the rows: of some people, of some enrolments, or of everything."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Select,
    Uuid,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)

from lms.courses.authoring.models import ActivityRow, CourseVersionRow
from lms.courses.learning.models import ActivityStateRow, CountRow, EnrolmentRow, FeedbackRow
from lms.courses.learning.rules.counting import ALL_COURSES, EVERYBODY, MEASURES, RATED, TENTHS
from lms.courses.values import EnrolmentId
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel.among import among
from lms.kernel.db import AnyColumn, db, fetch

T = TypeVar("T")
AT_ONCE = 5000
"""How many ids one statement is given."""


def is_half_done() -> ColumnElement[bool]:
    """Return the filter for enrolments that are half done or done; `rules.counting` says the same of one."""
    return or_(
        EnrolmentRow.completed_at.is_not(None),
        and_(
            CourseVersionRow.required_count > 0,
            2 * EnrolmentRow.done_count >= CourseVersionRow.required_count,
        ),
    )


def is_withdrawn() -> ColumnElement[bool]:
    """Return the filter for enrolments that ended without a completion."""
    return and_(EnrolmentRow.ended_at.is_not(None), EnrolmentRow.completed_at.is_(None))


def in_tenth(number: int) -> ColumnElement[bool]:
    """Return the filter for activities whose best score is in a tenth; a full score is in the last."""
    at_least = ActivityStateRow.score >= Decimal(number) / 10
    if number == len(TENTHS) - 1:
        return at_least
    return and_(at_least, ActivityStateRow.score < Decimal(number + 1) / 10)


def _sum_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _all_measures(some: Mapping[str, ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    return [cast(some.get(one, literal(0)), BigInteger).label(one) for one in MEASURES]


def _columns(groups: Sequence[Any]) -> list[Any]:
    return [one for one in groups if not isinstance(one, BindParameter)]


def _of_enrolments(*groups: ColumnElement[Any] | AnyColumn) -> Select[*tuple[Any, ...]]:
    """Return the query of the funnels' counts, grouped by what is a column."""
    counted = {
        "enrolled": func.count(),
        "begun": func.count(EnrolmentRow.started_at),
        "half": _sum_if(is_half_done()),
        "completed": func.count(EnrolmentRow.completed_at),
        "withdrawn": _sum_if(is_withdrawn()),
    }
    return (
        select(*groups, *_all_measures(counted))
        .select_from(EnrolmentRow)
        .join(CourseVersionRow, CourseVersionRow.id == EnrolmentRow.version_id)
        .group_by(*_columns(groups))
    )


def _of_deeds(*groups: ColumnElement[Any] | AnyColumn) -> Select[*tuple[Any, ...]]:
    """Return the query of the activities' counts, grouped: of those that the enrolment's version has."""
    counted: dict[str, ColumnElement[Any]] = {
        "begun": func.count(),
        "completed": func.count(ActivityStateRow.completed_at),
        "seconds": func.coalesce(func.sum(ActivityStateRow.took_seconds), 0),
        "passed": _sum_if(ActivityStateRow.passed.is_(True)),
        "failed": _sum_if(ActivityStateRow.passed.is_(False)),
        **{measure: _sum_if(in_tenth(number)) for number, measure in enumerate(TENTHS)},
    }
    return (
        select(*groups, *_all_measures(counted))
        .select_from(ActivityStateRow)
        .join(EnrolmentRow, EnrolmentRow.id == ActivityStateRow.enrolment_id)
        .join(
            ActivityRow,
            and_(
                ActivityRow.id == ActivityStateRow.activity_id,
                ActivityRow.version_id == EnrolmentRow.version_id,
            ),
        )
        .group_by(*_columns(groups))
    )


def _of_feedback(*groups: ColumnElement[Any] | AnyColumn) -> Select[*tuple[Any, ...]]:
    """Return the query of the ratings' counts, grouped."""
    counted: dict[str, ColumnElement[Any]] = {
        measure: _sum_if(FeedbackRow.rating == number) for number, measure in enumerate(RATED, 1)
    }
    return (
        select(*groups, *_all_measures(counted))
        .select_from(FeedbackRow)
        .where(FeedbackRow.rating.is_not(None))
        .group_by(*_columns(groups))
    )


Counted = tuple[PersonId, UUID, Counter[str]]
"""A person, a subject, and what is counted of the one in the other."""


def _counted(query: Any, given: Mapping[str, Any]) -> Iterator[Counted]:
    for person_id, subject_id, *counts in fetch(query, given).all():
        yield person_id, subject_id, Counter(dict(zip(MEASURES, counts, strict=True)))


def list_counted_of_people(people: Collection[PersonId]) -> list[Counted]:
    """Return all that is counted of these people, by version and by activity."""
    return _list_counted(_OF_PEOPLE, people)


def list_counted_of_enrolments(enrolments: Collection[EnrolmentId]) -> list[Counted]:
    """Return all that is counted of these enrolments, by person and subject, but for what people said of them.

    What somebody says is of the version that they completed, whichever they are on.
    """
    return _list_counted(_OF_ENROLMENTS, enrolments)


def _batches(ids: Collection[T]) -> Iterator[list[T]]:
    waiting = iter(ids)
    while some := list(islice(waiting, AT_ONCE)):
        yield some


def _list_counted(queries: Sequence[Any], ids: Collection[Any]) -> list[Counted]:
    return [one for some in _batches(ids) for query in queries for one in _counted(query, {"ids": some})]


def _by_person_and_subject(column: AnyColumn) -> Sequence[Any]:
    wanted = among(column, "ids")
    return (
        _of_enrolments(EnrolmentRow.person_id, EnrolmentRow.version_id).where(wanted),
        _of_deeds(EnrolmentRow.person_id, ActivityStateRow.activity_id).where(wanted),
    )


# Built once: people are hired hundreds at a time.
_OF_PEOPLE = (
    *_by_person_and_subject(EnrolmentRow.person_id),
    _of_feedback(FeedbackRow.person_id, FeedbackRow.version_id).where(among(FeedbackRow.person_id, "ids")),
)
_OF_ENROLMENTS = _by_person_and_subject(EnrolmentRow.id)


def list_counted_of_states(*conditions: ColumnElement[bool]) -> list[Counted]:
    """Return all that is counted of some activities' states, by person and activity."""
    query = _of_deeds(EnrolmentRow.person_id, ActivityStateRow.activity_id).where(*conditions)
    return list(_counted(query, {}))


_REQUIRED = select(CourseVersionRow.id, CourseVersionRow.required_count).where(
    among(CourseVersionRow.id, "versions")
)


def list_required(versions: Collection[UUID]) -> Mapping[UUID, int]:
    """Return how many activities each of these versions requires."""
    return {one: count for one, count in fetch(_REQUIRED, {"versions": list(versions)})}  # noqa: C416  rows are typed so


def recounted() -> Sequence[Select[*tuple[Any, ...]]]:
    """Return the queries of all that is counted, told anew; everybody is in the first of their places.

    Those of a version are in two of them: its funnel and its ratings.
    """
    employers = identity.pairs_of_employer().subquery()
    person_id, organisation_id = employers.c
    at_work = EnrolmentRow.person_id == person_id
    version_id, activity_id = EnrolmentRow.version_id, ActivityStateRow.activity_id
    everybody, everything = literal(EVERYBODY[0], Uuid()), literal(ALL_COURSES, Uuid())
    return (
        _of_enrolments(version_id, organisation_id).join(employers, at_work),
        _of_enrolments(version_id, everybody),
        _of_enrolments(everything, organisation_id).join(employers, at_work),
        _of_enrolments(everything, everybody),
        _of_deeds(activity_id, organisation_id).join(employers, at_work),
        _of_deeds(activity_id, everybody),
        _of_feedback(FeedbackRow.version_id, organisation_id).join(
            employers, FeedbackRow.person_id == person_id
        ),
        _of_feedback(FeedbackRow.version_id, everybody),
    )


class Difference(NamedTuple):
    """A row of counts that is not what the rows say: for each measure that differs, how much too many are kept."""

    subject_id: UUID
    place_id: UUID
    too_many: Mapping[str, int]


def list_differences(*, at_most: int = 100) -> Sequence[Difference]:
    """Return where what is kept differs from what the rows say; the shares of everybody are taken together."""
    is_share = CountRow.place_id.in_(EVERYBODY)
    place = case((is_share, literal(EVERYBODY[0], Uuid())), else_=CountRow.place_id)
    kept = select(CountRow.subject_id, place.label("place_id"), *[getattr(CountRow, one) for one in MEASURES])
    told = [_less(query) for query in recounted()]
    both = union_all(kept, *told).subquery()
    subject_id, place_id, *columns = both.c
    sums = [
        cast(func.sum(column), BigInteger).label(one) for one, column in zip(MEASURES, columns, strict=True)
    ]
    rows = db.session.execute(
        select(subject_id, place_id, *sums)
        .group_by(subject_id, place_id)
        .having(or_(*[func.sum(column) != 0 for column in columns]))
        .order_by(subject_id, place_id)
        .limit(at_most)
    )
    return [
        Difference(row[0], row[1], {one: row[2 + at] for at, one in enumerate(MEASURES) if row[2 + at]})
        for row in rows
    ]


def _less(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    subject_id, place_id, *columns = query.subquery().c
    return select(subject_id, place_id, *[-column for column in columns])
