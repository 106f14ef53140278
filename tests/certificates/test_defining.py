"""The editor: a tree is drawn by buttons alone, refused with the way named, and shows whom it concerns."""

import io
import re
from datetime import UTC, datetime
from html import unescape

import pytest
from sqlalchemy import insert

from lms.certificates import facade as certificates
from lms.certificates.cycles.models import TrackRow
from lms.certificates.cycles.queries import affected
from lms.certificates.cycles.service import definitions
from lms.certificates.errors import RuleRefused
from lms.certificates.values import (
    AllOf,
    AnyOf,
    AtLeast,
    CertificationHeld,
    DeedKey,
    HoursPractised,
    ItemGiven,
    LiveAttended,
    Rule,
)
from lms.courses import facade as courses
from lms.courses.authoring import service as authoring
from lms.courses.authoring.models import CourseRow
from lms.courses.errors import NotPublishable
from lms.identity import facade as identity
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db, new_id
from lms.kernel.uow import unit_of_work
from tests.certificates.scene import define, enrol, publish_course, record
from tests.certificates.test_pages import PROGRAMME, drawn, fields, filled
from tests.courses import sessions
from tests.support.portal import counted_queries

MAY = datetime(2026, 5, 4, 10, tzinfo=UTC)
SITE = HoursPractised(DeedKey(new_id()), "Site work", 10)
AUDIT = ItemGiven(DeedKey(new_id()), "Site audit passed")


@pytest.fixture(autouse=True)
def in_may(app):
    with clock.frozen_at(MAY) as advance:
        yield advance


def form_of(page):
    """Return what the editor's form would send: its hidden fields, inputs, and the choices that are made."""
    form = page[page.index('id="certification-form"') :]
    form = form[: form.index("</form>")]
    sent = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = (re.search(rf'\b{each}="([^"]*)"', tag) for each in ("name", "value"))
        kind = re.search(r'\btype="(\w+)"', tag)
        if name and (not kind or kind[1] not in {"checkbox", "radio"} or " checked" in tag):
            sent[unescape(name[1])] = unescape(value[1]) if value else ""
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        sent[name] = unescape(text.strip())
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option selected value="([^"]*)"', options) or re.search(
            r'value="([^"]*)"', options
        )
        sent[name] = chosen[1] if chosen else ""
    sent.pop("csrf_token", None)
    return sent


def test_a_tree_is_drawn_by_buttons_alone_without_script(app, cast, scene, visit):
    petra = visit(cast.petra)
    page = petra.get(f"{PROGRAMME}/new").text
    steps = [
        ({"tree_find": "control"}, "tree:find"),
        ({}, f"tree:add:course:{scene.course.course_id}"),
        ({}, "tree:add:at_least"),
        ({"tree_into": "2"}, f"tree:add:score:{scene.course.exam_key}"),
        ({"tree_into": "2", "tree_new": "Site work"}, "tree:add:practice"),
        ({"tree_into": "0", "tree_new": "Site audit passed"}, "tree:add:item"),
        ({}, "tree:up:5"),
        # There is no group before it, so it stays.
        ({}, "tree:in:5"),
        ({"renewal_find": "exam"}, "renewal:find"),
        ({}, f"renewal:add:score:{scene.course.exam_key}"),
    ]
    for typed, op in steps:
        answer = petra.post(f"{PROGRAMME}/new", form_of(page) | typed | {"op": op})
        assert answer.status_code == 200, op
        page = answer.text
        if op == "tree:add:item":
            assert 'value="tree:up:5"' in page
            assert 'value="tree:down:5"' not in page
        if op.endswith(":find"):
            assert f":add:score:{scene.course.exam_key}" in page
    sent = form_of(page)
    assert "Finish “Refrigeration Control”" in unescape(page)
    words = filled(cast, scene, title="Site engineer", code="HC-SE")
    sent |= {name: value for name, value in words.items() if not name.startswith("tree-")}
    assert petra.post(f"{PROGRAMME}/new", sent | {"op": "save"}).status_code == 303
    with unit_of_work(read_only=True):
        (found,) = [one for one in certificates.list_certifications() if one.title == "Site engineer"]
    tree = found.rule.requirement
    assert isinstance(tree, AllOf)
    course, given, group = tree.parts
    assert course == scene.course.done()
    assert isinstance(given, ItemGiven)
    assert given.title == "Site audit passed"
    assert isinstance(group, AtLeast)
    assert (group.count, group.parts[0]) == (1, scene.course.scored())
    assert isinstance(group.parts[1], HoursPractised)
    assert found.rule.renewal == scene.course.scored()


