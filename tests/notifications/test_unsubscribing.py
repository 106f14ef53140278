"""The way out at the foot of every letter: by its button, and by what mail programs post by themselves (RFC 8058)."""

import re

import pytest

from lms.identity.rules import without_link_tokens
from lms.kernel import clock, mail
from lms.notifications import jobs
from lms.notifications.service import letters
from lms.notifications.values import Delivery, NoticeGroup
from tests.notifications.letters import COURSE, DEAL, at, known, letters_to, subjects, tell, want
from tests.notifications.test_choices import choices_of
from tests.support.portal import ORIGIN

DAY = at("2026-11-26 12:00")


@pytest.fixture
def posting(app, cast, mailbox):
    """Let letters leave through a real mail server, at noon; yield its mailbox."""
    mail.install(app, f"{mailbox.url}?from=portal@halden.example")
    with known(app, DEAL, COURSE), clock.frozen_at(DAY):
        yield mailbox
    mail.install(app, None)


def path_in(letter):
    (url,) = re.findall(r"^<(\S+)>$", letter["List-Unsubscribe"])
    return url.partition("127.0.0.1:8000")[2]


def post_as_a_mail_program(app, path):
    """Post what RFC 8058 says, from nowhere we know, with no session, and with a stranger's cookies."""
    client = app.test_client()
    client.set_cookie("guildhall", "a planted one", domain="localhost")
    return client.post(
        path,
        data={"List-Unsubscribe": "One-Click"},
        base_url=ORIGIN,
        headers={"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"},
    )


def test_a_letter_names_the_way_out_in_its_head_and_its_foot_whole(app, cast, posting):
    tell(cast.amara, "Approved")
    mail.deliver_due()
    (letter,) = posting.wait_for(1)
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = path_in(letter)
    assert path.startswith("/notifications/unsubscribe/")
    for form in ("plain", "html"):
        body = letter.get_body((form,)).get_content()
        assert path in body
        assert "/account/notifications" in body


def test_the_head_of_a_letter_reaches_the_server_unencoded_and_unbroken(app, cast, posting):
    """Mail programs read the address as it stands: RFC 2047 has no place in it."""
    tell(cast.amara, "Approved")
    mail.deliver_due()
    (letter,) = posting.wait_for(1)
    (line,) = re.findall(rb"^List-Unsubscribe: <(\S+)>\r?$", posting.sources[0], flags=re.MULTILINE)
    assert line.decode().endswith(path_in(letter))
    assert letters.read_token(path_in(letter).rpartition("/")[2]) == (
        cast.amara,
        frozenset({NoticeGroup.DEALS}),
    )


def test_one_click_stops_letters_of_that_group_alone_and_what_waits_too(app, cast, posting):
    tell(cast.amara, "Approved")
    mail.deliver_due()
    path = path_in(posting.wait_for(1)[0])
    want(cast.amara, {NoticeGroup.DEALS: Delivery.DAILY, NoticeGroup.LEARNING: Delivery.DAILY})
    tell(cast.amara, "Waits")
    assert post_as_a_mail_program(app, path).status_code == 200
    assert post_as_a_mail_program(app, path).status_code == 200
    chosen = choices_of(cast.amara)
    assert chosen.delivery_of(NoticeGroup.DEALS) is Delivery.PORTAL
    assert chosen.delivery_of(NoticeGroup.LEARNING) is Delivery.DAILY
    with clock.frozen_at(at("2026-11-28 12:00")):
        jobs.write_letters()
    tell(cast.amara, "Another")
    assert subjects("amara") == ["Approved"]


def test_opening_the_link_changes_nothing_and_shows_a_button_that_does(app, cast, posting, visit):
    tell(cast.amara, "Approved")
    path = re.findall(
        r"http://127\.0\.0\.1:8000(/notifications/unsubscribe/\S+)", letters_to("amara")[0].text
    )[0]
    stranger = visit()
    page = stranger.get(path)
    assert page.status_code == 200
    assert "Stop these letters?" in page.text
    assert "Deals" in page.text
    assert choices_of(cast.amara).delivery_of(NoticeGroup.DEALS) is Delivery.AT_ONCE
    (action,) = re.findall(r'<form[^>]+method="post" action="([^"]+unsubscribe[^"]+)"', page.text)
    done = stranger.post(action)
    assert "Letters stopped" in done.text
    assert choices_of(cast.amara).delivery_of(NoticeGroup.DEALS) is Delivery.PORTAL


def test_a_digest_stops_what_is_in_it(app, cast, posting):
    want(cast.amara, {NoticeGroup.DEALS: Delivery.DAILY, NoticeGroup.LEARNING: Delivery.DAILY})
    tell(cast.amara, "A deal")
    tell(cast.amara, "A course", COURSE)
    with clock.frozen_at(at("2026-11-27 08:00")):
        jobs.write_letters()
        mail.deliver_due()
    (letter,) = posting.wait_for(1)
    post_as_a_mail_program(app, path_in(letter))
    chosen = choices_of(cast.amara)
    assert {group for group in NoticeGroup if chosen.delivery_of(group) is Delivery.PORTAL} == {
        NoticeGroup.DEALS,
        NoticeGroup.LEARNING,
    }


def test_a_token_that_is_not_ours_or_was_altered_stops_nothing(app, cast, visit):
    token = letters.token_of(cast.amara, [NoticeGroup.DEALS])
    for other in ("", "x", token[:-2] + "AA", token.replace(".", ".x"), f"{token}x"):
        assert visit().get(f"/notifications/unsubscribe/{other}").status_code == 404
        assert post_as_a_mail_program(app, f"/notifications/unsubscribe/{other}").status_code == 404
    assert choices_of(cast.amara).deliveries == {}


def test_who_looks_at_the_outbox_cannot_stop_anybodys_letters(app, cast, posting, visit):
    tell(cast.amara, "Approved")
    (letter,) = letters_to("amara")
    token = letter.stop_url.rpartition("/")[2]
    for form in (letter.text, letter.html):
        assert token in form
        assert not any(part in without_link_tokens(form) for part in token.split("."))
    mail.deliver_due()
    page = visit(cast.odd).get(f"/admin/mail/{letter.id}").text
    assert token not in page


def test_posting_by_token_reads_no_session_and_no_other_form_is_opened_by_it(app, cast, visit):
    amara = visit(cast.amara)
    refused = amara.client.post(
        "/account/notifications", base_url=ORIGIN, headers={"Origin": "https://mail.example"}, data={}
    )
    assert refused.status_code == 403
