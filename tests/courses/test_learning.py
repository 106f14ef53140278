"""Enrolment, results and completion: one open enrolment, the best kept, nothing ever taken back."""

import threading
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from lms.courses import facade as courses
from lms.courses.learning import queries, service
from lms.courses.learning.models import ActivityResultRow, ActivityStateRow, CompletionRow, EnrolmentRow
from lms.courses.values import EnrolmentSource
from lms.kernel import clock, privacy
from lms.kernel.actor import EVERYTHING, NOBODY, SYSTEM, Actor, Grant, Role, Scope, acting_as, scopes_of
from lms.kernel.audit import AuditEntry
from lms.kernel.db import db
from lms.kernel.errors import Forbidden, Invalid, NotFound
from lms.kernel.uow import run, unit_of_work
from tests.courses.courses import activities_of, complete, edit_first, enrol, publish, write_course


def _as(app, person_id, *roles, scope=EVERYTHING):
    grants = (Grant(Role.LEARNER, Scope()), *[Grant(role, scope) for role in roles])
    return Actor(person_id=person_id, grants=grants, scopes=scopes_of(grants, app.extensions["lms.policy"]))


def _count(table):
    return db.session.scalar(select(func.count()).select_from(table))


def test_a_person_is_enrolled_once_however_often_and_fast_they_ask(app, cast):
    course_id = write_course()
    start = threading.Barrier(4)
    got, failed = [], []

    def ask():
        with app.app_context(), acting_as(SYSTEM):
            try:
                start.wait()
                got.append(
                    run(
                        lambda: courses.enrol(
                            person_id=cast.amara,
                            course_id=course_id,
                            source=EnrolmentSource.SELF,
                            due_on=None,
                            actor=SYSTEM,
                            now=clock.now(),
                        )
                    )
                )
            except Exception as error:  # noqa: BLE001  the test tells what went wrong in a thread
                failed.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(set(got)) == 1
    assert _count(EnrolmentRow) == 1


def test_the_earlier_of_two_due_dates_holds(app, cast):
    course_id = write_course()
    first = enrol(cast.amara, course_id)
    soon, late = date(2030, 3, 1), date(2030, 5, 1)
    assert enrol(cast.amara, course_id, due_on=soon) == first
    enrol(cast.amara, course_id, due_on=late)
    assert courses.progress([cast.amara], [course_id])[cast.amara, course_id].due_on == soon


def test_a_course_completes_when_all_it_requires_is_done_and_says_so_once(app, cast):
    course_id = write_course(optional=["Superheat"])
    enrolment_id = enrol(cast.amara, course_id)
    parts, _superheat, alarms = activities_of(course_id)
    complete(enrolment_id, parts)
    assert courses.completions([cast.amara], [course_id]) == {}
    complete(enrolment_id, alarms)
    complete(enrolment_id, alarms)
    held = courses.completions([cast.amara], [course_id])[cast.amara, course_id]
    assert held.version_id == alarms.version_id
    assert _count(CompletionRow) == 1
    said = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "CourseCompleted")).all()
    assert [entry.subject_id for entry in said] == [held.id]


def test_a_failed_exam_completes_nothing_and_a_worse_try_takes_nothing_back(app, cast):
    course_id = write_course(sections=(("Exam",),))
    enrolment_id = enrol(cast.amara, course_id)
    (exam,) = activities_of(course_id)
    complete(enrolment_id, exam, score="0.4", passed=False)
    assert courses.completions([cast.amara], [course_id]) == {}
    complete(enrolment_id, exam, score="0.9", passed=True)
    complete(enrolment_id, exam, score="0.1", passed=False)
    best = courses.best_scores([cast.amara], [exam.key])[cast.amara, exam.key]
    assert (best.score, best.passed) == (Decimal("0.9"), True)
    assert (cast.amara, course_id) in courses.completions([cast.amara], [course_id])
    assert _count(ActivityResultRow) == 3


@pytest.mark.parametrize("table", ["activity_results", "course_completions"])
@pytest.mark.parametrize("change", ["UPDATE {} SET enrolment_id = enrolment_id", "DELETE FROM {}"])
def test_evidence_and_completions_are_refused_every_change_by_the_database(app, cast, table, change):
    course_id = write_course(sections=(("Only",),))
    complete(enrol(cast.amara, course_id), activities_of(course_id)[0])
    with pytest.raises(DBAPIError, match="append-only"), unit_of_work():
        db.session.execute(text(change.format(table)))


def test_who_has_begun_finishes_on_the_version_they_began(app, cast):
    course_id = write_course(sections=(("One",),))
    enrolment_id = enrol(cast.amara, course_id)
    (old,) = activities_of(course_id)
    edit_first(course_id, "A new text.")
    publish(course_id)
    (new,) = activities_of(course_id)
    # By whichever version's id the result comes, it is that of the version they are on.
    complete(enrolment_id, new)
    with unit_of_work(read_only=True):
        assert set(db.session.scalars(select(ActivityResultRow.activity_id))) == {old.id}
    assert courses.completions([cast.amara], [course_id])[cast.amara, course_id].version_id == old.version_id


