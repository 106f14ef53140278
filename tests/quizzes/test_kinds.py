"""Every answer is graded by its question's rules: right earns all, blank nothing, and nothing leaves the bounds."""

import json
import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.errors import InvalidResponse
from lms.quizzes.kinds import KINDS, Form, kind_of, response_from_json
from lms.quizzes.kinds.amounts import Numbers
from lms.quizzes.kinds.choices import Choice
from lms.quizzes.kinds.essay import Essay, EssayResponse
from lms.quizzes.kinds.file_hand_in import FileHandIn, FileHandInResponse
from lms.quizzes.kinds.free_text import FreeText, FreeTextResponse
from lms.quizzes.kinds.gap_fill import GapFill, GapFillResponse, GapWay
from lms.quizzes.kinds.hotspot import Hotspot, HotspotResponse
from lms.quizzes.kinds.likert import Likert, LikertResponse
from lms.quizzes.kinds.marked_words import MarkedWords, MarkedWordsResponse
from lms.quizzes.kinds.matching import Matching, MatchingResponse, MatchOption, MatchStem
from lms.quizzes.kinds.matrix import Matrix, MatrixResponse
from lms.quizzes.kinds.multiple_choice import ChoiceGrading, MultipleChoice, MultipleChoiceResponse
from lms.quizzes.kinds.numbers import read_number
from lms.quizzes.kinds.numeric import Numeric, NumericAnswer, NumericResponse, Unit, UnitRule
from lms.quizzes.kinds.ordering import Ordering, OrderingResponse
from lms.quizzes.kinds.picture_labels import PictureLabels, PictureLabelsResponse
from lms.quizzes.kinds.picture_labels.rules import field_of
from lms.quizzes.kinds.picture_order import PictureOrder, PictureOrderResponse
from lms.quizzes.kinds.picture_pairs import PicturePairs, PicturePairsResponse
from lms.quizzes.kinds.picture_points import PicturePoints, PicturePointsResponse
from lms.quizzes.kinds.short_text import ShortText, ShortTextResponse, TextAnswer
from lms.quizzes.kinds.single_choice import SingleChoice, SingleChoiceResponse
from lms.quizzes.kinds.true_false import TrueFalse, TrueFalseResponse
from lms.quizzes.kinds.wording import matches
from lms.quizzes.kinds.words import Words
from lms.quizzes.values import NO_TEXT, Body, Question, QuestionType, Response, Text, response_to_json
from tests.quizzes.questions import questions

ONE, HALF, ZERO = Decimal(1), Decimal("0.5"), Decimal(0)
THIRD = Decimal("0.33333")
BLANKS: dict[QuestionType, Response] = {
    SingleChoice.type: SingleChoiceResponse(),
    MultipleChoice.type: MultipleChoiceResponse(),
    TrueFalse.type: TrueFalseResponse(),
    ShortText.type: ShortTextResponse(" \t"),
    Numeric.type: NumericResponse(" "),
    Matching.type: MatchingResponse(),
    Ordering.type: OrderingResponse(),
    Matrix.type: MatrixResponse(),
    GapFill.type: GapFillResponse(),
    Hotspot.type: HotspotResponse(),
    MarkedWords.type: MarkedWordsResponse(),
    PictureLabels.type: PictureLabelsResponse(),
    PicturePoints.type: PicturePointsResponse(),
    PictureOrder.type: PictureOrderResponse(),
    PicturePairs.type: PicturePairsResponse(),
    Essay.type: EssayResponse(),
    FileHandIn.type: FileHandInResponse(),
    Likert.type: LikertResponse(),
    FreeText.type: FreeTextResponse(" \n"),
}


def asked(body: Body) -> Question:
    return Question(title="Question", stem=Text("Asked"), body=body)


def earned(body: Body, response: Response) -> Decimal:
    question = asked(body)
    return kind_of(question).grade(question, response).fraction


