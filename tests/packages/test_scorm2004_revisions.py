"""A further revision of a SCORM 2004 package: who is in the middle of it goes on in what their lesson is called now."""

import pytest
from sqlalchemy import select

from lms.courses.values import EnrolmentId
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from lms.packages.models import PastAttemptRow, SequencingRow, TrackingRow
from lms.packages.rules import lineage
from lms.packages.values.sequencing import ActivityState, CourseState
from tests.packages.packages import course_with, enrol
from tests.packages.scorm2004 import FLOW, item, manifest, sequenced_package, sequencing
from tests.packages.test_revisions import next_revision, publish_and_move
from tests.packages.test_scorm2004_tracking import Page

TWO = manifest(item("one"), item("two"), sequencing(FLOW))
RENAMED = manifest(item("one"), item("zwei", title="Two"), sequencing(FLOW))


@pytest.fixture
def amara_in_the_second_lesson(app, cast, visit):
    """Return the activity, who plays it and their enrolment: the first lesson is done, the second suspended."""
    with unit_of_work():
        activity = course_with(sequenced_package(TWO))
        enrolment_id: EnrolmentId = enrol(cast.amara, activity)
    page = Page(visit(cast.amara), activity)
    page.open()
    page.post("continue", item="one", last=True, completion_status="completed", exit="normal")
    page.post("suspendAll", item="two", last=True, location="page-7", suspend_data="seen 7", exit="suspend")
    return activity, page.visitor, enrolment_id


def test_a_lesson_that_is_called_otherwise_is_resumed_where_it_was_left_and_what_was_done_stays_done(
    amara_in_the_second_lesson,
):
    activity, visitor, enrolment_id = amara_in_the_second_lesson
    next_revision(activity, sequenced_package(RENAMED), fates={"two": "zwei"})
    moved = publish_and_move(activity)
    opened = Page(visitor, moved).open()
    assert opened["delivery"]["item"] == "zwei"
    elements = opened["delivery"]["elements"]
    assert elements["cmi.entry"] == "resume"
    assert (elements["cmi.location"], elements["cmi.suspend_data"]) == ("page-7", "seen 7")
    with unit_of_work(read_only=True):
        row = db.session.get(SequencingRow, (enrolment_id, moved.id))
        assert row is not None
        assert {"one", "zwei"} <= row.state["activities"].keys()
        assert "two" not in row.state["activities"]
        kept = db.session.get(SequencingRow, (enrolment_id, activity.id))
        assert kept is not None
        assert kept.state["suspended"] == "two"


def test_where_the_lesson_was_removed_nothing_else_is_lost_and_the_package_opens(amara_in_the_second_lesson):
    activity, visitor, _enrolment_id = amara_in_the_second_lesson
    next_revision(
        activity,
        sequenced_package(manifest(item("one"), item("three"), sequencing(FLOW))),
        fates={"two": None},
    )
    moved = publish_and_move(activity)
    answer = Page(visitor, moved).post("open")
    assert answer.status_code == 200
    assert answer.json["delivery"]["item"] in {"one", "three"}
    with unit_of_work(read_only=True):
        rows = db.session.scalars(select(TrackingRow).where(TrackingRow.activity_id == moved.id)).all()
        assert {row.item for row in rows} <= {"one", "three"}
        earlier = db.session.scalars(
            select(PastAttemptRow).where(PastAttemptRow.activity_id == moved.id, PastAttemptRow.item == "one")
        ).all()
        said = [row.elements for row in rows if row.item == "one"] + [row.elements for row in earlier]
        assert "completed" in {one.get("cmi.completion_status") for one in said}


def test_attempts_that_are_over_go_along(app, cast, visit):
    with unit_of_work():
        activity = course_with(sequenced_package(manifest(item("only"))))
        enrol(cast.amara, activity)
    page = Page(visit(cast.amara), activity)
    page.open()
    page.post(item="only", last=True, success_status="failed", location="page-7")
    Page(page.visitor, activity).open()
    next_revision(activity, sequenced_package(manifest(item("once"))), fates={"only": "once"})
    moved = publish_and_move(activity)
    with unit_of_work(read_only=True):
        found = db.session.scalars(select(PastAttemptRow).order_by(PastAttemptRow.activity_id)).all()
        by_activity = {row.activity_id: (row.item, row.number) for row in found}
        assert by_activity == {activity.id: ("only", 1), moved.id: ("once", 1)}


def test_the_report_names_each_lesson_with_what_it_said(amara_in_the_second_lesson, cast, visit):
    activity, _visitor, enrolment_id = amara_in_the_second_lesson
    shown = visit(cast.tomas).get(f"/author/packages/reports/{enrolment_id}/{activity.key}")
    assert shown.status_code == 200
    assert "page-7" in shown.text
    assert "Completed" in shown.text


def test_nothing_points_to_a_lesson_that_is_not_there():
    state = CourseState(
        current="two",
        suspended="two",
        activities={
            "root": ActivityState(children=("one", "two")),
            "one": ActivityState(attempts=1),
            "two": ActivityState(attempts=2),
        },
    )
    renamed = lineage.renamed(state, {"two": "zwei"})
    assert (renamed.current, renamed.suspended) == ("zwei", "zwei")
    assert renamed.activities["root"].children == ("one", "zwei")
    assert renamed.activities["zwei"].attempts == 2
    gone = lineage.renamed(state, {"two": None})
    assert (gone.current, gone.suspended) == (None, None)
    assert gone.activities["root"].children == ("one",)
    assert gone.activities.keys() == {"root", "one"}
