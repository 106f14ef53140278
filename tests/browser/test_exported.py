"""A course of ours, exported and played to its end: in our own player, and under another system's runtime."""

import io
import mimetypes
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from lms.courses import facade as courses
from lms.kernel import clock
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.archives import open_zip
from lms.kernel.uow import unit_of_work
from lms.packages.service import exporting
from lms.packages.service.exporting import ExportFormat
from lms.web.exports import this_app
from tests.courses.test_imports import FILES, zipped
from tests.packages.packages import course_with, enrol
from tests.support.browser import axe, shot
from tests.support.guests import house
from tests.support.needs import give_up

pytestmark = pytest.mark.browser

RUNTIME = Path("node_modules/scorm-again/dist/scorm2004.min.js")


def exported(form: ExportFormat) -> io.BytesIO:
    with open_zip(zipped(FILES)) as tree, unit_of_work(), acting_as(SYSTEM):
        course_id = courses.import_course(tree, name="loops", actor=SYSTEM, now=clock.now())
    with unit_of_work(read_only=True), acting_as(SYSTEM):
        version_id = courses.version_to_export(course_id, actor=SYSTEM)
        app = this_app()
        with app.test_request_context():
            _name, files = exporting.export_course(
                course_id, version_id, form, home_page="https://guildhall.example", actor=SYSTEM
            )
            return io.BytesIO(b"".join(courses.zip_chunks(app, files)))


@pytest.mark.parametrize("form", [ExportFormat.SCORM_12, ExportFormat.CMI5])
def test_an_exported_course_is_brought_back_and_played_to_its_end(
    tmp_path, chromium: Browser, form: ExportFormat
) -> None:
    with house(tmp_path) as running:
        source = exported(form)
        with unit_of_work():
            activity = course_with(source)
            enrol(running.cast.amara, activity)
        context = running.browser_of(chromium, running.cast.amara)
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        for title in ("The loop", "The chart", "Faults"):
            page.goto(f"/learn/packages/{activity.id}")
            frame = page.frame_locator("#package")
            lesson = frame.frame_locator("iframe") if form is ExportFormat.SCORM_12 else frame
            expect(lesson.get_by_role("heading", name=title)).to_be_visible()
            if title == "The loop":
                assert axe(page) == ""
                assert lesson.get_by_role("img", name="The loop").evaluate("one => one.naturalWidth") > 0
                shot(page, f"exported-{form.value}")
            lesson.get_by_role("button", name="I have read it").press("Enter")
            expect(lesson.get_by_text("Done")).to_be_visible()
            if form is ExportFormat.SCORM_12:
                expect(page.locator("#package-saved")).to_contain_text("Saved")
        assert errors == []
        with unit_of_work(read_only=True):
            assert (running.cast.amara, activity.course_id) in courses.completions(
                [running.cast.amara], [activity.course_id]
            )
        context.close()


def test_an_exported_course_reports_to_a_runtime_of_scorm_2004(tmp_path, chromium: Browser) -> None:
    if not RUNTIME.exists():
        give_up("the runtime is missing", "scripts/front fetches it")
    with house(tmp_path):
        archive = zipfile.ZipFile(exported(ExportFormat.SCORM_2004))
    outer = (
        "<!doctype html><html lang='en'><title>Elsewhere</title><script src='/runtime.js'></script>"
        "<script>window.API_1484_11 = new Scorm2004API({});</script>"
        "<iframe title='Lesson' src='/lessons/001.html' style='width:100%;height:90vh'></iframe>"
    )

    def answer(route: Route) -> None:
        name = route.request.url.partition("elsewhere.test/")[2]
        if name == "":
            route.fulfill(body=outer, content_type="text/html")
        elif name == "runtime.js":
            route.fulfill(path=RUNTIME)
        else:
            route.fulfill(body=archive.read(name), content_type=mimetypes.guess_type(name)[0])

    context = chromium.new_context()
    page = context.new_page()
    page.route("**/*", answer)
    page.goto("https://elsewhere.test/")
    lesson = page.frame_locator("iframe")
    page.wait_for_function("window.API_1484_11 !== undefined")
    read = "name => API_1484_11.lmsGetValue ? API_1484_11.lmsGetValue(name) : API_1484_11.GetValue(name)"
    expect(lesson.get_by_role("heading", name="The loop")).to_be_visible()
    assert page.evaluate(read, "cmi.completion_status") == "incomplete"
    lesson.get_by_role("button", name="I have read it").click()
    expect(lesson.get_by_text("Done")).to_be_visible()
    assert page.evaluate(read, "cmi.completion_status") == "completed"
    shot(page, "exported-scorm2004")
    page.frames[1].goto("https://elsewhere.test/lessons/002.html")
    assert page.evaluate("API_1484_11.isTerminated()")
    context.close()
