"""Rustici's "golf" packages, played to their end in a real browser: what tools make, not what we make for ourselves.

Needs, in folders of LMS_SUITES whatever their names, a checkout of ktonon/scorm-golf-example (each of its commits is
one of the examples) and one of xiangenhu/SCORM_ET (whose OldDrafts hold the example of simple remediation).
"""

import io
import os
import re
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect
from sqlalchemy import select

from lms.courses import facade as courses
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from lms.packages.models import TrackingRow
from tests.packages.packages import course_with, enrol
from tests.support.guests import House, house

pytestmark = pytest.mark.interop

STEPS = {
    "single": "Content Packaging Single SCO",
    "metadata": "descriptive metadata",
    "minimum": "minimal required SCORM API calls",
    "basic": "basic SCORM run-time data model elements",
    "advanced": "more in-depth use of the SCORM run-time",
}
REMEDIATION = "OldDrafts/SequencingSimpleRemediation_SCORM20043rdEdition"
# What its shared/assessmenttemplate.html shows as right, beside each question.
ANSWER = """() => {
  for (const right of document.querySelectorAll('.correctAnswer')) {
    const field = right.querySelector('input');
    if (!field) continue;
    if (field.type === 'radio') field.checked = true;
    else field.value = right.textContent.match(/\\((.*)\\)/)[1];
  }
}"""


def _suite(marker: str) -> Path:
    named = os.environ.get("LMS_SUITES")  # noqa: TID251  said to `make interop`, no setting of the product
    for folder in sorted(Path(named).iterdir()) if named else ():
        if (folder / marker).exists():
            return folder
    pytest.skip(f"LMS_SUITES holds no checkout with {marker}")


def _golf(step: str) -> io.BytesIO:
    """Return one of the examples as a ZIP: the commit whose message names it."""
    folder = _suite("shared/scormfunctions.js")
    git = ["git", "-C", str(folder)]
    found = subprocess.run(
        [*git, "log", "--format=%H", f"--grep={STEPS[step]}"], capture_output=True, check=True
    )
    commit = found.stdout.decode().split()[0]
    packed = subprocess.run([*git, "archive", "--format=zip", commit], capture_output=True, check=True)
    return io.BytesIO(packed.stdout)


def _folder(folder: Path) -> io.BytesIO:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder))
    target.seek(0)
    return target


class Player:
    """Amara's player."""

    def __init__(self, running: House, page: Page, course_id, activity_id) -> None:
        self.house, self.page, self.course_id, self.activity_id = running, page, course_id, activity_id
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        # "Would you like to resume?": she would.
        page.on("dialog", lambda dialog: dialog.accept())

    def open(self) -> None:
        self.page.goto(f"/learn/packages/{self.activity_id}")

    @property
    def stage(self) -> FrameLocator:
        return self.page.frame_locator("#package").frame_locator("#stage")

    @property
    def content(self) -> FrameLocator:
        return self.stage.frame_locator("#contentFrame")

    def answer_all(self, content: FrameLocator) -> None:
        content.get_by_role("button", name="Submit Answers").wait_for()
        content.locator("body").evaluate(ANSWER)
        content.get_by_role("button", name="Submit Answers").click()
        content.get_by_text(re.compile("Score: 100")).wait_for()

    def is_done(self) -> bool:
        with unit_of_work(read_only=True):
            done = courses.completions([self.house.cast.amara], [self.course_id])
        return (self.house.cast.amara, self.course_id) in done

    def finish(self) -> dict[str, str]:
        """Leave the only lesson by its own button, and return what is kept of it once it has ended."""
        self.stage.get_by_role("button", name="Exit").click()
        expect(self.page.get_by_text("You have completed this")).to_be_visible()
        (kept,) = self.kept().values()
        return kept

    def kept(self) -> dict[str, dict[str, str]]:
        with unit_of_work(read_only=True):
            return {row.item: dict(row.elements) for row in db.session.scalars(select(TrackingRow))}


@contextmanager
def _playing(tmp_path: Path, chromium: Browser, source: io.BytesIO) -> Iterator[Player]:
    with house(tmp_path) as running:
        with unit_of_work():
            activity = course_with(source)
            enrol(running.cast.amara, activity)
        context = running.browser_of(chromium, running.cast.amara)
        player = Player(running, context.new_page(), activity.course_id, activity.id)
        player.open()
        yield player
        assert player.errors == []
        context.close()


