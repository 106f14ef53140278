"""Two accounts of one person: what was learned in both comes together, and of two open ways one goes on."""

from datetime import datetime

from sqlalchemy import select

from lms.courses.learning.models import ActivityResultRow, ActivityStateRow, EnrolmentRow
from lms.courses.learning.queries import records
from lms.courses.learning.queries.joining import list_open_twice
from lms.courses.learning.rules.counting import as_stored
from lms.courses.learning.rules.joining import Stood, best_of, earlier
from lms.courses.learning.service.changing import end
from lms.courses.learning.service.counting import count_handed_over
from lms.courses.learning.service.results import settle
from lms.courses.learning.service.rows import locked, state_of
from lms.courses.learning.values import WaitEnd
from lms.courses.values import Ending, EnrolmentId, ResultId
from lms.identity.values import PersonId
from lms.kernel.db import db, new_id
from lms.kernel.handing import Owned, Twice, hand_over

ACCOUNT_ROWS = (
    *(
        Owned(table)
        for table in (
            "enrolments",
            "activity_states",
            "course_completions",
            "course_feedback",
            "enrolment_changes",
            "enrolment_reminders",
            "enrolment_act_lines",
        )
    ),
    Owned(
        "course_waits",
        once_per=("course_id",),
        open="ended_at",
        twice=Twice.ENDS,
        also={"ended_why": WaitEnd.LEFT_FOR_GOOD},
    ),
    Owned("team_reminders", once_per=("told_on",)),
    Owned("course_reviews", "reviewer_id"),
    Owned("course_reviews", "asked_by"),
)
ACCOUNT_LEFT = {
    **dict.fromkeys(
        (
            *("courses.created_by", "course_imports.uploaded_by", "course_versions.published_by"),
            *("course_reviews.decided_by", "course_waits.asked_by", "enrolment_acts.asked_by"),
            *("enrolment_changes.made_by", "enrolments.enrolled_by"),
        ),
        "it says by which account it was done",
    ),
}


def join_accounts(*, kept_id: PersonId, merged_id: PersonId, now: datetime) -> None:
    """Let everything that one account learned be the other's; where both are in a course, the further way goes on.

    What was done on the other way counts in it too: the best of each activity, and the course is completed if that is
    all. The other way ends, and stays on record.
    """
    twice = list_open_twice(kept_id, merged_id)
    count_handed_over(merged_id, kept_id)
    for one in twice:
        ends = locked(one.ends_id)
        end(ends, ending=Ending.LEFT_FOR_GOOD, reason="", by=None, now=now)
        goes_on = locked(one.goes_on_id)
        goes_on.due_on = earlier((goes_on.due_on, ends.due_on))
    hand_over(ACCOUNT_ROWS, kept=kept_id, merged=merged_id, now=now)
    for one in twice:
        _take_over(locked(one.goes_on_id), one.ends_id, now)


def _take_over(goes_on: EnrolmentRow, ended_id: EnrolmentId, now: datetime) -> None:
    """Let what was done on the way that ended count on the one that goes on, as a result that says where it is from."""
    states = db.session.scalars(
        select(ActivityStateRow)
        .where(ActivityStateRow.enrolment_id == ended_id)
        .order_by(ActivityStateRow.started_at, ActivityStateRow.activity_id)
    ).all()
    for theirs in states:
        activity = records.find_taken(goes_on.version_id, theirs.activity_id)
        if activity is None or not activity.is_current:
            continue
        mine = state_of(goes_on, activity, now)
        before = Stood(mine.completed_at, mine.score, mine.passed)
        best = best_of(before, Stood(theirs.completed_at, theirs.score, theirs.passed))
        mine.seconds += theirs.seconds
        if best == before:
            continue
        if (best.score, best.passed) != (before.score, before.passed):
            mine.scored_at = theirs.scored_at
        if before.completed_at is None and best.completed_at is not None:
            mine.took_seconds = theirs.took_seconds
        mine.completed_at, mine.score, mine.passed = best
        db.session.add(
            ActivityResultRow(
                id=ResultId(new_id()),
                enrolment_id=goes_on.id,
                activity_id=activity.id,
                at=now,
                completed=best.completed_at is not None,
                passed=best.passed,
                score=as_stored(best.score),
                seconds=theirs.seconds,
                evidence={"taken_over_from": str(ended_id)},
            )
        )
    settle(goes_on, None, now)
