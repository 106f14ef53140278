"""SELECTs of what is done by itself as certificates near their end: found by index, a batch at a time."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import exists, func, select

from lms.certificates.cycles.models import CertificationRow, CycleRow, TrackRow
from lms.certificates.cycles.models.renewals import RenewalDigestRow, RenewalStepRow
from lms.certificates.cycles.rules.renewal import ESCALATED
from lms.certificates.cycles.values.renewals import DigestKind
from lms.certificates.values import CertificateId, CertificationId, CycleId, CycleSource
from lms.identity import facade as identity
from lms.identity.values import OrganisationId, PersonId
from lms.kernel.actor import Scope
from lms.kernel.db import db

AT_ONCE = 200


class Due(NamedTuple):
    """A person and a certification whose certificate has a step to take."""

    person_id: PersonId
    certification_id: CertificationId


class Ending(NamedTuple):
    """One person's certificate that ends or has ended, for who looks after them."""

    person_id: PersonId
    title: str
    valid_through: date


def list_due(now: datetime) -> Sequence[Due]:
    """Return tracks whose next step has come, the longest waiting first; a batch."""
    rows = db.session.execute(
        select(TrackRow.person_id, TrackRow.certification_id)
        .where(TrackRow.next_step_at <= now)
        .order_by(TrackRow.next_step_at, TrackRow.person_id, TrackRow.certification_id)
        .limit(AT_ONCE)
    )
    return [Due(*row) for row in rows]


def list_still_ending(certificate_ids: Collection[UUID]) -> Collection[UUID]:
    """Return those of these certificates that people still go by: not revoked, and not renewed."""
    return [
        one
        for one in db.session.scalars(
            select(TrackRow.certificate_id).where(
                TrackRow.certificate_id.in_(certificate_ids), TrackRow.revoked_at.is_(None)
            )
        )
        if one is not None
    ]


def find_opened(cycle_id: CycleId) -> date | None:
    """Return through when the certificate is valid whose renewal opened by itself with a cycle, None for any other."""
    return db.session.scalars(
        select(TrackRow.valid_through)
        .join(
            CycleRow,
            (CycleRow.person_id == TrackRow.person_id)
            & (CycleRow.certification_id == TrackRow.certification_id),
        )
        .where(
            CycleRow.id == cycle_id, CycleRow.source == CycleSource.RENEWAL, CycleRow.assigned_by.is_(None)
        )
    ).first()


def list_admins_to_tell(today: date) -> Sequence[PersonId]:
    """Return partner admins of whose people somebody was reminded today, and who have not heard of it."""
    pairs = identity.pairs_of_admin().subquery()
    told = exists().where(
        RenewalDigestRow.person_id == pairs.c.admin_id,
        RenewalDigestRow.told_on == today,
        RenewalDigestRow.kind == DigestKind.TEAM,
    )
    return db.session.scalars(
        select(pairs.c.admin_id)
        .distinct()
        .join(RenewalStepRow, RenewalStepRow.person_id == pairs.c.person_id)
        .where(
            RenewalStepRow.told_on == today,
            RenewalStepRow.step != ESCALATED,
            pairs.c.admin_id != pairs.c.person_id,
            ~told,
        )
        .order_by(pairs.c.admin_id)
        .limit(AT_ONCE)
    ).all()


class Team(NamedTuple):
    """How many certificates of a team's people were reminded of today, and the first of them by their end."""

    size: int
    first: Sequence[Ending]


def read_team(scope: Scope, today: date, *, names: int) -> Team:
    """Return whose certificates, among the people whom `scope` reaches, came a step nearer their end today."""
    stepped: Any = (
        select(TrackRow.person_id, TrackRow.certification_id, TrackRow.valid_through)
        .where(
            TrackRow.revoked_at.is_(None),
            TrackRow.certificate_id.in_(
                select(RenewalStepRow.certificate_id).where(
                    RenewalStepRow.told_on == today, RenewalStepRow.step != ESCALATED
                )
            ),
            identity.person_in_scope(TrackRow.person_id, scope),
        )
        .subquery()
    )
    count = db.session.scalar(select(func.count()).select_from(stepped)) or 0
    rows = db.session.execute(
        select(stepped.c.person_id, CertificationRow.title, stepped.c.valid_through)
        .join(CertificationRow, CertificationRow.id == stepped.c.certification_id)
        .order_by(stepped.c.valid_through, stepped.c.person_id, CertificationRow.title)
        .limit(names)
    )
    return Team(count, [Ending(*row) for row in rows])


def list_escalated(
    today: date, *, after: CertificateId | None
) -> Mapping[CertificateId, tuple[OrganisationId | None, Ending]]:
    """Return a batch of the certificates that were escalated today, with the partner where each holder works."""
    query = (
        select(
            RenewalStepRow.certificate_id,
            TrackRow.person_id,
            CertificationRow.title,
            TrackRow.valid_through,
        )
        .join(TrackRow, TrackRow.certificate_id == RenewalStepRow.certificate_id)
        .join(CertificationRow, CertificationRow.id == TrackRow.certification_id)
        .where(RenewalStepRow.told_on == today, RenewalStepRow.step == ESCALATED)
        .order_by(RenewalStepRow.certificate_id)
        .limit(AT_ONCE)
    )
    if after is not None:
        query = query.where(RenewalStepRow.certificate_id > after)
    rows = db.session.execute(query).all()
    people = identity.list_people({row.person_id for row in rows})
    return {
        row.certificate_id: (
            people[row.person_id].employer_id,
            Ending(row.person_id, row.title, row.valid_through),
        )
        for row in rows
    }
