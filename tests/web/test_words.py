"""What a parser says, which knows no request, reaches the reader as a sentence."""

from flask import Flask, render_template_string

from lms.kernel.errors import Invalid
from lms.kernel.messages import Message
from lms.web.words import said

SENTENCE = Message("Line %(line)s: %(why)s", line=57, why="<b>")


def test_a_message_and_an_ordinary_text_are_both_said(app: Flask) -> None:
    with app.test_request_context():
        assert said(SENTENCE) == "Line 57: <b>"
        assert said("100 %") == "100 %"
        assert render_template_string("{{ sentence | said }}", sentence=SENTENCE) == "Line 57: &lt;b&gt;"


def test_an_error_that_carries_a_message_is_answered_with_it(app: Flask) -> None:
    with app.test_request_context(headers={"Accept": "application/json"}):
        answer = app.make_response(app.handle_user_exception(Invalid(SENTENCE, fields={"file": SENTENCE})))
    assert answer.get_json()["detail"] == "Line 57: <b>"
    assert answer.get_json()["errors"] == [{"field": "file", "detail": "Line 57: <b>"}]
