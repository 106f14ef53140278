"""Locks: what is shut says why, opens when it should, and lets nobody in by a side door."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lms.courses import facade as courses
from lms.courses.authoring import queries
from lms.courses.errors import Locked
from lms.courses.kinds import locks
from lms.courses.learning import service as learning
from lms.courses.learning.models import ActivityResultRow, ActivityStateRow
from lms.courses.values import LearnerGroup, Lock, RuleKind, Shut, Word
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db
from lms.kernel.errors import Invalid
from lms.kernel.uow import unit_of_work
from lms.quizzes.attempts import service as attempts
from tests.courses.courses import (
    activities_of,
    add_page,
    ask_of,
    complete,
    enrol,
    key_of,
    publish,
    wait_for,
    write_course,
)
from tests.quizzes.exams import actor_of, set_up_exam
from tests.support.portal import counted_queries


def _url(activity):
    return f"/learn/cold-loops/{activity.id}"


def _count(table):
    return db.session.scalar(select(func.count()).select_from(table))


def _locked_course(*, after=((1, 0),), opens=()):
    course_id = write_course(publish=False)
    for place, first in after:
        wait_for(course_id, place, first)
    for place, instant in opens:
        ask_of(course_id, place, locks=[Lock("from", locks.value_of(instant))])
    publish(course_id)
    return course_id


def test_a_locked_lesson_says_what_comes_first_and_opens_when_that_is_done(app, cast, visit):
    course_id = _locked_course()
    enrol(cast.amara, course_id)
    first, second, _third = activities_of(course_id)
    amara = visit(cast.amara)
    page = amara.get(_url(second)).text
    assert "This is still locked" in page
    assert "First: Parts of a loop" in page
    assert f'href="{_url(first)}"' in page
    assert "All about <strong>Superheat</strong>" not in page
    for act in ("seen", "done"):
        answer = amara.post(f"{_url(second)}/{act}", {"seconds": "5"})
        assert (answer.status_code, "First: Parts of a loop" in answer.text) == (403, True)
    assert _count(ActivityStateRow) == 0
    assert "First: Parts of a loop" in amara.get("/learn/cold-loops").text
    amara.post(f"{_url(first)}/done")
    assert "All about <strong>Superheat</strong>" in amara.get(_url(second)).text
    assert amara.post(f"{_url(second)}/done").status_code == 303
    assert _count(ActivityResultRow) == 2


def test_a_lesson_opens_at_its_instant_and_not_a_moment_before(app, cast, visit):
    opens = clock.now().replace(second=0, microsecond=0) + timedelta(hours=3)
    course_id = _locked_course(after=(), opens=[(0, opens)])
    enrolment_id = enrol(cast.amara, course_id)
    first = activities_of(course_id)[0]
    with clock.frozen_at(opens - timedelta(seconds=1)), pytest.raises(Locked):
        complete(enrolment_id, first)
    with clock.frozen_at(opens):
        complete(enrolment_id, first)
    assert _count(ActivityResultRow) == 1


def test_the_server_refuses_results_of_what_is_locked_but_keeps_what_a_trainer_says(app, cast):
    course_id = _locked_course()
    enrolment_id = enrol(cast.amara, course_id)
    second = activities_of(course_id)[1]
    with pytest.raises(Locked, match=r"Superheat.*First: Parts of a loop"):
        complete(enrolment_id, second)
    with unit_of_work(), acting_as(SYSTEM):
        courses.record_result(
            enrolment_id=enrolment_id,
            activity_id=second.id,
            completed=True,
            passed=None,
            score=None,
            seconds=0,
            evidence={},
            now=clock.now(),
            word=Word.ATTENDANCE,
        )
    assert _count(ActivityResultRow) == 1


def test_who_opened_an_activity_before_it_was_locked_keeps_it(app, cast, visit):
    course_id = write_course()
    enrol(cast.amara, course_id)
    second = activities_of(course_id)[1]
    amara = visit(cast.amara)
    amara.post(f"{_url(second)}/seen", {"seconds": "0"})
    wait_for(course_id, 1, 0)
    with unit_of_work(), acting_as(SYSTEM):
        courses.publish(course_id=course_id, actor=SYSTEM, now=clock.now())
        version = queries.get_editor(course_id).version_id
        learning.move_to_version(
            course_id=course_id, version_id=version, groups=[LearnerGroup.IN_PROGRESS], now=clock.now()
        )
    moved = activities_of(course_id)[1]
    assert "All about <strong>Superheat</strong>" in amara.get(_url(moved)).text
    assert amara.post(f"{_url(moved)}/done").status_code == 303


def test_a_learner_is_led_past_what_is_locked_while_anything_else_is_left(app, cast, visit):
    course_id = _locked_course(after=((1, 2),))
    enrolment_id = enrol(cast.amara, course_id)
    first, second, third = activities_of(course_id)
    complete(enrolment_id, first)
    assert f'href="{_url(third)}"' in visit(cast.amara).get("/").text
    complete(enrolment_id, third)
    assert f'href="{_url(second)}"' in visit(cast.amara).get("/").text


def test_activities_that_wait_for_each_other_are_refused_with_their_names(app, cast):
    course_id = write_course(publish=False)
    wait_for(course_id, 1, 0)
    wait_for(course_id, 2, 1)
    with pytest.raises(Invalid, match="“Parts of a loop” → “Alarms” → “Superheat” → “Parts of a loop”"):
        wait_for(course_id, 0, 2)


def test_a_lock_cannot_name_what_the_draft_does_not_have(app, cast):
    course_id, other = write_course(publish=False), write_course("other", title="Other")
    for value in (key_of(other, 0), key_of(course_id, 0)):
        with pytest.raises(Invalid, match="no such activity"):
            ask_of(course_id, 0, locks=[Lock("after", str(value))])
    with pytest.raises(Invalid, match="nothing of that name"):
        ask_of(course_id, 0, locks=[Lock("audience", "x")])


def test_what_is_removed_lets_go_of_what_waited_for_it_and_says_so(app, cast, visit):
    course_id = write_course(publish=False)
    wait_for(course_id, 1, 0)
    wait_for(course_id, 2, 0)
    first = key_of(course_id, 0)
    tomas = visit(cast.tomas)
    answer = tomas.post(f"/author/courses/{course_id}/activities/{first}/remove")
    page = tomas.get(answer.location).text
    assert "“Superheat” no longer waits for it." in page
    assert "“Alarms” no longer waits for it." in page
    with unit_of_work(read_only=True):
        assert [item.locks for item in queries.get_editor(course_id).items] == [(), ()]


def test_a_trainer_chooses_rule_and_locks_in_the_settings_and_they_stay_as_chosen(app, cast, visit):
    course_id = write_course()
    first, second = key_of(course_id, 0), key_of(course_id, 1)
    url = f"/author/courses/{course_id}/activities/{second}"
    tomas = visit(cast.tomas)
    assert "Locked until these are done" in tomas.get(url).text
    with unit_of_work(read_only=True):
        page = queries.get_page(queries.get_editor(course_id).version_id, second)
    chosen = {
        "title": page.item.title,
        "body": page.body,
        "minutes": "5",
        "is_required": "y",
        "revision": page.revision,
        "asks": "1",
        "rule": "time",
        "least": "3",
        "after": str(first),
        "opens": "2027-01-10T09:00",
    }
    assert tomas.post(url, chosen).status_code == 303
    with unit_of_work(read_only=True):
        item = queries.get_editor(course_id).items[1]
    assert (item.rule.kind, item.rule.least) == (RuleKind.TIME, 3)
    # The installation's own time is an hour ahead of UTC in January.
    assert item.locks == (Lock("after", str(first)), Lock("from", "2027-01-10T08:00Z"))
    page = tomas.get(url).text
    assert 'value="2027-01-10T09:00"' in page
    revised = chosen | {
        "revision": page.partition('name="revision"')[2].partition('value="')[2].partition('"')[0]
    }
    refused = tomas.post(url, revised | {"rule": "attended"})
    assert (refused.status_code, "cannot be completed that way" in refused.text) == (422, True)
    for nonsense in (
        {"least": "0"},
        {"least": "601"},
        {"after": "x"},
        {"opens": "9999-12-31T23:59"},
        {"opens": "0001-01-01T00:00"},
        {"others": "audience:gold"},
    ):
        assert tomas.post(url, revised | nonsense).status_code == 422
    published = tomas.get(f"/author/courses/{course_id}/versions/compare?old=1&new=draft").text
    assert "Is done after 3 minutes on the page; was done when it was opened and read" in published
    assert "Opens only after “Parts of a loop”" in published
    assert "Opens only from" in published


def test_an_exam_that_is_locked_does_not_start_and_its_address_leads_to_the_reason(app, cast, visit):
    course_id, exam = set_up_exam()
    with unit_of_work(), acting_as(SYSTEM):
        add_page(course_id, queries.get_editor(course_id).sections[0].key, "Read me first")
    wait_for(course_id, 0, 1)
    publish(course_id)
    enrolment_id = enrol(cast.amara, course_id)
    exam, page = activities_of(course_id)
    amara = visit(cast.amara)
    answer = amara.get(f"/learn/exams/{exam.id}/start")
    assert (answer.status_code, answer.location) == (303, f"/learn/cold/{exam.id}")
    assert "First: Read me first" in amara.get(answer.location).text
    with pytest.raises(Locked), unit_of_work():
        attempts.start_attempt(activity_id=exam.id, actor=actor_of(cast.amara), now=clock.now())
    complete(enrolment_id, page)
    with unit_of_work():
        attempts.start_attempt(activity_id=exam.id, actor=actor_of(cast.amara), now=clock.now())


def test_an_exam_that_was_begun_can_be_handed_in_though_a_later_version_locks_it(app, cast):
    course_id, exam = set_up_exam()
    with unit_of_work(), acting_as(SYSTEM):
        add_page(course_id, queries.get_editor(course_id).sections[0].key, "Read me first")
    publish(course_id)
    enrol(cast.amara, course_id)
    exam = activities_of(course_id)[0]
    amara = actor_of(cast.amara)
    with unit_of_work():
        attempt_id = attempts.start_attempt(activity_id=exam.id, actor=amara, now=clock.now())
    wait_for(course_id, 0, 1)
    publish(course_id)
    with unit_of_work(), acting_as(SYSTEM):
        learning.move_to_version(
            course_id=course_id,
            version_id=activities_of(course_id)[0].version_id,
            groups=[LearnerGroup.IN_PROGRESS],
            now=clock.now(),
        )
    with unit_of_work():
        attempts.finish_attempt(attempt_id=attempt_id, actor=amara, now=clock.now())
    assert _count(ActivityResultRow) == 1


class ForNobody:
    """A kind of lock as a feature above would offer it: for an audience that nobody is in."""

    key = "audience"
    label = "Only for"
    asked = 0

    def shut(self, values, context):
        self.asked += 1
        return {value: Shut(reason=f"For {value} only") for value in values if context.person_id}

    def choices(self):
        return [("gold", "Gold partners")]

    def said(self, value, names):
        del names
        return f"for {value}"

    def read(self, written):
        return {"Gold partners": "gold"}.get(written)

    def written(self, value):
        return {"gold": "Gold partners"}[value]


def test_a_feature_above_may_offer_a_lock_of_its_own_which_is_asked_once_for_a_page(
    app, cast, visit, monkeypatch
):
    offered = ForNobody()
    # Put back at the end: the application is the next test's too.
    monkeypatch.setitem(app.extensions, "lms.courses.locks", app.extensions["lms.courses.locks"])
    locks.install(app, [offered])
    course_id = write_course(publish=False)
    for place in range(3):
        ask_of(course_id, place, locks=[Lock("audience", "gold")])
    publish(course_id)
    assert (
        "Only for: Gold partners"
        in visit(cast.tomas).get(f"/author/courses/{course_id}/activities/{key_of(course_id, 0)}").text
    )
    enrol(cast.amara, course_id)
    first = activities_of(course_id)[0]
    amara = visit(cast.amara)
    amara.get(_url(first))
    offered.asked = 0
    with counted_queries() as seen:
        page = amara.get(_url(first)).text
    assert page.count("For gold only") >= 1
    assert (offered.asked, len(seen) <= 5) == (1, True)
    locks.install(app, [])
    assert "not installed here" in amara.get(_url(first)).text
    with pytest.raises(Locked):
        complete(enrol(cast.amara, course_id), first)
