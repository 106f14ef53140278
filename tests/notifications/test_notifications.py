"""Notices: what people are told, where, in which language, and that nobody reads another's."""

from datetime import timedelta

import pytest
from flask_babel import force_locale
from sqlalchemy import select

from lms.identity import facade as identity
from lms.kernel import clock, mail, outbox
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from lms.notifications import facade
from lms.notifications.queries import say
from lms.notifications.values import NoticeGroup, NoticeKind
from tests.support.portal import counted_queries

DECIDED = NoticeKind(
    key="tests.decided",
    subject="%(customer)s was approved",
    body="Protected for 90 days.",
    icon="deal",
    state="valid",
    group=NoticeGroup.DEALS,
)


@pytest.fixture
def told(app, cast):
    before = app.extensions["lms.notices.kinds"]
    app.extensions["lms.notices.kinds"] = {DECIDED.key: DECIDED}
    with unit_of_work():
        facade.notify(DECIDED, to=[cast.amara], values={"customer": "Harbour <b>Lane</b>"}, url="/deals")
    yield cast
    app.extensions["lms.notices.kinds"] = before


def test_a_person_reads_in_the_portal_what_concerns_them_and_marks_it_read(told, visit):
    amara = visit(told.amara)
    page = amara.get("/notifications")
    assert "Harbour &lt;b&gt;Lane&lt;/b&gt; was approved" in page.text
    assert "Notifications, 1 new" in page.text
    assert amara.post("/notifications/read").status_code == 303
    assert "Notifications, 1 new" not in amara.get("/notifications").text


def test_nobody_reads_what_another_person_was_told(told, visit):
    assert "Harbour" not in visit(told.ruth).get("/notifications").text


def test_the_same_goes_by_mail_with_a_link_into_the_portal(told):
    letter = db.session.scalars(select(mail.Mail)).one()
    assert letter.to == "amara@example.com"
    assert letter.subject == "Harbour <b>Lane</b> was approved"
    assert "/deals" in letter.text
    assert "<b>Lane</b>" not in letter.html


def test_who_can_no_longer_sign_in_is_told_nothing(app, cast):
    with unit_of_work():
        gone = identity.add_person(
            email="gone@example.com", name="Gone Person", now=clock.now(), password="x" * 12
        )
    with unit_of_work():
        app.extensions["lms.privacy"][-1].erase(gone)
    with unit_of_work():
        facade.notify(DECIDED, to=[gone], values={"customer": "Any"}, url="/")
    assert db.session.scalars(select(mail.Mail)).all() == []


def test_the_page_takes_the_same_queries_for_one_notice_as_for_many(told, visit):
    amara = visit(told.amara)
    with counted_queries() as few:
        amara.get("/notifications")
    with unit_of_work():
        for number in range(40):
            facade.notify(DECIDED, to=[told.amara], values={"customer": str(number)}, url="/deals")
    with counted_queries() as many:
        amara.get("/notifications")
    assert len(few) == len(many) <= 3


def test_what_is_delivered_late_is_dated_when_it_happened_and_old_news_comes_as_read(told, visit):
    apply = told_late(told)
    for late in (timedelta(hours=5), timedelta(days=30)):
        with clock.frozen_at(clock.now() - late), unit_of_work():
            outbox.store("TestsDecided", {}, ["tests.on_decided"])
        outbox.deliver_due(apply)
    page = visit(told.amara).get("/notifications")
    assert "Notifications, 2 new" in page.text
    assert "5 hours ago" in page.text
    assert "1 month ago" in page.text


def told_late(told):
    def apply(_event, _handler, _payload):
        facade.notify(DECIDED, to=[told.amara], values={"customer": "Late"}, url="/deals")

    return apply


def test_a_day_that_is_told_is_written_as_its_reader_writes_days(app):
    with app.test_request_context(), force_locale("de"):
        assert say("gültig bis %(through)s", {"through": "2026-12-17"}) == "gültig bis 17.12.2026"
    with app.test_request_context(), force_locale("en"):
        assert say("through %(through)s", {"through": "2026-12-17"}) == "through 17 Dec 2026"
        for no_day in ("2026-02-30", "2026-99-99", "20261217", ""):
            assert say("%(customer)s", {"customer": no_day}) == no_day
