"""Practice, what is given by hand, live attendance: they complete certificates at once, and say who said so."""

import io
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from lms.audiences.service import delete_audience
from lms.audiences.values import AudienceId
from lms.certificates import facade as certificates
from lms.certificates.cycles.models import CycleRow
from lms.certificates.cycles.models.deeds import DeedWords
from lms.certificates.cycles.queries import deeds as deed_queries
from lms.certificates.cycles.queries import ledger, missing, places
from lms.certificates.cycles.queries.sheets import read_sheets
from lms.certificates.cycles.service import deeds, definitions, issuing
from lms.certificates.errors import NotMeant
from lms.certificates.values import (
    AllOf,
    CycleState,
    DeedKey,
    HoursPractised,
    ItemGiven,
    LiveAttended,
    Rule,
)
from lms.courses.sessions.service import attendance
from lms.courses.sessions.values import Marking
from lms.courses.values import Mark
from lms.kernel import clock, events, outbox, privacy
from lms.kernel.actor import SYSTEM, Role, Scope, acting_as
from lms.kernel.db import db, new_id
from lms.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from lms.kernel.uow import unit_of_work
from lms.notifications.models import NoticeRow
from tests.certificates.scene import define, mean, publish_course
from tests.courses import courses, sessions
from tests.courses.sessions import actor_of

MAY = datetime(2026, 5, 4, 10, tzinfo=UTC)
DAY = timedelta(days=1)
SITE = HoursPractised(DeedKey(UUID(int=41)), "Site work with R-290", 10)
AUDIT = ItemGiven(DeedKey(UUID(int=51)), "Site audit passed")


@pytest.fixture(autouse=True)
def in_may(app):
    with clock.frozen_at(MAY) as advance:
        yield advance


def certification(cast, requirement, **values):
    with unit_of_work(), acting_as(SYSTEM):
        return define(cast, "HC-X", "Site engineer", Rule(requirement, 12, 60, 30, **values))


def holds(person_id, certification_id):
    with unit_of_work(read_only=True):
        found = certificates.holdings(
            people=[person_id], certification_ids=[certification_id], at=clock.now()
        )
        return bool(found)


def deliver():
    while outbox.deliver_due(events.apply):
        pass


def told(person_id):
    with unit_of_work(read_only=True):
        query = select(NoticeRow.kind).where(NoticeRow.person_id == person_id).order_by(NoticeRow.id)
        return [one for one in db.session.scalars(query) if one != "certificates.issued"]


def lacks(person_id, certification_id):
    with unit_of_work(read_only=True):
        wanted = certificates.get_certification(certification_id)
        return [
            one.title for one in missing.list_missing([person_id], wanted, now=clock.now())[person_id].steps
        ]


def trainer(app, cast, person_id=None):
    return actor_of(app, person_id or cast.tomas, Role.TRAINER)


def admin(app, cast):
    scope = Scope(organisation_roots=frozenset({cast.brixham}))
    return actor_of(app, cast.ruth, Role.PARTNER_ADMIN, scope=scope)


def log(actor, person_id, certification_id, minutes=300, *, key=SITE.key, practice_id=None, **more):
    practice_id = practice_id or new_id()
    given = {"minutes": minutes, "done_on": date(2026, 5, 3), "words": "Plant 7, seen by K. Berg."} | more
    with unit_of_work(), acting_as(actor):
        deeds.log_practice(
            practice_id=practice_id,
            person_id=person_id,
            certification_id=certification_id,
            key=key,
            entry=deeds.Entry(**given),
            actor=actor,
            now=clock.now(),
        )
    return practice_id


def decide(actor, practice_id, reason="", *, is_approved=True):
    with unit_of_work(), acting_as(actor):
        deeds.decide_practice(
            practice_id=practice_id, is_approved=is_approved, reason=reason, actor=actor, now=clock.now()
        )


def give(
    actor, person_id, certification_id, *, given_id=None, reason="Passed on plant 7.", key=AUDIT.key, **more
):
    with unit_of_work(), acting_as(actor):
        deeds.give_item(
            given_id=given_id or new_id(),
            person_id=person_id,
            certification_id=certification_id,
            key=key,
            reason=reason,
            upload=more.get("upload"),
            actor=actor,
            now=clock.now(),
        )


