"""What the trainer's tutorial tells its reader to bring in comes in as it says."""

from pathlib import Path

from click.testing import CliRunner

from lms.app.portal import Portal
from lms.courses import facade as courses
from lms.courses.cli import import_course
from lms.kernel.uow import unit_of_work
from lms.quizzes.formats import GIFT
from tests.support.portal import Cast

TUTORIALS = Path(__file__).resolve().parents[2] / "docs" / "tutorials"
FILES = TUTORIALS / "trainer-files"


def test_the_tutorials_questions_are_eleven_good_ones_and_a_bad_one_at_line_57() -> None:
    report = GIFT.parse((FILES / "questions.gift").read_bytes())
    assert len(report.questions) == 11
    assert [(one.line, one.name) for one in report.problems] == [(57, "Hopeless")]
    assert "**line 57**" in (TUTORIALS / "trainer.md").read_text(encoding="utf-8")
    tags = [tag for one in report.questions for tag in one.question.tags]
    assert tags.count("vacuum") >= 3
    assert tags.count("charging") >= 3


def test_the_tutorials_course_is_imported_whole(app: Portal, cast: Cast) -> None:
    result = CliRunner().invoke(import_course, [str(FILES / "charging-a-loop")])
    assert result.exit_code == 0, result.output
    with unit_of_work(read_only=True):
        course = courses.find_course_by_slug("charging-a-small-loop")
    assert course is not None
    assert course.title == "Charging a small loop"
