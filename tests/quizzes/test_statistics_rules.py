"""What sums say of an exam is what numpy finds of all its answers, and remarks come where they should and not else."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from math import isclose

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from lms.quizzes.kinds import KINDS
from lms.quizzes.statistics import rules
from lms.quizzes.statistics.values import (
    FEWEST,
    LONGEST_SECONDS,
    MILLION,
    NOT_KNOWN,
    Change,
    Chosen,
    Flag,
    FlagKind,
    Item,
    Options,
    Tally,
    Which,
)
from tests.quizzes.exams import EVERY_KIND
from tests.quizzes.statistics import (
    NOON,
    Taken,
    counted,
    cronbach,
    found_by_numpy,
    items_of,
    question,
    totals_of,
)

BANK = [
    question(number, Decimal(marks), objective)
    for number, (marks, objective) in enumerate(
        [(1, "Safety"), (2, "Safety"), (1, "Wiring"), (3, ""), (1, ""), (2, "Wiring"), (1, "")]
    )
]
PICKED = st.sampled_from(["", "a", "b", "b", "c", "d"])


@st.composite
def attempts(draw: st.DrawFn) -> list[Taken]:
    """Draw attempts at one exam: some questions asked of all, some drawn."""
    size = draw(st.integers(2, 5))
    fixed = draw(st.integers(0, size))
    found = []
    for _number in range(draw(st.integers(2, 12))):
        rest = draw(st.permutations(range(fixed, len(BANK))))
        asked = (*range(fixed), *rest[: size - fixed])
        picked = draw(st.lists(PICKED, min_size=size, max_size=size))
        found.append(Taken(asked, tuple(picked), draw(st.booleans())))
    return found


def _near(one: float | None, other: float | None, *, within: float = 2e-3) -> bool:
    if one is None or other is None:
        return one is other
    return isclose(one, other, rel_tol=within, abs_tol=within)


@settings(max_examples=60, deadline=None)
@drawn(attempts(), st.data())
def test_sums_kept_attempt_by_attempt_are_what_numpy_finds_of_all_answers(
    taken: list[Taken], data: st.DataObject
) -> None:
    """Some attempts are first counted as something else and marked anew, in whatever order."""
    sums = Tally()
    for one in data.draw(st.permutations(taken)):
        wrong = Taken(one.questions, tuple("a" for _key in one.picked), one.is_first)
        before = rules.tally_of(counted(wrong, BANK)) if data.draw(st.booleans()) else Tally()
        after = rules.tally_of(counted(one, BANK))
        sums = rules.added([sums, before])
        sums = rules.added([sums, rules.taken_away(after, before)])
    whole = rules.added(rules.tally_of(counted(one, BANK)) for one in taken)
    assert rules.taken_away(whole, sums) == Tally(), "to the last millionth"
    for which, some in ((Which.FIRST, [one for one in taken if one.is_first]), (Which.ALL, taken)):
        if some:
            _compare(sums, which, some)


def _compare(sums: Tally, which: Which, taken: Sequence[Taken]) -> None:
    theirs, items = found_by_numpy(taken, BANK), items_of(sums, which)
    items = {number: item for number, item in items.items() if item.n}
    assert items.keys() == theirs.facility.keys()
    for number, item in items.items():
        ours = rules.measure(item)
        assert _near(ours.facility, theirs.facility[number], within=1e-6)
        # Where next to nothing varies, a millionth decides whether anything does.
        if theirs.discrimination[number] is not None:
            assert _near(ours.discrimination, theirs.discrimination[number])
    totals = totals_of(sums, which)
    assert len(totals) == 1
    whole = rules.whole_of(totals, [one for one in items.values() if one.n == len(taken)])
    assert _near(whole.mean, theirs.mean, within=1e-5)
    assert _near(whole.deviation, theirs.deviation, within=1e-5)
    if theirs.reliability is not None:
        # Both grow without bound where people hardly differ.
        assert _near(whole.reliability, theirs.reliability, within=1e-2)
        assert _near(whole.error, theirs.error, within=1e-2)


def test_with_the_same_questions_for_all_reliability_is_cronbachs_alpha() -> None:
    keys = {1.0: "b", 0.5: "c", 0.0: "a"}
    table: list[list[float]] = [
        [1, 1, 1, 0.5],
        [1, 0, 1, 0],
        [0, 0, 0.5, 0],
        [1, 1, 0, 1],
        [0, 0, 0, 0.5],
        [1, 1, 1, 1],
    ]
    bank = [question(number) for number in range(4)]
    taken = [Taken((0, 1, 2, 3), tuple(keys[one] for one in row)) for row in table]
    sums = rules.added(rules.tally_of(counted(one, bank)) for one in taken)
    whole = rules.whole_of(totals_of(sums, Which.FIRST), list(items_of(sums, Which.FIRST).values()))
    assert whole.reliability is not None
    assert isclose(whole.reliability, cronbach(table), rel_tol=1e-5)
    assert not whole.is_drawn


def test_drawn_questions_of_unlike_difficulty_make_scores_less_reliable() -> None:
    """Of two people who know as much, one gets the two easy questions: alpha over places would not see it."""
    bank = [question(number) for number in range(4)]
    easy, hard = Taken((0, 1), ("b", "b")), Taken((2, 3), ("a", "b"))
    taken = [easy, hard, easy, hard, easy, hard]
    sums = rules.added(rules.tally_of(counted(one, bank)) for one in taken)
    whole = rules.whole_of(totals_of(sums, Which.FIRST), ())
    assert whole.is_drawn
    # By hand: 1 - (3 × 0.125 / 6) / (0.075 / 2), where alpha over first and second places finds 0.
    assert whole.reliability == pytest.approx(-2 / 3)
    assert found_by_numpy(taken, bank).reliability == pytest.approx(-2 / 3)
    assert cronbach([[0.5, 0.5], [0, 0.5]] * 3) == pytest.approx(0)


def test_a_changed_exam_is_measured_by_the_size_that_most_attempts_have() -> None:
    bank = [question(number) for number in range(4)]
    short = [Taken((0, 1), picked) for picked in (("b", "b"), ("a", "a"), ("b", "b"), ("a", "b"))]
    sums = rules.added(
        rules.tally_of(counted(one, bank)) for one in (*short, Taken((0, 1, 2), ("b", "b", "b")))
    )
    items = list(items_of(sums, Which.FIRST).values())
    whole = rules.whole_of(totals_of(sums, Which.FIRST), [one for one in items if one.n == 5])
    assert (whole.n, whole.size, whole.sizes, whole.is_drawn) == (5, 2, 2, True)


def test_one_attempt_or_one_question_says_nothing_of_reliability() -> None:
    bank = [question(0), question(1)]
    alone = rules.tally_of(counted(Taken((0, 1), ("b", "a")), bank))
    assert rules.whole_of(totals_of(alone, Which.FIRST), ()).reliability is None
    one = rules.added(rules.tally_of(counted(Taken((0,), (key,)), bank)) for key in "ab")
    assert rules.whole_of(totals_of(one, Which.FIRST), ()).reliability is None
    assert rules.whole_of((), ()).mean is None


def test_time_is_what_lies_between_answers_and_an_open_page_is_no_thinking() -> None:
    def at(slot: int, seconds: float) -> rules.Moment:
        return rules.Moment(slot, NOON + timedelta(seconds=seconds))

    took = rules.seconds_by_slot(NOON, [at(2, 50), at(1, 20), at(1, 65), at(3, 65 + 7200), at(4, 65 + 7201)])
    assert took == {1: 20 + 15, 2: 30, 3: LONGEST_SECONDS, 4: 1}
    together = rules.seconds_by_slot(NOON, [at(1, 300), at(2, 300.2), at(3, 300.4)])
    assert together == {1: 300}, "what came together after the network was away was not thought of in no time"
    assert rules.seconds_by_slot(NOON, [at(1, -3), at(1, 9)]) == {1: 9}, "a clock that was set back"


def _item(n: int = 100, *, facility: float = 0.6, agrees: float = 0.0) -> Item:
    """Return sums of an item that correlates so with the rest: half of the attempts did well on that, half badly."""
    right = round(n * facility)
    spread = facility * (1 - facility) * 0.25
    both = n * (agrees * spread**0.5 + facility * 0.5)
    return Item(
        version_id=None,  # type: ignore[arg-type]  # of no question
        question_id=None,  # type: ignore[arg-type]  # of no question
        n=n,
        answered=n,
        earned=right * MILLION,
        earned_squared=right * MILLION**2,
        part=0,
        part_squared=0,
        rest=n * MILLION // 2,
        rest_squared=n * MILLION**2 // 2,
        earned_rest=round(both * MILLION**2),
        timed=0,
        seconds=0,
    )


CHOICES = Options({"": ("a", "b", "c")}, {"": frozenset("b")})


def _answers(**times: tuple[int, int]) -> dict[tuple[str, str], Chosen]:
    """Return how often choices were picked, with the mean per cent of the rest."""
    found = {("", key): Chosen(count, count * mean * MILLION // 100) for key, (count, mean) in times.items()}
    return {**found, ("", ""): Chosen(sum(count for count, _mean in times.values()), 0)}


EVENLY = _answers(a=(20, 40), b=(60, 60), c=(20, 40))


@pytest.mark.parametrize(
    "item, answers, expected",
    [
        (_item(agrees=0.4), EVENLY, []),
        (_item(agrees=-0.3), EVENLY, [Flag(FlagKind.STRONG_FAIL)]),
        (_item(agrees=-0.05), EVENLY, [Flag(FlagKind.WEAK)]),
        (_item(agrees=0.1), EVENLY, []),
        (_item(1000, agrees=0.1), EVENLY, [Flag(FlagKind.WEAK)]),
        (_item(facility=0.1, agrees=0.3), EVENLY, [Flag(FlagKind.HARD)]),
        (_item(facility=1), _answers(b=(100, 50)), [Flag(FlagKind.ALL_RIGHT)]),
        (_item(agrees=0.4), _answers(a=(40, 40), b=(60, 60)), [Flag(FlagKind.UNCHOSEN, "", "c")]),
        (_item(agrees=0.4), _answers(a=(5, 40), b=(95, 60)), []),
        (
            _item(agrees=0.4),
            _answers(a=(35, 75), b=(30, 50), c=(35, 40)),
            [Flag(FlagKind.RIVAL, "", "a")],
        ),
        (_item(agrees=0.4), _answers(a=(9, 90), b=(71, 50), c=(20, 40)), []),
        (_item(FEWEST - 1, agrees=-0.9), EVENLY, []),
    ],
)
def test_remarks_come_where_the_numbers_say_so_and_not_by_chance(
    item: Item, answers: dict[tuple[str, str], Chosen], expected: list[Flag]
) -> None:
    assert list(rules.flags_of(item, answers, CHOICES)) == expected


def test_a_question_of_which_nobody_can_say_yet_stands_after_all_others() -> None:
    assert rules.rank_of(_item(FEWEST, agrees=-0.5)) == pytest.approx(-500, abs=2)
    assert rules.rank_of(_item(FEWEST - 1, agrees=-0.5)) == NOT_KNOWN
    assert rules.rank_of(_item(facility=1)) == NOT_KNOWN


@pytest.mark.parametrize(
    "before, after, expected",
    [
        (_item(400, facility=0.5), _item(400, facility=0.7), Change.EASIER),
        (_item(400, facility=0.7), _item(400, facility=0.5), Change.HARDER),
        (_item(40, facility=0.5), _item(40, facility=0.6), Change.ALIKE),
        (_item(FEWEST - 1, facility=0), _item(400, facility=1), Change.NOT_KNOWN),
    ],
)
def test_a_version_is_called_easier_only_beyond_chance(before: Item, after: Item, expected: Change) -> None:
    assert rules.change_of(before, after) is expected


@pytest.mark.parametrize("one", EVERY_KIND, ids=lambda one: str(one.type))
def test_every_kind_says_what_can_be_chosen_and_its_right_answer_is_among_it(one: object) -> None:
    found = rules.options_of(one)  # type: ignore[arg-type]  # a question
    kind = KINDS[one.type]  # type: ignore[attr-defined]  # a question
    for part, keys in found.choices.items():
        assert found.right[part] <= set(keys)
        assert len(keys) > 1
    assert bool(found.right) == bool(
        kind.is_scored
        and not kind.is_graded_by_person
        and one.type not in {"short_text", "numeric", "gap_fill"}  # type: ignore[attr-defined]  # a question
    )
