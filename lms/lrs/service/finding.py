"""Filing statements under what they are found by, and under what the statements they refer to are found by."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import select

from lms.kernel.db import db
from lms.lrs.models import LinkRow, TermRow
from lms.lrs.queries.statements import find_raw, in_parts, list_referring
from lms.lrs.rules.accepting import terms_in
from lms.lrs.service.knowing import add_missing
from lms.lrs.values import Accepted

DEEPEST: Final = 10
"""How far a chain of statements that refer to statements is followed."""

Terms = frozenset[bytes]


def file_under(numbered: Sequence[tuple[int, Accepted]], of_all: Terms) -> None:
    """Add the links of new statements, and of the earlier ones that have waited for them; `of_all` goes with each."""
    batch = {one.id: one for _seq, one in numbered}
    whole = {one.id: _whole(one.id, batch) for _seq, one in numbered}
    wanted = {seq: whole[one.id] | of_all for seq, one in numbered}
    for seq, terms in _waiting(whole).items():
        wanted[seq] = wanted.get(seq, frozenset()) | terms
    ids = _term_ids({term for found in wanted.values() for term in found})
    rows = sorted({(ids[term], seq) for seq, found in wanted.items() for term in found})
    add_missing(LinkRow, [{"term_id": term_id, "seq": seq} for term_id, seq in rows])


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


def _term_ids(digests: set[bytes]) -> Mapping[bytes, int]:
    found = _known(sorted(digests))
    missing = sorted(digests - found.keys())
    if missing:
        add_missing(TermRow, [{"digest": digest} for digest in missing])
        found |= _known(missing)
    return found


def _known(digests: Sequence[bytes]) -> dict[bytes, int]:
    found: dict[bytes, int] = {}
    for part in in_parts(digests):
        rows = db.session.execute(select(TermRow.digest, TermRow.id).where(TermRow.digest.in_(part)))
        found |= {row.digest: row.id for row in rows}
    return found
