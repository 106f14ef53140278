"""The memory of a worker: a real `lms worker`, with the processes that it forks for its jobs, at its heaviest jobs.

What is told of each job is the most that any one process of the worker had in memory (VmHWM) by its end. Who forks has
what it was forked from, so a later job is never told less for that, and no less than the worker itself.
"""

import contextlib
import io
import sys
import tempfile
import threading
import time
import wave
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Self

import psutil
from PIL import Image
from sqlalchemy import func, select

from bench import enrolling, imports, whole
from bench.data import database_url_of, make_empty
from bench.figures import Figure, is_wanted
from lms.app import settings
from lms.app.factory import create_app
from lms.audiences import facade as audiences
from lms.audiences import service as audiences_service
from lms.audiences.models import AudienceRow
from lms.audiences.values import AudienceId, Rule
from lms.courses import facade as courses
from lms.courses.authoring import service as writing
from lms.courses.authoring.models import CourseRow
from lms.courses.authoring.service.activities import keep_media
from lms.courses.authoring.service.printing import LESSONS_AT_MOST, find_print
from lms.courses.authoring.values import CourseAccess
from lms.courses.learning.models import EnrolmentActRow, EnrolmentRow
from lms.courses.learning.values import ActState
from lms.courses.values import CourseId, DueRule
from lms.identity import queries, service
from lms.identity.values.imports import ImportState, PeopleImportId
from lms.kernel import clock, outbox
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.archives import open_zip
from lms.kernel.db import db, new_id
from lms.kernel.uow import unit_of_work
from tests.support.serving import ROOT, Serving

PEAK_MB = 250
ROWS = 100_000
TEXT_BYTES, PAINTED, FILM_BYTES = 1_800_000, (8_000, 5_000), 150_000_000
LOOKED_SECONDS = 0.05
PATIENCE_SECONDS = 1_800.0
JOBS = ("people_import", "audience", "enrol", "media", "print")


def figures(suffix: str) -> Iterator[Figure]:
    """Yield the worker's figures; `suffix` names the database where it is not SQLite."""
    for job in JOBS:
        yield Figure(f"worker.{job}.peak_mb{suffix}", "MB", PEAK_MB)
    yield Figure(f"worker.peak_mb{suffix}", "MB", PEAK_MB)


def measure(pattern: str | None, database_url: str | None, suffix: str) -> dict[str, float]:
    """Return all figures if `pattern` asks for any: each job works on what the one before has left."""
    if not any(is_wanted(figure.name, pattern) for figure in figures(suffix)):
        return {}
    with tempfile.TemporaryDirectory(prefix="guildhall-bench-") as folder:
        url = database_url_of(Path(folder), database_url, name="guildhall_bench_working")
        named = {"LMS_DATABASE_URL": url.render_as_string(hide_password=False)} if database_url else {}
        if database_url:
            make_empty(url)
        with whole.serving(Path(folder), sys.executable, ROOT, named) as (running, _seconds):
            found = _work(running)
        if database_url:
            make_empty(url)
    return {f"worker.{name}{suffix}": value for name, value in found.items()}


class _Watch:
    """Looks at a worker and its forks all the time, and knows the most that one of them had."""

    def __init__(self, running: Serving) -> None:
        self._running, self._over = running, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self.peak_kb = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_rest: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        supervisor = psutil.Process(self._running.process.pid)
        while not self._over.wait(LOOKED_SECONDS):
            for one in supervisor.children(recursive=True):
                # Who does a job ends with it.
                with contextlib.suppress(psutil.NoSuchProcess, OSError, IndexError):
                    if " ".join(one.cmdline()).startswith("lms worker"):
                        status = Path(f"/proc/{one.pid}/status").read_text(encoding="ascii")
                        self.peak_kb = max(self.peak_kb, int(status.partition("VmHWM:")[2].split()[0]))


def _work(running: Serving) -> dict[str, float]:
    portal = create_app(settings.read(dict(running.environment)))
    jobs: tuple[Callable[[], None], ...] = (_import_people, _fill_audience, _enrol, _keep_media, _print)
    found: dict[str, float] = {}
    with portal.app_context(), acting_as(SYSTEM):
        _settled()
        for name, job in zip(JOBS, jobs, strict=True):
            with _Watch(running) as watch:
                job()
                _settled()
            if not watch.peak_kb:
                raise AssertionError(f"no worker was seen during {name}")
            found[f"{name}.peak_mb"] = watch.peak_kb / 1e3
        db.session.remove()
        db.engine.dispose()
    return {**found, "peak_mb": max(found.values())}


