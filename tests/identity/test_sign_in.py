"""Signing in: who gets in, who is kept out, and what a thief of a cookie or a guesser cannot do."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from argon2 import PasswordHasher, Type, extract_parameters
from sqlalchemy import select

from lms.identity import facade as identity
from lms.identity import jobs, service
from lms.identity import queries as identity_queries
from lms.identity.models import SignIn, SingleUseLink, Throttle
from lms.identity.service import passwords
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work

WORDS = "correct horse battery"
TRACES = (SignIn, SingleUseLink, Throttle)


def _with_password(cast):
    with unit_of_work():
        return identity.add_person(email="Eve@Example.com", name="Eve Moss", now=clock.now(), password=WORDS)


def test_a_person_signs_in_with_address_and_password_and_lands_where_they_wanted(app, cast, visit):
    _with_password(cast)
    visitor = visit()
    answer = visitor.post("/sign-in", {"email": "eve@example.com", "password": WORDS, "next": "/account"})
    assert answer.status_code == 303
    assert answer.location == "/account"


def test_an_unknown_address_is_answered_after_the_work_that_a_known_one_costs():
    known, nobodys = passwords.hash_password(WORDS), passwords.no_ones_hash()
    assert extract_parameters(nobodys) == extract_parameters(known)
    assert len(nobodys) == len(known)
    assert not passwords.fits(nobodys, WORDS)
    assert nobodys != passwords.no_ones_hash()


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(app, cast, visit):
    _with_password(cast)
    wrong = visit().post("/sign-in", {"email": "eve@example.com", "password": "not it at all"})
    unknown = visit().post("/sign-in", {"email": "nobody@example.com", "password": "not it at all"})
    assert wrong.status_code == unknown.status_code == 422
    assert "The address or the password is wrong." in wrong.text
    assert "The address or the password is wrong." in unknown.text


def test_an_account_is_closed_to_guessing_and_opens_again_by_itself(app, cast, visit):
    _with_password(cast)
    with clock.frozen_at(clock.now()) as advance:
        for _ in range(8):
            visit().post("/sign-in", {"email": "eve@example.com", "password": "guess"})
        blocked = visit().post("/sign-in", {"email": "eve@example.com", "password": WORDS})
        assert blocked.status_code == 429
        advance(timedelta(minutes=16))
        assert visit().post("/sign-in", {"email": "eve@example.com", "password": WORDS}).status_code == 303


def test_a_sign_in_never_leads_away_from_the_portal(app, cast, visit):
    _with_password(cast)
    for trap in (
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
    ):
        answer = visit().post("/sign-in", {"email": "eve@example.com", "password": WORDS, "next": trap})
        assert answer.location == "/"


def test_a_form_from_another_site_is_refused_even_with_the_token(app, cast, visit):
    visitor = visit(cast.amara)
    for origin in ("http://localhost:8001", "http://evil.example", "null"):
        assert visitor.post("/sign-out", headers={"Origin": origin}).status_code == 403


def test_a_form_without_its_token_is_refused(app, cast, visit):
    visitor = visit(cast.amara)
    assert visitor.post("/sign-out", headers={"X-CSRFToken": "made-up"}).status_code == 400


def test_a_request_that_brings_two_session_cookies_is_refused(app, cast, visit):
    answer = app.test_client(use_cookies=False).get(
        "/sign-in", base_url="http://localhost:8000", headers={"Cookie": "guildhall=a; guildhall=b"}
    )
    assert answer.status_code == 400


def test_a_session_planted_before_the_sign_in_is_worth_nothing_after_it(app, cast, visit):
    _with_password(cast)
    victim = visit()
    victim.get("/sign-in")
    victim.token()
    planted = victim.client.get_cookie("guildhall", domain="localhost").value
    old_token = victim.token()
    assert victim.post("/sign-in", {"email": "eve@example.com", "password": WORDS}).status_code == 303
    assert victim.client.get_cookie("guildhall", domain="localhost").value != planted
    # Whoever planted it holds no sign-in, and the form token of before opens no form of now.
    thief = visit()
    thief.client.set_cookie("guildhall", planted, domain="localhost")
    assert thief.get("/account").status_code == 303
    assert victim.post("/account/sign-out-everywhere", headers={"X-CSRFToken": old_token}).status_code == 400


def test_signing_out_makes_a_copied_cookie_worthless(app, cast, visit):
    person = visit(cast.amara)
    copied = person.client.get_cookie("guildhall", domain="localhost").value
    assert person.get("/account").status_code == 200
    person.post("/sign-out")
    thief = visit()
    thief.client.set_cookie("guildhall", copied, domain="localhost")
    assert thief.get("/account").status_code == 303


def test_signing_out_everywhere_ends_the_other_browser_at_its_next_request(app, cast, visit):
    here, there, another = visit(cast.amara), visit(cast.amara), visit(cast.ruth)
    assert there.get("/account").status_code == 200
    assert here.post("/account/sign-out-everywhere").location == "/sign-in"
    assert here.get("/account").status_code == there.get("/account").status_code == 303
    assert another.get("/account").status_code == 200


def test_a_sign_in_ends_by_itself_after_two_weeks(app, cast, visit):
    with clock.frozen_at(clock.now()) as advance:
        person = visit(cast.amara)
        advance(timedelta(days=13, hours=23))
        assert person.get("/account").status_code == 200
        advance(timedelta(hours=2))
        assert person.get("/account").status_code == 303


def test_guessing_from_one_address_is_slowed_down_whatever_the_account(app, cast, visit):
    _with_password(cast)
    for number in range(60):
        visit().post("/sign-in", {"email": f"guess{number}@example.com", "password": "guess"})
    blocked = visit().post("/sign-in", {"email": "eve@example.com", "password": WORDS})
    assert blocked.status_code == 429
    assert 0 < int(blocked.headers["Retry-After"]) <= 15 * 60


def test_failures_at_the_same_moment_are_all_counted(app, cast, visit):
    _with_password(cast)

    def guess(browser):
        with app.app_context():
            return browser.post("/sign-in", {"email": "eve@example.com", "password": "guess"}).status_code

    with ThreadPoolExecutor(4) as crowd:
        assert set(crowd.map(guess, [visit() for _ in range(8)])) == {422}
    assert visit().post("/sign-in", {"email": "eve@example.com", "password": WORDS}).status_code == 429


def test_an_unknown_address_costs_the_same_work_as_a_wrong_password(app, cast, visit, monkeypatch):
    _with_password(cast)
    work = []

    class Counting(PasswordHasher):
        def verify(self, hash_, password):
            work.append(extract_parameters(hash_))
            return super().verify(hash_, password)

    monkeypatch.setattr(passwords, "_hasher", Counting(time_cost=1, memory_cost=8, parallelism=1))
    for address in ("eve@example.com", "nobody@example.com", "amara@example.com"):
        assert visit().post("/sign-in", {"email": address, "password": "not it"}).status_code == 422
    assert len(work) == 3
    assert work[0] == work[1] == work[2]


def test_the_demo_lists_its_people_and_lets_each_in_with_one_click(app, cast, visit, monkeypatch):
    monkeypatch.setitem(app.config, "LMS_DEMO_SIGN_IN", True)
    visitor = visit()
    page = visitor.get("/sign-in").text
    assert "Ruth Calloway" in page
    assert "Partner admin" in page
    assert visitor.post("/sign-in/demo", {"person": str(cast.ruth)}).status_code == 303
    assert "Ruth Calloway" in visitor.get("/account").text


def test_nobody_comes_in_by_the_demos_door_where_there_is_no_demo(app, cast, visit, monkeypatch):
    monkeypatch.setitem(app.config, "LMS_DEMO_SIGN_IN", False)
    assert "Ruth Calloway" not in visit().get("/sign-in").text
    visitor = visit()
    assert visitor.post("/sign-in/demo", {"person": str(cast.ruth)}).status_code == 404
    assert visitor.get("/account").status_code == 303


def test_the_demos_door_opens_for_nobody_but_its_own_people(app, cast, visit, monkeypatch):
    monkeypatch.setitem(app.config, "LMS_DEMO_SIGN_IN", True)
    eve = _with_password(cast)
    for person in (str(eve), "00000000-0000-7000-8000-000000000000", "nonsense", ""):
        assert visit().post("/sign-in/demo", {"person": person}).status_code == 404


def test_a_suspended_person_is_out_at_their_next_request_and_stays_out(app, cast, visit):
    _with_password(cast)
    with unit_of_work(read_only=True):
        eve = identity_queries.find_person_by_email("eve@example.com")
    assert eve is not None
    session = visit()
    session.post("/sign-in", {"email": "eve@example.com", "password": WORDS})
    assert session.get("/account").status_code == 200
    with unit_of_work(), acting_as(SYSTEM):
        service.suspend(person_id=eve.id, actor=SYSTEM, now=clock.now())
    assert session.get("/account").status_code == 303
    assert visit().post("/sign-in", {"email": "eve@example.com", "password": WORDS}).status_code == 422


def test_what_is_over_is_forgotten_and_who_is_signed_in_stays(app, cast, visit):
    with clock.frozen_at(clock.now()) as advance:
        visit().post("/sign-in", {"email": "nobody@example.com", "password": "guess"})
        visit().post("/reset", {"email": "amara@example.com"})
        visit(cast.amara)
        advance(timedelta(days=14 + 181))
        ruth = visit(cast.ruth)
        jobs.forget_traces()
        assert ruth.get("/account").status_code == 200
        with unit_of_work(read_only=True):
            left = {table.__tablename__: db.session.scalars(select(table)).all() for table in TRACES}
    assert {name: len(rows) for name, rows in left.items()} == {
        "sign_ins": 1,
        "single_use_links": 0,
        "throttles": 0,
    }


def test_no_hash_is_made_with_less_work_than_argon2id_asks_for():
    parameters = extract_parameters(PasswordHasher().hash(WORDS))
    assert parameters.type is Type.ID
    assert parameters.memory_cost >= 19 * 1024  # OWASP's least, in KiB
    assert parameters.time_cost >= 2


def test_a_way_back_that_would_break_the_answer_is_none(app, cast, visit):
    _with_password(cast)
    broken = "/deals\r\nX-Evil: 1"
    answers = [
        visit().post("/preferences/language", {"locale": "de", "next": broken}),
        visit().post("/preferences/theme", {"theme": "dark", "next": "/[x"}),
        visit().post("/sign-in", {"email": "eve@example.com", "password": WORDS, "next": broken}),
    ]
    assert [(answer.status_code, answer.location) for answer in answers] == [
        (303, "/"),
        (303, "/%5Bx"),
        (303, "/"),
    ]
    assert not any("X-Evil" in answer.headers for answer in answers)
