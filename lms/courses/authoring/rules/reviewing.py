"""Four eyes: when a draft may be published that asks for a second trainer, and who that may be."""

from collections.abc import Collection

from lms.courses.authoring.values import Review, ReviewDesk, ReviewState, Verdict
from lms.identity.values import PersonId


def review_state(review: Review | None, changes: int) -> ReviewState:
    """Return how a draft that was changed `changes` times stands with the second trainer."""
    if review is None or review.verdict is Verdict.TAKEN_BACK:
        return ReviewState.NOT_ASKED
    if review.verdict is None:
        return ReviewState.WAITING
    if review.verdict is Verdict.RETURNED:
        return ReviewState.RETURNED
    return ReviewState.APPROVED if review.changes == changes else ReviewState.CHANGED_SINCE


def may_publish(desk: ReviewDesk) -> bool:
    """Return whether nobody else's approval is needed, or it was given to just what would be published."""
    return not desk.is_needed or review_state(desk.review, desk.changes) is ReviewState.APPROVED


def may_decide(person_id: PersonId | None, review: Review, writers: Collection[PersonId]) -> bool:
    """Return whether somebody is a second pair of eyes: they neither asked nor wrote any of it, and are asked."""
    return (
        person_id is not None
        and review.verdict is None
        and review.asked_by != person_id
        and person_id not in writers
        and review.reviewer_id in {None, person_id}
    )
