"""The command line: what an administrator is told, and that a wrong setting is said in one line."""

import socket
import subprocess
import sys

import pytest
from click.testing import CliRunner

from lms.app import cli, settings
from lms.app.factory import create_app
from lms.kernel import pdf
from lms.kernel.db import db
from tests.support.portal import Visitor
from tests.support.processes import plain_environment

pytestmark = pytest.mark.slow  # it starts processes: no part of the quick loop


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("LMS_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("LMS_LOG_LEVEL", "ERROR")
    monkeypatch.setenv("LMS_DEMO", "0")
    return lambda *arguments: CliRunner().invoke(cli.cli, list(arguments), catch_exceptions=False)


def test_doctor_says_what_is_ill_and_how_to_cure_it_and_is_content_after_the_cure(run):
    ill = run("doctor")
    assert ill.exit_code == 1
    assert "ILL   database" in ill.output
    assert "lms db upgrade" in ill.output
    assert run("db", "upgrade").exit_code == 0
    well = run("doctor")
    assert well.exit_code == (0 if pdf.is_available() else 1), well.output
    assert "well  database" in well.output
    assert "revision" in well.output


def test_doctor_says_how_to_get_what_pdfs_need_and_nothing_else_is_said_between(run, monkeypatch):
    run("db", "upgrade")
    monkeypatch.setattr(pdf, "is_available", lambda: False)
    answer = run("doctor")
    assert answer.exit_code == 1
    assert "ILL   PDF" in answer.output
    assert "apt-get install libpangoft2-1.0-0" in answer.output
    assert "{" not in answer.output, "lines of the log stand between the findings"


def test_an_empty_installation_gets_its_first_administrator_who_can_sign_in(run):
    run("db", "upgrade")
    asked = ("people", "add-administrator", "--email", "Ada@halden.example", "--name", "Ada Holm")
    refused = run(*asked, "--organisation", "Halden", "--password", "short")
    assert refused.exit_code == 1
    assert "12" in refused.output
    nameless = run(*asked, "--organisation", "", "--password", "twelve small boats")
    assert "--organisation" in nameless.output
    made = run(*asked, "--organisation", "Halden Controls", "--password", "twelve small boats")
    assert made.exit_code == 0, made.output
    assert run(*asked, "--organisation", "", "--password", "twelve small boats").exit_code == 1
    portal = create_app(settings.read())
    with portal.app_context():
        ada = Visitor(portal)
        answer = ada.post("/sign-in", {"email": "ada@halden.example", "password": "twelve small boats"})
        assert answer.status_code == 303
        assert ada.get("/admin/people").status_code == 200
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize(
    "name, value",
    [
        ("LMS_PORT", "eighty"),
        ("LMS_PORT", "70000"),
        ("LMS_TIME_ZONE", "Mars/Olympus"),
        ("LMS_DATABASE_URL", "mysql://x"),
        ("LMS_PUBLIC_URL", "portal.example.com"),
        ("LMS_TRUSTED_PROXIES", "-1"),
        ("LMS_WEB_WORKERS", "0"),
        ("LMS_MAIL_URL", "http://x"),
        ("LMS_MAIL_URL", "smtp://x:twenty?from=a@b.example"),
        ("LMS_REDIS_URL", "zz"),
        ("LMS_STORAGE_URL", "zz"),
        ("LMS_LOG_LEVEL", "loud"),
        ("LMS_DEMO", "maybe"),
        ("LMS_DATA_DIR", "/proc/x"),
        ("LMS_QUIET_HOURS", "20:00"),
        ("LMS_QUIET_HOURS", "24:00-07:00"),
        ("LMS_QUIET_HOURS", "²0:00-07:00"),
        ("LMS_REMINDER_DAYS", "-14;-3"),
        ("LMS_REMINDER_DAYS", "soon"),
        ("LMS_REMINDER_DAYS", "10000"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(tmp_path, name, value):
    with pytest.raises(settings.SettingsError, match=name):
        settings.read({"LMS_DATA_DIR": str(tmp_path), name: value})


@pytest.mark.parametrize(
    "quiet, days, expected",
    [
        (None, None, ((1200, 420), (-14, -3, -1, 1, 7, 14, 21, 28))),
        ("22:30-06:15", "7, -7,0,-7", ((1350, 375), (-7, 0, 7))),
        ("off", "off", (None, ())),
    ],
)
def test_quiet_hours_and_reminders_are_read_or_switched_off(tmp_path, quiet, days, expected):
    given = {"LMS_QUIET_HOURS": quiet, "LMS_REMINDER_DAYS": days}
    named = {name: value for name, value in given.items() if value is not None}
    found = settings.read({"LMS_DATA_DIR": str(tmp_path), **named})
    assert (found.quiet_hours, found.reminder_days) == expected


@pytest.mark.parametrize("command", ["serve", "doctor"])
@pytest.mark.parametrize(
    "name, value", [("LMS_MAIL_URL", "http://x"), ("LMS_REDIS_URL", "zz"), ("LMS_DATA_DIR", "/proc/x")]
)
def test_an_administrator_reads_one_line_about_a_wrong_setting_and_no_traceback(
    tmp_path, command, name, value
):
    told = _lms(command, {"LMS_DATA_DIR": str(tmp_path), name: value})
    assert told.returncode == 2
    (line,) = told.stderr.splitlines()
    assert line.startswith(f"lms: {name}: ")


def test_serve_says_that_its_port_is_taken_and_ends(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        told = _lms("serve", {"LMS_DATA_DIR": str(tmp_path), "LMS_PORT": port})
    assert told.returncode == 2
    (line,) = told.stderr.splitlines()
    assert f"port {port}: it is taken" in line


def test_what_is_wrong_with_an_address_is_said_without_its_password(tmp_path):
    with pytest.raises(settings.SettingsError) as refused:
        settings.read({"LMS_DATA_DIR": str(tmp_path), "LMS_MAIL_URL": "smtp://u:hush@x"})
    assert "hush" not in str(refused.value)


def _lms(command: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "lms", command],
        env=plain_environment() | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    "public, content",
    [
        ("https://portal.example.com", None),
        ("https://portal.example.com", "https://portal.example.com"),
        ("https://portal.example.com", "https://portal.example.com:8443"),
        ("https://portal.example.com", "https://packages.elsewhere.com"),
        ("http://localhost:8000", "http://localhost:8000"),
    ],
)
def test_packages_are_never_served_where_their_scripts_could_reach_the_portal(tmp_path, public, content):
    given = {"LMS_DATA_DIR": str(tmp_path), "LMS_PUBLIC_URL": public}
    with pytest.raises(settings.SettingsError, match="LMS_CONTENT_URL"):
        settings.read(given | ({"LMS_CONTENT_URL": content} if content else {}))


@pytest.mark.parametrize(
    "public, content",
    [
        ("https://portal.example.com", "https://content.portal.example.com"),
        ("https://portal.example.com", "https://{package}.portal.example.com"),
        ("http://guildhall.localhost:8000", "http://content.guildhall.localhost:8000"),
        ("http://localhost:8000", "http://localhost:8001"),
        ("http://localhost:8000", None),
    ],
)
def test_a_content_origin_apart_from_the_portal_is_accepted(tmp_path, public, content):
    given = {"LMS_DATA_DIR": str(tmp_path), "LMS_PUBLIC_URL": public}
    assert settings.read(given | ({"LMS_CONTENT_URL": content} if content else {})).public_url == public


def test_the_secret_key_is_made_once_and_is_its_owners_alone(tmp_path):
    first = settings.read({"LMS_DATA_DIR": str(tmp_path)}).secret_key
    assert settings.read({"LMS_DATA_DIR": str(tmp_path)}).secret_key == first
    assert len(first) >= 40
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0
