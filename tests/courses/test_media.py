"""Films, sounds and files as activities: what was really shown counts, and time only as far as it has passed."""

import wave
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from lms.courses import facade as courses
from lms.courses.authoring import jobs, queries
from lms.courses.authoring import service as authoring
from lms.courses.authoring.models import CoursePicture
from lms.courses.errors import ImportRefused, NotPublishable
from lms.courses.formats.lengths import LONGEST_MS, length_ms_of
from lms.courses.learning.models import ActivityResultRow, ActivityStateRow
from lms.courses.values import ActivityKey, CompletionRule, RuleKind
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.archives import open_zip
from lms.kernel.db import db, new_id
from lms.kernel.files import StoredFile
from lms.kernel.uow import unit_of_work
from tests.courses.courses import (
    activities_of,
    ask_of,
    enrol,
    key_of,
    publish,
    wait_for,
    write_course,
)
from tests.courses.enrolments import deliver
from tests.courses.test_exports import bring, export, renamed

VTT = b"WEBVTT\n\n00:00.000 --> 00:05.000\nThe pump starts.\n"
BODY = "::: video media/pump.wav The pump\n[English](media/pump.en.vtt)\n\nIt hums.\n:::\n"


def sound(seconds):
    """Return a sound of silence."""
    content = BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        file.writeframes(b"\x80" * 8000 * seconds)
    return content.getvalue()


def bring_file(course_id, key, name, content):
    with unit_of_work(), acting_as(SYSTEM):
        return authoring.add_media(
            course_id=course_id,
            key=ActivityKey(key),
            filename=name,
            upload=BytesIO(content),
            actor=SYSTEM,
            now=clock.now(),
        )


def add_film(course_id, body=BODY, *, seconds=20):
    """Add a sound with captions and transcript to the draft, as its first section's last activity."""
    key = ActivityKey(new_id())
    with unit_of_work(), acting_as(SYSTEM):
        section = queries.get_editor(course_id).sections[0].key
        courses.add_activity(
            course_id=course_id,
            section_key=section,
            key=key,
            kind="media",
            title="The pump",
            actor=SYSTEM,
            now=clock.now(),
        )
    bring_file(course_id, key, "pump.wav", sound(seconds))
    bring_file(course_id, key, "pump.en.vtt", VTT)
    with unit_of_work(read_only=True):
        place = [item.key for item in queries.get_editor(course_id).items].index(key)
    ask_of(course_id, place, body=body)
    return place


@pytest.fixture
def film(app, cast):
    """Return a published course of one sound that is to be watched, with Amara in it."""
    course_id = write_course(sections=((),), publish=False)
    add_film(course_id)
    publish(course_id)
    enrol(cast.amara, course_id)
    return activities_of(course_id)[0]


def _url(activity):
    return f"/learn/cold-loops/{activity.id}"


def _file_of(page):
    return page.partition('<video controls="" preload="metadata" src="/learn/pictures/')[2].partition('"')[0]


def told(film_id, parts, *, seconds="20", at="0"):
    return {"film": film_id, "seconds": seconds, "at": at, "parts": parts}


def test_a_film_is_done_when_enough_of_it_was_shown_and_a_jump_to_its_end_is_not_enough(cast, visit, film):
    amara = visit(cast.amara)
    now = clock.now()
    with clock.frozen_at(now) as move:
        page = amara.get(_url(film)).text
        assert "Watch 90% of the film: 0% so far" in page
        assert 'kind="captions"' in page
        assert "It hums." in page
        film_id = _file_of(page)
        amara.post(f"{_url(film)}/seen", {"seconds": "0"})
        move(timedelta(seconds=15))
        answer = amara.post(f"{_url(film)}/watched", told(film_id, "19-20", at="20"))
        assert answer.json == {
            "done": False,
            "soFar": 5,
            "least": 90,
            "said": "Watch 90% of the film: 5% so far",
        }
        move(timedelta(seconds=15))
        assert amara.post(f"{_url(film)}/watched", told(film_id, "0-10", at="10")).json["soFar"] == 55
        # Its answer was lost: the same is told again.
        assert amara.post(f"{_url(film)}/watched", told(film_id, "0-10", at="10")).json["soFar"] == 55
        assert "55% so far" in amara.get(_url(film)).text
        move(timedelta(seconds=15))
        answer = amara.post(f"{_url(film)}/watched", told(film_id, "10-18.5", at="18.5"))
        assert (answer.json["done"], answer.json["said"]) == (True, "Done")
    assert db.session.scalars(select(ActivityResultRow.evidence)).all() == [{"said": "watched", "least": 90}]
    assert "You" not in answer.text
    assert "so far" not in amara.get(_url(film)).text


