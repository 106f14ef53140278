"""The pages of paths: the same for each reader as what the rules say, and nobody reads another partner's names."""

import pytest

from lms.courses.curricula.queries import authored
from lms.courses.curricula.values import DraftState
from lms.courses.values import CurriculumId
from lms.kernel.db import new_id
from tests.courses.curricula import (
    finish,
    follow,
    let_count,
    see_path,
    stage,
    write_path,
    write_small,
)
from tests.support.portal import counted_queries


@pytest.fixture
def small(app, cast):
    """Return a path of two stages, the second a choice of two, and its courses."""
    one, two, three = (write_small(name) for name in ("valves", "fans", "logs"))
    return write_path(stage("Parts", one), stage("Depth", two, three, needed=1)), (one, two, three)


def test_a_learner_finds_a_path_follows_it_and_goes_on_from_the_path(app, cast, visit, small):
    _curriculum_id, (one, two, three) = small
    amara = visit(cast.amara)
    assert 'href="/paths/loops"' in amara.get("/paths").text
    assert amara.post("/paths/loops/start").location == "/paths/loops"
    shown = amara.get("/paths/loops").text
    assert '<a class="nav-link" href="/learn" aria-current="page">' in shown
    assert "You are here" in shown
    assert "Opens when you have finished “Parts”." in shown
    assert f'action="/paths/loops/courses/{one}"' in shown
    assert amara.post(f"/paths/loops/courses/{two}").location == "/paths/loops"
    assert amara.post(f"/paths/loops/courses/{one}").location == "/learn/valves"
    finish(cast.amara, one)
    assert amara.post(f"/paths/loops/courses/{three}").location == "/learn/logs"
    finish(cast.amara, three)
    done = amara.get("/paths/loops").text
    assert "Completed" in done
    assert "Leave this path" not in done


def test_the_catalogue_and_the_course_itself_say_where_somebody_is(app, cast, visit, small):
    curriculum_id, (one, *_rest) = small
    amara = visit(cast.amara)
    follow(app, curriculum_id, cast.amara)
    assert "0 of 2 stages" in amara.get("/learn").text
    locked = amara.get("/learn/fans").text
    assert "Opens when you have finished “Parts”." in locked
    assert "Taken by itself it counts all the same." in locked
    assert 'action="/learn/fans/enrol"' in locked
    finish(cast.amara, one)
    assert "Opens when you have finished" not in amara.get("/learn/fans").text


def test_a_strict_path_takes_the_start_button_from_its_locked_courses(app, cast, visit):
    one, two = write_small("valves"), write_small("fans")
    write_path(stage("Parts", one), stage("Depth", two), is_strict=True)
    amara = visit(cast.amara)
    shown = amara.get("/learn/fans").text
    assert "Loops: Opens when you have finished “Parts”." in shown
    assert 'action="/learn/fans/enrol"' not in shown
    assert amara.post("/learn/fans/enrol").status_code == 403
    assert 'action="/learn/valves/enrol"' in amara.get("/learn/valves").text


def test_a_partner_admin_sees_where_the_own_team_is_and_no_other(app, cast, visit, small):
    curriculum_id, (one, *_rest) = small
    for person in (cast.amara, cast.dafydd, cast.nils):
        follow(app, curriculum_id, person)
    finish(cast.amara, one)
    shown = visit(cast.ruth).get("/team/paths").text
    assert "Amara" in shown
    assert "Dafydd" in shown
    assert "Nils" not in shown
    assert "2. Depth" in shown
    assert "Nils" in visit(cast.nils).get("/team/paths").text
    assert "Amara" not in visit(cast.nils).get("/team/paths").text
    assert visit(cast.amara).get("/team/paths").status_code == 403


def test_team_home_and_path_ask_as_often_for_many_as_for_few(app, cast, visit, small):
    curriculum_id, courses = small
    ruth, counts = visit(cast.ruth), []
    for people in ((cast.ruth,), (cast.amara, cast.dafydd)):
        for person in people:
            follow(app, curriculum_id, person)
        seen = {}
        for page in ("/team/paths", "/", "/paths", "/paths/loops", "/learn/fans"):
            with counted_queries() as asked:
                assert ruth.get(page).status_code == 200
            seen[page] = len(asked)
        counts.append(seen)
        second = write_path(
            stage("More", *courses, needed=1), slug=f"more-{len(counts)}", title=f"More {len(counts)}"
        )
        follow(app, second, cast.ruth)
        let_count(write_small(f"old-{len(counts)}"), courses[0])
    assert counts[0] == counts[1]


