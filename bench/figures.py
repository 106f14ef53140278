"""What a figure is, which ones are asked for, and how they are told."""

import fnmatch
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: its name, its unit, and the most it should be; without a goal it is there to compare with.

    Of a rate the goal is the least (`at_least`).
    """

    name: str
    unit: str
    goal: float | None = None
    at_least: bool = False


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure and what it came to."""

    figure: Figure
    value: float

    @property
    def met(self) -> bool | None:
        """Return whether the goal is reached, None without one."""
        if self.figure.goal is None:
            return None
        return self.value >= self.figure.goal if self.figure.at_least else self.value <= self.figure.goal

    def as_json(self) -> Mapping[str, Any]:
        """Return it as bench.json holds it."""
        return {
            "value": self.value,
            "unit": self.figure.unit,
            "goal": self.figure.goal,
            "met": self.met,
        }


def is_wanted(name: str, pattern: str | None) -> bool:
    """Return whether a pattern asks for a figure: a part of its name, or the whole with * and ?."""
    if not pattern:
        return True
    return fnmatch.fnmatchcase(name, pattern) if set(pattern) & set("*?[") else pattern in name


def rounded(value: float) -> float:
    """Return a value to three digits, which is more than any of these figures is good for."""
    return float(f"{value:.3g}")


def table(measured: Iterable[Measured]) -> str:
    """Return figures as a table for people."""
    lines = [("figure", "value", "goal", "")]
    for one in measured:
        sign = "≥" if one.figure.at_least else "≤"
        goal = "" if one.figure.goal is None else f"{sign} {one.figure.goal:g}"
        verdict = {True: "met", False: "MISSED", None: ""}[one.met]
        lines.append((one.figure.name, f"{one.value:g} {one.figure.unit}", goal, verdict))
    widths = [max(len(line[column]) for line in lines) for column in range(4)]
    return "\n".join(_row(line, widths) for line in lines)


def _row(line: Sequence[str], widths: Sequence[int]) -> str:
    name, value, goal, verdict = line
    return f"  {name:<{widths[0]}}  {value:>{widths[1]}}  {goal:>{widths[2]}}  {verdict}".rstrip()
