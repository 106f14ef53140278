"""Who the crowd are: partners and their people, planned from a seed and from what the demo holds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from bench.world import NOW
from lms.certificates.cycles.models import CertificationRow
from lms.courses.authoring.models import ActivityRow, CourseRow
from lms.identity.models import PersonRow, PositionRow, RegionRow
from lms.portal.deals.models import ProductRow
from lms.portal.partners.models import PartnerRecordRow

Rows = Iterator[Mapping[str, Any]]

SEED = 20_260_601
READERS = 20
"""How many people's pages are asked for in turn."""

STAFF = 25
"""How many work at an ordinary partner; five where there are few people in all."""

BIG = 5000
"""How many work at the one big partner, at most a fifth of all; every one of them is certified, twice."""

OPEN_COURSE, DONE_COURSE, CERTIFICATION = "safety-systems", "selling-halden", "HC-SP"


def made_id(kind: int, number: int, at: datetime) -> UUID:
    """Return a UUIDv7 made from a kind of row and its number; its last 16 bits are left to rows that follow from it."""
    millisecond = int(at.timestamp() * 1000)
    return UUID(int=millisecond << 80 | 0x7 << 76 | kind << 64 | 0b10 << 62 | number << 16)


@dataclass(frozen=True, slots=True)
class Partner:
    """One partner of the tree."""

    id: UUID
    above: tuple[UUID, ...]
    """The partners above, nearest first."""
    region_id: UUID
    first: int
    staff: int
    """Its people are those from number `first` on."""
    is_big: bool


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody at a partner, and how far they have come."""

    number: int
    id: UUID
    partner: Partner
    holds: bool
    lessons: int
    joined_at: datetime
    certified_at: datetime


class Plan:
    """Everybody beside the demo's people, before anything of them is written."""

    def __init__(self, connection: Connection, size: int) -> None:
        self._connection = connection
        self.size = size
        self._random = Random(SEED)  # noqa: S311  it makes data, the same every time
        self.ids = {
            name: connection.scalars(query).one()
            for name, query in {
                "course": select(CourseRow.id).where(CourseRow.slug == OPEN_COURSE),
                "version": select(CourseRow.published_id).where(CourseRow.slug == OPEN_COURSE),
                "done_course": select(CourseRow.id).where(CourseRow.slug == DONE_COURSE),
                "done_version": select(CourseRow.published_id).where(CourseRow.slug == DONE_COURSE),
                "certification": select(CertificationRow.id).where(CertificationRow.code == CERTIFICATION),
                "brand": select(CertificationRow.brand_id).where(CertificationRow.code == CERTIFICATION),
                "position": select(PositionRow.id).where(PositionRow.code == "sales_rep"),
            }.items()
        }
        self.lessons = self._activities("version")
        self.done_lessons = self._activities("done_version")
        self._regions = connection.scalars(select(RegionRow.id).order_by(RegionRow.id)).all()
        self.products = connection.scalars(
            select(ProductRow.id).where(ProductRow.brand_id == self.ids["brand"]).order_by(ProductRow.id)
        ).all()
        self.manager_id = connection.scalars(select(PartnerRecordRow.channel_manager_id).limit(1)).one()
        known = len(connection.scalars(select(PersonRow.id)).all())
        self.partners = self._plan_partners(size - known)
        self.members = [self._member(partner, n) for partner in self.partners for n in range(partner.staff)]

    def _activities(self, version: str) -> Sequence[UUID]:
        return self._connection.scalars(
            select(ActivityRow.id)
            .where(ActivityRow.version_id == self.ids[version])
            .order_by(ActivityRow.position)
        ).all()

    def _plan_partners(self, people: int) -> list[Partner]:
        """Return the tree: the big partner, then distributors of eight resellers of four branches."""
        big = min(BIG, self.size // 5)
        partners = [Partner(made_id(1, 0, NOW), (), self._regions[-1], 0, big, is_big=True)]
        first = big
        while first < people:
            number = len(partners)
            place = (number - 1) % 41
            lead, reseller = number - place, number - (place - 1) % 5
            above = [lead] if place else []
            if place and (place - 1) % 5:
                above.insert(0, reseller)
            staff = min(STAFF if self.size > 10 * STAFF else 5, people - first)
            region = self._regions[self._random.randrange(len(self._regions))]
            ids = tuple(made_id(1, one, NOW) for one in above)
            partners.append(Partner(made_id(1, number, NOW), ids, region, first, staff, is_big=False))
            first += staff
        return partners

    def _member(self, partner: Partner, place: int) -> Member:
        random, number = self._random, partner.first + place
        joined = NOW - timedelta(days=random.randrange(400, 1500), seconds=random.randrange(86_400))
        # At an ordinary partner two in five are certified; at some, nobody is.
        holds = partner.is_big or (place % 5 in {0, 1} and partner.first % 7 != 0)
        return Member(
            number=number,
            id=made_id(2, number, joined),
            partner=partner,
            holds=holds,
            lessons=random.randrange(1, len(self.lessons) - 2),
            joined_at=joined,
            certified_at=NOW - timedelta(days=random.randrange(20, 300), seconds=random.randrange(86_400)),
        )

    def holders(self) -> Iterator[Member]:
        """Yield who is certified."""
        return (one for one in self.members if one.holds)

    def readers(self) -> Sequence[Member]:
        """Return whose pages are asked for: certified people all over the ordinary partners."""
        fitting = [one for one in self.holders() if not one.partner.is_big]
        return fitting[:: max(1, len(fitting) // READERS)][:READERS]
