"""cmi5 sessions: what a launched unit may say is kept and counts; all else is refused, and nothing is said twice."""

import base64
import io
import json
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from lms.courses import facade as courses
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, Actor, acting_as
from lms.kernel.db import db, new_id
from lms.kernel.errors import Conflict, Forbidden, Invalid
from lms.kernel.uow import unit_of_work
from lms.lrs.models import StatementRow
from lms.lrs.queries.statements import list_statements
from lms.lrs.rules import terms
from lms.lrs.values import Wanted
from lms.packages.models import LaunchSessionRow, RegistrationRow
from lms.packages.plugs import PackagesData
from lms.packages.service.waiving import waive_unit
from lms.packages.values.cmi5 import RegistrationId
from tests.packages.cmi5 import MASTERY, SESSION, Unit, au, block, cmi5_package, launch, structure, token_of
from tests.packages.packages import course_with, enrol

MASTERED = 'moveOn="CompletedAndPassed" masteryScore="0.8"'


@pytest.fixture
def lesson(app, cast):
    """Return an activity of two units in a block, one of which wants a mastery score."""
    source = cmi5_package(
        block(
            "b",
            au(
                "one",
                attributes=MASTERED,
                more="<launchParameters>p=1</launchParameters><entitlementKey>k-9</entitlementKey>",
            ),
            au("two", attributes='moveOn="Completed"'),
        )
    )
    with unit_of_work():
        activity = course_with(source)
        enrol(cast.amara, activity)
    return activity


@pytest.fixture
def unit(lesson, cast, visit) -> Unit:
    return launch(visit(cast.amara), lesson, "one").begin()


def said(registration: str):
    """Return what the store holds of a registration, oldest first, as (verb, statement)."""
    with unit_of_work(read_only=True):
        found = list_statements(
            Wanted(terms=[terms.registration(UUID(registration))], ascending=True)
        ).statements
        whole = [json.loads(one.raw) for one in found]
    return [(one["verb"]["id"].rpartition("/")[2], one) for one in whole]


def verbs(registration: str) -> list[str]:
    return [verb for verb, _whole in said(registration)]


def is_completed(cast, lesson) -> bool:
    with unit_of_work(read_only=True):
        return (cast.amara, lesson.course_id) in courses.completions([cast.amara], [lesson.course_id])


def test_a_whole_course_is_launched_passed_satisfied_and_completes_what_the_learner_takes(
    lesson, cast, visit
):
    amara = visit(cast.amara)
    one = launch(amara, lesson, "one").begin()
    assert one.say("passed", score={"scaled": 0.9}).status_code == 204
    assert one.say("completed").status_code == 204
    assert one.say("terminated").status_code == 204
    assert not is_completed(cast, lesson)
    two = launch(amara, lesson, "two").begin()
    assert two.registration == one.registration
    assert two.activity_id != one.activity_id
    assert two.say("completed").status_code == 204
    assert is_completed(cast, lesson)
    with unit_of_work(read_only=True):
        score = courses.best_scores([cast.amara], [lesson.key])[(cast.amara, lesson.key)]
    assert score.score == Decimal("0.9")
    kept = said(one.registration)
    assert [verb for verb, _whole in kept] == [
        *("launched", "initialized", "passed", "completed", "terminated"),
        *("launched", "initialized", "completed", "satisfied", "satisfied"),
    ]
    inner, outer = (whole for verb, whole in kept if verb == "satisfied")
    assert inner["object"]["definition"]["type"].endswith("activitytype/block")
    assert outer["object"]["definition"]["type"].endswith("activitytype/course")
    assert inner["context"]["contextActivities"]["grouping"] == [{"id": "https://example.com/block/b"}]
    assert inner["object"]["id"] != "https://example.com/block/b"
    session = two.data["contextTemplate"]["extensions"][SESSION]
    assert {inner["context"]["extensions"][SESSION], outer["context"]["extensions"][SESSION]} == {session}


