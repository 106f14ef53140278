"""Mail: written with what it tells, sent once, kept while the server is away, shown where there is none."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.kernel import clock, mail
from lms.kernel.db import db
from lms.kernel.mail import Mail, MailState
from lms.kernel.smtp import Smtp
from lms.kernel.uow import unit_of_work


@pytest.fixture
def posting(app, mailbox):
    mail.install(app, f"{mailbox.url}?from=portal@halden.example")
    yield mailbox
    mail.install(app, None)


def _write(subject="Dein Zertifikat läuft ab"):
    with unit_of_work():
        mail.send(to="amara@example.com", subject=subject, text="Grüße\n", html="<p>Grüße</p>", language="de")


def _states():
    with unit_of_work(read_only=True):
        return [row.state for row in db.session.scalars(select(Mail).order_by(Mail.id))]


def test_a_letter_reaches_the_mail_server_once_with_both_its_forms(app, posting):
    _write()
    mail.deliver_due()
    mail.deliver_due()
    (letter,) = posting.wait_for(1)
    assert letter["To"] == "amara@example.com"
    assert letter["Subject"] == "Dein Zertifikat läuft ab"
    assert letter.get_body(("plain",)).get_content().splitlines() == ["Grüße"]
    assert "<p>Grüße</p>" in letter.get_body(("html",)).get_content()
    assert _states() == [MailState.SENT]


def test_a_letter_waits_while_the_server_refuses_and_goes_when_it_is_back(app, posting):
    posting.refusing = "451 come back later"
    _write()
    with clock.frozen_at(clock.now()) as advance:
        mail.deliver_due()
        assert _states() == [MailState.QUEUED]
        posting.refusing = None
        mail.deliver_due()
        assert posting.mails == []
        advance(timedelta(minutes=1))
        mail.deliver_due()
    assert len(posting.wait_for(1)) == 1


def test_a_worker_that_dies_while_sending_leaves_the_letter_to_the_next_under_the_same_id(app, posting):
    _write()
    with clock.frozen_at(clock.now()) as advance:
        with unit_of_work():
            leased = mail._lease_next()  # noqa: SLF001  what the dead worker held
        mail.deliver_due()
        assert posting.mails == []
        advance(timedelta(minutes=6))
        mail.deliver_due()
    (letter,) = posting.wait_for(1)
    assert leased is not None
    assert letter["Message-ID"] == leased[1]["Message-ID"]


def test_without_a_mail_server_letters_are_kept_for_the_outbox_page(app):
    _write()
    mail.deliver_due()
    assert _states() == [MailState.KEPT]


def test_a_line_break_in_a_subject_cannot_add_a_header(app, posting):
    _write("Hello\r\nBcc: everyone@example.com")
    mail.deliver_due()
    (letter,) = posting.wait_for(1)
    assert letter["Bcc"] is None
    assert letter["Subject"] == "Hello Bcc: everyone@example.com"


@pytest.mark.parametrize(
    "url, expected",
    [
        ("smtp://mail.example:2525?from=a@b.example", ("mail.example", 2525, "none")),
        ("smtp://u:p%40ss@mail.example?from=a@b.example", ("mail.example", 587, "starttls")),
        ("smtps://u:p@mail.example?from=a@b.example", ("mail.example", 465, "implicit")),
    ],
)
def test_a_mail_url_says_host_port_and_tls(url, expected):
    smtp = Smtp.from_url(url)
    assert (smtp.host, smtp.port, smtp.tls) == expected


@pytest.mark.parametrize(
    "url", ["mail.example", "http://mail.example?from=a@b", "smtp://mail.example", "smtp://h?from=a@b&tls=x"]
)
def test_a_mail_url_that_cannot_work_is_refused_at_the_start(url):
    with pytest.raises(ValueError, match="LMS_MAIL_URL"):
        Smtp.from_url(url)