SINGLE = SingleChoice(
    (
        Choice("a", Text("best"), ONE, Text("Yes.")),
        Choice("b", Text("good"), HALF),
        Choice("c", Text("bad"), Decimal("-0.25"), Text("No.")),
    )
)
MULTIPLE = MultipleChoice(
    (
        Choice("a", Text("1"), THIRD),
        Choice("b", Text("2"), THIRD),
        Choice("c", Text("3"), THIRD),
        Choice("d", Text("4"), Decimal(-1)),
        Choice("e", Text("5"), Decimal(-1)),
    )
)
WORDS = ShortText(
    (
        TextAnswer("a", "Ohm's law", ONE, Text("Yes.")),
        TextAnswer("b", "*law*", HALF),
        TextAnswer("c", r"2 \* R*"),
    )
)
LENGTH = Numeric(
    (NumericAnswer("a", Decimal("2.5"), Decimal("0.1")), NumericAnswer("b", Decimal("2.5"), ONE, HALF)),
    (Unit("m"), Unit("cm", Decimal(100)), Unit("mm", Decimal(1000))),
    UnitRule.REQUIRED,
    Decimal("0.4"),
)
PAIRS = Matching(
    (MatchStem("a", Text("frog"), "x"), MatchStem("b", Text("newt"), "x"), MatchStem("c", Text("ant"), "y")),
    (MatchOption("x", "amphibian"), MatchOption("y", "insect"), MatchOption("z", "bird")),
)


@pytest.mark.parametrize(
    "body, response, fraction",
    [
        (SINGLE, SingleChoiceResponse("a"), "1"),
        (SINGLE, SingleChoiceResponse("b"), "0.5"),
        (SINGLE, SingleChoiceResponse("c"), "-0.25"),
        (SINGLE, SingleChoiceResponse("gone"), "0"),
        (MULTIPLE, MultipleChoiceResponse(("a", "b", "c")), "1"),
        (MULTIPLE, MultipleChoiceResponse(("a", "b")), "0.66666"),
        (MULTIPLE, MultipleChoiceResponse(("a", "d")), "-0.66667"),
        (MULTIPLE, MultipleChoiceResponse(("d", "e")), "-1"),
        (TrueFalse(answer=False), TrueFalseResponse(answer=False), "1"),
        (TrueFalse(answer=False), TrueFalseResponse(answer=True), "0"),
        (WORDS, ShortTextResponse("ohm\u2019s  LAW "), "1"),
        (WORDS, ShortTextResponse("the law of Ohm"), "0.5"),
        (WORDS, ShortTextResponse("2 * R and more"), "1"),
        (WORDS, ShortTextResponse("2 x R"), "0"),
        (LENGTH, NumericResponse("2.5 m"), "1"),
        (LENGTH, NumericResponse("2,6m"), "1"),
        (LENGTH, NumericResponse("2.4 m"), "1"),
        (LENGTH, NumericResponse("2.61 m"), "0.5"),
        (LENGTH, NumericResponse("250 cm"), "1"),
        (LENGTH, NumericResponse("2 600 mm"), "1"),
        (LENGTH, NumericResponse("2601 mm"), "0.5"),
        (LENGTH, NumericResponse("2.5"), "0.6"),
        (LENGTH, NumericResponse("2.5 ft"), "0.6"),
        (LENGTH, NumericResponse("9 m"), "0"),
        (LENGTH, NumericResponse("two"), "0"),
        (PAIRS, MatchingResponse((("a", "x"), ("b", "x"), ("c", "y"))), "1"),
        (PAIRS, MatchingResponse((("a", "x"), ("b", "y"))), "1/3"),
    ],
)
def test_a_response_earns_what_the_rules_say(body: Body, response: Response, fraction: str) -> None:
    over, _, under = fraction.partition("/")
    assert earned(body, response) == Decimal(over) / Decimal(under or 1)


def typed_in(body: Body) -> list[Words | Numbers]:
    """Return what of a question is typed and held against answers one after another."""
    if isinstance(body, GapFill):
        return [part for gap in body.gaps for part in (gap.words, gap.numbers) if part is not None]
    return [body] if isinstance(body, Words | Numbers) else []


