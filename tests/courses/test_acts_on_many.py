"""Something is done to many people at once: looked at first, begun once, stopped in between, and told."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from lms.courses.learning import service
from lms.courses.learning.models import EnrolmentActLine, EnrolmentActRow, EnrolmentChangeRow
from lms.courses.learning.service import asking
from lms.courses.learning.values import ActKind, ActState, ActWay, EnrolmentActId, Outcome, Whom
from lms.courses.values import DueRule, EnrolmentSource
from lms.identity import facade as identity
from lms.identity import service as identity_service
from lms.identity.values import PeopleFilter
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, Role, acting_as
from lms.kernel.audit import AuditEntry
from lms.kernel.db import db, new_id
from lms.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from lms.kernel.uow import run, unit_of_work
from tests.audiences.scene import rule, save
from tests.courses.acts import act_of, admin_of, begin, do, finish, look, outcomes, stop
from tests.courses.courses import activities_of, complete, enrol, write_course
from tests.courses.enrolments import give, open_people, rows_of
from tests.courses.sessions import actor_of
from tests.courses.test_bulk_enrolment import at_once
from tests.courses.test_changing_enrolments import told

ENROL, EXTEND, WITHDRAW = ActKind.ENROL, ActKind.EXTEND, ActKind.WITHDRAW


@pytest.fixture
def tomas(app, cast):
    return actor_of(app, cast.tomas, Role.TRAINER)


@pytest.fixture
def ruth(app, cast):
    return admin_of(app, cast.ruth, cast.brixham)


def complete_all(person_id, course_id):
    enrolment_id = enrol(person_id, course_id)
    for activity in activities_of(course_id):
        complete(enrolment_id, activity)


def test_looking_says_of_every_line_what_keeps_it_and_changes_nothing(cast, ruth):
    course_id = write_course()
    enrol(cast.amara, course_id)
    complete_all(cast.dafydd, course_id)
    act_id = look(
        course_id,
        ENROL,
        "amara@example.com\ndafydd@example.com\nruth@example.com\nRuth@example.com\nnils@example.com\nno@example.com",
        ruth,
    )
    assert outcomes(act_id) == [
        Outcome.ALREADY,
        Outcome.COMPLETED,
        None,
        Outcome.REPEATED,
        Outcome.BEYOND_REACH,
        Outcome.BEYOND_REACH,
    ]
    act = act_of(act_id)
    assert (act.state, act.total, act.left_out, act.rows) == (ActState.LOOKED_AT, 1, 5, 6)
    finish()
    assert open_people(course_id) == {cast.amara}
    begin(act_id, ruth)
    finish()
    assert open_people(course_id) == {cast.amara, cast.ruth}
    assert act_of(act_id).counts[Outcome.ENROLLED] == 1
    assert rows_of(course_id, cast.ruth)[0].source is EnrolmentSource.PARTNER_ADMIN


def test_a_course_that_somebody_does_not_see_is_theirs_by_a_trainer_alone(cast, ruth, tomas):
    course_id = write_course()
    give(course_id, sees=[save("Technicians", rule(position=[cast.technician]))])
    enrol(cast.ruth, course_id)  # so that she meets it
    both = "amara@example.com\ndafydd@example.com"
    assert outcomes(look(course_id, ENROL, both, ruth)) == [Outcome.NOT_SEEN, None]
    assert outcomes(look(course_id, ENROL, both, tomas)) == [None, None]


def test_what_became_so_after_looking_is_found_when_it_is_done(cast, ruth):
    course_id = write_course()
    act_id = look(course_id, ENROL, "amara@example.com\ndafydd@example.com\nruth@example.com", ruth)
    begin(act_id, ruth)
    enrol(cast.amara, course_id)
    with unit_of_work(), acting_as(SYSTEM):
        identity.employ(
            person_id=cast.dafydd,
            organisation_id=cast.northway,
            position_id=None,
            region_id=None,
            now=clock.now(),
        )
    finish()
    assert outcomes(act_id) == [Outcome.ALREADY, Outcome.BEYOND_REACH, Outcome.ENROLLED]
    assert open_people(course_id) == {cast.amara, cast.ruth}


def test_who_lost_the_right_meanwhile_enrols_nobody(cast, ruth):
    course_id = write_course()
    act_id = look(course_id, ENROL, "amara@example.com", ruth)
    begin(act_id, ruth)
    with unit_of_work(), acting_as(SYSTEM):
        identity_service.suspend(person_id=cast.ruth, actor=SYSTEM, now=clock.now())
    finish()
    assert outcomes(act_id) == [Outcome.BEYOND_REACH]
    assert open_people(course_id) == set()


def test_dates_are_moved_on_and_never_back_with_the_reason_kept_and_told(cast, ruth):
    course_id = write_course()
    enrol(cast.amara, course_id, due_on=date(2027, 1, 15))
    enrol(cast.dafydd, course_id, due_on=date(2027, 9, 1))
    enrol(cast.ruth, course_id)
    act_id = look(
        course_id,
        EXTEND,
        "amara@example.com, dafydd@example.com, ruth@example.com, nils@example.com",
        ruth,
        due=DueRule(on=date(2027, 3, 1)),
    )
    assert outcomes(act_id) == [None, Outcome.ALREADY, Outcome.ALREADY, Outcome.BEYOND_REACH]
    begin(act_id, ruth)
    finish()
    assert [row.due_on for row in rows_of(course_id)] == [date(2027, 3, 1), date(2027, 9, 1), None]
    assert ("courses.due_moved", "The plant starts later") in told(cast.amara)
    by_days = look(course_id, EXTEND, "dafydd@example.com", ruth, due=DueRule(days=10))
    begin(by_days, ruth)
    begin(by_days, ruth)
    finish()
    begin(by_days, ruth)
    finish()
    assert rows_of(course_id, cast.dafydd)[0].due_on == date(2027, 9, 11), "so many days, and once"


def test_many_are_withdrawn_with_a_reason_and_who_was_not_in_it_is_named(cast, ruth):
    course_id = write_course()
    enrol(cast.amara, course_id)
    act_id = look(
        course_id, WITHDRAW, "amara@example.com\ndafydd@example.com", ruth, reason="Another course fits"
    )
    assert outcomes(act_id) == [None, Outcome.NOT_ENROLLED]
    begin(act_id, ruth)
    finish()
    assert open_people(course_id) == set()
    with unit_of_work(read_only=True):
        (change,) = db.session.scalars(select(EnrolmentChangeRow)).all()
        assert (change.made_by, change.reason) == (cast.ruth, "Another course fits")
        who = db.session.scalars(
            select(AuditEntry.actor_id).where(AuditEntry.action == "EnrolmentWithdrawn")
        ).all()
    assert who == [cast.ruth], "the trail names who asked, not the job"
    assert ("courses.withdrawn", "Another course fits") in told(cast.amara)


def test_an_audience_a_filter_and_ticks_reach_no_further_than_who_asks(cast, ruth, tomas):
    course_id = write_course()
    everybody = save("Partners", rule(organisation=[cast.brixham, cast.northway]))
    by_audience = look(course_id, ENROL, Whom(way=ActWay.AUDIENCE, audience_id=everybody), tomas)
    assert (act_of(by_audience).whom, act_of(by_audience).total) == ("Partners", 4)
    with pytest.raises(Forbidden):
        look(course_id, ENROL, Whom(way=ActWay.AUDIENCE, audience_id=everybody), ruth)
    matching = Whom(way=ActWay.MATCHING, matching=PeopleFilter(words="a"))
    begin(look(course_id, ENROL, matching, ruth), ruth)
    finish()
    assert open_people(course_id) == {cast.amara, cast.dafydd, cast.ruth}
    ticked = Whom(way=ActWay.TICKED, ticked=[cast.nils, cast.amara, cast.amara])
    assert outcomes(look(course_id, ENROL, ticked, ruth)) == [Outcome.BEYOND_REACH, Outcome.ALREADY]
    with unit_of_work(read_only=True):
        hidden = select(EnrolmentActLine.person_id).where(EnrolmentActLine.outcome == Outcome.BEYOND_REACH)
        assert set(db.session.scalars(hidden)) == {None}, "nothing about them is kept"
    enrol(cast.nils, course_id)
    in_it = look(course_id, WITHDRAW, Whom(way=ActWay.MATCHING), ruth)
    assert act_of(in_it).total == 3


def test_stopped_between_batches_it_says_for_whom_it_was_done_and_for_whom_not(cast, ruth):
    course_id = write_course()
    act_id = look(course_id, ENROL, "amara@example.com\ndafydd@example.com\nruth@example.com", ruth)
    begin(act_id, ruth)
    do(size=2)
    for _press in range(2):
        stop(act_id, ruth)
    finish()
    assert len(open_people(course_id)) == 2
    act = act_of(act_id)
    assert act.state is ActState.CANCELLED
    assert act.counts == {Outcome.ENROLLED: 2, Outcome.CANCELLED: 1}
    assert sorted(map(str, outcomes(act_id))) == ["cancelled", "enrolled", "enrolled"]
    begin(act_id, ruth)
    finish()
    assert len(open_people(course_id)) == 2, "what was stopped stays stopped"


def test_who_asked_is_told_when_it_is_done_or_when_another_stops_it(cast, ruth, tomas):
    course_id = write_course()
    done, stopped = (look(course_id, ENROL, f"{name}@example.com", ruth) for name in ("amara", "dafydd"))
    begin(done, ruth)
    finish()
    assert [kind for kind, _reason in told(cast.ruth)] == ["courses.act_done"]
    begin(stopped, ruth)
    stop(stopped, tomas)
    assert [kind for kind, _reason in told(cast.ruth)] == ["courses.act_done", "courses.act_stopped"]
    own = look(course_id, ENROL, "dafydd@example.com", ruth)
    begin(own, ruth)
    stop(own, ruth)
    assert len(told(cast.ruth)) == 2, "she knows that she stopped it"


def test_the_same_form_sent_again_lists_anew_until_it_was_begun(cast, ruth):
    course_id, act_id = write_course(), EnrolmentActId(new_id())
    for text in ("amara@example.com", "amara@example.com\ndafydd@example.com"):
        assert look(course_id, ENROL, text, ruth, act_id=act_id) == act_id
    assert act_of(act_id).total == 2
    begin(act_id, ruth)
    assert look(course_id, ENROL, "ruth@example.com", ruth, act_id=act_id) == act_id
    finish()
    assert open_people(course_id) == {cast.amara, cast.dafydd}


def test_two_tabs_and_two_workers_at_once_begin_it_once(app, cast, ruth):
    course_id = write_course()
    enrol(cast.amara, course_id, due_on=date(2027, 1, 15))
    act_id = look(course_id, EXTEND, "amara@example.com", ruth, due=DueRule(days=10))
    failed = at_once(app, *[lambda: begin(act_id, ruth)] * 3)
    failed += at_once(app, *[lambda: finish(size=1)] * 3)
    assert failed == []
    finish()
    assert rows_of(course_id)[0].due_on == date(2027, 1, 25)
    with unit_of_work(read_only=True):
        begun = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "ActBegun")
        assert db.session.scalar(begun) == 1


def test_what_cannot_be_is_refused_beside_its_field(cast, ruth):
    course_id = write_course()
    wrong: list[tuple[ActKind, dict[str, Any], str]] = [
        (WITHDRAW, {"reason": ""}, "reason"),
        (EXTEND, {}, "due_on"),
        (EXTEND, {"due": DueRule(on=date(2027, 1, 1), days=3)}, "due_days"),
        (ENROL, {"due": DueRule(on=date(2020, 1, 1))}, "due_on"),
        (ENROL, {"due": DueRule(days=0)}, "due_days"),
    ]
    for kind, options, field in wrong:
        with pytest.raises(Invalid) as refusal:
            look(course_id, kind, "amara@example.com", ruth, **options)
        assert list(refusal.value.fields) == [field]
    with pytest.raises(Invalid):
        look(course_id, ENROL, Whom(way=ActWay.MATCHING, matching=PeopleFilter(words="nobody")), ruth)
    with unit_of_work(read_only=True):
        assert db.session.scalar(select(func.count()).select_from(EnrolmentActRow)) == 0
    for_nobody = look(course_id, ENROL, "no@example.com", ruth)
    with pytest.raises(Conflict):
        begin(for_nobody, ruth)


def test_a_course_that_a_partner_does_not_meet_is_none_to_its_admin(cast, ruth, tomas):
    draft = write_course("draft", title="Draft", publish=False)
    hidden = write_course("hidden", title="Hidden")
    give(hidden, sees=[save("Northway", rule(organisation=[cast.northway]))])
    for course_id in (draft, hidden):
        with pytest.raises(NotFound):
            look(course_id, ENROL, "amara@example.com", ruth)
        look(course_id, ENROL, "amara@example.com", tomas)


def test_another_partners_admin_may_neither_see_nor_begin_nor_stop_it(app, cast, ruth):
    nils = admin_of(app, cast.nils, cast.northway)
    act_id = look(write_course(), ENROL, "amara@example.com", ruth)
    for word in (begin, stop):
        with pytest.raises(NotFound):
            word(act_id, nils)
    assert act_of(act_id).state is ActState.LOOKED_AT


def test_what_nobody_begins_is_forgotten_and_so_is_an_erased_person_in_lists(cast, ruth):
    course_id = write_course()
    act_id = look(course_id, ENROL, "amara@example.com\nnils@example.com\nNILS@example.com", ruth)
    with unit_of_work(), acting_as(SYSTEM):
        identity_service.erase_everywhere(person_id=cast.nils, typed_email="nils@example.com", actor=SYSTEM)
    with unit_of_work(read_only=True):
        given = select(EnrolmentActLine.given).where(EnrolmentActLine.act_id == act_id)
        assert set(db.session.scalars(given)) == {""}
    with acting_as(SYSTEM):
        run(lambda: service.discard_stale(clock.now()))
        assert act_of(act_id).rows == 3
        run(lambda: service.discard_stale(clock.now() + asking.UNBEGUN_LASTS * 1.1))
    assert (act_of(act_id).state, act_of(act_id).rows) == (ActState.CANCELLED, 0)
    with pytest.raises(Conflict):
        begin(act_id, ruth)