def test_the_launch_says_what_the_course_structure_said(lesson, cast, visit):
    one = launch(visit(cast.amara), lesson, "one")
    assert one.actor["account"]["name"] == str(cast.amara)
    assert "amara" not in json.dumps(one.actor).lower()
    assert one.activity_id != "https://example.com/au/one"
    one.begin()
    assert one.data == {
        "contextTemplate": {
            "contextActivities": {"grouping": [{"id": "https://example.com/au/one"}]},
            "extensions": {SESSION: one.data["contextTemplate"]["extensions"][SESSION]},
        },
        "launchMode": "Normal",
        "moveOn": "CompletedAndPassed",
        "masteryScore": 0.8,
        "launchParameters": "p=1",
        "entitlementKey": {"courseStructure": "k-9"},
        "returnURL": one.data["returnURL"],
    }
    assert one.data["returnURL"].endswith("/~guildhall/left")
    (launched,) = [whole for verb, whole in said(one.registration) if verb == "launched"]
    extensions = {name.rpartition("/")[2]: value for name, value in launched["context"]["extensions"].items()}
    assert extensions == {
        "sessionid": one.data["contextTemplate"]["extensions"][SESSION],
        "launchmode": "Normal",
        "moveon": "CompletedAndPassed",
        "masteryscore": 0.8,
        "launchparameters": "p=1",
        "launchurl": one.url.partition("?")[0],
    }


def test_the_token_is_given_out_once_and_never_asks_a_browser_for_a_password(lesson, cast, visit):
    one = launch(visit(cast.amara), lesson, "one")
    refused = one.say("initialized")
    assert (refused.status_code, refused.headers.get("WWW-Authenticate")) == (401, None)
    assert set(one.redeem()) == {"auth-token"}
    again = one.call("POST", one.fetch)
    assert (again.status_code, again.json["error-code"]) == (200, "1")
    assert again.headers["Access-Control-Allow-Origin"] == "*"
    assert one.call("GET", one.fetch).status_code == 405
    forged = one.call("POST", one.fetch[:-4] + "AAAA")
    assert (forged.status_code, forged.json["error-code"]) == (200, "2")


def test_a_guessed_token_opens_nothing(unit):
    key, secret = token_of(unit)
    for basic in (
        f"{key}:{'y' if secret[0] == 'x' else 'x'}{secret[1:]}",
        f"{key}:",
        f"cmi5-{uuid4()}:{secret}",
        f"cmi5-x:{secret}",
        "cmi5:",
        "cmi5:x",
    ):
        unit.authorization = "Basic " + base64.b64encode(basic.encode()).decode()
        answer = unit.say("completed")
        assert answer.status_code == 401
        assert "WWW-Authenticate" not in answer.headers


def test_a_unit_reads_its_data_and_the_learners_preferences_before_it_begins(lesson, cast, visit):
    one = launch(visit(cast.amara), lesson, "one")
    one.redeem()
    one.data = one.state("GET", "LMS.LaunchData").json
    assert one.say("initialized").status_code == 403
    assert one.preferences().status_code == 404
    assert one.say("initialized").status_code == 204


def test_a_statement_that_is_sent_again_after_a_lost_answer_is_taken_once(unit, lesson, cast):
    done = unit.statement("completed")
    assert [unit.put(done).status_code for _ in range(3)] == [204] * 3
    end = unit.statement("terminated")
    assert [unit.put(end).status_code for _ in range(2)] == [204] * 2
    assert verbs(unit.registration).count("completed") == 1
    assert verbs(unit.registration).count("terminated") == 1
    assert unit.put(done).status_code == 204
    assert unit.say("experienced", defined=False).status_code == 403
    assert unit.state("GET", "bookmark").status_code == 403


def test_a_batch_is_judged_in_the_order_of_its_timestamps_whole_or_not_at_all(lesson, cast, visit):
    one = launch(visit(cast.amara), lesson, "one")
    one.redeem()
    one.data = one.state("GET", "LMS.LaunchData").json
    one.preferences()
    first, allowed, last = (
        one.statement("initialized"),
        one.statement("experienced", defined=False),
        one.statement("terminated"),
    )
    late = one.statement("experienced", defined=False)
    assert one.post([last, allowed, first, late]).status_code == 403
    assert verbs(one.registration) == ["launched"]
    assert one.post([last, allowed, first]).status_code == 200
    assert sorted(verbs(one.registration)) == ["experienced", "initialized", "launched", "terminated"]


