"""SELECTs of where people are with certifications, and of the facts they are judged by."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Bundle, aliased

from lms.certificates.cycles import rules
from lms.certificates.cycles.models import (
    CertificateRow,
    CertificationPosition,
    CertificationRow,
    CycleRow,
    RuleRow,
    TrackRow,
)
from lms.certificates.cycles.queries import certifications, deeds
from lms.certificates.cycles.rules import Track, requirements
from lms.certificates.cycles.rules.requirements import Done, Facts
from lms.certificates.cycles.values import Place
from lms.certificates.values import (
    Certification,
    CertificationHeld,
    CertificationId,
    CertificationState,
    CourseDone,
    CycleState,
    HoursPractised,
    ItemGiven,
    Leaf,
    LiveAttended,
    ScoreReached,
    Term,
    subject_of,
    subjects_of,
)
from lms.courses import facade as courses
from lms.courses.values import ActivityKey, CourseId
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel.among import among
from lms.kernel.db import db
from lms.web.context import oem_zone


def term_of(row: Any) -> Term | None:
    """Return the term of the certificate a track goes by, None without one; cut short by a revocation."""
    if row.certificate_id is None:
        return None
    return Term(
        valid_through=row.valid_through,
        renewal_opens_at=row.renewal_opens_at,
        expires_at=row.expires_at,
        counts_until=row.counts_until,
    )


def renews(track: Any, now: datetime) -> bool:
    """Return whether a person's next certificate renews one that counts still: the shorter way is open to them."""
    return (
        track is not None
        and track.revoked_at is None
        and track.counts_until is not None
        and now < track.counts_until
    )


def is_exempt(row: Any, now: datetime) -> bool:
    """Return whether the person of a track is let off now: through the last day of it, in the OEM's zone."""
    if row.exempt_at is None:
        return False
    return row.exempt_through is None or now.astimezone(oem_zone()).date() <= row.exempt_through


Rows = tuple[TrackRow | None, CycleRow | None]
_NOTHING: Rows = (None, None)


@dataclass(frozen=True, slots=True)
class _Ways:
    """What a certification's own way and its renewal's name: subjects, and the certifications among them."""

    named: frozenset[UUID]
    certifications: frozenset[UUID]

    @classmethod
    def of(cls, certification: Certification, *, renews: bool) -> "_Ways":
        leaves = requirements.leaves(requirements.shortest_way(certification.rule, renews=renews))
        return cls(
            frozenset(map(subject_of, leaves)),
            frozenset(leaf.certification_id for leaf in leaves if isinstance(leaf, CertificationHeld)),
        )


def place_of(
    certification: Certification,
    person_id: PersonId,
    rows: Rows,
    now: datetime,
    *,
    held: Collection[UUID] | None = None,
) -> Place:
    """Return where a person is, from their track and their open cycle.

    `held` are the certifications that count for them now: one that is asked for and has expired since is met no more.
    None leaves it at what the track says.
    """
    return _Looking(now).place_of(certification, person_id, rows, held=held)


class _Looking:
    """Where people are at an instant; of many, what is the same for them is worked out once."""

    def __init__(self, now: datetime) -> None:
        self.now, self.zone = now, oem_zone()
        self.today = now.astimezone(self.zone).date()
        self.ways: dict[tuple[CertificationId, int, bool], _Ways] = {}

    def _way(self, certification: Certification, *, renews: bool) -> _Ways:
        key = certification.id, certification.rule_version, renews
        if key not in self.ways:
            self.ways[key] = _Ways.of(certification, renews=renews)
        return self.ways[key]

    def place_of(
        self,
        certification: Certification,
        person_id: PersonId,
        rows: Rows,
        *,
        held: Collection[UUID] | None = None,
    ) -> Place:
        """Return where a person is, as the function of this name says."""
        track, cycle = rows
        way = self._way(certification, renews=renews(track, self.now))
        if track is None and cycle is None:
            return Place(
                person_id=person_id,
                certification_id=certification.id,
                state=CycleState.NOT_ASSIGNED,
                total=len(way.named),
            )
        term = term_of(track) if track else None
        met = frozenset(map(UUID, track.met)) & way.named if track and track.met else _NONE
        if met and held is not None:
            met -= way.certifications - set(held)
        revoked_at = track.revoked_at if track else None
        due_on = cycle.due_on if cycle else None
        state = rules.cycle_state(
            Track(
                term=term,
                revoked_at=revoked_at,
                is_open=cycle is not None,
                due_on=due_on,
                met=len(met),
                is_exempt=track is not None and is_exempt(track, self.now),
            ),
            now=self.now,
            today=self.today,
        )
        on = due_on
        if term is not None and state in _DATED_BY_TERM:
            in_grace = state is CycleState.IN_GRACE
            on = term.counts_until.astimezone(self.zone).date() if in_grace else term.valid_through
        elif revoked_at is not None and state is CycleState.REVOKED:
            on = revoked_at.astimezone(self.zone).date()
        elif track is not None and state is CycleState.EXEMPT:
            on = track.exempt_through
        return Place(
            person_id=person_id,
            certification_id=certification.id,
            state=state,
            on=on,
            met=met,
            total=len(way.named),
            cycle_id=cycle.id if cycle else None,
            due_on=due_on,
            certificate_id=track.certificate_id if track else None,
            code=track.code if track else None,
            issued_at=track.issued_at if track else None,
            term=term,
            revoked_at=revoked_at,
        )