def test_a_player_that_calls_the_film_shorter_than_it_is_gets_nobody_through(cast, visit, film):
    deliver()
    amara = visit(cast.amara)
    now = clock.now()
    with clock.frozen_at(now) as move:
        film_id = _file_of(amara.get(_url(film)).text)
        assert amara.post(f"{_url(film)}/watched", told(film_id, "0-1", seconds="1")).json["soFar"] == 5
        move(timedelta(seconds=15))
        answer = amara.post(f"{_url(film)}/watched", told(film_id, "0-20", seconds="1", at="20"))
        assert answer.json["done"] is True


def test_the_job_reads_the_length_of_films_that_came_before_lengths_were_read(app, film):
    with unit_of_work():
        db.session.execute(update(CoursePicture).values(length_ms=None))
    jobs.measure_films()
    with unit_of_work(read_only=True):
        kept = db.session.execute(
            select(StoredFile.filename, CoursePicture.length_ms)
            .join(CoursePicture, CoursePicture.file_id == StoredFile.id)
            .order_by(StoredFile.filename)
        ).all()
    assert [tuple(row) for row in kept] == [("pump.en.vtt", None), ("pump.wav", 20_000)]


@given(
    st.sampled_from(
        [b"\x00\x00\x00\x18ftypmp42", b"\x1a\x45\xdf\xa3", b"RIFF\x00\x00\x00\x00WAVEfmt ", b"OggS", b"ID3"]
    ),
    st.binary(max_size=400),
)
def test_a_damaged_film_has_no_length_and_stops_nobody(head, rest):
    assert 0 <= length_ms_of(BytesIO(head + rest)) <= LONGEST_MS


@pytest.mark.parametrize("seconds", [1, 6, 90])
def test_the_length_of_a_sound_is_read_from_its_file(seconds):
    assert length_ms_of(BytesIO(sound(seconds))) == seconds * 1000


def test_a_claim_of_more_than_time_has_passed_is_not_believed(cast, visit, film):
    amara = visit(cast.amara)
    now = clock.now()
    with clock.frozen_at(now) as move:
        film_id = _file_of(amara.get(_url(film)).text)
        amara.post(f"{_url(film)}/seen", {"seconds": "0"})
        assert amara.post(f"{_url(film)}/watched", told(film_id, "0-20")).json["soFar"] == 10
        move(timedelta(seconds=1))
        # A second window of the same page gets no time of its own.
        assert amara.post(f"{_url(film)}/watched", told(film_id, "0-20")).json["soFar"] == 30
        assert amara.post(f"{_url(film)}/watched", told(film_id, "0-20")).json["soFar"] == 40


@pytest.mark.parametrize(
    "change",
    [
        {"film": "x"},
        {"film": ""},
        {"parts": "0-1;2-3"},
        {"parts": "a-b"},
        {"parts": ",".join(["0-1"] * 201)},
        {"seconds": "nan"},
        {"seconds": "-1"},
        {"at": "inf"},
        {"at": ""},
    ],
)
def test_nonsense_of_a_player_is_refused_and_kept_nowhere(cast, visit, film, change):
    amara = visit(cast.amara)
    film_id = _file_of(amara.get(_url(film)).text)
    assert amara.post(f"{_url(film)}/watched", told(film_id, "0-1") | change).status_code in {404, 422}
    assert db.session.scalars(select(ActivityStateRow)).all() == []


