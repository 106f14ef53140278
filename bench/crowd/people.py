"""Where the crowd work and sign in: organisations, people, roles, partner records and notices."""

from datetime import date, timedelta

from bench.crowd.plan import Member, Plan, Rows, made_id
from bench.world import NOW
from lms.identity import service as identity

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


def organisations(plan: Plan) -> Rows:
    """Yield the partners."""
    for number, one in enumerate(plan.partners):
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


def ancestry(plan: Plan) -> Rows:
    """Yield every pair of a partner and one above it."""
    for one in plan.partners:
        for depth, above in enumerate((one.id, *one.above)):
            yield {"descendant_id": one.id, "ancestor_id": above, "depth": depth}


def authorisations(plan: Plan) -> Rows:
    """Yield what each partner may sell."""
    return ({"organisation_id": one.id, "brand_id": plan.ids["brand"]} for one in plan.partners)


def people(plan: Plan) -> Rows:
    """Yield the people."""
    for one in plan.members:
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


def employments(plan: Plan) -> Rows:
    """Yield who works where."""
    for one in plan.members:
        yield {
            "id": made_id(3, one.number, one.joined_at),
            "person_id": one.id,
            "organisation_id": one.partner.id,
            "position_id": plan.ids["position"],
            "region_id": one.partner.region_id,
            "started_at": one.joined_at,
            "ended_at": None,
        }


def grants(plan: Plan) -> Rows:
    """Yield an admin for each partner."""
    for one in plan.partners:
        admin = plan.members[one.first + one.staff - 1]
        yield {
            "id": made_id(4, admin.number, admin.joined_at),
            "person_id": admin.id,
            "role": "partner_admin",
            "organisation_id": one.id,
            "region_id": None,
            "granted_by": None,
            "granted_at": admin.joined_at,
        }


def records(plan: Plan) -> Rows:
    """Yield each partner’s record."""
    for one in plan.partners:
        yield {
            "organisation_id": one.id,
            "channel_manager_id": plan.manager_id,
            "joined_on": date(2022, 1, 10),
            "agreement": "active",
            "note": "",
            "version": 1,
            "changed_at": NOW - timedelta(days=1000),
        }


def tiers(plan: Plan) -> Rows:
    """Yield the tier of each partner: the first."""
    for number, one in enumerate(plan.partners):
        yield {
            "id": made_id(5, number, NOW - timedelta(days=900)),
            "partner_id": one.id,
            "tier": "registered",
            "since": NOW - timedelta(days=900),
            "ended_at": None,
            "left_by": None,
            "at_risk_since": None,
        }


def notices(plan: Plan) -> Rows:
    """Yield two notices for each person, one of them read."""
    given = {"course": "Safety Systems"}
    for one in plan.members:
        for number, days in enumerate((30, 3)):
            at = NOW - timedelta(days=days, minutes=one.number % 1000)
            yield {
                "id": made_id(14 + number, one.number, at),
                "person_id": one.id,
                "kind": "courses.assigned",
                "given": given,
                "url": "/learn/safety-systems",
                "made_at": at,
                "read_at": at if number == 0 else None,
            }


def sign_ins(plan: Plan) -> Rows:
    """Yield a session for each reader."""
    for one in plan.readers():
        yield {
            "id": made_id(19, one.number, NOW),
            "token_sha256": identity.digest(token_of(one)),
            "person_id": one.id,
            "started_at": NOW,
            "expires_at": NOW + timedelta(days=14),
            "ended_at": None,
            "address": "127.0.0.1",
            "user_agent": "bench",
        }


def token_of(one: Member) -> str:
    """Return the token of a reader's session."""
    return f"bench-{one.number}"