def test_a_trainer_writes_orders_and_publishes_a_path_on_pages(app, cast, visit):
    one, two = write_small("valves"), write_small("fans")
    tomas, key = visit(cast.tomas), CurriculumId(new_id())
    form = {"key": str(key), "title": "Cold chain", "language": "en"}
    assert tomas.post("/author/curricula/new", form).location == f"/author/curricula/{key}"
    tomas.post("/author/curricula/new", form)
    edit = f"/author/curricula/{key}"
    stages = [new_id(), new_id()]
    for stage_key, title in zip(stages, ("Parts", "Depth"), strict=True):
        tomas.post(f"{edit}/stages", {"stage-key": str(stage_key), "stage-title": title})
    for stage_key, course_id in zip(stages, (one, two), strict=True):
        answer = tomas.post(
            f"{edit}/stages/{stage_key}",
            {
                "seen": str(authored.get_authored(key).revision),
                "title": "Parts" if course_id == one else "Depth",
                "courses": str(course_id),
                "how_many": "all",
                "opens": "before",
            },
        )
        assert answer.location == edit
    tomas.post(f"{edit}/stages/{stages[1]}/move-up")
    assert [part.title for part in authored.get_authored(key).stages] == ["Depth", "Parts"]
    assert tomas.post(f"{edit}/order", {"order": f'["{stages[0]}","{stages[1]}"]'}).status_code == 204
    assert [part.title for part in authored.get_authored(key).stages] == ["Parts", "Depth"]
    assert "Publish version 1" in tomas.get(f"{edit}/publish").text
    for _press in range(2):
        assert tomas.post(f"{edit}/publish").location == edit
    assert authored.get_authored(key).state is DraftState.PUBLISHED
    assert authored.get_authored(key).number == 1
    assert see_path("cold-chain", cast.amara).title == "Cold chain"
    assert "Cold chain" in tomas.get(f"/author/courses/{one}").text


def test_what_is_wrong_with_a_stage_stands_beside_its_field_and_what_was_typed_stays(app, cast, visit):
    curriculum_id = write_path(stage("Parts", write_small("valves")), stage("Depth"), publish=False)
    tomas = visit(cast.tomas)
    one = authored.get_authored(curriculum_id)
    page = f"/author/curricula/{curriculum_id}/stages/{one.stages[1].key}"
    some = {"seen": str(one.revision), "title": "Deep", "how_many": "some", "opens": "chosen"}
    refused = tomas.post(page, some)
    assert refused.status_code == 422
    assert "Say how many." in refused.text
    assert "Choose a stage." in refused.text
    assert 'value="Deep"' in refused.text
    stale = tomas.post(page, {**some, "seen": "1", "how_many": "all", "opens": "before"})
    assert stale.status_code == 409
    assert 'value="Deep"' in stale.text
    ring = {
        "seen": str(one.revision),
        "title": "Parts",
        "courses": str(one.stages[0].courses[0]),
        "how_many": "all",
        "opens": "chosen",
        "after": str(one.stages[1].key),
    }
    answer = tomas.post(f"/author/curricula/{curriculum_id}/stages/{one.stages[0].key}", ring)
    assert answer.status_code == 422
    assert "would wait for each other: " in answer.text


def test_what_counts_is_said_and_taken_back_on_a_page(app, cast, visit):
    old, new = write_small("old-valves"), write_small("valves")
    tomas = visit(cast.tomas)
    form = {"key": str(new_id()), "course": str(old), "counts_for": str(new), "note": "Replaced in spring"}
    assert tomas.post("/author/equivalences", {**form, "counts_for": str(old)}).status_code == 422
    for _press in range(2):
        assert tomas.post("/author/equivalences", form).location == "/author/equivalences"
    shown = tomas.get("/author/equivalences").text
    assert shown.count("Replaced in spring") == 1
    for _press in range(2):
        tomas.post(f"/author/equivalences/{form['key']}/remove")
    assert "Replaced in spring" not in tomas.get("/author/equivalences").text


def test_an_auditor_reads_and_is_offered_nothing_to_press(app, cast, visit, small):
    curriculum_id, _courses = small
    odd = visit(cast.odd)
    for page in (
        "/author/curricula",
        f"/author/curricula/{curriculum_id}",
        "/author/equivalences",
        "/paths/loops",
    ):
        shown = odd.get(page)
        assert shown.status_code == 200
        assert "Follow this path" not in shown.text
        assert 'action="/author/curricula' not in shown.text
    assert odd.get(f"/author/curricula/{curriculum_id}/publish").status_code == 200
    assert odd.post("/paths/loops/start").status_code == 403
    assert visit(cast.amara).get(f"/author/curricula/{curriculum_id}").status_code == 403
