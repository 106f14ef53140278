"""What reports count is what the rows say, after any history and under any crowd: nothing is lost and nothing twice."""

import threading
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from lms.courses import facade as courses
from lms.courses.learning import queries, service
from lms.courses.learning.models import CountRow, EnrolmentRow, FeedbackRow
from lms.courses.learning.queries import counts
from lms.courses.learning.rules.counting import ALL_COURSES, EVERYBODY, as_stored, is_half, tenth_of
from lms.courses.values import EnrolmentSource, LearnerGroup, Word
from lms.identity import facade as identity
from lms.identity.service.crowds import end_employments
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, Role, acting_as
from lms.kernel.db import db
from lms.kernel.uow import run, unit_of_work
from tests.courses.courses import activities_of, complete, edit_first, enrol, publish, write_course
from tests.courses.sessions import actor_of


def differences():
    """Return where what is kept is not what the rows say."""
    with unit_of_work(read_only=True):
        return counts.list_differences()


def counted(subject_id, place_id):
    """Return what is kept of a subject at a place, or of everybody."""
    places = EVERYBODY if place_id is None else [place_id]
    with unit_of_work(read_only=True):
        rows = db.session.scalars(
            select(CountRow).where(CountRow.subject_id == subject_id, CountRow.place_id.in_(places))
        ).all()
        return {
            one: sum(getattr(row, one) for row in rows)
            for one in ("enrolled", "begun", "half", "completed", "withdrawn", "seconds")
        }


def version_of(course_id):
    return activities_of(course_id)[0].version_id


def hire(person_id, organisation_id):
    with acting_as(SYSTEM):
        run(
            lambda: identity.employ(
                person_id=person_id,
                organisation_id=organisation_id,
                position_id=None,
                region_id=None,
                now=clock.now(),
            )
        )


def withdraw(enrolment_id):
    with unit_of_work(), acting_as(SYSTEM):
        service.withdraw(enrolment_id=enrolment_id, reason="No need", actor=SYSTEM, now=clock.now())


def test_a_funnel_follows_a_learner_step_by_step(app, cast):
    course_id = write_course(sections=(("One", "Two"), ("Three",)))
    version_id = version_of(course_id)
    seen = []
    enrolment_id = enrol(cast.amara, course_id)
    seen.append(counted(version_id, cast.brixham))
    for activity in activities_of(course_id):
        complete(enrolment_id, activity)
        seen.append(counted(version_id, cast.brixham))
    steps = [tuple(one[name] for name in ("enrolled", "begun", "half", "completed")) for one in seen]
    assert steps == [(1, 0, 0, 0), (1, 1, 0, 0), (1, 1, 1, 0), (1, 1, 1, 1)]
    assert counted(version_id, None) == seen[-1] == counted(ALL_COURSES, cast.brixham)
    assert differences() == []


def test_who_changes_employer_takes_all_they_have_done_along(app, cast):
    course_id = write_course(sections=(("One", "Two"),))
    first, second = activities_of(course_id)
    enrolment_id = enrol(cast.amara, course_id)
    complete(enrolment_id, first, score="0.84", passed=True)
    before = counted(first.version_id, cast.brixham)
    hire(cast.amara, cast.northway)
    assert counted(first.version_id, cast.northway) == before
    assert not any(counted(first.version_id, cast.brixham).values())
    complete(enrolment_id, second)
    assert counted(first.version_id, cast.northway)["completed"] == 1
    with unit_of_work(), acting_as(SYSTEM):
        end_employments([cast.amara], now=clock.now())
    assert not any(counted(first.version_id, cast.northway).values())
    assert counted(first.version_id, None)["completed"] == 1, "who works nowhere has learnt it all the same"
    assert differences() == []


def test_what_happens_in_the_transaction_that_hires_is_counted_once_and_there(app, cast):
    course_id = write_course()
    with unit_of_work(), acting_as(SYSTEM):
        courses.enrol(
            person_id=cast.amara,
            course_id=course_id,
            source=EnrolmentSource.SELF,
            due_on=None,
            actor=SYSTEM,
            now=clock.now(),
        )
        for place in (cast.northway, cast.cardiff):
            identity.employ(
                person_id=cast.amara, organisation_id=place, position_id=None, region_id=None, now=clock.now()
            )
    assert counted(version_of(course_id), cast.cardiff)["enrolled"] == 1
    assert differences() == []


