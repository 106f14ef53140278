"""The content origin: gives out a package's files by a signed link, and knows nothing else of the portal."""

from uuid import UUID

import pytest

from lms.app import settings
from lms.app.content import create_content_app, dispatcher, is_content_address
from lms.kernel import files
from lms.kernel.db import db, new_id
from lms.kernel.uow import unit_of_work
from lms.web.content_links import sign_link
from tests.packages.packages import course_with, package

PAGES: dict[str, str | bytes] = {
    "index.html": "<!doctype html><title>x</title>",
    "img/loop.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
    "a.bin": bytes(range(200)),
}


@pytest.fixture
def content(sqlite_app, cast):
    """Return a client of the content origin and the path under which one package lies."""
    with unit_of_work():
        activity = course_with(package(PAGES))
        revision_id = activity.config["revision_id"]
    with sqlite_app.test_request_context():
        from_here = sign_link(revision_id=UUID(revision_id), opening_id=new_id())
    app = create_content_app(sqlite_app.extensions["lms.settings"])
    app.extensions["lms.files"] = sqlite_app.extensions["lms.files"]
    yield app.test_client(), f"/{from_here}"
    with app.app_context():
        db.engine.dispose()


def test_a_packages_files_come_with_their_types_and_ranges(content):
    client, base = content
    page = client.get(f"{base}/index.html")
    assert page.content_type == "text/html; charset=utf-8"
    assert client.get(f"{base}/img/loop.svg").mimetype == "image/svg+xml"
    part = client.get(f"{base}/a.bin", headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.data) == (206, bytes(range(10, 20)))
    assert client.get(f"{base}/a.bin", headers={"Range": "bytes=999-"}).status_code == 416


def test_it_never_sets_a_cookie_and_never_lets_a_page_call_out(content):
    client, base = content
    for path in (f"{base}/index.html", f"{base}/~guildhall/player", f"{base}/nothing"):
        answer = client.get(path)
        assert "Set-Cookie" not in answer.headers
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "form-action 'self'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_a_zero_byte_in_an_address_or_a_question_is_no_error_on_our_side(content):
    client, base = content
    assert client.get(f"{base}/a%00.bin").status_code == 404
    assert client.get(f"{base}/a.bin?q=%00").status_code == 400


def test_a_service_worker_is_refused_whatever_the_file(content):
    client, base = content
    assert client.get(f"{base}/index.html", headers={"Service-Worker": "script"}).status_code == 403


def test_a_forged_an_altered_or_a_foreign_link_opens_nothing(content):
    client, base = content
    # Not the last sign: some of its bits mean nothing.
    altered = base[:-5] + ("A" if base[-5] != "A" else "B") + base[-4:]
    for bad in (altered, "/x", "/" + "0" * 40, base.partition(".")[0]):
        assert client.get(f"{bad}/index.html").status_code == 404
    for way in ("../index.html", "..%2findex.html", "img/../../index.html", "imsmanifest.xml/", ""):
        assert client.get(f"{base}/{way}").status_code in {404, 308}


def test_neither_application_answers_the_others_addresses(content, sqlite_app):
    client, base = content
    for path in ("/", "/sign-in", "/healthz", "/notifications", "/static/dist/manifest.json"):
        assert client.get(path).status_code == 404
    assert (
        sqlite_app.test_client().get(f"{base}/index.html", base_url="http://localhost:8000").status_code
        == 404
    )


def test_a_request_goes_to_one_application_by_name_or_by_port(tmp_path):
    ports = settings.read({"LMS_DATA_DIR": str(tmp_path)})
    assert is_content_address({"HTTP_HOST": "localhost:8001", "SERVER_PORT": "8001"}, ports)
    assert not is_content_address({"HTTP_HOST": "localhost:8000", "SERVER_PORT": "8000"}, ports)
    named = settings.read(
        {
            "LMS_DATA_DIR": str(tmp_path),
            "LMS_PUBLIC_URL": "https://portal.example.com",
            "LMS_CONTENT_URL": "https://{package}.portal.example.com",
        }
    )
    assert is_content_address({"HTTP_HOST": "p123.portal.example.com", "SERVER_PORT": "8000"}, named)
    assert not is_content_address({"HTTP_HOST": "portal.example.com", "SERVER_PORT": "8000"}, named)
    assert not is_content_address({"HTTP_HOST": "evil.example.com", "SERVER_PORT": "8000"}, named)
    seen: list[str] = []

    def named_app(name: str):
        def answer(_environ, _start):
            seen.append(name)
            return []

        return answer

    app = dispatcher(named, named_app("portal"), named_app("content"))
    app({"HTTP_HOST": "p1.portal.example.com", "SERVER_PORT": "1"}, lambda *_: None)
    app({"HTTP_HOST": "portal.example.com", "SERVER_PORT": "1"}, lambda *_: None)
    assert seen == ["content", "portal"]


def test_the_storage_that_lost_a_file_says_not_found(content, sqlite_app, tmp_path):
    client, base = content
    files.install(client.application, (tmp_path / "empty").as_uri())
    assert client.get(f"{base}/index.html").status_code == 404