@pytest.mark.parametrize("step", ["single", "metadata"])
def test_a_lesson_that_never_speaks_is_done_once_it_was_looked_at(
    tmp_path, chromium: Browser, step: str
) -> None:
    with _playing(tmp_path, chromium, _golf(step)) as player:
        player.stage.get_by_role("heading", name="Not implemented yet").wait_for()
        player.page.get_by_role("link", name="Back to the course").last.click()
        player.page.wait_for_url(re.compile("/learn/wiring"))
        assert player.is_done()


def test_every_page_as_a_lesson_of_its_own_is_walked_through(tmp_path, chromium: Browser) -> None:
    with _playing(tmp_path, chromium, _golf("minimum")) as player:
        outline = player.page.get_by_role("navigation", name="Course outline")
        lessons = outline.locator("li button")
        count = lessons.count()
        assert count == 18
        for at in range(count):
            lessons.nth(at).click()
            expect(lessons.nth(at)).to_have_attribute("aria-current", "page")
            player.stage.get_by_role("heading").first.wait_for()
        player.page.get_by_role("button", name="End this attempt").click()
        expect(player.page.get_by_text("You have completed this")).to_be_visible()
        assert player.is_done()


def test_the_basic_calls_resume_where_they_were_left(tmp_path, chromium: Browser) -> None:
    with _playing(tmp_path, chromium, _golf("basic")) as player:
        for _ in range(3):
            player.stage.get_by_role("button", name="Next ->").click()
        player.content.get_by_role("heading", name=re.compile("Other Scoring", re.IGNORECASE)).wait_for()
        player.page.get_by_role("link", name="Back to the course").last.click()
        player.page.wait_for_url(re.compile("/learn/wiring"))
        (kept,) = player.kept().values()
        assert kept["cmi.location"] == "3"
        player.open()
        player.content.get_by_role("heading", name=re.compile("Other Scoring", re.IGNORECASE)).wait_for()
        for _ in range(11):
            player.stage.get_by_role("button", name="Next ->").click()
            player.page.wait_for_timeout(100)
        player.answer_all(player.content)
        kept = player.finish()
        assert player.is_done()
        assert (kept["cmi.success_status"], kept["cmi.score.scaled"]) == ("passed", "1")


def test_the_advanced_calls_keep_every_answer_and_every_objective(tmp_path, chromium: Browser) -> None:
    with _playing(tmp_path, chromium, _golf("advanced")) as player:
        for _ in range(14):
            player.stage.get_by_role("button", name="Next ->").click()
            player.page.wait_for_timeout(100)
        player.answer_all(player.content)
        kept = player.finish()
        assert player.is_done()
        results = [
            value for name, value in kept.items() if re.fullmatch(r"cmi\.interactions\.\d+\.result", name)
        ]
        assert len(results) >= 15
        assert set(results) == {"correct"}
        assert kept["cmi.progress_measure"] == "1"
        named = {value for name, value in kept.items() if re.fullmatch(r"cmi\.objectives\.\d+\.id", name)}
        assert {"obj_playing", "obj_etiquette", "obj_handicapping", "obj_havingfun"} <= named


def test_who_fails_the_test_has_not_done_it_and_takes_it_again(tmp_path, chromium: Browser) -> None:
    source = _folder(_suite(REMEDIATION) / REMEDIATION)
    with _playing(tmp_path, chromium, source) as player:
        frame, onwards = (
            player.page.locator("#package"),
            player.page.get_by_role("button", name="Next", exact=True),
        )
        for answers_rightly in (False, True):
            expect(frame).to_have_attribute("title", "Transistor")
            player.content.get_by_role("heading").first.wait_for()
            onwards.click()
            expect(frame).to_have_attribute("title", "Transistor_test")
            if answers_rightly:
                player.answer_all(player.content)
            else:
                player.content.get_by_role("button", name="Submit Answers").click()
                player.content.get_by_text(re.compile("Score: 0")).wait_for()
            onwards.click()
            expect(player.page.get_by_text("You have")).to_be_visible()
            assert player.is_done() is answers_rightly
            if not answers_rightly:
                player.page.get_by_role("button", name="Take it again").click()
