"""Many people are enrolled in batches: killed, cancelled or raced, each is enrolled once and nobody is lost."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import func, select

from lms.courses.learning import service
from lms.courses.learning.models import EnrolmentActLine, EnrolmentActRow, EnrolmentRow
from lms.courses.learning.service import crowds
from lms.courses.learning.service.inserting import insert_people
from lms.courses.learning.values import ActState, Outcome
from lms.courses.values import EnrolmentSource
from lms.identity import facade as identity
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db
from lms.kernel.uow import run, unit_of_work
from tests.audiences.scene import rule, save
from tests.courses.courses import enrol, write_course
from tests.courses.enrolments import give, open_people

PEOPLE = 25


@pytest.fixture
def crowd(app, cast, monkeypatch):
    """Return the course of an audience of many, whose enrolment has just begun."""
    monkeypatch.setattr(crowds, "AT_ONCE", 5)
    with unit_of_work(), acting_as(SYSTEM):
        for number in range(PEOPLE):
            person_id = identity.add_person(
                email=f"p{number}@example.com", name=f"P {number}", now=clock.now()
            )
            identity.employ(
                person_id=person_id,
                organisation_id=cast.cardiff,
                position_id=cast.technician,
                region_id=None,
                now=clock.now(),
            )
    course_id = write_course()
    give(course_id, enrolled=[save("Technicians", rule(position=[cast.technician]))])
    return course_id


def act_of(course_id):
    with unit_of_work(read_only=True):
        return db.session.scalars(select(EnrolmentActRow).where(EnrolmentActRow.course_id == course_id)).one()


def do(*, size):
    with acting_as(SYSTEM):
        return run(lambda: service.do_next(clock.now(), size=size))


def outcomes(act_id):
    with unit_of_work(read_only=True):
        rows = db.session.execute(
            select(EnrolmentActLine.outcome, func.count())
            .where(EnrolmentActLine.act_id == act_id)
            .group_by(EnrolmentActLine.outcome)
        )
        return {outcome: count for outcome, count in rows}  # noqa: C416  rows are typed so


def test_progress_is_kept_with_each_batch_and_the_last_one_ends_it(crowd):
    act = act_of(crowd)
    assert (act.state, act.total, act.done) == (ActState.RUNNING, PEOPLE + 1, 0)
    assert do(size=10)
    assert (act_of(crowd).done, len(open_people(crowd))) == (10, 10)
    while do(size=10):
        pass
    act = act_of(crowd)
    assert (act.state, act.done) == (ActState.DONE, PEOPLE + 1)
    assert outcomes(act.id) == {Outcome.ENROLLED: PEOPLE + 1}
    assert len(open_people(crowd)) == PEOPLE + 1


def test_a_batch_that_is_killed_halfway_leaves_nothing_and_the_act_goes_on(crowd, monkeypatch):
    do(size=10)

    def killed(*args, **kwargs):
        insert_people(*args, **kwargs)
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr("lms.courses.learning.service.acts.insert_people", killed)
        with pytest.raises(KeyboardInterrupt):
            do(size=10)
    assert (act_of(crowd).done, len(open_people(crowd))) == (10, 10)
    while do(size=10):
        pass
    assert len(open_people(crowd)) == PEOPLE + 1


KILLED = """
import os, signal, sys
from lms.app import settings
from lms.app.factory import create_app
from lms.courses.learning import service
from lms.courses.learning.service import acts
from lms.kernel import clock, uow
from lms.kernel.actor import SYSTEM, acting_as

insert, batches = acts.insert_people, []

def insert_and_die(*args, **kwargs):
    made = insert(*args, **kwargs)
    batches.append(made)
    if len(batches) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return made

acts.insert_people = insert_and_die
app = create_app(settings.read({
    "LMS_DATA_DIR": sys.argv[1], "LMS_DATABASE_URL": sys.argv[2], "LMS_SECRET_KEY": "a secret of the tests",
    "LMS_REDIS_URL": "redis://127.0.0.1:1/0", "LMS_TIME_ZONE": "Europe/Vienna", "LMS_LOG_LEVEL": "ERROR",
}))
with app.app_context(), acting_as(SYSTEM):
    while uow.run(lambda: service.do_next(clock.now(), size=10)):
        pass
"""


@pytest.mark.slow
def test_kill_minus_9_during_bulk_enrolment_costs_one_batch_and_nothing_else(app, crowd, tmp_path: Path):
    url = db.engine.url.render_as_string(hide_password=False)
    db.session.remove()
    ended = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), url], check=False, timeout=120)
    assert ended.returncode == -9
    act = act_of(crowd)
    assert (act.state, act.done, len(open_people(crowd))) == (ActState.RUNNING, 10, 10)
    while do(size=10):
        pass
    act = act_of(crowd)
    assert (act.state, act.done) == (ActState.DONE, PEOPLE + 1)
    assert len(open_people(crowd)) == PEOPLE + 1


def lines_of(course_id):
    """Return the people of a course's act, in order."""
    act = act_of(course_id)
    with unit_of_work(read_only=True):
        query = select(EnrolmentActLine.person_id).where(EnrolmentActLine.act_id == act.id)
        return sorted(one for one in db.session.scalars(query) if one is not None)


def at_once(app, *works):
    """Let each of these run in a thread of its own, begun together; return what went wrong."""
    failed: list[BaseException] = []
    ready = threading.Barrier(len(works))

    def begin(work):
        with app.app_context():
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


def finish(*, size):
    """Do every batch that is left."""
    while do(size=size):
        pass


def test_a_job_an_audience_and_the_people_themselves_at_once_enrol_each_person_once(app, crowd, cast):
    people = lines_of(crowd)
    others = save("Cardiff", rule(organisation=[cast.cardiff]))
    failed = at_once(
        app,
        lambda: finish(size=4),
        lambda: give(crowd, enrolled=[others]),
        lambda: [run_enrol(one, crowd) for one in people],
        lambda: [run_enrol(one, crowd) for one in reversed(people)],
    )
    assert failed == []
    finish(size=100)
    with unit_of_work(read_only=True):
        query = select(EnrolmentRow.person_id, func.count()).group_by(EnrolmentRow.person_id)
        counted = db.session.execute(query).all()
    assert {count for _person, count in counted} == {1}
    assert {person for person, _count in counted} >= set(people)


def run_enrol(person_id, course_id):
    """Enrol as a request does: again if a neighbour's transaction got in its way."""
    with acting_as(SYSTEM):
        run(
            lambda: service.enrol(
                person_id=person_id,
                course_id=course_id,
                source=EnrolmentSource.SELF,
                due_on=None,
                actor=SYSTEM,
                now=clock.now(),
            )
        )


def test_who_enrolled_meanwhile_is_reported_as_enrolled_already(crowd):
    act = act_of(crowd)
    enrol(lines_of(crowd)[0], crowd)
    while do(size=10):
        pass
    assert outcomes(act.id) == {Outcome.ALREADY: 1, Outcome.ENROLLED: PEOPLE}
