"""SELECTs of how often exams are passed, over everybody's results."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import case, func, select

from lms.courses.authoring.models import ActivityRow
from lms.courses.learning.models import ActivityResultRow, EnrolmentRow
from lms.courses.values import ActivityKey
from lms.courses.values.passing import FirstTries, Passes
from lms.identity import facade as identity
from lms.kernel.actor import Scope
from lms.kernel.db import db


def count_passes(
    minimums: Mapping[ActivityKey, Decimal],
    scopes: Sequence[Scope],
    months: Sequence[tuple[date, datetime, datetime]],
) -> Mapping[ActivityKey, Passes]:
    """Return how often each of these activities is passed by people whom all of `scopes` reach, in one query.

    Passed is a score of at least the one given with it (0 to 1). `months` are first days, with the instants from which
    and before which a first try is one of that month. What nobody took is left out.
    """
    if not minimums:
        return {}
    minimum = case(*[(ActivityRow.key == key, least) for key, least in minimums.items()])
    tries = (
        select(
            ActivityRow.key.label("key"),
            EnrolmentRow.person_id.label("person_id"),
            ActivityResultRow.at.label("at"),
            case((ActivityResultRow.score >= minimum, 1), else_=0).label("passed"),
            func.row_number()
            .over(
                partition_by=(ActivityRow.key, EnrolmentRow.person_id),
                order_by=(ActivityResultRow.at, ActivityResultRow.id),
            )
            .label("turn"),
        )
        .select_from(ActivityResultRow)
        .join(ActivityRow, ActivityRow.id == ActivityResultRow.activity_id)
        .join(EnrolmentRow, EnrolmentRow.id == ActivityResultRow.enrolment_id)
        .where(
            ActivityRow.key.in_(minimums),
            ActivityResultRow.score.is_not(None),
            *[identity.person_in_scope(EnrolmentRow.person_id, scope) for scope in scopes],
        )
        .subquery()
    )
    is_first, has_passed = tries.c.turn == 1, tries.c.passed == 1
    sums = [
        func.count().filter(is_first),
        func.count().filter(is_first, has_passed),
        func.count(case((has_passed, tries.c.person_id)).distinct()),
    ]
    for _first, from_, before in months:
        within = is_first, tries.c.at >= from_, tries.c.at < before
        sums += [func.count().filter(*within), func.count().filter(*within, has_passed)]
    rows = db.session.execute(select(tries.c.key, *sums).group_by(tries.c.key))
    return {
        row[0]: Passes(
            key=row[0],
            people=row[1],
            passed_first=row[2],
            passed=row[3],
            months=[
                FirstTries(month=first, people=row[4 + 2 * place], passed=row[5 + 2 * place])
                for place, (first, _from, _before) in enumerate(months)
            ],
        )
        for row in rows
    }
