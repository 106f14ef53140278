"""The log of commits: what each has set, for authors who look for a fault in a package."""

from collections.abc import Mapping

from sqlalchemy import Select, delete

from lms.courses.values import EnrolmentId
from lms.kernel.db import db
from lms.packages.models import PackageCommitRow
from lms.packages.values import Result, SessionId


def note_commit(
    *,
    enrolment_id: EnrolmentId,
    session_id: SessionId,
    sequence: int,
    item: str,
    elements: Mapping[str, str],
    result: Result,
) -> None:
    """Keep what a commit has set, and how the item stood after it."""
    db.session.add(
        PackageCommitRow(
            enrolment_id=enrolment_id,
            session_id=session_id,
            sequence=sequence,
            item=item,
            elements=dict(elements),
            completed=result.completed,
            passed=result.passed,
            score=result.score,
        )
    )


def forget_commits(enrolments: Select[EnrolmentId]) -> None:
    """Delete what is kept of the commits of these enrolments."""
    db.session.execute(delete(PackageCommitRow).where(PackageCommitRow.enrolment_id.in_(enrolments)))
