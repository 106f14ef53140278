"""Logs: one JSON object a line, with the number of the request, and never what opens a door."""

import io
import json
import logging
import sys

import pytest
import structlog

from lms.kernel import logs
from lms.kernel.actor import Actor, acting_as
from lms.kernel.db import new_id


@pytest.fixture
def lines(monkeypatch):
    """Yield a function that returns what was logged so far, line by line."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    configured = structlog.get_config()
    told = io.StringIO()
    monkeypatch.setattr(sys, "stderr", told)
    logs.configure(level="DEBUG")
    yield lambda: [json.loads(line) for line in told.getvalue().splitlines()]
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**configured)


def test_a_line_says_what_when_from_where_in_which_request_and_who(lines):
    person_id = new_id()
    with acting_as(Actor(person_id=person_id, request_id="0123456789abcdef")):
        structlog.get_logger("lms.example").info("deal.refused", deal="HD-1")
        logging.getLogger("a.library").warning("it %s", "spoke")
    ours, theirs = lines()
    assert ours["event"] == "deal.refused"
    assert ours["deal"] == "HD-1"
    assert theirs["event"] == "it spoke"
    for line in (ours, theirs):
        assert line["request_id"] == "0123456789abcdef"
        assert line["person_id"] == str(person_id)
        assert line["timestamp"].endswith("Z")
        assert line["level"] in {"info", "warning"}


@pytest.mark.parametrize("name", sorted(logs.SECRETS))
def test_a_secret_given_to_a_log_is_not_in_its_line(lines, name):
    structlog.get_logger("lms.example").warning("sign_in.odd", **{name: "open sesame"})
    logging.getLogger("a.library").warning("odd", extra={name: "open sesame"})
    assert "open sesame" not in json.dumps(lines())
    assert lines()[0][name] == "…"


def test_an_error_is_logged_with_its_trace_on_one_line(lines):
    structlog.get_logger("lms.example").error("request.failed", exc_info=ValueError("no such thing"))
    (line,) = lines()
    assert "ValueError: no such thing" in line["exception"]


def test_no_password_link_or_session_reaches_the_log_whatever_fails(lines, sqlite_app, cast, visit):
    visitor = visit()
    visitor.post("/sign-in", {"email": "amara@example.com", "password": "open sesame forty"})
    visitor.get("/reset/a-token-that-opens-nothing")
    visitor.post("/reset/a-token-that-opens-nothing", {"password": "open sesame forty"})
    visit(cast.amara).get("/nowhere")
    said = json.dumps(lines())
    for secret in ("open sesame forty", "a-token-that-opens-nothing", "session="):
        assert secret not in said
