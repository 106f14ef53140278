"""What people still have to do for a certificate, the shortest way, and how long that takes."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple

from lms.certificates.cycles import rules
from lms.certificates.cycles.queries import certifications, places
from lms.certificates.cycles.rules import requirements, terms
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


def list_missing(
    person_ids: Collection[PersonId], certification: Certification, *, now: datetime
) -> Mapping[PersonId, Missing]:
    """Return what each of these people lacks for their next certificate; nothing while theirs needs no renewal.

    A number of queries that depends on the rule and not on how many people are asked about.
    """
    rule = certification.rule
    leaves = requirements.all_leaves(rule)
    since = places.list_evidence_since(person_ids, certification.id, now=now)
    asked = list(since)
    renewing = places.list_renewing(asked, certification.id, now=now) if rule.renewal else frozenset()
    facts, left = places.read_facts(asked, leaves, now=now)
    known = courses.list_courses(
        {leaf.course_id for leaf in leaves if isinstance(leaf, CourseDone | ScoreReached | LiveAttended)}
    )
    zone = oem_zone()

    def lacking(one: PersonId) -> Sequence[Leaf]:
        cost = partial(_minutes, known=known, left=left.get(one, {}))
        weighed = rules.weigh(
            rule, facts[one], since=since[one], now=now, zone=zone, renews=one in renewing, cost=cost
        )
        return weighed.verdict.missing

    # Whoever has done nothing lacks what everybody lacks who has done nothing: most people, asked about once.
    beginners = {
        one for one in asked if facts[one] == _NOTHING_DONE and one not in left and one not in renewing
    }
    at_first = lacking(next(iter(beginners))) if beginners else ()
    unmet = {one: at_first if one in beginners else lacking(one) for one in asked}
    others = _list_other_steps(unmet, now)
    found = dict.fromkeys(person_ids, NOTHING)
    if beginners:
        found |= dict.fromkeys(beginners - others.keys(), _missing_of(at_first, known, {}, {}))
    for one in asked:
        if one not in beginners or one in others:
            found[one] = _missing_of(unmet[one], known, left.get(one, {}), others.get(one, {}))
    return found


class Lacking(NamedTuple):
    """What one person did of what their certifications ask, and what each still lacks, the shortest way."""

    facts: requirements.Facts
    since: Mapping[CertificationId, datetime | None]
    unmet: Mapping[CertificationId, Sequence[Leaf]]
    missing: Mapping[CertificationId, Missing]
    known: Mapping[CourseId, CourseSummary]
    left: Mapping[CourseId, int]

    def minutes_of(self, leaf: Leaf) -> int:
        """Return how long a leaf still takes, 0 if nobody knows."""
        if isinstance(leaf, CertificationHeld):
            return self.missing.get(leaf.certification_id, NOTHING).minutes
        return _minutes(leaf, known=self.known, left=self.left)


def read_lacking(
    person_id: PersonId, mine: Sequence[tuple[Certification, Place]], *, now: datetime
) -> Lacking:
    """Return what a person lacks for the next certificate of each of their certifications.

    For one that is valid and not renewable yet that is the whole of its renewal. A number of queries that does not
    depend on how many certifications there are, but on how deep they ask for each other.
    """
    asked = _with_others([one for one, _place in mine])
    places_of = {place.certification_id: place for _one, place in mine}
    leaves = tuple(
        dict.fromkeys(leaf for one in asked.values() for leaf in requirements.all_leaves(one.rule))
    )
    facts, left = places.read_facts([person_id], leaves, now=now)
    known = courses.list_courses(
        {leaf.course_id for leaf in leaves if isinstance(leaf, CourseDone | ScoreReached | LiveAttended)}
    )
    found = Lacking(facts[person_id], {}, {}, {}, known, left.get(person_id, {}))
    zone, memo = oem_zone(), _Memo({}, {}, {})

    def look(certification: Certification) -> Missing:
        if certification.id in memo.missing:
            return memo.missing[certification.id]
        place = places_of.get(certification.id)
        term, revoked_at = (place.term, place.revoked_at) if place else (None, None)
        since = terms.evidence_since(term.renewal_opens_at if term else None, revoked_at)
        renews = term is not None and revoked_at is None and now < term.counts_until
        unmet = rules.weigh(
            certification.rule,
            found.facts,
            since=since,
            now=now,
            zone=zone,
            renews=renews,
            cost=partial(_minutes, known=known, left=found.left),
        ).verdict.missing
        others = {
            leaf.certification_id: look(asked[leaf.certification_id])
            for leaf in unmet
            if isinstance(leaf, CertificationHeld) and leaf.certification_id in asked
        }
        memo.since[certification.id], memo.unmet[certification.id] = since, unmet
        memo.missing[certification.id] = _missing_of(unmet, known, found.left, others)
        return memo.missing[certification.id]

    for one in asked.values():
        look(one)
    return found._replace(since=memo.since, unmet=memo.unmet, missing=memo.missing)


class _Memo(NamedTuple):
    since: dict[CertificationId, datetime | None]
    unmet: dict[CertificationId, Sequence[Leaf]]
    missing: dict[CertificationId, Missing]


def _with_others(wanted: Sequence[Certification]) -> Mapping[CertificationId, Certification]:
    """Return certifications with those that they ask for, and so on; rules never lead back to themselves."""
    found = {one.id: one for one in wanted}
    newest = list(wanted)
    while newest:
        named = {
            leaf.certification_id
            for one in newest
            for leaf in requirements.all_leaves(one.rule)
            if isinstance(leaf, CertificationHeld)
        }
        newest = (
            list(certifications.list_certifications(named - found.keys())) if named - found.keys() else []
        )
        found |= {one.id: one for one in newest}
    return found


def _list_other_steps(
    lacking: Mapping[PersonId, Sequence[Leaf]], now: datetime
) -> Mapping[PersonId, Mapping[CertificationId, Missing]]:
    """Return what lies behind the other certifications that people lack; rules never lead back to themselves."""
    wanted: dict[CertificationId, list[PersonId]] = {}
    for person_id, unmet in lacking.items():
        for leaf in unmet:
            if isinstance(leaf, CertificationHeld):
                wanted.setdefault(leaf.certification_id, []).append(person_id)
    found: dict[PersonId, dict[CertificationId, Missing]] = {}
    for certification in certifications.list_certifications(wanted) if wanted else ():
        for person_id, missing in list_missing(wanted[certification.id], certification, now=now).items():
            found.setdefault(person_id, {})[certification.id] = missing
    return found


def _minutes(leaf: Leaf, *, known: Mapping[CourseId, CourseSummary], left: Mapping[CourseId, int]) -> int:
    """Return what a leaf takes; of a course that was begun, what is left of it beside the exams that rules name."""
    if isinstance(leaf, ScoreReached | LiveAttended):
        return leaf.minutes
    if isinstance(leaf, HoursPractised):
        return leaf.hours * 60
    if isinstance(leaf, CourseDone) and leaf.course_id in known:
        return left.get(leaf.course_id, known[leaf.course_id].minutes)
    return 0


def _steps_of(
    leaf: Leaf,
    unmet: Sequence[Leaf],
    known: Mapping[CourseId, CourseSummary],
    left: Mapping[CourseId, int],
    others: Mapping[CertificationId, Missing],
) -> Sequence[Step]:
    if isinstance(leaf, CertificationHeld):
        return others.get(leaf.certification_id, NOTHING).steps
    if isinstance(leaf, HoursPractised | ItemGiven):
        return [_by_hand(leaf)]
    course = known.get(leaf.course_id)
    is_exam = isinstance(leaf, ScoreReached | LiveAttended)
    minutes = _minutes(leaf, known=known, left=left)
    if not is_exam and leaf.course_id in left:
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


def _missing_of(
    unmet: Sequence[Leaf],
    known: Mapping[CourseId, CourseSummary],
    left: Mapping[CourseId, int],
    others: Mapping[CertificationId, Missing],
) -> Missing:
    steps = [step for leaf in unmet for step in _steps_of(leaf, unmet, known, left, others)]
    whole = {step.course_id for step in steps if step.activity_key is None and step.course_id is not None}
    # An exam's minutes are among its course's, when the whole course is still to be done.
    minutes = sum(step.minutes for step in steps if step.activity_key is None or step.course_id not in whole)
    return Missing(steps=tuple(dict.fromkeys(steps)), minutes=minutes)
