"""What a path asks, what counts for it, and where somebody is on it: without a database."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from lms.courses.curricula.values import (
    Done,
    Equivalence,
    Fault,
    Place,
    Problem,
    Stage,
    StagePlace,
    StageState,
    Step,
)
from lms.courses.values import CourseId, StageKey


def firsts_of(stages: Sequence[Stage]) -> Mapping[StageKey, tuple[StageKey, ...]]:
    """Return which stages come before each; one that is no more keeps nobody waiting."""
    known = {one.key for one in stages}
    firsts: dict[StageKey, tuple[StageKey, ...]] = {}
    before: tuple[StageKey, ...] = ()
    for one in stages:
        firsts[one.key] = before if one.after is None else tuple(key for key in one.after if key in known)
        before = (one.key,)
    return firsts


def ring_in(stages: Sequence[Stage]) -> tuple[Stage, ...]:
    """Return stages that wait for each other in a ring, each for the one after it; nothing if none do."""
    named = {one.key: one for one in stages}
    try:
        TopologicalSorter(firsts_of(stages)).prepare()
    except CycleError as error:
        # graphlib tells who goes before whom, its first again at the end.
        return tuple(named[key] for key in reversed(error.args[1][1:]))
    return ()


def columns_of(stages: Sequence[Stage]) -> Mapping[StageKey, int]:
    """Return how many stages at least lie before each: where a picture puts it. `stages` have no ring."""
    firsts = firsts_of(stages)
    columns: dict[StageKey, int] = {}
    for key in TopologicalSorter(firsts).static_order():
        columns[key] = max((columns[first] + 1 for first in firsts[key]), default=0)
    return columns


def problems_of(stages: Sequence[Stage], published: Collection[CourseId]) -> Iterator[Problem]:
    """Yield what keeps stages from being published; `published` are the courses that people can take."""
    if not stages:
        yield Problem(Fault.NOTHING)
    seen: set[CourseId] = set()
    for one in stages:
        if not one.courses:
            yield Problem(Fault.NO_COURSE, one)
        elif not 1 <= one.least <= len(one.courses):
            yield Problem(Fault.TOO_MANY_NEEDED, one)
        for course_id in one.courses:
            if course_id in seen:
                yield Problem(Fault.TWICE, one, course_id)
            elif course_id not in published:
                yield Problem(Fault.NOT_PUBLISHED, one, course_id)
            seen.add(course_id)


def counted(done: Sequence[Done], equivalences: Collection[Equivalence]) -> Mapping[CourseId, Done]:
    """Return the courses that completions count for, each with the completion that does.

    A course's own completion goes before one of another course, an earlier before a later. Equivalences are followed
    from course to course, however they run; each asks for the day of the completion itself.
    """
    found: dict[CourseId, Done] = {}
    in_time = sorted(done, key=lambda one: (one.completed_at, one.id))
    for one in in_time:
        found.setdefault(one.course_id, one)
    for one in in_time:
        for course_id in _reached(one, equivalences):
            found.setdefault(course_id, one)
    return found


def _reached(done: Done, equivalences: Collection[Equivalence]) -> Iterator[CourseId]:
    day = done.completed_at.date()
    holding = [one for one in equivalences if one.holds_on(day)]
    seen, ahead = {done.course_id}, [done.course_id]
    while ahead:
        course_id = ahead.pop(0)
        for one in holding:
            for here, there in _ways(one):
                if here == course_id and there not in seen:
                    seen.add(there)
                    ahead.append(there)
                    yield there


def _ways(one: Equivalence) -> Iterator[tuple[CourseId, CourseId]]:
    yield one.course_id, one.counts_for_id
    if one.is_mutual:
        yield one.counts_for_id, one.course_id


def place_on(
    stages: Sequence[Stage],
    done: Collection[CourseId],
    minutes: Mapping[CourseId, int],
    begun: Collection[CourseId] = (),
) -> Place:
    """Return where somebody is.

    `done` are the courses that count as completed, `minutes` how long each other takes from here, `begun` those that
    they are in. What is done stays done, whatever comes before it; the rest is locked until all before it is done.
    """
    named = {one.key: one for one in stages}
    firsts, columns = firsts_of(stages), columns_of(stages)
    is_done = {one.key: bool(one.courses) and _missing(one, done) <= 0 for one in stages}
    places = []
    for number, one in enumerate(stages, 1):
        waits_for = () if is_done[one.key] else tuple(key for key in firsts[one.key] if not is_done[key])
        places.append(
            StagePlace(
                stage=one,
                number=number,
                column=columns[one.key],
                state=StageState.DONE
                if is_done[one.key]
                else StageState.LOCKED
                if waits_for
                else StageState.OPEN,
                done=frozenset(one.courses) & frozenset(done),
                waits_for=tuple(named[key] for key in waits_for),
            )
        )
    steps = {one.key: _steps(one, done, minutes, begun) for one in stages if not is_done[one.key]}
    offered = [
        steps[one.stage.key][0] for one in places if one.state is StageState.OPEN and steps[one.stage.key]
    ]
    return Place(
        stages=tuple(places),
        # What is begun is finished before anything else is; min keeps the first of equals.
        next=min(offered, key=lambda step: not step.is_begun, default=None),
        minutes_left=sum(step.minutes for ahead in steps.values() for step in ahead),
    )


def _missing(stage: Stage, done: Collection[CourseId]) -> int:
    return stage.least - sum(course_id in done for course_id in stage.courses)


def _steps(
    stage: Stage, done: Collection[CourseId], minutes: Mapping[CourseId, int], begun: Collection[CourseId]
) -> Sequence[Step]:
    """Return the courses that finish a stage soonest: what is begun, then what is short, where there is a choice."""
    left = [
        Step(stage=stage, course_id=one, is_begun=one in begun, minutes=minutes.get(one, 0))
        for one in stage.courses
        if one not in done
    ]
    is_choice = stage.least < len(stage.courses)
    left.sort(key=lambda step: (not step.is_begun, step.minutes if is_choice else 0))
    return left[: _missing(stage, done)]


def courses_of(stages: Sequence[Stage]) -> frozenset[CourseId]:
    """Return every course of these stages."""
    return frozenset(course_id for one in stages for course_id in one.courses)
