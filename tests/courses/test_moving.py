"""Publishing a new version loses nobody's progress, whatever the trainer chooses for whom."""

import re
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from lms.courses import facade as courses
from lms.courses.authoring import queries as authoring
from lms.courses.authoring import service as writing
from lms.courses.learning import queries, service
from lms.courses.learning.models import ActivityResultRow, CompletionRow, EnrolmentRow
from lms.courses.values import ActivityKey, LearnerGroup
from lms.kernel import clock, events, outbox
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db
from lms.kernel.errors import Conflict, NotFound
from lms.kernel.uow import unit_of_work
from tests.courses.courses import activities_of, add_page, complete, enrol, publish, write_course

EVERYBODY = tuple(LearnerGroup)


def change(course_id, *, drop=None, add=()):
    """Publish a version without the lesson `drop` (its place from 0) and with new ones, and return its id."""
    now = clock.now()
    with unit_of_work(), acting_as(SYSTEM):
        editor = authoring.get_editor(course_id)
        if drop is not None:
            writing.remove_activity(course_id=course_id, key=editor.items[drop].key, actor=SYSTEM, now=now)
        for title in add:
            add_page(course_id, editor.sections[0].key, title)
        return writing.publish(course_id=course_id, actor=SYSTEM, now=now)


def move(course_id, version_id, groups=EVERYBODY):
    with unit_of_work(), acting_as(SYSTEM):
        return service.move_to_version(
            course_id=course_id, version_id=version_id, groups=groups, now=clock.now()
        )


def enrolment_of(enrolment_id):
    with unit_of_work(read_only=True):
        return db.session.get_one(EnrolmentRow, enrolment_id)


def standing_of(enrolment_id):
    with unit_of_work(read_only=True):
        row = db.session.get_one(EnrolmentRow, enrolment_id)
        return [
            (one.key, one.completed_at is not None, one.score)
            for one in queries.list_standing(row.version_id, enrolment_id)
        ]


def test_who_is_moved_keeps_the_progress_of_every_lesson_that_is_still_there(app, cast):
    course_id = write_course()
    enrolment_id = enrol(cast.amara, course_id)
    first, second, _third = activities_of(course_id)
    complete(enrolment_id, first, score="0.7")
    complete(enrolment_id, second)
    version_id = change(course_id, drop=1, add=("Defrost",))
    assert move(course_id, version_id) == 1
    row = enrolment_of(enrolment_id)
    assert (row.version_id, row.done_count, row.completed_at) == (version_id, 1, None)
    states = {key: (done, score) for key, done, score in standing_of(enrolment_id)}
    assert states[first.key] == (True, Decimal("0.7"))
    assert second.key not in states
    assert sum(done for done, _score in states.values()) == 1
    assert row.resume_id in {one.id for one in activities_of(course_id)}


def test_each_group_goes_where_the_trainer_said_and_nobody_is_moved_twice(app, cast):
    course_id = write_course()
    begun, waiting = enrol(cast.amara, course_id), enrol(cast.nils, course_id)
    complete(begun, activities_of(course_id)[0])
    old = enrolment_of(begun).version_id
    with unit_of_work(read_only=True):
        affected = queries.count_affected(course_id, old)
    assert (affected.not_started, affected.in_progress, affected.completed) == (0, 0, 0)
    version_id = change(course_id, add=("Defrost",))
    with unit_of_work(read_only=True):
        affected = queries.count_affected(course_id, version_id)
    assert (affected.not_started, affected.in_progress) == (1, 1)
    assert move(course_id, version_id, (LearnerGroup.NOT_STARTED,)) == 1
    assert enrolment_of(waiting).version_id == version_id
    assert enrolment_of(begun).version_id == old
    assert move(course_id, version_id, (LearnerGroup.NOT_STARTED,)) == 0


def test_who_has_done_all_that_the_new_version_asks_has_completed_it_and_completions_never_change(app, cast):
    course_id = write_course()
    done = enrol(cast.nils, course_id)
    for lesson in activities_of(course_id):
        complete(done, lesson)
    enrolment_id = enrol(cast.amara, course_id)
    lessons = activities_of(course_id)
    for lesson in lessons[:-1]:
        complete(enrolment_id, lesson)
    before = enrolment_of(done)
    version_id = change(course_id, drop=2)
    assert move(course_id, version_id) == 1
    assert enrolment_of(enrolment_id).completed_at is not None
    assert enrolment_of(done).version_id == before.version_id
    with unit_of_work(read_only=True):
        versions = db.session.scalars(select(CompletionRow.version_id).order_by(CompletionRow.id)).all()
    assert versions == [before.version_id, version_id]


def test_a_result_that_was_under_way_counts_for_the_same_activity_of_the_new_version(app, cast):
    course_id = write_course()
    enrolment_id = enrol(cast.amara, course_id)
    begun = activities_of(course_id)[0]
    complete(enrolment_id, activities_of(course_id)[1])
    version_id = change(course_id, add=("Defrost",))
    move(course_id, version_id)
    complete(enrolment_id, begun, score="0.9")
    states = {key: (done, score) for key, done, score in standing_of(enrolment_id)}
    assert states[begun.key] == (True, Decimal("0.9"))


