"""Filing statements under what they are found by, and under what the statements they refer to are found by."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final
from uuid import UUID

from flask import current_app

from lms.kernel import uow
from lms.kernel.among import ask_among
from lms.kernel.driving import Answer, Line
from lms.kernel.inserting import insert_all, insert_columns
from lms.lrs.models import LinkRow, RecentLinkRow, TermRow
from lms.lrs.queries.links import first_recent
from lms.lrs.queries.statements import ask_referring, find_raw, list_referring
from lms.lrs.rules.accepting import terms_in
from lms.lrs.rules.terms import source
from lms.lrs.values import Accepted, Credential, CredentialId

DEEPEST: Final = 10
"""How far a chain of statements that refer to statements is followed."""
REMEMBERED: Final = 40_000
"""How many terms' numbers a process keeps in mind: 8 MB."""
MOST_RECENT: Final = 8_000
"""How many statements' links wait to be filed. Who asks reads them all, and who files them keeps others waiting."""
_FILE: Final = """
    INSERT OR IGNORE INTO xapi_links (term_id, seq)
    SELECT term_id, seq FROM xapi_recent_links ORDER BY term_id, seq
"""
_FORGET: Final = "DELETE FROM xapi_recent_links"

Terms = frozenset[bytes]
Numbers = Mapping[bytes, int]


Brought = Sequence[tuple[Credential, Sequence[Accepted]]]
Filings = Sequence[tuple[Accepted, Credential]]
"""New statements, each with whose it is."""


class Lasting:
    """What new statements are found by, but for people; asked for when it is made.

    A process keeps these numbers in mind for each source once they are committed, for they never change; what stands
    for a person becomes a pseudonym's. Of the portal's own sources it keeps none: they have one id in every database.
    """

    def __init__(self, brought: Brought, on: Line) -> None:
        self._on = on
        self._remembered = _remembered()
        self._found: dict[bytes, int] = {}
        self._unknown: list[tuple[Credential, Terms]] = []
        for credential, statements in brought:
            lasting = frozenset({source(credential.id)}).union(*(one.lasting for one in statements))
            kept = {} if credential.is_everywhere else self._remembered.get(credential.id, {})
            self._found |= {term: kept[term] for term in lasting if term in kept}
            self._unknown.append((credential, lasting.difference(self._found)))
        self._known = _ask_known(frozenset().union(*(terms for _credential, terms in self._unknown)), on)

    def numbers(self) -> Numbers:
        """Return their numbers; what is new gets one.

        Before one's turn: who adds the same term at once waits for the other's commit.
        """
        wanted = frozenset().union(*(terms for _credential, terms in self._unknown))
        told = _numbered(wanted, dict(self._known()), self._on)
        for credential, terms in self._unknown:
            if terms and not credential.is_everywhere:
                learnt = {term: told[term] for term in terms}
                uow.after_commit(partial(_remember, self._remembered, credential.id, learnt))
        return self._found | told


_Remembered = dict[CredentialId, dict[bytes, int]]


def _remembered() -> _Remembered:
    """Return what this process keeps in mind of the application's database."""
    found: _Remembered = current_app.extensions.setdefault("lms.lrs.terms", {})
    return found


def _remember(remembered: _Remembered, credential_id: CredentialId, told: Numbers) -> None:
    if sum(map(len, list(remembered.values()))) > REMEMBERED:
        remembered.clear()
    remembered.setdefault(credential_id, {}).update(told)


def _numbered(terms: Terms, known: dict[bytes, int], on: Line) -> dict[bytes, int]:
    """Return the numbers of terms of which some are known; the others get one."""
    missing = sorted(terms - known.keys())
    if not missing:
        return known
    with on.at_once():
        insert_all(TermRow, [{"digest": term} for term in missing], unless_there=True, on=on)
        added = _ask_known(missing, on)
    return known | dict(added())


def _ask_known(terms: Iterable[bytes], on: Line) -> Answer:
    return ask_among((TermRow.digest, TermRow.id), TermRow.digest, list(terms), on=on)


class Filing:
    """Files new statements, and the earlier ones that have waited for them; asks what it needs when it is made.

    All in one's turn: whom it is about is looked up here, where nobody is being erased.
    """

    def __init__(self, filings: Filings, lasting: Numbers, on: Line) -> None:
        self._filings, self._on = filings, on
        self._batch = _Batch(filings)
        self._numbers = dict(lasting)
        own = frozenset().union(*(one.terms for one, _credential in filings))
        self._known = _ask_known(own.difference(lasting), on)
        self._referring = ask_referring(self._batch.ids, on)
        self._whole: Sequence[Terms] = ()
        self._waiting: Mapping[int, Terms] = {}

    def look_up(self) -> None:
        """Find what all of them are found by; what is new gets its number."""
        self._whole = [self._batch.terms_of(one) for one, _credential in self._filings]
        self._waiting = _waiting(self._batch, self._referring(), self._on)
        every = frozenset().union(*self._whole, *self._waiting.values())
        self._numbers |= _numbered(every.difference(self._numbers), dict(self._known()), self._on)

    def add(self, seqs: Sequence[int]) -> None:
        """Add the links, the new statements having these numbers."""
        on, numbers = self._on, self._numbers
        sources = {key: numbers[source(credential_id)] for key, credential_id in self._batch.sources.items()}
        term_ids: list[int] = []
        linked: list[int] = []
        for seq, (_one, credential), terms in zip(seqs, self._filings, self._whole, strict=True):
            term_ids += [numbers[term] for term in terms]
            term_ids.append(sources[credential.key])
            linked += [seq] * (len(terms) + 1)
        # SQLite writes each page that changes whole, and each of these links lies on another: many are filed at once.
        links = LinkRow if on.is_postgresql else RecentLinkRow
        insert_columns(links, {"term_id": term_ids, "seq": linked}, on=on)
        late = [
            {"term_id": numbers[term], "seq": seq} for seq, terms in self._waiting.items() for term in terms
        ]
        insert_all(LinkRow, late, unless_there=True, on=on)
        if not on.is_postgresql:
            _file_recent(on, through=seqs[-1])


def _file_recent(on: Line, *, through: int) -> None:
    """File the links that wait once they are those of many statements: most of them then share a page with others."""
    first = first_recent(on)
    if first is not None and through - first >= MOST_RECENT:
        on.run(_FILE)
        on.run(_FORGET)


class _Batch:
    """The statements that are being filed."""

    def __init__(self, filings: Filings) -> None:
        self.ids = [one.id for one, _credential in filings]
        self.sources = {credential.key: credential.id for _one, credential in filings}
        self._statements = [one for one, _credential in filings]
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


def _waiting(batch: _Batch, rows: Sequence[Any], on: Line) -> Mapping[int, Terms]:
    """Return what to add to the statements that refer to new ones, the `rows`, and to those that refer to them."""
    found: dict[int, Terms] = {}
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
