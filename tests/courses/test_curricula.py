"""Curricula: what is published never changes, what counts, and a path completed once, whoever comes when."""

import threading

import pytest
from sqlalchemy import delete, select
from sqlalchemy.exc import DatabaseError, IntegrityError

from lms.app.factory import deliver_outbox
from lms.courses.authoring.models import CourseRow
from lms.courses.curricula.models import CurriculumCompletionRow, CurriculumVersionRow, FollowingRow
from lms.courses.curricula.queries import authored, paths
from lms.courses.curricula.service import editing, following
from lms.courses.curricula.values import DraftState, Followers, StageState
from lms.courses.errors import EditedMeanwhile, Locked, NotPublishable
from lms.courses.learning import service as learning
from lms.courses.learning.models import EnrolmentRow
from lms.courses.values import CourseId, EnrolmentSource
from lms.kernel import clock, privacy
from lms.kernel.actor import SYSTEM, Role, acting_as
from lms.kernel.audit import AuditEntry
from lms.kernel.db import db
from lms.kernel.errors import Forbidden, Invalid, NotFound
from lms.kernel.uow import run, unit_of_work
from tests.courses.courses import activities_of, complete, edit_first, enrol, publish
from tests.courses.curricula import (
    finish,
    follow,
    let_count,
    publish_path,
    put_stage,
    see_path,
    stage,
    write_path,
    write_small,
)
from tests.courses.sessions import actor_of
from tests.support.portal import counted_queries


def completions():
    db.session.expire_all()
    return db.session.scalars(select(CurriculumCompletionRow)).all()


def test_starting_a_path_enrols_in_its_open_courses_and_the_last_course_completes_it_in_one_transaction(
    app, cast
):
    one, two, three = (write_small(name) for name in ("valves", "fans", "logs"))
    curriculum_id = write_path(stage("First", one), stage("Choice", two, three, needed=1))
    follow(app, curriculum_id, cast.amara)
    taken = db.session.scalars(
        select(EnrolmentRow.course_id).where(EnrolmentRow.person_id == cast.amara)
    ).all()
    assert taken == [one]
    finish(cast.amara, one)
    place = see_path("loops", cast.amara).place
    assert [item.state for item in place.stages] == [StageState.DONE, StageState.OPEN]
    assert completions() == []
    finish(cast.amara, three)
    (row,) = completions()
    assert (row.person_id, row.curriculum_id) == (cast.amara, curriculum_id)
    rests_on = [course["of_course_id"] for part in row.evidence["stages"] for course in part["courses"]]
    assert rests_on == [str(one), str(three)]
    finish(cast.amara, two)
    assert len(completions()) == 1
    acts = db.session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("%Curriculum%")))
    assert list(acts).count("CurriculumCompleted") == 1


def test_starting_twice_is_once_and_starting_with_everything_done_completes_at_once(app, cast):
    one = write_small("valves")
    finish(cast.amara, one)
    curriculum_id = write_path(stage("First", one))
    assert follow(app, curriculum_id, cast.amara) == follow(app, curriculum_id, cast.amara)
    assert len(completions()) == 1
    assert see_path("loops", cast.amara).completed_at is not None


def test_two_last_courses_completed_at_once_make_one_completion(app, cast):
    one, two = write_small("valves"), write_small("fans")
    curriculum_id = write_path(stage("Both", one, two))
    follow(app, curriculum_id, cast.amara)
    last = [(enrol(cast.amara, course_id), activities_of(course_id)[0]) for course_id in (one, two)]
    db.session.remove()
    start, failed = threading.Barrier(len(last)), []

    def end(enrolment_id, activity):
        def record():
            with acting_as(SYSTEM):
                learning.record_result(
                    enrolment_id=enrolment_id,
                    activity_id=activity.id,
                    completed=True,
                    passed=None,
                    score=None,
                    seconds=1,
                    evidence={},
                    now=clock.now(),
                )

        with app.app_context():
            try:
                start.wait()
                run(record)
            except Exception as error:  # noqa: BLE001  the test tells what went wrong in a thread
                failed.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=end, args=pair) for pair in last]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    (row,) = completions()
    assert len(row.evidence["stages"][0]["courses"]) == 2


