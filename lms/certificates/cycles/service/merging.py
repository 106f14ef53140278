"""Two accounts of one person: their ledgers come together, and nothing is issued twice or lost."""

from datetime import datetime

from sqlalchemy import delete, insert, literal, select

from lms.certificates.cycles.models import CertificateRow, CycleRow, TrackRow
from lms.certificates.cycles.models.merging import HandedOverRow
from lms.certificates.cycles.queries import certifications, places
from lms.certificates.cycles.queries.merging import list_tracked, read_pasts
from lms.certificates.cycles.queries.places import is_exempt
from lms.certificates.cycles.rules.merging import Joined, join
from lms.certificates.cycles.service.issuing import settle
from lms.certificates.cycles.service.rows import follow_ledger, lock_track, mark
from lms.certificates.values import CertificationState, CycleEnd, MarkKind, RequestState
from lms.identity.values import PersonId
from lms.kernel.actor import Actor
from lms.kernel.db import db
from lms.kernel.handing import Owned, Twice, hand_over

ACCOUNT_ROWS = (
    Owned("certification_cycles"),
    Owned("certificates"),
    Owned("certification_practice"),
    Owned("certification_given"),
    Owned("certification_deed_words"),
    Owned("certificate_renewal_steps"),
    Owned("certificate_renewal_digests", once_per=("told_on", "kind")),
    Owned(
        "certification_requests",
        once_per=("certification_id",),
        open="decided_at",
        twice=Twice.ENDS,
        also={"state": RequestState.WITHDRAWN},
    ),
    Owned("certification_requests", "asked_by"),
)
ACCOUNT_LEFT = {
    **dict.fromkeys(
        (
            *("certificate_marks.by", "certification_cycles.assigned_by", "certification_given.by"),
            *("certification_equivalences.declared_by", "certification_equivalences.ended_by"),
            *(
                "certification_practice.logged_by",
                "certification_practice_verdicts.by",
                "certification_taken_back.by",
            ),
            *("certification_requests.decided_by", "certification_rules.made_by"),
        ),
        "it says by which account it was done",
    ),
    "certification_tracks.person_id": "the track of the account that is kept is written anew from both ledgers",
    "certificate_handovers.given_to_id": "it says to which account a certificate was given",
}


def join_accounts(*, kept_id: PersonId, merged_id: PersonId, actor: Actor, now: datetime) -> None:
    """Let the certificates, cycles and deeds of one account be the other's, and its tracks say what both come to.

    The certificates stay as they were entered, but for whose they are; to whom they were given is kept beside them.
    """
    tracked = list_tracked(merged_id)
    for one in tracked:
        for person_id in sorted((kept_id, merged_id)):
            lock_track(person_id, one)
    kept, merged = read_pasts(kept_id), read_pasts(merged_id)
    joined = {one: _close(join(kept[one], merged[one]), now) for one in tracked}
    db.session.execute(delete(TrackRow).where(TrackRow.person_id == merged_id))
    given = select(CertificateRow.id, literal(merged_id), literal(now)).where(
        CertificateRow.person_id == merged_id
    )
    db.session.execute(insert(HandedOverRow).from_select(["certificate_id", "given_to_id", "at"], given))
    hand_over(ACCOUNT_ROWS, kept=kept_id, merged=merged_id, now=now)
    for certification_id, outcome in joined.items():
        if outcome.superseded_id is not None:
            mark(outcome.superseded_id, MarkKind.SUPERSEDED, actor, now, successor_id=outcome.successor_id)
        track = lock_track(kept_id, certification_id)
        follow_ledger(track)
        track.exempt_at, track.exempt_through = outcome.exempt_at, outcome.exempt_through
    db.session.flush()


def weigh_joined(*, kept_id: PersonId, merged_id: PersonId, actor: Actor, now: datetime) -> None:
    """Weigh all that was done in both accounts, once all of it is the kept one's: together it may be a certificate.

    What the other account was issued while its courses were waited for comes along first.
    """
    if list_tracked(merged_id):
        join_accounts(kept_id=kept_id, merged_id=merged_id, actor=actor, now=now)
    for certification_id in list_tracked(kept_id):
        certification = certifications.get_certification(certification_id)
        track = lock_track(kept_id, certification_id)
        if certification.state is CertificationState.ACTIVE and not is_exempt(track, now):
            settle(certification, track, places.find_open_cycle(kept_id, certification_id), now)


def _close(outcome: Joined, now: datetime) -> Joined:
    """End the cycles that do not stay open, and give the one that does its day; return what else both come to."""
    for cycle_id in outcome.closed:
        row = db.session.get_one(CycleRow, cycle_id)
        row.closed_at = now
        row.ended_as = CycleEnd.MERGED
    if outcome.open_id is not None:
        db.session.get_one(CycleRow, outcome.open_id).due_on = outcome.due_on
    db.session.flush()
    return outcome
