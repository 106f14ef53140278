"""Drafting and handing in: nothing typed is overwritten, nothing handed in is lost or changed, and twice is once."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DatabaseError

from lms.app.factory import deliver_outbox
from lms.courses import facade as courses
from lms.courses.assignments.models import HandInFile, HandInRow, HandInText
from lms.courses.assignments.queries import handed
from lms.courses.assignments.service import handing_in
from lms.courses.assignments.values import Draft, Takes
from lms.courses.errors import DraftOvertaken, NotHandedIn
from lms.courses.learning.models import ActivityResultRow
from lms.courses.values.marking import FileKind
from lms.kernel import clock, privacy
from lms.kernel.actor import Role, acting_as
from lms.kernel.db import db
from lms.kernel.errors import Forbidden, Invalid, NotFound
from lms.kernel.files import has_blob
from lms.kernel.uow import run, unit_of_work
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
    save,
    take,
    together,
    work_of,
    write_assignment,
)
from tests.courses.courses import enrol
from tests.courses.sessions import actor_of


@pytest.fixture
def sizing(app, cast):
    """Return an assignment that Amara and Nils take."""
    course_id, activity = write_assignment()
    for person in (cast.amara, cast.nils):
        enrol(person, course_id)
    return activity


def sha256_of(place_id):
    found = handed.find_file(place_id)
    assert found is not None
    return found[0].sha256


def test_a_draft_is_kept_and_an_older_page_of_it_overwrites_nothing(app, cast, sizing):
    first = save(app, sizing, cast.amara, "From the office")
    assert save(app, sizing, cast.amara, "From the train", first) == 2
    with pytest.raises(DraftOvertaken):
        save(app, sizing, cast.amara, "A stale tab", first)
    with pytest.raises(DraftOvertaken):
        hand_in(app, sizing, cast.amara, "A stale tab", first)
    with unit_of_work(read_only=True):
        place = handed.find_place(sizing.id, cast.amara)
        assert handed.find_draft(place.enrolment.id, sizing.key).text == "From the train"
    assert own(sizing, cast.amara) == []


def test_a_draft_whose_answer_was_lost_is_saved_again_without_being_called_overtaken(app, cast, sizing):
    first = save(app, sizing, cast.amara, "From the\r\ntrain", 0)
    assert save(app, sizing, cast.amara, "From the\r\ntrain", 0) == first == 1
    second = save(app, sizing, cast.amara, "From the train, twelve kilowatts", first)
    assert second == 2
    with pytest.raises(DraftOvertaken):
        save(app, sizing, cast.amara, "From the\ntrain", 0)


def test_what_is_handed_in_stands_as_it_was_and_is_in_progress(app, cast, sizing):
    revision = add(app, sizing, cast.amara, "C:\\plans\\plan.pdf", PDF)
    hand_in(app, sizing, cast.amara, "Twelve\r\nkilowatts. ", revision)
    (one,) = own(sizing, cast.amara)
    assert (one.number, one.text, one.is_late, one.outcome) == (1, "Twelve\nkilowatts.", False, None)
    assert [(file.filename, file.size_bytes) for file in one.files] == [("plan.pdf", len(PDF))]
    with unit_of_work(read_only=True):
        assert handed.find_draft(one.enrolment_id, sizing.key) == Draft(
            text="", revision=revision + 1, saved_at=one.handed_in_at, files=[]
        )
        (result,) = db.session.scalars(select(ActivityResultRow)).all()
    assert (result.completed, result.evidence["hand_in"]) == (False, str(one.id))
    assert courses.completions([cast.amara], [sizing.course_id]) == {}


def test_a_second_click_hands_in_once_and_another_text_is_told(app, cast, sizing):
    first = hand_in(app, sizing, cast.amara, "Twelve")
    assert hand_in(app, sizing, cast.amara, "Twelve") == first
    with pytest.raises(DraftOvertaken):
        hand_in(app, sizing, cast.amara, "Thirteen")
    with pytest.raises(NotHandedIn, match="still to be marked"):
        hand_in(app, sizing, cast.amara, "Thirteen", draft_revision(sizing, cast.amara))
    assert [one.text for one in own(sizing, cast.amara)] == ["Twelve"]


@pytest.mark.parametrize("texts", [("same", "same"), ("from the desk", "from the phone")])
def test_of_two_hand_ins_at_the_same_instant_one_counts(app, cast, sizing, texts):
    def attempt(text):
        return lambda: hand_in(app, sizing, cast.amara, text)

    given = together(app, [attempt(text) for text in texts for _ in range(2)])
    (one,) = own(sizing, cast.amara)
    won = [each for each in given if each == one.id]
    assert len(won) == (4 if texts[0] == texts[1] else 2), given
    assert all(isinstance(each, DraftOvertaken) for each in given if each != one.id), given


def test_the_database_itself_keeps_what_was_handed_in(app, cast, sizing):
    add(app, sizing, cast.amara, "plan.pdf", PDF)
    hand_in(app, sizing, cast.amara, "Twelve", 1)
    for act in (
        update(HandInRow).values(is_late=True),
        update(HandInText).values(text="Thirteen"),
        delete(HandInText),
        delete(HandInFile),
        delete(HandInRow),
    ):
        with pytest.raises(DatabaseError, match="append-only"), unit_of_work():
            db.session.execute(act)
    assert own(sizing, cast.amara)[0].text == "Twelve"


@pytest.mark.parametrize(
    "name, content, why",
    [
        ("plan.exe", b"MZ", "no kind of file"),
        ("plan", PDF, "no kind of file"),
        ("plan.pdf", b"<script>alert(1)</script>", "not what its name says"),
        ("photo.png", PDF, "not what"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no kind of file"),
        ("film.mp4", b"....ftyp", "no kind of file"),
        ("notes.txt", b"a\x00b", "not what its name says"),
        ("plan.pdf", b"", "is empty"),
        ("plan.pdf", PDF + b" " * 1_000_000, "larger than 1 MB"),
    ],
)
def test_a_file_that_is_not_asked_for_is_refused_and_says_why(app, cast, sizing, name, content, why):
    with pytest.raises(Invalid, match=why) as refusal:
        add(app, sizing, cast.amara, name, content)
    assert "file" in refusal.value.fields


def test_files_are_counted_and_taken_out_for_good(app, cast, sizing, monkeypatch):
    for number in range(3):
        add(app, sizing, cast.amara, f"{number}.png", PNG + bytes([number]), number)
    with pytest.raises(Invalid, match="At most 3 files"):
        add(app, sizing, cast.amara, "4.png", PNG, 3)
    with unit_of_work(read_only=True):
        first = handed.list_draft_files(handed.find_place(sizing.id, cast.amara).enrolment.id, sizing.key)[0]
        sha256 = sha256_of(first.id)
    amara, nils = actor_of(app, cast.amara), actor_of(app, cast.nils)

    def remove(actor, revision):
        return handing_in.remove_file(
            activity_id=sizing.id, place_id=first.id, revision=revision, actor=actor, now=clock.now()
        )

    with pytest.raises(NotFound):
        run(lambda: remove(nils, 0))
    with acting_as(amara):
        assert run(lambda: remove(amara, 3)) == 4
    deliver_outbox()
    assert not has_blob(sha256)
    monkeypatch.setattr("lms.courses.assignments.rules.ROOM_BYTES", 2 * len(PNG) + 10)
    with pytest.raises(Invalid, match="come to more than"):
        add(app, sizing, cast.amara, "5.png", PNG, 4)


@pytest.mark.parametrize(
    "takes, text, file, field",
    [
        (Takes.TEXT, "", None, "text"),
        (Takes.FILES, "Only words", None, "file"),
        (Takes.BOTH, "  \n ", None, "text"),
        (Takes.BOTH, "", "plan.pdf", None),
        (Takes.FILES, "", "plan.pdf", None),
        (Takes.TEXT, "Words", None, None),
    ],
)
def test_a_hand_in_has_what_is_asked_for(app, cast, takes, text, file, field):
    course_id, activity = write_assignment("asks", asked(takes=takes))
    enrol(cast.amara, course_id)
    revision = add(app, activity, cast.amara, file, PDF) if file else 0
    if field is None:
        hand_in(app, activity, cast.amara, text, revision)
        assert len(own(activity, cast.amara)) == 1
    else:
        with pytest.raises(Invalid) as refusal:
            hand_in(app, activity, cast.amara, text, revision)
        assert set(refusal.value.fields) == {field}
        assert own(activity, cast.amara) == []


def test_late_work_is_taken_and_says_so(app, cast):
    course_id, activity = write_assignment("late", asked(due_days=3))
    with clock.frozen_at(clock.now()) as advance:
        enrol(cast.amara, course_id)
        enrol(cast.nils, course_id)
        advance(timedelta(days=2))
        hand_in(app, activity, cast.amara)
        advance(timedelta(days=3))
        hand_in(app, activity, cast.nils)
    assert [own(activity, who)[0].is_late for who in (cast.amara, cast.nils)] == [False, True]


def test_work_comes_again_after_a_return_or_a_fail_as_often_as_may_be(app, cast):
    course_id, activity = write_assignment("again", asked(again=1))
    enrol(cast.amara, course_id)
    work_id = work_of(hand_in(app, activity, cast.amara))
    take(app, work_id, cast.tomas)
    mark(app, work_id, cast.tomas, (None, None), is_returned=True)
    work_id = work_of(hand_in(app, activity, cast.amara, "Better", draft_revision(activity, cast.amara)))
    take(app, work_id, cast.tomas)
    # What can come no more cannot be returned: the levels decide.
    with pytest.raises(Invalid):
        mark(app, work_id, cast.tomas, (None, None), is_returned=True)
    mark(app, work_id, cast.tomas, WORST)
    with pytest.raises(NotHandedIn, match="as often as may be"):
        hand_in(app, activity, cast.amara, "Once more", draft_revision(activity, cast.amara))
    assert [one.outcome for one in own(activity, cast.amara)] == ["returned", "failed"]


def test_who_does_not_take_the_course_and_who_only_reads_hand_in_nothing(app, cast, sizing):
    with pytest.raises(NotFound):
        hand_in(app, sizing, cast.dafydd)
    odd = actor_of(app, cast.odd, Role.AUDITOR)
    with pytest.raises(Forbidden):
        run(
            lambda: handing_in.save_draft(
                activity_id=sizing.id, text="", revision=0, actor=odd, now=clock.now()
            )
        )


def test_an_erased_persons_text_and_files_are_gone_and_the_result_stays(app, cast, sizing):
    for person in (cast.amara, cast.nils):
        add(app, sizing, person, "plan.pdf", PDF)
    add(app, sizing, cast.amara, "site.png", PNG, 1)
    hand_in_id = hand_in(app, sizing, cast.amara, "My text", 2)
    work_id = work_of(hand_in_id)
    take(app, work_id, cast.tomas)
    mark(app, work_id, cast.tomas, comment="Well done, Amara.")
    save(app, sizing, cast.nils, "Of Nils", 1)
    files = own(sizing, cast.amara)[0].files
    with unit_of_work(read_only=True):
        kept = {one.filename: sha256_of(one.id) for one in files}
        said = privacy.export(cast.amara)["assignments"]
    assert said["handed_in"][0]["text"] == "My text"
    assert said["handed_in"][0]["marks"][0]["comment"] == "Well done, Amara."
    assert {file["name"] for file in said["handed_in"][0]["files"]} == {"plan.pdf", "site.png"}
    with unit_of_work():
        privacy.erase(cast.amara)
    deliver_outbox()
    (one,) = own(sizing, cast.amara)
    assert (one.text, one.files, one.is_erased) == ("", (), True)
    assert (one.outcome, one.marks[0].comment, one.marks[0].points) == ("passed", "", 10)
    assert (cast.amara, sizing.course_id) in courses.completions([cast.amara], [sizing.course_id])
    assert not has_blob(kept["site.png"])
    assert has_blob(kept["plan.pdf"])  # the same bytes are Nils's too
    with unit_of_work(read_only=True):
        place = handed.find_place(sizing.id, cast.nils)
        assert handed.find_draft(place.enrolment.id, sizing.key).text == "Of Nils"


def test_the_kinds_of_files_are_checked_by_what_is_in_them(app, cast):
    course_id, activity = write_assignment("kinds", asked(kinds=tuple(FileKind), most_files=20))
    enrol(cast.amara, course_id)
    head = {"docx": b"PK\x03\x04", "mp4": b"\x00\x00\x00\x18ftypmp42", "webm": b"\x1a\x45\xdf\xa3"}
    head |= {"csv": "a;b\nü;2\n".encode(), "txt": "Größe".encode("latin-1"), "zip": b"PK\x03\x04"}
    for revision, (ending, content) in enumerate(head.items()):
        assert add(app, activity, cast.amara, f"one.{ending}", content + b"....", revision) == revision + 1
