"""Frozen pictures that the editor of a certification shows: its tree in lines, whom a change concerns, and versions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lms.certificates.values import Rule
from lms.identity.values import PersonId


class Piece(StrEnum):
    """What one line of a tree asks for."""

    ALL = "all"
    ANY = "any"
    AT_LEAST = "at_least"
    COURSE = "course"
    SCORE = "score"
    CERTIFICATION = "certification"
    ATTENDANCE = "attendance"
    PRACTICE = "practice"
    ITEM = "item"

    @property
    def is_group(self) -> bool:
        """Return whether other lines may stand in it."""
        return self in GROUPS


GROUPS = frozenset({Piece.ALL, Piece.ANY, Piece.AT_LEAST})
NUMBERED = frozenset({Piece.AT_LEAST, Piece.SCORE, Piece.PRACTICE})
"""Lines with a number: how many of the parts, percent, hours."""


class Step(StrEnum):
    """How a line is moved: among its neighbours, into the group before it, out of its group."""

    UP = "up"
    DOWN = "down"
    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a tree that is drawn from its root down; the root has depth 0.

    `subject` is the id of what it asks for, as text; `number` the count, the percent or the hours. `former` are the
    exams whose place it took. `typed` is what stands where the number should and is none, `instead` what is chosen
    beside an exam: neither is part of the rule, and both stay on the page.
    """

    depth: int
    piece: Piece
    subject: str = ""
    title: str = ""
    number: int | None = None
    former: tuple[str, ...] = ()
    typed: str = ""
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """Whether learners find an exam in its course as it is published, or will, and the other exams of that course."""

    is_published: bool
    is_drafted: bool
    others: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Loser:
    """Somebody who loses progress or gains the certificate, and where they work."""

    person_id: PersonId
    name: str
    employer_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """Whom a changed rule concerns.

    `on_their_way` follow the new rule, `holders` keep their dates; `partners` are those on their way by employer, most
    first. Of those on their way `weighed` were judged under both rules: `gains` would hold the certificate at once,
    `loses` have done something that counts no more. Where not all were weighed these are estimates for all.
    """

    on_their_way: int
    holders: int
    partners: Sequence[tuple[str, int]]
    other_partners: int
    names: Sequence[str]
    weighed: int
    gains: int
    loses: int
    gaining: Sequence[Loser]
    losing: Sequence[Loser]

    @property
    def is_estimate(self) -> bool:
        """Return whether only some were weighed."""
        return self.weighed < self.on_their_way


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a rule, who made it and when."""

    number: int
    rule: Rule
    made_at: datetime
    made_by: PersonId | None


class Aspect(StrEnum):
    """What differs between two versions of a rule."""

    ADDED = "added"
    REMOVED = "removed"
    EXCHANGED = "exchanged"
    NUMBER = "number"
    SHAPE = "shape"
    RENEWAL_ADDED = "renewal_added"
    RENEWAL_REMOVED = "renewal_removed"
    RENEWAL = "renewal"
    MONTHS = "months"
    WINDOW = "window"
    GRACE = "grace"
    MODE = "mode"
    BASE = "base"
    MINIMUM = "minimum"
    DUE = "due"
    AUDIENCE = "audience"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: of what, and the values before and after, as rules have them."""

    aspect: Aspect
    was: object = None
    now: object = None
