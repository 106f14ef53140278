"""Two accounts of one person become one: nothing is lost, doubled or gained, and it is on record."""

from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DatabaseError

from lms.audiences.models import AudienceMember
from lms.certificates.cycles.models import CertificateRow, CycleRow, TrackRow
from lms.certificates.cycles.models.deeds import PracticeRow
from lms.certificates.cycles.models.merging import HandedOverRow
from lms.certificates.cycles.queries import ledger
from lms.certificates.values import CycleEnd, MarkKind
from lms.courses.learning.models import ActivityStateRow, CountRow, EnrolmentRow
from lms.courses.learning.service import count_anew
from lms.courses.notes import service as notes
from lms.courses.notes.models import NoteRow
from lms.courses.policy import LEARN
from lms.identity import facade as identity
from lms.identity import service
from lms.identity.models import AccountMerge, Employment, PersonRow, RoleGrant, SignIn
from lms.identity.policy import MERGE_ACCOUNTS
from lms.identity.values import PersonState
from lms.kernel import clock, privacy, uow
from lms.kernel.actor import EVERYTHING, SYSTEM, Actor, Role, acting_as
from lms.kernel.audit import AuditEntry
from lms.kernel.db import db, new_id
from lms.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from lms.kernel.mail import Mail
from lms.kernel.uow import unit_of_work
from lms.notifications.models import NoticeChoiceRow
from tests.certificates.gates import gate_for
from tests.certificates.scene import enrol, record
from tests.support.portal import counted_queries

