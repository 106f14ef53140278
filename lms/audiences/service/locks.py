"""Who waits for whom while memberships are worked out.

Two transactions that change two facts of one person would each work out their audiences without the other's fact, and
the later to commit would leave what neither fact says. So facts are read under a lock that is held until the commit:
of the two, the second reads both. SQLite has one writer at a time, who holds it already.
"""

from collections.abc import Collection

from sqlalchemy import bindparam, func, select
from sqlalchemy.types import BigInteger

from lms.identity.values import PersonId
from lms.kernel.db import db

_EVERYTHING = 7_265_041
"""The key of the lock of all memberships; any number that nobody else uses."""
FEW = 50
"""For how many people each has a lock of their own; more of them hold everything."""


def hold_people(people: Collection[PersonId]) -> None:
    """Hold the memberships of a few people, in one order everywhere, or of everybody if they are many."""
    if len(people) > FEW:
        hold_everything()
        return
    if _needs_locks():
        db.session.execute(select(func.pg_advisory_xact_lock_shared(_EVERYTHING)))
        for key in sorted(_key_of(one) for one in people):
            db.session.execute(select(func.pg_advisory_xact_lock(bindparam("key", key, BigInteger))))


def hold_everything() -> None:
    """Hold every membership and every rule."""
    if _needs_locks():
        db.session.execute(select(func.pg_advisory_xact_lock(_EVERYTHING)))


def _needs_locks() -> bool:
    return db.engine.dialect.name == "postgresql"


def _key_of(person_id: PersonId) -> int:
    """Return 63 bits of an id, from its random end; two people of one key wait for each other, and that is all."""
    return person_id.int & ((1 << 63) - 1)
