"""What people did of what certificates ask: completions, results, and what is left of courses they began."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Integer,
    Numeric,
    Uuid,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from lms.courses.authoring.models import ActivityRow
from lms.courses.learning.models import ActivityStateRow, CompletionRow, EnrolmentRow
from lms.courses.values import ActivityKey, Completion, CourseId, Deeds, Score
from lms.identity.values import PersonId
from lms.kernel.among import among
from lms.kernel.db import UtcDateTime, fetch

NOTHING: Final = Deeds(completions={}, scores={}, minutes_left={})
_COMPLETION, _SCORE, _LEFT = range(3)


def _none(kind: Any) -> ColumnElement[Any]:
    # PostgreSQL takes a bare NULL in a union for text.
    return cast(null(), kind)


# Built once, and one question instead of three: every decision of a gate that is refused asks it.
_DEEDS = union_all(
    select(
        literal(_COMPLETION, Integer()).label("what"),
        CompletionRow.person_id,
        CompletionRow.course_id.label("subject_id"),
        CompletionRow.id.label("id"),
        CompletionRow.version_id.label("version_id"),
        CompletionRow.completed_at.label("at"),
        _none(Numeric(20, 7)).label("score"),
        _none(Integer()).label("count"),
    ).where(among(CompletionRow.person_id, "people"), among(CompletionRow.course_id, "courses")),
    select(
        literal(_SCORE, Integer()),
        ActivityStateRow.person_id,
        ActivityStateRow.activity_key,
        _none(Uuid()),
        _none(Uuid()),
        ActivityStateRow.scored_at,
        ActivityStateRow.score,
        case((ActivityStateRow.passed.is_(True), 1), else_=0),
    ).where(
        among(ActivityStateRow.person_id, "people"),
        among(ActivityStateRow.activity_key, "keys"),
        ActivityStateRow.scored_at.is_not(None),
    ),
    select(
        literal(_LEFT, Integer()),
        EnrolmentRow.person_id,
        EnrolmentRow.course_id,
        _none(Uuid()),
        _none(Uuid()),
        _none(UtcDateTime()),
        _none(Numeric(20, 7)),
        cast(
            func.sum(
                case(
                    (or_(ActivityStateRow.completed_at.is_not(None), among(ActivityRow.key, "keys")), 0),
                    else_=ActivityRow.minutes,
                )
            ),
            Integer(),
        ),
    )
    .join(
        ActivityRow,
        and_(ActivityRow.version_id == EnrolmentRow.version_id, ActivityRow.is_required.is_(True)),
    )
    .outerjoin(
        ActivityStateRow,
        and_(
            ActivityStateRow.enrolment_id == EnrolmentRow.id, ActivityStateRow.activity_id == ActivityRow.id
        ),
    )
    .where(
        among(EnrolmentRow.person_id, "people"),
        among(EnrolmentRow.course_id, "courses"),
        EnrolmentRow.started_at.is_not(None),
        EnrolmentRow.ended_at.is_(None),
    )
    .group_by(EnrolmentRow.person_id, EnrolmentRow.course_id),
).order_by("at", "id")


def list_deeds(
    person_ids: Collection[PersonId],
    course_ids: Collection[CourseId],
    activity_keys: Collection[ActivityKey] = (),
) -> Deeds:
    """Return what these people did in these courses and activities, oldest first, in one query."""
    if not person_ids or not (course_ids or activity_keys):
        return NOTHING
    asked = {"people": list(person_ids), "courses": list(course_ids), "keys": list(activity_keys)}
    completions: dict[tuple[PersonId, CourseId], list[Completion]] = defaultdict(list)
    scores: dict[tuple[PersonId, ActivityKey], list[Score]] = defaultdict(list)
    left: dict[PersonId, dict[CourseId, int]] = defaultdict(dict)
    for what, person_id, subject_id, completion_id, version_id, at, score, count in fetch(_DEEDS, asked):
        if what == _COMPLETION:
            done = Completion(id=completion_id, completed_at=at, version_id=version_id)
            completions[person_id, subject_id].append(done)
        elif what == _SCORE:
            scores[person_id, subject_id].append(Score(score=score, passed=bool(count), reached_at=at))
        else:
            left[person_id][subject_id] = count
    return Deeds(completions=completions, scores=scores, minutes_left=left)


def completions(
    person_ids: Collection[PersonId], course_ids: Collection[CourseId]
) -> Mapping[tuple[PersonId, CourseId], Completion]:
    """Return the latest completion of each of these people in each of these courses."""
    return {place: found[-1] for place, found in list_deeds(person_ids, course_ids).completions.items()}


def best_scores(
    person_ids: Collection[PersonId], activity_keys: Collection[ActivityKey]
) -> Mapping[tuple[PersonId, ActivityKey], Score]:
    """Return the best result of each of these people in each of these activities, over all versions."""
    found = list_deeds(person_ids, (), activity_keys).scores
    return {place: max(scores, key=_worth) for place, scores in found.items()}


def _worth(score: Score) -> tuple[bool, Decimal]:
    return score.passed, score.score if score.score is not None else Decimal(-1)
