"""How any kind of question is asked: whatever it holds, no page gives away what is right."""

import re
from collections.abc import Iterable
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from flask import Flask, get_template_attribute
from hypothesis import HealthCheck, given, settings

import lms
from lms.quizzes.bank.service.questions import stored_as
from lms.quizzes.kinds import KINDS, kind_of
from lms.quizzes.values import Question, Text
from lms.quizzes.views.paper import asking_of
from tests.quizzes.questions import questions, with_gaps

MARK = re.compile(r"\W+")
OPTION = re.compile(r"<option[^>]*>([^<]*)</option>")
LMS = Path(lms.__file__).parent


def page_of(question: Question) -> str:
    """Return the question as a page asks it."""
    ask = get_template_attribute("quizzes/_ask.html", "ask")
    return str(ask(asking_of(stored_as(question, {})), 1))


def bare(text: str) -> str:
    return MARK.sub("", text)


# What stands in every page, such as the name of an attribute, is no secret when somebody happens to write it too.
FURNITURE = bare("".join(path.read_text() for path in sorted(LMS.rglob("templates/**/*.html"))))


def is_plain_to_see(text: str, told: Iterable[str]) -> bool:
    """Return whether a text is too short to tell, or stands in what a page holds anyway."""
    return len(bare(text)) < 6 or any(bare(text) in one for one in (FURNITURE, *map(bare, told)))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=questions())
def test_no_kind_gives_away_what_is_right_before_it_is_answered(app: Flask, question: Question) -> None:
    told = (question.stem.source, *(text.source for text in kind_of(question).shown_texts(question).values()))
    with app.test_request_context():
        page, other = page_of(question), page_of(replace(question, stem=with_gaps(Text("x"), question.body)))
    told = (*told, *(unescape(words) for words in OPTION.findall(page)))
    for secret in kind_of(question).secrets(question):
        if not is_plain_to_see(secret, told):
            assert secret not in page, "the page holds what is right"
            assert secret not in other
    for text in (question.general_feedback, question.feedback_correct, *question.hints):
        if not is_plain_to_see(text.source, told):
            assert text.source not in page


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_says_what_it_is_and_how_it_is_held(name: str) -> None:
    kind = next(one for key, one in KINDS.items() if key == name)
    assert kind.title
    assert kind.lead.endswith(".")
    assert kind.icon
    assert kind.body.type == kind.response.type == kind.type
    assert kind.response() == kind.response(), "a blank answer needs nothing"
