"""What is counted, as far as a reader reaches: sums of the rows that learning keeps."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Select, cast, func, literal, select, union_all

from lms.courses.learning.models import CountRow
from lms.courses.learning.rules.counting import ALL_COURSES, EVERYBODY, RATED, STAGES
from lms.courses.learning.values.feedback import FEWEST
from lms.courses.reports.values import Funnel, Ratings
from lms.identity import facade as identity
from lms.identity.values import OrganisationId, RegionId
from lms.kernel.actor import Scope
from lms.kernel.db import db, fetch

RATINGS: Final = [cast(func.sum(getattr(CountRow, one)), BigInteger) for one in RATED]
SUMS: Final = [cast(func.sum(getattr(CountRow, one)), BigInteger) for one in STAGES]


def counted_in(scope: Scope) -> ColumnElement[bool]:
    """Return the filter for the counts that `scope` reaches, each person in one of them."""
    return (
        CountRow.place_id.in_(EVERYBODY) if scope.everything else identity.in_scope(CountRow.place_id, scope)
    )


class Told(NamedTuple):
    """What is counted of a version: how far people come in it, and how they rate it."""

    funnel: Funnel = Funnel()
    ratings: Ratings = Ratings()

    def and_also(self, other: "Told") -> "Told":
        """Return both together."""
        return Told(self.funnel + other.funnel, self.ratings + other.ratings)


def sum_versions(versions: Collection[UUID], scope: Scope) -> Mapping[UUID, Told]:
    """Return what is counted of each version within `scope`, in one query; those of which nothing is are left out."""
    rows = db.session.execute(
        select(CountRow.subject_id, *RATINGS, *SUMS)
        .where(CountRow.subject_id.in_(versions), counted_in(scope))
        .group_by(CountRow.subject_id)
    )
    return {row[0]: Told(funnel_of(row), Ratings([int(one or 0) for one in row[1:6]])) for row in rows}


def are_told(ratings: Ratings, scope: Scope) -> bool:
    """Return whether a reader of this reach may see ratings, and what is said with them.

    Who looks after a few people knows who completed what and when: only among enough of them is nobody seen.
    """
    return scope.everything or ratings.total >= FEWEST


def sum_funnels(subjects: Collection[UUID], scope: Scope) -> Mapping[UUID, Funnel]:
    """Return each subject's funnel within `scope`; those of which nothing is counted are left out."""
    rows = db.session.execute(
        select(CountRow.subject_id, *SUMS)
        .where(CountRow.subject_id.in_(subjects), counted_in(scope))
        .group_by(CountRow.subject_id)
    )
    return {row[0]: funnel_of(row) for row in rows}


def sum_all_courses_in(scopes: Sequence[Scope]) -> Sequence[Funnel]:
    """Return what is counted of all courses within each of these reaches, in one query."""
    parts = [
        select(literal(place).label("place"), *SUMS).where(
            CountRow.subject_id == ALL_COURSES, counted_in(scope)
        )
        for place, scope in enumerate(scopes)
    ]
    found = {row[0]: funnel_of(row) for row in fetch(union_all(*parts), {})}
    return [found[place] for place in range(len(scopes))]


def open_in(scope: Scope) -> Select[int]:
    """Return the query of how many enrolments are open within `scope`, from the sums."""
    open_ones = func.sum(CountRow.enrolled - CountRow.completed - CountRow.withdrawn)
    return select(cast(func.coalesce(open_ones, 0), BigInteger).label("open")).where(
        CountRow.subject_id == ALL_COURSES, counted_in(scope)
    )


def funnel_of(row: Any) -> Funnel:
    """Return the funnel of the last columns of a row, as `SUMS` give them."""
    return Funnel(*[int(count or 0) for count in row[-len(SUMS) :]])


def scope_of_organisation(organisation_id: OrganisationId) -> Scope:
    """Return the reach over an organisation with all below it."""
    return Scope(organisation_roots=frozenset({organisation_id}))


def scope_of_region(region_id: RegionId) -> Scope:
    """Return the reach over a region with all below it."""
    return Scope(region_roots=frozenset({region_id}))
