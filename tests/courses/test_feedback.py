"""Feedback: one for each course that somebody completed, theirs to change, counted at once and never doubled."""

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from lms.courses.errors import EditedMeanwhile
from lms.courses.learning import service
from lms.courses.learning.models import CountRow, FeedbackRow
from lms.courses.learning.queries import browse, find_view
from lms.courses.learning.rules.counting import EVERYBODY, RATED, Rated, count_rated
from lms.courses.learning.values.catalogue import Wanted
from lms.courses.learning.values.feedback import COMMENT_AT_MOST
from lms.courses.plugs import LearningData
from lms.courses.reports.values import Ratings
from lms.identity import facade as identity
from lms.identity.service.crowds import end_employments
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, Role, acting_as
from lms.kernel.db import db, new_id
from lms.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from lms.kernel.uow import run, unit_of_work
from lms.web.pages import PageRequest
from tests.courses.courses import activities_of, complete, edit_first, enrol, publish, write_course
from tests.courses.sessions import actor_of
from tests.courses.test_counting import at_once, differences, hire, version_of


def finish(person_id, course_id):
    """Return an enrolment of somebody who has completed the course."""
    enrolment_id = enrol(person_id, course_id)
    for activity in activities_of(course_id):
        complete(enrolment_id, activity)
    return enrolment_id


def rate(actor, enrolment_id, rating, comment="", *, seen=0):
    """Rate a course as its learner does."""
    with unit_of_work(), acting_as(actor):
        service.rate(
            enrolment_id=enrolment_id,
            rating=rating,
            comment=comment,
            seen=seen,
            actor=actor,
            now=clock.now(),
        )


def stranger():
    """Return somebody who works nowhere."""
    with unit_of_work(), acting_as(SYSTEM):
        email = f"{new_id()}@example.com"
        return identity.add_person(email=email, name="A learner", now=clock.now(), time_zone="UTC")


def rows():
    with unit_of_work(read_only=True):
        return list(db.session.scalars(select(FeedbackRow).order_by(FeedbackRow.id)))


def rated(version_id, place_id):
    """Return how many at a place, or of everybody, rate a version 1 to 5."""
    places = EVERYBODY if place_id is None else [place_id]
    with unit_of_work(read_only=True):
        found = db.session.execute(
            select(*[func.coalesce(func.sum(getattr(CountRow, one)), 0) for one in RATED]).where(
                CountRow.subject_id == version_id, CountRow.place_id.in_(places)
            )
        ).one()
        return [int(one) for one in found]


@pytest.fixture
def course_id(app, cast):
    return write_course(sections=(("One",),))


@pytest.fixture
def amara(app, cast):
    return actor_of(app, cast.amara, Role.LEARNER)


@given(counts=st.lists(st.integers(0, 10_000), min_size=5, max_size=5))
def test_a_mean_lies_between_the_lowest_and_the_highest_rating_that_was_given(counts):
    ratings = Ratings(counts)
    given_ratings = [rating for rating, count in enumerate(counts, 1) if count]
    if not given_ratings:
        assert ratings.mean is None
        return
    assert ratings.mean is not None
    assert min(given_ratings) <= ratings.mean <= max(given_ratings)
    assert (ratings + ratings).mean == ratings.mean
    assert list((ratings + ratings - ratings).counts) == counts


@pytest.mark.parametrize(
    "counts,mean", [((1, 0, 0, 0, 0), "1.0"), ((0, 0, 0, 1, 1), "4.5"), ((0, 0, 0, 3, 1), "4.3")]
)
def test_a_mean_is_told_to_a_tenth(counts, mean):
    assert str(Ratings(counts).mean) == mean


@pytest.mark.parametrize("rating", [None, 1, 2, 3, 4, 5])
def test_a_rating_counts_once_and_one_passed_over_counts_nothing(rating):
    counted = count_rated(Rated(new_id(), rating))
    assert sum(counted.values()) == (0 if rating is None else 1)
    assert rating is None or counted[f"rated_{rating}"] == 1


