"""The people beside the demo's sixty: a partnership of any size in bulk, the same every time for the same size.

What is written is what the services would have written, so that every page and decision finds what it looks for.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert

from bench.crowd import learning, people, selling
from bench.crowd.plan import OPEN_COURSE, Member, Plan, Rows, made_id
from bench.world import NOW, Reader, Seller, World
from lms.app.portal import Portal
from lms.certificates.badges.models import BadgeRow
from lms.certificates.cycles.models import CertificateRow, CycleRow, MarkRow, TrackRow
from lms.courses.learning.models import CompletionRow, EnrolmentRow
from lms.courses.values import ActivityId
from lms.identity.models import (
    BrandAuthorisation,
    Employment,
    OrganisationAncestry,
    OrganisationRow,
    PersonRow,
    RoleGrant,
    SignIn,
)
from lms.kernel.actor import Actor, Grant, Role, Scope, acting_as, scopes_of
from lms.kernel.db import Base
from lms.kernel.uow import unit_of_work
from lms.notifications.models import NoticeRow
from lms.portal.deals.models import CustomerRow, DealHistory, DealLineRow, DealRow
from lms.portal.partners.models import PartnerRecordRow
from lms.portal.standing.models import PartnerTier, StandingLock
from lms.quizzes import facade as quizzes

BATCH = 20_000


class Crowd:
    """Everybody beside the demo's people, with all they did."""

    def __init__(self, connection: Connection, size: int) -> None:
        self._connection = connection
        self.plan = Plan(connection, size)

    def write(self) -> None:
        """Write every table, what is referred to first."""
        self._insert_all(
            (OrganisationRow, people.organisations(self.plan)),
            (OrganisationAncestry, people.ancestry(self.plan)),
            (BrandAuthorisation, people.authorisations(self.plan)),
            (StandingLock, ({"partner_id": one.id} for one in self.plan.partners)),
            (PersonRow, people.people(self.plan)),
            (Employment, people.employments(self.plan)),
            (RoleGrant, people.grants(self.plan)),
            (PartnerRecordRow, people.records(self.plan)),
            (PartnerTier, people.tiers(self.plan)),
            (EnrolmentRow, learning.enrolments(self.plan)),
        )
        learning.follow_from_enrolments(self._connection)
        self._insert_all(
            (CompletionRow, learning.completions(self.plan)),
            (CycleRow, learning.cycles(self.plan)),
            (CertificateRow, learning.certificates(self.plan)),
            (BadgeRow, learning.badges(self.plan)),
            (MarkRow, learning.marks(self.plan)),
            (TrackRow, learning.tracks(self.plan)),
            (NoticeRow, people.notices(self.plan)),
            (CustomerRow, selling.customers(self.plan)),
            (DealRow, selling.deals(self.plan)),
            (DealLineRow, selling.lines(self.plan)),
            (DealHistory, selling.history(self.plan)),
            (SignIn, people.sign_ins(self.plan)),
        )

    def _insert_all(self, *tables: tuple[type[Base], Rows]) -> None:
        for table, rows in tables:
            self._insert(table, rows)

    def _insert(self, table: type[Base], rows: Rows) -> None:
        statement = insert(table.__table__)  # type: ignore[arg-type]  # a Table, as declared
        batch: list[Mapping[str, Any]] = []
        for row in rows:
            batch.append(row)
            if len(batch) == BATCH:
                self._connection.execute(statement, batch)
                batch = []
        if batch:
            self._connection.execute(statement, batch)

    def world(self, portal: Portal) -> World:
        """Return it, having let every reader begin the exam through the real service."""
        plan = self.plan
        big, few = plan.partners[0], next(_holders_but_big(plan))
        uncertified = next(
            one for one in plan.members if one.partner.first % 7 == 0 and not one.partner.is_big
        )
        exam = plan.lessons[-1]
        return World(
            people=plan.size,
            readers=tuple(
                Reader(
                    person_id=str(one.id),
                    token=people.token_of(one),
                    certificate_id=str(made_id(12, one.number, one.certified_at)),
                    attempt_id=str(_begin_exam(portal, one, ActivityId(exam))),
                )
                for one in plan.readers()
            ),
            course_slug=OPEN_COURSE,
            lesson_id=str(plan.lessons[1]),
            brand_id=str(plan.ids["brand"]),
            few=Seller(str(few.id), str(few.partner.id)),
            many=Seller(str(plan.members[big.staff // 2].id), str(big.id)),
            uncertified=Seller(str(uncertified.id), str(uncertified.partner.id)),
        )


def _holders_but_big(plan: Plan) -> Iterator[Member]:
    return (one for one in plan.holders() if not one.partner.is_big and one.partner.staff > 1)


def actor_of(portal: Portal, person_id: UUID) -> Actor:
    """Return a learner as the portal would meet them."""
    grants = (Grant(Role.LEARNER, Scope()),)
    return Actor(
        person_id=person_id, grants=grants, scopes=scopes_of(grants, portal.extensions["lms.policy"])
    )


def _begin_exam(portal: Portal, one: Member, exam: ActivityId) -> UUID:
    actor = actor_of(portal, one.id)
    with unit_of_work(), acting_as(actor):
        return quizzes.start_attempt(activity_id=exam, actor=actor, now=NOW)
