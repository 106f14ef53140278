"""Choices that stay in their place, of which only so many may be made, or of which several sets are right."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.bank.forms import QuestionForm
from lms.quizzes.errors import InvalidResponse
from lms.quizzes.formats import GIFT, MOODLE_XML
from lms.quizzes.kinds import kind_of
from lms.quizzes.kinds.choices import Choice
from lms.quizzes.kinds.multiple_choice import ChoiceGrading, MultipleChoice, MultipleChoiceResponse
from lms.quizzes.kinds.single_choice import SingleChoice
from lms.quizzes.values import ImportedQuestion, Question, Text, question_to_json
from tests.quizzes.questions import fixed_choices, limited_choices, questions

ONE, HALF = Decimal(1), Decimal("0.5")
NAMES = ("Ammonia", "Propane", "Carbon dioxide", "None of these")
BODY = MultipleChoice(
    tuple(
        Choice(key, Text(name), weight)
        for key, name, weight in zip("abcd", NAMES, (HALF, HALF, Decimal(0), Decimal(0)), strict=True)
    ),
    fixed=("d",),
    most=2,
    also=(("a", "c"),),
)
ASKED = Question(title="Burns", stem=Text("Which of these?"), body=BODY)


@given(questions(fixed_choices() | limited_choices()), st.integers())
def test_what_is_fixed_stays_and_all_others_are_shuffled(question: Question, seed: int) -> None:
    body, kind = question.body, kind_of(question)
    assert isinstance(body, SingleChoice | MultipleChoice)
    keys = [choice.key for choice in body.choices]
    order = kind.order(question, Random(seed), shuffle=True)  # noqa: S311  which order is no secret
    assert sorted(order) == sorted(keys)
    assert all(order[at] == key for at, key in enumerate(keys) if key in body.fixed)
    assert kind.order(question, Random(seed), shuffle=False) == keys  # noqa: S311  as above
    loose = replace(question, body=replace(body, fixed=()))
    before = list(keys)
    Random(seed).shuffle(before)  # noqa: S311  as above
    assert kind.order(loose, Random(seed), shuffle=True) == before, "as attempts of before were shuffled"  # noqa: S311


def test_no_more_choices_are_taken_than_may_be_made() -> None:
    kind = kind_of(ASKED)
    assert kind.hint(ASKED) == "Choose at most 2."
    assert kind.parse_response(ASKED, {"answer": ["b", "a"]}) == MultipleChoiceResponse(("a", "b"))
    with pytest.raises(InvalidResponse, match="at most 2") as refused:
        kind.parse_response(ASKED, {"q1": ["a", "b", "c"]}, "q1")
    assert refused.value.fields.keys() == {"q1"}
    free = replace(ASKED, body=replace(BODY, most=0))
    assert len(kind.parse_response(free, {"answer": ["a", "b", "c"]}).keys) == 3  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "keys, summed, whole",
    [
        (("a", "b"), "1", "1"),
        (("a", "c"), "1", "1"),
        (("a",), "0.5", "0"),
        (("b", "c"), "0.5", "0"),
        (("c", "d"), "0", "0"),
        ((), "0", "0"),
    ],
)
def test_another_right_combination_earns_as_much(keys: tuple[str, ...], summed: str, whole: str) -> None:
    kind, response = kind_of(ASKED), MultipleChoiceResponse(keys)
    graded = kind.grade(ASKED, response)
    assert graded.fraction == Decimal(summed)
    assert sum(part.fraction for part in graded.parts) == graded.fraction
    strict = replace(ASKED, body=replace(BODY, grading=ChoiceGrading.ALL))
    assert kind.grade(strict, response).fraction == Decimal(whole)


def test_a_review_of_another_right_combination_expects_no_other() -> None:
    lines = kind_of(ASKED).describe_response(ASKED, MultipleChoiceResponse(("a", "c")))
    assert [(one.given, one.expected, one.fraction) for one in lines] == [
        (Text("Ammonia"), Text("Ammonia"), HALF),
        (Text("Carbon dioxide"), Text("Carbon dioxide"), HALF),
    ]


@pytest.mark.parametrize(
    "build, says",
    [
        (lambda: replace(BODY, fixed=("x",)), "not there"),
        (lambda: replace(BODY, also=(("x",),)), "not there"),
        (lambda: replace(BODY, also=((),)), "not all different"),
        (lambda: replace(BODY, also=(("b", "a"),)), "not all different"),
        (lambda: replace(BODY, also=(("a", "a"),)), "not all different"),
        (lambda: replace(BODY, also=(("a", "c"), ("c", "a"))), "not all different"),
        (lambda: replace(BODY, most=1), "At most 2 to 4"),
        (lambda: replace(BODY, most=5), "At most 2 to 4"),
        (lambda: replace(BODY, most=2, also=(("a", "b", "c"),)), "At most 3 to 4"),
    ],
)
def test_limits_nobody_could_keep_are_refused(build: Callable[[], object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        build()


def test_a_question_of_before_is_stored_as_it_was() -> None:
    plain = replace(ASKED, body=replace(BODY, fixed=(), most=0, also=()))
    assert question_to_json(plain)["body"].keys() == {"choices", "shuffle"}


def test_removing_a_choice_counts_the_other_combinations_anew() -> None:
    form = QuestionForm.filled(ASKED, seen=1)
    assert form.value("also") == "1, 3"
    assert form.act("remove:choice:1")
    assert form.value("also") == "1, 2"
    assert form.act("remove:choice:0")
    assert form.value("also") == "1"


@pytest.mark.parametrize("said", ["0", "1, 9", "a", "1 and 2", "\u0661"])
def test_a_combination_that_names_no_choices_is_said_beside_it(said: str) -> None:
    fields = {**QuestionForm.filled(ASKED, seen=1).fields, "also": said}
    form = QuestionForm.posted(ASKED.type, fields)
    assert form.read(None) is None
    assert form.faults["also"] == "Write the numbers of choices in each line, such as 1, 3."


def test_what_other_formats_lose_of_it_is_said() -> None:
    lost = [
        "which choices stay in their place",
        "how many choices may be made",
        "the other combinations that are right",
    ]
    assert [*GIFT.losses(ImportedQuestion(ASKED))] == lost
    assert [*MOODLE_XML.losses(ImportedQuestion(ASKED))] == lost
