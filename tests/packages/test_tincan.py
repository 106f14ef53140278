"""An xAPI package: read whole or refused with its line, launched as the guideline says, and counted by what it says."""

import io
import json
from decimal import Decimal

import pytest

from lms.courses import facade as courses
from lms.kernel.archives import open_zip
from lms.kernel.db import new_id
from lms.kernel.uow import unit_of_work
from lms.packages.errors import PackageRefused
from lms.packages.formats import read_package
from lms.packages.formats.bare import open_package
from lms.packages.values.tincan import TinCanPackage
from tests.packages.packages import course_with, enrol
from tests.packages.test_cmi5_sessions import said
from tests.packages.tincan import ROOT, VERBS, TinCanUnit, launch_tincan, tincan, tincan_package

BOMB = (
    '<?xml version="1.0"?><!DOCTYPE t [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    "<tincan>&b;</tincan>"
)
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE t [<!ENTITY a SYSTEM "file:///etc/passwd">]><tincan>&a;</tincan>'


def read(text: str | None = None, *, folder: str = "") -> TinCanPackage:
    found = read_package(open_zip(tincan_package(text, folder=folder)))
    assert isinstance(found, TinCanPackage)
    return found


def test_a_package_says_what_it_is_in_each_of_its_languages():
    more = "<activity id='https://example.com/xapi/wiring/q1'><name xml:lang='fr'>Question</name></activity>"
    package = read(
        tincan(
            launch="<launch lang='en'>index.html?a=1</launch><launch lang='de'>Index.html</launch>", more=more
        )
    )
    assert (package.identifier, package.title) == (ROOT, "Wiring")
    assert package.titles == {"en": "Wiring", "de": "Verdrahtung"}
    assert package.launches == {"en": "index.html?a=1", "de": "index.html"}
    assert [one.identifier for one in package.activities] == [ROOT, f"{ROOT}/q1"]
    assert package.activities[1].name == {"fr": "Question"}
    assert package.warnings == ("The file index.html is spelled Index.html in tincan.xml.",)


def test_a_package_may_lie_in_folders_that_hold_nothing_else():
    package = read(folder="export/v2/")
    assert (package.root, package.launches) == ("export/v2/", {"en": "index.html"})
    assert "lies in a folder of the archive: export/v2/" in package.warnings[0]


def test_a_tincan_xml_may_come_alone_if_it_begins_elsewhere():
    alone = tincan(launch="<launch lang=''>https://example.com/run?x=1</launch>")
    for content in (alone.encode(), alone.replace("utf-8", "utf-16").encode("utf-16")):
        package = read_package(open_package(io.BytesIO(content)))
        assert (package.is_elsewhere, package.launches) == (True, {"": "https://example.com/run?x=1"})
    with pytest.raises(PackageRefused, match="without a ZIP") as refused:
        read_package(open_package(io.BytesIO(tincan().encode())))
    assert refused.value.line == 5


