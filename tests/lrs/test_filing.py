"""What a process keeps in mind of terms is true whatever was rolled back, and never of people."""

import json
from uuid import uuid4

import pytest
from sqlalchemy import select

from lms.kernel import clock
from lms.kernel.db import db
from lms.kernel.inserting import insert_all
from lms.kernel.uow import unit_of_work
from lms.lrs.models import LinkRow, TermRow
from lms.lrs.queries.credentials import find_credential
from lms.lrs.rules import accepting, terms
from lms.lrs.service.personal_data import pseudonymise
from lms.lrs.service.statements import Delivery, store
from lms.lrs.values import Version
from tests.lrs.calls import Program, statement

PERSON = {"mbox": "mailto:amara@example.com"}
LENA = {"mbox": "mailto:lena@example.com"}
COURSE = "http://x.example/courses/1"


def of_course(number, **changed):
    return statement(object={"id": f"http://x.example/courses/{number}"}, **changed)


def found_by(program, number):
    return program.find(activity=f"http://x.example/courses/{number}")


def test_what_was_rolled_back_is_not_kept_in_mind(app):
    program, lost, kept = Program(app), of_course(1), of_course(1)
    accepted = accepting.accept(json.dumps(lost).encode(), version=Version.ONE, new_id=uuid4)
    with pytest.raises(RuntimeError, match="power"), unit_of_work():
        credential = find_credential(program.key)
        assert credential is not None
        store(Delivery([accepted], credential[0], Version.ONE), now=clock.now())
        raise RuntimeError("the power failed")
    program.store(of_course(2))  # takes the number that the other lost
    program.store(kept)
    assert found_by(program, 1) == [kept["id"]]
    assert len(found_by(program, 2)) == 1


def test_what_another_process_stored_is_found_with_what_this_one_stores(app):
    one, other = Program(app), Program(app)  # each has a memory of its own, as processes do
    first, second, third = of_course(1), of_course(1), of_course(1)
    one.store(first)
    other.store(second)
    one.store(third)
    assert sorted(found_by(one, 1)) == sorted([first["id"], second["id"], third["id"]])


def test_who_was_erased_and_comes_again_is_somebody_new_and_never_their_own_pseudonym(app):
    program, before, after = Program(app), of_course(1, actor=PERSON), of_course(1, actor=PERSON)
    program.store(before)
    with unit_of_work():
        pseudonymise([PERSON])
    program.store(after)
    assert program.find(agent=PERSON) == [after["id"]]
    pseudonym = program.read(before["id"])["actor"]
    assert program.find(agent={"account": pseudonym["account"]}) == [before["id"]]


def test_what_an_earlier_release_filed_twice_is_found_once_and_in_order_with_what_is_filed_now(app):
    program, beside = Program(app), {"instructor": LENA, "contextActivities": {"other": {"id": COURSE}}}
    sent = [
        of_course(1, actor=LENA),
        of_course(2, context=beside),
        of_course(1, actor=LENA, context=beside),
        of_course(1, context={"contextActivities": {"other": {"id": COURSE}}}),
        of_course(3),
    ]
    for one in sent:
        program.store(one)
    _file_as_before()
    ids = [one["id"] for one in sent]
    asked = {"agent": LENA, "related_agents": "true"}
    assert program.find(**asked) == [ids[2], ids[1], ids[0]]
    assert program.find(**asked, ascending="true", limit="2") == [ids[0], ids[1]]
    assert program.find(agent=LENA) == [ids[2], ids[0]]
    around = {"activity": COURSE, "related_activities": "true"}
    assert program.find(**around) == [ids[3], ids[2], ids[1], ids[0]]
    assert program.find(activity=COURSE) == [ids[3], ids[2], ids[0]]
    assert program.find(**asked, **around) == [ids[2], ids[1], ids[0]]
    paged = program.send("GET", "statements", **around, limit="3").json
    assert [one["id"] for one in paged["statements"]] == [ids[3], ids[2], ids[1]]
    more = program.send("GET", paged["more"].removeprefix("/xapi/")).json
    assert [one["id"] for one in more["statements"]] == [ids[0]]


def _file_as_before():
    """File every statement under the related terms of its actor and object as well."""
    with unit_of_work():
        for direct, related, value in (
            (terms.AGENT, terms.RELATED_AGENT, terms.word_of(LENA)),
            (terms.ACTIVITY, terms.RELATED_ACTIVITY, COURSE),
        ):
            known, other = (
                db.session.scalar(select(TermRow.id).where(TermRow.digest == terms.digest(kind, value)))
                for kind in (direct, related)
            )
            held = db.session.scalars(select(LinkRow.seq).where(LinkRow.term_id == known)).all()
            rows = [{"term_id": other, "seq": seq} for seq in held]
            insert_all(LinkRow, rows, unless_there=True)


def test_more_terms_than_a_process_keeps_in_mind_are_filed_all_the_same(app, monkeypatch):
    monkeypatch.setattr("lms.lrs.service.finding.REMEMBERED", 3)
    program, sent = Program(app), [of_course(number) for number in range(12)]
    for one in sent:
        program.store(one)
    again = [of_course(number) for number in range(12)]
    program.store(*again)
    for number, one in enumerate(sent):
        assert sorted(found_by(program, number)) == sorted([one["id"], again[number]["id"]])
