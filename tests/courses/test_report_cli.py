"""`lms reports check` finds what was written past Guildhall, names it, and mends it when told to."""

from datetime import timedelta

from click.testing import CliRunner
from sqlalchemy import update

from lms.courses.learning.models import EnrolmentRow
from lms.courses.reports.cli import reports
from lms.kernel import clock
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from tests.courses.courses import activities_of, enrol, write_course


def check(*given):
    db.session.remove()
    return CliRunner().invoke(reports, ["check", *given])


def test_a_difference_is_named_and_ends_with_1_until_it_is_mended(app, cast):
    course_id = write_course()
    enrolment_id = enrol(cast.amara, course_id)
    right = check()
    assert (right.exit_code, right.output) == (0, "every count is what the rows say\n")
    with unit_of_work():
        db.session.execute(
            update(EnrolmentRow)
            .where(EnrolmentRow.id == enrolment_id)
            .values(ended_at=clock.now() + timedelta(seconds=1))
        )
    wrong = check()
    assert wrong.exit_code == 1
    version_id = activities_of(course_id)[0].version_id
    assert f"{version_id} at {cast.brixham}: withdrawn -1\n" in wrong.output
    assert check("--mend").output.endswith("counted anew\n")
    assert check().exit_code == 0
