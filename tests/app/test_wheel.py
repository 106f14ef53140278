"""A wheel built from this folder, installed alone elsewhere, is the whole product."""

import re
import subprocess
import sys
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path

import pytest

from tests.support.needs import need_pango
from tests.support.processes import plain_environment
from tests.support.serving import serving

ROOT = Path(__file__).resolve().parents[2]
UV = Path(sys.executable).with_name("uv")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def run(*words: str | Path, cwd: Path, environment: Mapping[str, str] | None = None) -> str:
    """Run a program in an environment without ours and return what it said."""
    ran = subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        env={**plain_environment(), **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout
    return ran.stdout


class Browser:
    """As much of a browser as signing in with one click needs."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())

    def get(self, path: str) -> bytes:
        """Return what a page answers."""
        with self.opener.open(self.url + path, timeout=30) as answer:
            return bytes(answer.read())

    def post(self, path: str, **fields: str) -> None:
        """Send a form as this portal's own page would."""
        sent = urllib.request.Request(  # noqa: S310  our own server
            self.url + path, data=urllib.parse.urlencode(fields).encode(), headers={"Origin": self.url}
        )
        with self.opener.open(sent, timeout=30):
            pass


def certificate_of_somebody(page: str, browser: Browser) -> bytes:
    """Enter as each of the demo's people until one holds a certificate; return its PDF."""
    for person in re.findall(r'name="person" value="([^"]+)"', page):
        (token, *_rest) = re.findall(r'name="csrf_token" value="([^"]+)"', browser.get("/sign-in").decode())
        browser.post("/sign-in/demo", csrf_token=token, person=person, next="")
        found = re.search(r'href="(/certificates/[^"]+\.pdf)"', browser.get("/certificates").decode())
        if found:
            return browser.get(found[1])
        browser = Browser(browser.url)
    raise AssertionError("nobody in the demo holds a certificate")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a wheel built from a copy of what is committed or about to be."""
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("built")
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", cwd=ROOT)
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", built, source, cwd=source)
    (found,) = built.glob("*.whl")
    return found


def test_nothing_of_the_product_is_left_out_of_the_wheel(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    ours = [path.relative_to(ROOT) for path in ROOT.glob("lms/**/*") if path.is_file()]
    wanted = {str(path) for path in ours if path.suffix not in {".pyc", ".po"}}
    for folder, pattern in (("static", "dist/*"), ("migrations", "**/*.py"), ("migrations", "*.mako")):
        wanted |= {f"lms/{path.relative_to(ROOT)}" for path in (ROOT / folder).glob(pattern)}
    assert wanted - inside == set()


def test_the_wheel_serves_from_an_empty_environment_elsewhere(wheel: Path, tmp_path: Path) -> None:
    run(UV, "venv", "--python", sys.executable, "venv", cwd=tmp_path)
    python = tmp_path / "venv" / "bin" / "python"
    run(
        UV,
        "pip",
        "install",
        "--system-certs",
        "--python",
        python,
        "-r",
        ROOT / "requirements" / "runtime.txt",
        cwd=tmp_path,
    )
    run(UV, "pip", "install", "--python", python, "--no-deps", wheel, cwd=tmp_path)
    run(UV, "pip", "check", "--python", python, cwd=tmp_path)
    lms = python.with_name("lms")
    assert "serve" in run(lms, "--help", cwd=tmp_path)
    # The first half of `lms serve`, apart: filling the demo may take a busy machine longer than a start.
    run(lms, "prepare", cwd=tmp_path, environment={"LMS_DATA_DIR": str(tmp_path / "data" / "var")})
    with serving(tmp_path / "data", command=[lms], cwd=tmp_path, environment={"LMS_DEMO": "1"}) as guildhall:
        status, page = guildhall.get("/sign-in")
        assert status == HTTPStatus.OK
        assert "Amara Osei" in page, "the demo's people are not offered"
        style = re.search(r'href="(/static/dist/guildhall-[^"]+\.css)"', page)
        assert style, page
        assert guildhall.get(style[1])[0] == HTTPStatus.OK
        assert "Anmelden" in guildhall.get("/sign-in", language="de")[1], "the translations stayed behind"
        need_pango()
        document = certificate_of_somebody(page, Browser(guildhall.url))
        assert document.startswith(b"%PDF-")
        assert guildhall.stop() == 0, guildhall.said()
