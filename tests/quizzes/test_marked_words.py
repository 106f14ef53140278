"""Words in a text: what is chosen among them, and that marks and rows stay together while an author writes."""

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings

from lms.quizzes.bank.forms import QuestionForm
from lms.quizzes.errors import InvalidResponse
from lms.quizzes.formats import GIFT, MOODLE_XML
from lms.quizzes.kinds import kind_of
from lms.quizzes.kinds.marked_words import MarkedWord, MarkedWords, MarkedWordsResponse
from lms.quizzes.values import ImportedQuestion, Question, Text, TextFormat
from tests.quizzes.exams import FOUND
from tests.quizzes.questions import marked_words, questions
from tests.quizzes.test_asking import page_of

ONE, HALF = Decimal(1), Decimal("0.5")
SEVERAL = replace(
    FOUND,
    body=MarkedWords(
        (MarkedWord("a", HALF), MarkedWord("b", HALF), MarkedWord("c", -HALF)), takes_several=True
    ),
)


@pytest.mark.parametrize(
    "keys, one, several",
    [
        ((), "0", "0"),
        (("a",), "0", "0.5"),
        (("b",), "1", "0.5"),
        (("a", "b"), "1", "1"),
        (("a", "b", "c"), "1", "0.5"),
        (("c",), "0", "0"),
        (("gone",), "0", "0"),
    ],
)
def test_words_earn_what_they_weigh(keys: tuple[str, ...], one: str, several: str) -> None:
    response = MarkedWordsResponse(keys)
    assert kind_of(FOUND).grade(FOUND, response).fraction == Decimal(one)
    assert kind_of(SEVERAL).grade(SEVERAL, response).fraction == Decimal(several)


def test_but_one_word_is_taken_unless_several_may_be_chosen() -> None:
    kind, form = kind_of(FOUND), {"answer": ["c", "a"]}
    assert kind.parse_response(SEVERAL, form) == MarkedWordsResponse(("a", "c"))
    for bad in (form, {"answer": ["x"]}):
        with pytest.raises(InvalidResponse):
            kind.parse_response(FOUND, bad)


def test_a_review_names_the_words() -> None:
    (line,) = kind_of(FOUND).describe_response(FOUND, MarkedWordsResponse(("c",)))
    assert (line.given.source, line.expected.source) == ("holds", "fills")
    (line,) = kind_of(FOUND).describe_response(FOUND, MarkedWordsResponse(("b",)))
    assert (line.given.source, line.expected.source, line.feedback.source) == (
        "fills",
        "fills",
        "It is filled later.",
    )
    lines = kind_of(SEVERAL).describe_response(SEVERAL, MarkedWordsResponse(("a", "c")))
    assert [(one.given.source, one.expected.source) for one in lines] == [
        ("makes", "makes"),
        ("", "fills"),
        ("holds", ""),
    ]


def test_the_words_are_chosen_within_the_text_and_no_page_tells_which_is_right(app: Flask) -> None:
    with app.test_request_context():
        page = page_of(FOUND)
        turned = replace(FOUND, body=MarkedWords((MarkedWord("a", ONE), MarkedWord("b"), MarkedWord("c"))))
        assert page == page_of(turned)
        several = page_of(SEVERAL)
    assert re.findall(r'<input type="radio" name="q1" value="([^"]+)"><span>(\w+)', page) == [
        ("a", "makes"),
        ("b", "fills"),
        ("c", "holds"),
    ]
    assert "[[" not in page
    assert several.count('type="checkbox"') == 3
    assert kind_of(FOUND).told('A [[b]] <i title="[[c]]">d</i>') == 'A <u>b</u> <i title="[[c]]">d</i>'


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=questions(marked_words()))
def test_every_marked_place_is_asked_once_and_in_its_order(app: Flask, question: Question) -> None:
    body = question.body
    assert isinstance(body, MarkedWords)
    with app.test_request_context():
        page = page_of(question)
    assert re.findall(r'name="q1" value="([^"]+)"', page) == [word.key for word in body.words]


@pytest.mark.parametrize(
    "build, says",
    [
        (lambda: MarkedWords((MarkedWord("a", ONE),)), "Mark 2 to 100"),
        (lambda: MarkedWords((MarkedWord("a"), MarkedWord("b", HALF))), "one of them must be right"),
        (lambda: MarkedWords((MarkedWord("a"), MarkedWord("b", HALF)), takes_several=True), "add up to 100%"),
        (lambda: MarkedWords((MarkedWord("a", ONE), MarkedWord("a"))), "same key"),
        (lambda: replace(FOUND, stem=Text("[[a]] and [[b]]")), "not those that are described"),
        (lambda: replace(FOUND, stem=Text("[[a]] [[b]] [[c")), "Write"),
        (lambda: replace(FOUND, stem=Text("[[a]] [[b]] [[c\nd]]")), "Write"),
        (lambda: replace(FOUND, stem=Text("[[a]] [[b]] [[ ]]")), "Write"),
        (lambda: replace(FOUND, stem=Text("[[a]] [[b]] [[<b>c</b>]]", TextFormat.HTML)), "Write"),
        (lambda: replace(FOUND, stem=Text("[[a]] [[b]] [[**c**]]")), "no formatting"),
    ],
)
def test_a_text_nobody_could_answer_is_refused(build: Callable[[], object], says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)):
        build()


def test_a_row_goes_with_its_words_wherever_they_stand() -> None:
    fields = dict(QuestionForm.filled(FOUND, seen=1).fields)
    fields["stem"] = "[[Quickly]] a pump [[fills]] the plant and [[makes]] a vacuum."
    again = QuestionForm.posted(FOUND.type, fields).read(None)
    assert again is not None
    assert isinstance(again.body, MarkedWords)
    quickly, fills, makes = again.body.words
    assert (fills, makes) == (MarkedWord("b", ONE, Text("It is filled later.")), MarkedWord("a"))
    assert quickly.key not in {"a", "b"}


def test_a_new_text_asks_for_what_is_right_in_it() -> None:
    form = QuestionForm.posted(FOUND.type, {"stem": "A [[b]] and [[c]]."})
    assert [form.value(f"word-{row}-words") for row in form.rows("word")] == ["b", "c"]
    assert form.read(None) is None
    assert form.faults["words"] == "Tick the words that are right."
    both = {**form.fields, "word-0-right": "on", "word-1-right": "on", "several": "on"}
    made = QuestionForm.posted(FOUND.type, both).read(None)
    assert made is not None
    assert isinstance(made.body, MarkedWords)
    assert [word.weight for word in made.body.words] == [HALF, HALF]


def test_formats_without_such_a_question_say_so() -> None:
    imported = ImportedQuestion(FOUND)
    assert GIFT.losses(imported) == ("the whole question: GIFT has none of its kind",)
    assert MOODLE_XML.losses(imported) == ("the whole question: Moodle has none of its kind",)
