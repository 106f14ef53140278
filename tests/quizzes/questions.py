"""Hypothesis strategies that draw any question the product can hold, within what a file format can carry."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import strategies as st

from lms.courses.values.marking import Criterion, FileKind, Level
from lms.quizzes.kinds.amounts import GOES_ON_AS_A_NUMBER, Numbers
from lms.quizzes.kinds.choices import Choice
from lms.quizzes.kinds.essay import Essay
from lms.quizzes.kinds.file_hand_in import FileHandIn
from lms.quizzes.kinds.free_text import FreeText
from lms.quizzes.kinds.gap_fill import BankWord, Gap, GapChoice, GapFill, GapWay
from lms.quizzes.kinds.gap_fill.values import MARK
from lms.quizzes.kinds.likert import Likert, LikertPoint, LikertScale, LikertStatement
from lms.quizzes.kinds.marked_words import MarkedWord, MarkedWords
from lms.quizzes.kinds.matching import Matching, MatchOption, MatchStem
from lms.quizzes.kinds.matrix import Matrix, MatrixColumn, MatrixGrading, MatrixRow
from lms.quizzes.kinds.multiple_choice import ChoiceGrading, MultipleChoice
from lms.quizzes.kinds.numeric import Numeric, NumericAnswer, Slider, Unit, UnitRule
from lms.quizzes.kinds.ordering import OrderGrading, Ordering, OrderItem
from lms.quizzes.kinds.short_text import ShortText, TextAnswer
from lms.quizzes.kinds.single_choice import SingleChoice
from lms.quizzes.kinds.true_false import TrueFalse
from lms.quizzes.kinds.words import Words
from lms.quizzes.values import NO_TEXT, Body, Question, Text, TextFormat, key_at

# Everything XML 1.0 can carry, and no carriage return (XML and GIFT both normalise line ends).
from tests.quizzes.drawn import (
    FEEDBACK,
    NAMES,
    NUMBERS,
    PERCENTS,
    SOURCES,
    WEIGHTS,
    texts,
)
from tests.quizzes.pictured import hotspots, picture_labels, picture_orders, picture_pairs, picture_points


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


@st.composite
def orderings(draw: st.DrawFn) -> Ordering:
    items = draw(st.lists(texts(), min_size=2, max_size=6, unique_by=lambda text: text.source))
    return Ordering(
        tuple(OrderItem(key_at(position), text) for position, text in enumerate(items)),
        draw(st.sampled_from([one for one in OrderGrading if one is not OrderGrading.UNTIL_FIRST_MISTAKE])),
    )


@st.composite
def matrices(draw: st.DrawFn) -> Matrix:
    words = draw(st.lists(SOURCES, min_size=2, max_size=4, unique=True))
    columns = tuple(MatrixColumn(key_at(position), one) for position, one in enumerate(words))
    keys = [column.key for column in columns]
    takes_several = draw(st.booleans())
    most = len(keys) if takes_several else 1
    right = st.lists(st.sampled_from(keys), min_size=1, max_size=most, unique=True).map(sorted).map(tuple)
    rows = tuple(
        MatrixRow(key_at(position), draw(texts()), draw(right), draw(FEEDBACK))
        for position in range(draw(st.integers(1, 4)))
    )
    return Matrix(rows, columns, takes_several, draw(st.sampled_from(MatrixGrading)), draw(st.booleans()))


SAID_OF_GAPS = st.one_of(st.just(NO_TEXT), SOURCES.map(lambda source: Text(source, TextFormat.HTML)))
"""Moodle has what is said of an answer within a text in HTML alone."""


@st.composite
def gap_choices(draw: st.DrawFn) -> tuple[GapChoice, ...]:
    weights = draw(st.permutations([Decimal(1), *draw(st.lists(WEIGHTS, min_size=1, max_size=3))]))
    names = draw(st.lists(NAMES, min_size=len(weights), max_size=len(weights), unique=True))
    return tuple(
        GapChoice(key_at(at), name, weight, draw(SAID_OF_GAPS))
        for at, (name, weight) in enumerate(zip(names, weights, strict=True))
    )


@st.composite
def gaps(draw: st.DrawFn, key: str) -> Gap:
    """A gap that stands by itself, as Moodle embeds one in a text."""
    weight = draw(st.integers(1, 9))
    match draw(st.sampled_from([GapWay.PICK, GapWay.TYPE, GapWay.NUMBER])):
        case GapWay.PICK:
            return Gap(key, GapWay.PICK, choices=draw(gap_choices()), weight=weight)
        case GapWay.TYPE:
            asked = draw(short_texts())
            answers = tuple(replace(one, feedback=draw(SAID_OF_GAPS)) for one in asked.answers)
            return Gap(key, GapWay.TYPE, words=Words(answers, draw(st.booleans())), weight=weight)
        case _:
            counted = draw(numerics())
            numbers = tuple(replace(one, feedback=draw(SAID_OF_GAPS)) for one in counted.answers)
            return Gap(key, GapWay.NUMBER, numbers=Numbers(numbers), weight=weight)


@st.composite
def gap_fills(draw: st.DrawFn) -> GapFill:
    made = tuple(draw(gaps(str(number))) for number in range(1, draw(st.integers(1, 4)) + 1))
    has_list = any(gap.way is GapWay.PICK for gap in made)
    return GapFill(made, shuffle=not has_list or draw(st.booleans()))


@st.composite
def gap_fills_of_words(draw: st.DrawFn) -> GapFill:
    names = draw(st.lists(NAMES, min_size=2, max_size=6, unique=True))
    bank = tuple(BankWord(key_at(at), name) for at, name in enumerate(names))
    reuse = draw(st.booleans())
    # Moodle says of each word whether it may be used again; when one is, all are.
    keys = [word.key for word in bank]
    rights = draw(st.lists(st.sampled_from(keys), min_size=1, max_size=5, unique=not reuse))
    return GapFill(
        tuple(Gap(str(number), GapWay.DRAG, word=right) for number, right in enumerate(rights, 1)),
        bank,
        reuse,
    )


def with_gaps(stem: Text, body: Body) -> Text:
    """Return a text with the marks that its body calls for."""
    if isinstance(body, MarkedWords):
        said = " ".join(f"[[word {number}]]" for number in range(len(body.words)))
        return Text(f"{stem.source.replace('[', '(')} {said}.", stem.format)
    if not isinstance(body, GapFill):
        return stem
    marks = " ".join(f"[[{gap.key}]]" for gap in body.gaps)
    return Text(f"{MARK.sub('', stem.source)} {marks}.", stem.format)


@st.composite
def likerts(draw: st.DrawFn) -> Likert:
    statements = draw(st.lists(texts(), min_size=1, max_size=4))
    scale = draw(st.sampled_from(LikertScale))
    own = st.lists(SOURCES.filter(lambda one: "\n" not in one), min_size=2, max_size=6, unique=True)
    words = draw(own) if scale is LikertScale.OWN else []
    return Likert(
        tuple(LikertStatement(key_at(position), one) for position, one in enumerate(statements)),
        scale,
        tuple(LikertPoint(key_at(position), one) for position, one in enumerate(words)),
        draw(st.booleans()),
        draw(st.booleans()),
    )


@st.composite
def free_texts(draw: st.DrawFn) -> FreeText:
    return FreeText(draw(st.integers(1, 5_000)))


@st.composite
def rubrics(draw: st.DrawFn) -> tuple[Criterion, ...]:
    levels = st.lists(st.tuples(st.integers(0, 1000), NAMES), min_size=1, max_size=4)
    return tuple(
        Criterion(
            draw(NAMES), (Level(draw(st.integers(1, 1000)), draw(NAMES)), *(Level(*one) for one in made))
        )
        for made in draw(st.lists(levels, max_size=3))
    )


@st.composite
def essays(draw: st.DrawFn) -> Essay:
    limits = sorted(draw(st.lists(st.integers(1, 10_000), min_size=2, max_size=2)))
    least, most = (draw(st.sampled_from([None, limit])) for limit in limits)
    return Essay(draw(rubrics()), least, most, draw(FEEDBACK))


@st.composite
def file_hand_ins(draw: st.DrawFn) -> FileHandIn:
    kinds = draw(st.sets(st.sampled_from(FileKind), min_size=1))
    return FileHandIn(
        draw(rubrics()),
        tuple(kind for kind in FileKind if kind in kinds),
        draw(st.integers(1, 10)),
        draw(st.integers(1, 100)),
        draw(FEEDBACK),
    )


@st.composite
def drawings(draw: st.DrawFn) -> FileHandIn:
    """A hand-in that is drawn on a picture."""
    body = draw(file_hand_ins())
    kinds = tuple(kind for kind in FileKind if kind in {*body.kinds, FileKind.PICTURES})
    return replace(body, kinds=kinds, drawn_on="plant.png", drawn_alt=draw(NAMES))


@st.composite
def fixed_choices(draw: st.DrawFn) -> SingleChoice:
    """A choice some of whose options stay where they are."""
    body = draw(single_choices())
    keys = [choice.key for choice in body.choices]
    return replace(body, fixed=tuple(key for key in keys if draw(st.booleans())))


@st.composite
def limited_choices(draw: st.DrawFn) -> MultipleChoice:
    """A choice with all that other formats do not know of one."""
    body = draw(multiple_choices())
    keys = [choice.key for choice in body.choices]
    right = {choice.key for choice in body.right}
    others = st.sets(st.sampled_from(keys), min_size=1).filter(lambda one: one != right).map(frozenset)
    also = [
        tuple(key for key in keys if key in one) for one in draw(st.lists(others, max_size=2, unique=True))
    ]
    needed = max(map(len, (right, *also)))
    return replace(
        body,
        fixed=tuple(key for key in keys if draw(st.booleans())),
        most=draw(st.sampled_from([0, *range(needed, len(keys) + 1)])),
        also=tuple(also),
        grading=draw(st.sampled_from(ChoiceGrading)),
    )


@st.composite
def numerics_on_a_slider(draw: st.DrawFn) -> Numeric:
    body = draw(numerics())
    right = next(one.value for one in body.answers if one.weight == 1 and one.value is not None)
    step = Decimal(draw(st.integers(1, 500))) / 100
    below, above = draw(st.integers(0, 50)), draw(st.integers(1, 50))
    return replace(body, slider=Slider(right - below * step, right + above * step, step))


@st.composite
def weighed_matchings(draw: st.DrawFn) -> Matching:
    body = draw(matchings())
    count = len(body.stems)
    weights = draw(st.lists(st.integers(1, 100), min_size=count, max_size=count))
    return replace(body, weights=tuple(weights) if len(set(weights)) > 1 else ())


@st.composite
def costly_gaps(draw: st.DrawFn) -> GapFill:
    return replace(draw(gap_fills() | gap_fills_of_words()), wrong_costs=draw(PERCENTS))


@st.composite
def orderings_to_the_first_mistake(draw: st.DrawFn) -> Ordering:
    return replace(draw(orderings()), grading=OrderGrading.UNTIL_FIRST_MISTAKE)


@st.composite
def marked_words(draw: st.DrawFn) -> MarkedWords:
    several = draw(st.booleans())
    wrong = draw(st.lists(WEIGHTS.filter(lambda weight: weight <= 0), min_size=1, max_size=4))
    share = Decimal(draw(st.integers(1, 999))) / 1000
    right = [share, 1 - share] if several else [Decimal(1), *draw(st.lists(WEIGHTS, max_size=2))]
    weights = draw(st.permutations([*right, *wrong]))
    return MarkedWords(
        tuple(MarkedWord(key_at(at), weight, draw(FEEDBACK)) for at, weight in enumerate(weights)), several
    )


ELSEWHERE: st.SearchStrategy[Body] = st.one_of(
    single_choices(),
    multiple_choices(),
    true_falses(),
    short_texts(),
    numerics(),
    numerics_with_units(),
    matchings(),
    orderings(),
    matrices(),
    gap_fills(),
    gap_fills_of_words(),
    hotspots(),
    picture_labels(),
    picture_points(),
    picture_orders(),
    picture_pairs(),
    essays(),
    file_hand_ins(),
    likerts(),
    free_texts(),
)
"""What other formats than our own and QTI can hold too, if they have the kind."""
BODIES: st.SearchStrategy[Body] = st.one_of(
    ELSEWHERE,
    drawings(),
    fixed_choices(),
    limited_choices(),
    numerics_on_a_slider(),
    weighed_matchings(),
    costly_gaps(),
    orderings_to_the_first_mistake(),
    marked_words(),
)


@st.composite
def questions(draw: st.DrawFn, bodies: st.SearchStrategy[Body] = BODIES) -> Question:
    """A question with everything set."""
    body = draw(bodies)
    marks = Decimal(draw(st.integers(0, 1000))) / 100
    if isinstance(body, GapFill) and not body.bank:
        # Moodle adds up what the gaps count.
        marks = Decimal(sum(gap.weight for gap in body.gaps))
    return Question(
        title=draw(NAMES),
        stem=with_gaps(draw(texts()), body),
        body=body,
        marks=marks,
        general_feedback=draw(FEEDBACK),
        feedback_correct=draw(FEEDBACK),
        feedback_partial=draw(FEEDBACK),
        feedback_incorrect=draw(FEEDBACK),
        hints=tuple(draw(st.lists(texts(), max_size=2))),
        tags=tuple(draw(st.lists(NAMES, max_size=3, unique=True))),
        category=tuple(draw(st.lists(NAMES, max_size=3))),
        external_id=draw(st.one_of(st.just(""), NAMES)),
    )
