"""Zero bytes in what strangers send: told to their sender in a sentence, never an error on our side."""

from http import HTTPStatus

import pytest

from tests.support.portal import Cast


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


def test_a_zero_byte_in_a_form_is_refused_to_strangers_and_members_alike_and_the_field_is_named(
    app, cast: Cast, visit
):
    stranger = visit().post("/sign-in", {"email": "a\0@b.de", "password": "x"})
    assert stranger.status_code == HTTPStatus.BAD_REQUEST
    assert "<code>email</code>" in stranger.text
    member = visit(cast.ada)
    assert member.post("/account", {"name": "A\0da"}).status_code == HTTPStatus.BAD_REQUEST
    assert member.post("/account", {"na\0me": "Ada"}).status_code == HTTPStatus.BAD_REQUEST


def test_a_program_is_told_as_a_problem_and_what_stands_deep_in_its_json_is_seen(app, cast: Cast, visit):
    elements = {"elements": {"cmi.suspend_data": ["", "a\0b"]}}
    answer = visit(cast.amara).post(f"/learn/packages/{cast.cold}/commit", json=elements)
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert answer.content_type == "application/problem+json"
    assert answer.json["errors"] == [
        {"field": "cmi.suspend_data", "detail": "Here is a zero byte, or half a character."}
    ]