def test_the_same_registration_launched_anew_abandons_what_was_open(lesson, cast, visit):
    amara = visit(cast.amara)
    old = launch(amara, lesson, "one").begin()
    new = launch(amara, lesson, "two").begin()
    assert old.say("completed").status_code == 403
    assert old.state("GET", "bookmark").status_code == 403
    assert new.say("completed").status_code == 204
    kept = said(old.registration)
    assert [verb for verb, _whole in kept][:4] == ["launched", "initialized", "abandoned", "launched"]
    abandoned = kept[2][1]
    assert abandoned["result"]["duration"].startswith("PT")
    assert abandoned["object"]["id"] == old.activity_id
    assert abandoned["actor"] == old.actor


def test_a_launch_that_is_posted_twice_is_one(lesson, cast, visit):
    amara, session = visit(cast.amara), str(new_id())
    sent = {"unit": "https://example.com/au/one", "session": session, "mode": ""}
    first, second = (amara.post(f"/learn/packages/{lesson.id}/launch", json=sent) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    with unit_of_work(read_only=True):
        assert db.session.scalar(select(func.count()).select_from(LaunchSessionRow)) == 1
    assert Unit(amara, second.json).begin().say("completed").status_code == 204


def test_who_looks_on_is_not_judged(lesson, cast, visit):
    amara = visit(cast.amara)
    for mode in ("Browse", "Review"):
        looking = launch(amara, lesson, "one", mode=mode).begin()
        assert looking.data["launchMode"] == mode
        for verb in ("completed", "passed", "failed"):
            assert looking.say(verb).status_code == 403
        assert looking.say("experienced", defined=False).status_code == 204
        assert looking.say("terminated").status_code == 204
    assert not is_completed(cast, lesson)


def test_a_preview_browses_whatever_it_asks_for_and_counts_for_nobody(lesson, cast, visit):
    trainer = launch(visit(cast.tomas), lesson, "one", mode="Normal").begin()
    assert trainer.data["launchMode"] == "Browse"
    assert trainer.say("completed").status_code == 403


def test_one_learners_session_reaches_nothing_of_another(lesson, cast, visit, unit):
    with unit_of_work():
        enrol(cast.jonas, lesson)
    other = launch(visit(cast.jonas), lesson, "one").begin()
    unit.state("PUT", "bookmark", {"page": 7})
    unit.preferences("PUT", {"languagePreference": "de", "audioPreference": "on"})
    assert other.registration != unit.registration
    assert other.state("GET", "bookmark", agent=unit.actor).status_code == 403
    assert other.state("GET", "bookmark", registration=unit.registration).status_code == 403
    assert (
        other.state("GET", "bookmark", registration=None, activityId="https://x.example/1").status_code == 403
    )
    assert other.preferences(agent=unit.actor).status_code == 403
    assert other.call("GET", f"{other.endpoint}/agents", agent=unit.actor).status_code == 403
    found = other.call("GET", f"{other.endpoint}/statements", agent=unit.actor).json["statements"]
    assert found == []
    mine = other.call("GET", f"{other.endpoint}/statements").json["statements"]
    assert {one["context"]["registration"] for one in mine} == {other.registration}
    assert other.put({**other.statement("completed"), "actor": unit.actor}).status_code == 403
    stolen = unit.statement("completed")
    assert other.put(stolen).status_code == 403


def test_launch_data_is_the_platforms_and_preferences_are_what_the_standard_says(unit):
    for method, body in (("PUT", {"x": 1}), ("POST", {"x": 1}), ("DELETE", None)):
        assert unit.state(method, "LMS.LaunchData", body).status_code == 403
    assert unit.state("DELETE", "x", stateId=None).status_code == 403
    good = {"languagePreference": "en-US,fr-FR", "audioPreference": "off"}
    bad: Any
    for bad in (
        {**good, "languagePreference": ""},
        {**good, "languagePreference": "not comma separated"},
        {**good, "audioPreference": "loud"},
        {"audioPreference": "on"},
        {"languagePreference": "en"},
        [],
    ):
        assert unit.preferences("PUT", bad).status_code == 403, bad
    assert unit.preferences("PUT", b"text", content_type="text/plain").status_code == 403
    assert (
        unit.call(
            "PUT", f"{unit.endpoint}/agents/profile", good, profileId="cmi5LearnerPreferences"
        ).status_code
        == 400
    )


def test_what_needs_nothing_is_satisfied_as_the_registration_begins(app, cast, visit):
    with unit_of_work():
        activity = course_with(cmi5_package(block("b", au("one", attributes=""))))
        enrol(cast.amara, activity)
    one = launch(visit(cast.amara), activity, "one").begin()
    kept = said(one.registration)
    assert [verb for verb, _whole in kept] == ["satisfied", "satisfied", "launched", "initialized"]
    first, second, third = (whole["context"]["extensions"][SESSION] for _verb, whole in kept[:3])
    assert first == second != third
    assert is_completed(cast, activity)


def test_a_failure_is_told_and_a_later_pass_outdoes_it(lesson, cast, visit):
    amara = visit(cast.amara)
    one = launch(amara, lesson, "one").begin()
    assert one.say("failed", score={"scaled": 0.4}).status_code == 204
    assert one.say("passed", score={"scaled": 0.9}).status_code == 403
    one.say("terminated")
    again = launch(amara, lesson, "one").begin()
    assert again.say("passed", score={"scaled": 0.95}).status_code == 204
    assert again.say("failed", score={"scaled": 0.1}).status_code == 403
    with unit_of_work(read_only=True):
        score = courses.best_scores([cast.amara], [lesson.key])[(cast.amara, lesson.key)]
    assert score.score == Decimal("0.95")


def test_who_has_said_all_reviews_at_the_next_launch(lesson, cast, visit):
    amara = visit(cast.amara)
    one = launch(amara, lesson, "one").begin()
    one.say("passed", score={"scaled": 0.9})
    one.say("completed")
    one.say("terminated")
    assert launch(amara, lesson, "one").begin().data["launchMode"] == "Review"


def test_an_unit_that_is_waived_counts_as_done_says_why_and_is_waived_once(lesson, cast, visit):
    amara = visit(cast.amara)
    two = launch(amara, lesson, "two").begin()
    two.say("completed")
    two.say("terminated")
    registration = RegistrationId(UUID(two.registration))

    def waive(actor=SYSTEM, reason="Tested Out"):
        with unit_of_work(), acting_as(actor):
            waive_unit(
                registration_id=registration,
                unit_id="https://example.com/au/one",
                reason=reason,
                home_page="http://localhost:8000",
                actor=actor,
                now=clock.now(),
            )

    with pytest.raises(Invalid):
        waive(reason=" ")
    waive()
    with pytest.raises(Conflict):
        waive()
    kept = said(two.registration)
    assert [verb for verb, _whole in kept][-3:] == ["waived", "satisfied", "satisfied"]
    waived, satisfied = kept[-3][1], kept[-1][1]
    assert waived["result"] == {
        "success": True,
        "completion": True,
        "extensions": {"https://w3id.org/xapi/cmi5/result/extensions/reason": "Tested Out"},
    }
    assert waived["context"]["extensions"][SESSION] == satisfied["context"]["extensions"][SESSION]
    assert waived["context"]["extensions"][SESSION] != two.data["contextTemplate"]["extensions"][SESSION]
    assert is_completed(cast, lesson)
    with pytest.raises(Forbidden):
        waive(actor=Actor(person_id=uuid4()))


def test_a_session_ends_with_its_day(lesson, cast, visit):
    one = launch(visit(cast.amara), lesson, "one").begin()
    later = clock.now() + timedelta(hours=13)
    clock.set_source(lambda: later)
    assert one.say("completed").status_code == 403
    assert one.state("GET", "LMS.LaunchData").status_code == 403


def test_only_who_is_enrolled_launches(lesson, cast, visit):
    answer = visit(cast.jonas).post(
        f"/learn/packages/{lesson.id}/launch",
        json={"unit": "https://example.com/au/one", "session": str(new_id()), "mode": ""},
    )
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "sent",
    [
        None,
        [],
        {"unit": 1, "session": "x", "mode": ""},
        {"unit": "https://example.com/au/one", "session": "x", "mode": ""},
    ],
)
def test_a_launch_that_is_none_is_refused(lesson, cast, visit, sent):
    assert visit(cast.amara).post(f"/learn/packages/{lesson.id}/launch", json=sent).status_code == 422


