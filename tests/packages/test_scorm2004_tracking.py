"""SCORM 2004 tracking: what is said in a lesson is kept once, the way goes on from it, and the course hears of it."""

import threading
from decimal import Decimal

import pytest
from sqlalchemy import select

from lms.courses import facade as courses
from lms.kernel.db import db, new_id
from lms.kernel.uow import unit_of_work
from lms.packages.models import PastAttemptRow, SequencingRow, TrackingRow
from lms.packages.plugs import PackagesData
from tests.packages.packages import course_of, course_with, enrol, opening
from tests.packages.scorm2004 import FLOW, item, manifest, sequenced_package, sequencing

TWO = manifest(item("one"), item("two"), sequencing(FLOW))
ONE = manifest(item("only"))


class Page:
    """The player's page of one learner, as its script posts."""

    def __init__(self, visitor, activity):
        self.visitor, self.activity = visitor, activity
        self.session, self.sequence, self.mode = new_id(), 0, "normal"

    def post(self, navigation="", *, item="", last=False, **elements):
        self.sequence += 1
        return self.send(self.sequence, navigation, item=item, last=last, elements=elements)

    def send(self, sequence, navigation="", *, item="", last=False, elements=None):
        answer = self.visitor.post(
            f"/learn/packages/{self.activity.id}/sequence",
            json={
                "item": item,
                "session": opening(self.visitor.person_id, self.activity, self.session),
                "sequence": sequence,
                "last": last,
                "elements": {f"cmi.{name}": value for name, value in (elements or {}).items()},
                "navigation": navigation,
                "mode": self.mode,
            },
        )
        if answer.status_code == 200:
            self.mode = answer.json["mode"]
        return answer

    def open(self):
        return self.post("open").json


@pytest.fixture
def place(app, cast, visit):
    """Return a way to put a package into a course and to open its page as Amara."""

    def prepare(text):
        with unit_of_work():
            activity = course_with(sequenced_package(text))
            enrol(cast.amara, activity)
        return lambda: Page(visit(cast.amara), activity)

    return prepare


def _row(table=TrackingRow, item="only"):
    with unit_of_work(read_only=True):
        return db.session.scalars(select(table).where(table.item == item)).one()


def _completed(cast, activity):
    with unit_of_work(read_only=True):
        return (cast.amara, activity.course_id) in courses.completions([cast.amara], [activity.course_id])


def test_the_page_shows_the_lessons_before_anything_is_opened(place):
    page = place(TWO)()
    shown = page.visitor.get(f"/learn/packages/{page.activity.id}").text
    assert "data-choice" in shown
    assert ">One<" in shown


def test_a_package_of_one_lesson_opens_it_and_ends_with_it(place, cast):
    page = place(ONE)()
    opened = page.open()
    assert opened["delivery"]["item"] == "only"
    assert opened["delivery"]["elements"]["cmi.entry"] == "ab-initio"
    told = page.post(
        item="only", last=True, success_status="passed", **{"score.scaled": "0.92", "session_time": "PT10M"}
    )
    assert (told.json["ended"], told.json["moved"], told.json["is_completed"]) == (True, False, True)
    assert _completed(cast, page.activity)
    assert _row().total_seconds == 600
    with unit_of_work(read_only=True):
        score = courses.best_scores([cast.amara], [page.activity.key])[(cast.amara, page.activity.key)]
    assert score.score == Decimal("0.92")


def test_what_was_suspended_is_found_again_with_its_place_and_its_time(place):
    make = place(ONE)
    page = make()
    page.open()
    page.post(
        item="only",
        last=True,
        exit="suspend",
        location="page-7",
        suspend_data="x" * 9000,
        session_time="PT90S",
    )
    again = make().open()["delivery"]["elements"]
    assert (again["cmi.entry"], again["cmi.location"], again["cmi.total_time"]) == (
        "resume",
        "page-7",
        "PT90S",
    )
    assert len(again["cmi.suspend_data"]) == 9000


def test_a_page_that_was_closed_without_a_word_is_gone_on_with(place):
    make = place(TWO)
    page = make()
    page.open()
    page.post("continue", item="one", last=True)
    page.post(item="two", location="page-2", session_time="PT30S")
    again = make().open()["delivery"]
    assert again["item"] == "two"
    assert (again["elements"]["cmi.entry"], again["elements"]["cmi.location"]) == ("resume", "page-2")
    assert again["elements"]["cmi.total_time"] == "PT30S"


def test_a_commit_that_arrives_twice_counts_its_time_once_and_is_answered_alike(place):
    page = place(TWO)()
    page.open()
    first = page.post("continue", item="one", last=True, session_time="PT10M").json
    again = page.send(
        page.sequence, "continue", item="one", last=True, elements={"session_time": "PT10M"}
    ).json
    assert first["delivery"]["item"] == again["delivery"]["item"] == "two"
    assert again["moved"]
    assert _row(item="one").total_seconds == 600