def test_moving_to_another_version_moves_what_is_counted(app, cast):
    course_id = write_course(sections=(("One", "Two"),))
    old = version_of(course_id)
    enrolment_id = enrol(cast.amara, course_id)
    complete(enrolment_id, activities_of(course_id)[0])
    edit_first(course_id, "Other words.")
    publish(course_id)
    new = version_of(course_id)
    with unit_of_work(), acting_as(SYSTEM):
        service.move_to_version(
            course_id=course_id, version_id=new, groups=[LearnerGroup.IN_PROGRESS], now=clock.now()
        )
    assert not any(counted(old, cast.brixham).values())
    assert counted(new, cast.brixham)["half"] == 1
    assert differences() == []


def test_an_erased_person_leaves_no_count_of_what_was_forgotten(app, cast):
    course_id = write_course(sections=(("One", "Two"),))
    first, second = activities_of(course_id)
    enrolment_id = enrol(cast.amara, course_id)
    complete(enrolment_id, first)
    with unit_of_work(), acting_as(SYSTEM):
        courses.note_opened(enrolment_id=enrolment_id, activity_id=second.id, now=clock.now())
    with unit_of_work(), acting_as(SYSTEM):
        service.forget_places(cast.amara)
        service.withdraw_all(cast.amara, clock.now())
    assert counted(second.id, None)["begun"] == 0
    assert counted(first.version_id, None)["withdrawn"] == 1
    assert differences() == []


def test_time_is_what_it_took_and_not_what_was_read_again(app, cast):
    course_id = write_course(sections=(("One", "Two"),))
    first, _second = activities_of(course_id)
    enrolment_id = enrol(cast.amara, course_id)
    complete(enrolment_id, first)
    complete(enrolment_id, first)
    assert counted(first.id, cast.brixham)["seconds"] == 60
    assert differences() == []


def test_a_transaction_that_fails_counts_nothing(app, cast):
    course_id = write_course()
    with pytest.raises(RuntimeError), unit_of_work(), acting_as(SYSTEM):
        courses.enrol(
            person_id=cast.amara,
            course_id=course_id,
            source=EnrolmentSource.SELF,
            due_on=None,
            actor=SYSTEM,
            now=clock.now(),
        )
        raise RuntimeError
    assert not any(counted(version_of(course_id), None).values())
    assert differences() == []


ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                *(
                    "enrol",
                    "open",
                    "complete",
                    "fail",
                    "withdraw",
                    "hire",
                    "leave",
                    "publish",
                    "forget",
                    "mark",
                ),
                *("finish", "rate", "rate", "pass_over"),
            ]
        ),
        st.integers(0, 2),
        st.integers(0, 3),
        st.decimals(0, 1, places=9),
    ),
    max_size=14,
)


class _History:
    """Three people, one course, and whatever comes to their minds."""

    def __init__(self, app, cast, slug):
        self.app = app
        self.people = [cast.amara, cast.dafydd, cast.ruth]
        self.places = [cast.brixham, cast.cardiff, cast.northway, cast.halden]
        self.course_id = write_course(slug, sections=(("One", "Two"), ("Three",)), optional=("Two",))

    def do(self, act, who, number, score):
        person_id = self.people[who]
        with unit_of_work(read_only=True):
            row = db.session.scalars(
                select(EnrolmentRow)
                .where(EnrolmentRow.person_id == person_id, EnrolmentRow.course_id == self.course_id)
                .order_by(EnrolmentRow.id.desc())
            ).first()
        if act == "enrol":
            enrol(person_id, self.course_id)
        elif act == "hire":
            hire(person_id, self.places[number])
        elif act == "leave":
            with unit_of_work(), acting_as(SYSTEM):
                end_employments([person_id], now=clock.now())
        elif act == "publish":
            edit_first(self.course_id, f"Words {score}")
            publish(self.course_id)
            with unit_of_work(), acting_as(SYSTEM):
                service.move_to_version(
                    course_id=self.course_id,
                    version_id=version_of(self.course_id),
                    groups=list(LearnerGroup)[: 1 + number % 2],
                    now=clock.now(),
                )
        elif act == "forget":
            with unit_of_work(), acting_as(SYSTEM):
                service.forget_places(person_id)
        elif act in {"rate", "pass_over"}:
            self._say(act, row, number)
        elif act == "finish":
            for activity in range(3) if row is not None and row.ended_at is None else ():
                self._learn("mark", row, activity, score)
        elif row is not None:
            self._learn(act, row, number, score)

    def _say(self, act, row, number):
        if row is None or row.completed_at is None:
            return
        actor = actor_of(self.app, row.person_id, Role.LEARNER)
        with unit_of_work(), acting_as(actor):
            if act == "pass_over":
                service.pass_over(enrolment_id=row.id, actor=actor, now=clock.now())
                return
            said = db.session.scalar(select(FeedbackRow.revision).where(FeedbackRow.enrolment_id == row.id))
            service.rate(
                enrolment_id=row.id,
                rating=1 + number,
                comment="",
                seen=said or 0,
                actor=actor,
                now=clock.now(),
            )

    def _learn(self, act, row, number, score):
        with unit_of_work(read_only=True):
            standing = queries.list_standing(row.version_id, row.id)
        activity = standing[number % len(standing)].activity_id
        if act == "withdraw":
            if row.ended_at is None:
                withdraw(row.id)
            return
        with unit_of_work(), acting_as(SYSTEM):
            if act == "open":
                courses.note_opened(enrolment_id=row.id, activity_id=activity, now=clock.now())
                return
            courses.record_result(
                enrolment_id=row.id,
                activity_id=activity,
                completed=act != "open",
                passed=act != "fail",
                score=score,
                seconds=int(score * 1000),
                evidence={},
                now=clock.now(),
                word=Word.TRAINER if act == "mark" else Word.ACTIVITY,
            )


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_after_any_history_the_counts_are_those_of_the_rows(app, cast, acts):
    history = _History(app, cast, f"course-{clock.now().timestamp()}".replace(".", "-"))
    for act in acts:
        history.do(*act)
    assert differences() == []


