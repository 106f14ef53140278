"""The pages of importing people: what is shown at each step, to whom, and how little a second click does."""

import csv
import io
import re

import pytest
from sqlalchemy import func, select

from lms.identity import jobs
from lms.identity.models import PeopleImportRow, PersonRow
from lms.identity.values.imports import ImportState
from lms.kernel.db import db, new_id
from lms.kernel.uow import unit_of_work
from tests.identity.importing import HEADER, look, partner_admin_of, sheet_of, state_of, workbook
from tests.support.portal import counted_queries

TABLE = HEADER + (
    "1;ines@example.org;Ines Vale;Northway Controls;Sales rep\n"
    ";amara@example.com;Amara Brandt;;\n"
    "3;no address;Omar;Northway Controls;\n"
)


def dropped(visitor, content, name="people.csv", key=None):
    raw = content.encode() if isinstance(content, str) else content
    return visitor.post(
        "/team/people/imports/new", {"key": key or str(new_id()), "file": (io.BytesIO(raw), name)}
    )


def worked():
    db.session.remove()
    jobs.work_on_imports()
    db.session.remove()


def count(model):
    with unit_of_work(read_only=True):
        return db.session.scalar(select(func.count()).select_from(model))


def columns(*meant):
    return {"column": list(meant), "organisation": ""}


FIVE = ("external_id", "email", "name", "organisation", "position")


def test_a_table_goes_from_its_columns_over_the_dry_run_into_the_portal(app, cast, visit):
    ada = visit(cast.ada)
    assert "Import people" in ada.get("/team/people/imports").text
    at = dropped(ada, TABLE).location
    page = ada.get(at).text
    assert "Name the columns" in page
    assert "ines@example.org · amara@example.com · no address" in page
    assert re.findall(r'<option value="(\w+)" selected', page) == list(FIVE)
    assert ada.post(f"{at}/columns", columns(*FIVE)).status_code == 303
    assert 'data-progress="checking"' in ada.get(at).text
    worked()
    page = ada.get(at).text
    assert "1 row is refused and will not be stored" in page
    assert "<del>Amara Osei</del> → <ins>Amara Brandt</ins>" in page
    assert "This is no e-mail address: no address" in page
    only = ada.get(f"{at}?fate=refused").text
    assert "Ines Vale" not in only
    people = count(PersonRow)
    assert ada.post(f"{at}/confirm").status_code == 303
    assert count(PersonRow) == people
    worked()
    assert count(PersonRow) == people + 1
    page = ada.get(at).text
    assert "The import is done" in page
    assert "1 row was refused" in page
    (ines,) = re.findall(r'href="(/people/[0-9a-f-]+)"[^>]*>Ines Vale', page)
    assert 'External id</dt><dd dir="auto">1</dd>' in ada.get(ines).text


def test_a_second_click_at_any_step_does_nothing(app, cast, visit):
    ada, key = visit(cast.ada), str(new_id())
    at, again = dropped(ada, TABLE, key=key).location, dropped(ada, TABLE, key=key).location
    assert at == again
    assert count(PeopleImportRow) == 1
    for _press in range(2):
        assert ada.post(f"{at}/columns", columns(*FIVE)).status_code == 303
    worked()
    assert ada.post(f"{at}/columns", columns(*FIVE)).status_code == 303
    assert "Ready to confirm" in ada.get(at).text
    for _press in range(2):
        assert ada.post(f"{at}/confirm").status_code == 303
    worked()
    people = count(PersonRow)
    assert ada.post(f"{at}/confirm").status_code == 303
    assert ada.post(f"{at}/cancel").status_code == 303
    worked()
    assert count(PersonRow) == people
    assert "The import is done" in ada.get(at).text
    refused = ada.post(f"{at}/columns", columns(*FIVE[:4], ""))
    assert refused.status_code == 409