@given(questions())
def test_the_correct_answer_earns_everything_and_a_blank_one_nothing(question: Question) -> None:
    kind = kind_of(question)
    correct, blank = kind.correct_answer(question), BLANKS[question.type]
    assert not kind.is_complete(question, blank)
    assert kind.remark(question, blank) is None
    if not kind.is_scored or kind.is_graded_by_person:
        assert not kind.is_complete(question, correct), "no rule knows a right answer"
        return
    # Which answer decides is up to their order, and an author may have hidden the right one behind another.
    is_hidden = any(part.answers[0].weight != ONE for part in typed_in(question.body))
    if not is_hidden:
        assert kind.grade(question, correct).fraction == ONE
    assert kind.is_complete(question, correct)
    assert kind.remark(question, correct) is None
    assert kind.grade(question, blank).fraction == ZERO
    assert kind.grade(question, blank).parts == ()


def one_of_each(body: Body) -> dict[str, list[str]]:
    """Return what may be picked in each row of a body in which one thing is picked for each; empty for others."""
    if isinstance(body, Matching):
        return {stem.key: [option.key for option in body.options] for stem in body.stems}
    if isinstance(body, Ordering):
        return {item.key: [*map(str, range(1, len(body.items) + 1))] for item in body.items}
    if isinstance(body, PictureOrder):
        return {one.key: [*map(str, range(1, len(body.places) + 1))] for one in body.places}
    if isinstance(body, PictureLabels):
        keys = [label.key for label in body.labels]
        return {field_of(one.key, at): keys for one in body.places for at in range(one.room)}
    if isinstance(body, Likert):
        return {one.key: [point.key for point in body.answers] for one in body.statements}
    return {}


TYPED = st.one_of(st.text(max_size=40), st.text(st.sampled_from("0123456789.,-+eE '\u00a0%km"), max_size=20))


def keys_of(body: SingleChoice | MultipleChoice | Hotspot | MarkedWords | PicturePairs) -> list[str]:
    if isinstance(body, PicturePairs):
        return list(body.all_pairs)
    if isinstance(body, Hotspot):
        return [place.key for place in body.places]
    return [part.key for part in (body.words if isinstance(body, MarkedWords) else body.choices)]


def most_of(body: SingleChoice | MultipleChoice | Hotspot | MarkedWords | PicturePairs) -> int:
    """Return how many may be chosen."""
    if isinstance(body, SingleChoice) or (isinstance(body, MarkedWords) and not body.takes_several):
        return 1
    return (isinstance(body, MultipleChoice) and body.most) or len(keys_of(body))


def fields_by_part(draw: st.DrawFn, body: Body) -> Form | None:
    """Return what a page sends of a question with a field for each part, None for another."""
    if rows := one_of_each(body):
        return {f"answer-{key}": [draw(st.sampled_from(["", *keys]))] for key, keys in rows.items()}
    if isinstance(body, Matrix):
        keys = [column.key for column in body.columns]
        most = len(keys) if body.takes_several else 1
        ticks = st.lists(st.sampled_from(keys), max_size=most, unique=True)
        return {f"answer-{row.key}": draw(ticks) for row in body.rows}
    if isinstance(body, PicturePoints):
        numbers = st.one_of(st.integers(0, 100).map(str), TYPED)
        return {f"answer-{at}-{side}": [draw(numbers)] for at in range(1, body.most + 1) for side in "xy"}
    if isinstance(body, GapFill):
        bank = {GapWay.DRAG: [word.key for word in body.bank]}
        lists = {gap.key: [one.key for one in gap.choices] or bank.get(gap.way, []) for gap in body.gaps}
        return {
            f"answer-{gap.key}": [draw(st.sampled_from(["", *lists[gap.key]]) if lists[gap.key] else TYPED)]
            for gap in body.gaps
        }
    return None


