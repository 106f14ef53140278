"""Signing in: who gets in, who is kept out, and what a thief of a cookie or a guesser cannot do."""

from datetime import timedelta

from lms.identity import facade as identity
from lms.kernel import clock
from lms.kernel.uow import unit_of_work

WORDS = "correct horse battery"


def _with_password(cast):
    with unit_of_work():
        return identity.add_person(email="Eve@Example.com", name="Eve Moss", now=clock.now(), password=WORDS)


def test_a_person_signs_in_with_address_and_password_and_lands_where_they_wanted(app, cast, visit):
    _with_password(cast)
    visitor = visit()
    answer = visitor.post("/sign-in", {"email": "eve@example.com", "password": WORDS, "next": "/account"})
    assert answer.status_code == 303
    assert answer.location == "/account"


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
    for trap in ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"):
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
