"""What others may hold of deals: states, verbs, and frozen pictures of deals and their customers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

import msgspec

from lms.identity.values import BrandId, OrganisationId, PersonId
from lms.kernel.money import Money
from lms.web.words import lazy as _l

DealId = NewType("DealId", UUID)
CustomerId = NewType("CustomerId", UUID)
ProductId = NewType("ProductId", UUID)


class DealState(StrEnum):
    """Where a registration stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    UNDER_REVIEW = "under_review"
    PENDING_APPROVAL = "pending_approval"
    APPROVED = "approved"
    EXTENDED = "extended"
    RETURNED = "returned"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    WON = "won"
    LOST = "lost"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


EDITABLE = frozenset({DealState.DRAFT, DealState.RETURNED})
WAITING = frozenset({DealState.SUBMITTED, DealState.UNDER_REVIEW, DealState.PENDING_APPROVAL})
PROTECTED = frozenset({DealState.APPROVED, DealState.EXTENDED})
CLOSED = frozenset(DealState) - EDITABLE - WAITING - PROTECTED

STATE_WORDS: Mapping[DealState, str] = {
    DealState.DRAFT: _l("Draft"),
    DealState.SUBMITTED: _l("Submitted"),
    DealState.UNDER_REVIEW: _l("Under review"),
    DealState.PENDING_APPROVAL: _l("Waits for the second approval"),
    DealState.APPROVED: _l("Approved, protected"),
    DealState.EXTENDED: _l("Approved, extended"),
    DealState.RETURNED: _l("Returned for more"),
    DealState.REJECTED: _l("Rejected"),
    DealState.WITHDRAWN: _l("Withdrawn"),
    DealState.WON: _l("Won"),
    DealState.LOST: _l("Lost"),
    DealState.EXPIRED: _l("Protection ended"),
    DealState.CANCELLED: _l("Cancelled"),
}
STATE_LOOKS: Mapping[DealState, str] = {
    DealState.DRAFT: "none",
    DealState.SUBMITTED: "progress",
    DealState.UNDER_REVIEW: "progress",
    DealState.PENDING_APPROVAL: "progress",
    DealState.APPROVED: "valid",
    DealState.EXTENDED: "valid",
    DealState.RETURNED: "soon",
    DealState.REJECTED: "danger",
    DealState.WITHDRAWN: "none",
    DealState.WON: "valid",
    DealState.LOST: "none",
    DealState.EXPIRED: "expired",
    DealState.CANCELLED: "none",
}


class Verb(StrEnum):
    """What can be done with a deal."""

    SAVE = "save"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    TAKE = "take"
    APPROVE = "approve"
    RETURN = "return"
    REJECT = "reject"
    EXTEND = "extend"
    WIN = "win"
    LOSE = "lose"
    CANCEL = "cancel"
    EXPIRE = "expire"
    ASK = "ask"


class Party(StrEnum):
    """As what a person acts on one deal."""

    SUBMITTER = "submitter"
    PARTNER_ADMIN = "partner_admin"
    REVIEWER = "reviewer"
    """A channel manager or programme manager whose scope reaches the partner."""
    SECOND_APPROVER = "second_approver"
    CLOCK = "clock"


class Source(StrEnum):
    """Who found the opportunity."""

    PARTNER = "partner"
    MARKETING = "marketing"
    REFERRAL = "referral"
    OEM_LEAD = "oem_lead"


SOURCE_WORDS: Mapping[Source, str] = {
    Source.PARTNER: _l("Found by the partner"),
    Source.MARKETING: _l("From a campaign"),
    Source.REFERRAL: _l("Recommended by somebody"),
    Source.OEM_LEAD: _l("A lead from the manufacturer"),
}


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """How long approval protects, how quickly it is decided, and from what amount by two.

    `second_step_from_minor` is by currency; a currency without an entry needs one decision only.
    """

    protection_days: int = 90
    extension_days: int = 60
    returns_allowed: int = 2
    decide_within_business_days: int = 3
    second_step_from_minor: dict[str, int] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """Something that is sold."""

    id: ProductId
    code: str
    name: str
    brand_id: BrandId


@dataclass(frozen=True, slots=True, kw_only=True)
class LineDraft:
    """A line as it was typed in."""

    product_id: ProductId
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DealDraft:
    """A deal as a partner writes it."""

    title: str
    customer_name: str
    customer_domain: str
    customer_country: str
    customer_postcode: str
    customer_city: str
    is_existing_customer: bool
    contact_name: str
    contact_job: str
    lines: tuple[LineDraft, ...]
    amount: Money
    expected_close_on: date
    source: Source
    competitor: str
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DealLine:
    """A product and how many of it."""

    product: Product
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """One registration. `version` rises with every change of it."""

    id: DealId
    number: int
    title: str
    state: DealState
    version: int
    partner_id: OrganisationId
    submitter_id: PersonId
    customer_id: CustomerId
    customer_name: str
    customer_domain: str
    customer_country: str
    customer_postcode: str
    customer_city: str
    is_existing_customer: bool
    contact_name: str
    contact_job: str
    amount: Money
    expected_close_on: date
    source: Source
    competitor: str
    summary: str
    reviewer_id: PersonId | None
    submitted_at: datetime | None
    decide_by_on: date | None
    protected_until: datetime | None
    returns: int
    created_at: datetime

    @property
    def name(self) -> str:
        """Return what people call it: D-1001."""
        return f"D-{self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One thing that was done with a deal. `actor_id` None is the clock's doing."""

    at: datetime
    actor_id: PersonId | None
    verb: Verb
    state: DealState
    reason: str
    decision_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """Another registration that may be of the same opportunity. `is_same_customer` False is a similar name only."""

    deal: Deal
    partner_name: str
    is_same_customer: bool
    shares_product: bool
    score: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a submission or an approval came to: done, or refused by the gate with these decisions."""

    done: bool
    decision_ids: tuple[UUID, ...] = ()
