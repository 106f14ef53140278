"""The places of badges in public lists: drawn by chance, so that they tell neither when nor to how many was issued."""

import secrets
from datetime import datetime
from typing import Final

from sqlalchemy import select, update

from lms.certificates.badges import queries
from lms.certificates.badges.models import BadgeRow
from lms.certificates.badges.rules.credential import hashed
from lms.certificates.documents.queries import certificates_of
from lms.certificates.values import CertificateId
from lms.identity import facade as identity
from lms.identity.values import PersonId
from lms.kernel.credentials.bitstrings import BITS
from lms.kernel.db import db
from lms.kernel.inserting import insert_all

DRAWN: Final = 16
"""So many places are drawn at once. A list in which all of them are taken is full enough: about three in five."""
SALT_BYTES: Final = 16
_chance: Final = secrets.SystemRandom()


def draw_place(*, certificate_id: CertificateId, person_id: PersonId, now: datetime) -> None:
    """Give a certificate the place of its badge, or of its next one after it was revoked; twice is once.

    What the badge says of who holds it is settled here: the salted hash of their address of today.
    """
    before = queries.find_place(certificate_id)
    if before is not None and before.revoked_at is None:
        return
    turn = before.turn + 1 if before else 0
    address, salt = identity.get_person(person_id).email, secrets.token_urlsafe(SALT_BYTES)
    number = queries.find_last_list() or 0
    while (found := queries.find_place(certificate_id)) is None or found.turn < turn:
        place = _find_free(number)
        if place is None:
            number += 1
            continue
        row = {
            "certificate_id": certificate_id,
            "turn": turn,
            "list_number": number,
            "place": place,
            "since": now,
            "salt": salt,
            "identity_hash": hashed(address, salt) if address else "",
            "revoked_at": None,
        }
        # Another may take the same place in this very moment: whoever comes second draws again.
        insert_all(BadgeRow, [row], unless_there=True)


def revoke_badge(*, certificate_id: CertificateId, now: datetime) -> None:
    """Set the bit of a certificate's badge, for good: the standard knows no way back (§2.1, `revocation`)."""
    db.session.execute(
        update(BadgeRow)
        .where(BadgeRow.certificate_id == certificate_id, BadgeRow.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def forget_holder(person_id: PersonId) -> None:
    """Drop what badges keep of an erased person's address; the places stay, and what is said of them."""
    theirs = certificates_of(person_id)
    db.session.execute(update(BadgeRow).where(BadgeRow.certificate_id.in_(theirs)).values(identity_hash=""))


def _find_free(list_number: int) -> int | None:
    drawn = [_chance.randrange(BITS) for _turn in range(DRAWN)]
    taken = set(
        db.session.scalars(
            select(BadgeRow.place).where(BadgeRow.list_number == list_number, BadgeRow.place.in_(drawn))
        )
    )
    return next((place for place in drawn if place not in taken), None)
