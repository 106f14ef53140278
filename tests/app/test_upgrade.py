"""An installation that was made by an earlier version is upgraded with everything in it, on both databases."""

import json
import lzma
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask_migrate import upgrade
from sqlalchemy import (
    JSON,
    Boolean,
    Date,
    DateTime,
    MetaData,
    Uuid,
    and_,
    create_engine,
    func,
    select,
    text,
)

from lms.app import settings
from lms.app.factory import create_app, migrations_folder
from lms.certificates.cycles.models import TrackRow
from lms.courses.authoring import jobs
from lms.courses.authoring.models import ActivityRow, CourseRow
from lms.courses.learning.models import CountRow, EnrolmentRow
from lms.courses.learning.queries import counts
from lms.identity.models import PersonRow
from lms.kernel import clock
from lms.kernel.db import db
from lms.quizzes.bank import queries as questions
from lms.quizzes.bank.models import QuestionRow, QuestionVersionRow
from tests.support.portal import Visitor

pytestmark = pytest.mark.slow  # every revision, on a database full of data: no part of the quick loop

FOLDER = Path(__file__).parent / "upgrades"
LAST = "course_versions"
"""Filled last: the database refuses parts of a version that it knows to be published."""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def url(request, tmp_path):
    """Return the address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'guildhall.db'}"
    return request.getfixturevalue("postgres").clone()


def read(revision):
    """Return the rows of every table as an installation of that revision had them: the demo of its time."""
    return json.loads(lzma.decompress((FOLDER / f"{revision}.json.xz").read_bytes()))


def fill(url, kept):
    """Put rows into the tables of an old revision, as they were; nothing checks them on their way in."""
    engine = create_engine(url)
    order = sorted(kept, key=lambda name: name == LAST)
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            for name in order:
                columns = kept[name]["columns"]
                names, places = ", ".join(f'"{one}"' for one in columns), ", ".join("?" * len(columns))
                insert = f'INSERT INTO "{name}" ({names}) VALUES ({places})'  # noqa: S608  names of our own tables
                connection.exec_driver_sql(insert, [tuple(row) for row in kept[name]["rows"]])
        else:
            connection.execute(text("SET session_replication_role = replica"))
            old = MetaData()
            old.reflect(connection)
            for name in order:
                columns = [old.tables[name].columns[one] for one in kept[name]["columns"]]
                rows = [
                    {
                        column.key: _value(column.type, value)
                        for column, value in zip(columns, row, strict=True)
                    }
                    for row in kept[name]["rows"]
                ]
                connection.execute(old.tables[name].insert(), rows)
    engine.dispose()


READERS = (
    (Uuid, UUID),
    (Boolean, bool),
    (DateTime, lambda value: datetime.fromisoformat(f"{value}+00:00")),
    (Date, date.fromisoformat),
    (JSON, json.loads),
)


def _value(kind, value):
    """Return a value that SQLite kept as a column of PostgreSQL wants it."""
    if value is None:
        return None
    return next((read(value) for known, read in READERS if isinstance(kind, known)), value)


@pytest.mark.timeout(240)
def test_what_an_earlier_version_stored_is_there_after_the_upgrade_and_every_page_opens(url, tmp_path):
    given = {"LMS_DATA_DIR": str(tmp_path), "LMS_DATABASE_URL": url, "LMS_LOG_LEVEL": "ERROR"}
    app = create_app(settings.read(given | {"LMS_SECRET_KEY": "a secret of the tests"}))
    kept = read("0001")
    with app.app_context():
        try:
            upgrade(directory=str(migrations_folder()), revision="0001")
            fill(url, kept)
            upgrade(directory=str(migrations_folder()))
            counted = {
                name: db.session.scalar(select(func.count()).select_from(text(f'"{name}"'))) for name in kept
            }
            db.session.rollback()
            assert counted == {name: len(table["rows"]) for name, table in kept.items()}
            jobs.shelve()
            assert db.session.scalar(select(func.sum(CountRow.completed))), (
                "reports know what was completed before"
            )
            assert counts.list_differences() == []
            _check_folders()
            _check_renewals()
            db.session.rollback()
            _open_pages(app)
        finally:
            db.session.remove()
            db.engine.dispose()


def _check_folders():
    """Every question lies in the folder of the category that it came with, and counts as reviewed."""
    paths = {one.id: one.path for bank in questions.list_banks() for one in questions.list_folders(bank.id)}
    rows = db.session.execute(
        select(QuestionRow.folder_id, QuestionVersionRow.content).join(
            QuestionVersionRow,
            and_(
                QuestionVersionRow.question_id == QuestionRow.id,
                QuestionVersionRow.number == QuestionRow.number,
                QuestionRow.is_draft.is_(False),
            ),
        )
    ).all()
    assert rows
    assert [paths[row[0]] for row in rows] == [tuple(row[1]["category"]) for row in rows]


def _check_renewals():
    """Who is within a renewal window is looked at within a week, not everybody at once."""
    now = clock.now()
    due = db.session.scalars(
        select(TrackRow.next_step_at).where(
            TrackRow.renewal_opens_at <= now, TrackRow.next_step_at.is_not(None)
        )
    ).all()
    assert due
    assert all(one is not None and one <= now + timedelta(days=7) for one in due)
    assert len({*due}) > len(due) // 2, "each at an hour of theirs"


def _open_pages(app):
    learner = db.session.scalars(select(PersonRow.id).where(PersonRow.email.startswith("amara."))).one()
    trainer = db.session.scalars(select(PersonRow.id).where(PersonRow.email.startswith("tomas."))).one()
    slug, course_id = db.session.execute(
        select(CourseRow.slug, CourseRow.id)
        .join(EnrolmentRow, EnrolmentRow.course_id == CourseRow.id)
        .where(EnrolmentRow.person_id == learner, EnrolmentRow.ended_at.is_(None))
        .limit(1)
    ).one()
    activity_id = db.session.scalars(
        select(ActivityRow.id)
        .join(EnrolmentRow, EnrolmentRow.version_id == ActivityRow.version_id)
        .where(
            EnrolmentRow.person_id == learner, EnrolmentRow.course_id == course_id, ActivityRow.kind == "page"
        )
        .limit(1)
    ).one()
    db.session.rollback()
    amara, tomas = Visitor(app).sign_in(learner), Visitor(app).sign_in(trainer)
    for path in (
        "/",
        "/learn",
        f"/learn/{slug}",
        f"/learn/{slug}/{activity_id}",
        "/learn/transcript",
        "/deals",
    ):
        assert amara.get(path).status_code == 200, path
    assert f"/learn/{slug}" in amara.get("/learn?q=control").text, (
        "the catalogue is filled from what was published"
    )
    for path in ("/author/courses", f"/author/courses/{course_id}", f"/author/courses/{course_id}/publish"):
        assert tomas.get(path).status_code == 200, path
    assert amara.post(f"/learn/{slug}/{activity_id}/done").status_code == 303
