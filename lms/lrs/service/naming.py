"""Learning what verbs and activities are called: from what is stored, some at a time, and never while it is stored."""

import msgspec

from lms.kernel.db import db
from lms.kernel.inserting import insert_all
from lms.lrs.models import NameRow, NamesThroughRow
from lms.lrs.queries.names import hold_through
from lms.lrs.queries.statements import MOST, list_statements
from lms.lrs.rules.naming import names_in
from lms.lrs.values import Wanted


def learn_some() -> bool:
    """Learn the names in the next statements; return whether there may be more."""
    through = hold_through()
    if through is None:
        through = NamesThroughRow(id=1, seq=0)
        db.session.add(through)
        db.session.flush()
    found = list_statements(Wanted(ascending=True, cursor=through.seq, limit=MOST))
    names = {
        name.digest: name for kept in found.statements for name in names_in(msgspec.json.decode(kept.raw))
    }
    insert_all(
        NameRow,
        [
            {"digest": digest, "kind": one.kind, "compared": one.compared, "iri": one.iri, "name": one.name}
            for digest, one in sorted(names.items())
        ],
        unless_there=True,
    )
    if found.statements:
        through.seq = found.statements[-1].seq
    db.session.flush()
    return found.more is not None
