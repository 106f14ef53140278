"""When an activity is done, by its rule; and what was seen of a film, as parts that only ever grow."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.courses.authoring.rules.locking import find_cycle
from lms.courses.formats.asking import read_rule, write_rule
from lms.courses.learning.rules import watching
from lms.courses.learning.rules.completing import Evidence, ask, evidence_of
from lms.courses.learning.rules.watching import Film, length_of, merged, percent_of, watch
from lms.courses.values import CompletionRule, RuleKind, Word

COUNTED = {RuleKind.TIME, RuleKind.SCORE, RuleKind.WATCHED}
HALF = Film(key="a", seconds=100, parts=((0, 50),))
WHOLE = Film(key="b", seconds=100, parts=((0, 100),))


@pytest.mark.parametrize(
    "kind, least, known, is_met, so_far",
    [
        (RuleKind.VIEWED, 0, Evidence(), False, 0),
        (RuleKind.VIEWED, 0, Evidence(said_done=True), True, 0),
        (RuleKind.VIEWED, 0, Evidence(seconds=9000), False, 0),
        (RuleKind.TIME, 5, Evidence(seconds=299, said_done=True), False, 4),
        (RuleKind.TIME, 5, Evidence(seconds=300), True, 5),
        (RuleKind.SCORE, 80, Evidence(finished=True), False, 0),
        (RuleKind.SCORE, 80, Evidence(score=Decimal("0.799")), False, 79),
        (RuleKind.SCORE, 80, Evidence(score=Decimal("0.8")), True, 80),
        (RuleKind.WATCHED, 90, Evidence(said_done=True), False, 0),
        (RuleKind.WATCHED, 50, Evidence(films=[HALF]), True, 50),
        (RuleKind.WATCHED, 51, Evidence(films=[HALF, WHOLE]), False, 50),
        (RuleKind.WATCHED, 100, Evidence(films=[WHOLE]), True, 100),
        (RuleKind.MARKED, 0, Evidence(said_done=True, finished=True, attended=True), False, 0),
        (RuleKind.MARKED, 0, Evidence(marked=True), True, 0),
        (RuleKind.ATTENDED, 0, Evidence(marked=True, finished=True), False, 0),
        (RuleKind.ATTENDED, 0, Evidence(attended=True), True, 0),
        (RuleKind.FINISHED, 0, Evidence(said_done=True, score=Decimal(1)), False, 0),
        (RuleKind.FINISHED, 0, Evidence(finished=True), True, 0),
    ],
)
def test_each_rule_is_met_by_its_own_evidence_and_by_no_other(kind, least, known, is_met, so_far):
    asked = ask(CompletionRule(kind, least), known)
    assert (asked.is_met, asked.so_far) == (is_met, so_far)
    assert (asked.left == 0) is is_met


@pytest.mark.parametrize(
    "word, completed, passed, meets",
    [
        (Word.ACTIVITY, True, None, {RuleKind.VIEWED, RuleKind.FINISHED}),
        (Word.ACTIVITY, True, False, set()),
        (Word.ACTIVITY, False, None, {RuleKind.VIEWED}),
        (Word.TRAINER, True, None, {RuleKind.MARKED}),
        (Word.TRAINER, True, False, set()),
        (Word.ATTENDANCE, True, None, {RuleKind.ATTENDED}),
        (Word.ATTENDANCE, False, None, set()),
    ],
)
def test_who_says_so_decides_which_rule_a_result_meets(word, completed, passed, meets):
    known = evidence_of(word, completed=completed, passed=passed, score=None, seconds=0)
    assert {kind for kind in set(RuleKind) - COUNTED if ask(CompletionRule(kind), known).is_met} == meets


PARTS = st.lists(
    st.tuples(st.floats(0, 600, allow_nan=False), st.floats(0, 600, allow_nan=False)), max_size=40
)


def evidence(parts, seconds, score):
    return Evidence(
        seconds=seconds, score=score, films=[Film(key="a", seconds=600, parts=merged(map(ordered, parts)))]
    )


def ordered(part):
    return (min(part), max(part))


@given(
    st.sampled_from(sorted(COUNTED)),
    st.integers(1, 100),
    PARTS,
    PARTS,
    st.tuples(st.integers(0, 9000), st.integers(0, 9000)).map(sorted),
    st.tuples(st.decimals(0, 1, places=3), st.decimals(0, 1, places=3)).map(sorted),
)
def test_more_evidence_never_meets_less(kind, least, parts, more, seconds, scores):
    rule = CompletionRule(kind, least)
    before = ask(rule, evidence(parts, seconds[0], scores[0]))
    after = ask(rule, evidence([*parts, *more], seconds[1], scores[1]))
    assert after.is_met >= before.is_met
    assert after.so_far >= before.so_far


def holds(parts, part):
    return any(start <= part[0] and part[1] <= end for start, end in parts)


@given(PARTS)
def test_merged_parts_hold_every_part_in_order_and_apart(parts):
    given_parts = [ordered(part) for part in parts]
    found = merged(given_parts)
    assert all(holds(found, part) for part in given_parts if part[1] > part[0])
    assert all(after[0] - before[1] >= watching.GAP_SECONDS for before, after in pairwise(found))
    assert merged(found) == found
    assert merged(reversed(given_parts)) == found


def test_the_number_of_parts_is_bounded_and_none_is_lost():
    many = [(start * 3.0, start * 3.0 + 1.0) for start in range(2 * watching.PARTS_AT_MOST)]
    found = merged(many)
    assert len(found) == watching.PARTS_AT_MOST
    assert all(holds(found, part) for part in many)


@given(PARTS, PARTS, st.floats(0, 2000))
def test_a_claim_never_shrinks_what_was_seen_and_never_outruns_the_clock(held, claimed, since_last):
    before = Film(key="a", seconds=600, parts=merged(map(ordered, held)))
    after = watch(before, [ordered(part) for part in claimed], seconds=600, at=0, since_last=since_last)
    assert all(holds(after.parts, part) for part in before.parts)
    grown = length_of(after.parts) - length_of(before.parts)
    # Gaps under a second are closed as parts meet: at most one for each part there was.
    slack = watching.SLACK_SECONDS + watching.GAP_SECONDS * (len(before.parts) + len(claimed))
    assert grown <= since_last * watching.FASTEST + slack + 1e-6


@given(PARTS)
def test_a_claim_told_twice_counts_once(claimed):
    parts = [ordered(part) for part in claimed]
    once = watch(Film(key="a"), parts, seconds=600, at=5, since_last=9000)
    assert watch(once, parts, seconds=600, at=5, since_last=0) == once


@pytest.mark.parametrize(
    "parts, percent",
    [
        ([(0, 100)], 100),
        ([(0, 99.2)], 100),
        ([(95, 100)], 5),
        ([(0, 62)], 62),
        ([(0, 62), (10, 40)], 62),
        ([(0, 500)], 100),
        ([], 0),
    ],
)
def test_only_what_was_shown_counts_so_a_jump_to_the_end_does_not(parts, percent):
    film = watch(Film(key="a"), parts, seconds=100, at=100, since_last=1000)
    assert percent_of(film) == percent


def test_a_film_of_an_hour_cannot_be_watched_in_a_minute_nor_made_short():
    film = watch(Film(key="a"), [(0, 3600)], seconds=3600, at=3600, since_last=60)
    assert length_of(film.parts) == 60 * watching.FASTEST + watching.SLACK_SECONDS
    assert percent_of(watch(film, [], seconds=10, at=0, since_last=0)) == 3


@given(st.sampled_from(sorted(RuleKind)), st.integers(1, 999))
def test_a_rule_in_a_file_comes_back_as_it_was(kind, least):
    rule = CompletionRule(kind, least if kind in COUNTED else 0)
    assert read_rule(write_rule(rule)) == rule


@pytest.mark.parametrize("text", ["", "time", "viewed 5", "watched ninety", "score 1000", "done"])
def test_what_is_no_rule_in_a_file_is_none(text):
    assert read_rule(text) is None


@pytest.mark.parametrize(
    "graph, cycle",
    [
        ({}, ""),
        ({"a": "b", "b": "c", "c": ""}, ""),
        ({"a": "bc", "b": "c", "c": ""}, ""),
        ({"a": "a"}, "a"),
        ({"a": "b", "b": "c", "c": "b"}, "bc"),
        ({"a": "x", "b": "a", "c": "ab"}, ""),
    ],
)
def test_activities_that_wait_for_each_other_are_found(graph, cycle):
    assert set(find_cycle(graph)) == set(cycle)


@given(st.dictionaries(st.integers(0, 8), st.sets(st.integers(0, 8), max_size=4)))
def test_a_cycle_that_is_found_is_one_and_without_it_there_is_an_order(graph):
    cycle = list(find_cycle(graph))
    if cycle:
        assert all(
            after in graph[before] for before, after in zip(cycle, [*cycle[1:], cycle[0]], strict=True)
        )
        return
    left = {key: set(waits) & graph.keys() for key, waits in graph.items()}
    while left:
        free = {key for key, waits in left.items() if not waits}
        assert free
        left = {key: waits - free for key, waits in left.items() if key not in free}
