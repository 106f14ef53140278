"""Whatever happens to people in whatever order, their track says what a replay of the ledger says."""

from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from lms.certificates.cycles.models import CertificateRow, CycleRow, MarkRow, TrackRow
from lms.certificates.cycles.queries import certifications, holders, places
from lms.certificates.cycles.service import issuing, revoking
from lms.certificates.errors import AlreadyHeld, CannotBeReinstated, CannotBeRevoked
from lms.certificates.values import CycleState, MarkKind
from lms.identity import facade as identity
from lms.identity import service as identity_service
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db
from lms.kernel.errors import Conflict
from lms.kernel.uow import unit_of_work
from tests.certificates.scene import enrol, record

MAY = datetime(2026, 5, 4, 10, tzinfo=UTC)
NUMBERS = count()

ACTS = st.one_of(
    st.tuples(st.just("learn"), st.sampled_from(["0.5", "0.9"])),
    st.tuples(st.just("assign"), st.sampled_from([None, 20, 400])),
    st.tuples(st.just("revoke"), st.integers(0, 3)),
    st.tuples(st.just("reinstate"), st.integers(0, 3)),
    st.tuples(st.just("exempt"), st.sampled_from([None, 10])),
    st.tuples(st.just("wait"), st.sampled_from([1, 60, 310, 366, 400])),
)
HISTORIES = st.lists(ACTS, min_size=1, max_size=9)


def hire():
    with unit_of_work(), acting_as(SYSTEM):
        return identity.add_person(
            email=f"h{next(NUMBERS)}@example.com", name="Hana Rand", now=clock.now(), showcase_line="x"
        )


def act(scene, person_id, what, value, advance):
    """Do one thing; what the rules refuse is refused, and changes nothing."""
    if what == "wait":
        advance(timedelta(days=value))
        return
    now = clock.now()
    try:
        with unit_of_work(), acting_as(SYSTEM):
            if what == "learn":
                enrolment_id = enrol(person_id, scene.course)
                record(enrolment_id, scene.course.lesson_id, None)
                record(enrolment_id, scene.course.exam_id, value)
            elif what == "assign":
                issuing.assign(
                    person_id=person_id,
                    certification_id=scene.certification_id,
                    due_on=now.date() + timedelta(days=value) if value else None,
                    actor=SYSTEM,
                    now=now,
                )
            elif what == "exempt":
                revoking.exempt(
                    person_id=person_id,
                    certification_id=scene.certification_id,
                    reason="x",
                    actor=SYSTEM,
                    now=now,
                    through=now.date() + timedelta(days=value) if value else None,
                )
            else:
                ids = db.session.scalars(
                    db.select(CertificateRow.id)
                    .filter_by(person_id=person_id)
                    .order_by(CertificateRow.issued_at)
                ).all()
                if ids:
                    change = revoking.revoke if what == "revoke" else revoking.reinstate
                    change(certificate_id=ids[-1 - value % len(ids)], reason="x", actor=SYSTEM, now=now)
    except (AlreadyHeld, CannotBeRevoked, CannotBeReinstated, Conflict):
        return


def replay(person_id):
    """Return what the ledger alone says: told by another hand than the service's, mark by mark."""
    rows = db.session.scalars(
        db.select(CertificateRow).filter_by(person_id=person_id).order_by(CertificateRow.issued_at)
    ).all()
    marks = db.session.scalars(
        db.select(MarkRow).where(MarkRow.certificate_id.in_([row.id for row in rows]))
    ).all()
    standing = None
    revoked = {}
    for row in rows:
        of_it = [mark for mark in marks if mark.certificate_id == row.id]
        taken = [mark for mark in of_it if mark.kind is MarkKind.REVOKED]
        given_back = [mark for mark in of_it if mark.kind is MarkKind.REINSTATED]
        assert len(taken) - len(given_back) in {0, 1}
        if len(taken) > len(given_back):
            revoked[row.id] = max(taken, key=lambda mark: mark.turn).at
        elif not any(mark.kind is MarkKind.SUPERSEDED for mark in of_it):
            assert standing is None, "two certificates in force"
            standing = row
    return standing or (rows[-1] if rows else None), revoked


