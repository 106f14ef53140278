"""Certificates from before there were badges get theirs when the tables are brought to this version."""

import importlib.util
from datetime import UTC, datetime, timedelta

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import select, text

from lms.app.factory import migrations_folder
from lms.certificates import facade as certificates
from lms.certificates.badges.facade import check_badge, make_badge
from lms.certificates.badges.models import BadgeRow
from lms.certificates.badges.rules.credential import hashed
from lms.certificates.badges.values import Flaw
from lms.certificates.cycles.queries import ledger
from lms.certificates.documents.queries import read_proof
from lms.kernel import clock, privacy
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work

MAY = datetime(2026, 5, 4, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_may():
    with clock.frozen_at(MAY) as advance:
        yield advance


def migrate():
    path = migrations_folder() / "versions/0041_badges.py"
    spec = importlib.util.spec_from_file_location("badges_of_before", path)
    assert spec is not None
    assert spec.loader is not None
    revision = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(revision)
    with db.engine.begin() as connection:
        connection.execute(text("DROP TABLE certificate_badges"))
        with Operations.context(MigrationContext.configure(connection)):
            revision.upgrade()


def test_each_has_a_place_and_what_is_revoked_is_revoked_there(app, cast, scene, in_may):
    for person_id in (cast.amara, cast.dafydd, cast.ruth, cast.nils):
        scene.learn(person_id)
    with unit_of_work(read_only=True):
        held = {
            one: ledger.list_of_person(one)[-1] for one in (cast.amara, cast.dafydd, cast.ruth, cast.nils)
        }
    in_may(timedelta(days=1))
    with unit_of_work(), acting_as(SYSTEM):
        for one in (cast.dafydd, cast.ruth):
            certificates.revoke(certificate_id=held[one].id, reason="Mistake.", actor=SYSTEM, now=clock.now())
        privacy.erase(cast.nils)
    in_may(timedelta(days=1))
    with unit_of_work(), acting_as(SYSTEM):
        certificates.reinstate(
            certificate_id=held[cast.ruth].id, reason="None.", actor=SYSTEM, now=clock.now()
        )
    migrate()

    with unit_of_work(read_only=True):
        rows = {row.certificate_id: row for row in db.session.scalars(select(BadgeRow))}
        found = {one: rows[certificate.id] for one, certificate in held.items()}
        assert {(row.list_number, row.turn) for row in rows.values()} == {(0, 0), (0, 1)}
        assert [found[one].turn for one in held] == [0, 0, 1, 0]
        assert [found[one].since for one in (cast.amara, cast.ruth)] == [MAY, MAY + timedelta(days=2)]
        assert found[cast.amara].identity_hash == hashed("amara@example.com", found[cast.amara].salt)
        assert found[cast.nils].identity_hash == ""
        assert found[cast.dafydd].revoked_at == MAY + timedelta(days=1)
        judged = {
            one: check_badge(
                make_badge(read_proof(ledger.get_certificate(held[one].id))), now=clock.now()
            ).flaws
            for one in held
        }
        assert [judged[one] for one in held] == [(), (Flaw.REVOKED,), (), ()]
