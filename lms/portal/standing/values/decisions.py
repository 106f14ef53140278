"""Gates, the facts a decision froze, and what it said."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

import msgspec

from lms.identity.values import BrandId, OrganisationId, PersonId
from lms.portal.standing.values.requirements import Leaf, Requirement

GateRuleId = NewType("GateRuleId", UUID)
DecisionId = NewType("DecisionId", UUID)


class Gate(StrEnum):
    """What a decision lets a partner do."""

    REGISTER_DEAL = "register_deal"


class RuleState(StrEnum):
    """Whether a version asks for something, or says that nothing is asked any more."""

    IN_FORCE = "in_force"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRule:
    """One version of what a gate asks for a brand. Versions are never changed; the latest one counts."""

    id: GateRuleId
    gate: Gate
    brand_id: BrandId
    version: int
    state: RuleState
    name: str
    requirement: Requirement
    defined_by: PersonId | None
    in_force_from: datetime


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate that counted. `counts_until` is the first instant at which it no longer does.

    `held_title` is what it certifies, where that counts for the certification asked for, else empty.
    """

    person_id: UUID
    certificate_id: UUID
    code: str
    valid_through: date
    counts_until: datetime
    held_title: str = ""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to learn or pass on the way to a certificate."""

    title: str
    minutes: int
    url: str


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who counts but does not hold the certification, and what they lack."""

    person_id: UUID
    minutes: int
    steps: tuple[Step, ...]


class Pool(msgspec.Struct, frozen=True, kw_only=True):
    """The people one leaf looks at: who holds what it asks for, and who could (sought only when too few do)."""

    held: tuple[Held, ...] = ()
    ways: tuple[Way, ...] = ()


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a decision looked at, by ids alone: names are looked up when it is shown.

    `pools` has one entry per leaf of the requirement, in the order of a walk, empty for leaves about no people.
    `ladder` runs from the lowest tier to the highest. `by` is the day by which the asker needs a yes.
    """

    at: datetime
    partner_id: UUID
    person_id: UUID | None
    brand_id: UUID
    is_authorised: bool
    tier: str | None
    ladder: tuple[str, ...]
    pools: tuple[Pool, ...]
    by: date | None = None


class CureKind(StrEnum):
    """What would mend an unmet leaf."""

    EARN = "earn"
    """A named person earns the certification."""
    STAFF = "staff"
    """More people than the partner has must come, holding it."""
    AUTHORISE = "authorise"
    """The manufacturer authorises the partner for the brand."""
    RISE = "rise"
    """The partner reaches the tier."""


class Cure(msgspec.Struct, frozen=True, kw_only=True):
    """One way, or a part of one, to meet a leaf. `minutes` is None where learning alone does not mend it."""

    kind: CureKind
    certification_id: UUID | None = None
    title: str = ""
    person_id: UUID | None = None
    minutes: int | None = None
    steps: tuple[Step, ...] = ()
    count: int = 1
    by: date | None = None


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What one requirement came to. `cures` are its ways, shortest first, of which `short_by` are needed."""

    requirement: Requirement
    met: bool
    needed: int = 1
    found: int = 0
    held: tuple[Held, ...] = ()
    cures: tuple[Cure, ...] = ()
    parts: tuple["Result", ...] = ()

    @property
    def short_by(self) -> int:
        """Return how many are missing."""
        return max(self.needed - self.found, 0)


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The answer, with each top requirement's result and the shortest set of cures that turns a no into a yes."""

    allowed: bool
    results: tuple[Result, ...]
    plan: tuple[Cure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One decision of a gate. `id` is None if it was only explained; `rule_id` None if no rule was defined."""

    id: DecisionId | None
    gate: Gate
    partner_id: OrganisationId
    person_id: PersonId | None
    brand_id: BrandId
    rule_id: GateRuleId | None
    rule_version: int
    rule_name: str
    requirement: Requirement
    facts: Facts
    verdict: Verdict

    @property
    def allowed(self) -> bool:
        """Return the answer."""
        return self.verdict.allowed

    @property
    def results(self) -> tuple[Result, ...]:
        """Return what each requirement came to."""
        return self.verdict.results

    @property
    def at(self) -> datetime:
        """Return the instant whose facts it rests on."""
        return self.facts.at


@dataclass(frozen=True, slots=True)
class Replay:
    """A stored decision, decided once more from its stored facts."""

    decision: Decision
    stored_allowed: bool

    @property
    def is_same(self) -> bool:
        """Return whether the answer is the one that was given."""
        return self.decision.allowed == self.stored_allowed


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedProof:
    """A certificate that met a requirement, with its holder's name."""

    name: str
    glyph: str
    code: str
    valid_through: date
    grace_until: datetime | None
    """Until when it still counts, for one that has expired: None while it is valid."""
    held_title: str
    """What is held instead, where that counts for what is asked for, else empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedCure:
    """A cure with its person's name. `url` is where the person themself begins."""

    kind: CureKind
    person_id: PersonId | None
    name: str
    is_reader: bool
    title: str
    steps: tuple[Step, ...]
    minutes: int | None
    by: date | None
    count: int

    @property
    def url(self) -> str | None:
        """Return where the first step is taken."""
        return self.steps[0].url if self.steps else None


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedResult:
    """A result as a page says it."""

    text: str
    met: bool
    needed: int
    found: int
    leaf: Leaf | None
    proofs: tuple[NamedProof, ...]
    cures: tuple[NamedCure, ...]
    parts: tuple["NamedResult", ...]

    @property
    def short_by(self) -> int:
        """Return how many are missing."""
        return max(self.needed - self.found, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A decision as a page shows it to one reader, in the reader's language."""

    decision: Decision
    brand_name: str
    results: tuple[NamedResult, ...]
    plan: tuple[NamedCure, ...]

    @property
    def unmet(self) -> int:
        """Return how many of the top requirements are not met."""
        return sum(not result.met for result in self.results)

    @property
    def shortest_minutes(self) -> int | None:
        """Return the learning time of the shortest cure of the whole, None if learning alone does not mend it."""
        minutes = [cure.minutes for cure in self.plan]
        return sum(one for one in minutes if one is not None) if self.plan and None not in minutes else None
