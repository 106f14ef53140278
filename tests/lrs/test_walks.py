"""A filter reads what it shows and not all that a frequent verb finds, so it is as fast at ten million statements."""

from typing import Any

import pytest
from sqlalchemy import event

from bench.statements import filling, made, measuring
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from lms.lrs.queries.statements import list_statements
from lms.lrs.rules import terms
from lms.lrs.values import Wanted

STATEMENTS = 12_000
"""So many that a verb is frequent and PostgreSQL would lay its statements beside those of a person."""


@pytest.fixture
def full(app):
    _key, credential = filling.make_key()
    filling.fill(credential, most=STATEMENTS, seconds=300)
    measuring.settle()
    return app


def agent(person):
    return terms.digest(terms.AGENT, terms.word_of(made.actor(person)))


def rows_read(wanted):
    """Return how many rows PostgreSQL reads of any table or index to find what is wanted, by its own count."""
    asked = []

    def listen(_connection, _cursor, statement, parameters, _context, _many):
        asked.append((statement, parameters))

    explain = "EXPLAIN (ANALYZE, FORMAT JSON)"
    with unit_of_work(read_only=True):
        event.listen(db.engine, "before_cursor_execute", listen)
        try:
            found = list_statements(wanted)
        finally:
            event.remove(db.engine, "before_cursor_execute", listen)
        connection = db.session.connection()
        plans: list[Any] = [
            connection.exec_driver_sql(f"{explain} {statement}", parameters).scalar()
            for statement, parameters in asked
            if statement.startswith("SELECT")
        ]
    return len(found.statements), sum(
        node["Actual Rows"] * node["Actual Loops"] + node.get("Rows Removed by Filter", 0)
        for plan in plans
        for node in nodes(plan[0]["Plan"])
        if "Scan" in node["Node Type"]
    )


def nodes(plan):
    yield plan
    for inner in plan.get("Plans", ()):
        yield from nodes(inner)


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize("app", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True)
def test_a_person_and_a_frequent_verb_are_found_by_a_walk_along_the_persons_statements_alone():
    verb = terms.digest(terms.VERB, made.verb("answered"))
    for person in range(0, 100, 10):
        found, read = rows_read(Wanted(terms=[agent(person), verb]))
        assert read < 200, f"{read} rows are read to show {found}"
