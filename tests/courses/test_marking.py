"""The marking queue: who sees what, who has what, what is decided, and that of two who mark at once one does."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.app.factory import deliver_outbox
from lms.courses import facade as courses
from lms.courses.assignments import jobs
from lms.courses.assignments.queries import work as queue
from lms.courses.assignments.queries.work import Filter, Which
from lms.courses.assignments.rules import CLAIM_LASTS
from lms.courses.assignments.service import marking
from lms.courses.assignments.values import Given
from lms.courses.errors import NotToMark
from lms.courses.kinds import marking as sources
from lms.courses.learning.models import ActivityResultRow
from lms.courses.values.marking import Outcome, Rubric, Work
from lms.kernel import clock
from lms.kernel.actor import Role, Scope, acting_as
from lms.kernel.audit import AuditEntry
from lms.kernel.db import db, new_id
from lms.kernel.errors import Forbidden, Invalid, NotFound
from lms.kernel.uow import run, unit_of_work
from lms.notifications.models import NoticeRow
from lms.web.pages import PageRequest
from tests.courses.assignments import (
    BEST,
    RUBRIC,
    WORST,
    asked,
    draft_revision,
    hand_in,
    mark,
    own,
    take,
    together,
    work_of,
    write_assignment,
)
from tests.courses.courses import enrol
from tests.courses.sessions import actor_of


@pytest.fixture
def waiting(app, cast):
    """Return an assignment that Amara and Nils have handed in, and their work."""
    course_id, activity = write_assignment()
    for person in (cast.amara, cast.nils):
        enrol(person, course_id)
    return activity, work_of(hand_in(app, activity, cast.amara)), work_of(hand_in(app, activity, cast.nils))


def seen_by(actor, wanted=None):
    with unit_of_work(read_only=True):
        page = queue.page_queue(actor, wanted or Filter(), clock.now(), PageRequest())
        return [one.work.person_id for one in page.items]


def completed(activity, person):
    return (person, activity.course_id) in courses.completions([person], [activity.course_id])


def test_a_pass_completes_the_activity_with_its_evidence(app, cast, waiting):
    activity, amara, _nils = waiting
    take(app, amara, cast.tomas)
    assert mark(app, amara, cast.tomas, (1, 1), comments=("Add the fans.", "")) is Outcome.PASSED
    assert completed(activity, cast.amara)
    assert not completed(activity, cast.nils)
    (one,) = own(activity, cast.amara)
    (last,) = one.marks
    assert (last.points, str(last.score.normalize()), last.comments) == (8, "0.8", ("Add the fans.", ""))
    with unit_of_work(read_only=True):
        result = db.session.scalars(
            select(ActivityResultRow).where(ActivityResultRow.completed.is_(True))
        ).one()
    assert (result.passed, result.score) == (True, last.score)
    assert result.evidence == {
        "kind": "assignment",
        "hand_in": str(one.id),
        "mark": 1,
        "levels": [1, 1],
        "points": 8,
        "marker": str(cast.tomas),
    }


def test_a_fail_and_a_return_complete_nothing(app, cast, waiting):
    activity, amara, nils = waiting
    assert mark(app, amara, cast.tomas, WORST) is Outcome.FAILED
    assert mark(app, nils, cast.tomas, (None, 1), is_returned=True) is Outcome.RETURNED
    assert not completed(activity, cast.amara)
    assert not completed(activity, cast.nils)
    with unit_of_work(read_only=True):
        results = db.session.scalars(
            select(ActivityResultRow.passed).where(ActivityResultRow.passed.is_not(None))
        ).all()
    assert results == [False]


def test_what_somebody_took_nobody_else_marks_until_it_lapses(app, cast, waiting):
    _activity, amara, _nils = waiting
    with clock.frozen_at(clock.now()) as advance:
        take(app, amara, cast.tomas)
        take(app, amara, cast.tomas)
        with pytest.raises(NotToMark, match="is marking this"):
            take(app, amara, cast.ada)
        with pytest.raises(NotToMark):
            mark(app, amara, cast.ada)
        advance(CLAIM_LASTS)
        take(app, amara, cast.ada)
        with pytest.raises(NotToMark):
            mark(app, amara, cast.tomas)
        tomas = actor_of(app, cast.tomas, Role.TRAINER)
        run(lambda: marking.give_back(work_id=amara, actor=tomas, now=clock.now()))
        with pytest.raises(NotToMark):
            take(app, amara, cast.tomas)
        ada = actor_of(app, cast.ada, Role.TRAINER)
        run(lambda: marking.give_back(work_id=amara, actor=ada, now=clock.now()))
        take(app, amara, cast.tomas)


def test_of_two_marks_at_the_same_instant_one_counts(app, cast, waiting):
    activity, amara, _nils = waiting
    given = together(
        app,
        [
            lambda: mark(app, amara, cast.tomas, BEST),
            lambda: mark(app, amara, cast.ada, WORST),
            lambda: mark(app, amara, cast.petra, WORST),
        ],
    )
    assert sum(isinstance(each, NotToMark) for each in given) == 2, given
    (won,) = [each for each in given if isinstance(each, Outcome)]
    (one,) = own(activity, cast.amara)
    assert [each.outcome for each in one.marks] == [won]
    assert completed(activity, cast.amara) is (won is Outcome.PASSED)


def test_of_two_who_take_at_the_same_instant_one_has_it(app, cast, waiting):
    _activity, amara, _nils = waiting
    given = together(app, [lambda: take(app, amara, cast.tomas), lambda: take(app, amara, cast.ada)])
    assert sorted(type(each).__name__ for each in given) == ["NoneType", "NotToMark"], given


def test_a_second_click_on_a_mark_changes_nothing(app, cast, waiting):
    activity, amara, _nils = waiting
    assert mark(app, amara, cast.tomas) is mark(app, amara, cast.tomas)
    with pytest.raises(NotToMark, match="marked this meanwhile"):
        mark(app, amara, cast.tomas, WORST)
    assert len(own(activity, cast.amara)[0].marks) == 1


def test_marking_anew_needs_a_reason_stays_on_record_and_takes_no_completion_away(app, cast, waiting):
    activity, amara, nils = waiting
    mark(app, amara, cast.tomas)
    with pytest.raises(Invalid) as refusal:
        mark(app, amara, cast.tomas, WORST, seen=1, reason="  ")
    assert set(refusal.value.fields) == {"reason"}
    mark(app, amara, cast.ada, WORST, seen=1, reason="Copied from a colleague.")
    assert completed(activity, cast.amara)
    (one,) = own(activity, cast.amara)
    assert [each.outcome for each in one.marks] == [Outcome.PASSED, Outcome.FAILED]
    assert one.marks[1].reason == "Copied from a colleague."
    mark(app, nils, cast.tomas, WORST)
    mark(app, nils, cast.tomas, BEST, seen=1, reason="I had the wrong page.")
    assert completed(activity, cast.nils)
    with unit_of_work(read_only=True):
        entry = db.session.scalars(
            select(AuditEntry).where(AuditEntry.action == "WorkMarkedAnew", AuditEntry.subject_id == amara)
        ).one()
    assert (entry.details["was"], entry.details["outcome"]) == ("passed", "failed")


@pytest.mark.parametrize("levels", [(None, 1), (2, None), (None, None)])
def test_work_with_a_criterion_unjudged_is_not_decided(app, cast, waiting, levels):
    activity, amara, _nils = waiting
    with pytest.raises(Invalid) as refusal:
        mark(app, amara, cast.tomas, levels)
    assert set(refusal.value.fields) == {f"level-{n}" for n, one in enumerate(levels) if one is None}
    with pytest.raises(Invalid):
        mark(app, amara, cast.tomas, (7, 7))
    assert own(activity, cast.amara)[0].marks == ()


def test_nobody_marks_their_own_work_nor_sees_it_in_the_queue(app, cast):
    course_id, activity = write_assignment()
    enrol(cast.tomas, course_id)
    work_id = work_of(hand_in(app, activity, cast.tomas))
    assert seen_by(actor_of(app, cast.tomas, Role.TRAINER)) == []
    assert seen_by(actor_of(app, cast.ada, Role.ADMINISTRATOR)) == [cast.tomas]
    with pytest.raises(NotFound):
        mark(app, work_id, cast.tomas)
    named = write_assignment("named", asked(markers=(cast.tomas,)))[1]
    enrol(cast.tomas, named.course_id)
    with pytest.raises(NotFound):
        take(app, work_of(hand_in(app, named, cast.tomas)), cast.tomas)


def test_an_auditor_reads_and_a_learner_sees_no_queue(app, cast, waiting):
    _activity, amara, _nils = waiting
    odd = actor_of(app, cast.odd, Role.AUDITOR)
    assert len(seen_by(odd)) == 2
    for act in (
        lambda: marking.take(work_id=amara, actor=odd, now=clock.now()),
        lambda: marking.mark(work_id=amara, seen=0, given=Given(levels=BEST), actor=odd, now=clock.now()),
    ):
        with pytest.raises(Forbidden):
            run(act)
    assert seen_by(actor_of(app, cast.dafydd)) == []


def test_a_trainer_of_one_partner_marks_its_people_alone_unless_named(app, cast, waiting):
    _activity, _amara, nils = waiting
    brixham = Scope(organisation_roots=frozenset({cast.brixham}))
    assert seen_by(actor_of(app, cast.tomas, Role.TRAINER, scope=brixham)) == [cast.amara]
    with pytest.raises(NotFound):
        mark(app, nils, cast.tomas, scope=brixham)
    named = write_assignment("named", asked(markers=(cast.tomas,)))[1]
    enrol(cast.nils, named.course_id)
    mark(app, work_of(hand_in(app, named, cast.nils)), cast.tomas, scope=brixham)


def test_work_named_to_somebody_is_for_them_and_those_who_see_all(app, cast):
    course_id, activity = write_assignment("named", asked(markers=(cast.ada,)))
    enrol(cast.amara, course_id)
    work_id = work_of(hand_in(app, activity, cast.amara))
    assert seen_by(actor_of(app, cast.tomas, Role.TRAINER)) == []
    assert seen_by(actor_of(app, cast.ada, Role.TRAINER)) == [cast.amara]
    assert seen_by(actor_of(app, cast.petra, Role.ADMINISTRATOR)) == [cast.amara]
    with pytest.raises(NotFound):
        take(app, work_id, cast.tomas)


def test_the_queue_is_narrowed_and_counted(app, cast):
    with clock.frozen_at(clock.now()) as advance:
        first = write_assignment("first", asked(due_days=1))[1]
        second = write_assignment("second")[1]
        for activity in (first, second):
            enrol(cast.amara, activity.course_id)
            enrol(cast.nils, activity.course_id)
        hand_in(app, second, cast.nils)
        advance(timedelta(days=4))
        late = work_of(hand_in(app, first, cast.amara))
        hand_in(app, second, cast.amara)
        take(app, late, cast.tomas)
        tomas, now = actor_of(app, cast.tomas, Role.TRAINER), clock.now()
        assert seen_by(tomas) == [cast.nils, cast.amara, cast.amara]
        assert seen_by(tomas, Filter(late=True)) == [cast.amara]
        assert seen_by(tomas, Filter(course_id=second.course_id)) == [cast.nils, cast.amara]
        assert seen_by(tomas, Filter(before=now - timedelta(days=3))) == [cast.nils]
        assert seen_by(tomas, Filter(which=Which.MINE)) == [cast.amara]
        with unit_of_work(read_only=True):
            counts = queue.count_queue(tomas, now)
            assert (counts.waiting, counts.late, counts.mine) == (3, 1, 1)
        mark(app, late, cast.tomas)
        assert seen_by(tomas, Filter(which=Which.MARKED)) == [cast.amara]
        assert seen_by(tomas) == [cast.nils, cast.amara]


def notices(person):
    with unit_of_work(read_only=True):
        rows = select(NoticeRow).where(
            NoticeRow.person_id == person, NoticeRow.kind.startswith("assignments.")
        )
        return [(row.kind, row.given, row.url) for row in db.session.scalars(rows.order_by(NoticeRow.id))]


def test_the_learner_is_told_what_was_decided_and_where_it_stands(app, cast, waiting):
    activity, amara, _nils = waiting
    mark(app, amara, cast.tomas, (None, None), is_returned=True)
    deliver_outbox()
    work_id = work_of(hand_in(app, activity, cast.amara, "More", draft_revision(activity, cast.amara)))
    mark(app, work_id, cast.tomas)
    deliver_outbox()
    page = f"/learn/sizing/{activity.id}"
    assert notices(cast.amara) == [
        ("assignments.returned", {"title": "Size a cold store"}, page),
        ("assignments.passed", {"title": "Size a cold store"}, page),
    ]


def test_markers_are_told_once_of_all_that_waits_and_then_left_in_peace(app, cast):
    with clock.frozen_at(clock.now()) as advance:
        jobs.tell_markers()
        activity = write_assignment()[1]
        for person in (cast.amara, cast.nils, cast.dafydd):
            enrol(person, activity.course_id)
        hand_in(app, activity, cast.amara)
        hand_in(app, activity, cast.nils)
        jobs.tell_markers()
        jobs.tell_markers()
        told = [("assignments.waiting", {"count": "2"}, "/author/marking")]
        assert notices(cast.tomas) == told
        advance(timedelta(minutes=10))
        hand_in(app, activity, cast.dafydd)
        jobs.tell_markers()
        assert notices(cast.tomas) == told
        advance(timedelta(hours=12))
        jobs.tell_markers()
        assert notices(cast.tomas) == [*told, ("assignments.waiting", {"count": "3"}, "/author/marking")]
        advance(timedelta(days=2))
        jobs.tell_markers()
        assert len(notices(cast.tomas)) == 2
    assert notices(cast.ruth) == []


class Essays:
    """A source of work of another feature, as quizzes will be one."""

    key = "essays"
    label = "Essay"
    icon = "quiz"

    def __init__(self) -> None:
        self.recorded: list[tuple[object, Outcome]] = []

    def show(self, work: Work) -> str:
        return f"<p>Essay {work.ref}</p>"

    def rubric(self, work: Work) -> Rubric:
        assert work.source == self.key
        return RUBRIC

    def may_return(self, work: Work) -> bool:
        assert work.source == self.key
        return False

    def record(self, work, judgement):
        if judgement.outcome is Outcome.FAILED:
            raise Invalid("This exam is over.")
        self.recorded.append((work.ref, judgement.outcome))

    def url(self, work: Work) -> str:
        return f"/learn/essays/{work.ref}"

    def shows(self, work: Work) -> bool:
        return work.source == self.key


def test_another_feature_puts_work_in_and_its_refusal_undoes_the_mark(app, cast, visit, monkeypatch):
    essays = Essays()
    known = {**app.extensions["lms.courses.marking"], essays.key: essays}
    monkeypatch.setitem(app.extensions, "lms.courses.marking", known)
    assert sources.source_of("essays") is essays
    course_id, activity = write_assignment()
    work = Work(
        source="essays",
        ref=new_id(),
        title="Why superheat",
        course_id=course_id,
        activity_id=activity.id,
        enrolment_id=enrol(cast.amara, course_id),
        person_id=cast.amara,
        waiting_since=clock.now(),
    )
    with unit_of_work():
        work_id = courses.add_to_marking(work)
        assert courses.add_to_marking(work) == work_id
    tomas = visit(cast.tomas)
    assert f"Essay {work.ref}" in tomas.get(f"/author/marking/{work_id}").text
    with pytest.raises(Invalid, match="over"):
        mark(app, work_id, cast.tomas, WORST)
    with unit_of_work(read_only=True):
        assert queue.find_mark(work_id, 1) is None
    mark(app, work_id, cast.tomas, BEST)
    assert essays.recorded == [(work.ref, Outcome.PASSED)]
    deliver_outbox()
    assert notices(cast.amara)[0][2] == f"/learn/essays/{work.ref}"


def test_who_acts_is_on_the_trail(app, cast, waiting):
    _activity, amara, _nils = waiting
    tomas = actor_of(app, cast.tomas, Role.TRAINER)
    with acting_as(tomas):
        mark(app, amara, cast.tomas)
    with unit_of_work(read_only=True):
        actions = db.session.execute(
            select(AuditEntry.action, AuditEntry.actor_id).where(AuditEntry.action.startswith("Work"))
        ).all()
    assert {tuple(one) for one in actions} == {
        ("WorkHandedIn", cast.amara),
        ("WorkHandedIn", cast.nils),
        ("WorkMarked", cast.tomas),
    }
