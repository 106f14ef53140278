"""Four eyes: nothing that a course wants read is published unread, or by the one who wrote it."""

from typing import Any

import pytest
from sqlalchemy import select

from lms.courses.authoring import queries
from lms.courses.authoring import service as authoring
from lms.courses.authoring.rules.reviewing import may_decide, may_publish, review_state
from lms.courses.authoring.values import Review, ReviewDesk, ReviewState, Verdict
from lms.courses.errors import NotPublishable
from lms.courses.policy import AUTHOR_COURSES
from lms.courses.values import ReviewId
from lms.identity.values import PersonId
from lms.kernel import clock, events, outbox
from lms.kernel.actor import EVERYTHING, Actor, Grant, Role, acting_as
from lms.kernel.db import db, new_id
from lms.kernel.errors import Conflict, Forbidden, Invalid
from lms.kernel.uow import unit_of_work
from lms.notifications.models import NoticeRow
from tests.courses.courses import write_course
from tests.support.portal import Visitor

ASKER, WRITER, SECOND, THIRD = (PersonId(new_id()) for _ in range(4))


def review(**other):
    given: dict[str, Any] = {
        "id": ReviewId(new_id()),
        "number": 1,
        "changes": 5,
        "asked_at": clock.now(),
        "asked_by": ASKER,
        "reviewer_id": None,
        "note": "",
        "decided_at": None,
        "decided_by": None,
        "verdict": None,
        "reason": "",
    }
    return Review(**given | other)


@pytest.mark.parametrize(
    "found, changes, state",
    [
        (None, 5, ReviewState.NOT_ASKED),
        (review(), 5, ReviewState.WAITING),
        (review(), 9, ReviewState.WAITING),
        (review(verdict=Verdict.TAKEN_BACK), 5, ReviewState.NOT_ASKED),
        (review(verdict=Verdict.RETURNED), 5, ReviewState.RETURNED),
        (review(verdict=Verdict.APPROVED), 5, ReviewState.APPROVED),
        (review(verdict=Verdict.APPROVED), 6, ReviewState.CHANGED_SINCE),
    ],
)
def test_only_what_was_read_is_approved(found, changes, state):
    assert review_state(found, changes) is state
    desk = ReviewDesk(is_needed=True, changes=changes, writers=frozenset(), review=found)
    assert may_publish(desk) is (state is ReviewState.APPROVED)
    assert may_publish(ReviewDesk(is_needed=False, changes=changes, writers=frozenset(), review=found))


@pytest.mark.parametrize(
    "person_id, reviewer_id, may",
    [
        (None, None, False),
        (ASKER, None, False),
        (WRITER, None, False),
        (SECOND, None, True),
        (SECOND, SECOND, True),
        (THIRD, SECOND, False),
        (WRITER, WRITER, False),
    ],
)
def test_whoever_asked_or_wrote_any_of_it_is_no_second_pair_of_eyes(person_id, reviewer_id, may):
    assert may_decide(person_id, review(reviewer_id=reviewer_id), {WRITER}) is may


def author(person_id, role=Role.TRAINER):
    return Actor(person_id=person_id, grants=(Grant(role, EVERYTHING),), scopes={AUTHOR_COURSES: EVERYTHING})


@pytest.fixture
def course_id(app, cast):
    """Return a course with a draft by Tomas that asks for a second trainer."""
    tomas = author(cast.tomas)
    found = write_course(publish=False)
    with unit_of_work(), acting_as(tomas):
        authoring.require_review(course_id=found, is_needed=True, actor=tomas, now=clock.now())
        edit(found, tomas)
    return found


def edit(course_id, actor):
    authoring.edit_intro(
        course_id=course_id, intro="Read me.", objectives=["Read"], actor=actor, now=clock.now()
    )


def ask(course_id, actor, reviewer_id=None):
    with unit_of_work(), acting_as(actor):
        return authoring.ask_review(
            course_id=course_id,
            review_id=ReviewId(new_id()),
            reviewer_id=reviewer_id,
            note="The second lesson is new.",
            actor=actor,
            now=clock.now(),
        )


def decide(course_id, review_id, actor, verdict, reason="", seen=None):
    with unit_of_work(), acting_as(actor):
        authoring.decide_review(
            course_id=course_id,
            review_id=review_id,
            verdict=verdict,
            reason=reason,
            seen_changes=queries.get_review_desk(course_id).changes if seen is None else seen,
            actor=actor,
            now=clock.now(),
        )


def publish(course_id, actor):
    with unit_of_work(), acting_as(actor):
        return authoring.publish(course_id=course_id, actor=actor, now=clock.now())


def told(person_id):
    while outbox.deliver_due(events.apply):
        pass
    with unit_of_work(read_only=True):
        return db.session.scalars(select(NoticeRow.kind).where(NoticeRow.person_id == person_id)).all()


def test_a_draft_is_published_once_another_trainer_has_read_it_as_it_is(cast, course_id):
    tomas, ada = author(cast.tomas), author(cast.ada, Role.ADMINISTRATOR)
    with pytest.raises(NotPublishable):
        publish(course_id, tomas)
    review_id = ask(course_id, tomas, cast.ada)
    assert told(cast.ada) == ["courses.review_asked"]
    decide(course_id, review_id, ada, Verdict.APPROVED)
    assert told(cast.tomas) == ["courses.review_approved"]
    publish(course_id, tomas)
    with unit_of_work(), acting_as(tomas):
        edit(course_id, tomas)
    with pytest.raises(NotPublishable):
        publish(course_id, tomas)