@st.composite
def answered(draw: st.DrawFn) -> tuple[Question, Form]:
    """A question and a form that its page could send, or a person could type into."""
    question = draw(questions())
    body = question.body
    if isinstance(body, SingleChoice | MultipleChoice | Hotspot | MarkedWords | PicturePairs):
        chosen = st.lists(st.sampled_from(keys_of(body)), max_size=most_of(body), unique=True)
        return question, {"answer": draw(chosen)}
    if isinstance(body, TrueFalse):
        return question, {"answer": [draw(st.sampled_from(["true", "false", ""]))]}
    if isinstance(body, FreeText):
        return question, {"answer": [draw(st.text(max_size=min(body.max_characters, 40)))]}
    if isinstance(body, FileHandIn):
        ids = draw(st.lists(st.uuids(), max_size=body.most_files, unique=True))
        return question, {"answer": [str(one) for one in ids]}
    return question, fields_by_part(draw, body) or {"answer": [draw(TYPED)]}


@given(answered())
def test_whatever_is_given_is_kept_and_graded_within_bounds(drawn: tuple[Question, Form]) -> None:
    question, form = drawn
    kind = kind_of(question)
    response = kind.parse_response(question, form)
    assert response_from_json(json.loads(json.dumps(response_to_json(response)))) == response
    if isinstance(response, ShortTextResponse | NumericResponse):
        assert response.text == form["answer"][0]
    lines = kind.describe_response(question, response)
    assert any(line.expected for line in lines) is (kind.is_scored and not kind.is_graded_by_person)
    if kind.is_complete(question, response):
        assert any(line.given for line in lines)
    if not kind.is_scored or kind.is_graded_by_person:
        return
    graded = kind.grade(question, response)
    assert -ONE <= graded.fraction <= ONE
    assert graded == kind.grade(question, response)
    if graded.fraction > ZERO:
        assert graded.parts


@pytest.mark.parametrize(
    "body, form, field",
    [
        (SINGLE, {"answer": ["z"]}, "answer"),
        (SINGLE, {"answer": ["a", "b"]}, "answer"),
        (MULTIPLE, {"answer": ["a", "z"]}, "answer"),
        (TrueFalse(answer=True), {"answer": ["maybe"]}, "answer"),
        (WORDS, {"answer": ["x" * 2001]}, "answer"),
        (LENGTH, {"answer": ["1", "2"]}, "answer"),
        (PAIRS, {"answer-a": ["x"], "answer-b": ["q"]}, "answer-b"),
    ],
)
def test_a_response_that_no_page_could_send_is_refused_by_its_field(
    body: Body, form: Form, field: str
) -> None:
    question = asked(body)
    with pytest.raises(InvalidResponse) as refused:
        kind_of(question).parse_response(question, form)
    assert list(refused.value.fields) == [field]


def test_several_questions_share_a_page() -> None:
    form = {"q1": ["b"], "q2-a": ["x"], "q2-b": ["y"], "q2-c": [""], "answer": ["a"]}
    assert kind_of(asked(SINGLE)).parse_response(asked(SINGLE), form, "q1") == SingleChoiceResponse("b")
    paired = kind_of(asked(PAIRS)).parse_response(asked(PAIRS), form, "q2")
    assert paired == MatchingResponse((("a", "x"), ("b", "y")))
    assert kind_of(asked(PAIRS)).remark(asked(PAIRS), paired) == "Still open: 1."


@pytest.mark.parametrize(
    "rule, text, remark",
    [
        (UnitRule.NONE, "5 m", "number"),
        (UnitRule.NONE, "five", "number"),
        (UnitRule.NONE, "5", None),
        (UnitRule.OPTIONAL, "5", None),
        (UnitRule.OPTIONAL, "5 m", None),
        (UnitRule.OPTIONAL, "5 ft", "not one of these: m, mW, MW"),
        (UnitRule.REQUIRED, "5", "Give the unit too"),
        (UnitRule.REQUIRED, "5 MW", None),
        (UnitRule.REQUIRED, "5 Mw", "not one of these"),
        (UnitRule.REQUIRED, "5 M", None),
        (UnitRule.REQUIRED, "", None),
    ],
)
def test_a_learner_is_told_what_cannot_be_read_but_not_what_is_right(
    rule: UnitRule, text: str, remark: str | None
) -> None:
    units = (Unit("m"), Unit("mW", Decimal(1000)), Unit("MW", Decimal("0.001")))
    question = asked(Numeric((NumericAnswer("a", Decimal(7)),), () if rule is UnitRule.NONE else units, rule))
    said = kind_of(question).remark(question, NumericResponse(text))
    assert (remark is None and said is None) or (remark is not None and said is not None and remark in said)