MAY = datetime(2026, 5, 4, 10, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def in_may(app):
    with clock.frozen_at(MAY) as advance:
        yield advance


@pytest.fixture
def old(app, cast):
    """Return another account of Amara, from when she worked at Northway."""
    with unit_of_work(), acting_as(SYSTEM):
        person_id = identity.add_person(
            email="amara@old.example",
            name="Amara Osei-Mensah",
            now=clock.now(),
            password="quiet harbour lantern",
        )
        identity.employ(
            person_id=person_id,
            organisation_id=cast.northway,
            position_id=cast.technician,
            region_id=None,
            now=clock.now(),
        )
    return person_id


def administrator(person_id):
    return Actor(person_id=person_id, name="Ada", scopes={MERGE_ACCOUNTS: EVERYTHING})


def join(kept, merged, *, by=None, takes_roles=False, reason="Same passport, seen on 4 May."):
    with unit_of_work(), acting_as(SYSTEM):
        service.merge_accounts(
            kept_id=kept,
            merged_id=merged,
            reason=reason,
            takes_roles=takes_roles,
            actor=by or SYSTEM,
            now=clock.now(),
        )


def rows(model, *where):
    with unit_of_work(read_only=True):
        found = db.session.scalars(select(model).where(*where)).all()
        db.session.expunge_all()
        return found


def found_by(email):
    found = identity.find_person_by_email(email)
    return found and found.id


def certificates_of(person_id):
    with unit_of_work(read_only=True):
        return ledger.list_of_person(person_id)


def test_a_certificate_of_the_other_account_is_the_persons_and_still_says_to_whom_it_was_given(
    app, cast, scene, old
):
    scene.learn(old)
    (before,) = rows(CertificateRow)
    join(cast.amara, old)
    (after,) = rows(CertificateRow)
    assert after.person_id == cast.amara
    assert {
        name: getattr(after, name) for name in ("code", "issued_at", "valid_through", "evidence", "title")
    } == {name: getattr(before, name) for name in ("code", "issued_at", "valid_through", "evidence", "title")}
    assert [(one.certificate_id, one.given_to_id) for one in rows(HandedOverRow)] == [(after.id, old)]
    assert scene.holds(cast.amara)
    assert not scene.holds(old)


def test_of_two_certificates_the_one_that_counts_longer_stands_and_both_stay_in_the_ledger(
    app, cast, scene, old, in_may
):
    scene.learn(cast.amara)
    in_may(40 * DAY)
    scene.learn(old)
    join(cast.amara, old)
    first, second = certificates_of(cast.amara)
    assert first.mark(MarkKind.SUPERSEDED).successor_code == second.code
    (track,) = rows(TrackRow)
    assert (track.person_id, track.certificate_id) == (cast.amara, second.id)


def test_one_cycle_stays_open_due_when_the_first_was_and_what_both_did_is_weighed_together(
    app, cast, scene, old
):
    scene.assign(cast.amara, date(2026, 9, 1))
    scene.assign(old, date(2026, 7, 1))
    with unit_of_work(), acting_as(SYSTEM):
        record(enrol(cast.amara, scene.course), scene.course.lesson_id, None)
        record(enrol(old, scene.course), scene.course.exam_id, "0.9")
    join(cast.amara, old)
    ends = sorted((row.ended_as, row.due_on) for row in rows(CycleRow))
    assert ends == [(CycleEnd.CERTIFIED, date(2026, 7, 1)), (CycleEnd.MERGED, date(2026, 7, 1))]
    assert scene.holds(cast.amara), "the lesson here and the exam there are the whole course"


def test_where_both_are_in_a_course_the_further_way_goes_on_with_the_best_of_both(app, cast, scene, old):
    with unit_of_work(), acting_as(SYSTEM):
        here, there = enrol(cast.amara, scene.course), enrol(old, scene.course)
        record(there, scene.course.lesson_id, None)
        record(here, scene.course.exam_id, "0.3")
    join(cast.amara, old)
    by_id = {row.id: row for row in rows(EnrolmentRow)}
    assert (by_id[here].ended_at, by_id[there].ended_at) == (MAY, None)
    assert {row.person_id for row in by_id.values()} == {cast.amara}
    states = {row.activity_id: row for row in rows(ActivityStateRow, ActivityStateRow.enrolment_id == there)}
    assert states[scene.course.lesson_id].completed_at is not None
    assert float(states[scene.course.exam_id].score) == 0.3
    assert not scene.holds(cast.amara)


def test_what_reports_count_goes_with_the_person_to_where_they_work(app, cast, scene, old):
    scene.learn(old)
    with unit_of_work(), acting_as(SYSTEM):
        record(enrol(cast.amara, scene.course), scene.course.lesson_id, None)
        record(enrol(old, scene.course), scene.course.lesson_id, None)
    join(cast.amara, old)

    def counted():
        found = {}
        for row in rows(CountRow):
            values = {one.name: getattr(row, one.name) for one in CountRow.__table__.columns[2:]}
            if any(values.values()):
                found[row.subject_id, row.place_id] = values
        places = {cast.brixham, cast.northway}
        return {key: values for key, values in found.items() if key[1] in places}

    kept = counted()
    with unit_of_work(), acting_as(SYSTEM):
        count_anew()
    assert kept == counted()
    assert cast.northway not in {place for _subject, place in kept}


def test_signing_in_with_the_old_address_leads_to_the_kept_account_and_open_browsers_end(
    app, cast, old, visit
):
    browser = visit(old)
    assert browser.get("/account").status_code == 200
    with unit_of_work(), acting_as(SYSTEM):
        identity_row = db.session.get_one(PersonRow, cast.amara)
        identity_row.password_hash = identity.hash_secret("violet anchor seldom")
    join(cast.amara, old)
    assert browser.get("/account").status_code == 303
    with unit_of_work(), acting_as(SYSTEM):
        service.sign_in(
            email="amara@old.example",
            password="violet anchor seldom",
            address="192.0.2.9",
            user_agent="",
            now=clock.now(),
        )
    latest = max(rows(SignIn), key=lambda row: row.id)
    assert latest.person_id == cast.amara
    with unit_of_work(), acting_as(SYSTEM), pytest.raises(Invalid):
        service.sign_in(
            email="amara@old.example",
            password="quiet harbour lantern",
            address="192.0.2.9",
            user_agent="",
            now=clock.now(),
        )
    with unit_of_work(read_only=True):
        assert found_by("amara@old.example") == cast.amara


def test_both_addresses_are_told_and_it_is_on_record_with_its_reason(app, cast, old):
    join(cast.amara, old, by=administrator(cast.ada))
    letters = rows(Mail)
    assert sorted(one.to for one in letters) == ["amara@example.com", "amara@old.example"]
    assert all("amara@old.example" in one.text for one in letters)
    (merge,) = rows(AccountMerge)
    assert (merge.kept_id, merge.by, merge.reason) == (cast.amara, cast.ada, "Same passport, seen on 4 May.")
    (entry,) = rows(AuditEntry, AuditEntry.action == "AccountsMerged")
    assert entry.subject_id == cast.amara


def test_roles_come_along_only_if_that_was_chosen(app, cast, old):
    for chosen in (False, True):
        with unit_of_work(), acting_as(SYSTEM):
            other = identity.add_person(email=f"t{chosen}@example.com", name="Amara", now=clock.now())
            identity.grant_role(
                person_id=other, role=Role.TRAINER, scope=EVERYTHING, actor=SYSTEM, now=clock.now()
            )
        join(cast.amara, other, takes_roles=chosen)
        assert [row.role for row in rows(RoleGrant, RoleGrant.person_id == cast.amara)] == [
            Role.TRAINER
        ] * chosen
        assert not rows(RoleGrant, RoleGrant.person_id == other)


def test_nobody_joins_their_own_account_and_none_is_joined_twice(app, cast, old):
    ada = administrator(cast.ada)
    for pair in ((cast.ada, old), (old, cast.ada)):
        with pytest.raises(Forbidden):
            join(*pair, by=ada)
    with pytest.raises(NotFound):
        join(cast.amara, old, by=Actor(person_id=cast.ruth, name="Ruth"))
    with pytest.raises(Invalid) as refused:
        join(cast.amara, old, reason=" \u200b ")
    assert refused.value.fields.keys() == {"reason"}
    with pytest.raises(Conflict):
        join(cast.amara, cast.amara)
    join(cast.amara, old, by=ada)
    for pair in ((cast.dafydd, old), (old, cast.dafydd)):
        with pytest.raises(Conflict, match="joined to another account"):
            join(*pair)


def test_who_is_employed_by_both_stays_where_the_kept_account_is_and_by_one_goes_along(app, cast, old):
    join(cast.amara, old)
    spells = rows(Employment, Employment.person_id == cast.amara)
    assert sorted((one.organisation_id == cast.brixham, one.ended_at is None) for one in spells) == [
        (False, False),
        (True, True),
    ]
    with unit_of_work(), acting_as(SYSTEM):
        new = identity.add_person(email="a@new.example", name="Amara Osei", now=clock.now())
    join(new, cast.amara)
    (present,) = rows(Employment, Employment.person_id == new, Employment.ended_at.is_(None))
    assert present.organisation_id == cast.brixham
    with unit_of_work(read_only=True):
        assert found_by("amara@old.example") == new, "it is led on to the last"


def test_the_ledger_lets_a_certificate_go_over_by_a_merge_alone_and_nothing_else_of_it_change(
    app, cast, scene, old
):
    scene.learn(old)
    for values in ({"person_id": cast.dafydd}, {"title": "Mine"}):
        with pytest.raises(DatabaseError, match="append-only"), unit_of_work(), acting_as(SYSTEM):
            db.session.execute(update(CertificateRow).values(values))
    join(cast.amara, old)
    for values in ({"person_id": old}, {"person_id": cast.amara, "code": "GH-0000-0000-0000"}):
        with pytest.raises(DatabaseError, match="append-only"), unit_of_work(), acting_as(SYSTEM):
            db.session.execute(update(CertificateRow).values(values))


def test_two_administrators_who_join_the_same_accounts_at_once_join_them_once(app, cast, scene, old):
    scene.learn(old)
    start, said = Barrier(4), []

    def act(kept, merged):
        with app.app_context(), clock.frozen_at(MAY):
            start.wait(20)
            try:
                uow.run(lambda: _merge(kept, merged))
            except Conflict as refusal:
                said.append(refusal)

    def _merge(kept, merged):
        with acting_as(SYSTEM):
            service.merge_accounts(
                kept_id=kept,
                merged_id=merged,
                reason="Seen.",
                takes_roles=False,
                actor=SYSTEM,
                now=clock.now(),
            )

    pairs = [(cast.amara, old), (old, cast.amara)] * 2
    threads = [Thread(target=act, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    (merge,) = rows(AccountMerge)
    assert len(said) == 3
    assert scene.holds(merge.kept_id)
    assert len(rows(CertificateRow)) == 1


def test_the_gate_and_the_audiences_see_it_in_the_very_next_request(app, cast, scene, old):
    scene.learn(old)
    is_open = gate_for(cast, scene)

    assert not is_open()
    join(cast.amara, old)
    assert is_open()
    assert not rows(AudienceMember, AudienceMember.person_id == old)


def test_practice_notes_and_notices_of_both_are_the_persons_and_no_word_is_lost(app, cast, scene, old):
    with unit_of_work(), acting_as(SYSTEM):
        for person_id, text in ((cast.amara, "Mind the valve."), (old, "Ask about the loop.")):
            enrol(person_id, scene.course)
            notes.write_note(
                activity_id=scene.course.lesson_id,
                text=text,
                seen=0,
                actor=Actor(person_id=person_id, name="Amara", scopes={LEARN: EVERYTHING}),
                now=clock.now(),
            )
            db.session.add(NoticeChoiceRow(person_id=person_id, deliveries={}, digest_minute=60, weekday=0))
        db.session.add(
            PracticeRow(
                certification_id=scene.certification_id,
                key=new_id(),
                title="On site",
                person_id=old,
                minutes=90,
                done_on=date(2026, 5, 1),
                logged_at=clock.now(),
                logged_by=old,
            )
        )
    join(cast.amara, old)
    (note,) = rows(NoteRow)
    assert (note.person_id, note.text) == (cast.amara, "Mind the valve.\n\nAsk about the loop.")
    assert [row.person_id for row in rows(PracticeRow)] == [cast.amara]
    assert [row.logged_by for row in rows(PracticeRow)] == [old], "it says by which account it was done"
    assert [row.person_id for row in rows(NoticeChoiceRow)] == [cast.amara]


def test_erasing_the_kept_account_erases_the_one_that_was_joined_to_it(app, cast, scene, old):
    scene.learn(old)
    join(cast.amara, old)
    with unit_of_work(), acting_as(SYSTEM):
        assert privacy.export(cast.amara)["identity"]["joined_accounts"][0]["email"] == "amara@old.example"
        privacy.erase(cast.amara)
    assert {row.state for row in rows(PersonRow, PersonRow.id.in_([cast.amara, old]))} == {PersonState.ERASED}
    assert not rows(PersonRow, PersonRow.email == "amara@old.example")
    assert [row.reason for row in rows(AccountMerge)] == [""]
    assert len(rows(CertificateRow)) == 1


def test_an_administrator_finds_the_other_account_sees_what_comes_together_and_joins_it(
    app, cast, scene, old, visit
):
    scene.learn(old)
    ada = visit(cast.ada)
    page = f"/admin/people/{cast.amara}/merge"
    assert "amara@old.example" in ada.get(f"{page}?q=mensah").text
    with counted_queries() as count:
        preview = ada.get(f"{page}?other={old}").text
    assert len(count) <= 40
    for said in ("Certificates", "The names differ", "Both work somewhere"):
        assert said in preview
    refused = ada.post(page, data={"other": str(old), "reason": ""})
    assert refused.status_code == 422
    assert ada.post(page, data={"other": "nobody", "reason": "x"}).status_code == 404
    done = ada.post(page, data={"other": str(old), "reason": "Same passport."}, follow_redirects=True)
    assert "Same passport." in done.text
    assert "This account was joined to another one" in ada.get(f"/admin/people/{old}").text
    assert "amara@old.example" not in ada.get("/admin/people").text
    for stranger in (cast.ruth, cast.odd, cast.petra):
        assert visit(stranger).get(page).status_code == 403