@pytest.mark.parametrize(
    "text, line, says",
    [
        (b"", 1, "ends before its first element"),
        ("<tincan><activities>", 1, "broken in line 1"),
        (b"\xff\xfe\x00", 1, "cannot be read"),
        (tincan().replace("utf-8", "shift-jis-9"), 1, "encoding"),
        (tincan().encode("latin-1").replace(b"Wiring", b"W\xefring"), 4, "broken in line 4"),
        (BOMB, 1, "document type"),
        (OUTSIDE, 1, "document type"),
        ("<manifest/>", 1, "<manifest>"),
        ("<tincan/>", 1, "no <activity>"),
        (tincan(launch=""), 4, "nothing to open"),
        (tincan(launch="<launch> </launch>"), 4, "nothing to open"),
        (tincan(root="wiring"), 4, "no absolute IRI: wiring"),
        (tincan(launch="<launch>javascript:alert(1)</launch>"), 5, "javascript:alert(1)"),
        (tincan(launch="<launch>data:text/html,x</launch>"), 5, "data:text/html"),
        (tincan(launch="<launch>file:///etc/passwd</launch>"), 5, "file:///etc/passwd"),
        (tincan(launch="<launch>//example.com/x</launch>"), 5, "cannot open"),
        (tincan(launch="<launch>https:///x</launch>"), 5, "cannot open"),
        (tincan(launch="<launch>http://[x/</launch>"), 5, "no address"),
        (tincan(launch="<launch>../index.html</launch>"), 5, "leads out"),
        (tincan(launch="<launch>%2e%2e/index.html</launch>"), 5, "leads out"),
        (tincan(launch="<launch>/index.html</launch>"), 5, "leads out"),
        (tincan(launch="<launch>start.html</launch>"), 5, "start.html, which <launch> names"),
        (tincan(launch="<launch>index.html?auth=x</launch>"), 5, "set when it opens: auth"),
        (
            tincan(
                launch="<launch lang='en'>index.html</launch><launch lang='de'>https://a.example/</launch>"
            ),
            4,
            "some elsewhere",
        ),
        (f"<tincan><activities>{'<a>' * 200}{'</a>' * 200}</activities></tincan>", 1, "nested too deeply"),
        (b" " * (11 << 20), None, "too large"),
    ],
)
def test_a_tincan_xml_that_breaks_a_rule_is_refused_with_its_line_and_the_reason(text, line, says):
    with pytest.raises(PackageRefused) as refused:
        read_package(open_zip(tincan_package(text)))
    assert says in str(refused.value)
    assert refused.value.line == line


@pytest.fixture
def lesson(app, cast):
    with unit_of_work():
        activity = course_with(tincan_package())
        enrol(cast.amara, activity)
    return activity


@pytest.fixture
def unit(lesson, cast, visit) -> TinCanUnit:
    return launch_tincan(visit(cast.amara), lesson)


def best(cast, lesson):
    with unit_of_work(read_only=True):
        done = (cast.amara, lesson.course_id) in courses.completions([cast.amara], [lesson.course_id])
        return done, courses.best_scores([cast.amara], [lesson.key]).get((cast.amara, lesson.key))


def test_the_launch_carries_what_the_guideline_names_and_no_name_of_the_learner(unit, cast):
    assert unit.url.partition("?")[0].endswith("/index.html")
    assert set(unit.query) == {
        *("endpoint", "auth", "actor", "registration", "activity_id", "activity_platform", "Accept-Language")
    }
    assert unit.query["endpoint"].endswith("/xapi/")
    assert unit.query["auth"].startswith("Basic ")
    assert unit.activity_id == ROOT
    assert unit.actor["account"]["name"] == str(cast.amara)
    assert "amara" not in json.dumps(unit.actor).lower()


def test_what_is_said_of_the_package_lands_in_the_record_store_and_completes_it(unit, lesson, cast):
    assert unit.say("initialized").status_code == 204
    assert best(cast, lesson) == (False, None)
    assert unit.say("passed", score={"raw": 42, "min": 0, "max": 60}).status_code == 204
    done, score = best(cast, lesson)
    assert done
    assert (score.score, score.passed) == (Decimal("0.7"), True)
    assert [verb for verb, _whole in said(unit.registration)] == ["initialized", "passed"]
    unit.say("failed", score={"scaled": 0.1})
    done, score = best(cast, lesson)
    assert (done, score.score, score.passed) == (True, Decimal("0.7"), True)


def test_what_failed_is_not_completed_until_it_is_passed(unit, lesson, cast):
    unit.say("failed", completion=True, score={"scaled": -0.5})
    done, score = best(cast, lesson)
    assert (done, score.score, score.passed) == (False, Decimal(0), False)
    unit.say("passed", score={"scaled": 0.8})
    assert best(cast, lesson)[0]