@pytest.mark.parametrize(
    "text, readings",
    [
        ("3.14", ["3.14"]),
        ("3,14", ["3.14"]),
        (" \u22125 ", ["-5"]),
        ("+3", ["3"]),
        (".5", ["0.5"]),
        ("5.", ["5"]),
        ("1,000", ["1", "1000"]),
        ("1.234", ["1.234", "1234"]),
        ("0,500", ["0.5"]),
        ("1.000.000", ["1000000"]),
        ("1,000.5", ["1000.5"]),
        ("1.000,5", ["1000.5"]),
        ("1\u00a0000,5", ["1000.5"]),
        ("1'000'000.25", ["1000000.25"]),
        ("1.5e-3", ["0.0015"]),
        ("1,5*10^-3", ["0.0015"]),
        ("1.5 \u00d7 10^3", ["1500"]),
        ("\u0663\u066b\u0661\u0664", ["3.14"]),
        ("10 20", None),
        ("1,2,3", None),
        ("1.2,3", None),
        ("1.000.00", None),
        ("1 000.000,5", None),
        ("1e999", None),
        ("", None),
        ("five", None),
        ("9" * 61, None),
    ],
)
def test_numbers_are_read_as_people_type_them(text: str, readings: list[str] | None) -> None:
    typed = read_number(text)
    found = [] if typed is None else list(typed.readings)
    assert found == [Decimal(reading) for reading in readings or ()]


@pytest.mark.parametrize(
    "text, rest",
    [
        ("5 kg", "kg"),
        ("5kg", "kg"),
        ("\u20ac 5", "\u20ac"),
        ("5 kg/m3", "kg/m3"),
        ("5 m\u00b2", "m\u00b2"),
        ("5 %", "%"),
    ],
)
def test_a_unit_may_stand_before_or_after(text: str, rest: str) -> None:
    typed = read_number(text)
    assert typed is not None
    assert (typed.readings, typed.rest) == ((Decimal(5),), rest)


def test_a_number_at_the_edge_of_its_tolerance_is_right_however_it_is_written() -> None:
    body = Numeric(
        (NumericAnswer("a", Decimal("0.3"), Decimal("0.1")),),
        (Unit("m"), Unit("third", Decimal(3))),
        UnitRule.OPTIONAL,
    )
    assert [earned(body, NumericResponse(text)) for text in ("0.2", "0,4", "0.6 third", "1.2 third")] == [
        ONE
    ] * 4
    assert [
        earned(body, NumericResponse(text)) for text in ("0.19999999999999999999", "1.2000000001 third")
    ] == [
        ZERO,
        ZERO,
    ]


@pytest.mark.parametrize("unit", ["N·m", "kg⋅m²", "m³/h", "°C", "%", "'", "µm"])
def test_a_unit_is_recognised_as_its_author_wrote_it(unit: str) -> None:
    body = Numeric((NumericAnswer("a", Decimal(5)),), (Unit(unit),), UnitRule.REQUIRED)
    assert earned(body, NumericResponse(f"5 {unit}")) == ONE


def test_any_number_is_an_answer_where_the_author_says_so() -> None:
    body = Numeric(
        (NumericAnswer("a", Decimal(7)), NumericAnswer("b", None, ZERO, Decimal("-0.5"), Text("Read again.")))
    )
    question = asked(body)
    graded = kind_of(question).grade(question, NumericResponse("8"))
    assert (graded.fraction, graded.parts[0].feedback) == (Decimal("-0.5"), Text("Read again."))
    assert earned(body, NumericResponse("eight")) == ZERO