@pytest.mark.parametrize("way", ["suspendAll", "exitAll"])
def test_who_leaves_and_hears_no_answer_is_told_the_second_time_that_it_is_over(place, way):
    page = place(TWO)()
    page.open()
    first = page.post(way, item="one", last=True, exit="suspend").json
    again = page.send(page.sequence, way, item="one", last=True, elements={"exit": "suspend"}).json
    assert (first["ended"], first["delivery"]) == (again["ended"], again["delivery"]) == (True, None)


def test_of_two_windows_only_the_newer_one_saves_and_the_older_one_is_told(place):
    make = place(TWO)
    older = make()
    older.open()
    newer = make()
    newer.open()
    newer.post(item="one", location="5")
    assert older.post(item="one", location="2").status_code == 409
    assert _row(item="one").elements["cmi.location"] == "5"


def test_an_attempt_that_is_over_is_put_away_when_another_begins(place):
    make = place(TWO)
    page = make()
    page.open()
    page.post(
        item="one", last=True, success_status="failed", **{"score.scaled": "0.2", "interactions.0.id": "q1"}
    )
    page.post("{target=one}choice")
    kept = _row(PastAttemptRow, "one")
    assert (kept.number, kept.elements["cmi.score.scaled"], kept.elements["cmi.interactions.0.id"]) == (
        1,
        "0.2",
        "q1",
    )
    assert _row(item="one").elements == {}


def test_what_was_failed_does_not_complete_and_can_be_taken_again(place, cast):
    make = place(ONE)
    page = make()
    page.open()
    told = page.post(item="only", last=True, completion_status="completed", success_status="failed").json
    assert not told["is_completed"]
    assert not _completed(cast, page.activity)
    again = make().open()
    assert (again["mode"], again["delivery"]["elements"]["cmi.entry"]) == ("normal", "ab-initio")


def test_what_is_done_is_looked_back_at_and_nothing_of_that_counts(place, cast):
    make = place(ONE)
    page = make()
    page.open()
    page.post(item="only", last=True, location="end", success_status="passed", **{"score.scaled": "0.9"})
    back = make()
    seen = back.open()
    assert seen["mode"] == "review"
    assert seen["delivery"]["elements"]["cmi.mode"] == "review"
    assert seen["delivery"]["elements"]["cmi.credit"] == "no-credit"
    assert seen["delivery"]["elements"]["cmi.location"] == "end"
    told = back.post(item="only", last=True, success_status="failed", **{"score.scaled": "0.1"}).json
    assert not told["is_kept"]
    assert _row().elements["cmi.score.scaled"] == "0.9"
    anew = back.post("anew").json
    assert (anew["mode"], anew["delivery"]["elements"]["cmi.entry"]) == ("normal", "ab-initio")
    assert _completed(cast, page.activity)


def test_a_preview_opens_everything_and_keeps_nothing(app, cast, visit):
    with unit_of_work():
        activity = course_with(sequenced_package(TWO))
    page = Page(visit(cast.tomas), activity)
    opened = page.open()
    assert (opened["mode"], opened["delivery"]["item"], opened["is_kept"]) == ("browse", "one", False)
    assert page.post("continue", item="one").json["delivery"]["item"] == "two"
    assert page.post("continue", item="two").json["ended"]
    with unit_of_work(read_only=True):
        assert db.session.scalars(select(SequencingRow)).all() == []
        assert db.session.scalars(select(TrackingRow)).all() == []


@pytest.mark.parametrize(
    "change",
    [
        {"sequence": 0},
        {"session": "x"},
        {"mode": "cheat"},
        {"elements": {"cmi.core.lesson_status": "passed"}},
        {"elements": {"cmi.completion_status": "splendid"}},
        {"elements": {"cmi.score.scaled": "1.5"}},
        {"elements": {"cmi.objectives.9999.id": "x"}},
        {"elements": {"cmi.suspend_data": "a\0b"}},
        {"item": 5},
    ],
)
def test_what_is_no_commit_is_refused_and_nothing_of_it_is_kept(place, change):
    page = place(ONE)()
    page.open()
    body = {
        "item": "only",
        "session": opening(page.visitor.person_id, page.activity, page.session),
        "sequence": 2,
        "last": False,
        "elements": {"cmi.location": "1"},
        "navigation": "",
        "mode": "normal",
        **change,
    }
    assert page.visitor.post(f"/learn/packages/{page.activity.id}/sequence", json=body).status_code in {
        400,
        422,
    }
    assert _row().elements == {}


def test_what_cannot_be_reached_from_here_is_said_and_changes_nothing(place):
    page = place(TWO)()
    page.open()
    told = page.post("{target=nowhere}choice").json
    assert (told["moved"], told["delivery"], told["refusal"]) == (True, None, "NB.2.1-11")
    assert page.post("continue").json["delivery"]["item"] == "two"


