"""What the crowd sell: customers, and deals with their lines and history."""

from collections.abc import Iterator
from datetime import date, timedelta

from bench.crowd.plan import Member, Plan, Rows, made_id
from bench.world import NOW


def _sellers(plan: Plan) -> Iterator[Member]:
    """Yield who registered a deal: one in twenty."""
    return (one for one in plan.members if one.number % 20 == 0)


def customers(plan: Plan) -> Rows:
    """Yield a customer for each deal."""
    for one in _sellers(plan):
        yield {
            "id": made_id(16, one.number, NOW),
            "legal_name": f"Cold Store {one.number} Ltd",
            "name_key": f"cold store {one.number}",
            "domain": f"cold-store-{one.number}.example",
            "country": "GB",
            "created_at": NOW - timedelta(days=60),
        }


def deals(plan: Plan) -> Rows:
    """Yield the deals."""
    for one in _sellers(plan):
        won = one.number % 40 == 0
        yield {
            "id": made_id(17, one.number, NOW),
            "number": 100_000 + one.number,
            "title": f"Cold store {one.number}",
            "state": "won" if won else "under_review",
            "version": 2,
            "partner_id": one.partner.id,
            "submitter_id": one.id,
            "customer_id": made_id(16, one.number, NOW),
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
            "reviewer_id": plan.manager_id,
            "submitted_at": NOW - timedelta(days=50),
            "decide_by_on": date(2026, 6, 5),
            "protected_until": None,
            "closed_at": NOW - timedelta(days=5) if won else None,
            "returns": 0,
            "created_at": NOW - timedelta(days=60),
            "changed_at": NOW - timedelta(days=5),
        }


def lines(plan: Plan) -> Rows:
    """Yield one line for each deal."""
    for one in _sellers(plan):
        yield {
            "deal_id": made_id(17, one.number, NOW),
            "product_id": plan.products[one.number % len(plan.products)],
            "position": 1,
            "quantity": 2,
        }


def history(plan: Plan) -> Rows:
    """Yield that each deal was submitted."""
    for one in _sellers(plan):
        yield {
            "id": made_id(18, one.number, NOW),
            "deal_id": made_id(17, one.number, NOW),
            "at": NOW - timedelta(days=50),
            "actor_id": one.id,
            "verb": "submit",
            "state": "submitted",
            "reason": "",
            "decision_ids": [],
        }
