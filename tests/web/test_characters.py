"""Zero bytes in what strangers send: told to their sender in a sentence, never an error on our side."""

from http import HTTPStatus

import pytest

from tests.support.portal import Cast

GONE = "There was a character in it that cannot be kept."


@pytest.mark.parametrize(
    "path", ["/deals?q=a%00b", "/admin/people?q=%00", "/search?q=%00", "/verify?code=%00"]
)
def test_a_zero_byte_in_a_question_is_refused_in_a_sentence(app, cast: Cast, visit, path):
    for visitor in (visit(), visit(cast.ada)):
        answer = visitor.get(path)
        assert answer.status_code == HTTPStatus.BAD_REQUEST
        assert "a character in this request that cannot be kept" in answer.text


@pytest.mark.parametrize("path", ["/learn/a%00b", "/invitation/%00", "/static/%00", "/%00"])
def test_a_zero_byte_in_an_address_leads_nowhere(app, cast: Cast, visit, path):
    for visitor in (visit(), visit(cast.ada)):
        assert visitor.get(path).status_code == HTTPStatus.NOT_FOUND


def test_a_zero_byte_in_a_form_is_refused_to_strangers_and_members_alike_beside_its_field(
    app, cast: Cast, visit
):
    stranger = visit().post("/sign-in", {"email": "a\0@b.de", "password": "x"})
    assert stranger.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert GONE in stranger.text
    member = visit(cast.ada)
    typed = {"name": "A\0da Anew", "locale": "en", "time_zone": "Europe/London"}
    refused = member.post("/account", typed)
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert GONE in refused.text
    assert 'value="Ada Anew"' in refused.text, "what was typed stands there, without it"
    assert member.get("/account").text.count("Ada Anew") == 0, "and nothing was stored"
    assert member.post("/account", {"na\0me": "Ada"}).status_code == HTTPStatus.BAD_REQUEST


def test_what_no_form_tells_is_refused_by_name_and_not_stored_without_it(app, cast: Cast, visit):
    for theme in ("da\0rk", "dark\0"):
        answer = visit(cast.ada).post("/preferences/theme", {"theme": theme})
        assert answer.status_code == HTTPStatus.BAD_REQUEST
        assert "<code>theme</code>" in answer.text


def test_a_question_that_is_refused_names_what_was_asked(app, cast: Cast, visit):
    assert "<code>q</code>" in visit(cast.ada).get("/search?q=%00").text


def test_a_program_is_told_as_a_problem_and_what_stands_deep_in_its_json_is_seen(app, cast: Cast, visit):
    elements = {"elements": {"cmi.suspend_data": ["", "a\0b"]}}
    answer = visit(cast.amara).post(f"/learn/packages/{cast.cold}/commit", json=elements)
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert answer.content_type == "application/problem+json"
    assert answer.json["errors"] == [
        {"field": "cmi.suspend_data", "detail": "Here is a zero byte, or half a character."}
    ]