def test_what_was_saved_is_drawn_again_and_saved_unchanged_makes_no_version(app, cast, scene, visit):
    with unit_of_work(), acting_as(SYSTEM):
        second = publish_course("Site practice")
        tree = AnyOf(
            (AllOf((scene.course.done(), SITE)), AtLeast(1, (second.done(), AUDIT)), second.scored("0.95"))
        )
        odd = define(cast, "ODD", "Odd", Rule(tree, 12, 60, 30, renewal=AllOf((SITE, AUDIT)), due_days=30))
    petra = visit(cast.petra)
    page = petra.get(f"{PROGRAMME}/{odd}").text
    assert petra.post(f"{PROGRAMME}/{odd}", form_of(page) | {"op": "save"}).status_code == 303
    with unit_of_work(read_only=True):
        saved = certificates.get_certification(odd)
    assert (saved.rule_version, saved.rule.requirement) == (1, tree)


def test_what_a_course_publishes_no_longer_stays_until_somebody_takes_it_out(app, cast, scene, visit):
    with unit_of_work(), acting_as(SYSTEM):
        gone = publish_course("Gone")
        odd = define(cast, "ODD", "Odd", Rule(AllOf((gone.done(), gone.scored())), 12, 60, 30))
        db.session.get_one(CourseRow, gone.course_id).published_id = None
    petra = visit(cast.petra)
    page = petra.get(f"{PROGRAMME}/{odd}").text
    assert "Exam: Gone" in page
    assert petra.post(f"{PROGRAMME}/{odd}", form_of(page) | {"op": "save"}).status_code == 303
    with unit_of_work(read_only=True):
        assert certificates.get_certification(odd).rule_version == 1


def test_a_circle_is_refused_with_the_way_around_it(app, cast, scene, visit):
    with unit_of_work(), acting_as(SYSTEM):
        rule = Rule(CertificationHeld(scene.certification_id, "Refrigeration Control Engineer"), 12, 60, 30)
        expert = define(cast, "X-1", "Expert", rule)
        master = define(cast, "X-2", "Master", Rule(CertificationHeld(expert, "Expert"), 12, 60, 30))
    with pytest.raises(RuleRefused) as refusal, unit_of_work(), acting_as(SYSTEM):
        definitions.change_rules(
            certification_id=scene.certification_id,
            rule=Rule(scene.course.done(), 12, 60, 30, renewal=CertificationHeld(master, "Master")),
            actor=SYSTEM,
            now=clock.now(),
        )
    way = "Refrigeration Control Engineer → Master → Expert → Refrigeration Control Engineer"
    assert refusal.value.fields == {"renewal": f"It would ask for itself: {way}."}
    lines = fields("tree", [(0, "all", "", ""), (1, "certification", master, "")])
    sent = {
        name: value
        for name, value in filled(cast, scene, code="HC-RCE", title="Refrigeration Control Engineer").items()
        if not name.startswith("tree-")
    }
    petra, address = visit(cast.petra), f"{PROGRAMME}/{scene.certification_id}"
    answer = petra.post(address, sent | lines)
    assert answer.status_code == 422
    assert way in unescape(answer.text)