def test_a_completed_course_may_be_taken_again_and_the_first_completion_stays(app, cast):
    course_id = write_course(sections=(("One",),))
    (only,) = activities_of(course_id)
    first = enrol(cast.amara, course_id)
    complete(first, only)
    again = enrol(cast.amara, course_id)
    assert again != first
    assert courses.progress([cast.amara], [course_id])[cast.amara, course_id].done == 0
    complete(again, only)
    assert _count(CompletionRow) == 2


def test_a_score_that_is_no_share_is_refused(app, cast):
    course_id = write_course(sections=(("One",),))
    enrolment_id = enrol(cast.amara, course_id)
    with pytest.raises(Invalid):
        complete(enrolment_id, activities_of(course_id)[0], score="80")


def test_reading_time_is_believed_only_as_far_as_time_has_passed(app, cast):
    course_id = write_course()
    enrolment_id = enrol(cast.amara, course_id)
    lesson = activities_of(course_id)[1]
    actor = _as(app, cast.amara)
    with clock.frozen_at(clock.now()) as advance:
        for wait, claim in ((0, 900), (60, 45), (10, 900)):
            advance(timedelta(seconds=wait))
            with unit_of_work():
                service.note_reading(
                    enrolment_id=enrolment_id,
                    activity_id=lesson.id,
                    seconds=claim,
                    place={"y": claim},
                    actor=actor,
                    now=clock.now(),
                )
    state = db.session.get_one(ActivityStateRow, (enrolment_id, lesson.id))
    assert state.seconds == 45 + 10
    assert queries.list_current(cast.amara)[0].next_id == lesson.id


def test_nobody_reads_or_finishes_in_anothers_name(app, cast):
    course_id = write_course()
    enrolment_id = enrol(cast.amara, course_id)
    lesson = activities_of(course_id)[0]
    with pytest.raises(NotFound), unit_of_work():
        service.finish_page(
            enrolment_id=enrolment_id, activity_id=lesson.id, actor=_as(app, cast.nils), now=clock.now()
        )


def test_a_partner_admin_enrols_their_own_people_and_nobody_elses(app, cast):
    course_id = write_course()
    ruth = _as(app, cast.ruth, Role.PARTNER_ADMIN, scope=Scope(organisation_roots=frozenset({cast.brixham})))

    def enrolled_by_ruth(person_id):
        with unit_of_work(), acting_as(ruth):
            return courses.enrol(
                person_id=person_id,
                course_id=course_id,
                source=EnrolmentSource.PARTNER_ADMIN,
                due_on=None,
                actor=ruth,
                now=clock.now(),
            )

    assert enrolled_by_ruth(cast.amara)
    assert enrolled_by_ruth(cast.dafydd)
    with pytest.raises(NotFound):
        enrolled_by_ruth(cast.nils)


@pytest.mark.parametrize("roles", [(), (Role.AUDITOR,)])
def test_who_may_not_enrol_others_is_refused(app, cast, roles):
    course_id = write_course()
    with pytest.raises(Forbidden), unit_of_work():
        courses.enrol(
            person_id=cast.amara,
            course_id=course_id,
            source=EnrolmentSource.TRAINER,
            due_on=None,
            actor=_as(app, cast.odd, *roles),
            now=clock.now(),
        )


def test_a_draft_can_be_taken_by_nobody(app, cast):
    course_id = write_course(publish=False)
    with pytest.raises(NotFound):
        enrol(cast.amara, course_id)
    assert queries.find_view("cold-loops", _as(app, cast.amara)) is None


def test_a_launch_is_for_who_is_enrolled_and_a_preview_for_authors(app, cast):
    course_id = write_course()
    lesson = activities_of(course_id)[0]
    enrolment_id = enrol(cast.amara, course_id)
    taken = courses.get_launch(activity_id=lesson.id, actor=_as(app, cast.amara))
    assert (taken.enrolment_id, taken.is_preview) == (enrolment_id, False)
    assert courses.get_launch(activity_id=lesson.id, actor=_as(app, cast.tomas, Role.TRAINER)).is_preview
    for stranger in (_as(app, cast.nils), NOBODY):
        with pytest.raises(NotFound):
            courses.get_launch(activity_id=lesson.id, actor=stranger)


def test_an_erased_person_leaves_proof_behind_and_nothing_open(app, cast):
    course_id = write_course(sections=(("One", "Two"),))
    enrolment_id = enrol(cast.amara, course_id)
    first, _second = activities_of(course_id)
    complete(enrolment_id, first)
    assert privacy.export(cast.amara)["courses"]["activities"][0]["activity"] == "One"
    with unit_of_work(), acting_as(SYSTEM):
        privacy.erase(cast.amara)
    assert queries.list_current(cast.amara) == []
    assert _count(ActivityResultRow) == 1