OBJECTIVES = (
    "<imsss:objectives>{}<imsss:objective objectiveID='there'>{}</imsss:objective></imsss:objectives>"
)
WRITES = "<imsss:mapInfo targetObjectiveID='shared' readSatisfiedStatus='false' writeSatisfiedStatus='true'/>"
READS = "<imsss:mapInfo targetObjectiveID='shared'/>"


@pytest.mark.parametrize("is_the_systems, seen", [("true", "passed"), ("false", None)])
def test_packages_of_one_course_share_objectives_unless_they_keep_them_to_themselves(
    app, cast, visit, is_the_systems, seen
):
    def text(maps):
        primary = "<imsss:primaryObjective objectiveID='own'/>"
        return manifest(
            item("one", sequencing(OBJECTIVES.format(primary, maps))),
            attributes=f'adlseq:objectivesGlobalToSystem="{is_the_systems}"',
        )

    with unit_of_work():
        first, second = course_of(sequenced_package(text(WRITES)), sequenced_package(text(READS)))
        enrol(cast.amara, first)
    page = Page(visit(cast.amara), first)
    page.open()
    page.post(item="one", last=True, **{"objectives.1.id": "there", "objectives.1.success_status": "passed"})
    elements = Page(visit(cast.amara), second).open()["delivery"]["elements"]
    assert elements["cmi.objectives.1.id"] == "there"
    assert elements.get("cmi.objectives.1.success_status") == seen


def test_what_scorm_keeps_of_a_person_is_given_out_and_forgotten(place, cast):
    page = place(ONE)()
    page.open()
    page.post(item="only", last=True, success_status="failed", location="page-7")
    Page(page.visitor, page.activity).open()
    data = PackagesData()
    with unit_of_work():
        told = data.export(cast.amara)["sequenced"]
        assert told["earlier_attempts"][0]["elements"]["cmi.location"] == "page-7"
        assert told["standings"][0]["state"]["activities"]["only"]["attempts"] == 2
        data.erase(cast.amara)
    with unit_of_work(read_only=True):
        assert [
            db.session.scalars(select(table)).all() for table in (SequencingRow, PastAttemptRow, TrackingRow)
        ] == [
            [],
            [],
            [],
        ]


def test_the_same_post_from_several_connections_at_once_is_taken_once(place, visit, cast):
    page = place(TWO)()
    page.open()
    answers = []

    def send(visitor):
        with visitor.portal.app_context():
            other = Page(visitor, page.activity)
            other.session = page.session
            told = other.send(2, "continue", item="one", last=True, elements={"session_time": "PT1M"})
            answers.append((told.status_code, told.json["delivery"]["item"]))

    threads = [threading.Thread(target=send, args=(visit(cast.amara),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert answers == [(200, "two")] * 4
    assert _row(item="one").total_seconds == 60
    with unit_of_work(read_only=True):
        (state,) = [row.state for row in db.session.scalars(select(SequencingRow))]
    assert state["activities"]["two"]["attempts"] == 1


def test_two_windows_that_open_a_package_for_the_first_time_at_once_do_not_break(place, visit, cast):
    pages = [place(TWO)()]
    pages += [Page(visit(cast.amara), pages[0].activity) for _ in range(3)]
    statuses = []

    def send(page):
        with page.visitor.portal.app_context():
            statuses.append(page.post("open").status_code)

    threads = [threading.Thread(target=send, args=(page,)) for page in pages]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    # Whoever came later with an older opening is told; nobody meets an error.
    assert set(statuses) <= {200, 409}
    assert 200 in statuses
    with unit_of_work(read_only=True):
        assert len(db.session.scalars(select(SequencingRow)).all()) == 1


def test_who_learns_and_who_reads_the_report_see_the_same(place, cast, visit):
    page = place(manifest(item("one"), item("two"), item("three"), sequencing(FLOW)))()
    page.open()
    # Passed over with Next: their content says nothing of how they stand.
    page.post("continue", item="one", last=True)
    outline = page.post("continue", item="two", last=True, location="4").json["outline"]
    with unit_of_work(read_only=True):
        enrolment_id = db.session.scalars(select(SequencingRow.enrolment_id)).one()
    address = f"/author/packages/reports/{enrolment_id}/{page.activity.key}"
    report = visit(cast.tomas).get(address).text
    for words in ("Completed", "Completed", "In progress"):
        _before, _word, report = report.partition('<th scope="row" dir="auto">')
        assert f">{words}<" in report.partition("</tr>")[0]
    assert outline.count('data-state="valid"') == 2
    assert outline.count(">Done<") == 2


def test_an_opening_of_nobody_is_taken_from_nobody(place):
    page = place(ONE)()
    page.open()
    body = {"item": "only", "sequence": 2, "last": False, "elements": {}, "navigation": "", "mode": "normal"}
    refused = page.visitor.post(
        f"/learn/packages/{page.activity.id}/sequence", json={**body, "session": str(new_id())}
    )
    assert refused.status_code == 422
    assert page.post(item="only", location="2").status_code == 200