def test_an_old_course_in_an_old_version_counts_and_what_it_completed_stays_when_it_counts_no_longer(
    app, cast
):
    old, new = write_small("old-valves"), write_small("valves")
    finish(cast.amara, old)
    edit_first(old, "All is new.\n")
    publish(old)
    curriculum_id = write_path(stage("First", new))
    follow(app, curriculum_id, cast.amara)
    assert completions() == []
    equivalence_id = let_count(old, new)
    deliver_outbox()
    (row,) = completions()
    assert row.evidence["stages"][0]["courses"][0]["of_course_id"] == str(old)
    with unit_of_work(), acting_as(SYSTEM):
        editing.remove_equivalence(equivalence_id=equivalence_id, actor=SYSTEM)
    assert len(completions()) == 1
    assert see_path("loops", cast.amara).completed_at is not None


def test_what_counts_over_two_courses_in_a_ring_is_found_by_one_query(app, cast):
    first, second, third = (write_small(name) for name in ("one", "two", "three"))
    for old, new in ((first, second), (second, third), (third, first)):
        let_count(old, new)
    finish(cast.amara, first)
    curriculum_id = write_path(stage("Last", third))
    follow(app, curriculum_id, cast.amara)
    assert len(completions()) == 1


def test_who_is_on_an_older_version_finishes_on_it_unless_moved(app, cast):
    one, two = write_small("valves"), write_small("fans")
    first, second = stage("First", one), stage("Second", two)
    curriculum_id = write_path(first)
    for person in (cast.amara, cast.dafydd):
        follow(app, curriculum_id, person)
    put_stage(curriculum_id, second)
    assert authored.get_authored(curriculum_id).state is DraftState.CHANGED
    publish_path(curriculum_id)
    deliver_outbox()
    assert (see_path("loops", cast.amara).number, see_path("loops", cast.ruth).number) == (1, 2)
    finish(cast.amara, one)
    assert [row.person_id for row in completions()] == [cast.amara]
    put_stage(curriculum_id, stage("Third", write_small("logs")))
    publish_path(curriculum_id, moves=True)
    deliver_outbox()
    assert (see_path("loops", cast.amara).number, see_path("loops", cast.dafydd).number) == (1, 3)
    assert authored.count_followers(curriculum_id) == Followers(1, 0, 1)


def test_publishing_completes_it_for_who_has_all_that_is_asked_now(app, cast):
    one, two = write_small("valves"), write_small("fans")
    first, second = stage("First", one), stage("Second", two)
    curriculum_id = write_path(first, second)
    for person in (cast.amara, cast.dafydd):
        follow(app, curriculum_id, person)
    finish(cast.amara, one)
    with unit_of_work(), acting_as(SYSTEM):
        editing.remove_stage(curriculum_id=curriculum_id, key=second.key, actor=SYSTEM, now=clock.now())
    publish_path(curriculum_id, moves=True)
    deliver_outbox()
    assert [row.person_id for row in completions()] == [cast.amara]


def test_many_are_judged_with_as_many_questions_as_few(app, cast, monkeypatch):
    only = write_small("valves")
    curriculum_id = write_path(stage("First", only))
    people = (cast.amara, cast.dafydd, cast.ruth, cast.nils)
    counts = []
    for number, person in enumerate(people):
        follow(app, curriculum_id, person)
        if number in (0, 3):
            with unit_of_work(), counted_queries() as seen:
                following.settle_all(clock.now(), curriculum_id=curriculum_id)
            counts.append(len(seen))
    assert counts[0] == counts[1]
    monkeypatch.setattr(following, "AT_ONCE", 2)
    for person in people:
        finish(person, only)
    assert len(completions()) == len(people)


def test_versions_and_completions_never_change_and_named_courses_are_not_deleted(app, cast):
    one, two = write_small("valves"), write_small("fans")
    curriculum_id = write_path(stage("First", one))
    follow(app, curriculum_id, cast.amara)
    finish(cast.amara, one)
    write_path(stage("Only", two), slug="draft", title="Only a draft", publish=False)
    for row in (CurriculumVersionRow, CurriculumCompletionRow):
        with pytest.raises(DatabaseError), unit_of_work():
            db.session.delete(db.session.scalars(select(row)).one())
    with pytest.raises(IntegrityError), unit_of_work():
        db.session.execute(delete(CourseRow).where(CourseRow.id == two))
    assert [use.title for use in authored.list_uses(one)] == ["Loops"]
    assert [use.title for use in authored.list_uses(two)] == ["Only a draft"]


