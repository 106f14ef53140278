"""Files of packages given out again: the same answer as the first time, to a good link alone, while it lasts."""

import gzip
from datetime import timedelta
from uuid import UUID

import pytest

from lms.app import content
from lms.app.content import create_content_app
from lms.kernel import clock, files
from lms.kernel.db import db, new_id
from lms.kernel.uow import unit_of_work
from lms.web.blobs import PLACE
from lms.web.content_links import LASTS_SECONDS, revision_of, sign_link
from tests.packages.packages import course_with, package

SCRIPT = "let seen = 0;\n" * 500
PAGES: dict[str, str | bytes] = {
    "index.html": "<!doctype html><title>x</title>",
    "course.js": SCRIPT,
    "film.mp4": bytes(range(256)) * 40,
}


class Browser:
    """Somebody who asks and reads to the end."""

    def __init__(self, client):
        self.client = client

    def get(self, path, **options):
        return self.client.get(path, buffered=True, **options)


@pytest.fixture
def origin(sqlite_app, cast, monkeypatch):
    """Return a client of the content origin, a package's revision, and how often Flask itself was asked."""
    with unit_of_work():
        activity = course_with(package(PAGES))
    app = create_content_app(sqlite_app.extensions["lms.settings"])
    app.extensions["lms.files"] = sqlite_app.extensions["lms.files"]
    asked: list[str] = []

    def counted(token, secret_key):
        asked.append(token)
        return revision_of(token, secret_key)

    monkeypatch.setattr(content, "revision_of", counted)
    yield Browser(app.test_client()), UUID(activity.config["revision_id"]), asked
    with app.app_context():
        db.engine.dispose()


def told(answer):
    return {name: value for name, value in answer.headers.items() if name != "Date"}


def link(app, revision_id):
    with app.test_request_context():
        return f"/{sign_link(revision_id=revision_id, opening_id=new_id())}"


def test_the_second_answer_is_the_first_one_and_costs_no_query(origin, sqlite_app):
    client, revision_id, asked = origin
    base = link(sqlite_app, revision_id)
    for path in ("index.html", "course.js", "film.mp4"):
        first = client.get(f"{base}/{path}")
        again = client.get(f"{link(sqlite_app, revision_id)}/{path}")
        assert first.status_code == again.status_code == 200
        assert first.data == again.data
        assert told(first) == told(again)
        assert PLACE not in first.headers
        assert "default-src 'self'" in again.headers["Content-Security-Policy"]
    assert len(asked) == 3


def test_text_is_packed_for_who_takes_it_and_is_the_same_text(origin, sqlite_app):
    client, revision_id, _asked = origin
    base = link(sqlite_app, revision_id)
    for _ in range(2):
        plain = client.get(f"{base}/course.js")
        packed = client.get(f"{base}/course.js", headers={"Accept-Encoding": "gzip, br"})
        assert plain.data == gzip.decompress(packed.data) == SCRIPT.encode()
        assert packed.headers["Content-Encoding"] == "gzip"
        assert len(packed.data) < len(plain.data) / 10
        assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"
        assert plain.headers["ETag"] != packed.headers["ETag"]
    part = client.get(f"{base}/course.js", headers={"Accept-Encoding": "gzip", "Range": "bytes=4-7"})
    assert (part.status_code, part.data) == (206, SCRIPT.encode()[4:8])
    film = client.get(f"{base}/film.mp4", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in film.headers


def test_who_has_it_already_is_told_so_each_time(origin, sqlite_app):
    client, revision_id, asked = origin
    base = link(sqlite_app, revision_id)
    etag = client.get(f"{base}/course.js").headers["ETag"]
    for _ in range(2):
        known = client.get(f"{base}/course.js", headers={"If-None-Match": etag})
        assert (known.status_code, known.data) == (304, b"")
        assert known.headers["ETag"] == etag
    assert client.get(f"{base}/course.js", headers={"If-None-Match": '"other"'}).status_code == 200
    assert len(asked) == 1


def test_a_link_that_is_over_or_was_never_good_opens_nothing_that_was_given_out_before(origin, sqlite_app):
    client, revision_id, _asked = origin
    with clock.frozen_at(clock.now()) as advance:
        base = link(sqlite_app, revision_id)
        assert client.get(f"{base}/course.js").status_code == 200
        forged = base[:-5] + ("A" if base[-5] != "A" else "B") + base[-4:]
        assert client.get(f"{forged}/course.js").status_code == 404
        advance(timedelta(seconds=LASTS_SECONDS + 5))
        assert client.get(f"{base}/course.js").status_code == 404


def test_one_revision_is_not_given_out_for_another(origin, sqlite_app, cast):
    client, revision_id, _asked = origin
    with unit_of_work():
        other = course_with(package({**PAGES, "course.js": "other"}), slug="other")
    base, elsewhere = link(sqlite_app, revision_id), link(sqlite_app, UUID(other.config["revision_id"]))
    for _ in range(2):
        assert client.get(f"{base}/course.js").data == SCRIPT.encode()
        assert client.get(f"{elsewhere}/course.js").data == b"other"


def test_a_file_that_the_storage_lost_meanwhile_is_not_found_and_its_packed_copy_goes_with_it(
    origin, sqlite_app
):
    client, revision_id, _asked = origin
    base = link(sqlite_app, revision_id)
    plain = client.get(f"{base}/course.js")
    client.get(f"{base}/course.js", headers={"Accept-Encoding": "gzip"})
    with sqlite_app.app_context():
        files.drop_blob(plain.headers["ETag"].strip('"'))
    assert client.get(f"{base}/course.js").status_code == 404
    assert client.get(f"{base}/course.js", headers={"Accept-Encoding": "gzip"}).status_code == 404


def test_a_service_worker_and_our_own_player_are_never_among_them(origin, sqlite_app):
    client, revision_id, asked = origin
    base = link(sqlite_app, revision_id)
    client.get(f"{base}/course.js")
    assert client.get(f"{base}/course.js", headers={"Service-Worker": "script"}).status_code == 403
    before = len(asked)
    for _ in range(2):
        assert client.get(f"{base}/~guildhall/player").status_code == 200
    assert len(asked) == before + 2