def test_a_rating_is_counted_where_its_author_works_and_follows_what_they_change(app, cast, course_id, amara):
    enrolment_id, version_id = finish(cast.amara, course_id), version_of(course_id)
    rate(amara, enrolment_id, 4, "Clear\r\nand short ")
    assert rated(version_id, cast.brixham) == rated(version_id, None) == [0, 0, 0, 1, 0]
    assert rows()[0].comment == "Clear\nand short"
    rate(amara, enrolment_id, 2, seen=1)
    assert rated(version_id, cast.brixham) == [0, 1, 0, 0, 0]
    hire(cast.amara, cast.northway)
    assert rated(version_id, cast.brixham) == [0, 0, 0, 0, 0]
    assert rated(version_id, cast.northway) == [0, 1, 0, 0, 0]
    with unit_of_work(), acting_as(SYSTEM):
        end_employments([cast.amara], now=clock.now())
    assert rated(version_id, cast.northway) == [0, 0, 0, 0, 0]
    assert rated(version_id, None) == [0, 1, 0, 0, 0]
    assert differences() == []


def test_feedback_stays_with_the_version_that_was_completed_and_a_retake_is_asked_anew(
    app, cast, course_id, amara
):
    first, old = finish(cast.amara, course_id), version_of(course_id)
    rate(amara, first, 3)
    edit_first(course_id, "Better words.")
    publish(course_id)
    second = finish(cast.amara, course_id)
    assert second != first
    rate(amara, second, 5)
    assert rated(old, None) == [0, 0, 1, 0, 0]
    assert rated(version_of(course_id), None) == [0, 0, 0, 0, 1]
    rate(amara, first, 1, seen=1)
    assert rated(old, None) == [1, 0, 0, 0, 0]
    assert differences() == []


def test_nobody_rates_before_the_end_nor_for_another_nor_outside_the_scale(app, cast, course_id, amara):
    enrolment_id = enrol(cast.amara, course_id)
    with pytest.raises(Conflict):
        rate(amara, enrolment_id, 4)
    complete(enrolment_id, activities_of(course_id)[0])
    for rating, comment in ((0, ""), (6, ""), (4, "x" * (COMMENT_AT_MOST + 1))):
        with pytest.raises(Invalid):
            rate(amara, enrolment_id, rating, comment)
    with pytest.raises(NotFound):
        rate(actor_of(app, cast.nils, Role.LEARNER), enrolment_id, 4)
    with pytest.raises(Forbidden):
        rate(actor_of(app, cast.amara, Role.LEARNER, Role.AUDITOR), enrolment_id, 4)
    assert rows() == []
    rate(amara, enrolment_id, 4, "x" * COMMENT_AT_MOST)


def test_a_second_tab_never_writes_over_what_the_first_sent_and_the_same_twice_is_once(
    app, cast, course_id, amara
):
    enrolment_id = finish(cast.amara, course_id)
    rate(amara, enrolment_id, 4, "Good")
    rate(amara, enrolment_id, 4, "Good")
    with pytest.raises(EditedMeanwhile):
        rate(amara, enrolment_id, 1, "Bad")
    assert [(row.rating, row.comment, row.revision) for row in rows()] == [(4, "Good", 1)]
    assert rated(version_of(course_id), None) == [0, 0, 0, 1, 0]


def test_who_passed_it_over_is_remembered_and_may_still_say_it(app, cast, course_id, amara):
    enrolment_id = finish(cast.amara, course_id)
    for _click in range(2):
        with unit_of_work(), acting_as(amara):
            service.pass_over(enrolment_id=enrolment_id, actor=amara, now=clock.now())
    assert [row.rating for row in rows()] == [None]
    assert rated(version_of(course_id), None) == [0, 0, 0, 0, 0]
    rate(amara, enrolment_id, 5)
    with unit_of_work(), acting_as(amara):
        service.pass_over(enrolment_id=enrolment_id, actor=amara, now=clock.now())
    assert [row.rating for row in rows()] == [5], "a late “not now” takes nothing back"
    assert differences() == []


