"""The unit of work: all of a request's changes or none, nothing written by a read, no deadlock shown to a person."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError

from lms.identity.models import BrandRow, PersonRow, PositionRow
from lms.kernel import clock, uow
from lms.kernel.db import db, new_id
from lms.kernel.uow import unit_of_work


def _add(name):
    db.session.add(BrandRow(id=new_id(), name=name, code=name))


def _count():
    with unit_of_work(read_only=True):
        return db.session.scalar(select(func.count()).select_from(BrandRow))


def test_everything_in_a_unit_is_kept_or_nothing_is(app):
    with pytest.raises(ZeroDivisionError), unit_of_work():
        _add("A")
        db.session.flush()
        _ = 1 / 0
    assert _count() == 0
    with unit_of_work():
        _add("A")
        _add("B")
    assert _count() == 2


def test_the_database_itself_refuses_a_write_while_reading(app):
    with pytest.raises(DBAPIError), unit_of_work(read_only=True):
        _add("A")
        db.session.flush()
    assert _count() == 0


def test_what_waits_for_the_commit_never_runs_after_a_rollback(app):
    ran = []
    with pytest.raises(ZeroDivisionError), unit_of_work():
        uow.after_commit(lambda: ran.append("lost"))
        _ = 1 / 0
    with unit_of_work():
        uow.after_commit(lambda: ran.append("kept"))
    assert ran == ["kept"]


def test_two_units_that_lock_each_others_rows_both_end_well(app):
    """On PostgreSQL one is chosen as the victim and runs again; on SQLite the second waits its turn."""
    with unit_of_work():
        db.session.add_all(PositionRow(id=new_id(), name=code, code=code) for code in ("one", "two"))
    both_hold_one = threading.Barrier(2)
    failures = []

    def rename(codes):
        tries = []

        def work():
            tries.append(1)
            for number, code in enumerate(codes):
                row = db.session.scalars(
                    select(PositionRow).where(PositionRow.code == code).with_for_update()
                ).one()
                row.name += "+"
                db.session.flush()
                if number == 0 and len(tries) == 1 and db.engine.dialect.name == "postgresql":
                    both_hold_one.wait(10)

        with app.app_context():
            try:
                uow.run(work)
            except Exception as error:  # noqa: BLE001  the test reports whatever came
                failures.append(error)

    threads = [threading.Thread(target=rename, args=(codes,)) for codes in (("one", "two"), ("two", "one"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []
    with unit_of_work(read_only=True):
        assert set(db.session.scalars(select(PositionRow.name))) == {"one++", "two++"}


def test_of_two_who_add_the_same_row_at_once_the_second_finds_it(app):
    both_looked = threading.Barrier(2)
    failures, found = [], []

    def add():
        tries = []

        def work():
            tries.append(1)
            row = db.session.scalars(select(BrandRow).where(BrandRow.code == "A")).first()
            if len(tries) == 1 and db.engine.dialect.name == "postgresql":
                both_looked.wait(10)
            found.append(row is not None)
            if row is None:
                _add("A")

        with app.app_context():
            try:
                uow.run(work)
            except Exception as error:  # noqa: BLE001  the test reports whatever came
                failures.append(error)

    threads = [threading.Thread(target=add) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []
    assert _count() == 1
    assert found[-1] is True


def test_a_time_without_its_zone_is_never_stored(app):
    with pytest.raises(Exception, match="naive"), unit_of_work():
        db.session.execute(
            update(PersonRow)
            .values(created_at=clock.now().replace(tzinfo=None))
            .where(PersonRow.name == "Nobody")
        )


def test_ids_made_while_the_clock_stands_still_are_in_the_order_they_were_made():
    with clock.frozen_at(clock.now()) as advance:
        ids = [new_id() for _ in range(5000)]
        advance(timedelta(seconds=5))
        ids.append(new_id())
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)
    assert {one.version for one in ids} == {7}