def test_a_result_of_an_activity_that_is_gone_is_kept_as_evidence_and_not_lost(app, cast):
    course_id = write_course()
    enrolment_id = enrol(cast.amara, course_id)
    gone = activities_of(course_id)[0]
    complete(enrolment_id, activities_of(course_id)[1])
    move(course_id, change(course_id, drop=0))
    complete(enrolment_id, gone, score="0.9")
    assert gone.key not in {key for key, _done, _score in standing_of(enrolment_id)}
    with unit_of_work(read_only=True):
        kept = db.session.scalar(select(func.count()).where(ActivityResultRow.activity_id == gone.id))
    assert kept == 1


def test_a_result_of_another_course_is_refused(app, cast):
    enrolment_id = enrol(cast.amara, write_course())
    other = write_course("other", title="Other")
    with pytest.raises(NotFound):
        complete(enrolment_id, activities_of(other)[0])


def test_publishing_moves_those_whom_the_form_names_once_the_outbox_is_delivered(app, cast, visit):
    course_id = write_course()
    enrolment_id = enrol(cast.amara, course_id)
    with unit_of_work(), acting_as(SYSTEM):
        editor = authoring.get_editor(course_id)
        add_page(course_id, editor.sections[0].key, "Defrost")
    trainer = visit(cast.tomas)
    assert "Not begun" in trainer.get(f"/author/courses/{course_id}/publish").text
    trainer.post(f"/author/courses/{course_id}/publish", {"not_started": "move", "in_progress": "finish"})
    while outbox.deliver_due(events.apply):
        pass
    with unit_of_work(read_only=True):
        newest = queries.find_published(course_id)
    assert enrolment_of(enrolment_id).version_id == newest


def test_a_lesson_that_was_open_is_found_again_after_its_reader_was_moved(app, cast, visit):
    course_id = write_course()
    enrol(cast.amara, course_id)
    old = activities_of(course_id)[0]
    move(course_id, change(course_id, add=("Defrost",)))
    answer = visit(cast.amara).get(f"/learn/cold-loops/{old.id}")
    assert answer.status_code == 302
    assert answer.location.endswith(str(activities_of(course_id)[0].id))


def test_going_back_is_not_offered_while_there_is_a_draft_and_its_refusal_says_so(app, cast, visit):
    course_id = write_course()
    change(course_id, drop=0)
    tomas, page = visit(cast.tomas), f"/author/courses/{course_id}/versions"
    (act,) = set(re.findall(rf'action="({page}/1/[a-z]+)"', tomas.get(page).text))
    assert tomas.post(act).status_code == 303
    shown = tomas.get(page).text
    assert act not in shown
    assert "before you go back to an older version" in shown
    refused = tomas.post(act)
    assert refused.status_code == 409
    assert "Not possible as it stands" in refused.text
    assert "There is a draft." in refused.text


def test_an_older_version_can_be_published_again_and_a_draft_is_never_thrown_away_unseen(app, cast):
    course_id = write_course()
    change(course_id, drop=0)
    now = clock.now()
    with unit_of_work(), acting_as(SYSTEM):
        writing.restore(course_id=course_id, number=1, actor=SYSTEM, now=now)
        with pytest.raises(Conflict):
            writing.restore(course_id=course_id, number=1, actor=SYSTEM, now=now)
        newest = writing.publish(course_id=course_id, actor=SYSTEM, now=now)
    with unit_of_work(read_only=True):
        old = authoring.find_version(course_id, 1)
        assert old is not None
        first, third = authoring.get_snapshot(old.id), authoring.get_snapshot(newest)
    assert third.number == 3
    assert first.sections == third.sections


def test_the_pages_of_versions_say_what_changed_in_words(app, cast, visit):
    course_id = write_course()
    with unit_of_work(), acting_as(SYSTEM):
        page = authoring.get_editor(course_id).items[0]
        courses.edit_activity(
            course_id=course_id,
            key=ActivityKey(page.key),
            title="Parts of every loop",
            minutes=9,
            is_required=True,
            body="All about **Parts of a loop** and more.\n",
            revision=2,
            actor=SYSTEM,
            now=clock.now(),
        )
    trainer = visit(cast.tomas)
    said = trainer.get(f"/author/courses/{course_id}/versions/compare?old=1&new=draft").text
    assert "Was called: Parts of a loop" in said
    assert "<ins> and more</ins>" in said
    publish(course_id)
    listed = trainer.get(f"/author/courses/{course_id}/versions").text
    assert listed.count(">Go back …<") == 1
    assert trainer.get(f"/author/courses/{course_id}/versions/compare?old=1&new=7").status_code == 404
    assert visit(cast.amara).get(f"/author/courses/{course_id}/versions").status_code == 403