def test_of_two_clicks_at_once_there_is_one_row_and_one_count(app, cast, course_id, amara):
    enrolment_id = finish(cast.amara, course_id)

    def send():
        run(
            partial(
                service.rate,
                enrolment_id=enrolment_id,
                rating=5,
                comment="Twice",
                seen=0,
                actor=amara,
                now=clock.now(),
            )
        )

    assert at_once(app, [send, send, send]) == []
    assert [(row.rating, row.revision) for row in rows()] == [(5, 1)]
    assert rated(version_of(course_id), cast.brixham) == [0, 0, 0, 0, 1]
    assert differences() == []


def test_a_rating_while_its_author_changes_employer_is_counted_in_one_place(app, cast, course_id, amara):
    enrolment_id = finish(cast.amara, course_id)

    def send():
        run(
            partial(
                service.rate,
                enrolment_id=enrolment_id,
                rating=3,
                comment="",
                seen=0,
                actor=amara,
                now=clock.now(),
            )
        )

    assert at_once(app, [send, partial(hire, cast.amara, cast.northway)]) == []
    assert rated(version_of(course_id), cast.northway) == [0, 0, 1, 0, 0]
    assert rated(version_of(course_id), cast.brixham) == [0, 0, 0, 0, 0]
    assert differences() == []


def test_a_rating_written_past_the_service_is_found_and_counted_anew(app, cast, course_id, amara):
    enrolment_id = finish(cast.amara, course_id)
    rate(amara, enrolment_id, 5)
    with unit_of_work():
        db.session.execute(update(FeedbackRow).values(rating=1))
    found = {(one.subject_id, one.place_id): one.too_many for one in differences()}
    assert found[version_of(course_id), cast.brixham] == {"rated_1": -1, "rated_5": 1}
    with unit_of_work():
        service.count_anew()
    assert differences() == []
    assert rated(version_of(course_id), cast.brixham) == [1, 0, 0, 0, 0]


def test_a_person_gets_their_feedback_and_erased_leaves_a_rating_without_words(app, cast, course_id, amara):
    rate(amara, finish(cast.amara, course_id), 2, "Too long for the road")
    with unit_of_work(read_only=True):
        (exported,) = LearningData().export(cast.amara)["feedback"]
        assert LearningData().export(cast.nils)["feedback"] == []
    assert (exported["course"], exported["rating"], exported["comment"]) == (
        "Cold loops",
        2,
        "Too long for the road",
    )
    with unit_of_work(), acting_as(SYSTEM):
        LearningData().erase(cast.amara)
    assert [(row.rating, row.comment) for row in rows()] == [(2, "")]
    assert rated(version_of(course_id), None) == [0, 1, 0, 0, 0]
    assert differences() == []


def test_the_catalogue_and_the_course_tell_a_mean_of_five_ratings_of_any_version_and_of_no_fewer(
    app, cast, course_id, amara
):
    slug = "cold-loops"

    def told():
        with unit_of_work(read_only=True), acting_as(amara):
            view = find_view(slug, amara)
            assert view is not None
            browsed = browse(amara, Wanted(), PageRequest(), now=clock.now())
            found = browse(amara, Wanted(words=view.course.title), PageRequest(), now=clock.now())
        assert [one.page.items[0].view.rating for one in (browsed, found)] == [view.rating] * 2
        return view.rating and (str(view.rating.mean), view.rating.total)

    for rating in (5, 4, 5):
        person_id = stranger()
        rate(actor_of(app, person_id, Role.LEARNER), finish(person_id, course_id), rating)
    edit_first(course_id, "Anew.")
    publish(course_id)
    person_id = stranger()
    rate(actor_of(app, person_id, Role.LEARNER), finish(person_id, course_id), 5)
    assert told() is None, "of four nobody is told"
    enrolment_id = finish(cast.amara, course_id)
    assert told() is None, "completed is not rated"
    rate(amara, enrolment_id, 4)
    assert told() == ("4.6", 5)
    rate(amara, enrolment_id, 1, seen=1)
    assert told() == ("4.0", 5), "what somebody changes is told at once"
