"""Tracking: what a learner does in a package is kept once, resumed, and counts for the course."""

import html
import io
import json
import threading
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from lms.courses import facade as courses
from lms.kernel.db import db, new_id
from lms.kernel.errors import Invalid
from lms.kernel.uow import unit_of_work
from lms.packages.models import PackageFileRow, PackageRevision, PackageUploadRow, PastAttemptRow, TrackingRow
from tests.packages.packages import course_with, enrol, opening, package
from tests.packages.scorm12 import folder, lessons, scorm12_package

PAGES = {
    "index.html": "<!doctype html><title>x</title>",
    "img/loop.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
}


@pytest.fixture
def lesson(app, cast):
    with unit_of_work():
        activity = course_with(package(PAGES))
        enrol(cast.amara, activity)
    return activity


def _commit(visitor, activity, sequence=1, *, session=None, word="normal", last=False, item="I1", **elements):
    body = {
        "item": item,
        "session": opening(visitor.person_id, activity, session or SESSION, word),
        "sequence": sequence,
        "last": last,
        "elements": {f"cmi.core.{name}": value for name, value in elements.items()},
    }
    return visitor.post(f"/learn/packages/{activity.id}/commit", json=body)


SESSION = new_id()


def _tracking():
    with unit_of_work(read_only=True):
        return db.session.scalars(select(TrackingRow)).one()


def test_a_package_completes_its_course_in_the_request_that_says_so(lesson, cast, visit):
    amara = visit(cast.amara)
    answer = _commit(amara, lesson, lesson_status="passed", **{"score.raw": "92"}, session_time="00:10:00")
    assert answer.json["kept"] is True
    assert answer.json["completed"] is True
    with unit_of_work(read_only=True):
        done = courses.completions([cast.amara], [lesson.course_id])
        score = courses.best_scores([cast.amara], [lesson.key])[(cast.amara, lesson.key)]
    assert (cast.amara, lesson.course_id) in done
    assert score.score == Decimal("0.92")


def test_a_commit_that_arrives_twice_counts_its_time_once(lesson, cast, visit):
    amara = visit(cast.amara)
    for _ in range(3):
        assert (
            _commit(
                amara, lesson, 1, last=True, session_time="00:10:00", lesson_status="incomplete"
            ).status_code
            == 200
        )
    assert _tracking().total_seconds == 600


def test_a_late_older_commit_does_not_undo_a_newer_one(lesson, cast, visit):
    amara = visit(cast.amara)
    _commit(amara, lesson, 2, lesson_location="page-7")
    _commit(amara, lesson, 1, lesson_location="page-3")
    assert _tracking().elements["cmi.core.lesson_location"] == "page-7"


def test_the_place_and_the_time_are_found_again_at_the_next_opening(lesson, cast, visit):
    amara = visit(cast.amara)
    _commit(amara, lesson, 1, lesson_location="page-7", exit="suspend", session_time="00:10:00", last=True)
    page = amara.get(f"/learn/packages/{lesson.id}").text
    assert "page-7" in page
    assert "0000:10:00" in page or "00:10:00" in page
    assert "resume" in page


def test_of_two_windows_only_the_newer_one_saves_and_the_older_one_is_told(lesson, cast, visit):
    amara = visit(cast.amara)
    older, newer = new_id(), new_id()
    _commit(amara, lesson, 1, session=older, lesson_location="1")
    _commit(amara, lesson, 1, session=newer, lesson_location="5")
    refused = _commit(amara, lesson, 2, session=older, lesson_location="2")
    assert refused.status_code == 409
    assert _tracking().elements["cmi.core.lesson_location"] == "5"


