"""badges of certificates

Each certificate gets a bit in a public list, drawn by chance, and with it the salted hash of its holder's address.
What was issued before gets its own here, batch by batch; what is revoked today is revoked there too, and whoever was
reinstated is on a later turn. Lists are filled to three fifths, as they are by what is issued from now on.

Revision ID: 0041
Revises: 0040
Create Date: 2026-11-27 23:10:00
"""

import hashlib
import random
import secrets
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

TABLE = "certificate_badges"
BITS = 1 << 17
FILLED = BITS * 3 // 5
BATCH = 5000

# Instants are copied as they lie in the table, whatever the database writes them as.
OLD = sa.text(
    "SELECT c.id AS certificate_id, c.issued_at, p.email, p.state, "
    "(SELECT count(*) FROM certificate_marks m WHERE m.certificate_id = c.id AND m.kind = 'revoked') AS revoked, "
    "(SELECT count(*) FROM certificate_marks m WHERE m.certificate_id = c.id AND m.kind = 'reinstated') AS turn, "
    "(SELECT max(m.at) FROM certificate_marks m WHERE m.certificate_id = c.id AND m.kind = 'revoked') AS revoked_at, "
    "(SELECT max(m.at) FROM certificate_marks m WHERE m.certificate_id = c.id AND m.kind = 'reinstated') AS again_at "
    "FROM certificates c JOIN people p ON p.id = c.person_id "
    "WHERE c.id > :after ORDER BY c.id LIMIT :batch"
)
NEW = sa.text(
    "INSERT INTO certificate_badges "
    "(certificate_id, turn, list_number, place, since, salt, identity_hash, revoked_at) VALUES "
    "(:certificate_id, :turn, :list_number, :place, :since, :salt, :identity_hash, :revoked_at)"
)


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("turn", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("list_number", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("identity_hash", sa.Text(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificates.id"], name=op.f(f"fk_{TABLE}_certificate_id")
        ),
        sa.PrimaryKeyConstraint("certificate_id", "turn", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("list_number", "place", name=op.f(f"uq_{TABLE}_list_number_place")),
    )
    op.create_index(
        f"ix_{TABLE}_revoked",
        TABLE,
        ["list_number", "place"],
        unique=False,
        sqlite_where=sa.text("revoked_at IS NOT NULL"),
        postgresql_where=sa.text("revoked_at IS NOT NULL"),
    )
    _place_those_before()


def _place_those_before() -> None:
    bind = op.get_bind()
    is_sqlite = bind.dialect.name == "sqlite"
    places = _places()
    after: Any = "" if is_sqlite else "00000000-0000-0000-0000-000000000000"
    while found := bind.execute(OLD, {"after": after, "batch": BATCH}).mappings().all():
        after = found[-1]["certificate_id"]
        bind.execute(
            NEW, [_row(one, place) for one, place in zip(found, islice(places, len(found)), strict=True)]
        )


def _row(one: Mapping[str, Any], place: tuple[int, int]) -> Mapping[str, Any]:
    salt = secrets.token_urlsafe(16)
    address = "" if one["state"] == "erased" else one["email"] or ""
    hashed = hashlib.sha256((address + salt).encode()).hexdigest()
    return {
        "certificate_id": one["certificate_id"],
        "turn": one["turn"],
        "list_number": place[0],
        "place": place[1],
        "since": one["again_at"] or one["issued_at"],
        "salt": salt,
        "identity_hash": f"sha256${hashed}" if address else "",
        "revoked_at": one["revoked_at"] if one["revoked"] > one["turn"] else None,
    }


def _places() -> Iterator[tuple[int, int]]:
    """Yield places in no order, list after list."""
    chance, number = random.SystemRandom(), 0
    while True:
        for place in chance.sample(range(BITS), FILLED):
            yield number, place
        number += 1


def downgrade() -> None:
    op.drop_table(TABLE)