def test_hours_count_once_a_trainer_approved_them_and_the_last_one_issues_the_certificate(app, cast):
    wanted = certification(cast, SITE)
    amara = actor_of(app, cast.amara)
    first = log(amara, cast.amara, wanted)
    assert not holds(cast.amara, wanted)
    decide(trainer(app, cast), first)
    assert not holds(cast.amara, wanted)
    assert lacks(cast.amara, wanted) == [SITE.title]
    second = log(admin(app, cast), cast.amara, wanted)
    decide(trainer(app, cast), second)
    assert holds(cast.amara, wanted)
    with unit_of_work(read_only=True):
        (certificate,) = ledger.list_of_person(cast.amara)
        (sheet,) = deed_queries.list_sheets(cast.amara, [SITE])
    assert certificate.evidence["practice"][0]["practice_id"] == str(second)
    assert (int(sheet.approved), int(sheet.waiting)) == (10, 0)
    assert {one.logged_by for one in sheet.entries} == {cast.amara, cast.ruth}
    assert {one.decided_by for one in sheet.entries} == {cast.tomas}


def test_a_sheet_asks_for_the_hours_of_the_way_that_is_open_and_counts_what_counts_there(app, cast, in_may):
    short = HoursPractised(SITE.key, SITE.title, 4)
    wanted = certification(cast, SITE, renewal=short)

    def sheet():
        with unit_of_work(read_only=True):
            (found,) = read_sheets(cast.amara, certificates.get_certification(wanted), now=clock.now())
            return found.approved, found.hours

    assert sheet() == (0, 10)
    decide(trainer(app, cast), log(actor_of(app, cast.amara), cast.amara, wanted, 600))
    in_may(330 * DAY)
    assert sheet() == (0, 4)
    decide(trainer(app, cast), log(actor_of(app, cast.amara), cast.amara, wanted, 240))
    with unit_of_work(read_only=True):
        assert len(ledger.list_of_person(cast.amara)) == 2


def test_what_was_turned_down_does_not_count_and_says_why(app, cast):
    wanted = certification(cast, SITE)
    practice = log(actor_of(app, cast.amara), cast.amara, wanted, 600)
    with pytest.raises(Invalid) as refusal:
        decide(trainer(app, cast), practice, is_approved=False)
    assert "reason" in refusal.value.fields
    decide(trainer(app, cast), practice, "Nobody saw it.", is_approved=False)
    assert not holds(cast.amara, wanted)
    with unit_of_work(read_only=True):
        (entry,) = deed_queries.list_sheets(cast.amara, [SITE])[0].entries
    assert (entry.is_approved, entry.verdict) == (False, "Nobody saw it.")
    decide(trainer(app, cast), practice, "Again.", is_approved=False)
    with pytest.raises(Conflict):
        decide(trainer(app, cast), practice)


@pytest.mark.parametrize(
    "changed, field",
    [
        ({"minutes": 0}, "hours"),
        ({"minutes": 60 * 24 * 40}, "hours"),
        ({"done_on": date(2026, 5, 5)}, "done_on"),
        ({"words": " "}, "words"),
        ({"upload": ("virus.exe", io.BytesIO(b"MZ"))}, "file"),
        ({"upload": ("photo.png", io.BytesIO(b"no picture"))}, "file"),
    ],
)
def test_practice_that_cannot_be_is_refused_by_its_field_and_nothing_is_stored(app, cast, changed, field):
    wanted = certification(cast, SITE)
    with pytest.raises(Invalid) as refusal:
        log(actor_of(app, cast.amara), cast.amara, wanted, **changed)
    assert list(refusal.value.fields) == [field]
    with unit_of_work(read_only=True):
        assert deed_queries.list_sheets(cast.amara, [SITE])[0].entries == []


def test_nobody_logs_for_strangers_or_decides_about_themselves(app, cast):
    wanted = certification(cast, AllOf((SITE, AUDIT)))
    with pytest.raises(NotFound):
        log(admin(app, cast), cast.nils, wanted)
    with pytest.raises(NotFound):
        log(actor_of(app, cast.dafydd), cast.amara, wanted)
    with pytest.raises(NotFound):
        log(actor_of(app, cast.amara), cast.amara, wanted, key=DeedKey(new_id()))
    own = log(trainer(app, cast), cast.tomas, wanted)
    with pytest.raises(Forbidden):
        decide(trainer(app, cast), own)
    with pytest.raises(Forbidden):
        give(trainer(app, cast), cast.tomas, wanted)
    with pytest.raises(NotFound):
        give(admin(app, cast), cast.amara, wanted)


def test_an_item_that_a_trainer_gives_counts_at_once_and_a_double_click_gives_it_once(app, cast):
    wanted = certification(cast, AUDIT)
    given_id = new_id()
    with pytest.raises(Invalid):
        give(trainer(app, cast), cast.amara, wanted, reason=" ")
    for _ in range(2):
        give(
            trainer(app, cast),
            cast.amara,
            wanted,
            given_id=given_id,
            upload=("protocol.txt", io.BytesIO(b"All valves tight.")),
        )
    assert holds(cast.amara, wanted)
    with unit_of_work(read_only=True):
        (given,) = deed_queries.list_given(cast.amara, wanted)
        (certificate,) = ledger.list_of_person(cast.amara)
    assert (given.by, given.words, given.filename) == (cast.tomas, "Passed on plant 7.", "protocol.txt")
    assert certificate.evidence["given"][0]["given_id"] == str(given_id)


