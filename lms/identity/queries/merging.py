"""What is read before two accounts are joined, and of those that were."""

from collections.abc import Collection, Sequence

from sqlalchemy import or_, select

from lms.identity.models import AccountMerge, PersonRow
from lms.identity.queries.organisations import AT_ONCE
from lms.identity.queries.people import people, person_of
from lms.identity.values import GONE, Person, PersonId
from lms.identity.values.merging import FormerAccount
from lms.kernel.db import db

FOUND_AT_MOST = 20


def find_accounts(words: str, besides: PersonId) -> Sequence[Person]:
    """Return the accounts whose name, address or external id has these words, without one; a few, by name."""
    wanted = words.strip()
    if not wanted:
        return ()
    rows = db.session.execute(
        people()
        .where(
            PersonRow.id != besides,
            PersonRow.state.not_in(GONE),
            or_(
                PersonRow.name.icontains(wanted, autoescape=True),
                PersonRow.email.contains(wanted.lower(), autoescape=True),
                PersonRow.external_id == wanted,
            ),
        )
        .order_by(PersonRow.name, PersonRow.id)
        .limit(FOUND_AT_MOST)
    )
    return [person_of(row) for row in rows]


def list_former(person_id: PersonId) -> Sequence[FormerAccount]:
    """Return the accounts that were joined to an account, the latest first."""
    rows = db.session.execute(
        select(PersonRow, AccountMerge)
        .join(AccountMerge, AccountMerge.merged_id == PersonRow.id)
        .where(AccountMerge.leads_to_id == person_id)
        .order_by(AccountMerge.at.desc(), PersonRow.id)
        .limit(AT_ONCE)
    )
    return [FormerAccount(row.id, row.name, row.email, merge.at, merge.reason) for row, merge in rows]


def find_kept_account(person_id: PersonId) -> Person | None:
    """Return the account that an account was joined to, None if it was not."""
    kept = select(AccountMerge.leads_to_id).where(AccountMerge.merged_id == person_id)
    row = db.session.execute(people().where(PersonRow.id.in_(kept))).first()
    return person_of(row) if row else None


def former_ids(person_id: PersonId) -> Collection[PersonId]:
    """Return an account and those that were joined to it."""
    found = db.session.scalars(
        select(AccountMerge.merged_id).where(AccountMerge.leads_to_id == person_id).limit(AT_ONCE)
    )
    return [person_id, *found]