def test_who_gains_who_loses_and_who_keeps_is_told_before_saving(app, cast, scene, visit):
    with unit_of_work(), acting_as(SYSTEM):
        second = publish_course("Site practice")
    scene.learn(cast.amara, "0.75")
    scene.learn(cast.dafydd, "0.6")
    scene.learn(cast.nils)
    with unit_of_work(), acting_as(SYSTEM):
        record(enrol(cast.ruth, second), second.lesson_id, None)
    easier = Rule(AllOf((scene.course.done(), scene.course.scored("0.7"))), 12, 60, 30)
    other = Rule(second.done(), 12, 60, 30)
    with unit_of_work(read_only=True):
        certification = certificates.get_certification(scene.certification_id)
        told = affected.read_affected(certification, easier, now=clock.now())
        assert (told.on_their_way, told.holders, told.gains, told.loses) == (2, 1, 1, 0)
        assert [one.name for one in told.gaining] == ["Amara Osei"]
        assert dict(told.partners) == {"Brixham Automation": 1, "Cardiff branch of Brixham": 1}
        told = affected.read_affected(certification, other, now=clock.now())
        assert (told.gains, told.loses) == (0, 2)
        assert not told.is_estimate
    page = visit(cast.petra).post(
        f"{PROGRAMME}/{scene.certification_id}",
        filled(cast, scene, code="HC-RCE", **drawn(scene, percent=70), op="look"),
    )
    assert "One person gains the certificate at once" in page.text
    assert "Amara Osei" in page.text


def test_a_crowd_is_counted_whole_and_weighed_in_part(app, cast, scene, monkeypatch):
    with unit_of_work(), acting_as(SYSTEM):
        people = [
            identity.add_person(
                name=f"Person {number:03}",
                email=f"p{number}@brixham.example",
                locale="en",
                time_zone="UTC",
                now=MAY,
            )
            for number in range(60)
        ]
        db.session.execute(
            insert(TrackRow),
            [{"certification_id": scene.certification_id, "person_id": one, "met": []} for one in people],
        )
    rule = Rule(scene.course.done(), 12, 60, 30)
    with unit_of_work(read_only=True):
        certification = certificates.get_certification(scene.certification_id)
        with counted_queries() as few:
            affected.read_affected(certification, rule, now=clock.now())
        monkeypatch.setattr(affected, "WEIGHED_AT_MOST", 20)
        told = affected.read_affected(certification, rule, now=clock.now())
    assert (told.on_their_way, told.weighed, told.is_estimate) == (60, 20, True)
    assert len(few) <= 12


def test_versions_say_what_changed_by_whom_and_when(app, cast, scene, visit):
    petra = visit(cast.petra)
    address = f"{PROGRAMME}/{scene.certification_id}"
    sent = filled(
        cast, scene, code="HC-RCE", active_months="24", renewal_window_days="60", **drawn(scene, percent=90)
    )
    assert petra.post(address, sent).status_code == 303
    page = unescape(petra.get(f"{address}/versions").text)
    assert "Version 2" in page
    assert "In force" in page
    assert "Petra" in page
    exam = "pass “Exam: Refrigeration Control” with"
    assert f"Now: {exam} 90%. Before: {exam} 80%." in page
    assert "Valid for 24 months instead of 12." in page
    assert "The first version." in page
    assert visit(cast.amara).get(f"{address}/versions").status_code == 403


def test_whatever_was_typed_stays_through_every_step_without_script(app, cast, scene, visit):
    petra = visit(cast.petra)
    address = f"{PROGRAMME}/{scene.certification_id}"
    sent = form_of(petra.get(address).text) | {
        "tree-2-number": "eighty",
        "tree_find": "nothing like it",
        "tree_new": "An audit",
        "active_months": "twelve",
        "title": "",
        "description": "In other words",
    }
    kept = ("tree_find", "tree_new", "active_months", "title", "description")
    for op in ("tree:up:2", "tree:add:at_least", "tree:in:2", "tree:find", "renewal:add:any", "look"):
        step = petra.post(address, {**sent, "op": op, "needed_by": [str(cast.technician)]})
        assert step.status_code == 200
        now = form_of(step.text)
        assert {name: now[name] for name in kept} == {name: sent[name] for name in kept}, op
        assert "eighty" in now.values(), op
        sent = now
    group = next(name for name, value in sent.items() if value == "at_least")
    number = group.replace("piece", "number")
    sent[number] = "3"
    for piece in ("all", "at_least"):
        sent = form_of(petra.post(address, {**sent, group: piece, "op": "tree:draw"}).text)
        assert sent[number] == "3", "a choice that is none for a moment keeps its number"