def _wait(what: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        with unit_of_work(read_only=True):
            if what():
                return
        db.session.remove()
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come about")
        time.sleep(0.2)


def _settled() -> None:
    """Wait until all is told that follows from what was done."""
    _wait(lambda: outbox.count_waiting() == 0)


def _import_people() -> None:
    import_id = imports.brought(imports.table(ROWS))
    _wait(lambda: _state(import_id) is ImportState.CHECKED)
    with unit_of_work():
        service.confirm_import(import_id=import_id, actor=SYSTEM, now=clock.now())
    _wait(lambda: _state(import_id) is ImportState.DONE)


def _state(import_id: PeopleImportId) -> ImportState:
    return queries.get_import(import_id, SYSTEM).state


def _fill_audience() -> None:
    """Let an audience mean all those people, whom it has to look at one by one."""
    _save_audience(Rule(any_of={"language": frozenset({"de"})}))


def _save_audience(rule: Rule) -> AudienceId:
    audience_id = AudienceId(new_id())
    with unit_of_work():
        audiences_service.save_audience(
            audience_id=audience_id,
            name=f"Bench {audience_id}",
            note="",
            rule=rule,
            actor=SYSTEM,
            now=clock.now(),
            seen=None,
        )
    _wait(lambda: not db.session.scalar(select(func.count(AudienceRow.to_fill))))
    if not db.session.scalar(select(func.count()).select_from(audiences.people_in(audience_id).subquery())):
        raise AssertionError("this audience means nobody")
    return audience_id


def _enrol() -> None:
    """Give a course to a position's people: more than ten thousand."""
    with unit_of_work(read_only=True):
        position = queries.list_positions()[0]
    audience_id = _save_audience(Rule(any_of={"position": frozenset({str(position.id)})}))
    with unit_of_work():
        course_id = enrolling.write_course()
    with unit_of_work():
        access = CourseAccess(enrolled=frozenset({audience_id}), due=DueRule(days=30))
        courses.set_access(course_id=course_id, access=access, actor=SYSTEM, now=clock.now())
    _wait(
        lambda: not db.session.scalar(select(func.count()).where(EnrolmentActRow.state == ActState.RUNNING))
    )
    with unit_of_work(read_only=True):
        enrolled = db.session.scalar(select(func.count()).where(EnrolmentRow.course_id == course_id)) or 0
    if enrolled < enrolling.ENROLLED:
        raise AssertionError(f"only {enrolled} people were enrolled")


def _keep_media() -> None:
    """Give a course a large photograph, of which smaller ones are made, and a long recording, which is measured."""
    course_id = _import_course(lessons=1)
    with tempfile.TemporaryFile() as photograph:
        Image.effect_noise(PAINTED, 80).convert("RGB").save(photograph, "JPEG", quality=85)
        _keep(course_id, "hall.jpg", "image/jpeg", photograph)
    with tempfile.TemporaryFile() as recording:
        with wave.open(recording, "wb") as sound:
            sound.setparams((1, 2, 44_100, 0, "NONE", ""))
            for _piece in range(FILM_BYTES // 1_000_000):
                sound.writeframes(bytes(1_000_000))
        _keep(course_id, "pump.wav", "audio/wav", recording)


def _keep(course_id: CourseId, name: str, media_type: str, source: BinaryIO | io.IOBase) -> None:
    source.seek(0)
    with unit_of_work():
        keep_media(course_id, name, media_type, source)  # type: ignore[arg-type]  # a file, opened for reading


def _print() -> None:
    """Set a course as PDF that is as long as one may be."""
    course_id = _import_course(lessons=LESSONS_AT_MOST)
    with unit_of_work():
        courses.publish(course_id=course_id, actor=SYSTEM, now=clock.now())
    with unit_of_work(read_only=True):
        version_id = db.session.scalar(select(CourseRow.published_id).where(CourseRow.id == course_id))
    if version_id is None:
        raise AssertionError("the course was not published")
    with unit_of_work():
        writing.ask_print(course_id=course_id, version_id=version_id, actor=SYSTEM)
    _wait(lambda: find_print(course_id, version_id) is not None)


def _import_course(*, lessons: int) -> CourseId:
    packed = io.BytesIO()
    text = "The pump begins to turn when the valve is open, and stops when it is not.\n\n"
    with zipfile.ZipFile(packed, "w") as archive:
        slug = f"bench-{lessons}"
        archive.writestr("course.md", f"---\ntitle: All of it, {lessons}\nslug: {slug}\n---\n")
        for number in range(lessons):
            body = f"## Part {number}\n\n" + text * (TEXT_BYTES // LESSONS_AT_MOST // (len(text) + 8))
            archive.writestr(
                f"{number // 50 + 1:02}-part-{number // 50 + 1}/{number % 50 + 1:03}-lesson-{number}.md",
                f"---\ntitle: Lesson {number}\n---\n{body}",
            )
    packed.seek(0)
    with unit_of_work(), open_zip(packed) as tree:
        return writing.import_course(tree, actor=SYSTEM, now=clock.now())
