"""Tiers: the ladder, what each rung asks for, and where a partner stands."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

import msgspec

from lms.identity.values import OrganisationId


class HoldersNeed(msgspec.Struct, frozen=True, kw_only=True):
    """So many distinct people whom the partner employs hold the certification."""

    certification_id: UUID
    title: str
    count: int


class MeasureNeed(msgspec.Struct, frozen=True, kw_only=True):
    """A measure that an upper feature takes reaches `count`, looking back `days`."""

    key: str
    count: int
    days: int


class Rung(msgspec.Struct, frozen=True, kw_only=True):
    """One tier of the ladder."""

    key: str
    name: str
    holders: tuple[HoldersNeed, ...] = ()
    measures: tuple[MeasureNeed, ...] = ()


class Measure(Protocol):
    """Something other than certificates that a tier may ask for; an upper feature takes it."""

    key: str
    label: str

    def values(
        self, partner_ids: Collection[OrganisationId], *, since: datetime, until: datetime
    ) -> Mapping[OrganisationId, int]:
        """Return the measure of each partner over the span; those left out measure nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One need of a rung and how far it is met."""

    label: str
    have: int
    need: int

    @property
    def is_met(self) -> bool:
        """Return whether nothing is missing."""
        return self.have >= self.need


class TierMove(StrEnum):
    """Why a partner came to stand where it does."""

    RISEN = "risen"
    FALLEN = "fallen"


@dataclass(frozen=True, slots=True, kw_only=True)
class TierStanding:
    """The tier in force. `at_risk_since` is when its requirements stopped being met, None while they are."""

    tier: str
    since: datetime
    at_risk_since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TierOutlook:
    """Where a partner stands, and what is missing to keep it and to rise."""

    rung: Rung | None
    standing: TierStanding | None
    falls_at: datetime | None
    keep: tuple[Gap, ...]
    next_rung: Rung | None
    rise: tuple[Gap, ...]