def test_a_page_that_asks_for_time_counts_it_once_and_is_done_by_it(app, cast, visit):
    course_id = write_course(sections=(("Read",),), publish=False)
    ask_of(course_id, 0, rule=CompletionRule(RuleKind.TIME, 2))
    publish(course_id)
    enrol(cast.amara, course_id)
    (page,) = activities_of(course_id)
    amara = visit(cast.amara)
    with clock.frozen_at(clock.now()) as move:
        said = amara.get(_url(page)).text
        assert "Stay at least 2 more minutes" in said
        assert "Done, next lesson" not in said
        first = amara.post(f"{_url(page)}/seen", {"seconds": "500"}).json
        assert first == {"done": False, "soFar": 0, "least": 2, "said": "Stay at least 2 more minutes"}
        move(timedelta(seconds=60))
        assert amara.post(f"{_url(page)}/seen", {"seconds": "60"}).json["soFar"] == 1
        assert amara.post(f"{_url(page)}/seen", {"seconds": "60"}).json["soFar"] == 1
        refused = amara.post(f"{_url(page)}/done")
        assert (refused.status_code, refused.location) == (303, _url(page))
        assert "Stay at least 1 more minute" in amara.get(refused.location).text
        move(timedelta(seconds=60))
        assert amara.post(f"{_url(page)}/seen", {"seconds": "60"}).json["done"] is True
    assert (cast.amara, course_id) in courses.completions([cast.amara], [course_id])


def test_what_was_completed_stays_so_when_a_later_version_asks_for_more(app, cast, visit):
    course_id = write_course(sections=(("One", "Two"),))
    enrol(cast.amara, course_id)
    amara = visit(cast.amara)
    amara.post(f"{_url(activities_of(course_id)[0])}/done")
    ask_of(course_id, 0, rule=CompletionRule(RuleKind.TIME, 60))
    publish(course_id)
    old = amara.get("/learn/cold-loops").text
    assert "1 of 2" in old


@pytest.mark.parametrize(
    "body, problem",
    [
        ("Nothing but text.\n", "must show one film, sound or file"),
        (BODY + "\n" + BODY, "must show one film, sound or file"),
        ("::: file media/pump.en.vtt The words\n:::\n", "asks for a film to be watched, and shows none"),
        ("::: video media/gone.mp4 Gone\n:::\n", "asks for a film to be watched, and shows none"),
    ],
)
def test_a_film_that_nobody_could_watch_keeps_the_course_back_by_name(app, cast, body, problem):
    course_id = write_course(publish=False)
    add_film(course_id, body)
    with pytest.raises(NotPublishable, match=f"“The pump” {problem}"):
        publish(course_id)


@pytest.mark.parametrize("kind", [RuleKind.ATTENDED, RuleKind.MARKED, RuleKind.SCORE])
def test_a_rule_that_a_page_can_never_meet_keeps_the_course_back_by_name(app, cast, kind):
    course_id = write_course(publish=False)
    first = key_of(course_id, 0)
    with unit_of_work(), acting_as(SYSTEM):
        row = queries.find_activity(queries.get_editor(course_id).version_id, first)
        assert row is not None
        row.rule, row.least = kind.value, 80
    with pytest.raises(NotPublishable, match="“Parts of a loop” can never be done"):
        publish(course_id)