def test_an_erased_person_leaves_no_registration(lesson, cast, unit):
    with unit_of_work(read_only=True):
        (exported,) = PackagesData().export(cast.amara)["units"]
        assert exported["unit"] == "https://example.com/au/one"
    with unit_of_work():
        PackagesData().erase(cast.amara)
    with unit_of_work(read_only=True):
        assert db.session.scalar(select(func.count()).select_from(RegistrationRow)) == 0
        assert db.session.scalar(select(func.count()).select_from(StatementRow)) == 2


def test_the_statement_of_a_mastery_score_that_is_another_is_refused(unit):
    wrong = unit.statement("passed", score={"scaled": 0.9})
    wrong["context"]["extensions"][MASTERY] = 0.5
    assert unit.put(wrong).status_code == 403


def _at_once(*calls):
    """Return what each of these gave, begun at the same moment."""
    with ThreadPoolExecutor(len(calls)) as pool:
        return [one.result() for one in [pool.submit(Context().run, call) for call in calls]]


def test_two_who_say_completed_at_once_are_one(unit):
    said_twice = [unit.statement("completed") for _ in range(4)]
    answers = _at_once(*(partial(unit.put, one) for one in said_twice))
    assert sorted(answer.status_code for answer in answers) == [204, 403, 403, 403]
    assert verbs(unit.registration).count("completed") == 1


