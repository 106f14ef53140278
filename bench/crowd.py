"""The people beside the demo's sixty: a partnership of any size in bulk, the same every time for the same size.

What is written is what the services would have written, so that every page and decision finds what it looks for.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, select, text

from bench.world import NOW, Reader, Seller, World
from lms.app.portal import Portal
from lms.certificates.cycles.models import CertificateRow, CertificationRow, CycleRow, MarkRow, TrackRow
from lms.courses.authoring.models import ActivityRow, CourseRow
from lms.courses.learning.models import CompletionRow, EnrolmentRow
from lms.courses.values import ActivityId
from lms.identity import service as identity
from lms.identity.models import (
    BrandAuthorisation,
    Employment,
    OrganisationAncestry,
    OrganisationRow,
    PersonRow,
    PositionRow,
    RegionRow,
    RoleGrant,
    SignIn,
)
from lms.kernel.actor import Actor, Grant, Role, Scope, acting_as, scopes_of
from lms.kernel.db import Base
from lms.kernel.uow import unit_of_work
from lms.notifications.models import NoticeRow
from lms.portal.deals.models import CustomerRow, DealHistory, DealLineRow, DealRow, ProductRow
from lms.portal.partners.models import PartnerRecordRow
from lms.portal.standing.models import PartnerTier, StandingLock
from lms.quizzes import facade as quizzes

SEED = 20_260_601
BATCH = 20_000
READERS = 20
"""How many people's pages are asked for in turn."""

STAFF = 25
"""How many work at an ordinary partner; five where there are few people in all."""

BIG = 5000
"""How many work at the one big partner, at most a fifth of all; every one of them is certified, twice."""

OPEN_COURSE, DONE_COURSE, CERTIFICATION = "safety-systems", "selling-halden", "HC-SP"
_GIVEN = (
    "Ada",
    "Ben",
    "Chiara",
    "Dafydd",
    "Elif",
    "Franz",
    "Gwen",
    "Hana",
    "Ivo",
    "Jonas",
    "Kwame",
    "Lucía",
    "Mirko",
)
_FAMILY = (
    "Albers",
    "Berg",
    "Calloway",
    "Demir",
    "Eriksen",
    "Fischer",
    "Grant",
    "Holm",
    "Ito",
    "Jansen",
    "Kaya",
)


def _made_id(kind: int, number: int, at: datetime) -> UUID:
    """Return a UUIDv7 made from a kind of row and its number; its last 16 bits are left to rows that follow from it."""
    millisecond = int(at.timestamp() * 1000)
    return UUID(int=millisecond << 80 | 0x7 << 76 | kind << 64 | 0b10 << 62 | number << 16)


@dataclass(frozen=True, slots=True)
class _Partner:
    id: UUID
    above: tuple[UUID, ...]
    """The partners above, nearest first."""
    region_id: UUID
    first: int
    staff: int
    """Its people are those from number `first` on."""
    is_big: bool


@dataclass(frozen=True, slots=True)
class _Member:
    number: int
    id: UUID
    partner: _Partner
    holds: bool
    lessons: int
    joined_at: datetime
    certified_at: datetime


