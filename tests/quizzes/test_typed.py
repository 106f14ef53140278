"""Words and numbers as people type them: what is forgiven is forgiven, and nothing else."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.quizzes.formats.gift import Gift
from lms.quizzes.formats.moodle_xml import MoodleXml
from lms.quizzes.kinds import kind_of, question_from_json
from lms.quizzes.kinds.numeric import Numeric, NumericAnswer, ToleranceRule, Unit, UnitRule
from lms.quizzes.kinds.short_text import ShortText, ShortTextResponse, TextAnswer
from lms.quizzes.kinds.wording import is_slip_of
from lms.quizzes.values import Body, ImportedQuestion, Question, Text, question_to_json
from tests.quizzes.drawn import NUMBERS
from tests.quizzes.questions import numerics, short_texts

HALF = Decimal("0.5")


def asked(body: Body) -> Question:
    return Question(title="t", stem=Text("What is it?"), body=body)


def earned(body: Body, typed: str) -> Decimal:
    question = asked(body)
    response = kind_of(question).parse_response(question, {"answer": [typed]})
    return kind_of(question).grade(question, response).fraction


COOLING = ShortText((TextAnswer("a", "Kühlung"), TextAnswer("b", "Kühlanlage", HALF)))


@pytest.mark.parametrize(
    "typed, exact, plain, slips",
    [
        ("Kühlung", "1", "1", "1"),
        ("Ku\u0308hlung", "1", "1", "1"),
        ("kuhlung", "0", "1", "1"),
        ("KÜHLUNG", "1", "1", "1"),
        ("Külhung", "0", "0", "1"),
        ("Kühlug", "0", "0", "1"),
        ("Kühlungg", "0", "0", "1"),
        ("Kühlugn!", "0", "0", "0"),
        ("Kuehlung", "0", "0", "0"),
        ("Kühlanlgae", "0", "0", "0.5"),
        ("Kuhlanlge", "0", "0", "0.5"),
        ("Heizung", "0", "0", "0"),
        ("", "0", "0", "0"),
    ],
)
def test_accents_and_slips_are_forgiven_where_the_author_says_so(
    typed: str, exact: str, plain: str, slips: str
) -> None:
    assert earned(COOLING, typed) == Decimal(exact)
    assert earned(replace(COOLING, accents_matter=False), typed) == Decimal(plain)
    assert earned(replace(COOLING, slips_forgiven=True), typed) == Decimal(slips)


@pytest.mark.parametrize(
    "pattern, typed, forgiven",
    [
        ("R744", "R774", False),
        ("R744 gas", "R744 gaz", True),
        ("oil", "oli", False),
        ("pump", "pmup", True),
        ("pump", "pmpu!", False),
        ("compressor", "copmresor", True),
        ("compressor", "copmreso", False),
        ("compress*", "kompressor", False),
        ("压缩机油泵", "压缩机油", True),
    ],
)
def test_a_slip_is_a_letter_and_never_a_digit(pattern: str, typed: str, *, forgiven: bool) -> None:
    assert is_slip_of(pattern, typed) is forgiven


def test_what_is_spelled_right_counts_before_a_slip_and_a_slip_before_a_star() -> None:
    body = ShortText(
        (
            TextAnswer("a", "contactor"),
            TextAnswer("b", "contractor", Decimal(-1)),
            TextAnswer("c", "*", HALF),
        ),
        slips_forgiven=True,
    )
    assert earned(body, "contactor") == 1
    assert earned(body, "contractor") == -1
    assert earned(body, "contactr") == 1
    assert earned(body, "relay") == HALF


def test_a_mark_that_makes_another_letter_is_no_accent() -> None:
    body = ShortText((TextAnswer("a", "か"),), accents_matter=False)
    assert earned(body, "か") == 1
    assert earned(body, "が") == 0


@pytest.mark.parametrize(
    "rule, tolerance, value, typed, right",
    [
        ("relative", "0.05", "200", "210", True),
        ("relative", "0.05", "200", "190", True),
        ("relative", "0.05", "200", "210.01", False),
        ("relative", "0.05", "-200", "-209", True),
        ("relative", "0", "200", "200", True),
        ("figures", "3", "3.14159", "3.14", True),
        ("figures", "3", "3.14159", "3.144", True),
        ("figures", "3", "3.14159", "3.145", False),
        ("figures", "3", "3.14159", "3.1", False),
        ("figures", "2", "0.00012345", "1,2e-4", True),
        ("figures", "2", "-1250", "-1300", True),
        ("figures", "1", "0", "0", True),
        ("figures", "1", "0", "0.1", False),
        ("absolute", "0.5", "10", "10.5", True),
        ("absolute", "0.5", "10", "10.51", False),
    ],
)
def test_a_tolerance_is_an_amount_a_share_or_figures(
    rule: str, tolerance: str, value: str, typed: str, *, right: bool
) -> None:
    body = Numeric(
        (NumericAnswer("a", Decimal(value), Decimal(tolerance)),), tolerance_rule=ToleranceRule(rule)
    )
    assert earned(body, typed) == int(right)


def test_a_share_and_figures_hold_in_every_unit() -> None:
    units = (Unit("bar"), Unit("mbar", Decimal(1000)))
    answer = NumericAnswer("a", Decimal("2.5"), Decimal("0.1"))
    body = Numeric((answer,), units, UnitRule.REQUIRED, tolerance_rule=ToleranceRule.RELATIVE)
    assert earned(body, "2750 mbar") == 1
    assert earned(body, "2751 mbar") == 0
    body = replace(
        body, answers=(replace(answer, tolerance=Decimal(2)),), tolerance_rule=ToleranceRule.FIGURES
    )
    assert earned(body, "2540 mbar") == 1
    assert earned(body, "2560 mbar") == 0


@pytest.mark.parametrize("tolerance", ["0", "1.5", "16"])
def test_figures_are_counted_in_whole_numbers(tolerance: str) -> None:
    with pytest.raises(ValueError, match="from 1 to 15"):
        Numeric((NumericAnswer("a", Decimal(1), Decimal(tolerance)),), tolerance_rule=ToleranceRule.FIGURES)


def test_a_share_above_the_whole_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 100%"):
        Numeric((NumericAnswer("a", Decimal(1), Decimal(2)),), tolerance_rule=ToleranceRule.RELATIVE)


@st.composite
def ruled_numbers(draw: st.DrawFn) -> Numeric:
    body = draw(numerics())
    rule = draw(st.sampled_from([ToleranceRule.RELATIVE, ToleranceRule.FIGURES]))
    tolerances = (
        st.integers(1, 15).map(Decimal)
        if rule is ToleranceRule.FIGURES
        else st.integers(0, 10_000).map(lambda number: Decimal(number) / 10_000)
    )
    answers = tuple(replace(one, tolerance=draw(tolerances)) for one in body.answers)
    return replace(body, answers=answers, tolerance_rule=rule)


@st.composite
def ruled_words(draw: st.DrawFn) -> ShortText:
    return replace(
        draw(short_texts()),
        case_sensitive=draw(st.booleans()),
        accents_matter=draw(st.booleans()),
        slips_forgiven=draw(st.booleans()),
    )


@given(body=st.one_of(ruled_numbers(), ruled_words()))
def test_a_form_and_a_bank_keep_every_rule(body: Body) -> None:
    question = asked(body)
    kind = kind_of(question)
    assert kind.parse_body(kind.fields_of(question)) == body
    assert question_from_json(question_to_json(question)) == question


def read_back(form: Gift | MoodleXml, question: Question) -> Question:
    assert any("written as an amount" in loss for loss in form.losses(ImportedQuestion(question)))
    (read,) = form.parse(form.write([ImportedQuestion(question)])).questions
    return read.question


@pytest.mark.parametrize("form", [Gift(), MoodleXml()], ids=["gift", "moodle_xml"])
@given(
    body=ruled_numbers().filter(lambda body: body.tolerance_rule is ToleranceRule.RELATIVE),
    share=st.integers(-150, 150),
)
def test_a_file_holds_the_amount_that_a_share_comes_to(
    form: Gift | MoodleXml, body: Numeric, share: int
) -> None:
    right = next(one for one in body.answers if one.value is not None)
    near = f"{(right.value or Decimal(0)) + body.margin(right) * share / 101:f}"
    read = read_back(form, asked(body)).body
    assert earned(read, near) == earned(body, near)


@pytest.mark.parametrize("form", [Gift(), MoodleXml()], ids=["gift", "moodle_xml"])
@given(value=NUMBERS, figures=st.integers(1, 15), share=st.integers(-49, 49))
def test_a_file_holds_half_a_step_of_the_last_figure(
    form: Gift | MoodleXml, value: Decimal, figures: int, share: int
) -> None:
    rounded = Decimal(f"{value:.{figures - 1}e}")
    body = Numeric((NumericAnswer("a", rounded, Decimal(figures)),), tolerance_rule=ToleranceRule.FIGURES)
    read = read_back(form, asked(body)).body
    above = f"{rounded + body.margin(body.answers[0]) * abs(share) / 50 * (-1 if rounded < 0 else 1):f}"
    assert earned(body, above) == earned(read, above) == 1


@given(body=ruled_words())
def test_a_file_says_which_rules_for_words_it_cannot_hold(body: ShortText) -> None:
    imported = ImportedQuestion(asked(body))
    forgiven = (not body.accents_matter) + body.slips_forgiven
    assert len(Gift().losses(imported)) == forgiven + body.case_sensitive
    assert len(MoodleXml().losses(imported)) == forgiven


@given(text=st.text(max_size=30), other=st.text(max_size=30))
def test_forgiving_takes_nothing_away(text: str, other: str) -> None:
    if not text.strip():
        return
    strict = ShortText((TextAnswer("a", text),))
    if earned(strict, other) == 1:
        for forgiving in (replace(strict, accents_matter=False), replace(strict, slips_forgiven=True)):
            assert earned(forgiving, other) == 1
    assert kind_of(asked(strict)).grade(asked(strict), ShortTextResponse(other)).fraction in {0, 1}
