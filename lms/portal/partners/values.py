"""What others may hold of partners: the commercial record, and columns that upper features add to the list."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from lms.identity.values import MODEL_WORDS, Organisation, OrganisationId, Person, PersonId, Region
from lms.web.words import lazy as _l


class Agreement(StrEnum):
    """Where the contract with a partner stands."""

    NONE = "none"
    ACTIVE = "active"
    ENDED = "ended"


AGREEMENT_WORDS: Mapping[Agreement, str] = {
    Agreement.NONE: _l("No agreement yet"),
    Agreement.ACTIVE: _l("Agreement in force"),
    Agreement.ENDED: _l("Agreement ended"),
}
AGREEMENT_STATES: Mapping[Agreement, str] = {
    Agreement.NONE: "none",
    Agreement.ACTIVE: "valid",
    Agreement.ENDED: "expired",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerRecord:
    """The commercial record of one partner. `version` rises with each change."""

    organisation_id: OrganisationId
    channel_manager_id: PersonId | None
    joined_on: date | None
    agreement: Agreement
    note: str
    version: int


@dataclass(frozen=True, slots=True)
class Cell:
    """What an upper feature says of one partner in the list: a state of the page style and a word."""

    state: str
    word: str


class PartnerColumn(Protocol):
    """A column of the partner list that an upper feature fills, a whole page at a time."""

    label: str

    def cells(self, partner_ids: Collection[OrganisationId]) -> Mapping[OrganisationId, Cell]:
        """Return what to say of each partner; those left out stay empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerLine:
    """One partner of the list."""

    organisation: Organisation
    parent: Organisation | None
    region: Region | None
    record: PartnerRecord
    channel_manager: Person | None
    people: int
    cells: tuple[Cell | None, ...]

    @property
    def model_word(self) -> str:
        """Return how the partner sells, in words."""
        return MODEL_WORDS[self.organisation.model] if self.organisation.model else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerOverview:
    """One partner with what lies above and below it."""

    line: PartnerLine
    above: tuple[Organisation, ...]
    branches: tuple[PartnerLine, ...]
    brands: tuple[str, ...]
