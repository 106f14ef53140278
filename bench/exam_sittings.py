"""The figures of sitting an exam over HTTP: what a whole attempt costs, how many a second, three hundred at once."""

import statistics
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final
from uuid import uuid4

from bench.data import database_url_of, make_empty
from bench.figures import Figure, is_wanted
from bench.learners import Browser, Learner, form_token, learners, spent
from lms.app import settings
from lms.app.factory import create_app
from lms.courses.values import Activity, CourseId
from lms.kernel.actor import SYSTEM, acting_as
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from lms.quizzes.values import Text
from tests.quizzes.exams import VALVE, enrol, fill_bank, fixed, set_up_exam
from tests.support.serving import Serving, serving

ASKED: Final = 10
CONNECTIONS: Final = 4
ATTEMPTS: Final = 160
PEOPLE: Final = 300
EVERY_SECONDS: Final = 5.0
WATCHED_SECONDS: Final = 60.0


def figures(suffix: str) -> tuple[Figure, ...]:
    """Return the figures; `suffix` names the database where it is not SQLite."""
    return (
        Figure(f"sitting.attempt.cpu_ms{suffix}", "ms", 60),
        Figure(f"sitting.attempts_per_s{suffix}", "attempts/s", 20, at_least=True),
        Figure(f"sitting.people.p99_ms{suffix}", "ms", 250),
        Figure(f"sitting.people.median_ms{suffix}", "ms"),
    )


def measure(pattern: str | None, database_url: str | None, suffix: str) -> dict[str, float]:
    """Return all figures if `pattern` asks for any of them."""
    if not any(is_wanted(figure.name, pattern) for figure in figures(suffix)):
        return {}
    with exam_hall(database_url) as (running, exam, people, token):
        found = _attempts(running, exam, people, token)
        waits = answer_for(WATCHED_SECONDS, running, exam, people, token)
    found["people.p99_ms"] = statistics.quantiles(waits, n=100)[98] * 1e3
    found["people.median_ms"] = statistics.median(waits) * 1e3
    return {f"sitting.{name}{suffix}": value for name, value in found.items()}


@contextmanager
def exam_hall(
    database_url: str | None, *, count: int = PEOPLE
) -> Iterator[tuple[Serving, Activity, Sequence[Learner], str]]:
    """Yield a running Guildhall, an exam of ten questions, people enrolled for it, and what their forms send."""
    with tempfile.TemporaryDirectory(prefix="guildhall-bench-") as name:
        url = database_url_of(Path(name), database_url, name="guildhall_bench_sittings")
        named: dict[str, str] = {}
        if database_url:
            make_empty(url)
            named["LMS_DATABASE_URL"] = url.render_as_string(hide_password=False)
        with serving(Path(name), environment=named) as running:
            running.wait_until_ready()
            portal = create_app(settings.read(dict(running.environment)))
            with portal.app_context():
                course_id, exam = _exam()
                people = learners(portal, count)
                for one in people:
                    enrol(one.person_id, course_id)
                yield running, exam, people, form_token(portal)
                db.session.remove()
                db.engine.dispose()
        if database_url:
            make_empty(url)


def _exam() -> tuple[CourseId, Activity]:
    asked = [
        replace(VALVE, title=f"Valve {number}", stem=Text(f"Valve {number} opens."))
        for number in range(ASKED)
    ]
    with acting_as(SYSTEM):
        bank_id = fill_bank(asked)
        with unit_of_work(read_only=True):
            draws = fixed(bank_id)
        return set_up_exam(draws, pass_percent=100)


def _attempts(running: Serving, exam: Activity, people: Sequence[Learner], token: str) -> dict[str, float]:
    """Return what a whole attempt costs the server, and how many it takes with four browsers at work beside it."""

    def sit(number: int) -> None:
        browser = Browser(running, people[number % len(people)], token)
        try:
            attempt = begin(browser, exam)
            for slot in range(1, ASKED + 1):
                give(browser, attempt, slot, "a")
            told, _said = browser.post(f"{attempt}/finish", {})
            browser.get(told)
        finally:
            browser.close()

    for number in range(CONNECTIONS * 2):
        sit(number)
    web = running.family()
    before, began = spent(web), time.monotonic()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(sit, range(ATTEMPTS)))
    took = time.monotonic() - began
    return {"attempt.cpu_ms": (spent(web) - before) / ATTEMPTS * 1e3, "attempts_per_s": ATTEMPTS / took}


def answer_for(
    seconds: float, running: Serving, exam: Activity, people: Sequence[Learner], token: str
) -> Sequence[float]:
    """Let everybody sit in the exam and answer every five seconds, each at moments of their own; return the waits.

    AssertionError where an answer is not kept.
    """
    waits, lock = list[float](), threading.Lock()
    browsers = [Browser(running, one, token) for one in people]
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        attempts = list(pool.map(lambda one: begin(one, exam), browsers))
    for one in browsers:
        one.close()
    until = time.monotonic() + seconds

    def answer(number: int) -> None:
        at, turn = time.monotonic() + EVERY_SECONDS * number / len(people), 0
        while at < until:
            time.sleep(max(0.0, at - time.monotonic()))
            began = time.monotonic()
            # A connection of its own each time: a browser's is closed while somebody thinks.
            browser = Browser(running, people[number], token)
            try:
                give(browser, attempts[number], turn % ASKED + 1, "abc"[turn // ASKED % 3])
            finally:
                browser.close()
            with lock:
                waits.append(time.monotonic() - began)
            at, turn = at + EVERY_SECONDS, turn + 1

    with ThreadPoolExecutor(len(people)) as pool:
        for done in [pool.submit(answer, number) for number in range(len(people))]:
            done.result()
    return waits


def begin(browser: Browser, exam: Activity) -> str:
    """Begin an attempt and return the address of its pages."""
    told, _said = browser.post(f"/learn/exams/{exam.id}/start", {})
    return told.rpartition("/")[0]


def give(browser: Browser, attempt: str, slot: int, key: str) -> None:
    """Send one answer, as the exam's script does."""
    form = {"slot": str(slot), "key": str(uuid4()), f"q{slot}": key}
    _told, said = browser.post(f"{attempt}/{slot}", form, accept="application/json")
    if b'"saved"' not in said:
        raise AssertionError(f"an answer was not kept: {said[:300]!r}")
