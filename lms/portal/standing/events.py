"""What has happened to gates and to partners' tiers."""

from dataclasses import dataclass
from typing import ClassVar

from lms.identity.values import BrandId, OrganisationId
from lms.kernel.events import Event
from lms.portal.standing.values import Gate, GateRuleId, TierMove


@dataclass(frozen=True, kw_only=True)
class GateDefined(Event):
    """A gate asks for something else from now on, or for nothing any more."""

    SUBJECT: ClassVar[str] = "rule_id"
    rule_id: GateRuleId
    gate: Gate
    brand_id: BrandId
    version: int


@dataclass(frozen=True, kw_only=True)
class TierChanged(Event):
    """A partner came to stand on another tier; `tier` is None below the first."""

    SUBJECT: ClassVar[str] = "partner_id"
    partner_id: OrganisationId
    tier: str | None
    before: str | None
    move: TierMove


@dataclass(frozen=True, kw_only=True)
class TierPutAtRisk(Event):
    """A partner no longer meets what its tier asks for and loses it unless that is mended in time."""

    SUBJECT: ClassVar[str] = "partner_id"
    partner_id: OrganisationId
    tier: str
