"""A bank leaves in each format and comes back into another; the report names file and line; auditors do not export."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner

from lms.app.portal import Portal
from lms.kernel.db import new_id
from lms.quizzes.bank import queries
from lms.quizzes.cli import questions
from lms.quizzes.formats import QTI, WRITTEN
from tests.quizzes.exams import fill_bank
from tests.quizzes.test_qti import CORRECT, choices, item, manifest_of, packed, response
from tests.support.portal import Cast, Visitor

Visit = Callable[..., Visitor]


def bring(visitor: Visitor, bank: str, content: bytes, name: str) -> str:
    """Bring a file into a bank and return the address of its report."""
    sent = {"key": str(new_id()), "file": (BytesIO(content), name)}
    answer = visitor.post(bank, sent, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text
    return answer.location


@pytest.mark.parametrize("name", ["qti", "csv"])
def test_a_bank_leaves_and_comes_back_known(app: Portal, cast: Cast, visit: Visit, name: str) -> None:
    bank = f"/author/questions/{fill_bank()}"
    tomas = visit(cast.tomas)
    page = tomas.get(f"{bank}/export").text
    assert all(f"Download {form.title}" in page for form in WRITTEN.values())
    file = tomas.get(f"{bank}/export?format={name}")
    assert file.headers["Content-Disposition"].startswith("attachment; filename=")
    report = tomas.get(bring(tomas, bank, file.data, f"any.{name}")).text
    assert "questions are in the bank already" in report
    assert "cannot be taken" not in report


def test_a_report_names_the_file_of_a_package(app: Portal, cast: Cast, visit: Visit) -> None:
    good = item(response("single", "identifier", "a"), choices("a", "b"))
    files = {
        "good.xml": good,
        "odd/bad.xml": good.replace(CORRECT.encode(), b"<responseProcessing><x/></responseProcessing>"),
    }
    content = packed(**files, **{"imsmanifest.xml": manifest_of(files)})
    tomas = visit(cast.tomas)
    report = tomas.get(bring(tomas, f"/author/questions/{fill_bank(())}", content, "exam.zip")).text
    assert "1 question cannot be taken" in report
    assert "odd/<wbr>bad.xml" in report
    assert "Add 1 question" in report


def test_the_template_can_be_brought_as_it_is(app: Portal, cast: Cast, visit: Visit) -> None:
    tomas = visit(cast.tomas)
    template = tomas.get("/author/questions/template.xlsx")
    report = tomas.get(bring(tomas, f"/author/questions/{fill_bank(())}", template.data, "t.xlsx")).text
    assert "Add 6 questions" in report


def test_who_may_only_look_exports_nothing(app: Portal, cast: Cast, visit: Visit) -> None:
    bank = f"/author/questions/{fill_bank()}"
    assert visit(cast.odd).get(f"{bank}/export?format=qti").status_code == 403
    assert visit(cast.tomas).get(f"{bank}/export?format=riddle").status_code == 404


def test_the_command_line_writes_a_package_and_reads_it_again(app: Portal, tmp_path: Path) -> None:
    bank_id = fill_bank()
    name = queries.get_bank(bank_id).name
    target = tmp_path / "bank.zip"
    run = CliRunner().invoke
    written = run(questions, ["export", "--bank", name, "--format", "qti", "--output", str(target)])
    assert written.exit_code == 0, written.output
    count = len(QTI.parse(target.read_bytes()).questions)
    read = run(questions, ["import", str(target), "--bank", "Another"])
    assert f"{count} added, 0 known already, 0 refused" in read.output
