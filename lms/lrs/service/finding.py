"""Filing statements under what they are found by, and under what the statements they refer to are found by."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Final
from uuid import UUID

from flask import current_app

from lms.kernel import uow
from lms.kernel.among import rows_among
from lms.kernel.driving import Line
from lms.kernel.inserting import insert_all, insert_columns
from lms.lrs.models import LinkRow, TermRow
from lms.lrs.queries.statements import find_raw, list_referring
from lms.lrs.rules.accepting import terms_in
from lms.lrs.rules.terms import source
from lms.lrs.values import Accepted, Credential, CredentialId

DEEPEST: Final = 10
"""How far a chain of statements that refer to statements is followed."""
REMEMBERED: Final = 40_000
"""How many terms' numbers a process keeps in mind: 8 MB."""

Terms = frozenset[bytes]
Numbers = Mapping[bytes, int]


Brought = Sequence[tuple[Credential, Sequence[Accepted]]]
Filings = Sequence[tuple[int, Accepted, Credential]]
"""New statements, each with its number and whose it is."""


def number_lasting(brought: Brought, on: Line) -> Numbers:
    """Return the numbers of what new statements are found by, but for people; what is new gets one.

    Before one's turn: who adds the same term at once waits for the other's commit. A process keeps these numbers in
    mind for each source once they are committed, for they never change; what stands for a person becomes a
    pseudonym's. Of the portal's own sources it keeps none: they have one id in every database.
    """
    remembered = _remembered()
    found: dict[bytes, int] = {}
    unknown: list[tuple[Credential, Terms]] = []
    for credential, statements in brought:
        lasting = frozenset({source(credential.id)}).union(*(one.lasting for one in statements))
        kept = {} if credential.is_everywhere else remembered.get(credential.id, {})
        found |= {term: kept[term] for term in lasting if term in kept}
        unknown.append((credential, lasting.difference(found)))
    told = _numbers(frozenset().union(*(terms for _credential, terms in unknown)), on)
    for credential, terms in unknown:
        if terms and not credential.is_everywhere:
            learnt = {term: told[term] for term in terms}
            uow.after_commit(partial(_remember, remembered, credential.id, learnt))
    return found | told


_Remembered = dict[CredentialId, dict[bytes, int]]


def _remembered() -> _Remembered:
    """Return what this process keeps in mind of the application's database."""
    found: _Remembered = current_app.extensions.setdefault("lms.lrs.terms", {})
    return found


def _remember(remembered: _Remembered, credential_id: CredentialId, told: Numbers) -> None:
    if sum(map(len, list(remembered.values()))) > REMEMBERED:
        remembered.clear()
    remembered.setdefault(credential_id, {}).update(told)


def _numbers(terms: Terms, on: Line) -> dict[bytes, int]:
    found = _known(terms, on)
    missing = sorted(terms - found.keys())
    if missing:
        insert_all(TermRow, [{"digest": term} for term in missing], unless_there=True, on=on)
        found |= _known(missing, on)
    return found


def _known(terms: Iterable[bytes], on: Line) -> dict[bytes, int]:
    return dict(rows_among((TermRow.digest, TermRow.id), TermRow.digest, list(terms), on=on))


def file_under(filings: Filings, lasting: Numbers, on: Line) -> None:
    """Add the links of new statements, and of the earlier ones that have waited for them.

    In one's turn: whom it is about is looked up here, where nobody is being erased.
    """
    batch = _Batch(filings)
    whole = [batch.terms_of(one) for _seq, one, _credential in filings]
    waiting = _waiting(batch, on)
    every = frozenset().union(*whole, *waiting.values())
    numbers = {**lasting, **_numbers(every.difference(lasting), on)}
    sources = {key: numbers[source(credential_id)] for key, credential_id in batch.sources.items()}
    term_ids: list[int] = []
    seqs: list[int] = []
    for (seq, _one, credential), terms in zip(filings, whole, strict=True):
        term_ids += [numbers[term] for term in terms]
        term_ids.append(sources[credential.key])
        seqs += [seq] * (len(terms) + 1)
    insert_columns(LinkRow, {"term_id": term_ids, "seq": seqs}, on=on)
    late = [{"term_id": numbers[term], "seq": seq} for seq, terms in waiting.items() for term in terms]
    insert_all(LinkRow, late, unless_there=True, on=on)


class _Batch:
    """The statements that are being filed."""

    def __init__(self, filings: Filings) -> None:
        self.ids = [one.id for _seq, one, _credential in filings]
        self.sources = {credential.key: credential.id for _seq, _one, credential in filings}
        self._statements = [one for _seq, one, _credential in filings]
        self._by_id: dict[UUID, Accepted] | None = None

    def find(self, statement_id: UUID) -> Accepted | None:
        """Return one of them; most batches are never asked."""
        if self._by_id is None:
            self._by_id = {one.id: one for one in self._statements}
        return self._by_id.get(statement_id)

    def terms_of(self, one: Accepted) -> Terms:
        """Return a statement's own terms and those of what it refers to, and of what that refers to."""
        return one.terms if one.target_id is None else _whole(one.id, self)


def _whole(statement_id: UUID, batch: _Batch) -> Terms:
    found: Terms = frozenset()
    seen: set[UUID] = set()
    at: UUID | None = statement_id
    while at is not None and at not in seen and len(seen) < DEEPEST:
        seen.add(at)
        new = batch.find(at)
        if new is not None:
            found, at = found | new.terms, new.target_id
            continue
        kept = find_raw(at)
        if kept is None:
            break
        found, at = found | terms_in(kept[0]), kept[1]
    return found


def _waiting(batch: _Batch, on: Line) -> Mapping[int, Terms]:
    """Return what to add to the statements that refer to new ones, and to those that refer to them."""
    found: dict[int, Terms] = {}
    rows = list_referring(batch.ids, on)
    now = {
        one.id: batch.terms_of(one)
        for target_id, *_rest in rows
        if (one := batch.find(target_id)) is not None
    }
    for _step in range(DEEPEST):
        above: dict[UUID, Terms] = {}
        for target_id, seq, statement_id in rows:
            found[seq] = found.get(seq, frozenset()) | now[target_id]
            if batch.find(statement_id) is None:
                above[statement_id] = now[target_id]
        if not above:
            break
        now, rows = above, list_referring(above.keys(), on)
    return found
