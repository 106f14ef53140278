"""What the reader of a page holds, works on and needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from flask import g

from lms.certificates.cycles.queries import ledger, places
from lms.certificates.cycles.queries import missing as lacking
from lms.certificates.cycles.rules import requirements
from lms.certificates.cycles.values import Place
from lms.certificates.values import (
    Certificate,
    Certification,
    CertificationId,
    CourseDone,
    CycleState,
    HoursPractised,
    Leaf,
    LiveAttended,
    Missing,
    ScoreReached,
    subject_of,
)
from lms.courses import facade as courses
from lms.courses.values import CourseId, CourseSummary, Progress
from lms.identity.values import PersonId
from lms.kernel.actor import Actor

COUNTING = (CycleState.IN_GRACE, CycleState.RENEWAL_OPEN, CycleState.CERTIFIED)
EARLIER_SHOWN = 50
WORKING = (CycleState.OVERDUE, CycleState.IN_PROGRESS, CycleState.ASSIGNED)


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that a certificate asks for, and how far the reader is; `url` leads to where it is done."""

    title: str
    is_met: bool
    progress: Progress | None
    url: str


@dataclass(frozen=True, slots=True)
class Path:
    """A certificate on the way: its parts, and how many are done."""

    certification: Certification
    place: Place
    parts: Sequence[Part]
    missing: Missing | None = None
    """What is still to do, the shortest way; None where it was not asked."""

    @property
    def met(self) -> int:
        """Return how many parts are done."""
        return sum(part.is_met for part in self.parts)


@dataclass(frozen=True, slots=True)
class Own:
    """All of a reader's certifications: those that count, the ways to the next, and what is over."""

    counting: Sequence[tuple[Certification, Place]]
    paths: Sequence[Path]
    needed: Sequence[tuple[Certification, Place]]
    earlier: Sequence[Certificate]
    exempt: Sequence[tuple[Certification, Place]]
    missing: Mapping[CertificationId, Missing]
    """What the next certificate of each still takes."""
    has_more: bool
    """Whether there are earlier ones that are not among `earlier`: the pages of their certifications have them."""


def list_mine(actor: Actor, *, now: datetime) -> Sequence[tuple[Certification, Place]]:
    """Return the actor's certifications with where they are; asked once per page, however many show them."""
    if actor.person_id is None:
        return ()
    if "certifications_own" not in g:
        g.certifications_own = places.list_own(PersonId(actor.person_id), now=now)
    found: Sequence[tuple[Certification, Place]] = g.certifications_own
    return found


def list_counting(actor: Actor, *, now: datetime) -> Sequence[tuple[Certification, Place]]:
    """Return what the actor holds, what needs them most first."""
    found = [one for one in list_mine(actor, now=now) if one[1].state in COUNTING]
    return sorted(found, key=lambda one: (COUNTING.index(one[1].state), one[1].on or now.date()))


def _is_on_the_way(place: Place) -> bool:
    return place.state in WORKING or (place.state in COUNTING and place.cycle_id is not None)


def find_next(actor: Actor, *, now: datetime) -> Path | None:
    """Return the certificate the actor is to earn next: the soonest due, else one they need."""
    mine = list_mine(actor, now=now)
    ways = [one for one in mine if _is_on_the_way(one[1])]
    ways.sort(key=lambda one: (one[1].due_on is None, one[1].due_on or now.date()))
    ways += [one for one in mine if one[1].state in {CycleState.NOT_ASSIGNED, CycleState.LAPSED}]
    if not ways or actor.person_id is None:
        return None
    certification, place = ways[0]
    course_ids = _courses_of(_shown(certification, place))
    return _path_of(certification, place, courses.own_progress(actor, course_ids), {})


def read_own(actor: Actor, *, now: datetime) -> Own:
    """Return all that the actor's own page shows, in a handful of queries."""
    mine = list_mine(actor, now=now)
    person_id = PersonId(actor.person_id) if actor.person_id else None
    ways = [one for one in mine if _is_on_the_way(one[1])]
    course_ids = {
        course_id
        for certification, _place in mine
        for course_id in _courses_of(requirements.all_leaves(certification.rule))
    }
    progress = courses.progress([person_id], course_ids) if person_id else {}
    found = lacking.read_lacking(person_id, mine, now=now) if person_id and mine else None
    known: Mapping[CourseId, CourseSummary] = found.known if found else {}
    missing: Mapping[CertificationId, Missing] = found.missing if found else {}
    by_course = {course_id: one for (_who, course_id), one in progress.items()}
    counting = list_counting(actor, now=now)
    current = {place.certificate_id for _certification, place in counting}
    latest = ledger.list_latest(person_id, EARLIER_SHOWN + len(current) + 1) if person_id else ()
    earlier = [one for one in latest if one.id not in current]
    return Own(
        counting=counting,
        paths=[replace(_path_of(*one, by_course, known), missing=missing.get(one[0].id)) for one in ways],
        needed=[one for one in mine if one[1].state is CycleState.NOT_ASSIGNED],
        earlier=earlier[:EARLIER_SHOWN],
        exempt=[one for one in mine if one[1].state is CycleState.EXEMPT],
        missing=missing,
        has_more=len(earlier) > EARLIER_SHOWN,
    )


def _courses_of(leaves: Sequence[Leaf]) -> set[CourseId]:
    return {leaf.course_id for leaf in leaves if isinstance(leaf, CourseDone | ScoreReached | LiveAttended)}


def _shown(certification: Certification, place: Place) -> Sequence[Leaf]:
    """Return the leaves of the way that is open: the renewal's own for who holds it still."""
    renews = place.state in COUNTING
    return requirements.leaves(requirements.shortest_way(certification.rule, renews=renews))


def _own_url(certification: Certification, leaf: Leaf) -> str:
    return f"/certificates/{certification.id}/practice" if isinstance(leaf, HoursPractised) else ""


def _path_of(
    certification: Certification,
    place: Place,
    progress: Mapping[CourseId, Progress],
    known: Mapping[CourseId, CourseSummary],
) -> Path:
    parts = []
    for leaf in _shown(certification, place):
        subject: UUID = subject_of(leaf)
        course_id = leaf.course_id if isinstance(leaf, CourseDone | ScoreReached | LiveAttended) else None
        course = known.get(course_id) if course_id else None
        parts.append(
            Part(
                title=leaf.title,
                is_met=subject in place.met,
                progress=progress.get(course_id) if course_id and isinstance(leaf, CourseDone) else None,
                url=courses.course_url(course) if course else _own_url(certification, leaf),
            )
        )
    return Path(certification, place, parts)
