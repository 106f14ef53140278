"""The demo's assignments: set up, handed in and marked as people do."""

from collections.abc import Iterator
from functools import partial
from io import BytesIO
from pathlib import Path

from lms.app.demo.stage import Act, Stage
from lms.app.demo.values import Assignment, Handed, Marked
from lms.courses import facade as courses
from lms.courses.assignments.queries import handed, work
from lms.courses.assignments.values import KIND, Given, Takes
from lms.courses.assignments.values import Assignment as Asked
from lms.courses.values import Activity, ActivityKey, SectionKey
from lms.courses.values.marking import Criterion, FileKind, Rubric, read_levels
from lms.kernel import clock
from lms.kernel.actor import current
from lms.kernel.db import new_id

COURSES = Path(__file__).parent / "courses"


def add(stage: Stage, one: Assignment, section: SectionKey) -> None:
    """Add an assignment to the draft of its course, with its task and its rubric."""
    key, actor, now = ActivityKey(new_id()), current(), clock.now()
    courses.add_activity(
        course_id=stage.courses[one.course],
        section_key=section,
        key=key,
        kind=KIND,
        title=one.title,
        minutes=one.minutes,
        is_required=False,
        actor=actor,
        now=now,
    )
    courses.set_up_assignment(
        course_id=stage.courses[one.course],
        key=key,
        assignment=Asked(
            task=one.task,
            task_html="",
            takes=Takes.BOTH,
            kinds=(FileKind.PICTURES, FileKind.PDF, FileKind.DOCUMENTS, FileKind.TABLES),
            most_files=5,
            most_bytes=20_000_000,
            rubric=Rubric(
                tuple(
                    Criterion(each.title, read_levels("\n".join(each.levels)) or ()) for each in one.criteria
                ),
                one.pass_percent,
            ),
            again=one.again,
            due_days=None,
            due_on=None,
            markers=(),
        ),
        revision=None,
        actor=actor,
        now=now,
    )


def history(stage: Stage) -> Iterator[Act]:
    """Yield every hand-in and every decision, in no order."""
    for one in stage.world.assignments:
        for each in one.handed:
            yield Act(stage.ago(each.days_ago, "15:10"), partial(_hand_in, stage, one, each), each.person)
            if each.marked is not None:
                at = stage.ago(each.marked.days_ago, "09:20")
                yield Act(at, partial(_mark, stage, one, each, each.marked), each.marked.by)


def _activity(stage: Stage, one: Assignment) -> Activity:
    found = courses.list_activities(stage.courses[one.course])
    return next(each for each in found if each.kind == KIND and each.title == one.title)


def _hand_in(stage: Stage, one: Assignment, each: Handed) -> None:
    activity, actor, now = _activity(stage, one), current(), clock.now()
    place = handed.find_place(activity.id, stage.people[each.person])
    revision = handed.find_draft(place.enrolment.id, activity.key).revision
    if each.file is not None:
        content = (COURSES / one.course / each.file).read_bytes()
        revision = courses.add_to_hand_in(
            activity_id=activity.id,
            filename=each.file.rpartition("/")[2],
            upload=BytesIO(content),
            revision=revision,
            actor=actor,
            now=now,
        )
    courses.hand_in(activity_id=activity.id, text=each.text, revision=revision, actor=actor, now=now)


def _mark(stage: Stage, one: Assignment, each: Handed, decided: Marked) -> None:
    activity, now = _activity(stage, one), clock.now()
    last = handed.list_own(stage.people[each.person], activity.key, now)[-1]
    row = work.get_work(last.work_id)
    courses.take_to_mark(work_id=row.id, actor=current(), now=now)
    courses.mark_work(
        work_id=row.id,
        seen=row.marks,
        given=Given(
            levels=decided.levels,
            comments=decided.comments,
            comment=decided.comment,
            is_returned=decided.returned,
        ),
        actor=current(),
        now=now,
    )
