"""The name on a certificate is its holder's: nobody lends theirs to whoever asks."""

from datetime import UTC, datetime

import pytest

from lms.certificates.cycles.queries import ledger
from lms.identity.values.imports import ImportField, RowFate
from lms.kernel import clock
from lms.kernel.uow import unit_of_work
from tests.identity.importing import HEADER, admin_of, fates, look, partner_admin_of, reasons

MAY = datetime(2026, 5, 4, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_may(app):
    with clock.frozen_at(MAY) as advance:
        yield advance


def account(name):
    return {"name": name, "locale": "en", "time_zone": "UTC"}


def named_on_paper(cast, visit):
    with unit_of_work(read_only=True):
        code = ledger.list_of_person(cast.amara)[-1].code
    return visit(cast.amara).get(f"/verify/{code}.json").json["holder"]


def test_a_name_is_ones_own_to_change_until_it_stands_on_a_certificate(app, cast, scene, visit):
    amara = visit(cast.amara)
    assert amara.post("/account", account("Amara O. Osei")).status_code == 303
    scene.learn(cast.amara)
    assert named_on_paper(cast, visit) == "Amara O. Osei"
    refused = amara.post("/account", account("Somebody Else"))
    assert refused.status_code == 422
    assert "Your name stands on a certificate. An administrator can change it." in refused.text
    assert named_on_paper(cast, visit) == "Amara O. Osei"
    shown = amara.get("/account").text
    assert '<b dir="auto">Amara O. Osei</b>' in shown
    assert 'type="hidden" name="name"' in shown, "what cannot be changed looks like nothing that can"
    assert "Your name stands on a certificate. An administrator can change it." in shown
    german = amara.post("/account", account("Amara O. Osei") | {"locale": "de"})
    assert german.status_code == 303, "language and time zone remain one's own"


def test_an_administrator_changes_it_and_the_paper_follows_but_no_partner_does(app, cast, scene, visit):
    scene.learn(cast.amara)
    address = f"/admin/people/{cast.amara}/name"
    assert visit(cast.ruth).post(address, {"name": "Somebody Else"}).status_code == 403
    ada = visit(cast.ada)
    assert ada.post(address, {"name": "  "}).status_code == 422
    assert ada.post(address, {"name": "Amara Osei-Bonsu"}).status_code == 303
    assert named_on_paper(cast, visit) == "Amara Osei-Bonsu"
    assert "Amara Osei-Bonsu" in ada.get("/search?q=bonsu").text


def test_a_table_brought_by_a_partner_does_not_rename_who_is_certified(app, cast, scene):
    scene.learn(cast.amara)
    table = HEADER + ";amara@example.com;Somebody Else;;\n;dafydd@example.com;Dafydd ap Rhys;;\n"
    import_id = look(table, partner_admin_of(cast.ruth, cast.brixham))
    assert fates(import_id) == [RowFate.REFUSED, RowFate.CHANGED]
    assert reasons(import_id, 2) == [
        (ImportField.NAME, "This name stands on a certificate. An administrator can change it.")
    ]
    assert fates(look(table, admin_of(cast))) == [RowFate.CHANGED, RowFate.CHANGED]