def test_a_token_that_is_asked_for_by_many_at_once_is_given_to_one(lesson, cast, visit):
    one = launch(visit(cast.amara), lesson, "one")
    answers = _at_once(*[partial(one.call, "POST", one.fetch)] * 4)
    assert sorted("auth-token" in answer.json for answer in answers) == [False, False, False, True]


def test_a_trainer_brings_in_a_bare_course_structure_and_reads_why_another_is_refused(app, cast, visit):
    tomas = visit(cast.tomas)

    def upload(text: str):
        form = {"new_id": str(new_id()), "file": (io.BytesIO(text.encode()), "cmi5.xml")}
        return tomas.post("/author/packages", form, content_type="multipart/form-data")

    looked = upload(structure(au("far", url="https://example.com/")))
    assert looked.status_code == 303
    assert "cmi5</dd>" in tomas.get(looked.location).text
    assert tomas.post(f"{looked.location}/confirm", {"kept_as": "own"}).status_code == 303
    assert "cmi5</span>" in tomas.get("/author/packages").text
    refused = upload(structure(au("near")))
    assert refused.status_code == 422
    assert "whole addresses" in refused.text


def test_the_players_page_names_lessons_in_the_readers_language_and_what_is_done(lesson, cast, visit):
    amara = visit(cast.amara)
    one = launch(amara, lesson, "two").begin()
    one.say("completed")
    assert amara.post("/preferences/language", {"locale": "de"}).status_code == 303
    page = amara.get(f"/learn/packages/{lesson.id}").text
    assert "one auf Deutsch" in page
    assert amara.get(f"/learn/packages/{lesson.id}/standing.json").json == {"states": ["none", "valid"]}
    assert visit(cast.jonas).get(f"/learn/packages/{lesson.id}/standing.json").status_code == 404
