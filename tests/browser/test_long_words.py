"""One word without end, and a long label: nothing of an exam scrolls sideways or stands one letter per line."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect

from lms.kernel import clock
from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from lms.quizzes.attempts import service
from lms.quizzes.attempts.values import Late
from lms.quizzes.kinds.choices import Choice
from lms.quizzes.kinds.single_choice import SingleChoice
from lms.quizzes.values import ONE, Text, Why
from tests.quizzes.by_hand import exam_of, waiting
from tests.quizzes.exams import VALVE, actor_of, enrol, finish, give, start
from tests.support.browser import SMALL, overflow, page_in, shot
from tests.support.live import Live

pytestmark = pytest.mark.browser
WORD = "w" * 4_000
ASKED = replace(
    VALVE,
    stem=Text(WORD),
    body=SingleChoice((Choice("a", Text(WORD)), Choice("b", Text("Reset it."), weight=ONE))),
)


def test_a_word_without_end_and_long_labels_fit_a_phone(chromium: Browser, live_server: Live) -> None:
    cast, now = live_server.cast, clock.now()
    course_id, exam = exam_of([ASKED])
    enrol(cast.amara, course_id)
    attempt = start(exam.id, cast.amara)
    give(attempt, 1, {"answer": ["a"]}, cast.amara)
    db.session.remove()
    with page_in(chromium, width=SMALL) as page:
        live_server.sign_in(page, cast.amara)
        page.goto(f"{live_server.url}/learn/exams/{attempt}/1")
        expect(page.get_by_role("radio")).to_have_count(2)
        assert overflow(page) <= 0
        finish(attempt, cast.amara)
        with unit_of_work():
            kept = service.keep_late(
                attempt_id=attempt,
                slot=1,
                form={"q1": ["b"]},
                name="q1",
                late=Late(key=uuid4(), why=Why.OVER, device_at=now, age=timedelta(minutes=1)),
                actor=actor_of(cast.amara),
                now=clock.now(),
            )
        assert kept
        (work,) = waiting(live_server.portal, cast.tomas)
        db.session.remove()
        page.goto(f"{live_server.url}/learn/exams/{attempt}/result")
        expect(page.get_by_role("heading", name="Your answers")).to_be_visible()
        assert overflow(page) <= 0
    with page_in(chromium, width=SMALL) as page:
        live_server.sign_in(page, cast.tomas)
        page.goto(f"{live_server.url}/author/marking/{work.id}")
        expect(page.get_by_text("Came to the server")).to_be_visible()
        shot(page, "late-answer-small")
        assert overflow(page) <= 0
        widths = page.locator(".facts dd").evaluate_all("all => all.map(one => one.clientWidth)")
        assert min(widths) > 90, "its values stand one letter per line"
