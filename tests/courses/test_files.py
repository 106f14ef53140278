"""Pictures reach small screens small; a course's files have a limit, and none goes that something shows."""

import io
import secrets
from datetime import timedelta

import pytest
from PIL import Image

from lms.courses.authoring import queries
from lms.courses.authoring import service as authoring
from lms.courses.errors import FileInUse
from lms.courses.formats import scaling
from lms.courses.values import ActivityKey
from lms.kernel import clock, events, files, outbox, sweep
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db, new_id
from lms.kernel.errors import Invalid
from lms.kernel.uow import unit_of_work
from lms.web.pages import PageRequest
from tests.courses.courses import publish, write_course
from tests.support.portal import Visitor, counted_queries


def picture(width=2000, height=1000, kind="PNG", mode="RGB", **saved):
    found = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert(mode).save(found, kind, **saved)
    found.seek(0)
    return found


@pytest.mark.parametrize(
    "kind, mode",
    [
        ("PNG", "RGB"),
        ("PNG", "RGBA"),
        ("PNG", "P"),
        ("JPEG", "RGB"),
        ("WEBP", "RGB"),
        ("AVIF", "RGB"),
        ("PNG", "L"),
    ],
)
def test_a_smaller_copy_shows_the_same_picture(kind, mode):
    small = scaling.scaled(picture(kind=kind, mode=mode).read(), 480)
    assert small is not None
    with Image.open(io.BytesIO(small)) as opened:
        assert (opened.format, opened.size) == ("WEBP", (480, 240))
        shades = opened.convert("L").resize((1, 3), Image.Resampling.BOX).tobytes()
    assert shades[0] < shades[1] < shades[2]


def test_a_photograph_taken_upright_stays_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    source = picture(1000, 500, "JPEG", exif=exif)
    assert scaling.size_of(source) == (500, 1000)
    small = scaling.scaled(source.getvalue(), 250)
    assert small is not None
    with Image.open(io.BytesIO(small)) as opened:
        assert opened.size == (250, 500)


def test_what_moves_is_left_as_it_is():
    frames = [Image.new("RGB", (900, 900), shade) for shade in ("red", "blue")]
    moving = io.BytesIO()
    frames[0].save(moving, "WEBP", save_all=True, append_images=frames[1:], duration=100)
    assert scaling.scaled(moving.getvalue(), 480) is None


@pytest.mark.parametrize(
    "width, offered", [(300, ()), (600, ()), (601, (480,)), (1201, (480, 960)), (4000, (480, 960, 1440))]
)
def test_a_copy_is_offered_where_it_saves_something(width, offered):
    assert scaling.offered_widths(width) == offered


def add(course_id, file, name="plan.png", at=0):
    """Give the lesson in place `at` of the draft a file and return the address its text shows it by."""
    with unit_of_work(), acting_as(SYSTEM):
        key = queries.get_editor(course_id).items[at].key
        return authoring.add_media(
            course_id=course_id, key=key, filename=name, upload=file, actor=SYSTEM, now=clock.now()
        )


def show(course_id, address, at=0):
    """Let the text of a lesson of the draft show a file."""
    with unit_of_work(), acting_as(SYSTEM):
        editor = queries.get_editor(course_id)
        item = editor.items[at]
        authoring.edit_activity(
            course_id=course_id,
            key=ActivityKey(item.key),
            title=item.title,
            minutes=5,
            is_required=True,
            body=f"![The plan]({address})\n",
            revision=queries.get_page(editor.version_id, item.key).revision,
            actor=SYSTEM,
            now=clock.now(),
        )


def files_of(course_id):
    with unit_of_work(read_only=True):
        return queries.page_files(course_id, PageRequest()).items


def deliver():
    while outbox.deliver_due(events.apply):
        pass


def test_a_phone_gets_a_small_copy_as_soon_as_the_job_has_made_it(app, cast):
    course_id = write_course()
    own = secrets.randbelow(900) + 1000
    show(course_id, add(course_id, picture(2000, own)))
    publish(course_id)
    with unit_of_work(read_only=True):
        editor = queries.get_editor(course_id)
        html = queries.get_page(editor.version_id, editor.items[0].key).html
    (one,) = files_of(course_id)
    served = f"/learn/pictures/{one.id}"
    assert f'width="2000" height="{own}"' in html
    assert (
        f'srcset="{served}?width=480 480w, {served}?width=960 960w, {served}?width=1440 1440w, {served} 2000w"'
        in html
    )
    amara = Visitor(app).sign_in(cast.amara)
    before = amara.get(f"{served}?width=480")
    assert before.mimetype == "image/png"
    assert not before.cache_control.immutable, "a phone would keep the large one for a week"
    deliver()
    after = amara.get(f"{served}?width=480")
    assert after.mimetype == "image/webp"
    assert len(after.data) < len(before.data)
    assert amara.get(f"{served}?width=479").mimetype == "image/png"
    assert amara.get(served).mimetype == "image/png"


