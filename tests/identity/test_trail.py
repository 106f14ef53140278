"""The audit trail, the mail outbox and the system page, as auditors and administrators use them."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from lms.identity import facade as identity
from lms.identity import service
from lms.kernel import audit, clock, mail, outbox
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.audit import AuditEntry
from lms.kernel.db import db
from lms.kernel.mail import Mail, MailState
from lms.kernel.smtp import Smtp
from lms.kernel.uow import unit_of_work
from tests.support.portal import counted_queries


def rows_of(page):
    return page.partition("<tbody>")[2].partition("</tbody>")[0].count("<tr>")


def test_an_auditor_reads_who_did_what_to_whom(app, cast, visit):
    visit(cast.ruth).post(f"/team/people/{cast.amara}/suspend")
    odd = visit(cast.odd)
    page = odd.get("/admin/audit?action=PersonSuspended").text
    assert rows_of(page) == 1
    assert "Ruth Calloway" in page
    assert "Amara Osei" in page
    by_address = odd.get("/admin/audit?person=Ruth@example.com&action=PersonSuspended").text
    by_subject = odd.get(f"/admin/audit?subject={cast.amara}&action=PersonSuspended").text
    assert rows_of(by_address) == rows_of(by_subject) == 1
    assert rows_of(odd.get("/admin/audit?person=nobody@example.com").text) == 0


def test_an_auditor_reads_what_happened_in_their_own_language_and_nothing_twice(app, cast, visit):
    visit(cast.ruth).post(f"/team/people/{cast.amara}/suspend")
    odd = visit(cast.odd)
    assert rows_of(odd.get("/admin/audit?action=PersonSuspended").text) == 1
    odd.client.set_cookie("locale", "de")
    page = odd.get("/admin/audit").text
    (row,) = [one for one in page.split("<tr>") if "Person gesperrt" in one and "Ruth Calloway" in one]
    assert row.count("Amara Osei") == row.count("Ruth Calloway") == 1
    assert "Person suspended" not in page
    assert "Organisation: <bdi>Brixham Automation" in page
    assert "Person gesperrt" in odd.get("/").text


def test_the_trail_shows_details_of_every_shape_and_those_that_are_nought(app, cast, visit):
    odd = visit(cast.odd)
    changed = {"name": "Odd Moen", "locale": "en", "time_zone": "Europe/Oslo"}
    assert odd.post("/account", changed).status_code == 303
    with unit_of_work(), acting_as(SYSTEM):
        audit.record("AttemptFinished", subject_id=cast.amara, details={"score": 0, "passed": False})
    page = odd.get("/admin/audit").text
    assert re.search(r"fields: <bdi>[^<]*time_zone", page)
    assert "score: <bdi>0</bdi>" in page
    assert "passed: <bdi>False</bdi>" in page
    assert odd.get("/").status_code == 200


def test_the_trail_is_filtered_by_what_happened_and_not_by_what_only_groups_it(app, cast, visit):
    page = visit(cast.odd).get("/admin/audit").text
    assert '<option value="DealApproved">Deal approved</option>' in page
    assert "DealEvent" not in page


def test_the_trail_begins_at_midnight_where_the_reader_is(app, cast, visit):
    # Odd lives in London; in summer a day begins there at 23:00 UTC.
    midnight = datetime(2027, 6, 14, 23, tzinfo=UTC)
    for offset in (timedelta(seconds=-1), timedelta(), timedelta(hours=2)):
        with clock.frozen_at(midnight + offset), unit_of_work(), acting_as(SYSTEM):
            service.record_export(person_id=cast.amara)
    with clock.frozen_at(midnight + timedelta(days=1)):
        odd = visit(cast.odd)
        assert rows_of(odd.get("/admin/audit?action=PersonExported&since=2027-06-15").text) == 2
        assert odd.get("/admin/audit?since=yesterday").status_code == 422


def test_the_trail_asks_the_database_as_often_for_many_as_for_few(app, cast, visit):
    odd = visit(cast.odd)

    def asked():
        with counted_queries() as statements:
            assert odd.get("/admin/audit?action=PersonExported").status_code == 200
        return len(statements)

    with unit_of_work(), acting_as(SYSTEM):
        service.record_export(person_id=cast.amara)
    few = asked()
    with unit_of_work(), acting_as(SYSTEM):
        for person in (cast.amara, cast.ruth, cast.nils, cast.petra) * 15:
            service.record_export(person_id=person)
    assert asked() == few <= 6


def test_the_trail_as_a_table_holds_all_of_it_and_leaves_nothing_open(app, cast, visit):
    with unit_of_work(), acting_as(SYSTEM):
        for _ in range(1100):
            service.record_export(person_id=cast.amara)
    answer = visit(cast.odd).get("/admin/audit.csv?action=PersonExported", buffered=False)
    table = list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))))
    assert len(table) == 1101
    assert len({row[0] for row in table[1:]}) == 1100
    assert {row[4] for row in table[1:]} == {"Amara Osei"}
    assert visit(cast.amara).post("/account/export").status_code == 200


def test_nobody_else_reads_trail_mail_or_system(app, cast, visit):
    for person in (cast.amara, cast.ruth, cast.tomas, cast.jonas, cast.petra):
        for page in ("/admin/audit", "/admin/audit.csv", "/admin/mail", "/admin/system", "/admin/"):
            assert visit(person).get(page).status_code == 403, page


def test_the_trail_keeps_no_name_that_could_not_be_erased(app, cast, visit):
    visit(cast.ruth).post(f"/team/people/{cast.amara}/suspend")
    with unit_of_work(read_only=True):
        names = set(db.session.scalars(select(AuditEntry.actor_name)))
    assert names <= {"", "system"}


@pytest.fixture
def letter(app, cast, visit):
    visit().post("/reset", {"email": "amara@example.com"})
    with unit_of_work(read_only=True):
        return db.session.scalars(select(Mail.id)).one()


def test_where_no_mail_leaves_an_administrator_reads_the_letter_and_its_link(app, cast, visit, letter):
    page = visit(cast.ada).get(f"/admin/mail/{letter}").text
    assert re.search(r"/reset/[\w-]{20,}", page)
    assert 'sandbox srcdoc="' in page
    assert "&lt;h1&gt;" in page
    assert "Kept here" in visit(cast.ada).get("/admin/mail?state=kept").text


def test_a_link_that_lets_its_reader_in_is_hidden_from_auditors_and_once_it_was_sent(
    app, cast, visit, letter
):
    assert not re.search(r"/reset/[\w-]{5,}", visit(cast.odd).get(f"/admin/mail/{letter}").text)
    with unit_of_work():
        db.session.get_one(Mail, letter).state = MailState.SENT
    assert not re.search(r"/reset/[\w-]{5,}", visit(cast.ada).get(f"/admin/mail/{letter}").text)


def test_letters_that_failed_are_tried_again_by_an_administrator_alone(app, cast, visit, letter):
    with unit_of_work():
        row = db.session.get_one(Mail, letter)
        row.state, row.attempts, row.last_error = MailState.FAILED, 10, "SMTPServerDisconnected: gone"
    assert "Try failed ones again" not in visit(cast.odd).get("/admin/mail").text
    assert visit(cast.odd).post("/admin/mail/retry").status_code == 403
    assert "SMTPServerDisconnected" in visit(cast.ada).get(f"/admin/mail/{letter}").text
    assert visit(cast.ada).post("/admin/mail/retry").status_code == 303
    with unit_of_work(read_only=True):
        row = db.session.get_one(Mail, letter)
        assert (row.state, row.attempts) == (MailState.QUEUED, 0)


def test_the_system_page_says_what_does_not_answer_and_retries_what_gave_up(app, cast, visit):
    with unit_of_work(), acting_as(SYSTEM):
        outbox.store("CourseCompleted", {}, ["lms.nowhere.on_course_completed"])
        delivery = db.session.scalars(select(outbox.OutboxDelivery)).one()
        delivery.state, delivery.attempts = outbox.DeliveryState.FAILED, 12
        delivery.last_error = "RuntimeError: no such printer"
    ada = visit(cast.ada)
    with counted_queries() as statements:
        page = ada.get("/admin/system").text
    assert len(statements) <= 7
    assert "Does not answer" in page  # the tests have no broker
    assert "no such printer" in page
    assert ada.post("/admin/system/retry").status_code == 303
    assert "no such printer" not in ada.get("/admin/system").text


def test_erasing_a_person_while_their_letter_travels_breaks_no_delivery(app, cast, visit, mailbox):
    app.extensions["lms.mail"] = Smtp.from_url(f"{mailbox.url}?from=portal@example.com")
    try:
        visit().post("/reset", {"email": "amara@example.com"})

        def erase_then_speak(smtp, message):
            with app.app_context(), unit_of_work(), acting_as(SYSTEM):
                service.erase_person(person_id=cast.amara, now=clock.now())
            speak(smtp, message)

        speak = mail._speak  # noqa: SLF001  the wire itself, where the letter is on its way
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(mail, "_speak", erase_then_speak)
            mail.deliver_due()
    finally:
        app.extensions["lms.mail"] = None
    with unit_of_work(read_only=True):
        assert db.session.scalars(select(Mail)).all() == []
        assert identity.get_person(cast.amara).name == "Erased person"


@pytest.mark.parametrize("day", ["0001-01-01", "1969-12-31", "9999-12-31"])
def test_a_day_before_or_after_all_clocks_is_refused_with_a_sentence(app, cast, visit, day):
    odd = visit(cast.odd)
    for table in ("", ".csv"):
        answer = odd.get(f"/admin/audit{table}?since={day}")
        assert answer.status_code == 422
        assert "Write the day as in 2026-11-23." in answer.text
