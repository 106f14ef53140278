"""No page of an attempt names a choice by where its author wrote it: who answers by that would pass unread."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from lms.app.portal import Portal
from lms.kernel.db import db
from lms.quizzes.kinds import response_in
from lms.quizzes.kinds.masks import opened
from lms.quizzes.values import Question
from tests.quizzes.exams import (
    CHECKS,
    FOUND,
    GAPS,
    JOINED,
    LABELLED,
    NUMBERED,
    PAIRS,
    SPOTS,
    STEPS,
    VALVE,
    enrol,
    fill_bank,
    finish,
    fixed,
    set_up_exam,
    sitting,
    start,
)
from tests.support.portal import Cast, Visitor

Visit = Callable[..., Visitor]
Fields = Mapping[str, Sequence[str]]
PICKED: Mapping[str, tuple[Question, Fields]] = {
    "one of several": (VALVE, {"": ["b"]}),
    "some of several": (CHECKS, {"": ["a", "b"]}),
    "pairs": (PAIRS, {"-a": ["x"], "-b": ["y"]}),
    "an order": (STEPS, {"-a": ["1"], "-b": ["2"], "-c": ["3"]}),
    "places": (SPOTS, {"": ["a"]}),
    "labels": (LABELLED, {"-a": ["x"], "-b": ["y"]}),
    "numbers": (NUMBERED, {"-a": ["1"], "-b": ["2"], "-c": ["3"]}),
    "joined": (JOINED, {"": ["a-b"]}),
    "words of a text": (FOUND, {"": ["b"]}),
    "gaps": (GAPS, {"-1": ["a"], "-2": ["hold"]}),
}
"""A question of each kind that something is picked in, and what answers it by its keys: fields and their values."""
NAMED = re.compile(r'(?:name="q1-?|value="|data-(?:word|place|item)=")([^"]*)"')


def masked(order: Sequence[str], right: Fields) -> dict[str, list[str]]:
    """Return an answer as a page sends it that shows this order."""
    names = {entry.rpartition(".")[2]: f"~{place}" for place, entry in enumerate(order, 1)}
    is_of_names = {part.removeprefix("-") for part in right} == set(names)
    fields: dict[str, list[str]] = {}
    for part, values in right.items():
        if is_of_names:
            fields[f"q1-{names[part.removeprefix('-')]}"] = list(values)
        else:
            fields[f"q1{part}"] = [names.get(value, value) for value in values]
    return fields


@pytest.mark.parametrize("what", PICKED)
def test_what_is_picked_from_is_named_by_where_it_stands_and_an_answer_by_that_earns_what_it_should(
    app: Portal, cast: Cast, visit: Visit, what: str
) -> None:
    question, right = PICKED[what]
    course_id, exam = set_up_exam(
        fixed(fill_bank([replace(question, title="One")])), shuffle_choices=True, review="answers"
    )
    enrol(cast.amara, course_id)
    attempt, amara = start(exam.id, cast.amara), visit(cast.amara)
    (slot,) = sitting(attempt, cast.amara).slots
    page = amara.get(f"/learn/exams/{attempt}/1").text
    asked = page[page.index('id="q1"') : page.index("</fieldset>")]
    names = set(NAMED.findall(asked))
    assert {f"~{place}" for place in range(1, len(slot.order) + 1)} <= names
    keys = {entry.rpartition(".")[2] for entry in slot.order}
    of_lines = {part.removeprefix("-") for part in right} if what in {"pairs", "gaps", "labels"} else set()
    assert not (keys - of_lines) & names, "the page names what its author wrote first"
    answer = masked(slot.order, right)
    assert amara.post(f"/learn/exams/{attempt}/1", {"slot": "1", **answer}).status_code == 303
    again = amara.get(f"/learn/exams/{attempt}/1").text
    assert re.search(r"\b(?:checked|selected)\b", again), "what was picked is picked when one comes back"
    db.session.remove()
    finish(attempt, cast.amara)
    done = sitting(attempt, cast.amara).attempt
    assert (done.score, done.passed) == (Decimal(1), True)


@pytest.mark.parametrize(
    "form, read",
    [
        ({"q1": ["~1", "~2"]}, {"q1": ["c", "a"]}),
        ({"q1-~2": ["1"]}, {"q1-a": ["1"]}),
        ({"q1": ["a"]}, {"q1": ["a"]}),
        ({"q1": ["~4", "~0", "~", "~01"]}, {"q1": ["~4", "~0", "~", "~01"]}),
        ({"q1-t": ["~1"], "q1-p": ["~1"]}, {"q1-t": ["~1"], "q1-p": ["c"]}),
        ({"q10": ["~1"], "q10-~1": ["~1"], "slot": ["~1"]}, {}),
    ],
)
def test_names_are_read_back_for_their_own_question_alone_and_what_is_typed_stays_as_it_is(
    form: Fields, read: Fields
) -> None:
    assert opened(form, "q1", ["c", "a", "b.b"], {"t"}) == read


def test_a_page_that_was_open_before_still_sends_the_keys_and_is_understood(app: Portal) -> None:
    assert response_in(VALVE, {"q1": ["b"]}, "q1", ["c", "b", "a"]) == response_in(
        VALVE, {"q1": ["~2"]}, "q1", ["c", "b", "a"]
    )
