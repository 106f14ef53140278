"""What people still have to do for a certificate, the shortest way, and how long that takes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from lms.certificates.cycles import rules
from lms.certificates.cycles.queries import certifications, places, tracks
from lms.certificates.cycles.rules import Weighed, requirements, shortest, terms
from lms.certificates.cycles.rules.requirements import Facts
from lms.certificates.cycles.values import Place
from lms.certificates.values import (
    Certification,
    CertificationHeld,
    CertificationId,
    CourseDone,
    HoursPractised,
    ItemGiven,
    Leaf,
    LiveAttended,
    Missing,
    Requirement,
    Rule,
    ScoreReached,
    Step,
)
from lms.courses import facade as courses
from lms.courses.values import CourseId, CourseSummary
from lms.identity.values import PersonId
from lms.web.context import oem_zone

OWN_PAGE = "/certificates"
"""Where practice is logged, and where a person reads what they wait for."""
NOTHING = Missing(steps=(), minutes=0)
_NOTHING_DONE = requirements.Facts()

Wanted = Sequence[tuple[Certification, Collection[PersonId]]]
"""Certifications, each with the people who are asked about."""
Found = Mapping[tuple[PersonId, CertificationId], Missing]


def list_missing(
    person_ids: Collection[PersonId], certification: Certification, *, now: datetime
) -> Mapping[PersonId, Missing]:
    """Return what each of these people lacks for their next certificate; nothing while theirs needs no renewal."""
    found = list_missing_of([(certification, person_ids)], now=now)
    return {one: found[one, certification.id] for one in person_ids}


def list_missing_of(wanted: Wanted, *, now: datetime) -> Found:
    """Return what people lack for several certificates, each the shortest way.

    A number of queries that depends neither on how many people nor on how many certifications are asked about, but for
    one more for each step from a certification that asks for another to that one.
    """
    people = tuple({one: None for _certification, some in wanted for one in some})
    if not people:
        return {}
    world = _read_world([certification for certification, _some in wanted], people, now)
    return {
        (person_id, certification.id): world.missing(person_id, certification)
        for certification, some in wanted
        for person_id in some
    }


@dataclass(frozen=True, slots=True)
class Lacking:
    """What one person did of what their certifications ask, and what each still lacks, the shortest way.

    `unmet` are leaves of a certification's own tree; `since` is from when deeds count for it.
    """

    facts: Facts
    since: Mapping[CertificationId, datetime | None]
    unmet: Mapping[CertificationId, Sequence[Leaf]]
    missing: Mapping[CertificationId, Missing]
    known: Mapping[CourseId, CourseSummary]
    prices: shortest.Prices

    def minutes_of(self, leaf: Leaf) -> int:
        """Return how long a leaf still takes, 0 if nobody knows."""
        if isinstance(leaf, CertificationHeld):
            return self.missing.get(leaf.certification_id, NOTHING).minutes
        return shortest.minutes_of([leaf], self.prices)


def read_lacking(
    person_id: PersonId, mine: Sequence[tuple[Certification, Place]], *, now: datetime
) -> Lacking:
    """Return what a person lacks for the next certificate of each of these, and of those that they ask for.

    For one that is valid and not renewable yet that is the whole of its renewal. A number of queries that does not
    depend on how many certifications there are, but on how deep they ask for each other.
    """
    held = {(person_id, one.id): tracks.Held.of(place) for one, place in mine}
    world = _read_world([one for one, _place in mine], (person_id,), now, held, is_ahead=True)
    return Lacking(
        facts=world.facts[person_id],
        since={one: world.since(person_id, one) for one in world.rules},
        unmet={one: world.unmet(person_id, one) for one in world.rules},
        missing={one: world.lacks(person_id, one) for one in world.rules},
        known=world.courses,
        prices=world.prices(person_id),
    )


@dataclass(slots=True)
class _World:
    """What is known of some people and all that some certifications ask for, directly or by way of others."""

    now: datetime
    zone: ZoneInfo
    rules: Mapping[CertificationId, Rule]
    tracks: Mapping[tuple[PersonId, CertificationId], Any]
    facts: Mapping[PersonId, Facts]
    left: Mapping[PersonId, Mapping[CourseId, int]]
    courses: Mapping[CourseId, CourseSummary]
    beginners: frozenset[PersonId]
    whole: Mapping[CourseId, int]
    is_ahead: bool
    """Whether the next certificate is asked about of those, too, whose present one is not renewable yet."""
    at_first: dict[CertificationId, Missing] = field(default_factory=dict)
    known: dict[Any, Missing] = field(default_factory=dict)

    def missing(self, person_id: PersonId, certification: Certification) -> Missing:
        """Return what somebody lacks."""
        if person_id not in self.beginners:
            return self.lacks(person_id, certification.id)
        # Whoever has done nothing lacks what everybody lacks who has done nothing: most people.
        if certification.id not in self.at_first:
            self.at_first[certification.id] = self.lacks(person_id, certification.id)
        return self.at_first[certification.id]

    def lacks(self, person_id: PersonId, certification_id: CertificationId) -> Missing:
        """Return what somebody lacks, whoever else lacks the same."""
        left = self._left(person_id, certification_id)
        if left is None:
            return NOTHING
        prices = self.prices(person_id)
        key = left, tuple(sorted(prices.begun.items()))
        if key not in self.known:
            self.known[key] = _missing_of(shortest.shortest(left, prices), self.courses, prices)
        return self.known[key]

    def prices(self, person_id: PersonId) -> shortest.Prices:
        """Return how long everything takes somebody."""
        return shortest.Prices(whole=self.whole, begun=self.left.get(person_id, {}))

    def since(self, person_id: PersonId, certification_id: CertificationId) -> datetime | None:
        """Return from when somebody's deeds count for their next certificate, None for ever.

        That is now for who did everything so long ago that what it would give is over.
        """
        return self._weighed(person_id, certification_id).since

    def unmet(self, person_id: PersonId, certification_id: CertificationId) -> Sequence[Leaf]:
        """Return the leaves of a certification's own tree that the shortest way still meets."""
        left = self._left(person_id, certification_id)
        if left is None:
            return ()
        chosen = frozenset(shortest.shortest(left, self.prices(person_id)))

        def is_chosen(leaf: Leaf) -> bool:
            behind = (
                self._left(person_id, leaf.certification_id) if isinstance(leaf, CertificationHeld) else None
            )
            return leaf in chosen if behind is None else shortest.is_met_by(behind, chosen)

        return [one for one in requirements.all_leaves(self.rules[certification_id]) if is_chosen(one)]

    def _weighed(self, person_id: PersonId, certification_id: CertificationId) -> Weighed:
        track = self.tracks.get((person_id, certification_id))
        return rules.weigh(
            self.rules[certification_id],
            self.facts[person_id],
            since=None if track is None else terms.evidence_since(track.renewal_opens_at, track.revoked_at),
            now=self.now,
            zone=self.zone,
            renews=places.renews(track, self.now),
        )

    def _left(self, person_id: PersonId, certification_id: CertificationId) -> Requirement | None:
        rule = self.rules.get(certification_id)
        track = self.tracks.get((person_id, certification_id))
        if rule is None or (not self.is_ahead and tracks.needs_nothing(track, self.now)):
            return None
        weighed = self._weighed(person_id, certification_id)
        if weighed.verdict.met_at is not None:
            return None
        return shortest.left_of(
            requirements.path_of(rule, renews=places.renews(track, self.now)),
            self.facts[person_id],
            weighed.since,
            lambda leaf: self._left(person_id, leaf.certification_id),
        )


