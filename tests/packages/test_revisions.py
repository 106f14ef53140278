"""A new revision keeps tracking: items called otherwise are asked about, and learners go on where they were."""

import io
import re
import zipfile
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from lms.courses import facade as courses
from lms.courses.authoring import service as writing
from lms.courses.learning import service as learning
from lms.courses.values import LearnerGroup
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db, new_id
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.uow import unit_of_work
from lms.packages import service
from lms.packages.models import PackageRevision, PackageUploadRow, RegistrationRow, TrackingRow
from lms.packages.queries import revisions
from lms.packages.rules import lineage
from lms.packages.service.revisions import decide
from lms.packages.values import PackageId
from lms.packages.values.findings import PackageItem
from tests.packages.cmi5 import au, cmi5_package, launch
from tests.packages.packages import course_with, enrol, opening
from tests.packages.tincan import launch_tincan, tincan, tincan_package

ITEM = '<item identifier="{0}" identifierref="R-{0}"><title>{1}</title></item>'
RESOURCE = '<resource identifier="R-{0}" type="webcontent" adlcp:scormtype="sco" href="{1}"/>'


def scorm(*items: tuple[str, str, str]) -> io.BytesIO:
    """Return a package of these items: identifier, title, file."""
    text = (
        '<?xml version="1.0"?><manifest identifier="M" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" '
        'xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2"><organizations default="O">'
        '<organization identifier="O"><title>Wiring</title>'
        f"{''.join(ITEM.format(name, title) for name, title, _file in items)}</organization></organizations>"
        f"<resources>{''.join(RESOURCE.format(name, file) for name, _title, file in items)}</resources></manifest>"
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("imsmanifest.xml", text)
        for file in {file for _name, _title, file in items}:
            archive.writestr(file, f"<!doctype html><title>{file}</title>")
    target.seek(0)
    return target


FIRST = (("A", "Supply", "a.html"), ("B", "Sensors", "b.html"), ("C", "Relays", "c.html"))
SECOND = (("A", "Supply", "a.html"), ("N1", "Sensors", "new/b.html"), ("N2", "Switches", "c.html"))


def next_revision(activity, source, *, fates=None):
    """Bring a further revision of what an activity plays, and let its draft play it."""
    with unit_of_work(), acting_as(SYSTEM):
        now = clock.now()
        revision = service.store_package(
            package_id=PackageId(as_uuid(activity.config["package_id"])),
            source=source,
            filename="next.zip",
            fates=fates,
            actor=SYSTEM,
            now=now,
        )
        courses.set_activity_config(
            course_id=activity.course_id,
            key=activity.key,
            config={"package_id": str(revision.package_id), "revision_id": str(revision.id)},
            actor=SYSTEM,
            now=now,
        )
        return revision.id


def as_uuid(text):
    return type(new_id())(text)


def publish_and_move(activity):
    """Publish the draft and let everybody go on in it; return the activity as it is there."""
    with unit_of_work(), acting_as(SYSTEM):
        version_id = writing.publish(course_id=activity.course_id, actor=SYSTEM, now=clock.now())
        learning.move_to_version(
            course_id=activity.course_id, version_id=version_id, groups=tuple(LearnerGroup), now=clock.now()
        )
        (found,) = courses.list_activities(activity.course_id)
        return found


def commit(visitor, activity, item, **elements):
    body = {
        "item": item,
        "session": opening(visitor.person_id, activity),
        "sequence": 1,
        "last": True,
        "elements": {name.replace("__", "."): value for name, value in elements.items()},
    }
    answer = visitor.post(f"/learn/packages/{activity.id}/commit", json=body)
    assert answer.status_code == 200, answer.text


def trackings(activity):
    with unit_of_work(read_only=True):
        rows = db.session.scalars(select(TrackingRow).where(TrackingRow.activity_id == activity.id))
        return {row.item: (row.elements, row.total_seconds) for row in rows}


@pytest.fixture
def lesson(app, cast):
    with unit_of_work():
        activity = course_with(scorm(*FIRST))
        enrol(cast.amara, activity)
    return activity


def half_way(visitor, lesson):
    commit(visitor, lesson, "A", cmi__core__lesson_status="passed", cmi__core__score__raw="60")
    commit(
        visitor,
        lesson,
        "B",
        cmi__core__lesson_status="incomplete",
        cmi__core__lesson_location="page-7",
        cmi__core__exit="suspend",
        cmi__core__score__raw="40",
        cmi__suspend_data="answers=1,2,3",
        cmi__core__session_time="00:10:00",
    )
    commit(visitor, lesson, "C", cmi__core__lesson_status="completed")


def test_who_is_half_way_goes_on_at_the_mapped_item_with_place_answers_score_and_time(lesson, cast, visit):
    amara = visit(cast.amara)
    half_way(amara, lesson)
    before = trackings(lesson)
    next_revision(lesson, scorm(*SECOND), fates={"B": "N1", "C": None})
    moved = publish_and_move(lesson)
    assert moved.id != lesson.id
    page = amara.get(f"/learn/packages/{moved.id}").text
    assert "&#34;item&#34;: &#34;N1&#34;" in page or '"item":"N1"' in page.replace("&#34;", '"')
    for kept in ("page-7", "answers=1,2,3", "0000:10:00", "resume"):
        assert kept in page
    now = trackings(moved)
    assert now.keys() == {"A", "N1"}
    assert now["N1"] == before["B"]
    assert now["N1"][1] == 600
    # What was tracked before stays where it was, the removed item too.
    assert trackings(lesson).keys() == {"A", "B", "C"}
    # Going on counts, and what was reached stays reached.
    commit(amara, moved, "N1", cmi__core__lesson_status="passed", cmi__core__score__raw="80")
    commit(amara, moved, "N2", cmi__core__lesson_status="completed")
    with unit_of_work(read_only=True):
        assert (cast.amara, lesson.course_id) in courses.completions([cast.amara], [lesson.course_id])
        score = courses.best_scores([cast.amara], [lesson.key])[(cast.amara, lesson.key)].score
    assert score == Decimal("0.7")


def test_a_learner_on_the_old_version_stays_on_the_old_revision_until_moved(lesson, cast, visit):
    amara = visit(cast.amara)
    half_way(amara, lesson)
    next_revision(lesson, scorm(*SECOND), fates={"B": "N1", "C": None})
    with unit_of_work(), acting_as(SYSTEM):
        writing.publish(course_id=lesson.course_id, actor=SYSTEM, now=clock.now())
    page = amara.get(f"/learn/packages/{lesson.id}").text
    assert "Sensors" in page
    assert "Switches" not in page
    assert "page-7" in page


def test_over_several_revisions_and_back_items_are_followed(lesson, cast, visit):
    half_way(visit(cast.amara), lesson)
    next_revision(lesson, scorm(*SECOND), fates={"B": "N1", "C": None})
    third = (("A", "Supply", "a.html"), ("Z", "Sensors", "z.html"), ("C", "Relays again", "c.html"))
    next_revision(lesson, scorm(*third), fates={"N1": "Z", "N2": None})
    moved = publish_and_move(lesson)
    found = trackings(moved)
    assert found.keys() == {"A", "Z", "C"}
    assert found["Z"][0]["cmi.core.lesson_location"] == "page-7"
    # Back to the first revision: what became Z is B again.
    with unit_of_work(), acting_as(SYSTEM):
        first = db.session.scalars(select(PackageRevision).where(PackageRevision.number == 1)).one()
        courses.set_activity_config(
            course_id=lesson.course_id,
            key=lesson.key,
            config={"package_id": str(first.package_id), "revision_id": str(first.id)},
            actor=SYSTEM,
            now=clock.now(),
        )
    assert trackings(publish_and_move(lesson)).keys() == {"A", "B", "C"}


def test_another_package_in_its_place_begins_anew_and_clears_nothing(lesson, cast, visit):
    half_way(visit(cast.amara), lesson)
    with unit_of_work(), acting_as(SYSTEM):
        now = clock.now()
        other = service.store_package(
            package_id=PackageId(new_id()), source=scorm(*FIRST), filename="x.zip", actor=SYSTEM, now=now
        )
        courses.set_activity_config(
            course_id=lesson.course_id,
            key=lesson.key,
            config={"package_id": str(other.package_id), "revision_id": str(other.id)},
            actor=SYSTEM,
            now=now,
        )
    moved = publish_and_move(lesson)
    assert trackings(moved) == {}
    assert trackings(lesson).keys() == {"A", "B", "C"}


def test_a_revision_that_nobody_was_asked_about_cannot_be_published_until_it_is_said(lesson, cast, visit):
    revision_id = next_revision(lesson, scorm(*SECOND))
    tomas = visit(cast.tomas)
    held = tomas.post(f"/author/courses/{lesson.course_id}/publish")
    assert held.status_code == 422
    assert "say what became of them" in held.text
    package = tomas.get(f"/author/packages/{lesson.config['package_id']}").text
    address = f"/author/packages/revisions/{revision_id}/items"
    assert address in package
    asked = tomas.get(address).text
    assert re.search(r'<option selected value="=N1">', asked)
    fields = {"fates-0-item": "B", "fates-0-became": "=N1", "fates-1-item": "C", "fates-1-became": ""}
    unsaid = tomas.post(address, fields)
    assert unsaid.status_code == 422
    assert "Say what it is now" in unsaid.text
    twice = tomas.post(address, {**fields, "fates-1-became": "=N1"})
    assert twice.status_code == 422
    assert "cannot become the same" in twice.text
    strange = tomas.post(address, {**fields, "fates-1-became": "=A"})
    assert "Choose one of the new items" in strange.text
    said = {**fields, "fates-1-became": "-"}
    assert tomas.post(address, said).status_code == 303
    assert tomas.post(address, said).status_code == 409
    assert tomas.post(f"/author/courses/{lesson.course_id}/publish").status_code == 303


def test_the_upload_asks_suggests_and_keeps_what_was_answered_when_something_is_wrong(lesson, cast, visit):
    tomas = visit(cast.tomas)
    sent = tomas.post(
        f"/author/courses/{lesson.course_id}/packages/{lesson.key}",
        {"key": str(new_id()), "file": (scorm(*SECOND), "next.zip"), "revision": ""},
        content_type="multipart/form-data",
    )
    assert sent.status_code == 303
    shown = tomas.get(sent.location).text
    assert "Items that this revision no longer has" in shown
    assert shown.count('<option selected value="=N') == 2
    answers = {"fates-0-item": "B", "fates-0-became": "=N1", "fates-1-item": "C", "fates-1-became": ""}
    wrong = tomas.post(f"{sent.location}/confirm", {"kept_as": "next", **answers})
    assert wrong.status_code == 422
    assert "Say what it is now" in wrong.text
    with unit_of_work(read_only=True):
        assert len(db.session.scalars(select(PackageRevision)).all()) == 1
    kept = tomas.post(f"{sent.location}/confirm", {"kept_as": "next", **answers, "fates-1-became": "-"})
    assert kept.location == f"/author/courses/{lesson.course_id}"
    with unit_of_work(read_only=True):
        newest = revisions.find_latest(PackageId(as_uuid(lesson.config["package_id"])))
        assert newest is not None
        assert newest.number == 2
        draft = courses.get_draft_activity(lesson.course_id, lesson.key, actor=SYSTEM)
        assert draft.config["revision_id"] == str(newest.id)
        assert revisions.steps_of(newest.package_id) == {2: {"B": "N1", "C": None}}


def test_an_upload_that_is_a_package_of_its_own_is_asked_nothing(lesson, cast, visit):
    tomas = visit(cast.tomas)
    key, content = str(new_id()), scorm(*SECOND).getvalue()
    for _twice in range(2):
        sent = tomas.post(
            f"/author/packages/{lesson.config['package_id']}",
            {"key": key, "file": (io.BytesIO(content), "next.zip")},
            content_type="multipart/form-data",
        )
    with unit_of_work(read_only=True):
        assert len(db.session.scalars(select(PackageUploadRow)).all()) == 1
    assert tomas.post(f"{sent.location}/confirm", {"kept_as": "own"}).status_code == 303
    with unit_of_work(read_only=True):
        assert sorted(row.number for row in db.session.scalars(select(PackageRevision))) == [1, 1]


def test_what_became_of_items_is_said_once_and_by_whoever_brings_packages(lesson, cast):
    revision_id = next_revision(lesson, scorm(*SECOND))
    with unit_of_work(), acting_as(SYSTEM):
        with pytest.raises(Invalid) as wrong:
            decide(revision_id, fates={}, actor=SYSTEM, now=clock.now())
        assert wrong.value.fields.keys() == {"B", "C"}
        decide(revision_id, fates={"B": "N1", "C": "N2"}, actor=SYSTEM, now=clock.now())
        with pytest.raises(Conflict):
            decide(revision_id, fates={"B": None, "C": None}, actor=SYSTEM, now=clock.now())


def test_a_cmi5_registration_goes_along_with_what_its_units_have_become(app, cast, visit):
    with unit_of_work():
        activity = course_with(cmi5_package(au("one"), au("two"), au("three")))
        enrol(cast.amara, activity)
    amara = visit(cast.amara)
    one = launch(amara, activity, "one").begin()
    one.say("passed", score={"scaled": 0.9})
    one.say("terminated")
    two = launch(amara, activity, "two").begin()
    assert two.state("PUT", "bookmark", {"page": 7}).status_code == 204
    prefix = "https://example.com/au/"
    next_revision(
        activity,
        cmi5_package(au("uno"), au("due"), pages={"index.html": "<title>2</title>"}),
        fates={f"{prefix}one": f"{prefix}uno", f"{prefix}two": f"{prefix}due", f"{prefix}three": None},
    )
    moved = publish_and_move(activity)
    assert amara.get(f"/learn/packages/{moved.id}/standing.json").json["states"][0] == "valid"
    due = launch(amara, moved, "due").begin()
    assert due.registration == two.registration
    assert due.state("GET", "bookmark").json == {"page": 7}
    due.say("completed")
    with unit_of_work(read_only=True):
        assert (cast.amara, activity.course_id) in courses.completions([cast.amara], [activity.course_id])
        assert len(db.session.scalars(select(RegistrationRow)).all()) == 1


def test_an_xapi_package_under_another_id_finds_what_it_noted_and_what_it_reached(app, cast, visit):
    other = "https://example.com/xapi/rewired"
    with unit_of_work():
        activity = course_with(tincan_package())
        enrol(cast.amara, activity)
    amara = visit(cast.amara)
    old = launch_tincan(amara, activity)
    assert old.state("PUT", "resume", {"page": 7}).status_code == 204
    old.say("failed", score={"scaled": 0.6})
    next_revision(activity, tincan_package(tincan(root=other)), fates={old.activity_id: other})
    moved = publish_and_move(activity)
    new = launch_tincan(amara, moved, root=other)
    assert new.registration == old.registration
    assert new.state("GET", "resume").json == {"page": 7}
    new.say("passed", score={"scaled": 0.5})
    with unit_of_work(read_only=True):
        score = courses.best_scores([cast.amara], [activity.key])[(cast.amara, activity.key)]
    assert (score.score, score.passed) == (Decimal("0.6"), True)


def items(*named: tuple[str, str, str]) -> Sequence[PackageItem]:
    return [PackageItem(*one) for one in named]


def test_suggestions_go_by_title_and_address_and_only_where_it_is_clear():
    gone = items(
        ("A", "Supply", "a.html"), ("B", "Sensors", "b.html"), ("C", "Part", "x"), ("D", "Part", "y")
    )
    fresh = items(("1", "supply ", "z.html"), ("2", "Probes", "b.html"), ("3", "Part", "q"), ("4", "", ""))
    assert lineage.suggest(gone, fresh) == {"A": "1", "B": "2"}


NAMES = st.sampled_from("ABCDEF")


@given(st.lists(st.lists(NAMES, unique=True, min_size=1, max_size=6), min_size=2, max_size=5), st.data())
def test_an_item_that_goes_to_a_later_revision_and_back_is_itself_or_nothing(history, data):
    steps = {}
    for number, (before, now) in enumerate(pairwise(history), start=2):
        gone = [one for one in before if one not in now]
        fresh = [one for one in now if one not in before]
        chosen = data.draw(st.permutations([*fresh, *([None] * len(gone))]))
        steps[number] = dict(zip(gone, chosen, strict=False))
        as_items = ([PackageItem(one, one) for one in gone], [PackageItem(one, one) for one in fresh])
        assert lineage.faults(steps[number], *as_items) == {}
    end = len(history)
    there = {one: lineage.became(one, steps, start=1, end=end, there=history[-1]) for one in history[0]}
    kept = [now for now in there.values() if now is not None]
    assert set(kept) <= set(history[-1])
    for one, now in there.items():
        if now is not None and now != one:
            assert lineage.became(now, steps, start=end, end=1, there=history[0]) == one
