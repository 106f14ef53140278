"""Letting an audience's people follow a rule that was saved: at once if they are few, else piece by piece in a job.

Every piece commits by itself and the row says how far it came, so a job that is killed goes on where it was. Changes of
people meanwhile are worked out by the new rule already.
"""

from collections.abc import Sequence

from sqlalchemy import select

from lms.audiences.models import AudienceRow
from lms.audiences.queries import audiences as queries
from lms.audiences.queries import matching
from lms.audiences.rules.nesting import in_order, resting_on
from lms.audiences.service import locks, membership
from lms.audiences.values import AudienceId, Rule
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel import jobs, uow
from lms.kernel.db import db

JOB = "audiences.fill"
PIECE = 10_000
"""How many people are looked at in one transaction."""
AT_ONCE = 2_000
"""With how many people, in it or to be in it, an audience is filled in the request that saves it."""


def start(audience_id: AudienceId) -> None:
    """Let an audience, and those that rest on it, follow their rules again; everything is held by the caller."""
    rules = queries.load_rules()
    everybody = matching.count(identity.everybody())
    touched: Sequence[AudienceId] = (audience_id, *resting_on(audience_id, rules))
    rows = {row.id: row for row in db.session.scalars(select(AudienceRow).where(AudienceRow.id.in_(touched)))}
    at_once = True
    for one in touched:
        row = rows[one]
        row.filled_to, row.filled, row.to_fill = None, 0, everybody
        at_once = at_once and _concerned(one, rules[one]) <= AT_ONCE
        if at_once:
            _fill(row, rules[one], up_to=None, looked_at=everybody)
    db.session.flush()
    if not at_once:
        uow.after_commit(jobs.courier(JOB))


def _concerned(audience_id: AudienceId, rule: Rule) -> int:
    return matching.count(matching.meant(rule)) + matching.count(queries.people_in(audience_id))


def fill_next(*, size: int = PIECE) -> bool:
    """Fill the next piece of an audience that does not follow its rule yet; return whether there was one."""
    locks.hold_everything()
    waiting = {
        row.id: row for row in db.session.scalars(select(AudienceRow).where(AudienceRow.to_fill.is_not(None)))
    }
    if not waiting:
        return False
    rules = queries.load_rules()
    # Those that others name come first: the others are made of who is in them.
    row = next(waiting[one] for one in in_order(rules) if one in waiting)
    _fill(row, rules[row.id], up_to=matching.end_of_piece(row.filled_to, size), looked_at=size)
    db.session.flush()
    return True


def _fill(row: AudienceRow, rule: Rule, *, up_to: PersonId | None, looked_at: int) -> None:
    wanted = matching.people_between(matching.meant(rule), row.filled_to, up_to)
    have = matching.people_between(queries.people_in(row.id), row.filled_to, up_to)
    membership.write(
        joined=[(person, row.id) for person in wanted - have],
        left=[(person, row.id) for person in have - wanted],
    )
    row.filled_to, row.filled = up_to, row.filled + looked_at
    if up_to is None:
        row.filled, row.to_fill = 0, None