def test_rules_locks_and_films_come_back_from_an_export_to_the_byte(app, cast):
    course_id = write_course(publish=False)
    place = add_film(course_id)
    ask_of(course_id, place, rule=CompletionRule(RuleKind.WATCHED, 75))
    ask_of(course_id, 0, rule=CompletionRule(RuleKind.TIME, 3))
    wait_for(course_id, 1, 0)
    first = export(course_id)
    with ZipFile(BytesIO(first)) as archive:
        names = [name for name in archive.namelist() if name.endswith(".md")]
        texts = {name: archive.read(name).decode() for name in names}
    assert "complete: time 3\n" in texts["01-part-1/01-parts-of-a-loop.md"]
    assert "after:\n  - 01-part-1/01-parts-of-a-loop.md\n" in texts["01-part-1/02-superheat.md"]
    assert "kind: media\ncomplete: watched 75\n" in texts["01-part-1/03-the-pump.md"]
    assert "complete" not in texts["02-part-2/01-alarms.md"]
    with open_zip(renamed(first, "cold-loops")) as tree:
        again = bring(tree)
    with ZipFile(BytesIO(export(again))) as archive:
        assert {name: archive.read(name).decode() for name in names} | {"course.md": ""} == texts | {
            "course.md": ""
        }
    with unit_of_work(read_only=True):
        items = queries.get_editor(again).items
    assert [item.rule for item in items[:3]] == [
        CompletionRule(RuleKind.TIME, 3),
        CompletionRule(RuleKind.VIEWED),
        CompletionRule(RuleKind.WATCHED, 75),
    ]
    with open_zip(renamed(first, "cold-loops")) as tree, unit_of_work(read_only=True):
        plan = authoring.plan_import(tree)
    fates = {lesson.fate.value for section in plan.sections for lesson in section.lessons}
    assert (fates, plan.issues) == ({"same"}, [])


def _course_of(files):
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr("course.md", "---\ntitle: Cold\n---\n")
        for name, text in files.items():
            archive.writestr(name, text)
    return packed


def test_files_whose_lessons_wait_for_each_other_are_refused_with_the_names(app, cast):
    packed = _course_of(
        {
            "01-a.md": "---\ntitle: A\nafter: [02-b.md]\n---\nText",
            "02-b.md": "---\ntitle: B\nafter: [01-a.md]\n---\nText",
        }
    )
    with open_zip(packed) as tree, pytest.raises(ImportRefused, match="“A” → “B” → “A”"):
        bring(tree)


@pytest.mark.parametrize(
    "line, said",
    [
        ("complete: soon", "soon is no rule of completion"),
        ("complete: time", "time is no rule of completion"),
        ("after: [09-gone.md]", "09-gone.md, which comes before it, is no other lesson here"),
        ("after: [01-a.md]", "01-a.md, which comes before it, is no other lesson here"),
        ("opens: tomorrow", "tomorrow is no date and time"),
        ("opens: 9999-12-31T23:59", "9999-12-31T23:59 is no date and time"),
    ],
)
def test_front_matter_that_cannot_be_is_refused_with_its_line(app, cast, line, said):
    packed = _course_of({"01-a.md": f"---\ntitle: A\n{line}\n---\nText"})
    with open_zip(packed) as tree, pytest.raises(ImportRefused, match=f"01-a.md:3: {said}"):
        bring(tree)


def test_what_a_file_waits_for_and_is_not_here_is_said_and_left_out(app, cast):
    packed = _course_of({"01-a.md": "---\ntitle: A\nafter: [The exam]\nlocks: [audience Gold]\n---\nText"})
    with open_zip(packed) as tree, unit_of_work(read_only=True):
        told = [str(issue.message) for issue in authoring.plan_import(tree).issues]
    assert "There is no activity “The exam” here: it is not waited for." in told
    assert "There is no “audience Gold” here: the lesson comes without this lock." in told


def test_an_instant_in_a_file_without_an_offset_is_the_installations_own_time(app, cast):
    packed = _course_of({"01-a.md": "---\ntitle: A\nopens: 2027-01-10 09:00\n---\nText"})
    with open_zip(packed) as tree:
        course_id = bring(tree)
    with ZipFile(BytesIO(export(course_id))) as archive:
        text = next(archive.read(name).decode() for name in archive.namelist() if name.endswith("a.md"))
    assert "opens: 2027-01-10T08:00Z\n" in text