def _read_world(
    wanted: Sequence[Certification],
    people: Sequence[PersonId],
    now: datetime,
    known_tracks: Mapping[tuple[PersonId, CertificationId], Any] | None = None,
    *,
    is_ahead: bool = False,
) -> _World:
    found = {one.id: one.rule for one in wanted}
    fresh: Collection[Rule] = found.values()
    # Rules never lead back to themselves.
    while asked := {
        leaf.certification_id
        for rule in fresh
        for leaf in requirements.all_leaves(rule)
        if isinstance(leaf, CertificationHeld) and leaf.certification_id not in found
    }:
        others = {one.id: one.rule for one in certifications.list_certifications(asked)}
        if not others:
            break
        found |= others
        fresh = others.values()
    leaves = tuple(dict.fromkeys(leaf for rule in found.values() for leaf in requirements.all_leaves(rule)))
    held = dict(known_tracks or {})
    held |= tracks.list_tracks(people, found.keys() - {certification_id for _one, certification_id in held})
    facts, left = places.read_facts(people, leaves, now=now)
    known = courses.list_courses(
        {leaf.course_id for leaf in leaves if isinstance(leaf, CourseDone | ScoreReached | LiveAttended)}
    )
    begun = {person_id for person_id, _certification_id in held}
    return _World(
        now=now,
        zone=oem_zone(),
        rules=found,
        tracks=held,
        facts=facts,
        left=left,
        courses=known,
        beginners=frozenset(
            one for one in people if facts[one] == _NOTHING_DONE and one not in left and one not in begun
        ),
        whole={course_id: course.minutes for course_id, course in known.items()},
        is_ahead=is_ahead,
    )


def _missing_of(
    unmet: Sequence[Leaf], known: Mapping[CourseId, CourseSummary], prices: shortest.Prices
) -> Missing:
    steps = [step for leaf in unmet for step in _steps_of(leaf, unmet, known, prices)]
    return Missing(steps=tuple(dict.fromkeys(steps)), minutes=shortest.minutes_of(unmet, prices))


def _steps_of(
    leaf: Leaf, unmet: Sequence[Leaf], known: Mapping[CourseId, CourseSummary], prices: shortest.Prices
) -> Sequence[Step]:
    if isinstance(leaf, CertificationHeld):
        return ()
    if isinstance(leaf, HoursPractised | ItemGiven):
        return [_by_hand(leaf)]
    course = known.get(leaf.course_id)
    is_exam = isinstance(leaf, ScoreReached | LiveAttended)
    minutes = shortest.minutes_of([leaf], prices)
    if not is_exam and leaf.course_id in prices.begun:
        named = (one for one in unmet if isinstance(one, ScoreReached | LiveAttended))
        exams = [one for one in named if one.course_id == leaf.course_id]
        minutes += sum(exam.minutes for exam in exams)
    return [
        Step(
            title=leaf.title if is_exam or course is None else course.title,
            course_id=leaf.course_id,
            activity_key=leaf.activity_key if isinstance(leaf, ScoreReached | LiveAttended) else None,
            minimum=leaf.minimum if isinstance(leaf, ScoreReached) else None,
            minutes=minutes,
            url=courses.course_url(course) if course else "",
            is_live=isinstance(leaf, LiveAttended),
        )
    ]


def _by_hand(leaf: HoursPractised | ItemGiven) -> Step:
    hours = leaf.hours if isinstance(leaf, HoursPractised) else None
    return Step(
        title=leaf.title,
        course_id=None,
        activity_key=None,
        minimum=None,
        minutes=60 * (hours or 0),
        url=OWN_PAGE,
        hours=hours,
    )
