"""What a process keeps in mind of terms is true whatever was rolled back, and never of people."""

import json
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from lms.kernel import clock
from lms.kernel.db import db
from lms.kernel.inserting import insert_all
from lms.kernel.uow import unit_of_work
from lms.lrs.models import LinkRow, RecentLinkRow, TermRow
from lms.lrs.queries.credentials import find_credential
from lms.lrs.queries.links import numbers_of
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
            other = db.session.scalar(
                select(TermRow.id).where(TermRow.digest == terms.digest(related, value))
            )
            held = db.session.scalars(numbers_of([terms.digest(direct, value)])).all()
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


@pytest.mark.parametrize("most_recent", [1, 4, 1000])
def test_statements_are_found_alike_whether_their_links_were_filed_or_wait(app, monkeypatch, most_recent):
    monkeypatch.setattr("lms.lrs.service.finding.MOST_RECENT", most_recent)
    program, sent = Program(app), list[dict[str, Any]]()
    for number in range(14):
        about = sent[number // 2]["id"] if number % 5 == 4 else None
        one = of_course(number % 3, actor=(PERSON, LENA)[number % 2])
        if about is not None:
            one |= {"object": {"objectType": "StatementRef", "id": about}}
        program.store(one)
        sent.append(one)
    early = uuid4()  # a statement that comes after the one that refers to it was filed
    pointing = statement(actor=LENA, object={"objectType": "StatementRef", "id": str(early)})
    program.store(pointing)
    for number in range(6):
        sent.append(of_course(number % 3, actor=LENA))
        program.store(sent[-1])
    program.store(of_course(1, actor=PERSON, id=str(early)))

    def about_course(one, number):
        about = one["object"]
        if about.get("objectType") == "StatementRef":
            return any(about["id"] == other["id"] and about_course(other, number) for other in sent)
        return about["id"].endswith(f"/{number}")

    everything = [
        *sent[:14],
        pointing,
        *sent[14:],
        {"id": str(early), "actor": PERSON, "object": of_course(1)["object"]},
    ]
    sent.append(everything[-1])
    for number in range(3):
        expected = [one["id"] for one in reversed(everything) if about_course(one, number)]
        course = f"http://x.example/courses/{number}"
        assert program.find(activity=course) == expected
        assert program.find(activity=course, ascending="true") == expected[::-1]
        paged = program.send("GET", "statements", activity=course, limit="3").json
        read = [one["id"] for one in paged["statements"]]
        while paged.get("more"):
            paged = program.send("GET", paged["more"].removeprefix("/xapi/")).json
            read += [one["id"] for one in paged["statements"]]
        assert read == expected
        lenas = [one["id"] for one in everything[::-1] if about_course(one, number) and one["actor"] == LENA]
        assert set(program.find(activity=course, agent=LENA)) >= set(lenas)
    if db.engine.dialect.name == "sqlite":
        with unit_of_work(read_only=True):
            waiting = db.session.scalar(select(func.count(RecentLinkRow.seq.distinct())))
        assert waiting <= most_recent


def test_erasing_reaches_statements_whose_links_wait_to_be_filed(app, monkeypatch):
    monkeypatch.setattr("lms.lrs.service.finding.MOST_RECENT", 2)
    program, sent = Program(app), [of_course(number, actor=PERSON) for number in range(4)]
    for one in sent:
        program.store(one)
    with unit_of_work():
        pseudonymise([PERSON])
    assert program.find(agent=PERSON) == []
    for one in sent:
        assert "amara" not in json.dumps(program.read(one["id"]))
