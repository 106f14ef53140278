"""What an exam covers: by objective and difficulty, how many questions it asks at least and at most, of how many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from lms.quizzes.values import Difficulty, Draw

Cell = tuple[str, Difficulty | None]
"""An objective, empty for none, and a difficulty."""


@dataclass(frozen=True, slots=True)
class Covered:
    """How many questions of a cell every paper asks, how many a paper may ask, and how many the banks have.

    `most` is what each draw by itself may take: where draws overlap or questions are kept apart, it may be fewer.
    """

    least: int = 0
    most: int = 0
    bank: int = 0

    @property
    def is_gap(self) -> bool:
        """Return whether a paper may ask nothing of it."""
        return self.least == 0

    @property
    def is_never_asked(self) -> bool:
        """Return whether no paper asks anything of it."""
        return self.most == 0


def coverage(
    draws: Sequence[Draw],
    choices: Sequence[Mapping[Cell, int]],
    stock: Mapping[Cell, int],
) -> Mapping[Cell, Covered]:
    """Return what an exam covers, by cell: objectives by name and none last, difficulties from easy on.

    `choices` is what each draw may choose from (a fixed question: itself), `stock` what its banks have in use.
    """
    found = {cell: Covered(bank=count) for cell, count in stock.items()}
    for draw, supply in zip(draws, choices, strict=True):
        total = sum(supply.values())
        for cell, count in supply.items():
            was = found.get(cell, Covered())
            # What the other cells of the draw cannot give, this one has to.
            least = max(0, min(draw.count, total) - (total - count))
            found[cell] = replace(was, least=was.least + least, most=was.most + min(draw.count, count))
    hardness = [*Difficulty, None]
    return dict(sorted(found.items(), key=lambda one: (not one[0][0], one[0][0], hardness.index(one[0][1]))))
