"""Moodle's own files of questions, and what Canvas and Common Cartridge hold: taken whole, or refused by name.

Needs, in folders of LMS_SUITES whatever their names, checkouts of Moodle and of instructure/common-cartridge-viewer.
"""

import io
import re
import zipfile
from pathlib import Path

import pytest

from lms.quizzes.formats import MOODLE_XML, QTI
from lms.quizzes.values import ImportReport
from tests.interop.test_question_files import suite

pytestmark = pytest.mark.interop

FIXTURES = "question/format/xml/tests/fixtures"
CARTRIDGES = "public/test-cartridges"
REFUSED = {
    "Multianswer question without subquestions": "no gap in its text",
    "Multichoice subquestion without choices": "no gap in its text",
    "Multichoice subquestion with only one choice": "two choices at least",
    "Multichoice subquestion with no completely correct answer": "one of them must be right",
    "Numerical subquestion with buggy answer": "zero is not a number",
}
"""What Moodle itself calls broken."""
TAKEN = {
    "all-question-types": (9, 1),
    "course-1": (2, 0),
    "course-with-associated-content-assignments": (3, 0),
    "grouptest.zip": (16, 4),
}
"""The cartridges with questions: how many are taken, and how many are refused."""
WHY = ("Nothing is asked", "is empty", "No answer earns")


def test_every_question_of_moodles_own_files_is_taken_whole_or_refused_by_name() -> None:
    folder = suite(f"{FIXTURES}/truefalse.xml") / FIXTURES
    asked = taken = 0
    refused: dict[str, str] = {}
    for path in sorted(folder.glob("*.xml")):
        content = path.read_bytes()
        report = MOODLE_XML.parse(content)
        count = len(re.findall(rb'<question\s+type="(?!category")', content))
        assert len(report.questions) + len(report.errors) == count, path.name
        assert len(report.problems) == len(report.errors), path.name
        asked, taken = asked + count, taken + len(report.questions)
        refused |= {one.name: str(one.message) for one in report.errors}
    assert (asked, taken) == (25, 20)
    assert refused.keys() == REFUSED.keys()
    assert [name for name, why in REFUSED.items() if why not in refused[name]] == []


def packed(path: Path) -> bytes:
    """Return a cartridge, which lies there as a zip or unpacked."""
    if path.is_file():
        return path.read_bytes()
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for one in sorted(path.rglob("*")):
            if one.is_file():
                archive.write(one, one.relative_to(path))
    return target.getvalue()


def cartridges() -> dict[str, ImportReport]:
    folder = suite(f"{CARTRIDGES}/all-question-types/imsmanifest.xml") / CARTRIDGES
    return {path.name: QTI.parse(packed(path)) for path in sorted(folder.iterdir())}


def test_every_question_of_a_cartridge_is_taken_or_refused_by_name() -> None:
    reports = cartridges()
    found = {name: (len(one.questions), len(one.errors)) for name, one in reports.items()}
    assert {name: counts for name, counts in found.items() if any(counts)} == TAKEN
    told = [one for report in reports.values() for one in report.problems]
    assert all(one.file and one.line and one.name for one in told)
    errors = [one for report in reports.values() for one in report.errors]
    assert [one for one in errors if not any(why in one.message for why in WHY)] == []


def test_what_was_taken_of_cartridges_goes_out_and_comes_back_the_same() -> None:
    for report in cartridges().values():
        again = QTI.parse(QTI.write(report.questions))
        assert (again.problems, again.questions) == ((), report.questions)
