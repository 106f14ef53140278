"""The shortest way through a rule: no cheaper choice exists, whatever is asked for twice."""

from datetime import UTC, datetime
from decimal import Decimal
from itertools import combinations
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from lms.certificates import facade as certificates
from lms.certificates.cycles.rules import requirements, shortest
from lms.certificates.cycles.rules.requirements import Done, Facts
from lms.certificates.values import (
    AllOf,
    AnyOf,
    AtLeast,
    CertificationHeld,
    CertificationId,
    CourseDone,
    DeedKey,
    HoursPractised,
    ItemGiven,
    Leaf,
    Rule,
    ScoreReached,
    subject_of,
)
from lms.courses.values import ActivityKey, CourseId
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.uow import unit_of_work
from tests.certificates.scene import define, enrol, publish_course, record
from tests.support.portal import counted_queries

NOW = datetime(2026, 5, 4, tzinfo=UTC)
COURSES = [CourseId(UUID(int=number)) for number in (1, 2, 3)]
LEAVES: list[Leaf] = [
    *[CourseDone(one, f"Course {one.int}") for one in COURSES],
    ScoreReached(ActivityKey(UUID(int=11)), COURSES[0], "Exam of 1", Decimal("0.8"), 40),
    ScoreReached(ActivityKey(UUID(int=12)), COURSES[1], "Exam of 2", Decimal("0.8"), 25),
    HoursPractised(DeedKey(UUID(int=21)), "On site", 1),
    ItemGiven(DeedKey(UUID(int=22)), "A word with the trainer"),
]
trees = st.recursive(
    st.sampled_from(LEAVES),
    lambda parts: st.one_of(
        st.builds(AllOf, st.lists(parts, min_size=1, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(parts, min_size=1, max_size=3).map(tuple)),
        st.lists(parts, min_size=2, max_size=4).map(tuple).map(lambda some: AtLeast(2, some)),
    ),
    max_leaves=10,
)


def test_a_rule_that_lists_its_courses_first_and_its_exams_after_is_read_at_once() -> None:
    courses = [CourseId(UUID(int=number)) for number in range(100, 140)]
    parts: list[Leaf] = [CourseDone(one, f"Course {one.int}") for one in courses]
    parts += [
        ScoreReached(ActivityKey(UUID(int=one.int + 100)), one, "Exam", Decimal("0.8"), 40) for one in courses
    ]
    # Followed by all that might be left out, it took minutes.
    found = shortest.shortest(AllOf(tuple(parts)), shortest.Prices(whole=dict.fromkeys(courses, 90)))
    assert found == tuple(parts)


minutes = st.integers(min_value=40, max_value=200)
prices = st.builds(
    shortest.Prices,
    whole=st.fixed_dictionaries(dict.fromkeys(COURSES, minutes)),
    begun=st.dictionaries(st.sampled_from(COURSES), st.integers(min_value=0, max_value=60)),
)


def facts_of(leaves):
    return Facts({subject_of(one): [Done(subject_of(one), NOW, Decimal(1))] for one in leaves})


def meets(tree, leaves):
    return requirements.judge(tree, facts_of(leaves)).met_at is not None


@given(tree=trees, prices=prices, done=st.sets(st.sampled_from(LEAVES), max_size=2))
def test_no_choice_takes_fewer_minutes_than_the_one_that_is_named(tree, prices, done):
    left = shortest.left_of(tree, facts_of(done), None, lambda _leaf: None)
    assert (left is None) == meets(tree, done)
    if left is None:
        return
    named = shortest.shortest(left, prices)
    assert meets(tree, [*done, *named]), "doing what is named is enough"
    ways = (some for size in range(len(LEAVES) + 1) for some in combinations(LEAVES, size))
    fewest = min(shortest.minutes_of(some, prices) for some in ways if meets(tree, [*done, *some]))
    assert shortest.minutes_of(named, prices) == fewest


def test_what_two_branches_ask_for_is_done_once_and_so_the_dearer_part_may_be_the_shorter_way():
    a, b, c = (CourseDone(one, f"Course {one.int}") for one in COURSES)
    tree = AllOf((AnyOf((a, b)), AnyOf((b, c))))
    cheap_alone = shortest.Prices(whole=dict(zip(COURSES, (60, 90, 60), strict=True)))
    assert shortest.shortest(tree, cheap_alone) == (b,)
    dear_together = shortest.Prices(whole=dict(zip(COURSES, (60, 130, 60), strict=True)))
    assert shortest.shortest(tree, dear_together) == (a, c)


def test_of_ways_that_take_as_long_the_authors_first_stands():
    a, b, c = (CourseDone(one, f"Course {one.int}") for one in COURSES)
    same = shortest.Prices(whole=dict.fromkeys(COURSES, 60))
    assert shortest.shortest(AtLeast(2, (c, a, b)), same) == (c, a)


def test_a_large_tree_of_choices_is_answered_at_once():
    exams = [
        ScoreReached(ActivityKey(UUID(int=500 + number)), CourseId(UUID(int=100 + number)), "", Decimal(1), 9)
        for number in range(60)
    ]
    wholes = [CourseDone(one.course_id, "") for one in exams]
    tree = AtLeast(30, tuple(map(AnyOf, zip(exams, wholes, strict=True))))
    named = shortest.shortest(tree, shortest.Prices(whole={one.course_id: 60 for one in exams}))
    assert meets(tree, named)


def test_another_certification_costs_what_it_takes_to_earn_it(app, cast):
    with unit_of_work(), acting_as(SYSTEM):
        long, short, common = (publish_course(*one) for one in (("Long",), ("Short",), ("Common",)))
        long = publish_course("Very long", minutes=400)
        master = define(cast, "M", "Master", Rule(AllOf((long.done(), common.done())), 12, 60, 30))
        held = CertificationHeld(CertificationId(master), "Master")
        expert = define(cast, "E", "Expert", Rule(AnyOf((held, short.done())), 12, 60, 30))
        enrolment = enrol(cast.dafydd, long)
        record(enrolment, long.lesson_id, None)
        record(enrolment, long.exam_id, "0.9")
        done = enrol(cast.dafydd, common)
        record(done, common.lesson_id, None)
        # 40 minutes are left of it, and with them the master's certificate comes.
    with unit_of_work(read_only=True):
        missing = certificates.missing([cast.amara, cast.dafydd], expert)
    assert [step.title for step in missing[cast.amara].steps] == ["Short"]
    assert missing[cast.amara].minutes == 90
    assert [step.title for step in missing[cast.dafydd].steps] == ["Common"]
    assert missing[cast.dafydd].minutes == 40


def test_what_is_missing_of_many_certifications_takes_as_many_queries_as_of_one(app, cast, scene):
    with unit_of_work(), acting_as(SYSTEM):
        course = publish_course("Another")
        more = define(cast, "A", "Another", Rule(course.done(), 12, 60, 30))
    from_one, from_two = [], []
    with unit_of_work(read_only=True):
        with counted_queries() as from_one:
            certificates.missing([cast.amara], scene.certification_id)
        with counted_queries() as from_two:
            certificates.missing([cast.amara, cast.dafydd, cast.ruth], more)
    assert len(from_one) == len(from_two)
