"""`lms people import`: what it says of a file, what it stores, and how it ends."""

import pytest
from click.testing import CliRunner

from lms.identity import queries
from lms.identity.cli import people
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work

TABLE = (
    "Kennung;Mail;Name;Firma\n"
    "1;ines@example.org;Ines Vale;Northway Controls\n"
    "2;omar@example.org;Omar Said;\n"
    "3;omar@example.org;Omar Said;Northway Controls\n"
)


@pytest.fixture
def run(app, cast, tmp_path):
    def ran(*arguments, content=TABLE):
        path = tmp_path / "people.csv"
        path.write_text(content, encoding="utf-16")
        db.session.remove()
        return CliRunner().invoke(people, ["import", str(path), *arguments])

    return ran


def found(email):
    with unit_of_work(read_only=True):
        return queries.find_person_by_email(email)


def test_a_dry_run_is_the_default_and_names_every_refused_row(run):
    ran = run("--map", "Kennung=external_id")
    assert ran.exit_code == 1
    assert "dry run: 1 new, 2 refused" in ran.stdout
    assert "row 3: email: The same address stands in the rows 3, 4." in ran.stderr
    assert "row 4: email: The same address stands in the rows 3, 4." in ran.stderr
    assert "nothing was stored" in ran.stdout
    assert found("ines@example.org") is None


def test_confirmed_it_stores_what_is_good_and_a_second_time_nothing_is_new(run):
    good = "\n".join(line for line in TABLE.splitlines() if not line.startswith("3"))
    arguments = ("--map", "1=external_id", "--organisation", "brixham.example", "--confirm")
    ran = run(*arguments, content=good)
    assert ran.exit_code == 0, ran.output
    assert "stored: 2 new" in ran.stdout
    assert found("omar@example.org").employer_name == "Brixham Automation"
    assert found("omar@example.org").external_id == "2"
    assert "stored: 2 same" in run(*arguments, content=good).stdout


@pytest.mark.parametrize(
    "arguments, said",
    [
        (("--map", "Shoes=email"), "has 0 columns called 'Shoes'"),
        (("--map", "Mail=shoes"), "a field is one of external_id, email"),
        (("--organisation", "Brixam"), "the nearest is"),
        (("--map", "Mail="), "Say which column holds the e-mail address"),
    ],
)
def test_what_cannot_be_meant_is_said_and_nothing_is_kept(run, arguments, said):
    ran = run(*arguments)
    assert ran.exit_code == 1
    assert said in ran.output


def test_a_file_that_is_no_table_is_said_in_one_line(run):
    ran = run(content="")
    assert ran.exit_code == 1
    assert ran.stderr.strip() == "Error: The file is empty."
