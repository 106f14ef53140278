"""SELECTs of what a partner loses with one person."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from lms.certificates.cycles import rules
from lms.certificates.cycles.models import TrackRow
from lms.certificates.cycles.queries import places
from lms.certificates.cycles.values import Place
from lms.certificates.cycles.values.team import Leaving
from lms.certificates.policy import VIEW_TEAM
from lms.certificates.values import Certification, CycleState
from lms.identity import facade as identity
from lms.identity.values import OrganisationId, Person
from lms.kernel.actor import Actor
from lms.kernel.db import db


def list_leaving(
    actor: Actor,
    person: Person,
    partner_id: OrganisationId,
    shown: Sequence[Certification],
    *,
    now: datetime,
) -> tuple[Sequence[Leaving], Sequence[tuple[Certification, Place]]]:
    """Return what a person holds, with what the partner keeps of it without them, and where they are with the rest.

    Those first of which the fewest holders are left. Of people whom the actor does not see none is counted or named.
    What they never began is left out.
    """
    at = {one.certification_id: one for one in places.list_places([person.id], shown, now=now).values()}
    held = [one.id for one in shown if rules.counts(at[one.id].state)]
    others = (
        TrackRow.person_id != person.id,
        TrackRow.counts_until > now,
        TrackRow.person_id.in_(identity.employed_at(partner_id, with_branches=True)),
        identity.person_in_scope(TrackRow.person_id, actor.scope_of(VIEW_TEAM)),
    )
    counts = (
        select(TrackRow.certification_id, func.count())
        .where(TrackRow.certification_id.in_(held), *others)
        .group_by(TrackRow.certification_id)
    )
    left = dict(db.session.execute(counts).all())
    only = select(TrackRow.certification_id, TrackRow.person_id).where(
        TrackRow.certification_id.in_([one for one in held if left.get(one) == 1]), *others
    )
    last_ones = dict(db.session.execute(only).all())
    named = identity.list_people(set(last_ones.values()))
    found = [
        Leaving(
            certification=one,
            place=at[one.id],
            left=left.get(one.id, 0),
            last=named.get(last_ones[one.id]) if one.id in last_ones else None,
        )
        for one in shown
        if one.id in held
    ]
    others_of = [
        (one, at[one.id])
        for one in shown
        if one.id not in held and at[one.id].state is not CycleState.NOT_ASSIGNED
    ]
    return sorted(found, key=lambda one: (one.left, one.certification.title)), others_of