def test_an_edit_after_the_approval_asks_for_another_look(cast, course_id):
    tomas, ada = author(cast.tomas), author(cast.ada, Role.ADMINISTRATOR)
    decide(course_id, ask(course_id, tomas), ada, Verdict.APPROVED)
    with unit_of_work(), acting_as(tomas):
        edit(course_id, tomas)
    with pytest.raises(NotPublishable):
        publish(course_id, tomas)


def test_what_was_edited_while_it_was_read_is_not_approved(cast, course_id):
    tomas, ada = author(cast.tomas), author(cast.ada, Role.ADMINISTRATOR)
    review_id = ask(course_id, tomas)
    with unit_of_work(read_only=True):
        seen = queries.get_review_desk(course_id).changes
    with unit_of_work(), acting_as(tomas):
        edit(course_id, tomas)
    with pytest.raises(Conflict):
        decide(course_id, review_id, ada, Verdict.APPROVED, seen=seen)
    decide(course_id, review_id, ada, Verdict.APPROVED)


def test_nobody_approves_what_they_asked_for_or_wrote(cast, course_id):
    tomas, ada = author(cast.tomas), author(cast.ada, Role.ADMINISTRATOR)
    review_id = ask(course_id, tomas)
    with pytest.raises(Forbidden):
        decide(course_id, review_id, tomas, Verdict.APPROVED)
    with unit_of_work(), acting_as(ada):
        edit(course_id, ada)
    with pytest.raises(Forbidden):
        decide(course_id, review_id, ada, Verdict.APPROVED)


def test_a_returned_draft_says_why_and_can_be_asked_for_again(cast, course_id):
    tomas, ada = author(cast.tomas), author(cast.ada, Role.ADMINISTRATOR)
    review_id = ask(course_id, tomas)
    with pytest.raises(Invalid):
        decide(course_id, review_id, ada, Verdict.RETURNED, reason="  ")
    with pytest.raises(Conflict):
        ask(course_id, tomas)
    decide(course_id, review_id, ada, Verdict.RETURNED, reason="The valve is wrong.")
    decide(course_id, review_id, ada, Verdict.RETURNED, reason="The valve is wrong.")
    with pytest.raises(Conflict):
        decide(course_id, review_id, ada, Verdict.APPROVED)
    assert told(cast.tomas) == ["courses.review_returned"]
    decide(course_id, ask(course_id, tomas), ada, Verdict.APPROVED)
    publish(course_id, tomas)


def test_only_an_administrator_lifts_what_holds_everybody(cast, course_id):
    tomas, ada = author(cast.tomas), author(cast.ada, Role.ADMINISTRATOR)
    for actor, refused in ((tomas, True), (ada, False)):
        with unit_of_work(), acting_as(actor):
            if refused:
                with pytest.raises(Forbidden):
                    authoring.require_review(
                        course_id=course_id, is_needed=False, actor=actor, now=clock.now()
                    )
            else:
                authoring.require_review(course_id=course_id, is_needed=False, actor=actor, now=clock.now())
    publish(course_id, tomas)


def test_a_trainer_asks_and_another_answers_on_the_page_that_publishes(app, cast, course_id):
    address = f"/author/courses/{course_id}/publish"
    tomas, ada = Visitor(app).sign_in(cast.tomas), Visitor(app).sign_in(cast.ada)
    page = tomas.get(address)
    assert "A second trainer has to approve it" in page.text
    assert f'value="{cast.ada}"' in page.text
    assert f'value="{cast.tomas}"' not in page.text
    asked = tomas.post(
        f"/author/courses/{course_id}/reviews",
        {"key": str(new_id()), "reviewer": str(cast.ada), "note": "See lesson 2"},
    )
    assert asked.status_code == 303
    with unit_of_work(read_only=True):
        desk = queries.get_review_desk(course_id)
    assert desk.review is not None
    answer = f"/author/courses/{course_id}/reviews/{desk.review.id}"
    assert "Take the request back" in tomas.get(address).text
    assert "See lesson 2" in ada.get(address).text
    refused = ada.post(answer, {"changes": str(desk.changes), "verdict": "returned", "reason": ""})
    assert refused.status_code == 422
    assert "Say what has to change." in refused.text
    approved = ada.post(answer, {"changes": str(desk.changes), "verdict": "approved"})
    assert approved.status_code == 303
    assert "Publish version 1" in tomas.get(address).text
    assert tomas.post(answer, {"changes": "1", "verdict": "approved"}).status_code in {403, 409}


def test_what_any_other_may_review_is_on_the_home_page_of_each_who_may(app, cast, course_id):
    ask(course_id, author(cast.tomas))
    assert "Waiting for your review" in Visitor(app).sign_in(cast.ada).get("/").text
    for who in (cast.tomas, cast.amara):
        assert "Waiting for your review" not in Visitor(app).sign_in(who).get("/").text
