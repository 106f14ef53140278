"""The pages of assignments: each state says what is so, nothing typed is lost, and nobody reads another's work."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest

from lms.app.factory import deliver_outbox
from lms.courses import facade as courses
from lms.courses.assignments import rules
from lms.courses.assignments.queries import handed
from lms.courses.authoring import queries as authoring
from lms.courses.values import LearnerGroup
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import new_id
from lms.kernel.uow import unit_of_work
from tests.courses.assignments import (
    PDF,
    PNG,
    WORST,
    add,
    asked,
    draft_revision,
    hand_in,
    mark,
    own,
    take,
    work_of,
    write_assignment,
)
from tests.courses.courses import enrol
from tests.support.portal import counted_queries


@pytest.fixture
def sizing(app, cast):
    """Return an assignment that Amara and Nils take, and its page in the player."""
    course_id, activity = write_assignment()
    for person in (cast.amara, cast.nils):
        enrol(person, course_id)
    return activity, f"/learn/sizing/{activity.id}"


def test_a_learner_drafts_adds_a_file_hands_in_and_reads_what_came_of_it(app, cast, visit, sizing):
    activity, page = sizing
    amara, to = visit(cast.amara), f"/learn/assignments/{activity.id}"
    shown = amara.get(page).text
    assert "<strong>cold store</strong>" in shown
    assert "6 of 10 points pass" in shown
    assert "Not handed in yet" in shown
    saved = amara.post(to, {"text": "Twelve", "revision": "0"}, headers={"Accept": "application/json"})
    assert saved.json["revision"] == 1
    fields = {"text": "Twelve kW", "revision": "1", "do": "add", "file": (io.BytesIO(PDF), "plan.pdf")}
    assert amara.post(to, fields).location == page
    shown = amara.get(page).text
    assert "plan.pdf" in shown
    assert "Twelve kW" in shown
    assert amara.post(to, {"text": "Twelve kW", "revision": "3", "do": "hand-in"}).location == page
    shown = amara.get(page).text
    assert "waits to be marked" in shown
    assert "data-draft " not in shown
    work_id = work_of(own(activity, cast.amara)[0].id)
    take(app, work_id, cast.tomas)
    assert "Being marked" in amara.get(page).text
    mark(app, work_id, cast.tomas, (None, None), is_returned=True, comment="Where are the fans?")
    shown = amara.get(page).text
    assert "Returned: hand it in again" in shown
    assert "Where are the fans?" in shown
    assert ">Twelve kW</textarea>" in shown
    assert "2 times left" in shown


def test_a_stale_tab_is_told_and_loses_nothing(app, cast, visit, sizing):
    activity, page = sizing
    amara, to = visit(cast.amara), f"/learn/assignments/{activity.id}"
    amara.post(to, {"text": "From the phone", "revision": "0"})
    for do in ("save", "hand-in"):
        answer = amara.post(to, {"text": "From a stale tab", "revision": "0", "do": do})
        assert answer.status_code == 409
        assert "From a stale tab" in answer.text
        assert "From the phone" in answer.text
    told = amara.post(to, {"text": "Stale", "revision": "0"}, headers={"Accept": "application/json"})
    assert (told.status_code, told.json["text"], told.json["revision"]) == (409, "From the phone", 1)
    assert "From the phone" in amara.get(page).text
    assert amara.post(to, {"text": "From a stale tab", "revision": "1"}).status_code == 303


def test_who_hands_in_from_a_second_tab_after_the_first_did_finds_both_texts(app, cast, visit, sizing):
    activity, page = sizing
    amara, to = visit(cast.amara), f"/learn/assignments/{activity.id}"
    amara.post(to, {"text": "Begun", "revision": "0"})
    assert amara.post(to, {"text": "From the first", "revision": "1", "do": "hand-in"}).location == page
    late = amara.post(to, {"text": "From the second", "revision": "0", "do": "hand-in"})
    assert late.status_code == 409
    assert "still to be marked" in late.text
    assert ">From the second</textarea>" in late.text
    assert "From the first" in late.text
    again = amara.post(to, {"text": "From the first", "revision": "0", "do": "hand-in"})
    assert again.location == page, "what is kept already needs no comparing"
    amara.post(to, {"text": "From the second", "revision": "2"})
    shown = amara.get(page).text
    assert "It is kept for you, and was not handed in." in shown
    assert "From the second" in shown


def test_ends_of_lines_count_once_and_too_long_a_text_stands_in_its_field_and_is_not_called_kept(
    app, cast, visit, sizing
):
    activity, page = sizing
    amara, to = visit(cast.amara), f"/learn/assignments/{activity.id}"
    fits = "a" * 150_000 + "\r\n" * 50_000
    assert amara.post(to, {"text": fits, "revision": "0"}).location == page
    for do in ("save", "hand-in"):
        answer = amara.post(to, {"text": f"{fits}too long", "revision": "1", "do": do})
        assert answer.status_code == 422
        assert "At most 200000 characters." in answer.text
        assert "too long</textarea>" in answer.text
        assert "Your text is kept" not in answer.text
    assert own(activity, cast.amara) == []


def test_a_text_with_a_character_that_cannot_be_kept_comes_back_in_its_field(app, cast, visit, sizing):
    activity, _page = sizing
    answer = visit(cast.amara).post(
        f"/learn/assignments/{activity.id}", {"text": "Twelve\0 kW", "revision": "0", "do": "hand-in"}
    )
    assert answer.status_code == 422
    assert "It was taken out" in answer.text
    assert ">Twelve kW</textarea>" in answer.text
    assert own(activity, cast.amara) == []


def test_nothing_that_can_be_seen_is_nothing_handed_in_and_no_comment(app, cast, visit, sizing):
    activity, _page = sizing
    amara, to = visit(cast.amara), f"/learn/assignments/{activity.id}"
    amara.post(to, {"text": "\u200b\u2060", "revision": "0", "do": "hand-in"})
    assert own(activity, cast.amara) == []
    work_id = work_of(hand_in(app, activity, cast.amara, "Twelve", draft_revision(activity, cast.amara)))
    take(app, work_id, cast.tomas)
    for hidden in ("\u200b", "\u2060", "\ufeff", "\u00ad"):
        fields = {"seen": "0", "comment": hidden, "comment-0": hidden, "do": "return"}
        answer = visit(cast.tomas).post(f"/author/marking/{work_id}", fields)
        assert answer.status_code == 422
        assert "Say what is asked for" in answer.text


def test_what_is_refused_says_why_and_keeps_the_text(app, cast, visit, sizing):
    activity, page = sizing
    amara, to = visit(cast.amara), f"/learn/assignments/{activity.id}"
    amara.post(to, {"text": "Kept", "revision": "0", "do": "add", "file": (io.BytesIO(b"MZ"), "setup.exe")})
    shown = amara.get(page).text
    assert "setup.exe is no kind of file" in shown
    assert ">Kept</textarea>" in shown
    assert draft_revision(activity, cast.amara) == 1
    assert amara.post(to, {"text": "x", "revision": "one"}).status_code == 422
    assert visit(cast.dafydd).post(to, {"text": "x", "revision": "0"}).status_code == 404


def test_a_file_that_was_chosen_and_not_added_is_handed_in_with_the_rest(app, cast, visit, sizing):
    activity, page = sizing
    amara, to = visit(cast.amara), f"/learn/assignments/{activity.id}"
    for _click in range(2):
        fields = {
            "text": "Twelve kW",
            "revision": "0",
            "do": "hand-in",
            "file": (io.BytesIO(PDF), "pl\u202ean\x07.pdf"),
        }
        assert amara.post(to, fields).location == page
    (one,) = own(activity, cast.amara)
    assert [(file.filename, file.size_bytes) for file in one.files] == [("plan.pdf", len(PDF))], (
        "a name turns nothing around for who marks it"
    )
    mark(app, work_of(one.id), cast.tomas, (None, None), is_returned=True)
    assert ">Twelve kW</textarea>" in amara.get(page).text


@pytest.mark.parametrize(
    "name, content, added, why",
    [
        ("setup.exe", b"MZ", 0, "setup.exe is no kind of file"),
        ("plan.pdf", PDF + b" " * 100_000, 0, "plan.pdf is larger than"),
        ("plan.pdf", PDF, 3, "At most 3 files"),
    ],
)
def test_a_chosen_file_that_cannot_be_taken_keeps_everything_back_and_says_why_at_its_field(
    app, cast, visit, name, content, added, why
):
    course_id, activity = write_assignment(wanted=asked(most_bytes=100_000))
    enrol(cast.amara, course_id)
    page = f"/learn/sizing/{activity.id}"
    for number in range(added):
        add(app, activity, cast.amara, f"{number}.png", PNG + bytes([number]), number)
    amara, to = visit(cast.amara), f"/learn/assignments/{activity.id}"
    fields = {"text": "Kept", "revision": str(added), "do": "hand-in", "file": (io.BytesIO(content), name)}
    assert amara.post(to, fields).status_code == 303
    assert own(activity, cast.amara) == []
    shown = amara.get(page).text
    (said,) = re.findall(r'id="file-error">.*?</p>', shown, re.DOTALL)
    assert why in said
    assert "Nothing was handed in" in shown
    assert ">Kept</textarea>" in shown
    assert 'id="file-error"' not in amara.get(page).text


def test_work_is_returned_with_a_word_and_without_points(app, cast, visit, sizing):
    activity, page = sizing
    work_id = work_of(hand_in(app, activity, cast.amara, "Twelve"))
    take(app, work_id, cast.tomas)
    tomas, item = visit(cast.tomas), f"/author/marking/{work_id}"
    given = {"seen": "0", "comment": " ", "comment-0": "", "do": "return"}
    refused = tomas.post(item, given)
    assert refused.status_code == 422
    (said,) = re.findall(r'id="comment-error">.*?</p>', refused.text, re.DOTALL)
    assert "Say what is asked for" in said
    assert "Choose a level" not in refused.text
    assert own(activity, cast.amara)[0].outcome is None
    assert tomas.post(item, {**given, "comment-0": "Where are the fans?"}).status_code == 303
    for shown in (visit(cast.amara).get(page).text, tomas.get(item).text):
        assert "Where are the fans?" in shown
        assert "10 points</span>" not in shown
        assert "not judged" not in shown


def test_files_are_served_to_their_owner_and_to_markers_and_run_nothing(app, cast, visit, sizing):
    activity, _page = sizing
    for revision, (name, content) in enumerate([("plan.pdf", PDF), ("site.png", PNG), ("notes.txt", b"Hm")]):
        add(app, activity, cast.nils, name, content, revision)
    drafted = {name: f"/learn/handed/{place}" for name, place in draft_files(activity, cast.nils).items()}
    assert visit(cast.tomas).get(drafted["plan.pdf"]).status_code == 404
    hand_in(app, activity, cast.nils, revision=3)
    for name, address in drafted.items():
        nils = visit(cast.nils).get(address)
        assert nils.status_code == 200
        policy = nils.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'")
        assert ("sandbox" in policy) is (name != "plan.pdf")
        assert nils.headers["X-Content-Type-Options"] == "nosniff"
        way = nils.headers["Content-Disposition"].partition(";")[0]
        assert way == ("attachment" if name == "notes.txt" else "inline")
        assert visit(cast.tomas).get(address).status_code == 200
        assert visit(cast.odd).get(address).status_code == 200
        for stranger in (cast.amara, cast.ruth, cast.jonas):
            assert visit(stranger).get(address).status_code == 404


def draft_files(activity, person):
    with unit_of_work(read_only=True):
        place = handed.find_place(activity.id, person)
        listed = handed.list_draft_files(place.enrolment.id, activity.key)
        return {file.filename: file.id for file in listed}


def test_a_trainer_takes_marks_and_marks_anew(app, cast, visit, sizing):
    activity, page = sizing
    hand_in(app, activity, cast.amara, "<script>alert(1)</script> kW")
    tomas = visit(cast.tomas)
    listed = tomas.get("/author/marking").text
    assert "Amara Osei" in listed
    (item,) = set(re.findall(r'href="(/author/marking/[0-9a-f-]{36})"', listed))
    shown = tomas.get(item).text
    assert "&lt;script&gt;alert(1)" in shown
    assert "Take it to mark" in shown
    assert "Finish marking" not in shown
    tomas.post(f"{item}/take")
    assert "With you" in tomas.get(item).text
    assert "With Tomas" in visit(cast.ada).get(item).text
    gap = {"seen": "0", "level-0": "1", "comment-0": "One source is missing.", "do": "decide"}
    answer = tomas.post(item, gap)
    assert answer.status_code == 422
    assert "One source is missing." in answer.text
    assert "Choose a level" in answer.text
    assert tomas.post(item, {**gap, "level-1": "1"}).location == "/author/marking"
    assert "Amara Osei" not in tomas.get("/author/marking").text
    assert "Amara Osei" in tomas.get("/author/marking?show=marked").text
    again = {"seen": "1", "level-0": "0", "level-1": "0", "do": "decide"}
    assert tomas.post(item, again).status_code == 422
    assert tomas.post(item, {**again, "reason": "The wrong page."}).status_code == 303
    late = tomas.post(item, {**gap, "level-1": "1"})
    assert late.status_code == 409
    assert "One source is missing." in late.text
    shown = visit(cast.amara).get(page).text
    assert "Marked anew: The wrong page." in shown
    assert "One source is missing." in shown


def test_partner_admins_see_that_their_peoples_work_waits_and_not_what_it_says(app, cast, visit, sizing):
    activity, _page = sizing
    hand_in(app, activity, cast.amara, "A secret of the site")
    hand_in(app, activity, cast.nils)
    ruth = visit(cast.ruth).get("/team/hand-ins").text
    assert "Amara Osei" in ruth
    assert "Nils" not in ruth
    assert "A secret" not in ruth
    assert visit(cast.ruth).get("/author/marking").status_code == 403
    assert visit(cast.amara).get("/team/hand-ins").status_code == 403


def test_an_auditor_reads_the_queue_and_finds_nothing_to_press(app, cast, visit, sizing):
    activity, _page = sizing
    work_id = work_of(hand_in(app, activity, cast.amara, "Twelve"))
    odd = visit(cast.odd)
    shown = odd.get(f"/author/marking/{work_id}").text
    assert "Twelve" in shown
    assert "Take it to mark" not in shown
    assert odd.post(f"/author/marking/{work_id}/take").status_code == 403


def kept(activity):
    with unit_of_work(read_only=True):
        row = authoring.find_current_activity(activity.course_id, activity.key)
        assert row is not None
        return row


def settings_fields(**more):
    return {
        "seen": "1",
        "task": "Size it.",
        "takes": "both",
        "kinds": "pdf",
        "most_files": "2",
        "most_mb": "5",
        "criteria-0-title": "The load",
        "criteria-0-levels": "0: missing\n4: complete",
        "criteria-1-title": "",
        "criteria-1-levels": "",
        "pass_percent": "60",
        "again": "1",
        **more,
    }


def test_a_trainer_sets_an_assignment_up_and_a_version_freezes_it(app, cast, visit, sizing):
    activity, page = sizing
    enrol(cast.dafydd, activity.course_id)
    address = f"/author/courses/{activity.course_id}/assignments/{activity.key}"
    tomas = visit(cast.tomas)
    assert "The load" in tomas.get(address).text
    seen = str(kept(activity).revision)
    more = tomas.post(address, settings_fields(seen=seen, more="1"))
    assert 'name="criteria-3-title"' in more.text
    refused: list[tuple[dict[str, Any], str]] = [
        ({"criteria-0-levels": "good"}, "points first"),
        ({"criteria-0-title": ""}, "needs a title"),
        ({"criteria-0-levels": "0: nothing"}, "needs points"),
        ({"kinds": []}, "one kind"),
        ({"due_days": "3", "due_on": "2030-01-01"}, "not both"),
        ({"pass_percent": "0"}, "between 1 and 100"),
        ({"task": ""}, "what is to be done"),
    ]
    for wrong, why in refused:
        answer = tomas.post(address, settings_fields(seen=seen, **wrong))
        assert answer.status_code == 422, wrong
        assert why in answer.text, wrong
    assert tomas.post(address, settings_fields(seen=seen)).status_code == 303
    stale = tomas.post(address, settings_fields(seen=seen, task="Another task"))
    assert stale.status_code == 409
    assert "Another task" in stale.text
    assert "cold store" in visit(cast.dafydd).get(page).text
    assert rules.assignment_of(kept(activity).config).rubric.most == 4
    assert visit(cast.odd).get(address).status_code == 200
    assert visit(cast.amara).get(address).status_code == 403


def test_what_was_marked_keeps_its_rubric_when_the_course_is_published_anew(app, cast, visit, sizing):
    activity, _page = sizing
    work_id = work_of(hand_in(app, activity, cast.amara))
    mark(app, work_id, cast.tomas, WORST, comments=("Empty", ""))
    tomas = visit(cast.tomas)
    address = f"/author/courses/{activity.course_id}/assignments/{activity.key}"
    seen = str(kept(activity).revision)
    tomas.post(address, settings_fields(seen=seen, **{"criteria-0-title": "Something else"}))
    with unit_of_work(), acting_as(SYSTEM):
        courses.publish(
            course_id=activity.course_id,
            moves=(LearnerGroup.IN_PROGRESS,),
            actor=SYSTEM,
            now=clock.now(),
        )
    deliver_outbox()
    amara, moved = visit(cast.amara), courses.list_activities(activity.course_id)[-1]
    assert moved.id != activity.id
    shown = amara.get(f"/learn/sizing/{moved.id}").text
    assert "Something else" in shown
    assert "The choice" in shown
    assert "Empty" in shown
    mark(app, work_id, cast.tomas, seen=1, reason="The wrong page.")
    deliver_outbox()
    assert f"/learn/sizing/{moved.id}" in amara.get("/notifications").text
    assert (cast.amara, activity.course_id) in courses.completions([cast.amara], [activity.course_id])


def test_an_assignment_without_task_or_rubric_is_not_published(app, cast, visit):
    _course_id, activity = write_assignment()
    tomas = visit(cast.tomas)
    editor = f"/author/courses/{activity.course_id}"
    key, section = new_id(), re.search(r"/sections/([0-9a-f-]{36})", tomas.get(editor).text)
    assert section is not None
    made = tomas.post(
        f"{editor}/sections/{section[1]}/activities",
        {"add-key": str(key), "add-kind": "assignment", "add-title": "Empty"},
    )
    assert made.location == f"{editor}/assignments/{key}"
    shown = tomas.get(f"{editor}/publish").text
    assert "has no task yet" in shown
    assert "has no rubric yet" in shown


@pytest.mark.parametrize("count", [1, 3])
def test_pages_ask_a_constant_number_of_questions(app, cast, visit, count):
    activity = write_assignment("often", asked(again=None))[1]
    for person in (cast.amara, cast.nils, cast.dafydd)[:count]:
        enrol(person, activity.course_id)
        for _time in range(count):
            revision = draft_revision(activity, person)
            revision = add(app, activity, person, "plan.pdf", PDF, revision)
            work_id = work_of(hand_in(app, activity, person, revision=revision))
            mark(app, work_id, cast.tomas, WORST)
        work_id = work_of(hand_in(app, activity, person, revision=draft_revision(activity, person)))
        take(app, work_id, cast.tomas)
    for who, address, most in [
        (cast.amara, f"/learn/often/{activity.id}", 17),
        (cast.tomas, "/author/marking", 11),
        (cast.tomas, "/author/marking?show=marked", 11),
        (cast.tomas, f"/author/marking/{work_id}", 18),
        (cast.ada, "/team/hand-ins", 8),
    ]:
        visitor = visit(who)
        visitor.get(address)
        with counted_queries() as queries:
            assert visitor.get(address).status_code == 200
        assert len(queries) <= most, (address, len(queries), queries)


def test_a_late_day_is_said_before_and_after(app, cast, visit):
    activity = write_assignment("due", asked(due_days=2))[1]
    with clock.frozen_at(clock.now()) as advance:
        enrol(cast.amara, activity.course_id)
        assert "Due on" in visit(cast.amara).get(f"/learn/due/{activity.id}").text
        advance(timedelta(days=4))
        assert "marked as late" in visit(cast.amara).get(f"/learn/due/{activity.id}").text
        hand_in(app, activity, cast.amara)
        assert "late" in visit(cast.tomas).get("/author/marking?late=1").text
