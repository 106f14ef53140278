"""An exam is exchanged while people are on their way: nobody who passed the old one passes another for it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from html import unescape

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from lms.certificates import jobs
from lms.certificates.cycles.queries import certifications, ledger, places
from lms.certificates.cycles.rules import differences, drafting
from lms.certificates.cycles.rules.requirements import all_leaves, judge
from lms.certificates.cycles.service import definitions
from lms.certificates.cycles.values.defining import Aspect, Line, Piece
from lms.certificates.plugs import NeededByCertifications
from lms.certificates.values import AllOf, AnyOf, Rule, ScoreReached
from lms.courses.authoring.models import ActivityRow, CourseRow, CourseVersionRow, SectionRow
from lms.courses.values import ActivityId, ActivityKey, CourseVersionId, VersionState
from lms.kernel import clock, events, outbox
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db, new_id
from lms.kernel.uow import unit_of_work
from tests.certificates.scene import Lessons, enrol, open_enrolment, record
from tests.certificates.test_defining import form_of
from tests.certificates.test_pages import PROGRAMME
from tests.certificates.trees import MAY as SOME_DAY
from tests.certificates.trees import course, exam, facts, number_of

MAY = datetime(2026, 5, 4, 10, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def in_may(app):
    with clock.frozen_at(MAY) as advance:
        yield advance


def draft_with_another_exam(lessons):
    """Store a draft of the course with its lesson and an exam of another key; return it as a course to take."""
    with unit_of_work(), acting_as(SYSTEM):
        version = CourseVersionRow(
            id=CourseVersionId(new_id()),
            course_id=lessons.course_id,
            number=2,
            state=VersionState.DRAFT,
            minutes=90,
            activity_count=2,
            required_count=2,
            created_at=clock.now(),
            published_at=None,
        )
        db.session.add(version)
        db.session.flush()
        section = SectionRow(id=new_id(), key=new_id(), version_id=version.id, position=1, title="All of it")
        db.session.add(section)
        db.session.flush()
        lesson_key = db.session.get_one(ActivityRow, lessons.lesson_id).key
        rows = [
            ActivityRow(
                id=ActivityId(new_id()),
                key=key,
                version_id=version.id,
                section_id=section.id,
                position=position,
                kind=kind,
                title=title,
                minutes=30,
            )
            for position, (key, kind, title) in enumerate(
                ((lesson_key, "page", "A lesson"), (ActivityKey(new_id()), "quiz", "Exam of 2027")), 1
            )
        ]
        db.session.add_all(rows)
        db.session.flush()
        lesson_id, exam_id, key = rows[0].id, rows[1].id, rows[1].key
    return Lessons(lessons.course_id, lesson_id, exam_id, key, lessons.slug, lessons.title)


def publish(lessons):
    with unit_of_work(), acting_as(SYSTEM):
        version = db.session.scalars(
            select(CourseVersionRow).filter_by(course_id=lessons.course_id, state=VersionState.DRAFT)
        ).one()
        version.state, version.published_at = VersionState.PUBLISHED, clock.now()
        db.session.get_one(CourseRow, lessons.course_id).published_id = version.id


def exchange(scene, newer):
    with unit_of_work(), acting_as(SYSTEM):
        leaf = ScoreReached(
            newer.exam_key, newer.course_id, "Exam of 2027", Decimal("0.8"), 30, (scene.course.exam_key,)
        )
        definitions.change_rules(
            certification_id=scene.certification_id,
            rule=Rule(AllOf((newer.done(), leaf)), 12, 60, 30),
            actor=SYSTEM,
            now=clock.now(),
        )
    while outbox.deliver_due(events.apply):
        pass
    jobs.weigh()


def issued(scene, person_id):
    with unit_of_work(read_only=True):
        return [
            (one.term.valid_through, one.evidence["scores"][0]["activity_key"])
            for one in ledger.list_of_person(person_id)
        ]


def take(scene, person_id, lessons, *, lesson=True, score=None):
    with unit_of_work(), acting_as(SYSTEM):
        enrolment_id = open_enrolment(person_id, lessons) or enrol(person_id, lessons)
        if score is not None:
            record(enrolment_id, lessons.exam_id, score)
        if lesson:
            record(enrolment_id, lessons.lesson_id, None)


@pytest.mark.parametrize(
    "before, after, is_certified",
    [
        ("0.9", None, True),
        ("0.7", None, False),
        (None, "old", True),
        (None, "new", True),
        ("0.7", "new", True),
    ],
    ids=[
        "passed the old one and has still to read the lesson",
        "failed the old one",
        "begun before, and passes the old one after the exchange",
        "begins after, and passes the new one",
        "failed the old one and passes the new one",
    ],
)
def test_what_was_done_before_an_exam_is_exchanged_in_mid_cycle_still_counts(
    app, cast, scene, before, after, is_certified
):
    scene.assign(cast.amara)
    if before:
        take(scene, cast.amara, scene.course, lesson=False, score=before)
    newer = draft_with_another_exam(scene.course)
    exchange(scene, newer)
    if after == "new":
        publish(newer)
        take(scene, cast.nils, newer, score="0.9")
        assert scene.holds(cast.nils)
        return
    take(scene, cast.amara, scene.course, score="0.9" if after else None)
    assert scene.holds(cast.amara) is is_certified
    if is_certified:
        ((_through, key),) = issued(scene, cast.amara)
        assert key == str(scene.course.exam_key), "it names the exam that was passed"


def test_dates_given_before_the_exchange_never_move_and_renewing_asks_for_the_new_exam(
    app, cast, scene, in_may
):
    scene.learn(cast.amara)
    given = issued(scene, cast.amara)
    newer = draft_with_another_exam(scene.course)
    exchange(scene, newer)
    publish(newer)
    assert issued(scene, cast.amara) == given
    in_may(320 * DAY)
    scene.learn(cast.amara, course=newer)
    renewed, first = sorted(issued(scene, cast.amara), reverse=True)
    assert [first] == given
    assert renewed == (date(2028, 3, 20), str(newer.exam_key))


def test_progress_stays_when_the_exam_is_exchanged_and_the_old_one_may_go_from_the_course(app, cast, scene):
    take(scene, cast.amara, scene.course, lesson=False, score="0.9")
    newer = draft_with_another_exam(scene.course)
    with unit_of_work(read_only=True):
        assert NeededByCertifications().list_needing([scene.course.exam_key])
    exchange(scene, newer)
    with unit_of_work(read_only=True):
        certification = certifications.get_certification(scene.certification_id)
        place = places.list_places([cast.amara], [certification], now=clock.now())[
            cast.amara, certification.id
        ]
        assert len(place.met) == 1
        assert not NeededByCertifications().list_needing([scene.course.exam_key])
        assert NeededByCertifications().list_needing([newer.exam_key])


# ---- rules


@given(
    st.integers(11, 14), st.lists(st.integers(11, 14), unique=True), facts(), st.none() | st.integers(0, 400)
)
def test_an_exam_with_those_it_took_the_place_of_is_judged_as_one_of_them(key, former, found, days):
    since = None if days is None else SOME_DAY + days * DAY
    leaf = msgspec.structs.replace(exam(key), former=tuple(ActivityKey(number_of(one)) for one in former))
    one_of = AnyOf((exam(key), *map(exam, former)))
    assert judge(leaf, found, since=since).met_at == judge(one_of, found, since=since).met_at


def test_an_exchange_keeps_the_score_remembers_every_exam_once_and_is_told_as_one_change():
    was = AllOf((course(1), exam(11)))
    lines = drafting.lines_of(was)
    for key in (12, 13, 11):
        lines = drafting.exchanged(lines, 2, Line(0, Piece.SCORE, str(number_of(key)), f"Exam {key}", 50))
    assert lines[2].number == 80
    assert lines[2].former == (str(number_of(12)), str(number_of(13)))
    assert drafting.exchanged(lines, 1, lines[2]) == lines, "a course is no exam"
    now = msgspec.structs.replace(exam(12), former=(ActivityKey(number_of(11)),))
    found = differences.changes(Rule(was, 12, 60, 30), Rule(AllOf((course(1), now)), 12, 60, 30))
    assert [(one.aspect, one.was, one.now) for one in found] == [(Aspect.EXCHANGED, exam(11), now)]


# ---- the editor


def test_the_editor_says_that_an_exam_is_no_more_and_puts_another_in_its_place(app, cast, scene, visit):
    take(scene, cast.amara, scene.course, lesson=False, score="0.9")
    petra = visit(cast.petra)
    address = f"{PROGRAMME}/{scene.certification_id}"
    newer = draft_with_another_exam(scene.course)
    page = unescape(petra.get(address).text)
    assert "Exchange this exam" in page
    assert "no longer exists" not in page
    publish(newer)
    page = petra.get(address).text
    assert "This exam no longer exists in the current version of the course. Who passed it keeps it." in page
    sent = form_of(page)
    assert sent["tree-2-instead"] == str(newer.exam_key)
    step = petra.post(address, {**sent, "op": "tree:exchange:2", "needed_by": [str(cast.technician)]})
    assert step.status_code == 200
    assert "It took the place of another exam: who passed that one keeps it." in step.text
    assert "no longer exists" not in step.text
    sent = form_of(step.text)
    assert sent["tree-2-former"] == str(scene.course.exam_key)
    asked = petra.post(address, {**sent, "op": "save", "needed_by": [str(cast.technician)]})
    assert asked.status_code == 422
    assert "people lose progress" not in asked.text.replace("0 people lose progress", "")
    sent = form_of(asked.text)
    assert petra.post(address, {**sent, "needed_by": [str(cast.technician)]}).status_code == 303
    versions = unescape(petra.get(f"{address}/versions").text)
    assert "In the place of “Exam: Refrigeration Control” it asks for “Exam of 2027”." in versions
    with unit_of_work(read_only=True):
        rule = certifications.get_certification(scene.certification_id).rule
        (leaf,) = [one for one in all_leaves(rule) if isinstance(one, ScoreReached)]
        assert leaf.former == (scene.course.exam_key,)


def test_what_a_form_sends_in_the_place_of_an_exam_is_taken_only_if_it_is_one(app, cast, scene, visit):
    petra = visit(cast.petra)
    address = f"{PROGRAMME}/{scene.certification_id}"
    sent = form_of(petra.get(address).text)
    for odd in ("", "x", str(new_id()), str(scene.course.course_id)):
        step = petra.post(address, {**sent, "tree-2-instead": odd, "op": "tree:exchange:2"})
        assert step.status_code == 200
        assert form_of(step.text)["tree-2-subject"] == str(scene.course.exam_key)
