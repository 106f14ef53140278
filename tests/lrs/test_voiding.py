"""Voiding by whom it is due: a key takes back its own words, and never what the portal or a launch said."""

import pytest

from lms.kernel import clock
from lms.kernel.db import db, new_id
from lms.kernel.uow import unit_of_work
from lms.lrs import facade as lrs
from lms.lrs.service.own import PORTAL
from lms.lrs.values import XapiScope
from tests.lrs.calls import Program, statement, voiding


@pytest.fixture
def reader(app):
    return Program(app, XapiScope.READ, name="A warehouse")


def told_by_the_portal():
    with unit_of_work():
        lrs.hold_source(PORTAL, now=clock.now())
        said = statement(id=str(new_id()))
        lrs.record([said], source=PORTAL, now=clock.now())
    return said["id"]


def is_there(reader, statement_id):
    return reader.send("GET", "statements", statementId=statement_id).status_code == 200


@pytest.mark.parametrize("scopes", [{XapiScope.WRITE}, {XapiScope.ALL}])
def test_no_key_takes_back_what_the_portal_said_of_a_certificate(app, reader, scopes):
    earned, program = told_by_the_portal(), Program(app, *scopes)
    before, void = statement(), voiding(earned)
    answer = program.send("POST", "statements", [before, void])
    assert answer.status_code == 403
    assert earned in answer.text
    assert is_there(reader, earned)
    assert not is_there(reader, before["id"]), "a refused request is stored by halves"


def test_a_key_voids_its_own_words_and_those_of_other_programs_only_with_every_right(app, reader):
    sender, other = Program(app, XapiScope.WRITE), Program(app, XapiScope.WRITE)
    [mine, theirs] = sender.store(statement(), statement())
    assert other.send("POST", "statements", voiding(theirs)).status_code == 403
    assert is_there(reader, theirs)
    sender.store(voiding(mine))
    assert not is_there(reader, mine)
    Program(app, XapiScope.ALL).store(voiding(theirs))
    assert not is_there(reader, theirs)


def test_voiding_ahead_of_time_takes_nothing_from_another_source(app, reader):
    sender, other, late = Program(app, XapiScope.WRITE), Program(app, XapiScope.WRITE), statement()
    other.store(voiding(late["id"]))
    sender.store(late)
    assert is_there(reader, late["id"])
    sender.store(voiding(late["id"]))
    assert not is_there(reader, late["id"])


def test_who_may_void_does_so_ahead_of_time_though_another_tried_before(app, reader):
    sender, other, late = Program(app, XapiScope.WRITE), Program(app, XapiScope.WRITE), statement()
    other.store(voiding(late["id"]))
    sender.store(voiding(late["id"]))
    sender.store(late)
    assert not is_there(reader, late["id"])


def test_what_the_portal_will_say_cannot_be_voided_before_it_is_said(app, reader):
    program, said = Program(app, XapiScope.ALL), statement(id=str(new_id()))
    program.store(voiding(said["id"]))
    with unit_of_work():
        lrs.hold_source(PORTAL, now=clock.now())
        lrs.record([said], source=PORTAL, now=clock.now())
    db.session.remove()
    assert is_there(reader, said["id"])