def test_what_is_said_of_a_part_or_with_another_verb_counts_for_nothing(unit, lesson, cast):
    part = unit.statement("passed")
    part["object"] = {"id": f"{ROOT}/q1"}
    assert unit.put(part).status_code == 204
    assert unit.say("experienced", completion=True).status_code == 204
    agent = unit.statement("completed")
    agent["object"] = {"objectType": "Agent", "mbox": "mailto:a@example.com"}
    assert unit.put(agent).status_code == 204
    assert not best(cast, lesson)[0]


def test_a_statement_that_comes_again_and_a_batch_count_once(unit, lesson, cast):
    one = unit.statement("completed")
    assert [unit.put(one).status_code for _ in range(2)] == [204, 204]
    assert unit.post([unit.statement("answered"), unit.statement("passed")]).status_code == 200
    assert [verb for verb, _whole in said(unit.registration)] == ["completed", "answered", "passed"]


def test_the_token_reaches_nobody_else_no_other_registration_and_takes_nothing_back(unit, lesson, cast):
    for change in (
        {"actor": {"mbox": "mailto:other@example.com"}},
        {"actor": {"objectType": "Group", "member": [unit.actor]}},
        {"context": {"registration": str(new_id())}},
        {"verb": {"id": VERBS + "voided"}, "object": {"objectType": "StatementRef", "id": str(new_id())}},
    ):
        refused = unit.put({**unit.statement("completed"), **change})
        assert refused.status_code == 403, change
        assert "WWW-Authenticate" not in refused.headers
    assert said(unit.registration) == []
    assert not best(cast, lesson)[0]
    other = {"agent": {"mbox": "mailto:other@example.com"}}
    assert unit.state("GET", "bookmark", **other).status_code == 403
    assert unit.state("PUT", "bookmark", "x", registration=str(new_id())).status_code == 403
    assert (
        unit.state("PUT", "bookmark", "x", registration=None, activityId="https://a.example/").status_code
        == 403
    )
    assert unit.call("GET", f"{unit.endpoint}/statements", registration=str(new_id())).json == {
        "statements": [],
        "more": "",
    }


def test_a_package_finds_what_it_noted_and_its_learners_other_tokens_do_not_help(unit, lesson, cast, visit):
    assert unit.state("PUT", "resume", {"page": 7}).status_code == 204
    again = launch_tincan(visit(cast.amara), lesson)
    assert again.registration == unit.registration
    assert again.state("GET", "resume").json == {"page": 7}
    again.authorization = again.authorization[:-4] + "AAA="
    assert again.state("GET", "resume").status_code == 401


def test_a_lost_answer_to_a_launch_gives_a_new_token_and_ends_the_old_one(lesson, cast, visit):
    session, amara = str(new_id()), visit(cast.amara)
    first = launch_tincan(amara, lesson, session=session)
    second = launch_tincan(amara, lesson, session=session)
    assert first.say("completed").status_code == 401
    assert second.say("completed").status_code == 204
    stolen = visit(cast.tomas).post(
        f"/learn/packages/{lesson.id}/launch", json={"unit": ROOT, "session": session, "mode": ""}
    )
    assert stolen.status_code in {403, 404}


def test_a_preview_is_kept_apart_and_completes_nothing(lesson, cast, visit):
    unit = launch_tincan(visit(cast.tomas), lesson)
    assert unit.launched["mode"] == "Browse"
    assert unit.say("passed", score={"scaled": 1}).status_code == 204
    with unit_of_work(read_only=True):
        assert courses.completions([cast.tomas], [lesson.course_id]) == {}


def test_the_players_page_shows_the_package_in_the_readers_language_and_that_it_is_done(lesson, cast, visit):
    amara = visit(cast.amara)
    launch_tincan(amara, lesson).say("completed")
    assert amara.post("/preferences/language", {"locale": "de"}).status_code == 303
    assert "Verdrahtung" in amara.get(f"/learn/packages/{lesson.id}").text
    assert amara.get(f"/learn/packages/{lesson.id}/standing.json").json == {"states": ["valid"]}
