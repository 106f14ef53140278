"""A table of people on its way in: what its columns mean, what each row would do, and where the import stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType
from uuid import UUID

from lms.identity.values import OrganisationId, PersonId, PersonState, PositionId, RegionId
from lms.kernel.messages import Message

PeopleImportId = NewType("PeopleImportId", UUID)

FILE_BYTES: Final = 50_000_000
ROWS_AT_MOST: Final = 200_000
COLUMNS_AT_MOST: Final = 100
CELL_AT_MOST: Final = 1000
SAMPLES: Final = 3


class ImportField(StrEnum):
    """What a column may say of a person."""

    EXTERNAL_ID = "external_id"
    EMAIL = "email"
    NAME = "name"
    GIVEN_NAME = "given_name"
    FAMILY_NAME = "family_name"
    ORGANISATION = "organisation"
    POSITION = "position"
    REGION = "region"
    LANGUAGE = "language"
    TIME_ZONE = "time_zone"
    STATE = "state"
    INVITE = "invite"


class ImportState(StrEnum):
    """Where an import stands."""

    MAPPING = "mapping"
    """Its columns are looked at by whoever brought it."""
    CHECKING = "checking"
    """The dry run is on its way."""
    CHECKED = "checked"
    """What it would do is known; nothing of it is done."""
    STORING = "storing"
    DONE = "done"
    CANCELLED = "cancelled"


UNDER_WAY: Final = frozenset({ImportState.CHECKING, ImportState.STORING})
OVER: Final = frozenset({ImportState.DONE, ImportState.CANCELLED})


class RowFate(StrEnum):
    """What a row does, or would do."""

    NEW = "new"
    CHANGED = "changed"
    MOVED = "moved"
    """To another organisation, whatever else changes."""
    LEAVING = "leaving"
    SAME = "same"
    REFUSED = "refused"


Cells = Mapping[ImportField, str]
"""What a row says, by field; a column that is empty there is left out."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading and what its first cells say."""

    name: str
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Survey:
    """What a file holds, found by reading all of it. `encoding` and `separator` are empty where nothing was guessed."""

    columns: tuple[Column, ...]
    rows: int
    empty_rows: int
    encoding: str
    separator: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row is refused: the field to blame, None for the row as a whole, and the reason in words."""

    field: ImportField | None
    reason: Message


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody who is here already, as an import has to know them."""

    id: PersonId
    external_id: str | None
    email: str
    name: str
    locale: str
    time_zone: str
    state: PersonState
    organisation_id: OrganisationId | None
    organisation_name: str
    position_id: PositionId | None
    position_name: str
    region_id: RegionId | None
    region_name: str
    is_within_reach: bool
    outranks: bool
    """Whether they hold a role of the manufacturer's, which no partner's admin may touch."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a row asks for, found in this installation; None leaves it as it is."""

    external_id: str | None = None
    email: str | None = None
    name: str | None = None
    organisation_id: OrganisationId | None = None
    position_id: PositionId | None = None
    region_id: RegionId | None = None
    locale: str | None = None
    time_zone: str | None = None
    leaves: bool = False
    invite: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a row would do. `changes` are (before, after) by field, in words."""

    fate: RowFate
    person: Known | None = None
    wanted: Wanted = Wanted()
    changes: Mapping[ImportField, tuple[str, str]] = field(default_factory=dict)
    problems: Sequence[Problem] = ()


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One row of an import's report. `is_stored` says that it was done and not only looked at."""

    number: int
    fate: RowFate
    cells: Cells
    changes: Mapping[ImportField, tuple[str, str]]
    problems: Sequence[Problem]
    person_id: PersonId | None
    is_stored: bool


@dataclass(frozen=True, slots=True)
class PeopleImport:
    """An import and how far it has come. `done_rows` counts those looked at or stored in the step it is in."""

    id: PeopleImportId
    filename: str
    state: ImportState
    columns: tuple[Column, ...]
    mapping: tuple[ImportField | None, ...]
    organisation_id: OrganisationId | None
    invites: bool
    rows: int
    empty_rows: int
    encoding: str
    separator: str
    done_rows: int
    counts: Mapping[RowFate, int]
    """How many rows of each fate the dry run found."""
    stored_counts: Mapping[RowFate, int]
    """How many rows of each fate have been done."""
    invitations: int
    invited: int
    uploaded_at: datetime
    uploaded_by: PersonId | None
    confirmed_at: datetime | None
    finished_at: datetime | None
    failure: Message | None
    is_own: bool
    """Whether whoever asks brought it."""

    @property
    def good_rows(self) -> int:
        """Return how many rows were good in the dry run."""
        return sum(count for fate, count in self.counts.items() if fate is not RowFate.REFUSED)
