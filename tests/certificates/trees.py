"""Random trees of requirements with every kind of leaf, and random deeds, for tests of what they amount to."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import strategies as st

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
    LiveAttended,
    Requirement,
    ScoreReached,
)
from lms.courses.values import ActivityKey, CourseId

MAY = datetime(2026, 5, 4, 10, tzinfo=UTC)
DAY = timedelta(days=1)


def number_of(found: int) -> UUID:
    return UUID(int=found)


def course(number: int) -> CourseDone:
    return CourseDone(CourseId(number_of(number)), f"Course {number}")


def exam(number: int, percent: int = 80) -> ScoreReached:
    return ScoreReached(
        ActivityKey(number_of(number)), CourseId(number_of(1)), f"Exam {number}", Decimal(percent) / 100
    )


def other(number: int) -> CertificationHeld:
    return CertificationHeld(CertificationId(number_of(number)), f"Certification {number}")


def live(number: int) -> LiveAttended:
    return LiveAttended(ActivityKey(number_of(number)), CourseId(number_of(1)), f"Workshop {number}")


def practice(number: int, hours: int = 10) -> HoursPractised:
    return HoursPractised(DeedKey(number_of(number)), f"Practice {number}", hours)


def item(number: int) -> ItemGiven:
    return ItemGiven(DeedKey(number_of(number)), f"Audit {number}")


leaves = st.one_of(
    st.integers(1, 4).map(course),
    st.builds(exam, st.integers(11, 12), st.integers(0, 100)),
    st.integers(21, 22).map(other),
    st.integers(31, 32).map(live),
    st.builds(practice, st.integers(41, 42), st.integers(1, 30)),
    st.integers(51, 52).map(item),
)


def _groups(parts: st.SearchStrategy[Requirement]) -> st.SearchStrategy[Requirement]:
    return st.lists(parts, min_size=1, max_size=4).flatmap(
        lambda found: st.one_of(
            st.just(AllOf(tuple(found))),
            st.just(AnyOf(tuple(found))),
            st.integers(1, len(found)).map(lambda count: AtLeast(count, tuple(found))),
        )
    )


trees: st.SearchStrategy[Requirement] = st.recursive(leaves, _groups, max_leaves=12)

_deed = st.tuples(
    st.sampled_from((1, 2, 3, 4, 11, 12, 41, 42, 51, 52)),
    st.integers(0, 400),
    st.decimals(0, 1, places=2),
    st.integers(1, 20),
)


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    """Return what somebody did: courses, exams, practice and items by day, sessions attended, certifications held."""
    done: dict[UUID, list[Done]] = {}
    for at, (number, day, score, hours) in enumerate(draw(st.lists(_deed, max_size=12))):
        worth = score if number in {11, 12} else Decimal(hours) if number in {41, 42} else None
        done.setdefault(number_of(number), []).append(Done(number_of(900 + at), MAY + day * DAY, worth))
    held = {number_of(one): Done(number_of(one), MAY) for one in draw(st.sets(st.sampled_from((21, 22))))}
    attended = {
        number_of(one): [Done(number_of(one), MAY + DAY)] for one in draw(st.sets(st.sampled_from((31, 32))))
    }
    return Facts(done, held, attended)