def test_a_locked_course_is_refused_on_the_path_and_open_by_itself_unless_the_trainer_says_otherwise(
    app, cast
):
    one, two = write_small("valves"), write_small("fans")
    curriculum_id = write_path(stage("First", one), stage("Second", two))
    follow(app, curriculum_id, cast.amara)
    actor, elsewhere = actor_of(app, cast.amara), write_small("else")
    with pytest.raises(Locked, match="“First”"), unit_of_work(), acting_as(actor):
        following.take(curriculum_id=curriculum_id, course_id=two, actor=actor, now=clock.now())
    with pytest.raises(NotFound), unit_of_work(), acting_as(actor):
        following.take(curriculum_id=curriculum_id, course_id=elsewhere, actor=actor, now=clock.now())
    begin(app, cast.amara, two)
    write_path(stage("First", one), stage("Second", two), slug="strict", title="Strict", is_strict=True)
    with pytest.raises(Locked, match=r"Strict: .*“First”"):
        begin(app, cast.dafydd, two)
    begin(app, cast.amara, two)
    enrol(cast.dafydd, two)
    finish(cast.ruth, one)
    begin(app, cast.ruth, two)


def begin(app, person_id, course_id):
    actor = actor_of(app, person_id)
    with unit_of_work(), acting_as(actor):
        learning.enrol(
            person_id=person_id,
            course_id=course_id,
            source=EnrolmentSource.SELF,
            due_on=None,
            actor=actor,
            now=clock.now(),
        )


def test_a_ring_is_refused_with_its_names_and_a_stale_save_is_refused(app, cast):
    first, second = stage("First", write_small("valves")), stage("Second", write_small("fans"))
    curriculum_id = write_path(first, second, publish=False)
    ring = stage("First", *first.courses, after=[second])
    with pytest.raises(Invalid) as refused, unit_of_work(), acting_as(SYSTEM):
        seen = authored.get_authored(curriculum_id).revision
        editing.save_stage(
            curriculum_id=curriculum_id,
            stage=type(ring)(key=first.key, title="First", courses=first.courses, after=(second.key,)),
            seen=seen,
            actor=SYSTEM,
            now=clock.now(),
        )
    assert "First" in refused.value.fields["after"]
    assert "Second" in refused.value.fields["after"]
    with pytest.raises(EditedMeanwhile), unit_of_work(), acting_as(SYSTEM):
        editing.save_stage(curriculum_id=curriculum_id, stage=first, seen=1, actor=SYSTEM, now=clock.now())


def test_a_draft_with_faults_is_not_published_and_says_each(app, cast):
    unpublished = write_small("valves")
    curriculum_id = write_path(stage("Empty"), stage("First", unpublished), publish=False)
    with pytest.raises(NotPublishable, match="“Empty” has no course"):
        publish_path(curriculum_id)


def test_auditors_follow_nothing_and_learners_write_nothing(app, cast):
    curriculum_id = write_path(stage("First", write_small("valves")))
    odd = actor_of(app, cast.odd, Role.AUDITOR)
    with pytest.raises(Forbidden), unit_of_work(), acting_as(odd):
        following.start(curriculum_id=curriculum_id, actor=odd, now=clock.now())
    amara = actor_of(app, cast.amara)
    with pytest.raises(Forbidden), unit_of_work(), acting_as(amara):
        editing.publish(curriculum_id=curriculum_id, actor=amara, now=clock.now())


def test_who_leaves_may_come_back_and_who_is_erased_follows_nothing(app, cast):
    curriculum_id = write_path(stage("First", write_small("valves")))
    follow(app, curriculum_id, cast.amara)
    actor = actor_of(app, cast.amara)
    with unit_of_work(), acting_as(actor):
        following.leave(curriculum_id=curriculum_id, actor=actor, now=clock.now())
    assert see_path("loops", cast.amara).following_id is None
    follow(app, curriculum_id, cast.amara)
    with unit_of_work(read_only=True):
        (one, two) = paths.export_person(cast.amara)
    assert (bool(one["left_at"]), bool(two["left_at"])) == (True, False)
    with unit_of_work(), acting_as(SYSTEM):
        privacy.erase(cast.amara)
    db.session.expire_all()
    assert all(db.session.scalars(select(FollowingRow.left_at)))


def test_a_course_completed_long_ago_completes_nobodys_path_twice(app, cast):
    one = write_small("valves")
    curriculum_id = write_path(stage("First", one))
    follow(app, curriculum_id, cast.amara)
    finish(cast.amara, one)
    enrolment_id = enrol(cast.amara, one)
    complete(enrolment_id, activities_of(CourseId(one))[0])
    assert len(completions()) == 1