class Crowd:
    """Everybody beside the demo's people, with all they did."""

    def __init__(self, connection: Connection, size: int) -> None:
        self._connection = connection
        self._size = size
        self._random = Random(SEED)  # noqa: S311  it makes data, the same every time
        self._ids = {
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
        self._lessons = self._activities("version")
        self._done_lessons = self._activities("done_version")
        self._regions = connection.scalars(select(RegionRow.id).order_by(RegionRow.id)).all()
        self._products = connection.scalars(
            select(ProductRow.id).where(ProductRow.brand_id == self._ids["brand"]).order_by(ProductRow.id)
        ).all()
        self._manager = connection.scalars(select(PartnerRecordRow.channel_manager_id).limit(1)).one()
        known = len(connection.scalars(select(PersonRow.id)).all())
        self._partners = self._plan_partners(size - known)
        self._members = [self._member(partner, n) for partner in self._partners for n in range(partner.staff)]

    def _activities(self, version: str) -> Sequence[UUID]:
        return self._connection.scalars(
            select(ActivityRow.id)
            .where(ActivityRow.version_id == self._ids[version])
            .order_by(ActivityRow.position)
        ).all()

    def _plan_partners(self, people: int) -> list[_Partner]:
        """Return the tree: the big partner, then distributors of eight resellers of four branches."""
        big = min(BIG, self._size // 5)
        partners = [_Partner(_made_id(1, 0, NOW), (), self._regions[-1], 0, big, is_big=True)]
        first = big
        while first < people:
            number = len(partners)
            place = (number - 1) % 41
            lead, reseller = number - place, number - (place - 1) % 5
            above = [lead] if place else []
            if place and (place - 1) % 5:
                above.insert(0, reseller)
            staff = min(STAFF if self._size > 10 * STAFF else 5, people - first)
            region = self._regions[self._random.randrange(len(self._regions))]
            ids = tuple(_made_id(1, one, NOW) for one in above)
            partners.append(_Partner(_made_id(1, number, NOW), ids, region, first, staff, is_big=False))
            first += staff
        return partners

    def _member(self, partner: _Partner, place: int) -> _Member:
        random, number = self._random, partner.first + place
        joined = NOW - timedelta(days=random.randrange(400, 1500), seconds=random.randrange(86_400))
        # At an ordinary partner two in five are certified; at some, nobody is.
        holds = partner.is_big or (place % 5 in {0, 1} and partner.first % 7 != 0)
        return _Member(
            number=number,
            id=_made_id(2, number, joined),
            partner=partner,
            holds=holds,
            lessons=random.randrange(1, len(self._lessons) - 2),
            joined_at=joined,
            certified_at=NOW - timedelta(days=random.randrange(20, 300), seconds=random.randrange(86_400)),
        )

    # ---- writing

    def write(self) -> None:
        """Write every table, what is referred to first."""
        self._insert_all(
            (OrganisationRow, self._organisations()),
            (OrganisationAncestry, self._ancestry()),
            (BrandAuthorisation, self._authorisations()),
            (StandingLock, ({"partner_id": one.id} for one in self._partners)),
            (PersonRow, self._people()),
            (Employment, self._employments()),
            (RoleGrant, self._grants()),
            (PartnerRecordRow, self._records()),
            (PartnerTier, self._tiers()),
            (EnrolmentRow, self._enrolments()),
        )
        self._follow_from_enrolments()
        self._insert_all(
            (CompletionRow, self._completions()),
            (CycleRow, self._cycles()),
            (CertificateRow, self._certificates()),
            (MarkRow, self._marks()),
            (TrackRow, self._tracks()),
            (NoticeRow, self._notices()),
            (CustomerRow, self._customers()),
            (DealRow, self._deals()),
            (DealLineRow, self._lines()),
            (DealHistory, self._history()),
            (SignIn, self._sign_ins()),
        )

    def _insert_all(self, *tables: tuple[type[Base], Iterator[Mapping[str, Any]]]) -> None:
        for table, rows in tables:
            self._insert(table, rows)

    def _insert(self, table: type[Base], rows: Iterator[Mapping[str, Any]]) -> None:
        statement = insert(table.__table__)  # type: ignore[arg-type]  # a Table, as declared
        batch: list[Mapping[str, Any]] = []
        for row in rows:
            batch.append(row)
            if len(batch) == BATCH:
                self._connection.execute(statement, batch)
                batch = []
        if batch:
            self._connection.execute(statement, batch)

    def _organisations(self) -> Iterator[Mapping[str, Any]]:
        for number, one in enumerate(self._partners):
            yield {
                "id": one.id,
                "name": f"Partner {number:05} Controls",
                "kind": "partner",
                "model": ("distributor", "reseller", "dealer")[len(one.above)],
                "parent_id": one.above[0] if one.above else None,
                "region_id": one.region_id,
                "country": "GB",
                "domain": f"partner-{number}.example",
                "created_at": NOW - timedelta(days=1600),
            }

    def _ancestry(self) -> Iterator[Mapping[str, Any]]:
        for one in self._partners:
            for depth, above in enumerate((one.id, *one.above)):
                yield {"descendant_id": one.id, "ancestor_id": above, "depth": depth}

    def _authorisations(self) -> Iterator[Mapping[str, Any]]:
        return ({"organisation_id": one.id, "brand_id": self._ids["brand"]} for one in self._partners)

    def _people(self) -> Iterator[Mapping[str, Any]]:
        for one in self._members:
            yield {
                "id": one.id,
                "email": f"person-{one.number}@bench.example",
                "name": f"{_GIVEN[one.number % len(_GIVEN)]} {_FAMILY[one.number // 7 % len(_FAMILY)]}",
                "password_hash": None,
                "locale": "en",
                "time_zone": "Europe/London",
                "state": "active",
                "is_showcase": False,
                "showcase_line": "",
                "created_at": one.joined_at,
            }

    def _employments(self) -> Iterator[Mapping[str, Any]]:
        for one in self._members:
            yield {
                "id": _made_id(3, one.number, one.joined_at),
                "person_id": one.id,
                "organisation_id": one.partner.id,
                "position_id": self._ids["position"],
                "region_id": one.partner.region_id,
                "started_at": one.joined_at,
                "ended_at": None,
            }

    def _grants(self) -> Iterator[Mapping[str, Any]]:
        for one in self._partners:
            admin = self._members[one.first + one.staff - 1]
            yield {
                "id": _made_id(4, admin.number, admin.joined_at),
                "person_id": admin.id,
                "role": "partner_admin",
                "organisation_id": one.id,
                "region_id": None,
                "granted_by": None,
                "granted_at": admin.joined_at,
            }

    def _records(self) -> Iterator[Mapping[str, Any]]:
        for one in self._partners:
            yield {
                "organisation_id": one.id,
                "channel_manager_id": self._manager,
                "joined_on": date(2022, 1, 10),
                "agreement": "active",
                "note": "",
                "version": 1,
                "changed_at": NOW - timedelta(days=1000),
            }

    def _tiers(self) -> Iterator[Mapping[str, Any]]:
        for number, one in enumerate(self._partners):
            yield {
                "id": _made_id(5, number, NOW - timedelta(days=900)),
                "partner_id": one.id,
                "tier": "registered",
                "since": NOW - timedelta(days=900),
                "ended_at": None,
                "left_by": None,
                "at_risk_since": None,
            }

    def _holders(self) -> Iterator[_Member]:
        return (one for one in self._members if one.holds)

    def _enrolments(self) -> Iterator[Mapping[str, Any]]:
        for one in self._members:
            began = NOW - timedelta(days=30, minutes=one.number % 40_000)
            common = {"person_id": one.id, "source": "self", "enrolled_by": one.id, "due_on": None}
            yield {
                **common,
                "id": _made_id(6, one.number, began),
                "course_id": self._ids["course"],
                "version_id": self._ids["version"],
                "due_on": date(2026, 6, 20) if one.number % 3 == 0 else None,
                "enrolled_at": began,
                "started_at": began,
                "seen_at": NOW - timedelta(days=1),
                "ended_at": None,
                "completed_at": None,
                "done_count": one.lessons,
                "resume_id": self._lessons[one.lessons],
            }
            if one.holds:
                began = one.certified_at - timedelta(days=20)
                yield {
                    **common,
                    "id": _made_id(7, one.number, began),
                    "course_id": self._ids["done_course"],
                    "version_id": self._ids["done_version"],
                    "enrolled_at": began,
                    "started_at": began,
                    "seen_at": one.certified_at,
                    "ended_at": one.certified_at,
                    "completed_at": one.certified_at,
                    "done_count": len(self._done_lessons),
                    "resume_id": self._done_lessons[-1],
                }

    def _follow_from_enrolments(self) -> None:
        """Write how each activity stands, and the result that says so, for every lesson an enrolment has done."""
        is_sqlite = self._connection.dialect.name == "sqlite"
        result_id = (
            "substr(e.id, 1, 28) || printf('%04x', a.position)"
            if is_sqlite
            else "(left(replace(e.id::text, '-', ''), 28) || lpad(to_hex(a.position), 4, '0'))::uuid"
        )
        done = (
            "FROM enrolments e "
            "JOIN course_activities a ON a.version_id = e.version_id AND a.position <= e.done_count"
        )
        where = "WHERE e.person_id IN (SELECT id FROM people WHERE email LIKE '%@bench.example')"
        exam = "CASE WHEN a.kind = 'quiz' THEN {} ELSE NULL END"
        yes = "1" if is_sqlite else "true"
        empty = "'{}'" if is_sqlite else "'{}'::jsonb"
        # Names of our own tables and literals of our own.
        self._connection.execute(
            text(
                "INSERT INTO activity_states (enrolment_id, activity_id, activity_key, person_id, started_at, seen_at, "
                "seconds, score, passed, scored_at, completed_at, place) "
                f"SELECT e.id, a.id, a.key, e.person_id, e.started_at, e.seen_at, 540, {exam.format('0.9')}, "
                f"{exam.format(yes)}, {exam.format('e.seen_at')}, e.seen_at, {empty} {done} {where}"
            )
        )
        self._connection.execute(
            text(
                "INSERT INTO activity_results (id, enrolment_id, activity_id, at, completed, passed, score, seconds, "
                f"evidence) SELECT {result_id}, e.id, a.id, e.seen_at, {yes}, {exam.format(yes)}, "
                f"{exam.format('0.9')}, 540, {empty} {done} {where}"
            )
        )

    def _completions(self) -> Iterator[Mapping[str, Any]]:
        for one in self._holders():
            yield {
                "id": _made_id(8, one.number, one.certified_at),
                "enrolment_id": _made_id(7, one.number, one.certified_at - timedelta(days=20)),
                "person_id": one.id,
                "course_id": self._ids["done_course"],
                "version_id": self._ids["done_version"],
                "completed_at": one.certified_at,
                "evidence": {"activities": []},
            }

    @staticmethod
    def _terms(one: _Member) -> Sequence[tuple[int, datetime]]:
        """Return the kind and day of each certificate of a holder, the earlier first."""
        earlier = [(11, one.certified_at - timedelta(days=700))] if one.partner.is_big else []
        return [*earlier, (12, one.certified_at)]

    def _cycles(self) -> Iterator[Mapping[str, Any]]:
        for one in self._members:
            for kind, at in self._terms(one) if one.holds else [(10, NOW)]:
                yield {
                    "id": _made_id(kind + 10, one.number, at),
                    "person_id": one.id,
                    "certification_id": self._ids["certification"],
                    "source": "earned" if one.holds else "assigned",
                    "assigned_at": at if one.holds else NOW - timedelta(days=30),
                    "assigned_by": None,
                    "due_on": None if one.holds else date(2026, 7, 31),
                    "closed_at": at if one.holds else None,
                    "ended_as": "certified" if one.holds else None,
                    "reason": "",
                }

    @staticmethod
    def _term(at: datetime) -> Mapping[str, Any]:
        through = (at + timedelta(days=730)).date()
        ends = datetime(through.year, through.month, through.day, tzinfo=UTC) + timedelta(days=1)
        return {
            "issued_at": at,
            "valid_through": through,
            "renewal_opens_at": ends - timedelta(days=90),
            "expires_at": ends,
            "counts_until": ends + timedelta(days=30),
        }

    @staticmethod
    def _code(kind: int, number: int) -> str:
        return f"GH-{kind:04}-{number // 10_000:04}-{number % 10_000:04}"

    def _certificates(self) -> Iterator[Mapping[str, Any]]:
        for one in self._holders():
            predecessor = None
            for kind, at in self._terms(one):
                yield {
                    **self._term(at),
                    "id": _made_id(kind, one.number, at),
                    "code": self._code(kind, one.number),
                    "certification_id": self._ids["certification"],
                    "person_id": one.id,
                    "cycle_id": _made_id(kind + 10, one.number, at),
                    "rule_version": 1,
                    "predecessor_id": predecessor,
                    "employer_id": one.partner.id,
                    "title": "Sales Professional",
                    "glyph": "tag",
                    "maker": "HC",
                    "brand_name": "Halden Cold",
                    "evidence": {
                        "courses": [{"title": "Selling Halden: qualifying and registering an opportunity"}],
                        "scores": [{"title": "Exam: Sales Professional", "score": "0.9", "minimum": "0.8"}],
                        "certificates": [],
                    },
                    "issued_on": at.date(),
                }
                predecessor = _made_id(kind, one.number, at)

    def _marks(self) -> Iterator[Mapping[str, Any]]:
        for one in self._holders():
            if one.partner.is_big:
                (kind, at), (later_kind, later) = self._terms(one)
                yield {
                    "id": _made_id(13, one.number, later),
                    "certificate_id": _made_id(kind, one.number, at),
                    "kind": "superseded",
                    "at": later,
                    "by": None,
                    "reason": "",
                    "successor_id": _made_id(later_kind, one.number, later),
                }

    def _tracks(self) -> Iterator[Mapping[str, Any]]:
        nothing = dict.fromkeys(self._term(NOW))
        for one in self._members:
            yield {
                "certification_id": self._ids["certification"],
                "person_id": one.id,
                "met": [],
                "certificate_id": _made_id(12, one.number, one.certified_at) if one.holds else None,
                "code": self._code(12, one.number) if one.holds else None,
                **(self._term(one.certified_at) if one.holds else nothing),
                "revoked_at": None,
                "exempt_at": None,
            }

    def _notices(self) -> Iterator[Mapping[str, Any]]:
        given = {"course": "Safety Systems"}
        for one in self._members:
            for number, days in enumerate((30, 3)):
                at = NOW - timedelta(days=days, minutes=one.number % 1000)
                yield {
                    "id": _made_id(14 + number, one.number, at),
                    "person_id": one.id,
                    "kind": "courses.assigned",
                    "given": given,
                    "url": "/learn/safety-systems",
                    "made_at": at,
                    "read_at": at if number == 0 else None,
                }

    def _sellers(self) -> Iterator[_Member]:
        """Yield who registered a deal: one in twenty."""
        return (one for one in self._members if one.number % 20 == 0)

    def _customers(self) -> Iterator[Mapping[str, Any]]:
        for one in self._sellers():
            yield {
                "id": _made_id(16, one.number, NOW),
                "legal_name": f"Cold Store {one.number} Ltd",
                "name_key": f"cold store {one.number}",
                "domain": f"cold-store-{one.number}.example",
                "country": "GB",
                "created_at": NOW - timedelta(days=60),
            }

    def _deals(self) -> Iterator[Mapping[str, Any]]:
        for one in self._sellers():
            won = one.number % 40 == 0
            yield {
                "id": _made_id(17, one.number, NOW),
                "number": 100_000 + one.number,
                "title": f"Cold store {one.number}",
                "state": "won" if won else "under_review",
                "version": 2,
                "partner_id": one.partner.id,
                "submitter_id": one.id,
                "customer_id": _made_id(16, one.number, NOW),
                "customer_name": f"Cold Store {one.number} Ltd",
                "customer_domain": f"cold-store-{one.number}.example",
                "customer_country": "GB",
                "customer_postcode": "TQ5 8AA",
                "customer_city": "Brixham",
                "is_existing_customer": False,
                "contact_name": "Alex Marsh",
                "contact_job": "Engineer",
                "amount_minor": 4_000_000 + one.number,
                "currency": "GBP",
                "expected_close_on": date(2026, 9, 30),
                "source": "referral",
                "competitor": "",
                "summary": "",
                "reviewer_id": self._manager,
                "submitted_at": NOW - timedelta(days=50),
                "decide_by_on": date(2026, 6, 5),
                "protected_until": None,
                "closed_at": NOW - timedelta(days=5) if won else None,
                "returns": 0,
                "created_at": NOW - timedelta(days=60),
                "changed_at": NOW - timedelta(days=5),
            }

    def _lines(self) -> Iterator[Mapping[str, Any]]:
        for one in self._sellers():
            yield {
                "deal_id": _made_id(17, one.number, NOW),
                "product_id": self._products[one.number % len(self._products)],
                "position": 1,
                "quantity": 2,
            }

    def _history(self) -> Iterator[Mapping[str, Any]]:
        for one in self._sellers():
            yield {
                "id": _made_id(18, one.number, NOW),
                "deal_id": _made_id(17, one.number, NOW),
                "at": NOW - timedelta(days=50),
                "actor_id": one.id,
                "verb": "submit",
                "state": "submitted",
                "reason": "",
                "decision_ids": [],
            }

    def _readers(self) -> Sequence[_Member]:
        """Return whose pages are asked for: certified people all over the ordinary partners."""
        fitting = [one for one in self._holders() if not one.partner.is_big]
        return fitting[:: max(1, len(fitting) // READERS)][:READERS]

    def _sign_ins(self) -> Iterator[Mapping[str, Any]]:
        for one in self._readers():
            yield {
                "id": _made_id(19, one.number, NOW),
                "token_sha256": identity.digest(_token(one)),
                "person_id": one.id,
                "started_at": NOW,
                "expires_at": NOW + timedelta(days=14),
                "ended_at": None,
                "address": "127.0.0.1",
                "user_agent": "bench",
            }

    # ---- what the figures need to know

    def world(self, portal: Portal) -> World:
        """Return it, having let every reader begin the exam through the real service."""
        big, few = self._partners[0], next(self._holders_but_big())
        uncertified = next(
            one for one in self._members if one.partner.first % 7 == 0 and not one.partner.is_big
        )
        exam = self._lessons[-1]
        return World(
            people=self._size,
            readers=tuple(
                Reader(
                    person_id=str(one.id),
                    token=_token(one),
                    certificate_id=str(_made_id(12, one.number, one.certified_at)),
                    attempt_id=str(_begin_exam(portal, one, ActivityId(exam))),
                )
                for one in self._readers()
            ),
            course_slug=OPEN_COURSE,
            lesson_id=str(self._lessons[1]),
            brand_id=str(self._ids["brand"]),
            few=Seller(str(few.id), str(few.partner.id)),
            many=Seller(str(self._members[big.staff // 2].id), str(big.id)),
            uncertified=Seller(str(uncertified.id), str(uncertified.partner.id)),
        )

    def _holders_but_big(self) -> Iterator[_Member]:
        return (one for one in self._holders() if not one.partner.is_big and one.partner.staff > 1)


def _token(one: _Member) -> str:
    return f"bench-{one.number}"


def actor_of(portal: Portal, person_id: UUID) -> Actor:
    """Return a learner as the portal would meet them."""
    grants = (Grant(Role.LEARNER, Scope()),)
    return Actor(
        person_id=person_id, grants=grants, scopes=scopes_of(grants, portal.extensions["lms.policy"])
    )


def _begin_exam(portal: Portal, one: _Member, exam: ActivityId) -> UUID:
    actor = actor_of(portal, one.id)
    with unit_of_work(), acting_as(actor):
        return quizzes.start_attempt(activity_id=exam, actor=actor, now=NOW)
