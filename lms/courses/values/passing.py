"""How often an exam is passed: at the first try, at all, and month by month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from lms.courses.values import ActivityKey


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstTries:
    """How many people took an exam for the first time in a month, and how many of them passed then."""

    month: date
    people: int
    passed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Passes:
    """How many people ever took an exam, passed it at their first try, and passed it at all."""

    key: ActivityKey
    people: int
    passed_first: int
    passed: int
    months: Sequence[FirstTries]