def test_a_row_written_past_the_service_is_found_and_counted_anew(app, cast):
    course_id = write_course()
    enrolment_id = enrol(cast.amara, course_id)
    with unit_of_work():
        db.session.execute(
            update(EnrolmentRow)
            .where(EnrolmentRow.id == enrolment_id)
            .values(ended_at=clock.now() + timedelta(seconds=1))
        )
    found = {(one.subject_id, one.place_id): one.too_many for one in differences()}
    assert found[version_of(course_id), cast.brixham] == {"withdrawn": -1}
    with unit_of_work():
        service.count_anew()
    assert differences() == []
    assert counted(ALL_COURSES, cast.brixham)["withdrawn"] == 1


def at_once(app, works):
    """Let each of these run in a thread of its own, begun together; return what went wrong."""
    failed = []
    ready = threading.Barrier(len(works))

    def begin(work):
        with app.app_context(), acting_as(SYSTEM):
            try:
                ready.wait(timeout=20)
                work()
            except BaseException as error:  # noqa: BLE001  the caller asserts that there is none
                failed.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=begin, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return failed


def score(enrolment_id, activity_id):
    """Record that somebody passed an activity, as a request does."""
    courses.record_result(
        enrolment_id=enrolment_id,
        activity_id=activity_id,
        completed=True,
        passed=True,
        score=Decimal("0.9"),
        seconds=30,
        evidence={},
        now=clock.now(),
    )


def test_of_a_class_that_finishes_in_the_same_moment_while_some_change_employer_nobody_is_lost(app, cast):
    course_id = write_course(sections=(("One", "Two"), ("Three",)))
    activities = activities_of(course_id)
    crowd = []
    with unit_of_work(), acting_as(SYSTEM):
        for number in range(12):
            person_id = identity.add_person(
                email=f"p{number}@example.com", name=f"P {number}", now=clock.now()
            )
            identity.employ(
                person_id=person_id,
                organisation_id=cast.brixham,
                position_id=None,
                region_id=None,
                now=clock.now(),
            )
            crowd.append(person_id)
    enrolments = [enrol(one, course_id) for one in crowd]

    def finish(enrolment_id):
        for activity in activities:
            run(partial(score, enrolment_id, activity.id))

    def wander(person_id):
        for place in (cast.northway, cast.cardiff):
            hire(person_id, place)

    works = [partial(finish, one) for one in enrolments]
    works += [partial(wander, one) for one in crowd[:4]]
    assert at_once(app, works) == []
    assert counted(activities[0].version_id, None)["completed"] == 12
    assert counted(activities[0].version_id, cast.cardiff)["completed"] == 4
    assert counted(activities[0].version_id, cast.brixham)["completed"] == 8
    assert differences() == []


@pytest.mark.parametrize(
    "score,tenth", [("0", 0), ("0.0999999", 0), ("0.1", 1), ("0.89999999", 9), ("0.9", 9), ("1", 9)]
)
def test_a_score_falls_into_the_tenth_that_the_database_says_it_is_in(score, tenth):
    kept = as_stored(Decimal(score))
    assert kept is not None
    assert tenth_of(kept) == tenth


def test_half_of_nothing_is_no_half():
    assert [is_half(*one) for one in ((0, 0), (1, 3), (2, 3), (1, 2))] == [False, False, True, True]