_NONE: frozenset[UUID] = frozenset()
_DATED_BY_TERM = {CycleState.CERTIFIED, CycleState.RENEWAL_OPEN, CycleState.IN_GRACE, CycleState.LAPSED}


def _open_cycle() -> Any:
    return (
        (CycleRow.person_id == TrackRow.person_id)
        & (CycleRow.certification_id == TrackRow.certification_id)
        & CycleRow.closed_at.is_(None)
    )


@cache
def _places() -> Any:
    """Return the query of the tracks and open cycles of :people on :certifications; built once."""
    return (
        select(_TRACK, TrackRow.certification_id, _CYCLE)
        .outerjoin(CycleRow, _open_cycle())
        .where(
            among(TrackRow.person_id, "people"),
            among(TrackRow.certification_id, "certifications"),
        )
    )


def list_places(
    person_ids: Collection[PersonId], wanted: Sequence[Certification], *, now: datetime
) -> Mapping[tuple[PersonId, CertificationId], Place]:
    """Return where each of these people is with each of these certifications, in one query.

    And in one more where some ask for others.
    """
    if not person_ids or not wanted:
        return {}
    asked = {"people": list(person_ids), "certifications": [one.id for one in wanted]}
    found: dict[Any, Rows] = {
        (track.person_id, certification_id): (track, cycle if cycle.id else None)
        for track, certification_id, cycle in db.session.execute(_places(), asked)
    }
    others = [
        leaf
        for certification in wanted
        for leaf in requirements.all_leaves(certification.rule)
        if isinstance(leaf, CertificationHeld)
    ]
    held = _list_others(person_ids, others, now)
    looking = _Looking(now)
    return {
        (person_id, certification.id): looking.place_of(
            certification,
            person_id,
            found.get((person_id, certification.id), _NOTHING),
            held=held.get(person_id, {}),
        )
        for person_id in person_ids
        for certification in wanted
    }


# Read as columns, for nothing is changed: no row is made and watched.
_CERTIFICATION: Any = Bundle(
    "certification",
    CertificationRow.id,
    CertificationRow.code,
    CertificationRow.title,
    CertificationRow.glyph,
    CertificationRow.description,
    CertificationRow.state,
    CertificationRow.brand_id,
    CertificationRow.rule_version,
)
_TRACK: Any = Bundle(
    "track",
    TrackRow.person_id,
    TrackRow.met,
    TrackRow.certificate_id,
    TrackRow.code,
    TrackRow.issued_at,
    TrackRow.valid_through,
    TrackRow.renewal_opens_at,
    TrackRow.expires_at,
    TrackRow.counts_until,
    TrackRow.revoked_at,
    TrackRow.exempt_at,
    TrackRow.exempt_through,
)
_CYCLE: Any = Bundle("cycle", CycleRow.id, CycleRow.due_on)


@cache
def _own() -> Any:
    """Return the query of the certifications :person_id holds, works on, once held or needs; built once."""
    needed = aliased(CertificationPosition)
    people = identity.columns_of_people()
    person, employment = (one["entity"] for one in people.column_descriptions[:2])
    position = people.with_only_columns(employment.position_id).where(person.id == bindparam("person_id"))
    return (
        certifications.current()
        .with_only_columns(
            _CERTIFICATION, RuleRow.rule, _TRACK, _CYCLE, needed.position_id, CertificateRow.maker
        )
        .outerjoin(
            TrackRow,
            (TrackRow.certification_id == CertificationRow.id)
            & (TrackRow.person_id == bindparam("person_id")),
        )
        .outerjoin(CycleRow, _open_cycle())
        .outerjoin(CertificateRow, CertificateRow.id == TrackRow.certificate_id)
        .outerjoin(
            needed, (needed.certification_id == CertificationRow.id) & needed.position_id.in_(position)
        )
        .where(
            TrackRow.person_id.is_not(None)
            | (needed.position_id.is_not(None) & (CertificationRow.state == CertificationState.ACTIVE))
        )
        .order_by(CertificationRow.title, CertificationRow.id)
        .limit(certifications.AT_ONCE)
    )


