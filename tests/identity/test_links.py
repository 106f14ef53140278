"""Reset links and invitations: they work once, not for ever, and tell nobody who has an account."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.identity import facade as identity
from lms.identity import service
from lms.identity.models import SingleUseLink
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db, new_id
from lms.kernel.mail import Mail
from lms.kernel.uow import unit_of_work

OLD, NEW = "correct horse battery", "a lantern over wet stones"


@pytest.fixture
def eve(app, cast):
    """Somebody with a password, who reads German."""
    with unit_of_work():
        return identity.add_person(
            email="eve@example.com", name="Eve Moss", now=clock.now(), password=OLD, locale="de"
        )


def letters(to="eve@example.com"):
    with unit_of_work(read_only=True):
        found = db.session.scalars(select(Mail).where(Mail.to == to).order_by(Mail.id)).all()
        # What is read later must not open a transaction that nobody ends.
        db.session.expunge_all()
        return found


def link_in(letter):
    found = re.search(r"https?://[^/]+(/(?:reset|invitation)/[\w-]+)", letter.text)
    assert found, letter.text
    return found[1]


def ask(visit, email="eve@example.com"):
    return visit().post("/reset", {"email": email})


def test_a_forgotten_password_is_replaced_and_every_other_browser_is_signed_out(app, eve, visit):
    elsewhere = visit(eve)
    ask(visit)
    here = visit()
    link = link_in(letters()[0])
    assert "Eve Moss" in here.get(link).text
    assert here.post(link, {"password": NEW}).status_code == 303
    assert here.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 303
    assert visit().post("/sign-in", {"email": "eve@example.com", "password": OLD}).status_code == 422
    assert visit().post("/sign-in", {"email": "eve@example.com", "password": NEW}).status_code == 303


def test_the_answer_never_tells_whether_an_account_exists(app, eve, visit):
    known, unknown = ask(visit), ask(visit, "nobody@example.com")
    assert (known.status_code, known.location) == (unknown.status_code, unknown.location)
    assert len(letters()) == 1
    assert letters("nobody@example.com") == []


def test_looking_at_a_link_does_not_use_it_up(app, eve, visit):
    ask(visit)
    link = link_in(letters()[0])
    for _ in range(3):
        assert visit().get(link).status_code == 200
    assert visit().post(link, {"password": NEW}).status_code == 303


def test_a_link_works_once(app, eve, visit):
    ask(visit)
    link = link_in(letters()[0])
    visit().post(link, {"password": NEW})
    again = visit().post(link, {"password": "another set of words"})
    assert again.status_code == visit().get(link).status_code == 410
    assert "Send me a new link" in again.text
    assert visit().post("/sign-in", {"email": "eve@example.com", "password": NEW}).status_code == 303


def test_of_two_who_use_a_link_at_once_one_gets_in(app, eve, visit):
    ask(visit)
    link = link_in(letters()[0])
    passwords = [f"{word} over wet stones at night" for word in ("lantern", "harbour", "granite", "heather")]
    browsers = [visit() for _ in passwords]

    def accept(browser, words):
        with app.app_context():
            return browser.post(link, {"password": words}).status_code

    with ThreadPoolExecutor(4) as crowd:
        answers = list(crowd.map(accept, browsers, passwords))
    assert sorted(answers) == [303, 410, 410, 410]
    held = [
        visit().post("/sign-in", {"email": "eve@example.com", "password": words}).status_code == 303
        for words in passwords
    ]
    assert held == [answer == 303 for answer in answers]


def test_a_reset_link_ends_after_two_hours(app, eve, visit):
    with clock.frozen_at(clock.now()) as advance:
        ask(visit)
        link = link_in(letters()[0])
        advance(timedelta(hours=2) - timedelta(seconds=1))
        assert visit().get(link).status_code == 200
        advance(timedelta(seconds=1))
        assert visit().get(link).status_code == 410
        assert visit().post(link, {"password": NEW}).status_code == 410


def test_a_tampered_link_and_one_of_the_other_kind_open_nothing(app, eve, visit):
    ask(visit)
    link = link_in(letters()[0])
    for wrong in (link[:-1] + ("A" if link[-1] != "A" else "B"), link.replace("/reset/", "/invitation/")):
        assert visit().get(wrong).status_code == 410
        assert visit().post(wrong, {"password": NEW}).status_code == 410


def test_a_weak_password_is_refused_beside_its_field_and_leaves_the_link_as_it_was(app, eve, visit):
    ask(visit)
    link = link_in(letters()[0])
    for weak in ("short", "password123456", "eve moss 1984!!"):
        refused = visit().post(link, {"password": weak})
        assert refused.status_code == 422
        assert 'aria-invalid="true"' in refused.text
    assert visit().post(link, {"password": NEW}).status_code == 303


def test_the_letter_is_in_the_readers_language_and_leads_to_the_public_address(app, eve, visit, monkeypatch):
    monkeypatch.setitem(app.config, "LMS_PUBLIC_URL", "https://portal.example")
    ask(visit)
    letter = letters()[0]
    assert letter.language == "de"
    assert '<html lang="de"' in letter.html
    for part in (letter.text, letter.html):
        assert "https://portal.example/reset/" in part


def test_asking_again_and_again_fills_nobodys_mailbox(app, eve, visit):
    with clock.frozen_at(clock.now()) as advance:
        for _ in range(6):
            assert ask(visit).status_code == 303
        assert len(letters()) == 3
        advance(timedelta(minutes=16))
        ask(visit)
        assert len(letters()) == 4


def test_one_place_cannot_ask_for_everybody(app, eve, visit):
    for number in range(20):
        ask(visit, f"person{number}@example.com")
    assert ask(visit).status_code == 429
    assert letters() == []


def test_a_suspended_person_gets_no_way_back_in(app, eve, visit):
    ask(visit)
    link = link_in(letters()[0])
    with unit_of_work(), acting_as(SYSTEM):
        service.suspend(person_id=eve, actor=SYSTEM, now=clock.now())
    assert visit().post(link, {"password": NEW}).status_code == 410
    ask(visit)
    assert len(letters()) == 1


def test_an_invitation_is_accepted_once_within_seven_days(app, cast, visit):
    ruth = visit(cast.ruth)
    with clock.frozen_at(clock.now()) as advance:
        ruth.post(
            "/team/people/new",
            {
                "key": str(new_id()),
                "name": "Ines Vale",
                "email": "Ines@Example.com",
                "organisation": str(cast.brixham),
                "position": str(cast.technician),
                "locale": "en",
            },
        )
        letter = letters("ines@example.com")[0]
        assert "Ruth Calloway has opened an account for you at Brixham Automation." in letter.text
        link = link_in(letter)
        advance(timedelta(days=7) - timedelta(minutes=1))
        ines = visit()
        assert ines.post(link, {"password": NEW}).status_code == 303
        assert "Ines Vale" in ines.get("/account").text
        assert visit().post(link, {"password": NEW}).status_code == 410


def test_an_invitation_left_lying_ends_and_a_reset_brings_the_person_in_all_the_same(app, cast, visit):
    with clock.frozen_at(clock.now()) as advance:
        with unit_of_work(), acting_as(SYSTEM):
            person = identity.add_person(email="ines@example.com", name="Ines Vale", now=clock.now())
            service.invite(person_id=person, actor=SYSTEM, now=clock.now())
        link = link_in(letters("ines@example.com")[0])
        advance(timedelta(days=7))
        assert visit().get(link).status_code == 410
        ask(visit, "ines@example.com")
        assert visit().post(link_in(letters("ines@example.com")[1]), {"password": NEW}).status_code == 303


def test_a_new_invitation_takes_the_place_of_the_one_before(app, cast, visit):
    with unit_of_work(), acting_as(SYSTEM):
        person = identity.add_person(email="ines@example.com", name="Ines Vale", now=clock.now())
        service.invite(person_id=person, actor=SYSTEM, now=clock.now())
        service.invite(person_id=person, actor=SYSTEM, now=clock.now())
    first, second = map(link_in, letters("ines@example.com"))
    assert visit().get(first).status_code == 410
    assert visit().get(second).status_code == 200


def test_no_table_keeps_a_token_that_opens_anything(app, eve, visit):
    ask(visit)
    token = link_in(letters()[0]).rpartition("/")[2]
    with unit_of_work(read_only=True):
        kept = db.session.execute(select(*SingleUseLink.__table__.columns)).all()
    assert token not in str(kept)
