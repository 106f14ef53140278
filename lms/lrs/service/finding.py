"""Filing statements under what they are found by, and under what the statements they refer to are found by."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from uuid import UUID

from flask import current_app

from lms.kernel import uow
from lms.kernel.among import rows_among
from lms.kernel.inserting import insert_all
from lms.lrs.models import LinkRow, TermRow
from lms.lrs.queries.statements import find_raw, list_referring
from lms.lrs.rules.accepting import terms_in
from lms.lrs.values import Accepted

DEEPEST: Final = 10
"""How far a chain of statements that refer to statements is followed."""
REMEMBERED: Final = 40_000
"""How many terms' numbers a process keeps in mind: 8 MB."""

Terms = frozenset[bytes]
Numbers = Mapping[bytes, int]


def number_lasting(statements: Iterable[Accepted], of_all: Terms, *, keeps: bool) -> Numbers:
    """Return the numbers of what new statements are found by, but for people; what is new gets one.

    Before one's turn: who adds the same term at once waits for the other's commit. A process keeps these numbers in
    mind once they are committed if it `keeps` them, for they never change; what stands for a person becomes a
    pseudonym's.
    """
    lasting = of_all.union(*(one.lasting for one in statements))
    remembered = _remembered()
    kept = remembered.get(of_all, {}) if keeps else {}
    found = {term: kept[term] for term in lasting if term in kept}
    told = _numbers(lasting - found.keys())
    if told and keeps:
        uow.after_commit(lambda: _remember(remembered, of_all, told))
    return found | told


def _remembered() -> dict[Terms, dict[bytes, int]]:
    """Return what this process keeps in mind of the application's database."""
    found: dict[Terms, dict[bytes, int]] = current_app.extensions.setdefault("lms.lrs.terms", {})
    return found


def _remember(remembered: dict[Terms, dict[bytes, int]], source: Terms, told: Numbers) -> None:
    if sum(map(len, list(remembered.values()))) > REMEMBERED:
        remembered.clear()
    remembered.setdefault(source, {}).update(told)


def _numbers(terms: Terms) -> dict[bytes, int]:
    found = _known(terms)
    missing = sorted(terms - found.keys())
    if missing:
        insert_all(TermRow, [{"digest": term} for term in missing], unless_there=True)
        found |= _known(missing)
    return found


def _known(terms: Iterable[bytes]) -> dict[bytes, int]:
    return dict(rows_among((TermRow.digest, TermRow.id), TermRow.digest, list(terms)))


def file_under(numbered: Sequence[tuple[int, Accepted]], of_all: Terms, lasting: Numbers) -> None:
    """Add the links of new statements, and of the earlier ones that have waited for them; `of_all` goes with each.

    In one's turn: whom it is about is looked up here, where nobody is being erased.
    """
    batch = {one.id: one for _seq, one in numbered}
    whole = {one.id: one.terms if one.target_id is None else _whole(one.id, batch) for _seq, one in numbered}
    waiting = _waiting(whole)
    every = of_all.union(*whole.values(), *waiting.values())
    numbers = {**lasting, **_numbers(every - lasting.keys())}
    new = [{"term_id": numbers[term], "seq": seq} for seq, one in numbered for term in whole[one.id] | of_all]
    insert_all(LinkRow, new)
    late = [{"term_id": numbers[term], "seq": seq} for seq, terms in waiting.items() for term in terms]
    insert_all(LinkRow, late, unless_there=True)


def _whole(statement_id: UUID, batch: Mapping[UUID, Accepted]) -> Terms:
    """Return a statement's own terms and those of what it refers to, and of what that refers to."""
    found: Terms = frozenset()
    seen: set[UUID] = set()
    at: UUID | None = statement_id
    while at is not None and at not in seen and len(seen) < DEEPEST:
        seen.add(at)
        if at in batch:
            found, at = found | batch[at].terms, batch[at].target_id
            continue
        kept = find_raw(at)
        if kept is None:
            break
        found, at = found | terms_in(kept[0]), kept[1]
    return found


def _waiting(whole: Mapping[UUID, Terms]) -> Mapping[int, Terms]:
    """Return what to add to the statements that refer to new ones, and to those that refer to them."""
    found: dict[int, Terms] = {}
    now: Mapping[UUID, Terms] = whole
    for _step in range(DEEPEST):
        above: dict[UUID, Terms] = {}
        for target_id, seq, statement_id in list_referring(now.keys()):
            found[seq] = found.get(seq, frozenset()) | now[target_id]
            if statement_id not in whole:
                above[statement_id] = now[target_id]
        if not above:
            break
        now = above
    return found
