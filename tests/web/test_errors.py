"""Errors from one place: a page for people, problem+json (RFC 9457) for programs, each with a number to ask by."""

import re
from http import HTTPStatus

import pytest

from lms.identity.service import sign_out_everywhere
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.errors import Conflict, Invalid, Stale
from lms.kernel.uow import unit_of_work
from lms.web.access import public
from tests.support.portal import ORIGIN


@pytest.fixture
def problem_of(sqlite_app, visit):
    """Return a function that asks as a program does, and gives back the problem it was answered with."""

    def ask(path, *, method="GET", visitor=None):
        visitor, headers = visitor or visit(), {"Accept": "application/json"}
        answer = (
            visitor.get(path, headers=headers)
            if method == "GET"
            else visitor.post(path, method=method, headers=headers)
        )
        assert answer.content_type == "application/problem+json", answer.text
        return answer.json

    return ask


def test_a_program_that_asks_for_what_is_not_there_gets_a_problem_with_a_number(problem_of):
    problem = problem_of("/nowhere")
    assert problem["status"] == HTTPStatus.NOT_FOUND
    assert problem["type"] == "urn:guildhall:problem:not-found"
    assert problem["title"] == "Not Found"
    assert problem["detail"]
    assert problem["instance"] == "/nowhere"
    assert re.fullmatch(r"[0-9a-f]{16}", problem["request_id"])


def test_who_has_not_signed_in_who_may_not_and_who_uses_the_wrong_verb_are_told_apart(
    problem_of, cast, visit
):
    assert problem_of("/account")["status"] == HTTPStatus.UNAUTHORIZED
    assert problem_of("/admin/audit", visitor=visit(cast.amara))["status"] == HTTPStatus.FORBIDDEN
    assert problem_of("/healthz", method="PUT")["status"] == HTTPStatus.METHOD_NOT_ALLOWED


@pytest.fixture
def failing(sqlite_app):
    """Let one page fail as a bug would, and one as a rule does."""
    before = dict(sqlite_app.view_functions)

    def replace(endpoint, error):
        def view(**_):
            raise error

        sqlite_app.view_functions[endpoint] = public(view)

    yield replace
    sqlite_app.view_functions.clear()
    sqlite_app.view_functions.update(before)


def test_a_refused_field_is_named(problem_of, failing):
    failing("system.healthz", Invalid("This cannot be.", fields={"amount": "is no amount"}))
    problem = problem_of("/healthz")
    assert problem["status"] == HTTPStatus.UNPROCESSABLE_ENTITY
    assert problem["errors"] == [{"field": "amount", "detail": "is no amount"}]


@pytest.mark.parametrize(
    "error, title",
    [(Stale("Look again."), "Changed meanwhile"), (Conflict("In use."), "Not possible as it stands")],
)
def test_what_changed_meanwhile_and_what_merely_stands_in_the_way_are_told_apart(
    visit, failing, error, title
):
    failing("system.healthz", error)
    answer = visit().get("/healthz", headers={"Accept": "text/html"})
    assert answer.status_code == HTTPStatus.CONFLICT
    assert re.findall(r"<h1>([^<]+)</h1>", answer.text) == [title]
    assert error.message in answer.text


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_an_error_that_nobody_foresaw_shows_its_number_and_none_of_its_insides(visit, failing, accept):
    failing("system.healthz", RuntimeError("secret inside"))
    answer = visit().get("/healthz", headers={"Accept": accept})
    assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert "secret inside" not in answer.text
    assert "Traceback" not in answer.text
    assert re.search(r"\b[0-9a-f]{16}\b", answer.text)


@pytest.mark.parametrize("lost", ["the cookie", "the sign-in"])
def test_who_lost_the_session_under_a_form_is_led_back_to_it_and_told_that_the_text_is_not_lost(
    app, cast, visit, lost
):
    amara = visit(cast.amara)
    token = amara.token()
    if lost == "the cookie":
        amara.client.delete_cookie("guildhall", domain="localhost")
    else:
        with unit_of_work(), acting_as(SYSTEM):
            sign_out_everywhere(person_id=cast.amara, now=clock.now())
    page = {"Referer": f"{ORIGIN}/deals/new?customer=a", "X-CSRFToken": token}
    answer = amara.post("/deals/new", {"title": "An hour of typing"}, headers=page)
    assert answer.status_code == HTTPStatus.UNAUTHORIZED
    assert "What you typed is still in your browser" in answer.text
    assert 'href="/sign-in?next=/deals/new?customer%3Da"' in answer.text
    elsewhere = amara.post("/deals/new", {}, headers={**page, "Referer": "https://elsewhere.example/x"})
    assert 'href="/sign-in?next=/"' in elsewhere.text
