"""A paper is found whenever there is one: each question once, what must not stand together apart, unseen ones first."""

from itertools import combinations, product
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from lms.kernel.db import new_id
from lms.quizzes.bank.rules.drawing import Pool, draw, fill
from lms.quizzes.values import QuestionId

IDS = [QuestionId(new_id()) for _number in range(30)]


def chance(seed: int) -> Random:
    return Random(seed)  # noqa: S311  the same chance for the same seed is the point


POOLS = st.lists(
    st.builds(Pool, st.integers(0, 5), st.lists(st.sampled_from(IDS), max_size=15, unique=True)), max_size=4
)


@given(POOLS, st.sets(st.sampled_from(IDS), max_size=5), st.sets(st.sampled_from(IDS)), st.integers())
def test_a_draw_has_the_right_count_from_the_right_place_and_repeats_nothing(
    pools: list[Pool], fixed: set[QuestionId], seen: set[QuestionId], seed: int
) -> None:
    drawn = draw(fixed, pools, seen, chance(seed))
    if drawn is None:
        # Hall's theorem: some of the draws want more than there is for them all together.
        assert any(
            sum(pools[number].count for number in group)
            > len({one for number in group for one in pools[number].questions} - fixed)
            for group in subsets(len(pools))
        )
        return
    flat = [one for found in drawn for one in found]
    assert len(flat) == len(set(flat))
    assert not set(flat) & fixed
    for pool, found in zip(pools, drawn, strict=True):
        assert len(found) == pool.count
        assert set(found) <= set(pool.questions)
    assert drawn == draw(fixed, pools, seen, chance(seed))


def subsets(count: int) -> list[list[int]]:
    return [[one for one in range(count) if mask >> one & 1] for mask in range(1, 1 << count)]


@given(
    st.lists(st.sampled_from(IDS), min_size=1, unique=True),
    st.sets(st.sampled_from(IDS)),
    st.data(),
)
def test_a_draw_takes_unseen_questions_first(
    questions_: list[QuestionId], seen: set[QuestionId], data: st.DataObject
) -> None:
    count = data.draw(st.integers(1, len(questions_)))
    drawn = draw((), [Pool(count, questions_)], seen, chance(1))
    assert drawn is not None
    unseen = set(questions_) - seen
    assert len(set(drawn[0]) & unseen) == min(count, len(unseen))


FEW = IDS[:7]
SMALL = st.lists(
    st.builds(Pool, st.integers(0, 2), st.lists(st.sampled_from(FEW), max_size=6, unique=True)), max_size=3
)
GROUPS = st.dictionaries(st.sampled_from(FEW), st.integers(1, 3))


def exists(fixed: set[QuestionId], pools: list[Pool], groups: dict[QuestionId, int]) -> bool:
    """Return whether there is a paper at all, by trying every one."""
    for parts in product(*(combinations(pool.questions, pool.count) for pool in pools)):
        paper = [*fixed, *(one for part in parts for one in part)]
        grouped = [groups[one] for one in paper if one in groups]
        if len(set(paper)) == len(paper) and len(set(grouped)) == len(grouped):
            return True
    return False


@given(SMALL, st.sets(st.sampled_from(FEW), max_size=1), GROUPS, st.sets(st.sampled_from(FEW)), st.integers())
def test_a_paper_that_keeps_apart_what_must_be_is_found_whenever_there_is_one(
    pools: list[Pool],
    fixed: set[QuestionId],
    groups: dict[QuestionId, int],
    seen: set[QuestionId],
    seed: int,
) -> None:
    drawn = draw(fixed, pools, seen, chance(seed), groups)
    assert (drawn is not None) == exists(fixed, pools, groups)
    if drawn is None:
        return
    paper = [*fixed, *(one for found in drawn for one in found)]
    grouped = [groups[one] for one in paper if one in groups]
    assert len(set(paper)) == len(paper)
    assert len(set(grouped)) == len(grouped)
    assert [len(one) for one in drawn] == [one.count for one in pools]
    assert all(set(found) <= set(pool.questions) for pool, found in zip(pools, drawn, strict=True))


def test_a_seen_question_is_not_asked_where_another_draw_could_spare_an_unseen_one() -> None:
    # One draw takes any of three, the other only the third: given to the first, the second would have to repeat.
    a, b, c, d = IDS[:4]
    for seed in range(20):
        drawn = draw((), [Pool(1, [a, c]), Pool(1, [c, b])], {a, b, d}, chance(seed))
        assert drawn is not None
        assert c in {*drawn[0], *drawn[1]}
        spared = draw((), [Pool(1, [a, c]), Pool(1, [c, d])], {d}, chance(seed))
        assert spared == [[a], [c]]


def test_what_cannot_be_filled_is_named() -> None:
    a, b, c = IDS[:3]
    _drawn, short = fill((), [Pool(1, [a]), Pool(2, [b, c])], (), chance(1), {b: 1, c: 1})
    assert short == [1], "two that are kept apart are no two"
    _drawn, short = fill([a], [Pool(1, [b]), Pool(1, [c])], (), chance(1), {a: 1, b: 1})
    assert short == [0], "what is always asked keeps its enemies out"


def test_two_hundred_places_of_large_pools_are_filled_at_once() -> None:
    many = [QuestionId(new_id()) for _number in range(3_000)]
    groups = {one: number // 2 for number, one in enumerate(many[:400])}
    drawn = draw((), [Pool(20, many) for _number in range(10)], set(many[:2_900]), chance(3), groups)
    assert drawn is not None
    flat = {one for found in drawn for one in found}
    assert len(flat) == 200
    assert set(many[2_900:]) <= flat, "every unseen one is asked before any is asked again"