def test_an_activity_that_a_certification_needs_cannot_be_left_out_of_a_new_version(app, cast, scene):
    course_id, activity = sessions.write_live_course(lessons=["Safety"])
    with unit_of_work(), acting_as(SYSTEM):
        leaf = LiveAttended(activity.key, course_id, activity.title)
        wanted = define(cast, "LIVE", "Live engineer", Rule(leaf, 12, 60, 30))
        authoring.remove_activity(course_id=course_id, key=activity.key, actor=SYSTEM, now=clock.now())
    with pytest.raises(NotPublishable) as refusal, unit_of_work(), acting_as(SYSTEM):
        courses.publish(course_id=course_id, actor=SYSTEM, now=clock.now())
    assert "“Commissioning day” cannot go: Certification “Live engineer” asks for it" in str(refusal.value)
    with unit_of_work(), acting_as(SYSTEM):
        definitions.retire_certification(certification_id=wanted)
        courses.publish(course_id=course_id, actor=SYSTEM, now=clock.now())


def test_practice_is_logged_approved_and_given_on_its_pages(app, cast, visit):
    with unit_of_work(), acting_as(SYSTEM):
        wanted = define(cast, "HC-X", "Site engineer", Rule(AllOf((SITE, AUDIT)), 12, 60, 30))
    amara = visit(cast.amara)
    own = f"/certificates/{wanted}/practice"
    assert "0 of 10 hours approved" in amara.get(own).text
    entry = {"hours": "10", "done_on": "2026-05-03", "words": "Plant 7, seen by K. Berg."}
    assert (
        "Give the hours" in amara.post(f"{own}/{SITE.key}", entry | {"hours": "", "key": str(new_id())}).text
    )
    file = (io.BytesIO(b"All valves tight."), "protocol.txt")
    sent = entry | {"key": str(new_id()), "file": file}
    assert amara.post(f"{own}/{SITE.key}", sent, content_type="multipart/form-data").status_code == 303
    assert amara.post(f"{own}/{SITE.key}", entry | {"key": sent["key"]}).status_code == 303
    page = amara.get(own).text
    assert page.count("Waits for a trainer") == 1
    assert "Waits for a trainer" in page
    (evidence,) = set(re.findall(r"/certificates/evidence/[\w-]+", page))
    assert amara.get(evidence).text == "All valves tight."
    assert visit(cast.dafydd).get(evidence).status_code == 404
    assert visit(cast.nils).get(evidence).status_code == 404
    tomas = visit(cast.tomas)
    queue = tomas.get("/author/practice?q=amara").text
    assert "Plant 7, seen by K. Berg." in queue
    (decline,) = set(re.findall(r"/author/practice/[\w-]+/decline", queue))
    assert tomas.post(decline, {"reason": ""}).status_code == 422
    assert tomas.post(decline.replace("decline", "approve")).status_code == 303
    assert "Nothing waits" in tomas.get("/author/practice").text
    proofs = f"/team/certifications/{cast.amara}/{wanted}/proofs"
    assert "10 of 10 hours approved" in tomas.get(proofs).text
    given = {"key": str(new_id()), "item": str(AUDIT.key), "reason": "Passed on plant 7."}
    address = proofs.replace("/proofs", "/give")
    assert tomas.post(address, given | {"reason": ""}).status_code == 422
    assert tomas.post(address, given).status_code == 303
    assert "You hold" in amara.get("/certificates").text
    assert visit(cast.ruth).get(proofs).status_code == 200
    assert visit(cast.nils).get(proofs).status_code == 404
    assert visit(cast.ruth).post(address, given).status_code == 403