def list_own(person_id: PersonId, *, now: datetime) -> Sequence[tuple[Certification, Place]]:
    """Return the certifications a person holds, works on, once held or needs, with where they are; in one query."""
    found = []
    rows = db.session.execute(_own(), {"person_id": person_id}).all()
    held = {row.id for row, _rule, track, *_rest in rows if track.counts_until and track.counts_until > now}
    for row, rule, track, cycle, needed_by, maker in rows:
        certification = certifications.certification_of(row, rule, [needed_by] if needed_by else ())
        known: Any = (track if track.person_id else None, cycle if cycle.id else None)
        place = place_of(certification, person_id, known, now, held=held)
        found.append((certification, replace(place, maker=maker or "")))
    return found


def find_open_cycle(person_id: PersonId, certification_id: CertificationId) -> CycleRow | None:
    """Return a person's open cycle, or None."""
    return db.session.scalars(
        select(CycleRow).where(
            CycleRow.person_id == person_id,
            CycleRow.certification_id == certification_id,
            CycleRow.closed_at.is_(None),
        )
    ).first()


def list_open_cycles(
    person_ids: Collection[PersonId], certification_id: CertificationId
) -> Mapping[PersonId, CycleRow]:
    """Return the open cycles of these people, by person."""
    rows = db.session.scalars(
        select(CycleRow).where(
            among(CycleRow.person_id, "people"),
            CycleRow.certification_id == certification_id,
            CycleRow.closed_at.is_(None),
        ),
        {"people": list(person_ids)},
    )
    return {row.person_id: row for row in rows}


def list_tracked(person_ids: Collection[PersonId], certification_id: CertificationId) -> Collection[PersonId]:
    """Return those of these people who have done something for a certification."""
    return db.session.scalars(
        select(TrackRow.person_id).where(
            among(TrackRow.person_id, "people"), TrackRow.certification_id == certification_id
        ),
        {"people": list(person_ids)},
    ).all()


# ---- facts


def read_facts(
    person_ids: Collection[PersonId], leaves: Iterable[Leaf], *, now: datetime
) -> tuple[Mapping[PersonId, Facts], Mapping[PersonId, Mapping[CourseId, int]]]:
    """Return what each of these people did of what `leaves` ask, in a query for each kind of them.

    And how many minutes are left of the courses they have begun, beside the exams that `leaves` name.
    """
    wanted = tuple(leaves)
    known = courses.list_deeds(
        person_ids,
        {leaf.course_id for leaf in wanted if isinstance(leaf, CourseDone)},
        {ActivityKey(key) for leaf in wanted if isinstance(leaf, ScoreReached) for key in subjects_of(leaf)},
    )
    attended = courses.list_attendance(
        person_ids, {leaf.activity_key for leaf in wanted if isinstance(leaf, LiveAttended)}
    )
    done: dict[PersonId, dict[UUID, Sequence[Done]]] = {
        person_id: dict(found)
        for person_id, found in deeds.read_deeds(
            person_ids,
            {leaf.key for leaf in wanted if isinstance(leaf, HoursPractised)},
            {leaf.key for leaf in wanted if isinstance(leaf, ItemGiven)},
        ).items()
    }
    for (person_id, course_id), completions in known.completions.items():
        done.setdefault(person_id, {})[course_id] = [Done(one.id, one.completed_at) for one in completions]
    for (person_id, key), scores in known.scores.items():
        done.setdefault(person_id, {})[key] = [Done(key, one.reached_at, one.score) for one in scores]
    held = _list_others(person_ids, [one for one in wanted if isinstance(one, CertificationHeld)], now)
    present: dict[PersonId, dict[UUID, Sequence[Done]]] = {}
    for (person_id, key), sessions in attended.items():
        present.setdefault(person_id, {})[key] = [Done(one.booking_id, one.ended_at) for one in sessions]
    facts = {one: Facts(done.get(one, {}), held.get(one, {}), present.get(one, {})) for one in person_ids}
    return facts, known.minutes_left


def _list_others(
    person_ids: Collection[PersonId], leaves: Sequence[CertificationHeld], now: datetime
) -> Mapping[PersonId, Mapping[UUID, Done]]:
    """Return the certificates of other certifications that count for these people now."""
    if not leaves:
        return {}
    rows = db.session.execute(
        select(
            TrackRow.person_id, TrackRow.certification_id, TrackRow.certificate_id, TrackRow.issued_at
        ).where(
            TrackRow.person_id.in_(person_ids),
            TrackRow.certification_id.in_([leaf.certification_id for leaf in leaves]),
            TrackRow.counts_until > now,
        )
    )
    held: dict[PersonId, dict[UUID, Done]] = {}
    for person_id, certification_id, certificate_id, issued_at in rows:
        if certificate_id is not None and issued_at is not None:
            held.setdefault(person_id, {})[certification_id] = Done(certificate_id, issued_at)
    return held