def test_the_refused_rows_come_back_with_their_reasons_and_can_be_brought_again(app, cast, visit):
    ada = visit(cast.ada)
    at = dropped(ada, TABLE).location
    ada.post(f"{at}/columns", columns(*FIVE))
    worked()
    table = ada.get(f"{at}.csv?fate=refused")
    assert table.mimetype == "text/csv"
    header, *rows = csv.reader(io.StringIO(table.text.removeprefix("\ufeff")))
    assert header == [
        *("Row", "Result", "Personnel no", "E-mail", "Name", "Organisation", "Position", "Changes", "Reason")
    ]
    assert rows == [
        ["4", "Refused", "3", "no address", "Omar", "Northway Controls", "", "",
         "E-mail: This is no e-mail address: no address"]
    ]  # fmt: skip
    assert len(list(csv.reader(io.StringIO(ada.get(f"{at}.csv").text)))) == 4


@pytest.mark.parametrize(
    "content, said",
    [
        ("", "The file is empty."),
        ("E-mail;Name\n", "There is a header and no row under it."),
        ('E-mail;Name\n"a@example.org;A\n', "The quote that is opened in the row of line 2 is never closed."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "This is a workbook of Excel 97"),
        (b"PK\x03\x04 broken", "is no zip"),
    ],
)
def test_a_file_that_is_no_table_is_refused_beside_its_field_and_nothing_is_held(
    sqlite_app, cast, visit, content, said
):
    answer = dropped(visit(cast.ada), content)
    assert answer.status_code == 422
    assert 'href="#file"' in answer.text
    assert said in answer.text or said == "is no zip"
    assert count(PeopleImportRow) == 0


def test_columns_that_cannot_be_are_refused_and_what_was_chosen_stays(sqlite_app, cast, visit):
    ada = visit(cast.ada)
    at = dropped(ada, TABLE).location
    refused = ada.post(f"{at}/columns", columns("", "", "name", "name", ""))
    assert refused.status_code == 422
    assert "Two columns mean the same." in refused.text
    assert re.findall(r'<option value="(\w+)" selected', refused.text) == ["name", "name"]


def test_a_workbook_is_taken_as_a_table_is(app, cast, visit):
    ada = visit(cast.ada)
    rows = [
        ("E-Mail", "Vorname", "Nachname", "Firma"),
        ("i@example.org", "Ines", "Vale", "Northway Controls"),
    ]
    at = dropped(ada, workbook(sheet_of(rows)), "people.xlsx").location
    ada.post(f"{at}/columns", columns("email", "given_name", "family_name", "organisation"))
    worked()
    ada.post(f"{at}/confirm")
    worked()
    assert "Ines Vale" in visit(cast.nils).get("/team/people").text


def test_a_partners_import_is_its_admins_and_the_manufacturers_and_nobody_elses(app, cast, visit):
    ruth = visit(cast.ruth)
    at = dropped(ruth, TABLE).location
    ruth.post(f"{at}/columns", columns(*FIVE))
    worked()
    mine = ruth.get(at).text
    assert "Northway Controls" in mine, "what the file says is the reader's own"
    for other in (cast.nils, cast.amara, cast.jonas, cast.tomas):
        assert visit(other).get(at).status_code in {403, 404}
        assert visit(other).get(f"{at}.csv").status_code in {403, 404}
        assert visit(other).post(f"{at}/confirm").status_code in {403, 404}
    assert "people.csv" not in visit(cast.nils).get("/team/people/imports").text
    odd = visit(cast.odd)
    assert "people.csv" in odd.get("/team/people/imports").text
    page = odd.get(at).text
    assert "Refused" in page
    assert "<form" not in page.partition("<main")[2].partition("</main>")[0]
    assert odd.post(f"{at}/confirm").status_code == 403
    assert odd.get("/team/people/imports/new").status_code == 403


def test_a_page_of_rows_costs_the_same_however_many_there_are(app, cast, visit):
    ada = visit(cast.ada)
    counts = []
    for size in (3, 300):
        body = "".join(f"{n};p{n}@example.org;P {n};Northway Controls;\n" for n in range(size))
        import_id = look(HEADER + body, partner_admin_of(cast.nils, cast.northway))
        assert state_of(import_id).state is ImportState.CHECKED
        ada.get(f"/team/people/imports/{import_id}")
        with counted_queries() as seen:
            page = ada.get(f"/team/people/imports/{import_id}")
        assert page.status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 5, counts
    assert 'rel="next"' in page.text