def test_the_same_commit_from_two_connections_at_once_is_kept_once(lesson, cast, visit):
    visitors = [visit(cast.amara) for _ in range(4)]
    answers = []

    def send(visitor):
        with visitor.portal.app_context():
            answers.append(_commit(visitor, lesson, 1, last=True, session_time="00:01:00").status_code)

    threads = [threading.Thread(target=send, args=(one,)) for one in visitors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert answers == [200] * 4
    assert _tracking().total_seconds == 60


@pytest.mark.parametrize(
    "change",
    [
        {"sequence": 0},
        {"sequence": "1"},
        {"sequence": True},
        {"session": "mine"},
        {"elements": []},
        {"elements": {"cmi.core.lesson_status": "excellent"}},
        {"elements": {"cmi.core.score.raw": "many"}},
        {"elements": {"window.location": "x"}},
        {"last": 1},
        {"person_id": "somebody"},
    ],
)
def test_a_commit_that_is_not_one_is_refused_and_changes_nothing(lesson, cast, visit, change):
    session = opening(cast.amara, lesson, SESSION)
    body = {"item": "I1", "session": session, "sequence": 1, "last": False, "elements": {}} | change
    answer = visit(cast.amara).post(f"/learn/packages/{lesson.id}/commit", json=body)
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    with unit_of_work(read_only=True):
        assert db.session.scalars(select(TrackingRow)).all() == []


def test_nobody_plays_or_commits_what_they_are_not_enrolled_on(lesson, cast, visit):
    for stranger in (cast.nils, cast.ruth):
        assert visit(stranger).get(f"/learn/packages/{lesson.id}").status_code == 404
        assert _commit(visit(stranger), lesson).status_code == 404
    assert _commit(visit(cast.amara), lesson, item="I2").status_code == 404


def test_a_trainer_who_previews_records_nothing(lesson, cast, visit):
    tomas = visit(cast.tomas)
    assert "Preview: nothing is recorded" in tomas.get(f"/learn/packages/{lesson.id}").text
    assert _commit(tomas, lesson, lesson_status="passed").json["kept"] is False
    with unit_of_work(read_only=True):
        assert db.session.scalars(select(TrackingRow)).all() == []


def test_a_revision_is_never_changed(lesson):
    for table in (PackageRevision, PackageFileRow):
        with pytest.raises(DBAPIError, match="append-only"), unit_of_work():
            db.session.execute(update(table).values(size_bytes=1))


@pytest.mark.parametrize("content", [b"no zip at all", b"PK\x03\x04 broken", b""])
def test_a_file_that_is_no_package_is_refused_with_the_reason_and_nothing_stays(app, cast, visit, content):
    answer = visit(cast.tomas).post(
        "/author/packages",
        {"key": str(new_id()), "file": (io.BytesIO(content), "x.zip")},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 422
    assert "Why it cannot come" in answer.text
    with unit_of_work(read_only=True):
        assert db.session.scalars(select(PackageRevision)).all() == []
        assert db.session.scalars(select(PackageUploadRow)).all() == []


def test_uploading_twice_by_a_double_click_makes_one_revision(app, cast, visit):
    # One file, made once: a zip says when it was made, and two made two seconds apart are two packages.
    key, tomas, content = str(new_id()), visit(cast.tomas), package(PAGES).getvalue()
    for _ in range(2):
        answer = tomas.post(
            "/author/packages",
            {"key": key, "file": (io.BytesIO(content), "x.zip")},
            content_type="multipart/form-data",
        )
        assert answer.status_code == 303
    for _ in range(2):
        kept = tomas.post(f"/author/packages/uploads/{key}/confirm", {"kept_as": "own"})
        assert kept.status_code == 303
    with unit_of_work(read_only=True):
        assert len(db.session.scalars(select(PackageRevision)).all()) == 1
    assert "Wiring" in tomas.get("/author/packages").text


def test_a_package_without_its_manifest_says_so(app, cast):
    with pytest.raises(Invalid, match="imsmanifest"), unit_of_work():
        source = package({"start.txt": "x"})
        blank = io.BytesIO(source.getvalue().replace(b"imsmanifest.xml", b"imsmanifexx.xml"))
        course_with(blank)


def test_what_a_package_kept_of_a_person_is_handed_out_and_goes_with_them_and_the_result_stays(
    lesson, cast, visit
):
    amara, ada = visit(cast.amara), visit(cast.ada)
    _commit(amara, lesson, 1, lesson_location="Amara was here", lesson_status="passed", **{"score.raw": "92"})
    held = json.loads(amara.post("/account/export").data)
    (tracking,) = held["packages"]["trackings"]
    assert tracking["elements"]["cmi.core.lesson_location"] == "Amara was here"
    assert ada.post(f"/admin/people/{cast.amara}/erase", {"email": "amara@example.com"}).status_code == 303
    with unit_of_work(read_only=True):
        assert db.session.scalars(select(TrackingRow)).all() == []
        assert (cast.amara, lesson.course_id) in courses.completions([cast.amara], [lesson.course_id])


def forged(token: str) -> str:
    """Return a token with another signature; its last character has bits that say nothing, so the first is changed."""
    said, _dot, signature = token.rpartition(".")
    return f"{said}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"


def test_only_an_opening_that_was_given_to_this_learner_for_this_lesson_commits(lesson, cast, visit):
    amara, path = visit(cast.amara), f"/learn/packages/{lesson.id}/commit"
    _commit(amara, lesson, 1, lesson_location="page-7")
    far = UUID(int=(1 << 128) - 1)
    with unit_of_work():
        other = course_with(package(PAGES), slug="sensors")
        enrol(cast.amara, other)
        enrol(cast.nils, lesson)
    for never in (
        str(far),
        forged(opening(cast.amara, lesson)),
        opening(cast.nils, lesson, far),
        opening(cast.amara, other, far),
    ):
        body = {"item": "I1", "session": never, "sequence": 1, "last": False, "elements": {}}
        refused = amara.post(path, json=body)
        assert refused.status_code == 422
        assert "Open the lesson again" in refused.json["detail"]
    # The learner's own page goes on saving: no opening from nowhere has taken its place.
    assert _commit(amara, lesson, 2, lesson_location="page-8").status_code == 200
    assert _tracking().elements["cmi.core.lesson_location"] == "page-8"


def _begin(visitor, lesson, query=""):
    page = visitor.get(f"/learn/packages/{lesson.id}{query}").text
    return json.loads(html.unescape(page.partition('data-begin="')[2].partition('"')[0]))


def test_what_the_page_itself_was_given_commits(lesson, cast, visit):
    amara = visit(cast.amara)
    begin = _begin(amara, lesson)
    body = {"item": "I1", "session": begin["session"], "sequence": 1, "last": True, "elements": {}}
    assert amara.post(f"/learn/packages/{lesson.id}/commit", json=body).json["kept"] is True


def test_who_only_looks_is_told_so_by_the_standards_words(lesson, cast, visit):
    amara = visit(cast.amara)

    def words(visitor, query=""):
        elements = _begin(visitor, lesson, query)["elements"]
        return elements["cmi.core.lesson_mode"], elements["cmi.core.credit"], elements["cmi.core.entry"]

    assert words(visit(cast.tomas)) == ("browse", "no-credit", "ab-initio")
    assert words(amara) == ("normal", "credit", "ab-initio")
    assert words(amara, "?mode=anew") == ("normal", "credit", "ab-initio")
    _commit(amara, lesson, 1, lesson_status="passed", exit="suspend", last=True)
    assert words(amara) == ("normal", "credit", "resume"), "what is suspended is gone on with"
    _commit(amara, lesson, 1, session=new_id(), lesson_status="passed", exit="", last=True)
    assert words(amara) == ("review", "no-credit", "")
    assert words(amara, "?mode=anew") == ("normal", "credit", "ab-initio")


def test_a_look_back_keeps_nothing_and_a_second_attempt_puts_the_first_away(lesson, cast, visit):
    amara = visit(cast.amara)
    _commit(
        amara,
        lesson,
        1,
        lesson_status="passed",
        lesson_location="end",
        session_time="00:10:00",
        last=True,
        **{"score.raw": "92"},
    )
    look = _commit(
        amara, lesson, 1, session=new_id(), word="review", lesson_status="failed", lesson_location="1"
    )
    assert (look.json["kept"], look.json["mode"]) == (False, "review")
    assert _tracking().elements["cmi.core.lesson_location"] == "end"
    _commit(
        amara, lesson, 1, session=new_id(), word="anew", lesson_status="incomplete", session_time="00:01:00"
    )
    row = _tracking()
    assert "cmi.core.lesson_location" not in row.elements
    assert row.total_seconds == 0
    with unit_of_work(read_only=True):
        past = db.session.scalars(select(PastAttemptRow)).one()
        assert (past.number, past.elements["cmi.core.score.raw"]) == (1, "92")
        assert past.total_seconds == 600
        assert (cast.amara, lesson.course_id) in courses.completions([cast.amara], [lesson.course_id])


def test_the_outline_shows_folders_and_follows_each_commit_without_a_reload(app, cast, visit):
    items = folder("Basics", lessons("one", "two")) + folder("More", folder("Deep", lessons("three")))
    with unit_of_work():
        activity = course_with(scorm12_package(items))
        enrol(cast.amara, activity)
    amara = visit(cast.amara)
    page = amara.get(f"/learn/packages/{activity.id}").text
    order = [page.index(f">{word}<") for word in ("Basics", "One", "Two", "More", "Deep", "Three")]
    assert order == sorted(order)
    answer = _commit(amara, activity, 1, item="one", lesson_status="completed", last=True).json
    assert answer["outline"].count('data-state="valid"') == 1
    assert "Basics" in answer["outline"]
    assert answer["following"].endswith("item=two")
    quiet = _commit(amara, activity, 1, session=new_id(), item="two", lesson_status="incomplete").json
    assert quiet["outline"].count('data-state="progress"') == 1
    last = _commit(amara, activity, 1, session=new_id(), item="three", lesson_status="completed").json
    assert last["following"] is None
