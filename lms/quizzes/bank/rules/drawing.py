"""Which questions an attempt is asked: drawn by chance, each once, what must not stand together kept apart."""

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from lms.quizzes.values import QuestionId

Groups = Mapping[QuestionId, int]
"""The group of each question that must not stand in one paper with the others of its group."""
ALONE: Groups = {}


@dataclass(frozen=True, slots=True)
class Pool:
    """What one random draw may choose from."""

    count: int
    questions: Sequence[QuestionId]


def draw(
    fixed: Collection[QuestionId],
    pools: Sequence[Pool],
    seen: Collection[QuestionId],
    random: Random,
    groups: Groups = ALONE,
) -> Sequence[Sequence[QuestionId]] | None:
    """Return the questions drawn from each pool; None if they do not suffice.

    None comes twice, none is fixed, and none stands with another of its group, fixed ones counted. Whenever there is
    such a paper, one is found. Unseen questions come first.
    """
    drawn, unfilled = fill(fixed, pools, seen, random, groups)
    return None if unfilled else drawn


def fill(
    fixed: Collection[QuestionId],
    pools: Sequence[Pool],
    seen: Collection[QuestionId],
    random: Random,
    groups: Groups = ALONE,
) -> tuple[Sequence[Sequence[QuestionId]], Sequence[int]]:
    """Return what can be drawn from each pool, and the number of each pool that stays short of its count.

    Pools may overlap: a question taken for one is given to another wherever only so all can be filled (augmenting
    paths, Kuhn 1955). Of each group there is one to give away, whichever question of it is taken, so that groups need
    no search. Unseen ones are given away first; what has been given stays given, and seen ones fill what is left.
    """
    taken = {_seat_of(one, groups) for one in fixed}
    orders = []
    for pool in pools:
        order = [one for one in dict.fromkeys(pool.questions) if _seat_of(one, groups) not in taken]
        random.shuffle(order)
        orders.append(sorted(order, key=lambda one: one in seen))
    places = [number for number, pool in enumerate(pools) for _count in range(pool.count)]
    holders: dict[Hashable, int] = {}
    held: dict[int, QuestionId] = {}
    open_places = list(range(len(places)))
    for may_take in (lambda one: one not in seen, lambda _one: True):
        if not open_places:
            break
        seats = [_seats(order, groups, may_take) for order in orders]
        open_places = [place for place in open_places if not _seat(place, places, seats, holders, held)]
    drawn: list[list[QuestionId]] = [[] for _pool in pools]
    for place, question in sorted(held.items()):
        drawn[places[place]].append(question)
    return drawn, sorted({places[place] for place in open_places})


def _seat_of(question: QuestionId, groups: Groups) -> Hashable:
    """Return what there is one of: the question, or the group that it stands in."""
    return groups.get(question, question)


def _seats(
    order: Sequence[QuestionId], groups: Groups, may_take: Callable[[QuestionId], bool]
) -> Mapping[Hashable, QuestionId]:
    """Return what a pool may take, each with the question it takes it by: the first in its order."""
    found: dict[Hashable, QuestionId] = {}
    for one in order:
        if may_take(one):
            found.setdefault(_seat_of(one, groups), one)
    return found


def _seat(
    place: int,
    places: Sequence[int],
    seats: Sequence[Mapping[Hashable, QuestionId]],
    holders: dict[Hashable, int],
    held: dict[int, QuestionId],
) -> bool:
    """Fill a place, and move others for it where that is the only way; return whether it could be."""
    came_by: dict[Hashable, tuple[int, Hashable | None]] = {}
    waiting: list[tuple[int, Hashable | None]] = [(place, None)]
    looked_through: set[int] = set()
    for at, own in waiting:
        if places[at] in looked_through:
            continue  # Another place of the same draw asked for all that this one could.
        looked_through.add(places[at])
        for seat in seats[places[at]]:
            if seat in came_by:
                continue
            came_by[seat] = at, own
            if seat in holders:
                waiting.append((holders[seat], seat))
                continue
            given: Hashable | None = seat
            while given is not None:
                to, before = came_by[given]
                holders[given], held[to] = to, seats[places[to]][given]
                given = before
            return True
    return False