def check(scene, person_id):
    with unit_of_work(read_only=True):
        track = db.session.get(TrackRow, (scene.certification_id, person_id))
        row, revoked = replay(person_id)
        if row is None:
            assert track is None or track.certificate_id is None
        else:
            assert track is not None
            assert track.certificate_id == row.id
            assert (track.code, track.issued_at) == (row.code, row.issued_at)
            assert (track.valid_through, track.expires_at) == (row.valid_through, row.expires_at)
            assert track.renewal_opens_at == row.renewal_opens_at
            assert track.revoked_at == revoked.get(row.id)
            ends = [row.counts_until, *([revoked[row.id]] if row.id in revoked else [])]
            assert track.counts_until == min(ends)
        open_cycles = db.session.query(CycleRow).filter_by(person_id=person_id, closed_at=None).count()
        assert open_cycles <= 1
        chain = db.session.query(CertificateRow).filter_by(person_id=person_id).all()
        by_id = {one.id: one for one in chain}
        assert all(by_id[one.predecessor_id].issued_at < one.issued_at for one in chain if one.predecessor_id)
        certification = certifications.get_certification(scene.certification_id)
        now = clock.now()
        place = places.list_places([person_id], [certification], now=now)[person_id, certification.id]
        counts = row is not None and row.id not in revoked and now < row.counts_until
        held = bool(holders.list_holdings([person_id], [certification.id], at=now))
        assert held is counts
        if place.state in {CycleState.CERTIFIED, CycleState.RENEWAL_OPEN, CycleState.IN_GRACE}:
            assert held


SHARDS, EACH = 10, 1_000
"""The proof's ten thousand, in parts that can be run beside each other: -k "part3"."""


@pytest.mark.parametrize(
    "histories, part",
    [
        (40, None),
        *(
            pytest.param(EACH, part, marks=[pytest.mark.proof, pytest.mark.timeout(7200)], id=f"part{part}")
            for part in range(SHARDS)
        ),
    ],
)
def test_the_track_of_any_history_is_what_a_replay_of_the_ledger_says(
    sqlite_app, cast, scene, histories, part
):
    @settings(
        max_examples=histories, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(HISTORIES)
    def look(history):
        with clock.frozen_at(MAY) as advance:
            person_id = hire()
            for what, value in history:
                act(scene, person_id, what, value, advance)
                # Of thousands, each beginning of a history is a history of its own.
                if part is None:
                    check(scene, person_id)
            check(scene, person_id)

    # Each part looks elsewhere, and at the same each time.
    (look if part is None else seed(part)(look))()


@pytest.mark.parametrize(
    "histories", [15, pytest.param(2000, marks=[pytest.mark.proof, pytest.mark.timeout(7200)])]
)
def test_the_track_of_two_joined_accounts_is_what_a_replay_of_both_ledgers_says_and_nobody_loses(
    sqlite_app, cast, scene, histories
):
    @settings(
        max_examples=histories, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(st.lists(st.tuples(st.booleans(), ACTS), min_size=1, max_size=9), HISTORIES)
    def look(before, after):
        with clock.frozen_at(MAY) as advance:
            kept, merged = hire(), hire()
            for is_kept, (what, value) in before:
                act(scene, kept if is_kept else merged, what, value, advance)
            ends = {one: held_until(scene, one) for one in (kept, merged)}
            issued = issued_to(kept, merged)
            with unit_of_work(), acting_as(SYSTEM):
                identity_service.merge_accounts(
                    kept_id=kept,
                    merged_id=merged,
                    reason="x",
                    takes_roles=False,
                    actor=SYSTEM,
                    now=clock.now(),
                )
            check(scene, kept)
            assert issued <= issued_to(kept), "no certificate is lost"
            assert held_until(scene, kept) >= max(ends.values()), "nobody loses a day"
            assert not issued_to(merged)
            for what, value in after:
                act(scene, kept, what, value, advance)
                check(scene, kept)

    look()


def held_until(scene, person_id):
    with unit_of_work(read_only=True):
        held = holders.list_holdings([person_id], [scene.certification_id], at=clock.now())
        return max((one.counts_until for one in held), default=clock.now())


def issued_to(*people):
    with unit_of_work(read_only=True):
        return set(
            db.session.scalars(db.select(CertificateRow.id).where(CertificateRow.person_id.in_(people)))
        )


def test_the_same_history_comes_out_alike_on_both_databases(app, cast, scene):
    with clock.frozen_at(MAY) as advance:
        person_id = hire()
        for what, value in (
            *(("assign", 20), ("learn", "0.5"), ("learn", "0.9"), ("revoke", 0), ("wait", 1)),
            *(("learn", "0.9"), ("reinstate", 1), ("revoke", 0), ("exempt", 10), ("wait", 60)),
            *(("reinstate", 0), ("wait", 310), ("learn", "0.9"), ("wait", 400)),
        ):
            act(scene, person_id, what, value, advance)
            check(scene, person_id)
        with unit_of_work(read_only=True):
            days = [row.valid_through for row in db.session.query(CertificateRow).order_by("issued_at")]
        assert days[0] == date(2027, 5, 4)
        assert len(days) >= 2
