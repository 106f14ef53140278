"""What has happened to deals."""

from dataclasses import dataclass
from typing import ClassVar

from lms.identity.values import OrganisationId, PersonId
from lms.kernel.events import Event
from lms.portal.deals.values import DealId


@dataclass(frozen=True, kw_only=True)
class DealEvent(Event):
    """Something happened to a deal; `actor_id` None is the clock's doing."""

    SUBJECT: ClassVar[str] = "deal_id"
    deal_id: DealId
    partner_id: OrganisationId
    actor_id: PersonId | None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class DealSaved(DealEvent):
    """A draft was written or changed."""


@dataclass(frozen=True, kw_only=True)
class DealRefused(DealEvent):
    """The gate said no to a submission or an approval."""


@dataclass(frozen=True, kw_only=True)
class DealSubmitted(DealEvent):
    """A deal was sent in and waits for the channel manager."""


@dataclass(frozen=True, kw_only=True)
class DealTaken(DealEvent):
    """A channel manager took a deal into review."""


@dataclass(frozen=True, kw_only=True)
class DealPassedOn(DealEvent):
    """The first step is approved; a large deal waits for the second."""


@dataclass(frozen=True, kw_only=True)
class DealApproved(DealEvent):
    """A deal is approved and protected."""


@dataclass(frozen=True, kw_only=True)
class DealReturned(DealEvent):
    """A deal went back to the partner for more."""


@dataclass(frozen=True, kw_only=True)
class DealRejected(DealEvent):
    """A deal was turned down."""


@dataclass(frozen=True, kw_only=True)
class DealWithdrawn(DealEvent):
    """The partner took a deal back."""


@dataclass(frozen=True, kw_only=True)
class DealExtended(DealEvent):
    """A deal's protection lasts longer."""


@dataclass(frozen=True, kw_only=True)
class DealWon(DealEvent):
    """The customer ordered."""


@dataclass(frozen=True, kw_only=True)
class DealLost(DealEvent):
    """The customer did not order."""


@dataclass(frozen=True, kw_only=True)
class DealCancelled(DealEvent):
    """The manufacturer ended an approved registration."""


@dataclass(frozen=True, kw_only=True)
class DealExpired(DealEvent):
    """A deal's protection ran out."""


@dataclass(frozen=True, kw_only=True)
class TrainingAsked(DealEvent):
    """A submitter asked the partner's admins to assign what the gate misses."""