@pytest.mark.parametrize(
    "pattern, text, case_sensitive, expected",
    [
        ("Frog", " frog ", False, True),
        ("Frog", "frog", True, False),
        ("Frog", "Frog", True, True),
        ("straße", "STRASSE", False, True),
        ("\u00e9t\u00e9", "e\u0301te\u0301", False, True),
        ("a  b", "a\u00a0\tb", False, True),
        ("don't", "don\u2019t", False, True),
        ("soft", "so\u00adft", False, True),
        ("*ran*", "The frog ran.", False, True),
        ("fr*g", "frg", False, True),
        ("fr*g", "fr", False, False),
        ("aba*aba", "aba", False, False),
        ("a*b*c", "a c b", False, False),
        ("a*b*c", "a b b c", False, True),
        (r"\*", "*", False, True),
        (r"\*", "x", False, False),
        ("*", "anything", False, True),
        ("", "anything", False, False),
    ],
)
def test_patterns_match_as_authors_mean_them(
    pattern: str, text: str, case_sensitive: bool, expected: bool
) -> None:
    assert matches(pattern, text, case_sensitive=case_sensitive) is expected


def test_a_hostile_pattern_costs_no_time() -> None:
    began = time.process_time()
    assert not matches("*a" * 50 + "b", "a" * 2000)
    assert time.process_time() - began < 0.5


def test_a_review_says_what_was_given_and_what_was_expected() -> None:
    question = asked(SINGLE)
    (line,) = kind_of(question).describe_response(question, SingleChoiceResponse("c"))
    assert (line.given, line.expected, line.fraction) == (Text("bad"), Text("best"), Decimal("-0.25"))
    assert line.feedback == Text("No.")
    question = asked(MULTIPLE)
    lines = kind_of(question).describe_response(question, MultipleChoiceResponse(("a", "d")))
    assert [(line.given.source, line.expected.source) for line in lines] == [
        ("1", "1"),
        ("", "2"),
        ("", "3"),
        ("4", ""),
    ]
    question = asked(PAIRS)
    lines = kind_of(question).describe_response(question, MatchingResponse((("a", "z"),)))
    assert [(line.asked.source, line.given.source, line.expected.source) for line in lines] == [
        ("frog", "bird", "amphibian"),
        ("newt", "", "amphibian"),
        ("ant", "", "insect"),
    ]
    question = asked(TrueFalse(answer=True))
    (line,) = kind_of(question).describe_response(question, TrueFalseResponse())
    assert (line.given, line.expected.source) == (NO_TEXT, "True")


def test_a_response_of_another_type_is_a_mistake_of_ours() -> None:
    question = asked(SINGLE)
    with pytest.raises(TypeError):
        kind_of(question).grade(question, NumericResponse("1"))
    with pytest.raises(TypeError):
        KINDS[Numeric.type].grade(question, NumericResponse("1"))


def test_every_type_has_its_rules() -> None:
    assert set(KINDS) == set(KINDS)


@pytest.mark.parametrize(
    "grading, keys, fraction",
    [
        (ChoiceGrading.SUM, "c", -HALF),
        (ChoiceGrading.NEVER_BELOW, "c", ZERO),
        (ChoiceGrading.NEVER_BELOW, "a", HALF),
        (ChoiceGrading.ALL, "a", ZERO),
        (ChoiceGrading.ALL, "abc", ZERO),
        (ChoiceGrading.ALL, "ab", ONE),
    ],
)
def test_an_author_says_whether_shares_add_up(grading: ChoiceGrading, keys: str, fraction: Decimal) -> None:
    weights = {"a": HALF, "b": HALF, "c": -HALF}
    choices = tuple(Choice(key, Text(key), weight) for key, weight in weights.items())
    body = MultipleChoice(choices, grading=grading)
    question = Question(title="Parts", stem=Text("Which?"), body=body)
    kind = kind_of(question)
    assert kind.grade(question, MultipleChoiceResponse(tuple(keys))).fraction == fraction
    assert kind.parse_body(kind.fields_of(question)) == body
