"""Hypothesis strategies that draw any question the product can hold, within what a file format can carry."""

from decimal import Decimal

from hypothesis import strategies as st

from lms.quizzes.values import (
    NO_TEXT,
    Body,
    Choice,
    Matching,
    MatchOption,
    MatchStem,
    MultipleChoice,
    Numeric,
    NumericAnswer,
    Question,
    ShortText,
    SingleChoice,
    Text,
    TextAnswer,
    TextFormat,
    TrueFalse,
    Unit,
    UnitRule,
    key_at,
)
from lms.quizzes.values.questions import GOES_ON_AS_A_NUMBER

# Everything XML 1.0 can carry, and no carriage return (XML and GIFT both normalise line ends).
SPECIALS = "{}~=#:\\%*[]<>&'\"\n/-$_ ->"
CHARACTERS = st.one_of(
    st.sampled_from(SPECIALS),
    st.characters(
        codec="utf-8", categories=("L", "N", "P", "S", "Zs", "M"), exclude_characters="\ufffe\uffff"
    ),
)
SOURCES = st.text(CHARACTERS, min_size=1, max_size=30).map(str.strip).filter(bool)
NAMES = (
    st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "M")), min_size=1, max_size=12)
    .map(lambda name: " ".join(name.split()))
    .filter(bool)
)
WEIGHTS = st.integers(-1000, 999).map(lambda weight: Decimal(weight) / 1000)
NUMBERS = st.decimals(-(10**9), 10**9, allow_nan=False, allow_infinity=False, places=4).map(Decimal.normalize)


@st.composite
def texts(draw: st.DrawFn) -> Text:
    """A text in any format."""
    return Text(draw(SOURCES), draw(st.sampled_from(TextFormat)))


FEEDBACK = st.one_of(st.just(NO_TEXT), texts())


@st.composite
def single_choices(draw: st.DrawFn) -> SingleChoice:
    weights = [Decimal(1), *draw(st.lists(WEIGHTS, min_size=1, max_size=5))]
    choices = [
        Choice(key_at(position), draw(texts()), weight, draw(FEEDBACK))
        for position, weight in enumerate(draw(st.permutations(weights)))
    ]
    return SingleChoice(tuple(choices))


@st.composite
def multiple_choices(draw: st.DrawFn) -> MultipleChoice:
    share = draw(st.integers(1, 999))
    right = [Decimal(share) / 1000, Decimal(1000 - share) / 1000]
    wrong = draw(st.lists(WEIGHTS.filter(lambda weight: weight <= 0), max_size=4))
    choices = [
        Choice(key_at(position), draw(texts()), weight, draw(FEEDBACK))
        for position, weight in enumerate(draw(st.permutations([*right, *wrong])))
    ]
    return MultipleChoice(tuple(choices))


@st.composite
def true_falses(draw: st.DrawFn) -> TrueFalse:
    return TrueFalse(draw(st.booleans()), draw(FEEDBACK), draw(FEEDBACK))


@st.composite
def short_texts(draw: st.DrawFn) -> ShortText:
    weights = draw(st.permutations([Decimal(1), *draw(st.lists(WEIGHTS, max_size=3))]))
    answers = [
        TextAnswer(key_at(position), draw(SOURCES), weight, draw(FEEDBACK))
        for position, weight in enumerate(weights)
    ]
    return ShortText(tuple(answers))


@st.composite
def numerics(draw: st.DrawFn) -> Numeric:
    weights = draw(st.permutations([Decimal(1), *draw(st.lists(WEIGHTS, max_size=3))]))
    answers = [
        NumericAnswer(key_at(position), draw(NUMBERS), abs(draw(NUMBERS)), weight, draw(FEEDBACK))
        for position, weight in enumerate(weights)
    ]
    if draw(st.booleans()):
        answers.append(NumericAnswer(key_at(len(answers)), None, weight=Decimal(0), feedback=draw(texts())))
    return Numeric(tuple(answers))


def can_be_typed(unit: str) -> bool:
    return not GOES_ON_AS_A_NUMBER.match(unit)


@st.composite
def numerics_with_units(draw: st.DrawFn) -> Numeric:
    plain = draw(numerics())
    names = draw(st.lists(NAMES.filter(can_be_typed), min_size=1, max_size=4, unique=True))
    factors = [
        Decimal(1),
        *draw(st.lists(NUMBERS.filter(bool), min_size=len(names) - 1, max_size=len(names) - 1)),
    ]
    units = tuple(Unit(name, factor) for name, factor in zip(names, factors, strict=True))
    if draw(st.booleans()):
        return Numeric(plain.answers, units, UnitRule.OPTIONAL)
    penalty = Decimal(draw(st.integers(0, 100))) / 100
    return Numeric(plain.answers, units, UnitRule.REQUIRED, penalty)


@st.composite
def matchings(draw: st.DrawFn) -> Matching:
    lefts = draw(st.lists(texts(), min_size=2, max_size=5))
    rights = draw(st.lists(SOURCES, min_size=2, max_size=5, unique=True))
    chosen = [draw(st.sampled_from(rights)) for _ in lefts]
    # Keys follow the order of first mention, distractors last: what any importer does.
    ordered = list(dict.fromkeys([*chosen, *rights]))
    keys = {text: key_at(position) for position, text in enumerate(ordered)}
    return Matching(
        tuple(
            MatchStem(key_at(position), left, keys[right])
            for position, (left, right) in enumerate(zip(lefts, chosen, strict=True))
        ),
        tuple(MatchOption(keys[text], text) for text in ordered),
    )


BODIES: st.SearchStrategy[Body] = st.one_of(
    single_choices(),
    multiple_choices(),
    true_falses(),
    short_texts(),
    numerics(),
    numerics_with_units(),
    matchings(),
)


@st.composite
def questions(draw: st.DrawFn, bodies: st.SearchStrategy[Body] = BODIES) -> Question:
    """A question with everything set."""
    return Question(
        title=draw(NAMES),
        stem=draw(texts()),
        body=draw(bodies),
        marks=Decimal(draw(st.integers(0, 1000))) / 100,
        general_feedback=draw(FEEDBACK),
        feedback_correct=draw(FEEDBACK),
        feedback_partial=draw(FEEDBACK),
        feedback_incorrect=draw(FEEDBACK),
        hints=tuple(draw(st.lists(texts(), max_size=2))),
        tags=tuple(draw(st.lists(NAMES, max_size=3, unique=True))),
        category=tuple(draw(st.lists(NAMES, max_size=3))),
        external_id=draw(st.one_of(st.just(""), NAMES)),
    )