def test_a_damaged_picture_and_one_of_too_many_pixels_are_refused_with_their_name(app, cast, monkeypatch):
    course_id = write_course(publish=False)
    with pytest.raises(Invalid) as refused:
        add(course_id, io.BytesIO(b"\x89PNG\r\n\x1a\n" + b"x" * 100), name="torn.png")
    assert "torn.png" in refused.value.fields["file"]
    monkeypatch.setattr(scaling, "MOST_PIXELS", 1_000_000)
    with pytest.raises(Invalid):
        add(course_id, picture(), name="huge.png")
    assert files_of(course_id) == []


def test_a_course_holds_no_more_than_the_installation_lets_it(app, cast):
    course_id = write_course(publish=False)
    app.config["LMS_COURSE_QUOTA"] = 40_000
    try:
        add(course_id, picture(300, 200), name="one.png")
        with pytest.raises(Invalid) as refused:
            add(course_id, io.BytesIO(b"%PDF-1.7 " + b"x" * 40_000), name="two.pdf")
    finally:
        app.config["LMS_COURSE_QUOTA"] = 5_000_000_000
    assert "at most 40 kB" in refused.value.fields["file"]
    assert [one.filename for one in files_of(course_id)] == ["one.png"]


def test_a_file_says_where_it_is_shown_and_stays_while_any_version_shows_it(app, cast):
    course_id = write_course()
    show(course_id, add(course_id, picture(), name="shown.png"))
    add(course_id, picture(700, 500), name="unused.png", at=1)
    (unused, shown) = files_of(course_id)
    assert unused.uses == ()
    assert [(use.title, use.is_draft) for use in shown.uses] == [("Parts of a loop", True)]
    publish(course_id)
    show(course_id, "https://elsewhere.example/x.png")
    (unused, shown) = files_of(course_id)
    assert [(use.title, use.is_draft, use.number) for use in shown.uses] == [("Parts of a loop", False, 2)]
    tomas = Visitor(app).sign_in(cast.tomas)
    for one, status in ((shown, 409), (unused, 303)):
        assert tomas.post(f"/author/courses/{course_id}/files/{one.id}/remove", {}).status_code == status
    assert [one.filename for one in files_of(course_id)] == ["shown.png"]
    assert tomas.get(f"/author/courses/{course_id}/export.zip?version=2").status_code == 200
    with unit_of_work(), acting_as(SYSTEM), pytest.raises(FileInUse):
        authoring.remove_file(course_id=course_id, file_id=shown.id, actor=SYSTEM, now=clock.now())


def test_the_bytes_of_a_file_taken_out_go_after_a_week_unless_a_version_was_given_it(app, cast):
    course_id, now = write_course(), clock.now()
    show(course_id, add(course_id, picture(1000, 500), name="given.png"))
    show(course_id, "https://elsewhere.example/x.png")
    publish(course_id)
    add(course_id, picture(1000, 400), name="gone.png", at=1)
    add(course_id, picture(1000, 600), name="stays.png")
    deliver()
    hashes = {}
    for one in files_of(course_id):
        with unit_of_work(read_only=True):
            hashes[one.filename] = files.get(one.id).sha256
    stays, given, gone = (hashes[name] for name in ("stays.png", "given.png", "gone.png"))
    tomas = Visitor(app).sign_in(cast.tomas)
    for one in files_of(course_id):
        if one.filename != "stays.png":
            assert tomas.post(f"/author/courses/{course_id}/files/{one.id}/remove", {}).status_code == 303, (
                one.filename
            )
    db.session.remove()
    copy = scaling.name_of(gone, 480)
    assert files.find_derived(copy) is not None
    sweep.run(now)
    sweep.run(now + timedelta(days=8))
    assert [files.has_blob(one) for one in (stays, given, gone)] == [True, True, False]
    assert files.find_derived(copy) is None


def test_the_page_of_files_asks_no_more_of_the_database_when_there_are_more(app, cast):
    course_id = write_course(publish=False)
    tomas = Visitor(app).sign_in(cast.tomas)
    add(course_id, picture(10, 10), name="a.png")
    address = f"/author/courses/{course_id}/files"
    with counted_queries() as few:
        assert "a.png" in tomas.get(address).text
    for number in range(8):
        add(course_id, picture(11 + number, 10), name=f"b{number}.png", at=number % 3)
    with counted_queries() as many:
        page = tomas.get(address).text
    assert "b7.png" in page
    assert len(many) == len(few)


def test_nobody_removes_a_file_of_another_course(app, cast):
    course_id, other = write_course(), write_course("other", title="Other")
    add(course_id, picture(), name="mine.png")
    (mine,) = files_of(course_id)
    tomas = Visitor(app).sign_in(cast.tomas)
    assert tomas.post(f"/author/courses/{other}/files/{mine.id}/remove", {}).status_code == 404
    assert tomas.post(f"/author/courses/{other}/files/{new_id()}/remove", {}).status_code == 404
    assert len(files_of(course_id)) == 1
