"""Which account an address leads to."""

from sqlalchemy import select

from lms.identity.models import AccountMerge, PersonRow
from lms.identity.values import PersonState
from lms.kernel.db import db


def find_account(email: str) -> PersonRow | None:
    """Return the account that an address leads to: of one that was joined to another, that other."""
    person = db.session.scalars(select(PersonRow).where(PersonRow.email == email.strip().lower())).first()
    if person is None or person.state is not PersonState.MERGED:
        return person
    merge = db.session.get_one(AccountMerge, person.id)
    return db.session.get(PersonRow, merge.leads_to_id)
