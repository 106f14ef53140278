"""A tree of requirements: judged as a truth table judges it, drawn in lines, moved, compared and read aloud."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest
from flask_babel import force_locale
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.certificates.cycles import rules
from lms.certificates.cycles.rules import differences, drafting, requirements
from lms.certificates.cycles.rules.drafting import ROOT, can_move, lines_of, moved, requirement_of, tidied
from lms.certificates.cycles.rules.requirements import Done, Facts, judge
from lms.certificates.cycles.values.defining import Aspect, Line, Piece, Step
from lms.certificates.values import (
    AllOf,
    AnyOf,
    AtLeast,
    CertificationHeld,
    CourseDone,
    HoursPractised,
    ItemGiven,
    Leaf,
    LiveAttended,
    Rule,
    ScoreReached,
    subject_of,
)
from lms.web.context import oem_zone
from tests.certificates.trees import (
    DAY,
    MAY,
    course,
    exam,
    facts,
    item,
    live,
    number_of,
    other,
    practice,
    trees,
)


def rule(requirement=None, **values):
    return Rule(requirement or course(1), 12, 60, 30, **values)


def naive(tree, found, since):  # noqa: PLR0911  a line per kind
    """Return whether a tree is met, by reading its definition word by word."""
    if isinstance(tree, AllOf):
        return all(naive(part, found, since) for part in tree.parts)
    if isinstance(tree, AnyOf):
        return any(naive(part, found, since) for part in tree.parts)
    if isinstance(tree, AtLeast):
        return sum(naive(part, found, since) for part in tree.parts) >= tree.count
    if isinstance(tree, CertificationHeld):
        return tree.certification_id in found.held
    known = found.attended if isinstance(tree, LiveAttended) else found.done
    recent = [one for one in known.get(subject_of(tree), ()) if since is None or one.at >= since]
    if isinstance(tree, ScoreReached):
        return any(one.score >= tree.minimum for one in recent)
    if isinstance(tree, HoursPractised):
        return sum(one.score for one in recent) >= tree.hours
    assert isinstance(tree, CourseDone | ItemGiven | LiveAttended)
    return bool(recent)


@given(trees, facts(), st.none() | st.integers(0, 400))
def test_a_tree_is_met_exactly_when_a_truth_table_says_so(tree, found, days):
    since = None if days is None else MAY + days * DAY
    assert (judge(tree, found, since=since).met_at is not None) == naive(tree, found, since)


@pytest.mark.parametrize(
    "logged, met",
    [
        ([], None),
        ([("9.75", 0)], None),
        ([("10", 0)], 0),
        ([("4", 0), ("6", 3)], 3),
        ([("6", 3), ("4", 0), ("8", 5)], 3),
        ([("20", 2), ("1", 1)], 2),
    ],
)
def test_practice_is_enough_with_the_entry_that_fills_the_hours(logged, met):
    done = [Done(number_of(at), MAY + day * DAY, Decimal(hours)) for at, (hours, day) in enumerate(logged)]
    verdict = judge(practice(41, 10), Facts({number_of(41): done}))
    assert verdict.met_at == (None if met is None else MAY + met * DAY)


def test_a_score_in_an_activity_is_no_attendance_and_attendance_no_score():
    same = number_of(11)
    assert judge(live(11), Facts({same: [Done(same, MAY, Decimal(1))]})).met_at is None
    assert judge(exam(11), Facts(attended={same: [Done(same, MAY)]})).met_at is None


@pytest.mark.parametrize(
    "renews, done, term",
    [
        (False, [2], False),
        (False, [1], True),
        (True, [2], True),
        # Whoever fails the short way may take the whole one.
        (True, [1], True),
        (True, [3], False),
    ],
)
def test_the_renewal_path_is_open_to_holders_alone_and_the_whole_way_to_everybody(app, renews, done, term):
    found = Facts({number_of(one): [Done(number_of(one), MAY)] for one in done})
    weighed = rules.weigh(
        rule(course(1), renewal=course(2)),
        found,
        since=MAY if renews else None,
        now=MAY,
        zone=oem_zone(),
        renews=renews,
    )
    assert (weighed.term is not None) is term


# ---- lines


def known(piece, subject):
    number = UUID(subject).int
    make: dict[Piece, Callable[[int], Leaf]] = {
        Piece.COURSE: course,
        Piece.SCORE: exam,
        Piece.CERTIFICATION: other,
        Piece.ATTENDANCE: live,
    }
    return make[piece](number)


@given(trees, facts())
def test_what_is_drawn_in_lines_asks_for_the_same(tree, found):
    lines = lines_of(tree)
    assert lines[0].piece.is_group
    assert tidied(lines) == lines
    drawn = requirement_of(lines, known)
    assert requirements.leaves(drawn) == requirements.leaves(tree)
    assert (judge(drawn, found).met_at is None) == (judge(tree, found).met_at is None)
    assert requirement_of(lines_of(drawn), known) == drawn


@given(trees, st.lists(st.tuples(st.integers(0, 14), st.sampled_from(Step)), max_size=8))
def test_steps_lose_no_line_and_always_leave_a_tree(tree, steps):
    before = lines_of(tree)
    lines = before
    for at, step in steps:
        lines = moved(lines, at, step)
        assert tidied(lines) == lines

    def bare(found):
        return sorted((replace(line, depth=0) for line in found), key=repr)

    assert bare(lines) == bare(before)


@given(trees)
def test_down_and_up_again_is_where_it_was(tree):
    lines = lines_of(tree)
    for at in range(len(lines)):
        if can_move(lines, at, Step.DOWN):
            end = drafting.end_of(lines, at)
            place = at + drafting.end_of(lines, end) - end
            assert moved(moved(lines, at, Step.DOWN), place, Step.UP) == lines


def test_lines_are_added_put_in_taken_out_and_removed():
    lines: tuple[Line, ...] = (ROOT,)
    for piece, subject in (("any", ""), ("course", "1"), ("course", "2")):
        asked = str(number_of(int(subject))) if subject else ""
        lines = drafting.added(lines, Line(0, Piece(piece), asked), 0)
    lines = moved(lines, 2, Step.IN)
    lines = drafting.added(lines, Line(0, Piece.COURSE, str(number_of(3))), 1)
    assert requirement_of(lines, known) == AllOf((AnyOf((course(1), course(3))), course(2)))
    out = moved(lines, 3, Step.OUT)
    assert requirement_of(out, known) == AllOf((course(1), course(3), course(2)))
    assert requirement_of(drafting.removed(lines, 1), known) == course(2)
    assert drafting.removed(lines, 0) == lines


@given(
    st.lists(
        st.builds(Line, st.integers(-2, 9), st.sampled_from(Piece), st.just(str(number_of(1)))), max_size=12
    )
)
def test_whatever_a_form_sends_becomes_a_tree(lines):
    drawn = tidied(lines)
    assert tidied(drawn) == drawn
    requirement_of(drawn, known)


# ---- what is wrong, and what differs


@pytest.mark.parametrize(
    "asked, path",
    [
        ({1: []}, ()),
        ({1: [1]}, (1, 1)),
        ({1: [2], 2: [3], 3: [4], 4: []}, ()),
        ({1: [2, 3], 2: [4], 4: [1], 3: [1]}, (1, 3, 1)),
        ({1: [2], 2: [3], 3: [2]}, ()),
        ({1: [2], 2: [3], 3: [1]}, (1, 2, 3, 1)),
    ],
)
def test_a_circle_is_named_by_the_shortest_way_around_it(asked, path):
    graph = {number_of(one): [number_of(each) for each in others] for one, others in asked.items()}
    assert requirements.way_back(graph, number_of(1)) == tuple(map(number_of, path))


@pytest.mark.parametrize(
    "values, field",
    [
        ({"requirement": AllOf(())}, "requirement"),
        ({"requirement": AllOf((course(1), AtLeast(3, (course(2), course(3)))))}, "requirement"),
        ({"requirement": practice(41, 0)}, "requirement"),
        ({"requirement": exam(11, 101)}, "requirement"),
        ({"requirement": AllOf(tuple(map(course, range(1, 220))))}, "requirement"),
        ({"renewal": AnyOf(())}, "renewal"),
        ({"due_days": 0}, "due_days"),
        ({}, None),
        ({"renewal": course(2), "due_days": 90}, None),
    ],
)
def test_a_tree_that_cannot_be_kept_is_refused_by_its_field(values, field):
    assert list(requirements.problems(rule(**values))) == ([field] if field else [])


@pytest.mark.parametrize(
    "was, now, aspects",
    [
        (rule(), rule(), []),
        (rule(course(1)), rule(AllOf((course(1), exam(11)))), [Aspect.ADDED, Aspect.SHAPE]),
        (rule(exam(11, 80)), rule(exam(11, 90)), [Aspect.NUMBER]),
        (rule(practice(41, 8)), rule(practice(41, 16)), [Aspect.NUMBER]),
        (rule(AllOf((course(1), course(2)))), rule(AnyOf((course(1), course(2)))), [Aspect.SHAPE]),
        (rule(), rule(renewal=course(2)), [Aspect.RENEWAL_ADDED]),
        (rule(renewal=course(2)), rule(), [Aspect.RENEWAL_REMOVED]),
        (rule(renewal=course(2)), rule(renewal=course(3)), [Aspect.RENEWAL]),
        (rule(), rule(due_days=30), [Aspect.DUE]),
        (rule(), Rule(course(1), 24, 90, 0), [Aspect.MONTHS, Aspect.WINDOW, Aspect.GRACE]),
    ],
)
def test_two_versions_differ_in_what_is_named(was, now, aspects):
    assert [one.aspect for one in differences.changes(was, now)] == aspects


@given(trees, trees)
def test_nothing_differs_exactly_when_both_ask_the_same(one, another):
    was, now = rule(one), rule(another)
    assert (differences.changes(was, now) == []) == requirements.is_same(was, now)
    assert requirements.is_same(was, now) == (requirements.mark_of(was) == requirements.mark_of(now))


# ---- read aloud


@pytest.mark.parametrize(
    "locale, said",
    [
        (
            "en",
            (
                "Finish “Course 1”, (2 of: attend “Workshop 31” live, practise “Practice 41” for 10 hours"
                " or be given “Audit 51”) and pass “Exam 11” with 80%"
            ),
        ),
        (
            "de",
            (
                "„Course 1“ abschließen, (2 von: „Workshop 31“ live besuchen, 10 Stunden „Practice 41“ nachweisen"
                " oder „Audit 51“ zuerkannt bekommen) und „Exam 11“ mit 80 % bestehen"
            ),
        ),
    ],
)
def test_a_rule_reads_as_one_sentence(app, locale, said):
    tree = AllOf((course(1), AtLeast(2, (live(31), practice(41), item(51))), exam(11)))
    with app.test_request_context("/"), force_locale(locale):
        text = macro(app, "line")(tree)
    assert text.replace("\N{NO-BREAK SPACE}", " ") == said


def macro(app, name):
    return getattr(app.jinja_env.get_template("certificates/_rule.html").make_module(), name)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(trees)
def test_the_sentence_names_every_leaf_in_both_languages(app, tree):
    for locale in ("en", "de"):
        with app.test_request_context("/"), force_locale(locale):
            text = str(macro(app, "sentence")(rule(tree, renewal=item(59))))
        for leaf in (*requirements.leaves(tree), item(59)):
            assert leaf.title in text
