"""Joining two accounts of one person: what is shown before, and what the database lets go over."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from lms.identity.values import Person, PersonId

HANDED_OVER = (
    "EXISTS (SELECT 1 FROM account_merges WHERE merged_id = OLD.person_id AND kept_id = NEW.person_id)"
)
"""The SQL that lets a row of the ledger go over: what was given to an account is its person's."""


class Together(NamedTuple):
    """Something that comes together: how much of it each account has, and what becomes of what conflicts."""

    label: str
    kept: int
    merged: int
    note: str = ""


AccountPart = Callable[[PersonId, PersonId], Sequence[Together]]
"""Says what of a feature's comes together when the second account is joined to the first; one for each feature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MergePreview:
    """Two accounts before they are joined; `fault` says why they cannot be, empty if they can."""

    kept: Person
    merged: Person
    together: Sequence[Together]
    conflicts: Sequence[str]
    roles: Sequence[str]
    fault: str


class FormerAccount(NamedTuple):
    """An account that was joined to another, when and why."""

    id: PersonId
    name: str
    email: str
    at: datetime
    reason: str
