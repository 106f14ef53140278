"""What the portal itself records: told to the record store after its commit, once, in words that others read too."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from lms.certificates import facade as certificates
from lms.courses.sessions.service import attendance
from lms.courses.sessions.values import Marking
from lms.courses.values import Mark
from lms.kernel import clock, events, outbox, privacy
from lms.kernel.actor import SYSTEM, Role, acting_as
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from lms.lrs.values import XapiScope
from lms.quizzes.attempts.service import check_answer
from lms.quizzes.values import Telling, Text
from tests.certificates.scene import scene
from tests.courses import sessions as live
from tests.courses.courses import enrol as enrol_on
from tests.lrs.calls import Program
from tests.quizzes.exams import (
    OPINIONS,
    VALVE,
    actor_of,
    enrol,
    fill_bank,
    finish,
    fixed,
    give,
    set_up_exam,
    start,
)

__all__ = ["scene"]
HOME = "http://guildhall.localhost:8443"
ADL = "http://adlnet.gov/expapi/"
ANSWERS = [
    {"answer": ["b"]},
    {"answer": ["a", "c"]},
    {"answer": ["false"]},
    {"answer": ["CO2"]},
    {"answer": ["272,5"]},
    {"answer-a": ["x"], "answer-b": ["z"]},
]


def deliver():
    while outbox.deliver_due(events.apply, at_once=events.at_once) >= outbox.BATCH:
        pass


@pytest.fixture
def reader(app):
    return Program(app, XapiScope.READ, name="A warehouse")


def told(reader, **params):
    answer = reader.send("GET", "statements", ascending="true", limit=500, **params)
    assert answer.status_code == 200, answer.text
    return (answer.json or {})["statements"]


def account_of(person_id, found):
    return [one for one in found if one["actor"]["account"]["name"] == str(person_id)]


def test_a_lesson_an_exam_s_score_a_course_and_a_certificate_are_told_once_as_what_they_are(
    app, cast, scene, reader
):
    scene.learn(cast.amara)
    assert told(reader) == []
    deliver()
    deliver()
    found = told(reader)
    said = {
        (one["verb"]["id"], one["object"]["definition"]["type"]): one for one in account_of(cast.amara, found)
    }
    assert set(said) == {
        (f"{ADL}verbs/completed", f"{ADL}activities/lesson"),
        (f"{ADL}verbs/completed", f"{ADL}activities/assessment"),
        (f"{ADL}verbs/completed", f"{ADL}activities/course"),
        ("http://id.tincanapi.com/verb/earned", "http://activitystrea.ms/schema/1.0/badge"),
    }
    assert len(found) == len(said)
    exam = said[f"{ADL}verbs/completed", f"{ADL}activities/assessment"]
    assert exam["object"]["definition"]["name"] == {"en": "Exam: Refrigeration Control"}
    assert exam["result"] == {
        "score": {"scaled": 0.9},
        "success": True,
        "completion": True,
        "duration": "PT60S",
    }
    (parent,) = exam["context"]["contextActivities"]["parent"]
    course = said[f"{ADL}verbs/completed", f"{ADL}activities/course"]
    assert parent["id"] == course["object"]["id"]
    assert course["object"]["id"].endswith(f"/xapi/activities/course/{scene.course.course_id}")
    assert exam["context"]["registration"] == course["context"]["registration"]
    assert {one["authority"]["account"]["name"] for one in found} == {"portal"}
    assert {one["actor"].get("name") for one in found} == {None}


def test_a_fact_is_told_with_the_time_it_happened_however_late_the_store_hears_of_it(
    app, cast, scene, reader
):
    with clock.frozen_at(clock.now()) as advance:
        at = clock.now()
        scene.learn(cast.amara)
        advance(timedelta(days=3))
        deliver()
    for one in told(reader):
        assert one["timestamp"][:19] == f"{at:%Y-%m-%dT%H:%M:%S}"
        assert one["stored"] > one["timestamp"]


def test_a_certificate_that_was_revoked_is_no_longer_said_to_be_earned(app, cast, scene, reader):
    scene.learn(cast.amara)
    earned = {"verb": "http://id.tincanapi.com/verb/earned"}
    deliver()
    (statement,) = told(reader, **earned)
    with unit_of_work(), acting_as(SYSTEM):
        (held,) = certificates.holdings(
            people=[cast.amara], certification_ids=[scene.certification_id], at=clock.now()
        )
        certificates.revoke(
            certificate_id=held.certificate_id,
            reason="The exam was sat by another.",
            actor=SYSTEM,
            now=clock.now(),
        )
    assert statement["result"]["response"] == held.code
    deliver()
    # The one that voids is found by what the voided one is found by (xAPI 1.0.3, Communication 2.1.3).
    assert [one["verb"]["id"] for one in told(reader, **earned)] == [f"{ADL}verbs/voided"]
    assert reader.send("GET", "statements", voidedStatementId=statement["id"]).status_code == 200


def test_every_answer_of_an_attempt_is_told_as_it_was_given_with_what_it_earned(app, cast, reader):
    course_id, exam = set_up_exam()
    enrol(cast.amara, course_id)
    attempt = start(exam.id, cast.amara)
    for number, form in enumerate(ANSWERS, 1):
        give(attempt, number, form, cast.amara)
    finish(attempt, cast.amara)
    deliver()
    answered = told(reader, verb=f"{ADL}verbs/answered")
    assert [
        (
            one["object"]["definition"]["interactionType"],
            one["result"]["response"],
            one["result"]["success"],
            one["result"]["score"]["scaled"],
        )
        for one in answered
    ] == [
        ("choice", "b", True, 1),
        ("choice", "a[,]c", False, 0),
        ("true-false", "false", False, 0),
        ("fill-in", "CO2", True, 1),
        ("numeric", "272.5", True, 1),
        ("matching", "a[.]x[,]b[.]z", False, 0.5),
    ]
    assert answered[0]["object"]["definition"]["choices"][1] == {
        "id": "b",
        "description": {"en": "Clear the room."},
    }
    assert {one["id"] for one in answered[5]["object"]["definition"]["target"]} == {"x", "y", "z"}
    assert all("correctResponsesPattern" not in one["object"]["definition"] for one in answered)
    (failed,) = told(reader, verb=f"{ADL}verbs/failed")
    assert failed["result"]["score"] == {
        "scaled": float(Decimal("0.5")),
        "raw": 3.5,
        "min": 0,
        "max": 7,
    }
    assert {one["context"]["contextActivities"]["parent"][0]["id"] for one in answered} == {
        failed["object"]["id"]
    }


def test_opinions_are_told_statement_by_statement_and_neither_right_nor_scored(app, cast, reader):
    bank_id = fill_bank(OPINIONS)
    with unit_of_work(read_only=True):
        draws = fixed(bank_id)
    course_id, exam = set_up_exam(draws, pass_percent=0)
    enrol(cast.amara, course_id)
    attempt = start(exam.id, cast.amara)
    give(attempt, 1, {"answer-a": ["5"], "answer-b": ["na"]}, cast.amara)
    give(attempt, 2, {"answer": ["More time.\r\nFewer slides."]}, cast.amara)
    finish(attempt, cast.amara)
    deliver()
    answered = told(reader, verb=f"{ADL}verbs/answered")
    assert [(one["object"]["definition"]["interactionType"], one["result"]) for one in answered] == [
        ("likert", {"response": "5"}),
        ("likert", {"response": "na"}),
        ("long-fill-in", {"response": "More time.\nFewer slides."}),
    ]
    first, second, _open = (one["object"] for one in answered)
    assert first["id"] != second["id"], "each statement is a thing of its own"
    assert first["definition"]["name"] == {"en": "The training: The exercises were close to my work."}
    assert first["definition"]["scale"][4] == {"id": "5", "description": {"en": "Strongly agree"}}
    assert [one["id"] for one in first["definition"]["scale"]] == ["1", "2", "3", "4", "5", "na"]
    (passed,) = told(reader, verb=f"{ADL}verbs/passed")
    assert "score" not in passed["result"]


def test_who_was_there_attended_and_a_correction_says_what_it_corrects(app, cast, reader):
    course_id, activity = live.write_live_course()
    with clock.frozen_at(clock.now()) as advance:
        session_id = live.schedule(activity, trainers=[cast.tomas])
        taken = {}
        for name in ("amara", "dafydd", "ruth"):
            enrol_on(getattr(cast, name), course_id)
            taken[name] = live.book(app, session_id, getattr(cast, name))
        advance(timedelta(days=10, minutes=1))
        live.mark(
            session_id,
            {taken["dafydd"]: Marking(Mark.PARTLY, 200), taken["ruth"]: Marking(Mark.ABSENT)},
            rest=Mark.PRESENT,
        )
        live.close(session_id)
        deliver()
        attended = told(reader, verb=f"{ADL}verbs/attended")
        assert {one["actor"]["account"]["name"]: one["result"] for one in attended} == {
            str(cast.amara): {"completion": True, "duration": "PT28800S"},
            str(cast.dafydd): {"completion": False, "duration": "PT12000S"},
        }
        advance(timedelta(hours=1))
        tomas = live.actor_of(app, cast.tomas, Role.TRAINER)
        with unit_of_work(), acting_as(tomas):
            attendance.correct(
                session_id=session_id,
                booking_id=taken["amara"],
                marking=Marking(Mark.ABSENT),
                reason="Her name stood on the wrong line.",
                actor=tomas,
                now=clock.now(),
            )
        deliver()
    first, correction = account_of(cast.amara, told(reader, verb=f"{ADL}verbs/attended"))
    assert correction["result"] == {"completion": False, "duration": "PT0S"}
    assert correction["context"]["statement"]["id"] == first["id"]
    assert "wrong line" not in str(correction)


def test_what_was_not_told_before_somebody_was_erased_is_told_of_nobody(app, cast, scene, reader):
    scene.learn(cast.amara)
    scene.learn(cast.dafydd)
    with unit_of_work(), acting_as(SYSTEM):
        privacy.erase(cast.amara)
    deliver()
    found = told(reader)
    assert account_of(cast.amara, found) == []
    assert account_of(cast.dafydd, found)
    assert str(cast.amara) not in str(found)


def test_hundreds_of_facts_cost_a_few_transactions_and_none_is_told_twice(app, cast, scene, reader):
    people = [cast.amara, cast.dafydd, cast.ruth, cast.nils]
    for person_id in people:
        scene.learn(person_id)
    commits = []
    with pytest.MonkeyPatch.context() as patched:
        commit = db.session.commit

        def counted():
            commits.append(1)
            commit()

        patched.setattr(db.session, "commit", counted)
        deliver()
    facts = Counter(one["verb"]["id"] for one in told(reader))
    assert facts == {f"{ADL}verbs/completed": 12, "http://id.tincanapi.com/verb/earned": 4}
    with unit_of_work(read_only=True):
        others = db.session.query(outbox.OutboxDelivery).filter(
            outbox.OutboxDelivery.handler.not_like("%.state_%")
        )
        # Two kinds of fact for the whole of learning, one for certificates, and the look that finds nothing.
        assert len(commits) - others.count() <= 4


def test_an_answer_that_was_right_at_the_second_try_is_told_as_right_with_what_it_earned(app, cast, reader):
    bank_id = fill_bank([replace(VALVE, hints=(Text("Who is in the room?"),))])
    with unit_of_work(read_only=True):
        draws = fixed(bank_id)
    course_id, exam = set_up_exam(draws, telling=Telling.TRIES, penalty=Decimal("0.25"))
    enrol(cast.amara, course_id)
    attempt = start(exam.id, cast.amara)
    for number, key in enumerate("ab", 1):
        with unit_of_work():
            check_answer(
                attempt_id=attempt,
                slot=1,
                form={"answer": [key]},
                number=number,
                client_key=uuid4(),
                actor=actor_of(cast.amara),
                now=clock.now(),
            )
    finish(attempt, cast.amara)
    deliver()
    (answered,) = told(reader, verb=f"{ADL}verbs/answered")
    assert answered["result"]["success"] is True
    assert answered["result"]["score"]["scaled"] == 0.75
