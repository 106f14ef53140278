"""Points have bounds wherever they come from, files are plain about them, and what an import changes is told."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from lms.app.portal import Portal
from lms.quizzes.formats import WRITTEN, read_questions
from lms.quizzes.values import ImportedQuestion, Severity
from tests.quizzes.exams import COLD, fill_bank
from tests.quizzes.test_question_pages import fields_on, ids_in
from tests.support.portal import Cast, Visitor

Visit = Callable[..., Visitor]


@pytest.mark.parametrize("name", ["moodle_xml", "qti", "csv"])
@pytest.mark.parametrize(
    "marks, is_taken",
    [("0.5", True), ("0.0000001", True), ("1000", True), ("1000.5", False), ("1e30", False)],
)
def test_no_file_brings_points_beyond_the_bounds_and_what_is_within_comes_back(
    name: str, marks: str, is_taken: bool
) -> None:
    form = WRITTEN[name]
    report = read_questions(form, form.write([ImportedQuestion(replace(COLD, marks=Decimal(marks)))]))
    assert [one.question.marks for one in report.questions] == ([Decimal(marks)] if is_taken else [])
    assert any("0 to 1000 points" in str(one.message) for one in report.errors) is not is_taken


@pytest.mark.parametrize("marks", ["1000.5", "1e30", "0.00000000001", "-1"])
def test_points_beyond_the_bounds_are_refused_beside_their_field(
    app: Portal, cast: Cast, visit: Visit, marks: str
) -> None:
    tomas, question = visit(cast.tomas), ids_in(fill_bank([COLD]))[0]
    address = f"/author/questions/items/{question}/edit"
    sent = fields_on(tomas.get(address).text) | {"marks": marks}
    refused = tomas.post(address, sent)
    assert refused.status_code == 422
    assert 'href="#marks"' in refused.text
    assert "Give 0 to 1000 points" in refused.text
    assert tomas.post(address, sent | {"marks": "1000"}).status_code == 303


def test_the_table_of_a_bank_writes_points_as_people_do(app: Portal, cast: Cast, visit: Visit) -> None:
    asked = [replace(COLD, title=f"T{one}", marks=Decimal(one)) for one in ("0", "1.0000000", "2.5", "100")]
    bank_id = fill_bank(asked)
    rows = visit(cast.tomas).get(f"/author/questions/{bank_id}.csv").text.splitlines()[1:]
    assert [row.split(",")[2].strip('"') for row in rows] == ["0", "1", "2.5", "100"]
    written = WRITTEN["csv"].write([ImportedQuestion(one) for one in asked]).decode()
    assert "0E-7" not in written
    assert ",1.0000000," not in written


def test_a_category_that_lies_too_deep_and_choices_that_say_the_same_are_told() -> None:
    report = read_questions(WRITTEN["gift"], b"$CATEGORY: a/b/c/d/e/f/g/h\n\n::One:: Pick {=x ~x ~y}\n")
    assert len(report.questions) == 1
    said = [str(one.message) for one in report.problems if one.severity is Severity.WARNING]
    assert len(said) == 2
    assert "cannot be told apart: x" in said[0]
    assert "8 levels deep" in said[1]
    assert "“e”" in said[1]
    assert not read_questions(WRITTEN["gift"], b"$CATEGORY: a/b/c/d/e\n\n::One:: Pick {=x ~y}\n").problems