def test_an_item_that_is_taken_back_counts_no_more_and_the_person_reads_why(app, cast, visit):
    wanted = certification(cast, AllOf((AUDIT, SITE)))
    given_id = new_id()
    give(trainer(app, cast), cast.amara, wanted, given_id=given_id)
    assert lacks(cast.amara, wanted) == [SITE.title]
    tomas, page = visit(cast.tomas), f"/team/certifications/{cast.amara}/{wanted}/proofs"
    taking = f"/team/certifications/given/{given_id}/take-back"
    assert visit(cast.ruth).post(taking, {"reason": "No."}).status_code == 403
    assert tomas.post(taking, {"reason": ""}).status_code == 422
    assert tomas.post(taking, {"reason": "It was plant 8."}).status_code == 303
    assert tomas.post(taking, {"reason": "Twice."}).status_code == 409
    assert lacks(cast.amara, wanted) == [AUDIT.title, SITE.title]
    assert "It was plant 8." in tomas.get(page).text
    give(trainer(app, cast), cast.amara, wanted)
    assert lacks(cast.amara, wanted) == [SITE.title], "it may be given anew"
    deliver()
    assert told(cast.amara) == ["certificates.item_taken_back"]


def test_a_certificate_that_rests_on_an_item_stays_when_the_item_is_taken_back(app, cast):
    wanted = certification(cast, AUDIT)
    given_id = new_id()
    give(trainer(app, cast), cast.amara, wanted, given_id=given_id)
    with unit_of_work(), acting_as(SYSTEM):
        deeds.take_back(given_id=given_id, reason="By mistake.", actor=trainer(app, cast), now=clock.now())
    assert holds(cast.amara, wanted)


def test_who_practised_hears_whether_it_counts_and_why_not(app, cast):
    wanted = certification(cast, SITE)
    for minutes, is_approved in ((60, True), (90, False)):
        practice = log(actor_of(app, cast.amara), cast.amara, wanted, minutes)
        decide(
            trainer(app, cast),
            practice,
            "Seen." if is_approved else "Nobody saw it.",
            is_approved=is_approved,
        )
    deliver()
    assert sorted(told(cast.amara)) == ["certificates.practice_approved", "certificates.practice_returned"]


def test_deeds_are_never_changed_and_an_erased_person_keeps_no_words(app, cast):
    wanted = certification(cast, AllOf((SITE, AUDIT)))
    decide(trainer(app, cast), log(actor_of(app, cast.amara), cast.amara, wanted), "Well done.")
    give(trainer(app, cast), cast.amara, wanted)
    for statement in (
        "UPDATE certification_practice SET minutes = 6000",
        "DELETE FROM certification_practice_verdicts",
        "UPDATE certification_given SET title = ''",
    ):
        with pytest.raises(DBAPIError), unit_of_work():
            db.session.execute(text(statement))
    with unit_of_work(read_only=True):
        exported = privacy.export(cast.amara)["certificates"]
    assert exported["practice"][0]["words"] == "Plant 7, seen by K. Berg."
    assert exported["given"][0]["title"] == AUDIT.title
    with unit_of_work(), acting_as(SYSTEM):
        deeds.forget_words(cast.amara)
    with unit_of_work(read_only=True):
        assert db.session.scalars(select(DeedWords)).all() == []
        assert len(deed_queries.list_given(cast.amara, wanted)) == 1


@pytest.mark.parametrize("mark, is_held", [(Mark.PRESENT, True), (Mark.PARTLY, False), (Mark.ABSENT, False)])
def test_who_was_present_at_the_session_is_certified_when_the_sheet_is_closed(
    app, cast, in_may, mark, is_held
):
    course_id, activity = sessions.write_live_course()
    wanted = certification(cast, LiveAttended(activity.key, course_id, activity.title))
    courses.enrol(cast.dafydd, course_id)
    session_id = sessions.schedule(activity)
    booking_id = sessions.book(app, session_id, cast.dafydd)
    in_may(11 * DAY)
    sessions.mark(session_id, {booking_id: Marking(mark, 60)})
    assert not holds(cast.dafydd, wanted), "an open sheet proves nothing"
    sessions.close(session_id)
    assert holds(cast.dafydd, wanted) is is_held
    if is_held:
        with unit_of_work(read_only=True):
            (certificate,) = ledger.list_of_person(cast.dafydd)
        assert certificate.evidence["attendance"][0]["booking_id"] == str(booking_id)


