"""What of a question is drawn by chance for each attempt: its variables, what they must meet, and where they count."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Variable:
    """A name, and the formula by which its value is drawn or computed from those before it.

    In the question's texts ``{name}`` is its value, and ``{#name}…{/name}`` is there where it is true.
    """

    name: str
    formula: str


@dataclass(frozen=True, slots=True)
class Computed:
    """A value of the body that a formula gives: `at` says where it stands, as ``answers.a.value`` (by keys)."""

    at: str
    formula: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """All that is drawn of a question. It is drawn anew until every condition holds."""

    variables: tuple[Variable, ...] = ()
    conditions: tuple[str, ...] = ()
    computed: tuple[Computed, ...] = ()

    def __bool__(self) -> bool:
        """Return whether anything is drawn."""
        return bool(self.variables)


NOTHING_DRAWN: Final = Drawing()