def test_a_corrected_mark_certifies_too(app, cast, in_may):
    course_id, activity = sessions.write_live_course()
    wanted = certification(cast, LiveAttended(activity.key, course_id, activity.title))
    courses.enrol(cast.dafydd, course_id)
    session_id = sessions.schedule(activity)
    booking_id = sessions.book(app, session_id, cast.dafydd)
    in_may(11 * DAY)
    sessions.mark(session_id, {booking_id: Marking(Mark.ABSENT)})
    sessions.close(session_id)
    with unit_of_work(), acting_as(SYSTEM):
        attendance.correct(
            session_id=session_id,
            booking_id=booking_id,
            marking=Marking(Mark.PRESENT, 480),
            reason="Signed the paper list.",
            actor=SYSTEM,
            now=clock.now(),
        )
    assert holds(cast.dafydd, wanted)


def test_only_who_is_in_the_audience_may_hold_it_and_whoever_joins_is_certified_then(app, cast, scene):
    audience_id = AudienceId(new_id())
    mean(audience_id, cast.ruth)
    wanted = certification(cast, scene.course.done(), audience_id=audience_id)
    scene.learn(cast.amara)
    assert not holds(cast.amara, wanted)
    with pytest.raises(NotMeant), unit_of_work(), acting_as(SYSTEM):
        issuing.assign(
            person_id=cast.amara, certification_id=wanted, due_on=None, actor=SYSTEM, now=clock.now()
        )
    mean(audience_id, cast.ruth, cast.amara, seen=1)
    assert holds(cast.amara, wanted)
    with pytest.raises(Conflict, match="Site engineer"), unit_of_work(), acting_as(SYSTEM):
        delete_audience(audience_id=audience_id, actor=actor_of(app, cast.ada, Role.ADMINISTRATOR))


@pytest.mark.parametrize("given, due_on", [(None, date(2026, 8, 2)), (date(2026, 6, 1), date(2026, 6, 1))])
def test_whoever_is_asked_without_a_date_has_as_many_days_as_the_rule_says(app, cast, scene, given, due_on):
    wanted = certification(cast, scene.course.done(), due_days=90)
    with unit_of_work(), acting_as(SYSTEM):
        issuing.assign(
            person_id=cast.amara, certification_id=wanted, due_on=given, actor=SYSTEM, now=clock.now()
        )
    with unit_of_work(read_only=True):
        assert db.session.scalar(select(CycleRow.due_on).where(CycleRow.person_id == cast.amara)) == due_on


def test_holders_renew_the_short_way_while_theirs_counts_and_lapsed_ones_the_whole(app, cast, scene, in_may):
    with unit_of_work(), acting_as(SYSTEM):
        short = publish_course("Refresher", minutes=60)
    wanted = certification(cast, scene.course.done(), renewal=short.done())
    for person_id in (cast.amara, cast.dafydd):
        scene.learn(person_id)
    in_may(330 * DAY)
    assert lacks(cast.amara, wanted) == ["Refresher"]
    scene.learn(cast.amara, course=short)
    with unit_of_work(read_only=True):
        found = [one for one in ledger.list_of_person(cast.amara) if one.certification_id == wanted]
    assert len(found) == 2
    in_may(100 * DAY)
    assert state_of(cast.dafydd, wanted) is CycleState.LAPSED
    assert lacks(cast.dafydd, wanted) == ["Refrigeration Control"]
    scene.learn(cast.dafydd, course=short)
    assert not holds(cast.dafydd, wanted)
    scene.learn(cast.dafydd)
    assert holds(cast.dafydd, wanted)


def state_of(person_id, certification_id):
    with unit_of_work(read_only=True):
        wanted = certificates.get_certification(certification_id)
        return places.list_places([person_id], [wanted], now=clock.now())[person_id, certification_id].state


def test_a_changed_rule_is_weighed_for_everybody_on_the_way_and_for_no_date_that_was_given(app, cast, scene):
    wanted = certification(cast, AllOf((scene.course.done(), SITE)))
    scene.learn(cast.amara)
    scene.learn(cast.dafydd)
    decide(trainer(app, cast), log(actor_of(app, cast.dafydd), cast.dafydd, wanted, 600))
    with unit_of_work(read_only=True):
        before = [one.term for one in ledger.list_of_person(cast.dafydd)]
    with unit_of_work(), acting_as(SYSTEM):
        definitions.change_rules(
            certification_id=wanted, rule=Rule(scene.course.done(), 24, 60, 30), actor=SYSTEM, now=clock.now()
        )
        assert len(issuing.reconsider_all(certification_id=wanted, after=None, now=clock.now())) == 2
    assert holds(cast.amara, wanted)
    with unit_of_work(read_only=True):
        assert [one.term for one in ledger.list_of_person(cast.dafydd)] == before
